//! What the simulation has seen: the one history, what was acknowledged, what fired, what failed.

use crate::sometimes::Counters;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use weal_engine::Block;
use weal_proof::keys::PublicKey;
use weal_proof::{Genesis, Hash};

/// Stands for a place that was not told.
pub const ANY_PLACE: u64 = u64::MAX;

/// Somebody who takes part.
#[derive(Debug, Clone)]
pub struct Person {
    /// The key of his validator.
    pub key: PublicKey,
    /// Whether he keeps the rules.
    pub honest: bool,
}

/// What is known of all nodes together.
#[derive(Default)]
pub(crate) struct Known {
    /// The final block of each height, as the first honest node took it.
    pub(crate) blocks: BTreeMap<u64, Block>,
    /// The validators of each epoch, as the first honest node named them.
    pub(crate) committees: BTreeMap<u64, Vec<PublicKey>>,
    /// What was told to be final, and at which place.
    pub(crate) acknowledged: BTreeMap<Hash, u64>,
    /// The height each node took last; never less, in all its lives.
    pub(crate) heights: BTreeMap<usize, u64>,
    /// Blocks an honest leader proposed with operations in them, by height.
    pub(crate) proposals: BTreeMap<u64, Vec<(Hash, Vec<Hash>)>>,
    /// Operations whose block lost.
    pub(crate) losers: Vec<Hash>,
    /// Milliseconds from handing an operation in until the answer said that it is final.
    pub(crate) waits: Vec<u64>,
    pub(crate) counters: Counters,
    pub(crate) failure: Option<String>,
}

/// Everything seen in one run.
pub struct Record {
    /// The first page of the book.
    pub genesis: Genesis,
    /// The network's id.
    pub network: Hash,
    /// All who take part, by the number of their node.
    pub people: Vec<Person>,
    trace: bool,
    now_ms: AtomicU64,
    /// Whether the network is split now.
    pub split: AtomicBool,
    known: Mutex<Known>,
}

impl Record {
    /// Nothing seen yet.
    pub fn new(genesis: Genesis, network: Hash, people: Vec<Person>, trace: bool) -> Self {
        Record {
            genesis,
            network,
            people,
            trace,
            now_ms: AtomicU64::new(0),
            split: AtomicBool::new(false),
            known: Mutex::default(),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the simulated time since the start.
    pub fn tick(&self, now_ms: u64) {
        self.now_ms.store(now_ms, Ordering::Relaxed);
    }

    /// Writes a line if somebody wants to read along.
    pub fn note(&self, text: impl FnOnce() -> String) {
        if self.trace {
            let now_ms = self.now_ms.load(Ordering::Relaxed);
            #[allow(clippy::print_stderr)]
            {
                eprintln!("{:>7}.{:03} {}", now_ms / 1_000, now_ms % 1_000, text());
            }
        }
    }

    /// A promise is broken; the first one counts.
    pub fn fail(&self, text: String) {
        self.note(|| format!("FAILURE {text}"));
        let now_ms = self.now_ms.load(Ordering::Relaxed);
        let mut known = self.lock();
        known.failure.get_or_insert_with(|| format!("at {now_ms} ms: {text}"));
    }

    /// The first broken promise.
    pub fn failure(&self) -> Option<String> {
        self.lock().failure.clone()
    }

    /// Something rare happened.
    pub fn count(&self, name: &'static str) {
        self.lock().counters.count(name);
    }

    /// An operation became final after so many milliseconds.
    pub fn waited(&self, ms: u64) {
        self.lock().waits.push(ms);
    }

    /// The highest final block of all.
    pub fn height(&self) -> u64 {
        self.lock().blocks.last_key_value().map_or(0, |(height, _)| *height)
    }

    /// The height this node took last.
    pub fn height_of(&self, node: usize) -> u64 {
        self.lock().heights.get(&node).copied().unwrap_or(0)
    }

    /// Whether the node keeps the rules.
    pub fn is_honest(&self, node: usize) -> bool {
        self.people.get(node).is_some_and(|person| person.honest)
    }

    /// The validators of the epoch in which the next block is made, as far as known.
    pub fn committee(&self, epoch: u64) -> Option<Vec<PublicKey>> {
        self.lock().committees.get(&epoch).cloned()
    }
}
