//! Bodies: the right kind, no longer than allowed, soon enough, and within the node's memory.

use super::Api;
use super::fault::Fault;
use super::limits::{BODY_S, BUSY_RETRY_S};
use super::problem::Problem;
use crate::door::{Held, Shares, Stalled};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header;
use futures::StreamExt as _;
use std::ops::{Deref, Range};
use std::sync::Arc;
use std::time::Duration;

/// One JSON value a line.
pub(super) const JSON_LINES: &str = "application/jsonl";
/// What an envelope is sent as.
pub(super) const OPERATION_TYPES: &[&str] = &["application/json", "application/vnd.dsse+json"];
/// Bytes held for a body at the least: an operation of the usual size.
const FIRST_BYTES: usize = 4_096;

/// A body that has arrived; the memory it takes is counted until the last copy is dropped.
#[derive(Clone)]
pub(crate) struct Arrived(Arc<(Vec<u8>, Held)>);

impl Deref for Arrived {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.0
    }
}

impl AsRef<[u8]> for Arrived {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Arrived {
    /// Where its lines are that hold anything, without white space around them.
    pub(super) fn lines(&self) -> Vec<Range<usize>> {
        let start = |line: &[u8]| line.as_ptr().addr() - self.as_ptr().addr();
        let lines = self.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let lines = lines.filter(|line| !line.is_empty());
        lines.map(|line| start(line)..start(line) + line.len()).collect()
    }

    /// Part of it.
    pub(super) fn part(&self, range: Range<usize>) -> &[u8] {
        self.get(range).unwrap_or_default()
    }
}

/// Reads a body of one of these types, of at most so many bytes.
pub(super) async fn read_body(
    api: &Api,
    request: Request,
    types: &[&str],
    limit: usize,
) -> Result<Arrived, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let plain = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !types.contains(&plain.as_str()) {
        let found = if plain.is_empty() { "nothing".to_owned() } else { plain };
        let detail = format!("expected {}, found {found}", types.join(" or "));
        return Err(Problem::of(Fault::WrongType, "/header/content-type", detail));
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(too_long(limit));
    }
    // Nothing is taken for what was announced, and no more than that is ever needed.
    gather(&api.app.shares, request.into_body(), length.unwrap_or(limit)).await
}

/// Reads a body of at most so many bytes within the memory for all bodies.
pub(crate) async fn gather(shares: &Shares, body: Body, limit: usize) -> Result<Arrived, Problem> {
    let body = collect(body, shares.bodies.hold(), limit);
    match tokio::time::timeout(Duration::from_secs(BODY_S), body).await {
        Ok(arrived) => arrived,
        Err(_) => Err(Problem::new(Fault::TooSlow, format!("it had {BODY_S} s"))),
    }
}

fn too_long(limit: usize) -> Problem {
    Problem::new(Fault::TooLong, format!("at most {limit} bytes are taken"))
}

async fn collect(body: Body, mut held: Held, limit: usize) -> Result<Arrived, Problem> {
    let mut parts = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(part) = parts.next().await {
        let part: Bytes = part.map_err(|error| unreadable(&error))?;
        let needed = bytes.len().saturating_add(part.len());
        if needed > limit {
            return Err(too_long(limit));
        }
        if needed > bytes.capacity() {
            let room = needed.max(bytes.capacity().saturating_mul(2)).max(FIRST_BYTES).min(limit);
            held.grow(room).map_err(|_| {
                let detail = "too many long bodies are arriving";
                Problem::new(Fault::NodeBusy, detail).retry_after(BUSY_RETRY_S)
            })?;
            bytes.reserve_exact(room.saturating_sub(bytes.len()));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(Arrived(Arc::new((bytes, held))))
}

fn unreadable(error: &axum::Error) -> Problem {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(stalled) = inner.downcast_ref::<Stalled>() {
            return Problem::new(Fault::TooSlow, stalled);
        }
        cause = inner.source();
    }
    Problem::new(Fault::BadBody, error)
}
