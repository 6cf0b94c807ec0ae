//! What the state keeps about principals.

use super::change::{Former, Granted, Void};
use super::op::{Guardians, KeySet, Limits, PrincipalKind};
use crate::state::{State, keys};
use crate::units::UnixMillis;
use serde::{Deserialize, Serialize};
use weal_proof::Hash;

/// A registered principal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Principal {
    /// What it is.
    pub kind: PrincipalKind,
    /// Its keys now, unless a recovery has come into effect.
    pub keys: KeySet,
    /// Who helps when keys are lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardians: Option<Guardians>,
    /// Who helped before the guardians were changed, as long as they still may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<Former>,
    /// The owner of a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Hash>,
    /// Keys given by guardians, and from when they count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Recovery>,
    /// How often its keys were changed.
    pub changes: u64,
    /// Which of its grants its later keys do not stand by, oldest change first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub voids: Vec<Void>,
}

/// A recovery under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Recovery {
    /// The new keys.
    pub keys: KeySet,
    /// From when they count.
    pub effective: UnixMillis,
    /// The guardians who began it, who are the guardians once it counts.
    pub guardians: Guardians,
    /// Whether they were guardians before the present ones; then no keys that came after them end
    /// it.
    pub former: bool,
    /// Grants from this time on are void once it counts.
    pub from: UnixMillis,
}

/// A mandate and what was used of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mandate {
    /// In whose name.
    pub principal: Hash,
    /// Who gave it: the principal, or the holder of the parent.
    pub granter: Hash,
    /// Who may act.
    pub holder: Hash,
    /// Acts by name.
    pub acts: Vec<String>,
    /// The most that may be used.
    pub limits: Limits,
    /// What was used, by it and by all that come from it.
    pub used: Used,
    /// Until when.
    pub expires: UnixMillis,
    /// How many times it may be passed on.
    pub onward: u8,
    /// The mandate it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Hash>,
    /// Whether it was taken back.
    pub revoked: bool,
    /// When its granter gave it.
    pub granted: Granted,
}

/// What was used of a mandate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// Operations.
    pub operations: u64,
    /// Goods.
    pub quantity: u64,
    /// Money in minor units.
    pub amount_minor: u64,
}

/// An attested role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Attestation {
    /// Who says so.
    pub issuer: Hash,
    /// Of whom.
    pub subject: Hash,
    /// Which role.
    pub role: String,
    /// Until when.
    pub expires: UnixMillis,
    /// Whether it was taken back.
    pub revoked: bool,
    /// When its issuer gave it.
    pub granted: Granted,
}

impl State {
    /// A principal's entry.
    pub fn principal(&self, id: &Hash) -> Option<Principal> {
        self.get(&keys::principal(id))
    }
}
