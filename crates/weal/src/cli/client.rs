//! Talks to a node over HTTP, and turns its problems into errors with a way out.

use super::output::{Exit, Failure};
use serde_json::Value;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Response;
use weal_kernel::Hash;
use weal_services::codes;

/// A node's address.
pub(crate) struct Client {
    agent: Agent,
    base: String,
}

/// The longest answer that is read.
const ANSWER_BYTES: u64 = 64 << 20;

impl Client {
    /// A client for a node.
    pub(crate) fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(60)))
            .http_status_as_error(false)
            .build();
        Client { agent: config.into(), base: base.trim_end_matches('/').to_owned() }
    }

    fn no_node(&self, error: ureq::Error) -> Failure {
        Failure::new(Exit::NoNode, format!("no node answers at {}: {error}", self.base))
            .help("start one with `weal demo`, or name another with --node")
    }

    /// Reads a JSON document. `path` is made with [`path`] where people name a part of it.
    pub(crate) fn get(&self, path: &str, query: &[(&str, String)]) -> Result<Value, Failure> {
        let pairs = query.iter().map(|(name, value)| (*name, value.as_str()));
        let request = self.agent.get(format!("{}{path}", self.base)).query_pairs(pairs);
        let response = request.call().map_err(|e| self.no_node(e))?;
        answer(response)
    }

    /// Reads a list over all its pages, up to `limit` rows.
    pub(crate) fn list(
        &self,
        path: &str,
        query: &[(&str, String)],
        limit: u32,
    ) -> Result<(Vec<Value>, u64), Failure> {
        let mut rows = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let wanted = limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(limit));
            let mut query = query.to_vec();
            query.push(("limit", wanted.clamp(1, 200).to_string()));
            query.extend(cursor.take().map(|cursor| ("cursor", cursor)));
            let page = self.get(path, &query)?;
            let total = page.get("total").and_then(Value::as_u64).unwrap_or_default();
            if let Some(Value::Array(items)) = page.get("items") {
                rows.extend(items.iter().cloned());
            }
            cursor = page.get("next").and_then(Value::as_str).map(str::to_owned);
            if cursor.is_none() || rows.len() >= limit as usize {
                rows.truncate(limit as usize);
                return Ok((rows, total));
            }
        }
    }

    /// Sends a document.
    pub(crate) fn post(
        &self,
        path: &str,
        kind: &str,
        body: &[u8],
        wait: bool,
    ) -> Result<Value, Failure> {
        let mut request =
            self.agent.post(format!("{}{path}", self.base)).header("content-type", kind);
        if wait {
            request = request.header("prefer", "wait=20");
        }
        let response = request.send(body).map_err(|e| self.no_node(e))?;
        answer(response)
    }

    /// Sends many envelopes; one answer for each, in order.
    pub(crate) fn batch(&self, envelopes: &[Vec<u8>], wait: bool) -> Result<Vec<Value>, Failure> {
        let body = envelopes.join(&b'\n');
        let mut request = self
            .agent
            .post(format!("{}/v1/operations/batch", self.base))
            .header("content-type", "application/jsonl");
        if wait {
            request = request.header("prefer", "wait=20");
        }
        let mut response = request.send(&body).map_err(|e| self.no_node(e))?;
        if !response.status().is_success() {
            return Err(answer(response).err().unwrap_or_else(|| Failure::error("no answer")));
        }
        let text = read(&mut response)?;
        let parse = |line: &str| serde_json::from_str(line).map_err(Failure::error);
        text.lines().filter(|line| !line.is_empty()).map(parse).collect()
    }

    /// The id of an entry named by number, place or id.
    pub(crate) fn resolve(&self, text: &str) -> Result<Hash, Failure> {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        let Some((_, index)) = codes::parse_number(text) else {
            return Err(Failure::usage(format!("{text} is no number such as N-182137, and no id"))
                .help("the last digit of a number checks the others"));
        };
        let record = self.get(&format!("/v1/records/{index}"), &[])?;
        let id = record.pointer("/entry/id").and_then(Value::as_str).unwrap_or_default();
        id.parse().map_err(|_| Failure::error("the node gave an answer without an id"))
    }

    /// The network's id.
    pub(crate) fn network(&self) -> Result<Hash, Failure> {
        let status = self.get("/v1/status", &[])?;
        let id = status.get("network").and_then(Value::as_str).unwrap_or_default();
        id.parse().map_err(|_| Failure::error("the node gave an answer without a network id"))
    }
}

/// A path with a part that a person typed: spaces and signs are escaped (RFC 3986).
pub(crate) fn path(before: &str, part: &str, after: &str) -> String {
    let mut escaped = String::new();
    for byte in part.trim().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{before}{escaped}{after}")
}

fn read(response: &mut Response<ureq::Body>) -> Result<String, Failure> {
    let reader = response.body_mut().with_config().limit(ANSWER_BYTES);
    reader.read_to_string().map_err(Failure::error)
}

fn answer(mut response: Response<ureq::Body>) -> Result<Value, Failure> {
    let status = response.status().as_u16();
    let text = read(&mut response)?;
    let value: Value = serde_json::from_str(&text).unwrap_or(Value::String(text));
    if status < 400 {
        return Ok(value);
    }
    let part = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let exit = match status {
        404 => Exit::NotFound,
        422 => Exit::Refused,
        429 | 503 => Exit::Stale,
        400 => Exit::Usage,
        _ => Exit::Error,
    };
    let title = part("title").unwrap_or_else(|| format!("the node answered {status}"));
    let message = match part("detail") {
        Some(detail) if detail != title => format!("{title} {detail}"),
        _ => title,
    };
    let code = part("code").filter(|code| super::output::refusal(code).is_some());
    let help = code.as_deref().and_then(super::output::refusal).map(|r| r.remedy().to_owned());
    Err(Failure { exit, message, help, code })
}
