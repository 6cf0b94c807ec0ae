//! What pool and chain promise in whatever order threads take their locks.
//!
//! `cargo test -p weal-node --features shuttle --test interleavings`: shuttle runs each test many
//! times, each time in another order drawn at random.

#![allow(clippy::unwrap_used, clippy::panic)]

use bytes::Bytes;
use std::collections::BTreeMap;
use std::sync::Arc;
use weal_engine::{Block, Ledger as _};
use weal_kernel::operation::{Nonce, Payload};
use weal_kernel::principals::op::{KeySet, PrincipalKind, Register};
use weal_kernel::schema::{FORMAT, Rules};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Hash};
use weal_node::Directory;
use weal_node::parts::{Chain, Ingress, Item, Outlets, Pool, begin, check};
use weal_proof::Envelope;
use weal_proof::genesis::Genesis;
use weal_proof::keys::SecretKey;

/// Orders tried of each test.
const ORDERS: usize = 300;
const START_MS: u64 = 1_790_000_000_000;

fn keeper() -> SecretKey {
    SecretKey::from_seed([7; 32])
}

/// A chain at genesis; what it is given is checked at once, by whoever gives it.
fn chain(path: &std::path::Path) -> Chain {
    let rules = Rules { format: FORMAT.into(), schemas: Vec::new(), admission: None };
    let genesis = Genesis::alone("test", START_MS, keeper().public(), rules.hash());
    let directory = Directory::create(path, &genesis, &rules).unwrap();
    let pool = Arc::new(Pool::default());
    let checked = pool.clone();
    let outlets = Outlets {
        follow: Box::new(|_| ()),
        save: Box::new(|_| ()),
        check: Box::new(move |item: Item| drop(check(&checked, vec![item]))),
        accuse: Box::new(|_| ()),
    };
    begin(&directory, pool, outlets).unwrap()
}

fn registration(network: Hash, seed: u8) -> Bytes {
    let key = SecretKey::from_seed([seed; 32]);
    let act = Act::PrincipalRegister(Register {
        kind: PrincipalKind::Person,
        name: format!("Person {seed}"),
        names: BTreeMap::new(),
        keys: KeySet { keys: vec![key.public()], threshold: 1 },
        guardians: None,
        owner: None,
    });
    let (time, nonce) = (UnixMillis(START_MS), Nonce([seed; 16]));
    let payload = Payload { v: 1, network, actor: None, mandate: None, time, nonce, act };
    let mut envelope = Envelope::unsigned(payload.to_bytes());
    envelope.sign(&key);
    Bytes::from(envelope.to_bytes())
}

/// A block of another leader with these operations, on genesis.
fn block_with(operations: &[Bytes]) -> Block {
    let home = tempfile::tempdir().unwrap();
    let leader = chain(home.path());
    for operation in operations {
        leader.take_in(operation, Ingress::Local).unwrap();
    }
    leader.propose(&leader.genesis(), START_MS, keeper().public()).unwrap()
}

/// An operation arrives while the block that holds it becomes final: what is left in the pool.
fn arrives_while_it_becomes_final(take_in: fn(&Chain, &Bytes)) -> usize {
    let home = tempfile::tempdir().unwrap();
    let chain = Arc::new(chain(home.path()));
    let network = chain.genesis().network;
    let operations: Vec<_> = (1..4).map(|seed| registration(network, seed)).collect();
    let block = block_with(&operations);
    assert!(chain.verify(&chain.genesis(), &block));
    let late = chain.clone();
    let arriving = shuttle::thread::spawn(move || {
        operations.iter().for_each(|operation| take_in(&late, operation));
    });
    chain.finalize(&block, None).unwrap();
    arriving.join().unwrap();
    chain.pool.len()
}

#[test]
fn what_becomes_final_while_it_arrives_leaves_nothing_in_the_pool() {
    let run = || {
        let left = arrives_while_it_becomes_final(|chain, operation| {
            drop(chain.take_in(operation, Ingress::Local));
        });
        assert_eq!(left, 0, "what is final took a place that nobody gives back");
    };
    shuttle::check_random(run, ORDERS);
}

#[test]
fn to_ask_for_finality_and_then_to_admit_is_a_race_that_is_found() {
    let found = std::panic::catch_unwind(|| {
        let run = || {
            let left = arrives_while_it_becomes_final(|chain, operation| {
                chain.take_in_unasked(operation).unwrap();
            });
            assert_eq!(left, 0, "what is final took a place that nobody gives back");
        };
        shuttle::check_random(run, ORDERS);
    });
    assert!(found.is_err(), "the old way was tried in {ORDERS} orders and never failed");
}

#[test]
fn a_block_that_is_built_while_another_takes_its_height_loses_nothing() {
    let run = || {
        let home = tempfile::tempdir().unwrap();
        let chain = Arc::new(chain(home.path()));
        let network = chain.genesis().network;
        let operations: Vec<_> = (1..4).map(|seed| registration(network, seed)).collect();
        for operation in &operations {
            chain.take_in(operation, Ingress::Local).unwrap();
        }
        let other = block_with(&operations[..1]);
        assert!(chain.verify(&chain.genesis(), &other));
        let leader = chain.clone();
        let building = shuttle::thread::spawn(move || {
            drop(leader.propose(&leader.genesis(), START_MS, keeper().public()));
        });
        chain.finalize(&other, None).unwrap();
        building.join().unwrap();
        let next = chain.propose(&other.header, START_MS, keeper().public()).unwrap();
        assert_eq!(next.header.log_size, 3, "the others are in the next block");
    };
    shuttle::check_random(run, ORDERS);
}
