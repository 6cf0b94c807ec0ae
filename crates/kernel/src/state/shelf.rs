//! Charters' texts that were read, so that not every operation reads one anew.
//!
//! What stands here follows from the entries alone; a charter that is not here is read when it is
//! needed, with the same result.

use super::keys;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use weal_charter::Charter;
use weal_proof::Hash;

/// Charters kept: more than a country has funds, and a bound on memory.
const CHARTERS: usize = 1_024;

/// The newest charters, read.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelf {
    charters: BTreeMap<Hash, Arc<Charter>>,
    order: VecDeque<Hash>,
}

impl Shelf {
    /// The charter, if it is kept here.
    pub(super) fn get(&self, id: &Hash) -> Option<Arc<Charter>> {
        self.charters.get(id).cloned()
    }

    /// Whether an entry is the text of a charter that can be kept here.
    pub(super) fn read(key: &str, value: &[u8]) -> Option<(Hash, Arc<Charter>)> {
        let id = key.strip_prefix(keys::CHARTER_TEXT)?.parse().ok()?;
        let text: String = serde_json::from_slice(value).ok()?;
        Some((id, Arc::new(Charter::load(&text).ok()?)))
    }

    /// Keeps a charter; the oldest goes when there are too many.
    pub(super) fn keep(&mut self, id: Hash, charter: Arc<Charter>) {
        if self.charters.insert(id, charter).is_none() {
            self.order.push_back(id);
        }
        if self.order.len() > CHARTERS
            && let Some(oldest) = self.order.pop_front()
        {
            self.charters.remove(&oldest);
        }
    }
}
