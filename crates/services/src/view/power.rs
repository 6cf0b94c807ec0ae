//! Views of power: who may act for whom, and who keeps what from view.

use super::Party;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A mandate: who lets whom act in whose name, and what was used of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct MandateLine {
    /// Number of the entry.
    pub number: String,
    /// In whose name.
    pub principal: Party,
    /// Who gave it: the principal, or the holder of the one it comes from.
    pub granter: Party,
    /// Who may act.
    pub holder: Party,
    /// Acts by name.
    pub acts: Vec<String>,
    /// Operations used, and the most.
    pub operations: Usage,
    /// Goods used, and the most.
    pub quantity: Usage,
    /// Money used in minor units, and the most.
    pub amount_minor: Usage,
    /// When it was given, milliseconds since 1970.
    pub since_ms: u64,
    /// Until when, milliseconds since 1970.
    pub expires_ms: u64,
    /// `live`, `expired`, `revoked`, or `void`: its giver's keys were changed. Of those above it,
    /// too.
    pub state: String,
}

/// What was used, and the most that may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    /// Used so far, by it and by all that come from it.
    pub used: u64,
    /// The most; nothing where there is no limit.
    pub limit: Option<u64>,
}

/// A hiding of a record: by whom, on what basis and until when its words are not shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Hiding {
    /// Number of the entry that hid it.
    pub number: String,
    /// Who hid it.
    pub by: Party,
    /// On what legal basis, in the words of the one who hid it.
    pub basis: String,
    /// Since when, milliseconds since 1970.
    pub since_ms: u64,
    /// When it ends by itself, milliseconds since 1970.
    pub until_ms: u64,
    /// When it ended, milliseconds since 1970; nothing while it counts.
    pub ended_ms: Option<u64>,
}

/// How often a party has hidden records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Hidings {
    /// In all.
    pub all: u64,
    /// Of these, how many count now.
    pub now: u64,
}
