//! A witness (C2SP tlog-witness): cosigns checkpoints of logs it knows, while they only grow.
//!
//! `POST /add-checkpoint`, as a numbered program:
//! 1. The body is `old SIZE`, up to 63 hashes, an empty line and a checkpoint; else 400.
//! 2. The origin is that of a log it knows; else 404. One of that log's keys signed, and none of
//!    them wrongly; else 403.
//! 3. The old size is at most that of the checkpoint; else 400. It is the size cosigned last; else
//!    409 with that size.
//! 4. At the same size the head is the same; else 409. The proof of consistency holds; else 422.
//! 5. Size and head are durable before anything is signed. 200 with the signature line.
//!
//! One request at a time passes from step 3 on, so that nothing is ever rolled back. What it signed
//! last stands in `HASH.checkpoint`, one file for each origin; a file that cannot be read stops
//! signing for that origin until somebody looks.

use super::cosigners::write_durably;
use super::limits::{PROOF_LINES, REQUEST_BYTES, REQUEST_S, REQUESTS_AT_ONCE};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use weal_proof::Hash;
use weal_proof::checkpoint::Checkpoint;
use weal_proof::keys::SecretKey;
use weal_proof::log::{empty_root, verify_consistency};
use weal_proof::note::{NoteError, SignedNote, VerifierKey, sign_cosignature};

/// A witness.
#[derive(Debug)]
pub struct Server {
    name: String,
    key: SecretKey,
    /// The keys of each log, by its origin.
    logs: BTreeMap<String, Vec<VerifierKey>>,
    directory: PathBuf,
    /// Held from looking at the last checkpoint until the next is durable.
    last: Mutex<()>,
    turns: Semaphore,
}

/// What a request is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200: the signature line.
    Cosigned(String),
    /// 400: it cannot be read, or its old size is above its size.
    Malformed(&'static str),
    /// 403: no known key of the log signed it.
    Unsigned,
    /// 404: the log is not known.
    Unknown,
    /// 409: the size cosigned last is this.
    Conflict(u64),
    /// 422: the proof does not hold.
    Inconsistent,
    /// 500: the witness's own disk failed.
    Failed(String),
}

/// What a request says.
struct Asked {
    old: u64,
    proof: Vec<Hash>,
    note: SignedNote,
    checkpoint: Checkpoint,
}

impl Server {
    /// A witness of these logs that remembers in this directory.
    pub fn new(
        name: String,
        key: SecretKey,
        logs: impl IntoIterator<Item = VerifierKey>,
        directory: PathBuf,
    ) -> Arc<Self> {
        let mut known: BTreeMap<String, Vec<VerifierKey>> = BTreeMap::new();
        for log in logs {
            known.entry(log.name.clone()).or_default().push(log);
        }
        let turns = Semaphore::new(REQUESTS_AT_ONCE);
        Arc::new(Server { name, key, logs: known, directory, last: Mutex::new(()), turns })
    }

    /// The key its cosignatures are checked with.
    pub fn vkey(&self) -> VerifierKey {
        VerifierKey::cosignature(&self.name, self.key.public())
    }

    /// Looks at one request; the steps are numbered in the module's documentation.
    pub fn add_checkpoint(&self, body: &[u8], now_s: u64) -> Answer {
        let asked = match read(body) {
            Ok(asked) => asked,
            Err(reason) => return Answer::Malformed(reason),
        };
        let Some(keys) = self.logs.get(&asked.checkpoint.origin) else { return Answer::Unknown };
        let signed: Vec<_> = keys.iter().map(|key| asked.note.verify_ed25519(key)).collect();
        if !signed.contains(&Ok(())) || signed.contains(&Err(NoteError::Wrong)) {
            return Answer::Unsigned;
        }
        if asked.old > asked.checkpoint.size {
            return Answer::Malformed("the old size is above the size of the checkpoint");
        }
        let _turn = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match self.look(&asked) {
            Ok(None) => self.sign(&asked, now_s),
            Ok(Some(refusal)) => refusal,
            Err(error) => {
                tracing::error!(%error, "the last checkpoint cannot be read or written");
                Answer::Failed(error.to_string())
            }
        }
    }

    /// Steps 3 to 5; nothing if there is no reason not to sign.
    fn look(&self, asked: &Asked) -> io::Result<Option<Answer>> {
        let Checkpoint { origin, size, root } = &asked.checkpoint;
        let last = self.last(origin)?;
        let (old, old_root) = last.map_or((0, empty_root()), |last| (last.size, last.root));
        if asked.old != old || (old == *size && old_root != *root) {
            return Ok(Some(Answer::Conflict(old)));
        }
        if !verify_consistency((old, &old_root), (*size, root), &asked.proof) {
            return Ok(Some(Answer::Inconsistent));
        }
        if *size > old {
            let text = asked.checkpoint.to_text();
            std::fs::create_dir_all(&self.directory)?;
            write_durably(&self.directory, &file(origin), text.as_bytes())?;
        }
        Ok(None)
    }

