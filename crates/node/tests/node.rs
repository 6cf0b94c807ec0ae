//! What a node promises: nothing final is lost, everything is told, receipts check offline.

#![allow(clippy::unwrap_used, clippy::panic)]

use futures::executor::block_on;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use weal_kernel::block::FinalBlock;
use weal_kernel::operation::{Nonce, Payload};
use weal_kernel::principals::op::{KeySet, PrincipalKind, Register};
use weal_kernel::schema::{Kind, Rules, Schema, field};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Hash, Refusal};
use weal_node::{Config, Damaged, Directory, Follower, Node, Outcome, Pending, SubmitError};
use weal_proof::checkpoint::origin;
use weal_proof::genesis::Genesis;
use weal_proof::keys::SecretKey;
use weal_proof::log::{Frontier, Subtrees as _, leaf_hash};
use weal_proof::note::{SignedNote, VerifierKey};
use weal_proof::{Envelope, Receipt};

/// A follower that remembers the ids of all entries.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<(u64, Vec<Hash>)>>);

impl Follower for Memory {
    fn height(&self) -> Result<u64, String> {
        Ok(self.0.lock().unwrap().0)
    }
    fn follow(&mut self, blocks: &[FinalBlock]) -> Result<(), String> {
        let mut memory = self.0.lock().unwrap();
        for block in blocks.iter().filter(|b| b.header.height > 0) {
            if block.header.height <= memory.0 {
                continue;
            }
            assert_eq!(block.header.height, memory.0 + 1, "blocks come in order");
            memory.0 = block.header.height;
            memory.1.extend(block.entries.iter().map(|entry| entry.signed.id));
        }
        Ok(())
    }
}

fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixMillis(since.as_millis() as u64)
}

fn rules() -> Rules {
    let text = Schema {
        name: "note".into(),
        about: "A plain statement.".into(),
        fields: vec![field("text", Kind::Text(100))],
    };
    Rules { format: weal_kernel::schema::FORMAT.into(), schemas: vec![text], admission: None }
}

fn key() -> SecretKey {
    SecretKey::from_seed([7; 32])
}

fn create(path: &Path) {
    let rules = rules();
    let genesis = Genesis::alone("test", now().0 - 1000, key().public(), rules.hash());
    Directory::create(path, &genesis, &rules).unwrap();
}

fn start(path: &Path, follower: &Memory) -> Node {
    let config = Config {
        directory: Directory::open(path).unwrap(),
        key: key(),
        listen: "127.0.0.1:0".parse().unwrap(),
        heartbeat: Duration::from_secs(5),
        checkers: 2,
        upstream: None,
    };
    Node::start(config, Box::new(follower.clone()), |_| ()).unwrap()
}

fn envelope(network: Hash, actor: Option<Hash>, act: Act, nonce: u64, key: &SecretKey) -> Envelope {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&nonce.to_be_bytes());
    let payload =
        Payload { v: 1, network, actor, mandate: None, time: now(), nonce: Nonce(bytes), act };
    let mut envelope = Envelope::unsigned(payload.to_bytes());
    envelope.sign(key);
    envelope
}

fn register(network: Hash, seed: u8) -> (SecretKey, Envelope) {
    let key = SecretKey::from_seed([seed; 32]);
    let act = Act::PrincipalRegister(Register {
        kind: PrincipalKind::Organisation,
        name: format!("Organisation {seed}"),
        names: BTreeMap::new(),
        keys: KeySet { keys: vec![key.public()], threshold: 1 },
        guardians: None,
        owner: None,
    });
    let envelope = envelope(network, None, act, u64::from(seed), &key);
    (key, envelope)
}

fn note(network: Hash, actor: Hash, key: &SecretKey, number: u64) -> Envelope {
    let body = serde_json::json!({ "text": format!("note {number}") });
    let post = serde_json::json!({ "record.post": { "schema": "note", "body": body } });
    envelope(network, Some(actor), serde_json::from_value(post).unwrap(), number, key)
}

fn outcome(node: &Node, envelope: &Envelope) -> Outcome {
    match node.submit(&envelope.to_bytes()).unwrap().1 {
        Pending::Before(index) => Outcome::Final { index },
        Pending::Waiting(told) => block_on(told).unwrap(),
    }
}

