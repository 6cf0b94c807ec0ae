//! How long the oldest operation has waited: what a pool's length does not show.

use crate::pool::Pool;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Looks remembered: with one every two seconds, half an hour.
const LOOKS: usize = 900;

/// Which ticket came next at each look, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Stall(Mutex<VecDeque<(Instant, u64)>>);

impl Stall {
    /// Looks again, every few seconds.
    pub(crate) fn look(&self, pool: &Pool) {
        let (oldest, next) = pool.waiting();
        self.note(oldest, next, Instant::now());
    }

    fn note(&self, oldest: Option<u64>, next: u64, now: Instant) {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(oldest) = oldest else { return looks.clear() };
        looks.retain(|(_, next)| *next > oldest);
        if looks.len() < LOOKS {
            looks.push_back((now, next));
        }
    }

    /// For how long the oldest has waited, to within the time between two looks.
    pub(crate) fn age(&self) -> Duration {
        let looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.front().map_or(Duration::ZERO, |(at, _)| at.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_moves_on_slowly_shows_how_long_its_first_has_waited() {
        let (stall, begun) = (Stall::default(), Instant::now() - Duration::from_secs(100));
        let at = |seconds| begun + Duration::from_secs(seconds);
        // A hundred operations come at once and one leaves every second.
        for second in 0..100 {
            stall.note(Some(second), 100, at(second));
        }
        assert!(stall.age() >= Duration::from_secs(99), "{:?}", stall.age());
        stall.note(Some(100), 101, at(100));
        assert!(stall.age() < Duration::from_secs(50));
        stall.note(None, 102, at(101));
        assert_eq!(stall.age(), Duration::ZERO);
    }
}
