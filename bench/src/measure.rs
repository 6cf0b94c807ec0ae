//! What the measurements do alike.

use chacha20::ChaCha20Rng;
use futures::executor::block_on;
use rand_core::SeedableRng as _;
use std::time::{Duration, Instant};
use weal_app::serve::Live;
use weal_node::{Outcome, Pending, SubmitError};
use weal_proof::Envelope;
use weal_proof::keys::verify_batch;

/// Threads that check signatures for the baseline,
pub const THREADS: usize = 2;
/// and operations they check at a time.
pub const BATCH: usize = 1024;

/// Verifies the signatures of all operations on all threads; nothing else. Operations a second.
pub fn baseline(operations: &[Envelope]) -> f64 {
    let started = Instant::now();
    std::thread::scope(|scope| {
        for part in operations.chunks(operations.len().div_ceil(THREADS)) {
            scope.spawn(move || {
                for batch in part.chunks(BATCH) {
                    let messages: Vec<_> = batch.iter().map(Envelope::pae).collect();
                    let items = batch.iter().zip(&messages).flat_map(|(envelope, message)| {
                        envelope.signatures().iter().map(|(k, s)| (*k, message.as_slice(), *s))
                    });
                    assert!(verify_batch(items, ChaCha20Rng::from_seed([7; 32])));
                }
            });
        }
    });
    operations.len() as f64 / started.elapsed().as_secs_f64()
}

/// Hands an operation in; waits while the node asks to slow down.
pub fn submit(live: &Live, bytes: &[u8]) -> Pending {
    loop {
        match live.node().submit(bytes) {
            Ok((_, pending)) => return pending,
            Err(SubmitError::SenderBusy | SubmitError::NodeBusy) => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(other) => panic!("{other}"),
        }
    }
}

/// Waits until all are final.
pub fn settle(pending: Vec<Pending>) {
    for pending in pending {
        let Pending::Waiting(told) = pending else { continue };
        match block_on(told).unwrap() {
            Outcome::Final { .. } => {}
            other => panic!("{other:?}"),
        }
    }
}

/// Seconds of processor this process has used.
pub fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}

/// Megabytes of memory this process has now.
pub fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
