//! A witness signs what only grows, and says why it does not sign.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::witness::asking::request;
use weal_proof::log::{consistency_path, leaf_hash};
use weal_proof::note::sign_ed25519;

const ORIGIN: &str = "commonweal/test";

fn log_key() -> SecretKey {
    SecretKey::from_seed([1; 32])
}

fn open(directory: &std::path::Path) -> Arc<Server> {
    let logs = [VerifierKey::ed25519(ORIGIN, log_key().public())];
    let key = SecretKey::from_seed([2; 32]);
    Server::new("witness.example".into(), key, logs, directory.to_owned())
}

/// The leaves of a log in which those from `fork` on are another story.
fn leaves(size: u64, fork: u64) -> Vec<Hash> {
    let leaf = |n: u64| leaf_hash(&[&n.to_be_bytes()[..], &[u8::from(n >= fork)]].concat());
    (0..size).map(leaf).collect()
}

fn checkpoint(size: u64, fork: u64) -> String {
    let mut tree = weal_proof::log::Frontier::default();
    leaves(size, fork).into_iter().for_each(|leaf| tree.push(leaf));
    Checkpoint { origin: ORIGIN.into(), size, root: tree.root() }.to_text()
}

fn signed(text: &str, key: &SecretKey) -> String {
    let signatures = vec![sign_ed25519(text, ORIGIN, key)];
    SignedNote { text: text.into(), signatures }.to_text().unwrap()
}

fn ask(server: &Server, old: u64, new: u64, fork: u64) -> Answer {
    let proof = consistency_path(leaves(new, fork).as_slice(), old, new).unwrap_or_default();
    let note = signed(&checkpoint(new, fork), &log_key());
    server.add_checkpoint(request(old, &proof, &note).as_bytes(), 77)
}

fn cosigned(server: &Server, answer: Answer, new: u64) {
    assert!(matches!(answer, Answer::Cosigned(_)), "{answer:?}");
    let Answer::Cosigned(line) = answer else { return };
    let note = format!("{}\n{line}", checkpoint(new, u64::MAX));
    let note = SignedNote::from_bytes(note.as_bytes()).unwrap();
    assert_eq!(note.verify_cosignature(&server.vkey()), Ok(77));
}

#[test]
fn a_log_that_only_grows_is_cosigned_also_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let server = open(directory.path());
    for (old, new) in [(0, 0), (0, 5), (5, 5), (5, 8)] {
        cosigned(&server, ask(&server, old, new, u64::MAX), new);
    }
    drop(server);
    let server = open(directory.path());
    cosigned(&server, ask(&server, 8, 300, u64::MAX), 300);
    assert_eq!(ask(&server, 8, 300, u64::MAX), Answer::Conflict(300));
    assert_eq!(ask(&server, 0, 300, u64::MAX), Answer::Conflict(300));
    assert_eq!(ask(&server, 8, 9, u64::MAX), Answer::Conflict(300), "nothing is rolled back");
}

#[test]
fn a_log_that_tells_another_story_is_not_cosigned() {
    let directory = tempfile::tempdir().unwrap();
    let server = open(directory.path());
    cosigned(&server, ask(&server, 0, 8, u64::MAX), 8);
    assert_eq!(ask(&server, 8, 8, 3), Answer::Conflict(8), "two heads of one size");
    assert_eq!(ask(&server, 8, 20, 3), Answer::Inconsistent);
    cosigned(&server, ask(&server, 8, 20, u64::MAX), 20);
    let empty = tempfile::tempdir().unwrap();
    let server = open(empty.path());
    let text = Checkpoint { origin: ORIGIN.into(), size: 0, root: Hash::ZERO }.to_text();
    let body = request(0, &[], &signed(&text, &log_key()));
    assert_eq!(server.add_checkpoint(body.as_bytes(), 1), Answer::Conflict(0), "a false empty log");
    let proof = [Hash::ZERO];
    let body = request(0, &proof, &signed(&checkpoint(5, u64::MAX), &log_key()));
    assert_eq!(server.add_checkpoint(body.as_bytes(), 1), Answer::Inconsistent);
}

