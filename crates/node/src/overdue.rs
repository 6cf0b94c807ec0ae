//! What waits too long: it is spread again, or refused where nobody else would say so.
//!
//! 1. Whoever proposes refuses what the rules refuse. A node that proposes nothing, a mirror or one
//!    that was removed, would let it wait for ever; so it judges by the state it follows.
//! 2. That state must be newer than the operation, or what the operation rests on may be missing:
//!    the last block was made a while after the operation came.
//! 3. Somebody whose clock is behind the last block cannot tell, and judges nothing.

use crate::chain::Chain;
use bytes::Bytes;
use std::collections::VecDeque;
use weal_proof::keys::PublicKey;

/// Clocks of those who keep the book may differ by this.
const APART_MS: u64 = 5_000;
/// Looks remembered while no block is made.
const MARKS: usize = 64;

/// What one look after another has seen of a pool.
#[derive(Debug, Default)]
pub struct Overdue {
    seen: u64,
    /// At which time all places below which were taken.
    marks: VecDeque<(u64, u64)>,
}

impl Overdue {
    /// Looks again; returns what has waited since the look before and is to be spread once more.
    pub fn look(&mut self, chain: &Chain, me: &PublicKey, now_ms: u64) -> Vec<Bytes> {
        let (header, state) = chain.tip_state();
        let old = |mark: &(u64, u64)| mark.0.saturating_add(APART_MS) <= header.time_ms;
        let mut before = 0;
        // A clock that was ahead and was put right marked moments that have not come yet.
        for mark in &mut self.marks {
            mark.0 = mark.0.min(now_ms);
        }
        while let Some((_, place)) = self.marks.front().copied().filter(old) {
            before = place;
            self.marks.pop_front();
        }
        let is_clock_good = header.time_ms <= now_ms.saturating_add(APART_MS);
        let proposes = state.keeping().is_some_and(|network| network.keeper(me).is_some());
        if before > 0 && is_clock_good && !proposes {
            chain.review(before);
        }
        let (overdue, next) = chain.pool.overdue(self.seen);
        self.seen = next;
        if self.marks.len() < MARKS {
            self.marks.push_back((now_ms, next));
        }
        overdue
    }
}
