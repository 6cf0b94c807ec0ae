//! What the state keeps about records.

use super::op::ResponseKind;
use crate::units::UnixMillis;
use serde::{Deserialize, Serialize};
use weal_proof::Hash;

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It counts.
    Open,
    /// Another record by the same author took its place.
    Superseded,
    /// The author took it back.
    Withdrawn,
}

/// A hiding: words kept from view for a time. They stay in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hiding {
    /// Who hid it.
    pub by: Hash,
    /// The operation, which says on what basis.
    pub basis: Hash,
    /// When it ends by itself.
    pub until: UnixMillis,
}

/// A record's standing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// Which kind of record.
    pub schema: String,
    /// Who said it.
    pub author: Hash,
    /// Where its author left it.
    pub status: Status,
    /// The last hiding that was not ended by an act; it counts until its time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<Hiding>,
    /// The operation that holds its present body: its own, or the last correction.
    pub head: Hash,
    /// How many corroborate its present body.
    pub corroborated: u64,
    /// How many dispute its present body.
    pub disputed: u64,
    /// The record that took its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<Hash>,
}

impl Record {
    /// The hiding that counts at this time.
    pub fn hiding(&self, now: UnixMillis) -> Option<&Hiding> {
        self.hidden.as_ref().filter(|hiding| now < hiding.until)
    }
}

/// What a principal says about a record now.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Stance {
    /// Corroborate or dispute.
    pub kind: ResponseKind,
    /// The body it was about: the record's head then.
    pub head: Hash,
}
