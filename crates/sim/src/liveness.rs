//! After the faults stop and everything heals, the network must go on alone and soon.

use crate::record::Record;
use crate::workload::Clients;
use std::sync::atomic::Ordering;

/// Blocks that must become final on every honest node after everything healed.
const BLOCKS: u64 = 10;
/// The time all that may take. A dozen views given up for 1.5 s each, two liars among them, and
/// fetching what was missed.
pub const WITHIN_MS: u64 = 30_000;

/// What must be reached, fixed a moment after everything healed.
#[derive(Debug, Clone, Copy)]
pub struct Goal {
    height: u64,
    since_ms: u64,
    /// The height at which nothing valid waited any more.
    quiet: Option<u64>,
}

impl Goal {
    /// The goal from now on.
    pub fn new(record: &Record, now_ms: u64) -> Goal {
        Goal { height: record.height() + BLOCKS, since_ms: now_ms, quiet: None }
    }

    /// Whether all these nodes reached it, nothing valid waits, and no node keeps anything.
    pub fn is_reached(&mut self, record: &Record, clients: &Clients, nodes: &[usize]) -> bool {
        if clients.open.load(Ordering::Relaxed) > 0 || clients.kept() > 0 {
            self.quiet = None;
            return false;
        }
        let quiet = *self.quiet.get_or_insert(record.height());
        nodes.iter().all(|node| record.height_of(*node) >= self.height.max(quiet))
    }

    /// Says what is missing if the time is over.
    pub fn check(&self, record: &Record, clients: &Clients, nodes: &[usize], now_ms: u64) {
        if now_ms > self.since_ms + WITHIN_MS {
            let heights: Vec<_> = nodes.iter().map(|node| record.height_of(*node)).collect();
            let open = clients.open.load(Ordering::Relaxed);
            let height = self.height;
            record.fail(format!(
                "{WITHIN_MS} ms after everything healed, {open} operations wait, pools keep {} ({}), \
                 and the nodes stand at {heights:?} instead of {height}",
                clients.kept(),
                clients.describe()
            ));
        }
    }
}
