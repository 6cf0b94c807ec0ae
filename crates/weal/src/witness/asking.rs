//! A node asks its witnesses: one round at a time, all at once, so that they sign one text.
//!
//! 1. When the checkpoint is another than the last one asked about, or a witness lacks it, but not
//!    more often than every ten seconds: `POST /add-checkpoint` with the size the witness had, the
//!    proof of consistency from there, and the checkpoint.
//! 2. 200: signature lines. Only those of the witness's own key that hold are kept.
//! 3. 409: the witness had another size, which it says; it is asked once more from there.
//!    The same size again, or 422, says that it knows another log under this name.
//! 4. Anything else is told in the log of the node, and asked again in the next round.

use super::cosigners::newest;
use super::limits::{ANSWER_BYTES, ANSWER_S, PAUSE_S};
use super::{Head, Witness};
use crate::serve::Live;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::executor::block_on;
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use ureq::Agent;
use weal_proof::Hash;
use weal_proof::note::SignedNote;

/// How often the checkpoint is looked at, and whether the node has ended.
const LOOK: Duration = Duration::from_millis(250);

/// Why a witness did not cosign.
#[derive(Debug, thiserror::Error)]
enum Unwilling {
    #[error("it does not answer: {0}")]
    Silent(String),
    #[error("it answers {0}: {1}")]
    Refuses(u16, String),
    #[error("it knows {0} entries, this node {1}")]
    Ahead(u64, u64),
    #[error("it knows another log than this one of {0} entries, under the same name")]
    Contradicts(u64),
    #[error("its signature does not hold")]
    Signature,
    #[error("this node cannot prove that its log only grew")]
    NoProof,
    #[error("the cosignature cannot be kept: {0}")]
    Disk(std::io::Error),
}

/// Asks until the node ends; it must not be kept alive by this.
pub fn start(live: &Arc<Live>, witnesses: Vec<Witness>) -> std::io::Result<JoinHandle<()>> {
    let live = Arc::downgrade(live);
    let run = move || go_on(&live, &witnesses);
    std::thread::Builder::new().name("witnesses".into()).spawn(run)
}

fn go_on(live: &Weak<Live>, witnesses: &[Witness]) {
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(ANSWER_S)))
        .http_status_as_error(false)
        .build()
        .into();
    let mut asked: Option<Instant> = None;
    while let Some(live) = live.upgrade() {
        if asked.is_none_or(|at| at.elapsed() >= Duration::from_secs(PAUSE_S))
            && let Ok(head) = block_on(live.newest_head())
        {
            let lacks = |w: &&Witness| !live.cosigners().has(&w.key, &head.checkpoint);
            let open: Vec<_> = witnesses.iter().filter(lacks).collect();
            if !open.is_empty() {
                asked = Some(Instant::now());
                round(&live, &agent, &open, &head);
            }
        }
        drop(live);
        std::thread::sleep(LOOK);
    }
}

fn round(live: &Live, agent: &Agent, witnesses: &[&Witness], head: &Head) {
    std::thread::scope(|scope| {
        for witness in witnesses {
            scope.spawn(move || match ask(live, agent, witness, head) {
                Ok(()) => {}
                Err(error @ Unwilling::Contradicts(_)) => {
                    tracing::error!(witness = witness.key.name, %error, "two logs of one name");
                }
                Err(error) => {
                    tracing::warn!(witness = witness.key.name, %error, "no cosignature");
                }
            });
        }
    });
}

/// Asks one witness, once more if it had another size.
fn ask(live: &Live, agent: &Agent, witness: &Witness, head: &Head) -> Result<(), Unwilling> {
    let known = live.cosigners().size(&witness.key).unwrap_or(0);
    let size = head.checkpoint.size;
    let (mut status, mut answer) = post(live, agent, witness, head, known.min(size))?;
    if status == 409 {
        let told = answer.trim_end().parse::<u64>().ok();
        let told = told.ok_or_else(|| Unwilling::Refuses(409, short(&answer)))?;
        if told > size {
            return Err(Unwilling::Ahead(told, size));
        }
        if told == known {
            return Err(Unwilling::Contradicts(told));
        }
        (status, answer) = post(live, agent, witness, head, told)?;
        if status == 409 && answer.trim_end().parse() == Ok(told) {
            return Err(Unwilling::Contradicts(told));
        }
    }
    match status {
        200 => {}
        422 => return Err(Unwilling::Contradicts(size)),
        other => return Err(Unwilling::Refuses(other, short(&answer))),
    }
    let note = format!("{}\n{answer}", head.checkpoint.to_text());
    let note = SignedNote::from_bytes(note.as_bytes()).map_err(|_| Unwilling::Signature)?;
    let cosignature = newest(&note, &witness.key).ok_or(Unwilling::Signature)?;
    live.cosigners().keep(&witness.key, head, cosignature).map_err(Unwilling::Disk)
}

fn post(
    live: &Live,
    agent: &Agent,
    witness: &Witness,
    head: &Head,
    old: u64,
) -> Result<(u16, String), Unwilling> {
    let proof = live.node().consistency(old, head.checkpoint.size).ok_or(Unwilling::NoProof)?;
    let own = Head { cosignatures: Vec::new(), ..head.clone() };
    let body = request(old, &proof, &own.note().map_err(|_| Unwilling::NoProof)?);
    let silent = |e: ureq::Error| Unwilling::Silent(e.to_string());
    let url = format!("{}/add-checkpoint", witness.url);
    let mut answer = agent.post(url).send(body.as_bytes()).map_err(silent)?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().with_config().limit(ANSWER_BYTES).read_to_string();
    Ok((status, text.map_err(silent)?))
}

/// The body of a request.
pub fn request(old: u64, proof: &[Hash], note: &str) -> String {
    let line = |hash: &Hash| format!("{}\n", STANDARD.encode(hash.0));
    let proof: String = proof.iter().map(line).collect();
    format!("old {old}\n{proof}\n{note}")
}

/// The beginning of what somebody else wrote, fit for one line.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}
