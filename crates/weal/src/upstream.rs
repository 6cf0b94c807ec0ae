//! Another node over HTTP: final blocks come from it, operations go to it.

use bytes::Bytes;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;
use ureq::Agent;
use weal_node::Source;

/// An answer may take so long, and no longer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of an answer: what a node gives at once, and nothing longer is held.
const ANSWER_BYTES: u64 = weal_node::limits::MIRROR_ANSWER_BYTES as u64;
/// Operations that may wait to be handed on; those beyond are handed on again later.
const WAITING: usize = 4_096;
/// Operations handed on at once.
const BATCH: usize = 500;

/// A node's address.
pub struct Upstream {
    agent: Agent,
    base: String,
}

impl Upstream {
    /// The node at this address, such as `https://book.example.org`.
    pub fn new(base: &str) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .http_status_as_error(false)
            .build();
        Upstream { agent: config.into(), base: base.trim_end_matches('/').to_owned() }
    }

    /// The exact bytes at a path.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let url = format!("{}{path}", self.base);
        let answer = self.agent.get(&url).call();
        let mut answer = answer.map_err(|e| format!("{} does not answer: {e}", self.base))?;
        if !answer.status().is_success() {
            return Err(format!("{url} answers {}", answer.status()));
        }
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec();
        body.map_err(|e| format!("{url}: {e}"))
    }
}

impl Source for Upstream {
    fn blocks(&mut self, from: u64) -> Result<Vec<u8>, String> {
        self.bytes(&format!("/v1/mirror/{from}"))
    }

    fn outbox(&mut self) -> Box<dyn FnMut(Bytes) + Send> {
        let (give, given) = sync_channel(WAITING);
        let (agent, base) = (self.agent.clone(), self.base.clone());
        let run = move || hand_on(&agent, &base, &given);
        let spawned = std::thread::Builder::new().name("mirror-outbox".into()).spawn(run);
        if let Err(error) = spawned {
            tracing::error!(%error, "operations cannot be handed on");
        }
        Box::new(move |operation| drop(give.try_send(operation)))
    }
}

/// Hands operations on until nobody gives any more.
fn hand_on(agent: &Agent, base: &str, given: &Receiver<Bytes>) {
    while let Ok(first) = given.recv() {
        let mut batch = first.to_vec();
        for operation in given.try_iter().take(BATCH) {
            batch.push(b'\n');
            batch.extend_from_slice(&operation);
        }
        let request = agent.post(format!("{base}/v1/operations/batch"));
        match request.header("content-type", "application/jsonl").send(&batch) {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => tracing::warn!(status = %answer.status(), "operations were not taken"),
            Err(error) => tracing::debug!(%error, "operations could not be handed on"),
        }
    }
}
