//! What the state keeps about records.

use super::op::ResponseKind;
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
    /// A legal authority hid it from view; it stays in the log.
    Hidden,
}

/// A record's standing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// Which kind of record.
    pub schema: String,
    /// Who said it.
    pub author: Hash,
    /// Where it stands.
    pub status: Status,
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

/// What a principal says about a record now.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Stance {
    /// Corroborate or dispute.
    pub kind: ResponseKind,
    /// The body it was about: the record's head then.
    pub head: Hash,
}
