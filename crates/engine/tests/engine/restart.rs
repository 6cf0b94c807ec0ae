//! What a ledger gets back after a stop.

use crate::toy::{Taken, Toy, alone, assert_chain, follow, genesis, key};
use bytes::Bytes;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use weal_engine::{Block, EngineError, start};
use weal_proof::Header;

const LONG: Duration = Duration::from_secs(600);

/// Runs an engine until so many texts are final, each in its own block, and stops it.
fn history(directory: &Path, texts: u64) -> Vec<Taken> {
    let toy = Arc::new(Toy::new());
    let engine = start(alone(directory, LONG), toy.clone()).unwrap();
    for number in 1..=texts {
        toy.say(&number.to_string());
        toy.wait_for(&number.to_string());
    }
    engine.stop();
    toy.taken()
}

fn blocks(taken: &[Taken]) -> Vec<&Block> {
    taken.iter().map(|taken| &taken.block).collect()
}

/// Starts with a ledger restored to this tip, and returns what it got once a new text is final.
fn go_on(directory: &Path, tip: &Header) -> Vec<Taken> {
    let toy = Arc::new(Toy::restored(tip));
    let engine = start(alone(directory, LONG), toy.clone()).unwrap();
    let text = format!("after {} of {tip:?}", tip.height);
    toy.say(&text);
    toy.wait_for(&text);
    engine.stop();
    assert_eq!(engine.failed(), None);
    assert_chain(&toy.taken());
    toy.taken()
}

#[test]
fn a_ledger_gets_exactly_what_it_lacks() {
    let directory = tempfile::tempdir().unwrap();
    let mut old = history(directory.path(), 6);
    assert_eq!(old.len(), 6);
    for tip in [3, 5, 0] {
        let header = match tip {
            0 => genesis(),
            _ => old[tip - 1].block.header.clone(),
        };
        let taken = go_on(directory.path(), &header);
        let (again, new) = taken.split_at(old.len() - tip);
        assert_eq!(blocks(again), blocks(&old[tip..]));
        assert!(again.iter().zip(&old[tip..]).all(|(a, b)| a.certificate == b.certificate));
        assert!(again.iter().all(|taken| taken.certificate.is_some()));
        assert_eq!(new.len(), 1);
        old.extend_from_slice(new);
    }
    let tip = old[old.len() - 1].block.header.clone();
    assert_eq!(go_on(directory.path(), &tip).len(), 1);
}

#[test]
fn start_returns_when_the_ledger_has_what_was_processed() {
    let directory = tempfile::tempdir().unwrap();
    let old = history(directory.path(), 20);
    let toy = Arc::new(Toy::new());
    let engine = start(alone(directory.path(), LONG), toy.clone()).unwrap();
    // The last acknowledgement may not have reached the disk.
    assert!(toy.taken().len() + 1 >= old.len(), "{}", toy.taken().len());
    engine.stop();
}

#[test]
fn a_ledger_of_another_chain_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let old = history(directory.path(), 4);
    let parent = &old[1].block.header;
    let other = follow(parent, parent.time_ms, key(9).public(), Bytes::from_static(b"other"));
    let toy = Arc::new(Toy::restored(&other.header));
    let refused = start(alone(directory.path(), LONG), toy);
    let Err(EngineError::Stopped(reason)) = refused else { panic!("{refused:?}") };
    assert_eq!(reason, "ledger and archive hold different blocks of height 3");
}

#[test]
fn a_ledger_beyond_the_archive_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let old = history(directory.path(), 2);
    let parent = &old[1].block.header;
    let beyond = follow(parent, parent.time_ms, key(1).public(), Bytes::new());
    let toy = Arc::new(Toy::restored(&beyond.header));
    let refused = start(alone(directory.path(), LONG), toy);
    let Err(EngineError::Stopped(reason)) = refused else { panic!("{refused:?}") };
    assert_eq!(reason, "the archive lacks block 3, which the ledger needs");
}

#[test]
fn two_engines_do_not_share_a_directory() {
    let directory = tempfile::tempdir().unwrap();
    let toy = Arc::new(Toy::new());
    let engine = start(alone(directory.path(), LONG), toy.clone()).unwrap();
    let second = start(alone(directory.path(), LONG), Arc::new(Toy::new()));
    assert!(matches!(second, Err(EngineError::Occupied)), "{second:?}");
    engine.stop();
    start(alone(directory.path(), LONG), Arc::new(Toy::new())).unwrap().stop();
}
