//! Memory for bodies that are on their way in or out: counted as they grow, and bounded in all.
//!
//! 1. A body takes what its buffer takes, not what its header announces.
//! 2. While it is short it takes from a reserve that longer ones cannot touch, so that ordinary
//!    operations get in while somebody fills the rest.
//! 3. When it grows longer it gives that back and takes from what is for all.

use super::limits::DoorLimits;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that may still be taken.
#[derive(Debug)]
pub(crate) struct Bodies {
    for_all: AtomicUsize,
    for_short: AtomicUsize,
    short_max: usize,
}

/// All bytes for bodies are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent;

/// The bytes of one body, until it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    bodies: Arc<Bodies>,
    of_all: usize,
    of_short: usize,
}

impl Bodies {
    /// Room for so many bytes.
    pub(super) fn new(all: usize, limits: &DoorLimits) -> Arc<Bodies> {
        let for_short = limits.small_bodies_bytes.min(all);
        Arc::new(Bodies {
            for_all: AtomicUsize::new(all - for_short),
            for_short: AtomicUsize::new(for_short),
            short_max: limits.small_body_bytes,
        })
    }

    /// Nothing yet.
    pub(crate) fn hold(self: &Arc<Self>) -> Held {
        Held { bodies: self.clone(), of_all: 0, of_short: 0 }
    }
}

fn take(from: &AtomicUsize, count: usize) -> Result<(), Spent> {
    let taken =
        from.fetch_update(Ordering::AcqRel, Ordering::Acquire, |left| left.checked_sub(count));
    taken.map(drop).map_err(|_| Spent)
}

impl Held {
    /// Holds so many bytes in all from now on; on failure, as many as before.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Spent> {
        let more = bytes.saturating_sub(self.of_all + self.of_short);
        if bytes <= self.bodies.short_max && take(&self.bodies.for_short, more).is_ok() {
            self.of_short += more;
            return Ok(());
        }
        let more = bytes.saturating_sub(self.of_all);
        take(&self.bodies.for_all, more)?;
        self.of_all += more;
        self.bodies.for_short.fetch_add(std::mem::take(&mut self.of_short), Ordering::AcqRel);
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.bodies.for_all.fetch_add(self.of_all, Ordering::AcqRel);
        self.bodies.for_short.fetch_add(self.of_short, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(bodies_bytes: usize, small_bodies_bytes: usize) -> Arc<Bodies> {
        let small_body_bytes = 10;
        let limits = DoorLimits::default();
        let limits = DoorLimits { bodies_bytes, small_bodies_bytes, small_body_bytes, ..limits };
        Bodies::new(bodies_bytes, &limits)
    }

    #[test]
    fn short_bodies_get_in_while_long_ones_fill_the_rest() {
        let bodies = bodies(100, 20);
        let mut long = bodies.hold();
        long.grow(80).unwrap();
        assert_eq!(long.grow(81), Err(Spent));
        let mut short = [bodies.hold(), bodies.hold(), bodies.hold()];
        assert_eq!(short[0].grow(10), Ok(()));
        assert_eq!(short[1].grow(10), Ok(()));
        assert_eq!(short[2].grow(1), Err(Spent));
        assert_eq!(short[1].grow(11), Err(Spent), "it is short no more");
        drop(long);
        assert_eq!(short[1].grow(11), Ok(()));
        assert_eq!(short[2].grow(1), Ok(()));
    }

    #[test]
    fn what_was_taken_comes_back() {
        let bodies = bodies(100, 20);
        for _ in 0..1_000 {
            let mut held = bodies.hold();
            for bytes in [1, 9, 10, 11, 50, 80] {
                assert_eq!(held.grow(bytes), Ok(()));
            }
            assert_eq!(held.grow(101), Err(Spent));
        }
        assert_eq!(bodies.for_all.load(Ordering::Relaxed), 80);
        assert_eq!(bodies.for_short.load(Ordering::Relaxed), 20);
    }
}
