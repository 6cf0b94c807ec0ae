//! What must happen sometimes: a fault or a rare path that never fires tests nothing.

use std::collections::BTreeMap;

/// All that is counted; a large batch in which one of these stayed at nothing has failed.
pub const ALL: &[&str] = &[
    "messages were lost",
    "messages were slow",
    "a message came twice",
    "the network was split",
    "a node was cut off",
    "links were clogged",
    "a node crashed",
    "all nodes crashed at once",
    "a crash tore writes",
    "a disk failed",
    "a node died of its disk",
    "a node lived on with a failing disk",
    "a disk was full",
    "a disk was slow",
    "a clock was wrong",
    "a clock was set back",
    "junk came in made-up names",
    "junk came in somebody's name",
    "operations were handed in again and again",
    "a crowd registered and spoke",
    "junk was answered",
    "nobody spoke for a while",
    "many operations came at once",
    "a node went on from its archive",
    "a node caught up through backfill",
    "an epoch turned",
    "an epoch turned while the network was split",
    "a view was given up",
    "a block became final through a later one",
    "an operation whose block lost was put back and became final",
    "an operation was lost with its node and sent again",
    "an operation was sent to two nodes",
    "a bad operation was refused",
    "a validator was proposed and approved",
    "a mirror became a validator",
    "a validator who joined proposed a block",
    "a validator was removed",
    "a removed validator took an operation",
    "a liar was accused with evidence",
    "somebody was shut out",
    "a liar: conflicter",
    "a liar: nuller",
    "a liar: nullify-only",
    "a liar: outdated",
    "a liar: impersonator",
    "a liar: reconfigurer",
    "a liar: equivocator",
    "a liar: silent",
    "a liar: noise",
    "a liar: far ahead",
    "a liar: wrong root",
    "a liar: bad operation",
    "a liar: withholds",
    "a liar: from the future",
    "a liar: says yes",
    "a liar: says no",
    "a liar: loses his disk",
];

/// Seeds from which on every counter must have fired.
pub const ENOUGH_SEEDS: u64 = 400;

/// How often each thing happened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters(BTreeMap<&'static str, u64>);

impl Counters {
    /// It happened once more.
    pub fn count(&mut self, name: &'static str) {
        *self.0.entry(name).or_default() += 1;
    }

    /// Adds what another run saw.
    pub fn add(&mut self, other: &Counters) {
        for (name, times) in &other.0 {
            *self.0.entry(name).or_default() += times;
        }
    }

    /// How often it happened.
    pub fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or(0)
    }

    /// What never happened although there were seeds enough.
    pub fn missing(&self, seeds: u64) -> Vec<&'static str> {
        let never = |name: &&&str| self.get(name) == 0;
        let known = ALL.iter().filter(never).copied();
        if seeds >= ENOUGH_SEEDS { known.collect() } else { Vec::new() }
    }
}
