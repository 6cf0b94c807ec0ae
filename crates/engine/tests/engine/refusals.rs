//! What the engine does not start with, and what stops it.

use crate::toy::{Fault, Habits, Toy, alone, key};
use futures::executor::block_on;
use std::sync::Arc;
use std::time::Duration;
use weal_engine::{Config, EngineError, Member, start};
use weal_proof::Hash;
use weal_proof::keys::PublicKey;

const BEAT: Duration = Duration::from_millis(20);

/// Changes one thing in a good configuration and returns the refusal.
fn refusal(change: impl FnOnce(&mut Config)) -> EngineError {
    let directory = tempfile::tempdir().unwrap();
    let mut config = alone(directory.path(), BEAT);
    change(&mut config);
    start(config, Arc::new(Toy::new())).unwrap_err()
}

#[test]
fn a_wrong_configuration_is_refused_with_its_reason() {
    let list = |keys: Vec<PublicKey>| {
        let keepers = move |_| {
            let address = "127.0.0.1:0".to_owned();
            keys.iter().map(|key| Member { key: *key, address: address.clone() }).collect()
        };
        let directory = tempfile::tempdir().unwrap();
        let toy = Toy::with(Habits { keepers: Some(Arc::new(keepers)), ..Habits::default() });
        start(alone(directory.path(), BEAT), Arc::new(toy)).unwrap_err()
    };
    assert!(matches!(list(vec![]), EngineError::Committee));
    assert!(matches!(list(vec![key(1).public(), key(1).public()]), EngineError::Committee));
    let many = (1..=65).map(|n| key(n).public()).collect();
    assert!(matches!(list(many), EngineError::Committee));
    let more_than_room = (1..=9).map(|n| key(n).public()).collect();
    assert!(matches!(list(more_than_room), EngineError::Committee));
    let bad = (0..=255).map(|n| PublicKey([n; 32])).find(|key| !key.is_valid()).unwrap();
    assert!(matches!(list(vec![key(1).public(), bad]), EngineError::Committee));
    let floor = refusal(|config| config.floor = Some(vec![1, 2, 3]));
    assert!(matches!(floor, EngineError::Floor));
    let foreign = refusal(|config| config.network = Hash::ZERO);
    assert!(matches!(foreign, EngineError::Genesis));
    let long = refusal(|config| config.body_bytes_max = (64 << 20) + 1);
    assert!(matches!(long, EngineError::Body(_)));
    for heartbeat in [Duration::ZERO, Duration::from_secs(86_401)] {
        let wrong = refusal(|config| config.heartbeat = heartbeat);
        assert!(matches!(wrong, EngineError::Heartbeat));
    }
    let elsewhere = refusal(|config| config.listen = ([192, 0, 2, 1], 1).into());
    assert!(matches!(elsewhere, EngineError::Listen(_)));
    let file = refusal(|config| {
        config.directory.push("file");
        std::fs::write(&config.directory, b"").unwrap();
    });
    assert!(matches!(file, EngineError::Directory(_)));
}

#[test]
fn a_ledger_that_refuses_a_final_block_stops_the_engine() {
    let directory = tempfile::tempdir().unwrap();
    let toy = Toy::with(Habits { fault: Some((3, Fault::Refuses)), ..Habits::default() });
    let engine = start(alone(directory.path(), BEAT), Arc::new(toy)).unwrap();
    block_on(engine.ended());
    assert_eq!(engine.failed().as_deref(), Some("the disk is full"));
    assert_eq!(engine.block_blocking(1), None);
    engine.stop();

    // The block is not lost: a ledger that works gets it at the next start.
    let toy = Arc::new(Toy::new());
    let engine = start(alone(directory.path(), BEAT), toy.clone()).unwrap();
    toy.wait_height(3);
    engine.stop();
}

#[test]
fn a_panic_stops_the_engine_and_not_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let toy = Toy::with(Habits { fault: Some((2, Fault::Panics)), ..Habits::default() });
    let engine = start(alone(directory.path(), BEAT), Arc::new(toy)).unwrap();
    block_on(engine.ended());
    assert_eq!(engine.failed().as_deref(), Some("panic: the ledger is torn"));
    engine.stop();
}

#[test]
fn a_torn_archive_is_told_at_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let toy = Arc::new(Toy::new());
    let engine = start(alone(directory.path(), BEAT), toy.clone()).unwrap();
    toy.wait_height(3);
    engine.stop();
    for entry in std::fs::read_dir(directory.path().join("weal-blocks-value")).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..middle + 64].fill(0xff);
        std::fs::write(&path, bytes).unwrap();
    }
    let refused = start(alone(directory.path(), BEAT), Arc::new(Toy::new()));
    let Err(EngineError::Stopped(reason)) = refused else { panic!("{refused:?}") };
    assert!(!reason.is_empty());
}

#[test]
fn a_body_at_the_limit_is_ordered_and_one_byte_more_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let limit = 4 << 20;
    let toy = Arc::new(Toy::with(Habits { body_bytes: limit, ..Habits::default() }));
    let engine = start(alone(directory.path(), BEAT), toy.clone()).unwrap();
    let taken = toy.wait_height(2);
    assert_eq!(taken[1].block.body.len(), limit);
    engine.stop();

    let directory = tempfile::tempdir().unwrap();
    let toy = Arc::new(Toy::with(Habits { body_bytes: limit + 1, ..Habits::default() }));
    let engine = start(alone(directory.path(), BEAT), toy.clone()).unwrap();
    std::thread::sleep(BEAT * 20);
    assert!(toy.taken().is_empty());
    assert_eq!(engine.failed(), None);
    engine.stop();
}
