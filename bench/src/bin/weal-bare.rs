//! The ordering engine alone: validators agree on opaque operations that nobody looks into.
//!
//! `weal-bare --index I --ports P,P,P,P --bytes N --block N --seconds S` runs one of them; the one
//! with index 0 prints how many operations a second became final.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic)]

use bytes::Bytes;
use futures::future::BoxFuture;
use std::collections::HashSet;
use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use weal_engine::{Block, Config, Evidence, Ledger, Member, start};
use weal_proof::keys::{PublicKey, SecretKey};
use weal_proof::{Hash, Header};

struct Opaque {
    genesis: Header,
    members: Vec<Member>,
    body: usize,
    known: Mutex<HashSet<Hash>>,
    finals: AtomicU64,
    counter: AtomicU64,
}

impl Ledger for Opaque {
    fn genesis(&self) -> Header {
        self.genesis.clone()
    }
    fn applied(&self) -> u64 {
        0
    }
    fn ready(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
    fn restless(&self) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
    fn knows(&self, digest: &Hash) -> bool {
        self.known.lock().unwrap().contains(digest)
    }
    fn propose(&self, parent: &Header, time_ms: u64, proposer: PublicKey) -> Option<Block> {
        let number = self.counter.fetch_add(1, Ordering::Relaxed);
        let mut body = vec![0xa5; self.body];
        body.iter_mut().zip(number.to_be_bytes().iter().chain(&proposer.0)).for_each(|(b, n)| {
            *b = *n;
        });
        let header = Header {
            height: parent.height + 1,
            parent: parent.digest(),
            time_ms,
            proposer,
            body: Hash::of(&[&body]),
            ..parent.clone()
        };
        self.known.lock().unwrap().insert(header.digest());
        Some(Block { header, body: Bytes::from(body) })
    }
    fn verify(&self, _: &Header, block: &Block) -> bool {
        self.known.lock().unwrap().insert(block.header.digest());
        true
    }
    fn committee(&self, _: u64) -> Option<Vec<Member>> {
        Some(self.members.clone())
    }
    fn hear(&self, _: PublicKey, _: Vec<Bytes>) {}
    fn accuse(&self, _: Evidence) {}
    fn finalize(&self, block: &Block, _: Option<Vec<u8>>) -> Result<(), String> {
        self.known.lock().unwrap().insert(block.header.digest());
        self.finals.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name).unwrap();
        words[at + 1].clone()
    };
    let number = |name: &str| value(name).parse::<u64>().unwrap();
    let ports: Vec<u16> = value("--ports").split(',').map(|port| port.parse().unwrap()).collect();
    let (index, block) = (number("--index") as usize, number("--block"));
    let key = |at: usize| SecretKey::from_seed([at as u8 + 1; 32]);
    let address = |at: usize| format!("127.0.0.1:{}", ports[at]);
    let members = (0..ports.len()).map(|at| Member { key: key(at).public(), address: address(at) });
    let network = Hash::of(&[b"bare"]);
    let genesis = Header {
        network,
        height: 0,
        parent: Hash::ZERO,
        time_ms: 0,
        proposer: PublicKey([0; 32]),
        log_size: 0,
        log_root: Hash::ZERO,
        state_root: Hash::ZERO,
        validators: Hash::ZERO,
        body: Hash::of(&[]),
    };
    let ledger = Arc::new(Opaque {
        known: Mutex::new([genesis.digest()].into()),
        genesis,
        members: members.collect(),
        body: (block * number("--bytes")) as usize,
        finals: AtomicU64::new(0),
        counter: AtomicU64::new(0),
    });
    let home = tempfile::tempdir().unwrap();
    let config = Config {
        directory: home.path().join("engine"),
        key: key(index),
        network,
        epoch_blocks: NonZeroU64::MAX,
        floor: None,
        listen: address(index).parse().unwrap(),
        peers_max: NonZeroUsize::new(8).unwrap(),
        heartbeat: Duration::from_secs(10),
        body_bytes_max: 8 << 20,
    };
    let engine = start(config, ledger.clone()).unwrap();
    while ledger.finals.load(Ordering::Relaxed) < 10 {
        std::thread::sleep(Duration::from_millis(10));
    }
    let (begun, before) = (Instant::now(), ledger.finals.load(Ordering::Relaxed));
    std::thread::sleep(Duration::from_secs(number("--seconds")));
    let blocks = ledger.finals.load(Ordering::Relaxed) - before;
    let seconds = begun.elapsed().as_secs_f64();
    if index == 0 {
        println!(
            "{:.0} operations/s, {:.1} blocks/s",
            (blocks * block) as f64 / seconds,
            blocks as f64 / seconds
        );
    }
    engine.stop();
}