fn index(outcome: Outcome) -> u64 {
    match outcome {
        Outcome::Final { index } => index,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_final_has_a_receipt_that_checks_offline_also_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    create(directory.path());
    let memory = Memory::default();
    let node = start(directory.path(), &memory);
    let network = node.directory().network;
    let (key, registration) = register(network, 1);
    assert_eq!(index(outcome(&node, &registration)), 0);
    let notes: Vec<_> = (0..300).map(|n| note(network, registration.id(), &key, n)).collect();
    let pending: Vec<_> = notes.iter().map(|n| node.submit(&n.to_bytes()).unwrap().1).collect();
    for (n, pending) in (1..).zip(pending) {
        let Pending::Waiting(told) = pending else { panic!("not before") };
        assert_eq!(index(block_on(told).unwrap()), n, "order of arrival is kept");
    }
    let standing = weal_kernel::state::keys::principal(&registration.id());
    let receipt = block_on(node.receipt(0, &[standing])).unwrap().unwrap();
    assert!(receipt.check().is_ok());
    drop(node);

    let node = start(directory.path(), &memory);
    assert_eq!(node.position().signed, 1, "the last certificate is recalled");
    assert!(node.state_entry("network").is_some());
    for (n, note) in (1..).zip(&notes) {
        assert_eq!(index(outcome(&node, note)), n, "the same operation takes effect once");
    }
    for index in [0, 1, 150, 300] {
        let receipt = block_on(node.receipt(index, &[])).unwrap().unwrap();
        let text = serde_json::to_vec(&receipt).unwrap();
        let proven = Receipt::from_bytes(&text).unwrap().check().unwrap();
        assert_eq!(proven.header.network, network);
    }
    assert!(block_on(node.receipt(301, &[])).unwrap().is_none());
    drop(node);
    assert_eq!(memory.0.lock().unwrap().1.len(), 301);
}

#[test]
fn a_follower_that_was_dropped_is_given_everything_again() {
    let directory = tempfile::tempdir().unwrap();
    create(directory.path());
    let first = Memory::default();
    let node = start(directory.path(), &first);
    let network = node.directory().network;
    let (key, registration) = register(network, 1);
    index(outcome(&node, &registration));
    for n in 0..20 {
        index(outcome(&node, &note(network, registration.id(), &key, n)));
    }
    let root = node.state().root();
    drop(node);
    let again = Memory::default();
    let node = start(directory.path(), &again);
    assert_eq!(node.state().root(), root);
    drop(node);
    assert_eq!(first.0.lock().unwrap().1, again.0.lock().unwrap().1);
}

#[test]
fn another_key_does_not_go_on_with_somebody_s_votes() {
    let directory = tempfile::tempdir().unwrap();
    create(directory.path());
    drop(start(directory.path(), &Memory::default()));
    let config = Config {
        directory: Directory::open(directory.path()).unwrap(),
        key: SecretKey::from_seed([8; 32]),
        listen: "127.0.0.1:0".parse().unwrap(),
        heartbeat: Duration::from_secs(5),
        checkers: 1,
        upstream: None,
    };
    let Err(error) = Node::start(config, Box::new(Memory::default()), |_| ()) else {
        panic!("it voted with another's journal");
    };
    assert!(error.to_string().contains("put the old key back"), "{error}");
}

#[test]
fn a_refused_operation_is_told_why_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    create(directory.path());
    let node = start(directory.path(), &Memory::default());
    let network = node.directory().network;
    let (key, registration) = register(network, 1);
    index(outcome(&node, &registration));
    let root = node.state().root();
    let stranger = SecretKey::from_seed([9; 32]);
    let forged = note(network, registration.id(), &stranger, 1);
    match outcome(&node, &forged) {
        Outcome::Refused(refused) => assert_eq!(refused.refusal, Refusal::MissingSignature),
        other => panic!("{other:?}"),
    }
    let mut damaged = note(network, registration.id(), &key, 2);
    let other = note(network, registration.id(), &key, 3);
    damaged.add(key.public(), other.signatures()[0].1);
    match outcome(&node, &damaged) {
        Outcome::Refused(refused) => assert_eq!(refused.refusal, Refusal::BadSignature),
        other => panic!("{other:?}"),
    }
    assert_eq!(node.refusal(&damaged.id()).unwrap().refusal, Refusal::BadSignature);
    let malformed = node.submit(b"{}").unwrap_err();
    assert!(matches!(malformed, SubmitError::Refused(r) if r.refusal == Refusal::NotAnEnvelope));
    assert_eq!(node.state().root(), root);
}

#[test]
fn a_sender_who_floods_is_asked_to_slow_down_and_others_are_not() {
    let directory = tempfile::tempdir().unwrap();
    create(directory.path());
    let node = start(directory.path(), &Memory::default());
    let network = node.directory().network;
    let (key, registration) = register(network, 1);
    index(outcome(&node, &registration));
    let count = weal_node::limits::SENDER_OPERATIONS as u64 * 2;
    let flood: Vec<_> =
        (0..count).map(|n| note(network, registration.id(), &key, n).to_bytes()).collect();
    let answers: Vec<_> = flood.iter().map(|bytes| node.submit(bytes)).collect();
    let busy = |a: &Result<_, _>| matches!(a, Err(SubmitError::SenderBusy));
    let (_, other) = register(network, 2);
    index(outcome(&node, &other));
    let taken = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(taken + answers.iter().filter(|a| busy(a)).count(), answers.len());
    for answer in answers.into_iter().flatten() {
        let Pending::Waiting(told) = answer.1 else { panic!("not before") };
        index(block_on(told).unwrap());
    }
}

