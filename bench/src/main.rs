//! Measures operations a second and finality on one node, beside what signatures alone allow.
//!
//! `cargo run --release -p weal-bench -- [operations]`: one run prints the baseline (Ed25519 batch
//! verification of the very same operations on all cores), the node's rate, how far the read model
//! lagged, and the finality of single operations when idle.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::panic)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use weal_app::serve::{self, Live};
use weal_app::solo;
use weal_bench::load::Load;
use weal_bench::measure::{
    BATCH, THREADS, baseline, processor_seconds, resident_mb, settle, submit,
};
use weal_proof::Envelope;
use weal_proof::keys::SecretKey;

fn main() {
    let count = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let home = tempfile::tempdir().unwrap();
    solo::create(home.path(), "bench", &SecretKey::from_seed([5; 32])).unwrap();
    let config = solo::config(home.path(), Duration::from_secs(10)).unwrap();
    let (live, reader) = serve::start(config, false).unwrap();
    let load = Load::new(live.node().directory().network, count, 1);
    let signatures: usize = load.operations.iter().map(|e| e.signatures().len()).sum();
    let bytes: usize = load.operations.iter().map(|e| e.to_bytes().len()).sum();
    println!("{count} operations, {signatures} signatures, {} bytes each", bytes / count);

    settle(load.opening.iter().map(|e| submit(&live, &e.to_bytes())).collect());
    let baseline = baseline(&load.operations);
    println!(
        "signatures alone    {baseline:>9.0} operations/s (batches of {BATCH}, {THREADS} threads)"
    );
    let (rate, lag, cpu) = committed(&live, &reader, &load.operations);
    println!(
        "committed and final {rate:>9.0} operations/s, {:.0} us of processor each",
        cpu * 1e6 / count as f64
    );
    println!("ratio               {:>9.2}", rate / baseline);
    println!("read model lag      {:>9.0} ms at the most", lag * 1e3);
    idle(&live, &load);
    println!("memory at the end   {:>9} MB", resident_mb());
}

/// Submits everything as fast as the node takes it; ends when all of it is final.
fn committed(
    live: &Arc<Live>,
    reader: &weal_services::book::Reader,
    operations: &[Envelope],
) -> (f64, f64, f64) {
    let bytes: Vec<_> = operations.iter().map(Envelope::to_bytes).collect();
    let (started, cpu) = (Instant::now(), processor_seconds());
    let stop = Arc::new(AtomicU64::new(0));
    let worst = watch_lag(live.clone(), reader.clone(), stop.clone());
    let pending: Vec<_> = bytes.iter().map(|bytes| submit(live, bytes)).collect();
    settle(pending);
    let elapsed = started.elapsed().as_secs_f64();
    let used = processor_seconds() - cpu;
    stop.store(1, Ordering::Relaxed);
    (operations.len() as f64 / elapsed, worst.join().unwrap(), used)
}

/// How long the read model needs to reach a height that is final, at the most.
fn watch_lag(
    live: Arc<Live>,
    reader: weal_services::book::Reader,
    stop: Arc<AtomicU64>,
) -> std::thread::JoinHandle<f64> {
    std::thread::spawn(move || {
        let mut worst = 0.0f64;
        while stop.load(Ordering::Relaxed) == 0 {
            let (height, since) = (live.node().position().header.height, Instant::now());
            while reader.height().unwrap() < height && since.elapsed() < Duration::from_secs(30) {
                std::thread::sleep(Duration::from_millis(5));
            }
            worst = worst.max(since.elapsed().as_secs_f64());
            std::thread::sleep(Duration::from_millis(20));
        }
        worst
    })
}

/// One operation after the other, each waited for.
fn idle(live: &Arc<Live>, load: &Load) {
    std::thread::sleep(Duration::from_secs(2));
    let times = Mutex::new(Vec::new());
    for envelope in &load.singles {
        let started = Instant::now();
        settle(vec![submit(live, &envelope.to_bytes())]);
        times.lock().unwrap().push(started.elapsed());
        std::thread::sleep(Duration::from_millis(10));
    }
    let mut times = times.into_inner().unwrap();
    times.sort();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "finality when idle  {:>9.1} ms median, {:.1} ms p99 ({} operations)",
        at(0.5),
        at(0.99),
        times.len()
    );
}
