//! The ids of the last final blocks: who asks a moment too late whether something is final still
//! gets the right answer.

use crate::limits;
use std::collections::{HashMap, VecDeque};
use weal_proof::Hash;

/// What became final lately.
#[derive(Default)]
pub(super) struct Recent {
    /// Blocks up to this height are in the state that whoever asks has seen at the least.
    floor: u64,
    /// The height of the last final block.
    height: u64,
    /// By height, oldest first: what is remembered of each block.
    blocks: VecDeque<(u64, Vec<Hash>)>,
    places: HashMap<Hash, u64>,
}

impl Recent {
    /// The chain goes on from this height.
    pub(super) fn begin(&mut self, height: u64) {
        *self = Recent { floor: height, height, ..Recent::default() };
    }

    /// The height of the last final block.
    pub(super) fn height(&self) -> u64 {
        self.height
    }

    /// A block is final; each of its operations with its place.
    pub(super) fn push(&mut self, height: u64, entries: &[(Hash, u64)]) {
        self.height = height;
        self.blocks.push_back((height, entries.iter().map(|(id, _)| *id).collect()));
        self.places.extend(entries.iter().copied());
        while self.places.len() > limits::RECENT_IDS || self.blocks.len() > limits::RECENT_BLOCKS {
            let Some((height, ids)) = self.blocks.pop_front() else { break };
            self.floor = height;
            for id in ids {
                self.places.remove(&id);
            }
        }
    }

    /// The place of an operation that became final lately.
    pub(super) fn index_of(&self, id: &Hash) -> Option<u64> {
        self.places.get(id).copied()
    }

    /// Whether everything is remembered that became final after this height.
    pub(super) fn reaches_back_to(&self, height: u64) -> bool {
        height >= self.floor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_is_known_to_be_forgotten() {
        let mut recent = Recent::default();
        recent.begin(5);
        let id = |height: u64| Hash::of(&[&height.to_be_bytes()]);
        let last = 5 + limits::RECENT_BLOCKS as u64 + 10;
        for height in 6..=last {
            recent.push(height, &[(id(height), height * 2)]);
        }
        assert_eq!(recent.index_of(&id(last)), Some(last * 2));
        assert!(recent.reaches_back_to(15) && !recent.reaches_back_to(14));
        assert_eq!(recent.index_of(&id(15)), None);
        assert_eq!(recent.index_of(&id(16)), Some(32));
        assert_eq!(recent.height(), last);
    }
}