#[test]
fn only_known_logs_are_cosigned_and_only_what_they_signed() {
    let directory = tempfile::tempdir().unwrap();
    let server = open(directory.path());
    let add = |note: &str| server.add_checkpoint(request(0, &[], note).as_bytes(), 1);
    let text = checkpoint(5, u64::MAX);
    let stranger = SecretKey::from_seed([9; 32]);
    assert_eq!(add(&signed(&text, &stranger)), Answer::Unsigned);
    let other = text.replace(ORIGIN, "commonweal/other");
    assert_eq!(add(&signed(&other, &log_key())), Answer::Unknown);
    let mut note = SignedNote::from_bytes(signed(&text, &log_key()).as_bytes()).unwrap();
    note.text = checkpoint(6, u64::MAX);
    assert_eq!(add(&note.to_text().unwrap()), Answer::Unsigned, "a signature over something else");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0, "nothing is remembered");
}

#[test]
fn whatever_is_no_request_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let server = open(directory.path());
    let note = signed(&checkpoint(5, u64::MAX), &log_key());
    let hash = format!("{}\n", STANDARD.encode([0; 32]));
    let bad = |body: &[u8]| {
        let answer = server.add_checkpoint(body, 1);
        assert!(matches!(answer, Answer::Malformed(_)), "{answer:?}");
    };
    for head in ["", "old", "old ", "old -1", "old 01", "old +1", "new 0", "old 0 ", "old 6"] {
        bad(format!("{head}\n\n{note}").as_bytes());
    }
    bad(format!("old 0\n{}\n{note}", hash.repeat(64)).as_bytes());
    bad(format!("old 0\nAAAA\n\n{note}").as_bytes());
    bad(format!("old 0\n{note}").as_bytes());
    bad(b"old 0\n\nno note\n");
    bad(b"old 0\n\nno\ncheckpoint\n\n\xe2\x80\x94 n AAAAAAA=\n");
    bad(&[0xff; 100]);
    bad(b"");
    let most = format!("old 0\n{}\n{note}", hash.repeat(63));
    assert_eq!(server.add_checkpoint(most.as_bytes(), 1), Answer::Inconsistent);
}

#[test]
fn what_was_signed_last_must_be_readable() {
    let directory = tempfile::tempdir().unwrap();
    let server = open(directory.path());
    cosigned(&server, ask(&server, 0, 8, u64::MAX), 8);
    let file = directory.path().join(file(ORIGIN));
    std::fs::write(&file, "commonweal/test\n8\n").unwrap();
    assert!(matches!(ask(&server, 8, 20, u64::MAX), Answer::Failed(_)));
    std::fs::write(&file, checkpoint(8, u64::MAX).replace(ORIGIN, "other")).unwrap();
    assert!(matches!(ask(&server, 8, 20, u64::MAX), Answer::Failed(_)));
}

#[tokio::test]
async fn what_is_too_long_is_not_read_to_its_end() {
    use axum::body::Body;
    use tower::ServiceExt as _;
    let directory = tempfile::tempdir().unwrap();
    let router = router(open(directory.path()));
    let post = |length: usize| {
        let body = Body::from("a".repeat(length));
        Request::post("/add-checkpoint").body(body).unwrap()
    };
    let told = router.clone().oneshot(post(REQUEST_BYTES)).await.unwrap().status();
    assert_eq!(told, StatusCode::BAD_REQUEST);
    let told = router.clone().oneshot(post(REQUEST_BYTES + 1)).await.unwrap().status();
    assert_eq!(told, StatusCode::PAYLOAD_TOO_LARGE);
    let get = Request::get("/vkey").body(Body::empty()).unwrap();
    assert_eq!(router.oneshot(get).await.unwrap().status(), StatusCode::OK);
}
