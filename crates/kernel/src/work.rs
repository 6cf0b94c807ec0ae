//! What it costs to judge an operation, in numbers that are the same on every machine, so that a
//! block can have a budget.
//!
//! A step is about what one step of a charter's rule takes. What the rules do not count themselves
//! is charged at the prices below: they are rounded up, and stand here and nowhere else.
//! Signatures of the operation are not part of it: they are checked before, and bounded by its
//! length.

use std::cell::Cell;

/// Steps to read or write an entry, before its length counts: the way down a tree and back.
const ENTRY_STEPS: u64 = 16;
/// Bytes of an entry that are read or written in one step.
const BYTES_A_STEP: u64 = 8;
/// Steps to read one byte of a charter's text.
const TEXT_STEPS_A_BYTE: u64 = 16;
/// Steps to prove a charter's text, however short it is: loops are short to write.
const PROOF_STEPS: u64 = weal_charter::limits::PROOF_STEPS;
/// Steps to check one byte of another network's receipt: a signature of it is some 200 bytes long
/// and takes as long as 2,000 steps.
const RECEIPT_STEPS_A_BYTE: u64 = 16;

/// The work an operation made, whether it was allowed or refused.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Steps of charters' rules, and what reading, writing and proving is worth in such steps.
    pub steps: u64,
    /// Entries of the state that it writes, or would have written when it was refused.
    pub entries: u64,
    /// Bytes of these entries, names included.
    pub bytes: u64,
}

impl Work {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Work) -> Work {
        Work {
            steps: self.steps.saturating_add(other.steps),
            entries: self.entries.saturating_add(other.entries),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

/// Counts steps while an operation is judged. Reading an entry is work too, so it counts through a
/// shared reference.
#[derive(Debug, Default)]
pub(crate) struct Meter(Cell<u64>);

impl Meter {
    /// These steps were taken.
    pub(crate) fn steps(&self, steps: u64) {
        self.0.set(self.0.get().saturating_add(steps));
    }

    /// An entry of so many bytes was read or written.
    pub(crate) fn entry(&self, bytes: usize) {
        let length = size(bytes).checked_div(BYTES_A_STEP).unwrap_or(0);
        self.steps(ENTRY_STEPS.saturating_add(length));
    }

    /// A charter's text was proved.
    pub(crate) fn proof(&self, text: &str) {
        let read = size(text.len()).saturating_mul(TEXT_STEPS_A_BYTE);
        self.steps(PROOF_STEPS.saturating_add(read));
    }

    /// Another network's receipt was checked.
    pub(crate) fn receipt(&self, text: &str) {
        self.steps(size(text.len()).saturating_mul(RECEIPT_STEPS_A_BYTE));
    }

    /// The steps so far.
    pub(crate) fn taken(&self) -> u64 {
        self.0.get()
    }
}

/// A length as a number that is the same on every machine.
pub(crate) fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