/// A node with 300 notes after the registration of their author.
fn with_notes(directory: &Path) -> (Node, Vec<Envelope>) {
    create(directory);
    let node = start(directory, &Memory::default());
    let network = node.directory().network;
    let (key, registration) = register(network, 1);
    index(outcome(&node, &registration));
    let mut entries = vec![registration.clone()];
    entries.extend((0..300).map(|n| note(network, registration.id(), &key, n)));
    for (n, pending) in (0..).zip(entries.iter().map(|e| node.submit(&e.to_bytes()).unwrap().1)) {
        match pending {
            Pending::Before(index) => assert_eq!(index, n),
            Pending::Waiting(told) => assert_eq!(index(block_on(told).unwrap()), n),
        }
    }
    (node, entries)
}

fn bundle(entries: &[Envelope]) -> Vec<u8> {
    let entry = |entry: &Envelope| {
        let bytes = entry.to_bytes();
        [&(bytes.len() as u16).to_be_bytes()[..], &bytes].concat()
    };
    entries.iter().flat_map(entry).collect()
}

/// A bundle of entries, block by block, as outsiders are given it.
fn entries_of(node: &Node, index: u64, width: u16) -> Result<Option<Vec<u8>>, Damaged> {
    let Some(leaves) = node.tile(0, index, width)? else { return Ok(None) };
    let (mut bytes, mut given) = (Vec::new(), 0);
    while given < leaves.len() {
        let first = index * 256 + given as u64;
        let (part, count) = block_on(node.entries(first, &leaves[given..]))?;
        bytes.extend(part);
        given += count;
    }
    Ok(Some(bytes))
}

#[test]
fn outsiders_read_every_entry_and_every_hash_that_was_signed() {
    let directory = tempfile::tempdir().unwrap();
    let (node, entries) = with_notes(directory.path());
    let leaves: Vec<_> = entries.iter().map(|e| leaf_hash(&e.to_bytes())).collect();
    let mut whole = Frontier::default();
    leaves.iter().for_each(|leaf| whole.push(*leaf));
    let full = leaves[..256].subtree(8, 0).unwrap();
    drop(node);
    let node = start(directory.path(), &Memory::default());
    let signed = block_on(node.checkpoint()).unwrap();
    assert_eq!((signed.checkpoint.size, signed.checkpoint.root), (301, whole.root()));
    let text = signed.checkpoint.to_text();
    let note = SignedNote { text, signatures: vec![signed.signature] };
    let name = origin(&node.directory().network);
    note.verify_ed25519(&VerifierKey::ed25519(&name, key().public())).unwrap();

    assert_eq!(node.tile(0, 0, 256).unwrap().unwrap(), leaves[..256]);
    assert_eq!(node.tile(0, 0, 7).unwrap().unwrap(), leaves[..7], "an old partial tile is kept");
    assert_eq!(node.tile(0, 1, 45).unwrap().unwrap(), leaves[256..]);
    assert_eq!(node.tile(1, 0, 1).unwrap().unwrap(), [full]);
    let given = |index, width| entries_of(&node, index, width).unwrap();
    assert_eq!(given(0, 256).unwrap(), bundle(&entries[..256]));
    assert_eq!(given(0, 3).unwrap(), bundle(&entries[..3]));
    assert_eq!(given(1, 45).unwrap(), bundle(&entries[256..]));
    let huge = [(0, 1, 46), (0, 2, 1), (1, 0, 2), (2, 0, 1), (63, 0, 1), (255, 0, 1), (0, 0, 0)];
    for (level, index, width) in huge {
        assert_eq!(node.tile(level, index, width), Ok(None), "{level}/{index}.p/{width}");
    }
    for index in [2, 1 << 60, u64::MAX] {
        assert_eq!(node.tile(0, index, 256), Ok(None));
        assert_eq!(given(index, 256), None);
    }
}

#[test]
fn a_hash_that_the_disk_changed_is_not_given_out() {
    use std::os::unix::fs::FileExt as _;
    let directory = tempfile::tempdir().unwrap();
    let (node, _) = with_notes(directory.path());
    let file = |name: &str| {
        let path = directory.path().join("log").join(name);
        std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap()
    };
    let flip = |name: &str, at: u64| {
        let (file, mut byte) = (file(name), [0]);
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ 1], at).unwrap();
    };
    for (name, at, level, index, width) in [
        ("level-00", 100 * 32, 0, 0, 256),
        ("level-00", 100 * 32, 0, 0, 1),
        ("level-00", 300 * 32 + 31, 0, 1, 45),
        ("level-08", 3, 0, 0, 256),
        ("level-08", 3, 1, 0, 1),
    ] {
        flip(name, at);
        assert!(node.tile(level, index, width).is_err(), "{name} at {at}");
        flip(name, at);
        assert!(node.tile(level, index, width).is_ok(), "{name} at {at}");
    }
    flip("blocks", 7);
    let told = entries_of(&node, 0, 256);
    flip("blocks", 7);
    assert!(told.is_err(), "a wrong size of a block leads to other entries");
    flip("level-00", 5 * 32);
    assert!(entries_of(&node, 0, 256).is_err());
    flip("level-00", 5 * 32);
    assert!(entries_of(&node, 0, 256).unwrap().is_some());
}