    fn last(&self, origin: &str) -> io::Result<Option<Checkpoint>> {
        let text = match std::fs::read_to_string(self.directory.join(file(origin))) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let wrong = || io::Error::new(io::ErrorKind::InvalidData, "the last checkpoint is damaged");
        let last = Checkpoint::from_text(&text).map_err(|_| wrong())?;
        (last.origin == origin).then_some(Some(last)).ok_or_else(wrong)
    }

    fn sign(&self, asked: &Asked, now_s: u64) -> Answer {
        let text = &asked.note.text;
        let line = sign_cosignature(text, &self.name, &self.key, now_s);
        let note = SignedNote { text: text.clone(), signatures: vec![line] }.to_text();
        let note = note.unwrap_or_default();
        match note.strip_prefix(&format!("{text}\n")) {
            Some(line) => Answer::Cosigned(line.to_owned()),
            None => Answer::Failed("the witness's name cannot stand in a signature line".into()),
        }
    }
}

/// A name that no origin can bend.
fn file(origin: &str) -> String {
    format!("{}.checkpoint", Hash::of(&[origin.as_bytes()]))
}

fn read(body: &[u8]) -> Result<Asked, &'static str> {
    let text = std::str::from_utf8(body).map_err(|_| "the request is not UTF-8")?;
    let (head, note) = text.split_once("\n\n").ok_or("there is no empty line after the proof")?;
    let mut lines = head.split('\n');
    let old = lines.next().and_then(|line| line.strip_prefix("old "));
    let old = old.and_then(number).ok_or("the first line is not `old SIZE`")?;
    let hash = |line: &str| Some(Hash(STANDARD.decode(line).ok()?.try_into().ok()?));
    let proof: Option<Vec<_>> = lines.map(hash).collect();
    let proof = proof.ok_or("a line of the proof is not base64 of 32 bytes")?;
    if proof.len() > PROOF_LINES {
        return Err("the proof has more than 63 lines");
    }
    let note = SignedNote::from_bytes(note.as_bytes()).map_err(|_| "there is no signed note")?;
    let checkpoint = Checkpoint::from_text(&note.text).map_err(|_| "it is no checkpoint")?;
    Ok(Asked { old, proof, note, checkpoint })
}

/// A number in its one form.
fn number(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|number| number.to_string() == text)
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        const PLAIN: &str = "text/plain; charset=utf-8";
        let (status, kind, text) = match self {
            Answer::Cosigned(line) => (StatusCode::OK, PLAIN, line),
            Answer::Malformed(why) => (StatusCode::BAD_REQUEST, PLAIN, format!("{why}\n")),
            Answer::Unsigned => {
                (StatusCode::FORBIDDEN, PLAIN, "no known key of this log signed it\n".into())
            }
            Answer::Unknown => {
                (StatusCode::NOT_FOUND, PLAIN, "this witness does not know this log\n".into())
            }
            Answer::Conflict(size) => {
                (StatusCode::CONFLICT, "text/x.tlog.size", format!("{size}\n"))
            }
            Answer::Inconsistent => {
                let text = "the proof of consistency does not hold\n";
                (StatusCode::UNPROCESSABLE_ENTITY, PLAIN, text.into())
            }
            Answer::Failed(_) => {
                (StatusCode::INTERNAL_SERVER_ERROR, PLAIN, "the witness failed\n".into())
            }
        };
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        (status, headers, text).into_response()
    }
}

/// The two paths of a witness.
pub fn router(server: Arc<Server>) -> Router {
    let vkey = |State(server): State<Arc<Server>>| async move { format!("{}\n", server.vkey()) };
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/vkey", get(vkey))
        .with_state(server)
}

async fn add_checkpoint(State(server): State<Arc<Server>>, request: Request) -> Response {
    let Ok(_turn) = server.turns.try_acquire() else {
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")]).into_response();
    };
    let body = to_bytes(request.into_body(), REQUEST_BYTES);
    let body = match tokio::time::timeout(Duration::from_secs(REQUEST_S), body).await {
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
        Ok(Err(_)) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Ok(Ok(body)) => body,
    };
    let now_s = crate::serve::now().0 / 1000;
    let witness = server.clone();
    let answer = tokio::task::spawn_blocking(move || witness.add_checkpoint(&body, now_s)).await;
    answer.unwrap_or_else(|e| Answer::Failed(e.to_string())).into_response()
}

#[cfg(test)]
mod tests;
