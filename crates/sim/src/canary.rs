//! Planted faults: each must be found within a bounded number of seeds, or the tester is blind.
//!
//! None of them is a switch in the code that ships: they are lies of the witness before the
//! ledger, of the disk under the engine, of the client, or of whoever starts the node again.

use std::sync::Arc;
use weal_kernel::State;

/// A planted fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plant {
    /// Blocks name a wrong state root, and everybody accepts it.
    AnyRoot,
    /// Blocks hold an operation twice, and everybody accepts it.
    DoubleSpend,
    /// Nobody checks the signatures of operations.
    Unsigned,
    /// One node drops a final block.
    DroppedBlock,
    /// What is only received is told to be final.
    ForgottenAnswer,
    /// A wrong place is told.
    WrongPlace,
    /// A restart loses the vote journal: everybody may sign twice.
    LostJournal,
    /// Syncs do nothing.
    LyingDisk,
    /// A restart loses the whole disk.
    LostDisk,
    /// One node names other validators of an epoch.
    WrongValidators,
    /// The state depends on a clock that is not the block's.
    ClockInState,
    /// Operations are never spread.
    LostGossip,
    /// One node's state holds more than was minted.
    InventedGoods,
    /// An operation stays in one node's pool for ever.
    StuckInPool,
    /// One node always finds that there is something to say.
    Hasty,
    /// A refusal is never told.
    SwallowedRefusal,
}

impl Plant {
    /// All of them, with their names and the seeds within which they must be found.
    pub const ALL: &'static [(&'static str, Plant, u64)] = &[
        ("any-root", Plant::AnyRoot, 3),
        ("double-spend", Plant::DoubleSpend, 3),
        ("unsigned", Plant::Unsigned, 3),
        ("dropped-block", Plant::DroppedBlock, 3),
        ("forgotten-answer", Plant::ForgottenAnswer, 20),
        ("wrong-place", Plant::WrongPlace, 3),
        ("lost-journal", Plant::LostJournal, 200),
        ("lying-disk", Plant::LyingDisk, 20),
        ("lost-disk", Plant::LostDisk, 20),
        ("wrong-validators", Plant::WrongValidators, 3),
        ("clock-in-state", Plant::ClockInState, 3),
        ("lost-gossip", Plant::LostGossip, 40),
        ("invented-goods", Plant::InventedGoods, 3),
        ("stuck-in-pool", Plant::StuckInPool, 3),
        ("hasty", Plant::Hasty, 3),
        ("swallowed-refusal", Plant::SwallowedRefusal, 3),
    ];

    /// The fault of this name.
    pub fn named(name: &str) -> Option<Plant> {
        Plant::ALL.iter().find(|(known, ..)| *known == name).map(|(_, plant, _)| *plant)
    }
}

/// The first seed at which the fault is found, with what was found.
pub fn hunt(plant: Plant, seeds: u64) -> Option<(u64, String)> {
    (0..seeds).find_map(|seed| {
        let options = crate::Options { plant: Some(plant), ..crate::Options::default() };
        crate::run(seed, &options).failure.map(|failure| (seed, failure))
    })
}

/// The same state, except that the first holding has one more.
pub(crate) fn richer(state: &State) -> State {
    let mut entries = Vec::new();
    let mut done = false;
    state.each_entry(&mut |key, value| {
        let mut value = value.to_vec();
        if !done && key.starts_with("holding/") {
            let text = String::from_utf8_lossy(&value).into_owned();
            value = text.replacen("\"quantity\":", "\"quantity\":1", 1).into_bytes();
            done = true;
        }
        entries.push((key.to_owned(), value));
    });
    State::restore(state.network(), Arc::new(state.rules().clone()), entries)
}
