//! What the state keeps about the network, besides the entry `network` itself.

use crate::state::Network;
use crate::units::UnixMillis;
use serde::{Deserialize, Serialize};
use weal_proof::Hash;
use weal_proof::genesis::Keeper;
use weal_proof::keys::PublicKey;

/// A change that was proposed. A genesis text stays in the log; its id and its name stand here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Change {
    /// An institution shall keep the book too.
    Add(Keeper),
    /// A keeper shall keep the book no more.
    Remove {
        /// The key of its validator.
        key: PublicKey,
    },
    /// A keeper's validator gets another key.
    Rekey {
        /// The key it has.
        key: PublicKey,
        /// The key it gets.
        new: PublicKey,
    },
    /// Receipts of another network shall be believed here.
    Recognise {
        /// Its id.
        network: Hash,
        /// What people call it.
        name: String,
    },
}

/// What a keeper answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The key of the keeper's validator.
    pub keeper: PublicKey,
    /// Whether it is for the change.
    pub approves: bool,
    /// Why it is against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It takes answers until it expires.
    Open,
    /// Enough keepers approved it, and it took effect.
    Accepted,
    /// So many declined it that the others are too few.
    Rejected,
}

/// A proposal and what the keepers answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What shall change.
    pub change: Change,
    /// Who proposed it.
    pub by: Hash,
    /// When.
    pub time: UnixMillis,
    /// From when on it takes no answers.
    pub expires: UnixMillis,
    /// Answers of those who were keepers when the last one came, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// What became of it.
    pub outcome: Outcome,
}

/// Another network whose receipts are believed here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// What people call it.
    pub name: String,
    /// The proposal that recognised it; its operation holds the genesis text.
    pub proposal: Hash,
    /// Since when.
    pub since: UnixMillis,
}

/// An operation of another network whose receipt was checked here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// Its place in the other network's log.
    pub index: u64,
    /// Height of the block there whose certificate was checked.
    pub height: u64,
    /// Time of that block.
    pub time: UnixMillis,
    /// Who brought the receipt.
    pub by: Hash,
    /// When it was brought.
    pub cited: UnixMillis,
}

impl Network {
    /// The keeper with this validator's key, of those who keep the book now.
    pub fn keeper(&self, key: &PublicKey) -> Option<&Keeper> {
        self.validators.iter().find(|keeper| keeper.key == *key)
    }

    /// The keeper with this validator's key, of those who keep the book in the next epoch.
    pub fn next_keeper(&self, key: &PublicKey) -> Option<&Keeper> {
        self.next.iter().find(|keeper| keeper.key == *key)
    }

    /// How many of those who keep the book now must approve a change.
    pub fn needed_approvals(&self) -> u64 {
        let keepers = u64::try_from(self.validators.len()).unwrap_or(u64::MAX);
        keepers.saturating_mul(self.approval_percent).div_ceil(100)
    }
}
