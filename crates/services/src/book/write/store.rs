//! What the writer remembers between blocks, so that it need not ask the tables each time.

use super::Places;
use crate::book::BookError;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};
use weal_kernel::Hash;

/// Ids whose place is remembered; beyond that the memory starts anew (32 MiB at the most).
const PLACES: usize = 400_000;

/// Memory of the writer. It only repeats what the tables say.
#[derive(Debug, Default)]
pub(in crate::book) struct Memory {
    places: Places,
    counters: BTreeMap<String, (i64, bool)>,
    /// What the present entry is linked to already.
    pub(super) linked: Vec<i64>,
    /// Numbers of items by code.
    pub(super) items: HashMap<String, i64>,
    /// Numbers of names, and the party each leads to.
    pub(super) names: HashMap<String, (i64, Option<i64>)>,
}

impl Memory {
    /// Reads the counters.
    pub(in crate::book) fn load(connection: &Connection) -> Result<Memory, BookError> {
        let mut statement = connection.prepare("SELECT name, value FROM counter")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, false))))?;
        let counters = rows.collect::<Result<_, _>>()?;
        Ok(Memory { counters, ..Memory::default() })
    }

    /// A counter's value.
    pub(in crate::book) fn get(&self, name: &str) -> i64 {
        self.counters.get(name).map_or(0, |(value, _)| *value)
    }

    /// Sets a counter.
    pub(super) fn set(&mut self, name: &str, value: i64) {
        match self.counters.get_mut(name) {
            Some(known) => *known = (value, true),
            None => {
                self.counters.insert(name.to_owned(), (value, true));
            }
        }
    }

    /// Changes a counter.
    pub(super) fn add(&mut self, name: &str, change: i64) {
        if change != 0 {
            self.set(name, self.get(name).saturating_add(change));
        }
    }

    /// The next number of a series, from 0.
    pub(super) fn next(&mut self, name: &str) -> i64 {
        let value = self.get(name);
        self.set(name, value.saturating_add(1));
        value
    }

    /// Counters that changed since they were written.
    pub(super) fn changed(&mut self) -> Vec<(String, i64)> {
        let changed = self.counters.iter_mut().filter(|(_, (_, changed))| *changed);
        changed
            .map(|(name, (value, changed))| {
                *changed = false;
                (name.clone(), *value)
            })
            .collect()
    }

    pub(super) fn remember(&mut self, id: Hash, ix: i64) {
        if self.places.len() >= PLACES {
            self.places.clear();
        }
        self.places.insert(id, ix);
    }

    pub(super) fn recall(&self, id: &Hash) -> Option<i64> {
        self.places.get(id).copied()
    }
}
