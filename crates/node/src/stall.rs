//! How long the oldest operation has waited: what a pool's length does not show.

use crate::pool::Pool;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The operation that has waited longest, and when it was first seen in that place.
#[derive(Debug, Default)]
pub(crate) struct Stall(Mutex<Option<(u64, Instant)>>);

impl Stall {
    /// Looks again, every few seconds.
    pub(crate) fn look(&self, pool: &Pool) {
        let oldest = pool.oldest();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = seen.map(|(ticket, _)| ticket);
        if before != oldest {
            *seen = oldest.map(|ticket| (ticket, Instant::now()));
        }
    }

    /// For how long the oldest has waited, to within the time between two looks.
    pub(crate) fn age(&self) -> Duration {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.map_or(Duration::ZERO, |(_, since)| since.elapsed())
    }
}
