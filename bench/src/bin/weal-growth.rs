//! Measures what an operation costs as the book grows, and how fast a newcomer checks all of it.
//!
//! `cargo run --release -p weal-bench --bin weal-growth -- [operations]`: one node takes operations
//! in portions and tells, whenever the book has grown threefold, what the last portion cost. Then a
//! mirror with an empty directory follows it from the first block on: every signature, every state
//! and the read model; beside it, in the same run, the signatures alone.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use bytes::Bytes;
use futures::executor::block_on;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weal_app::serve::{self, Live};
use weal_app::solo;
use weal_bench::load::Load;
use weal_bench::measure::{baseline, processor_seconds, resident_mb, settle, submit};
use weal_node::{Directory, Source, write_key};
use weal_proof::keys::SecretKey;
use weal_services::schemas;

/// Operations of a portion.
const PORTION: usize = 10_000;
const HEARTBEAT: Duration = Duration::from_secs(10);

fn main() {
    let count = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let home = tempfile::tempdir().unwrap();
    let (first, second) = (home.path().join("first"), home.path().join("second"));
    solo::create(&first, "bench", &SecretKey::from_seed([5; 32])).unwrap();
    let (live, reader) = serve::start(solo::config(&first, HEARTBEAT).unwrap(), false).unwrap();
    let alone = grow(&live, &reader, &first, count);
    let size = live.node().position().header.log_size;
    let rate = follow(&live, &second);
    println!("signatures alone {alone:.0} operations/s");
    println!("a newcomer checks and indexes {size} entries: {rate:.0} operations/s");
    println!("ratio {:.2}", rate / alone);
}

/// Hands in so many operations; gives how many a second signatures alone would allow.
fn grow(live: &Arc<Live>, reader: &weal_services::book::Reader, data: &Path, count: usize) -> f64 {
    println!(
        "entries      operations/s   us of processor   lag ms   receipt ms   MB   disk B/entry"
    );
    let (mut taken, mut next, mut alone) = (0, PORTION, 0.0);
    let network = live.node().directory().network;
    for portion in 1.. {
        let load = Load::new(network, PORTION, portion);
        settle(load.opening.iter().map(|e| submit(live, &e.to_bytes())).collect());
        let bytes: Vec<_> = load.operations.iter().map(|e| e.to_bytes()).collect();
        let (started, cpu) = (Instant::now(), processor_seconds());
        settle(bytes.iter().map(|bytes| submit(live, bytes)).collect());
        let seconds = started.elapsed().as_secs_f64();
        let lag = wait_for(reader, live.node().position().header.height);
        let cpu = processor_seconds() - cpu;
        taken += PORTION;
        if taken >= next {
            next *= 3;
            alone = baseline(&load.operations);
            let size = live.node().position().header.log_size;
            println!(
                "{size:<12} {:>12.0}   {:>15.0}   {:>6.0}   {:>10.1}   {:>4} {:>12}",
                PORTION as f64 / seconds,
                cpu * 1e6 / PORTION as f64,
                lag * 1e3,
                receipt_ms(live, size),
                resident_mb(),
                disk_bytes(data) / size,
            );
        }
        if taken >= count {
            break;
        }
    }
    alone
}

/// Mean time to prove one of a hundred entries all over the log.
fn receipt_ms(live: &Live, size: u64) -> f64 {
    let started = Instant::now();
    for at in 0..100 {
        block_on(live.node().receipt(size * at / 100, &[])).unwrap().unwrap();
    }
    started.elapsed().as_secs_f64() * 10.0
}

/// Waits until the read model has this height; says how long.
fn wait_for(reader: &weal_services::book::Reader, height: u64) -> f64 {
    let started = Instant::now();
    while reader.height().unwrap() < height {
        std::thread::sleep(Duration::from_millis(2));
    }
    started.elapsed().as_secs_f64()
}

/// A mirror follows everything; gives its entries a second.
fn follow(live: &Arc<Live>, path: &Path) -> f64 {
    let genesis = &live.node().directory().genesis;
    let directory = Directory::create(path, genesis, &schemas::rules()).unwrap();
    write_key(&directory.join("validator.key"), &SecretKey::from_seed([6; 32])).unwrap();
    let upstream: Box<dyn Source> = Box::new(Neighbour(live.clone()));
    let config = solo::joined(path, HEARTBEAT, None, Some(upstream)).unwrap();
    let header = live.node().position().header;
    let started = Instant::now();
    let (mirror, reader) = serve::start(config, false).unwrap();
    wait_for(&reader, header.height);
    let rate = header.log_size as f64 / started.elapsed().as_secs_f64();
    assert_eq!(mirror.node().position().header.log_root, header.log_root);
    rate
}

/// The first node, asked without a network between.
struct Neighbour(Arc<Live>);

impl Source for Neighbour {
    fn blocks(&mut self, from: u64) -> Result<Vec<u8>, String> {
        block_on(self.0.node().sealed(from))
    }

    fn outbox(&mut self) -> Box<dyn FnMut(Bytes) + Send> {
        Box::new(|_| {})
    }
}

fn disk_bytes(path: &Path) -> u64 {
    let files = std::fs::read_dir(path).unwrap();
    files
        .map(|file| {
            let file = file.unwrap();
            match file.file_type().unwrap().is_dir() {
                true => disk_bytes(&file.path()),
                false => file.metadata().unwrap().len(),
            }
        })
        .sum()
}
