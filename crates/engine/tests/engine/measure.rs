//! Speed and memory of one validator, to be read, not asserted:
//! `cargo test -p weal-engine -- --ignored --nocapture measure`.

use crate::toy::{Habits, Toy, alone};
use std::sync::Arc;
use std::time::{Duration, Instant};
use weal_engine::start;

const LONG: Duration = Duration::from_secs(600);
const BLOCKS: u64 = 2_000;
const LARGE_BLOCKS: usize = 30;
const LARGE_BYTES: usize = 4 << 20;

#[test]
#[ignore = "measures, and proves nothing"]
fn small_blocks() {
    println!("before: {} kB", resident_kb());
    let directory = tempfile::tempdir().unwrap();
    let toy = Arc::new(Toy::new());
    let engine = start(alone(directory.path(), LONG), toy.clone()).unwrap();
    let busy = processor_ms();
    std::thread::sleep(Duration::from_secs(5));
    println!("idle: {} kB, {} ms of processor in 5 s", resident_kb(), processor_ms() - busy);
    let begin = Instant::now();
    for height in 1..=BLOCKS {
        toy.say(&height.to_string());
        toy.wait_height(height);
    }
    println!("{BLOCKS} blocks in {:?}: {} kB", begin.elapsed(), resident_kb());
    engine.stop();
    let begin = Instant::now();
    let engine = start(alone(directory.path(), LONG), Arc::new(Toy::new())).unwrap();
    println!("handed to a new ledger in {:?}", begin.elapsed());
    engine.stop();
}

#[test]
#[ignore = "measures, and proves nothing"]
fn large_blocks() {
    let directory = tempfile::tempdir().unwrap();
    let toy = Arc::new(Toy::with(Habits { body_bytes: LARGE_BYTES, ..Habits::default() }));
    let begin = Instant::now();
    let beat = Duration::from_millis(1);
    let engine = start(alone(directory.path(), beat), toy.clone()).unwrap();
    let kept_kb = toy.wait("blocks", |all| all.len() >= LARGE_BLOCKS).len() * LARGE_BYTES / 1024;
    let (took, all_kb) = (begin.elapsed(), resident_kb());
    println!("{LARGE_BLOCKS} large blocks in {took:?}: {all_kb} kB, the toy keeps {kept_kb} kB");
    engine.stop();
}

fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

fn processor_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<u64>().ok()).unwrap_or(0);
    (ticks(13) + ticks(14)) * 10
}
