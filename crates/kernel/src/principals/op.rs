//! What can be said about principals.

use crate::limits;
use crate::operation::Act;
use crate::refusal::{Refusal, Refused};
use crate::text;
use crate::units::UnixMillis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use weal_proof::Hash;
use weal_proof::keys::PublicKey;

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// A body with several people: a hospital, a charity, a carrier.
    Organisation,
    /// A human being, perhaps under a pseudonym.
    Person,
    /// A sensor, a seal, a scanner; it belongs to an owner.
    Device,
}

/// Keys and how many of them must sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySet {
    /// Ed25519 public keys.
    pub keys: Vec<PublicKey>,
    /// How many of them must sign.
    pub threshold: u8,
}

/// Who may give a principal new keys, together and after a delay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardians {
    /// Registered principals.
    pub principals: Vec<Hash>,
    /// How many of them must sign.
    pub threshold: u8,
    /// Time in which the owner can object by rotating his keys.
    pub delay_ms: u64,
}

/// Registers a principal; its id is this operation's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// What it is.
    pub kind: PrincipalKind,
    /// Its name in the language it uses itself.
    pub name: String,
    /// Its name in other languages.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// Its keys.
    pub keys: KeySet,
    /// Who helps when keys are lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardians: Option<Guardians>,
    /// The owner of a device, who signs too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Hash>,
}

/// Replaces the actor's keys and guardians; ends a recovery that present guardians began, and what
/// the old keys granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotate {
    /// The new keys, which sign too.
    pub keys: KeySet,
    /// The guardians from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardians: Option<Guardians>,
    /// What the actor granted before this time stays valid; without it nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_before: Option<UnixMillis>,
}

/// Guardians give a principal new keys. The actor is one of the guardians; the others sign too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recover {
    /// Whose keys were lost.
    pub principal: Hash,
    /// The new keys, which sign too; they count after the delay unless the owner objects.
    pub keys: KeySet,
    /// What the principal granted before this time stays valid; without it nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_before: Option<UnixMillis>,
}

/// What a mandate may be used for at the most; each limit counts over all uses together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Operations in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operations: Option<u64>,
    /// Goods in all: packs or base units, summed over lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u64>,
    /// Money in all: minor units, summed over lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<u64>,
}

/// The actor lets another act in his name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Who may act.
    pub to: Hash,
    /// Acts by name.
    pub acts: Vec<String>,
    /// How much.
    #[serde(default)]
    pub limits: Limits,
    /// Until when.
    pub expires: UnixMillis,
    /// How many times it may be passed on.
    #[serde(default)]
    pub onward: u8,
    /// The mandate this one comes from, when it is passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Hash>,
}

/// Ends a mandate and all that come from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// The mandate.
    pub mandate: Hash,
}

/// The actor states that another has a role: a licence, an office, a verified identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attest {
    /// Of whom.
    pub subject: Hash,
    /// The role's code, such as `physician`.
    pub role: String,
    /// Until when.
    pub expires: UnixMillis,
}

/// The issuer takes an attestation back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeRole {
    /// The attestation.
    pub attestation: Hash,
}

impl KeySet {
    /// Accepts 1 to 8 different keys and a threshold they can reach.
    pub fn check(&self, place: &str) -> Result<(), Refused> {
        let distinct: BTreeSet<_> = self.keys.iter().collect();
        let count = self.keys.len();
        let reachable = (1..=count).contains(&usize::from(self.threshold));
        if count > limits::KEYS || distinct.len() != count || !reachable {
            let found = format!("{count} keys, threshold {}", self.threshold);
            return Err(Refusal::BadKeys.at(place, found));
        }
        match self.keys.iter().position(|key| !key.is_valid()) {
            Some(at) => Err(Refusal::BadKeys.at(format!("{place}/keys/{at}"), "no curve point")),
            None => Ok(()),
        }
    }
}

impl Guardians {
    fn check(&self, place: &str) -> Result<(), Refused> {
        let distinct: BTreeSet<_> = self.principals.iter().collect();
        let count = self.principals.len();
        let reachable = (1..=count).contains(&usize::from(self.threshold));
        if count > limits::GUARDIANS || distinct.len() != count || !reachable {
            let found = format!("{count} guardians, threshold {}", self.threshold);
            return Err(Refusal::BadGuardians.at(place, found));
        }
        let delays = limits::RECOVERY_DELAY_MIN_MS..=limits::RECOVERY_DELAY_MAX_MS;
        if !delays.contains(&self.delay_ms) {
            return Err(Refusal::BadDelay.at(format!("{place}/delay_ms"), self.delay_ms));
        }
        Ok(())
    }
}

impl Register {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        text::check(&format!("{place}/name"), &self.name, limits::NAME_CHARS)?;
        text::check_names(&format!("{place}/names"), &self.names)?;
        self.keys.check(&format!("{place}/keys"))?;
        if let Some(guardians) = &self.guardians {
            guardians.check(&format!("{place}/guardians"))?;
        }
        if (self.kind == PrincipalKind::Device) != self.owner.is_some() {
            return Err(Refusal::DeviceNeedsOwner.at(format!("{place}/owner"), "owner"));
        }
        Ok(())
    }
}

impl Rotate {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        self.keys.check(&format!("{place}/keys"))?;
        let guardians = self.guardians.as_ref();
        guardians.map_or(Ok(()), |g| g.check(&format!("{place}/guardians")))
    }
}

impl Recover {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        self.keys.check(&format!("{place}/keys"))
    }
}

impl Grant {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        let count = self.acts.len();
        if !(1..=limits::MANDATE_ACTS).contains(&count) || self.onward > limits::MANDATE_DEPTH {
            let found = format!("{count} acts, onward {}", self.onward);
            return Err(Refusal::MandateBad.at(place, found));
        }
        // Keys and mandates themselves are never handed on: a holder could widen his own mandate.
        let allowed = |act: &str| {
            let authority = act.starts_with("principal.") || act.starts_with("mandate.");
            Act::NAMES.contains(&act) && !authority
        };
        match self.acts.iter().position(|act| !allowed(act)) {
            Some(at) => {
                Err(Refusal::MandateBad.at(format!("{place}/acts/{at}"), "not for mandates"))
            }
            None => Ok(()),
        }
    }
}

impl Attest {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        text::check_code(&format!("{place}/role"), &self.role)
    }
}
