//! The genesis text: who keeps the book at the start. Its hash is the network's id.

use crate::hash::Hash;
use crate::json;
use crate::keys::PublicKey;
use crate::limits;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The first page of a book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// Always `commonweal-genesis-v1`.
    pub format: String,
    /// What people call this book.
    pub name: String,
    /// Time of the first block, milliseconds since 1970.
    pub time_ms: u64,
    /// The institutions that keep the book at the start, in any order.
    pub validators: Vec<Keeper>,
    /// Blocks of one epoch; only between epochs do validators come and go.
    pub epoch_blocks: u64,
    /// Of a hundred validators, how many must approve a change of the network.
    pub approval_percent: u64,
    /// SHA-256 of the rules document (record schemas) that applies from the start.
    pub rules: Hash,
}

/// An institution that keeps the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keeper {
    /// What people call it.
    pub name: String,
    /// Key of its validator: the machine that votes holds it.
    pub key: PublicKey,
    /// Key with which it approves changes of the network; better not kept on that machine.
    pub owner: PublicKey,
    /// Where the other validators reach its machine: `host:port`.
    pub address: String,
    /// Where people find its pages: `https://…`; empty if nowhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub web: String,
}

/// Why a text is no genesis.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum GenesisError {
    /// Not strict JSON.
    #[error(transparent)]
    Json(#[from] json::JsonError),
    /// Strict JSON of another shape.
    #[error("not a genesis text: {0}")]
    Shape(String),
    /// No, too many or repeated validators.
    #[error("a network has 1 to {max} validators, each with keys of its own", max = limits::VALIDATORS)]
    Validators,
    /// A name or an address that is empty, too long or not printable.
    #[error("a validator has a name of 1 to {name} and an address of 1 to {address} bytes", name = limits::KEEPER_NAME_BYTES, address = limits::KEEPER_ADDRESS_BYTES)]
    Keeper,
    /// An epoch too short or too long.
    #[error("an epoch has {min} to {max} blocks", min = limits::EPOCH_BLOCKS_MIN, max = limits::EPOCH_BLOCKS_MAX)]
    Epoch,
    /// Less than half could change the network, or more than all must.
    #[error("changes of the network need the approval of 51 to 100 percent")]
    Approval,
}

/// The format this code reads and writes.
pub const FORMAT: &str = "commonweal-genesis-v1";

/// Blocks of an epoch where nobody chose otherwise: some seconds when there is haste.
pub const EPOCH_BLOCKS: u64 = 256;
/// Approval needed where nobody chose otherwise: as many as make a block final.
pub const APPROVAL_PERCENT: u64 = 67;

impl Genesis {
    /// A book with these keepers and the usual numbers.
    pub fn new(name: &str, time_ms: u64, validators: Vec<Keeper>, rules: Hash) -> Self {
        Genesis {
            format: FORMAT.into(),
            name: name.into(),
            time_ms,
            validators,
            epoch_blocks: EPOCH_BLOCKS,
            approval_percent: APPROVAL_PERCENT,
            rules,
        }
    }

    /// A book that one institution keeps alone.
    pub fn alone(name: &str, time_ms: u64, key: PublicKey, rules: Hash) -> Self {
        Self::new(name, time_ms, vec![Keeper::alone(name, key)], rules)
    }

    /// Reads a genesis text; the exact bytes matter, their hash is the network's id.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, GenesisError> {
        if bytes.len() > limits::GENESIS_BYTES {
            return Err(GenesisError::Shape("too long".into()));
        }
        json::check(bytes)?;
        let genesis: Genesis =
            serde_json::from_slice(bytes).map_err(|e| GenesisError::Shape(e.to_string()))?;
        if genesis.format != FORMAT {
            return Err(GenesisError::Shape(format!("the format is not {FORMAT}")));
        }
        if !are_keepers(&genesis.validators) {
            return Err(GenesisError::Validators);
        }
        if !genesis.validators.iter().all(Keeper::is_readable) {
            return Err(GenesisError::Keeper);
        }
        if !(limits::EPOCH_BLOCKS_MIN..=limits::EPOCH_BLOCKS_MAX).contains(&genesis.epoch_blocks) {
            return Err(GenesisError::Epoch);
        }
        if !(51..=100).contains(&genesis.approval_percent) {
            return Err(GenesisError::Approval);
        }
        Ok(genesis)
    }

    /// The text to keep; [`network_id`] of it is the network's id.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The committee: validators sorted bytewise, as certificates count them.
    pub fn committee(&self) -> Vec<PublicKey> {
        committee(&self.validators)
    }

    /// The epoch in which the block of this height is made.
    pub fn epoch(&self, height: u64) -> u64 {
        height.checked_div(self.epoch_blocks).unwrap_or(0)
    }

    /// Whether the block of this height is the last of its epoch.
    pub fn ends_epoch(&self, height: u64) -> bool {
        let last = self.epoch_blocks.checked_sub(1);
        last.is_some() && height.checked_rem(self.epoch_blocks) == last
    }
}

impl Keeper {
    /// An institution whose machine holds the one key it has.
    pub fn alone(name: &str, key: PublicKey) -> Self {
        Keeper {
            name: name.into(),
            key,
            owner: key,
            address: "127.0.0.1:0".into(),
            web: String::new(),
        }
    }

    /// Whether name and address are short printable texts.
    pub fn is_readable(&self) -> bool {
        let fits = |text: &str, bytes: usize| {
            !text.trim().is_empty() && text.len() <= bytes && !text.chars().any(char::is_control)
        };
        fits(&self.name, limits::KEEPER_NAME_BYTES)
            && fits(&self.address, limits::KEEPER_ADDRESS_BYTES)
            && (self.web.is_empty() || fits(&self.web, limits::KEEPER_ADDRESS_BYTES))
    }
}

/// Whether these could keep a book together: a fitting number, and no key used by two.
pub fn are_keepers(keepers: &[Keeper]) -> bool {
    let keys: BTreeSet<_> = keepers.iter().map(|keeper| keeper.key).collect();
    let owners: BTreeSet<_> = keepers.iter().map(|keeper| keeper.owner).collect();
    let count = keepers.len();
    let crossed = keepers.iter().any(|k| keys.contains(&k.owner) && k.owner != k.key);
    (1..=limits::VALIDATORS).contains(&count)
        && keys.len() == count
        && owners.len() == count
        && !crossed
}

/// The validators' keys sorted bytewise, as certificates count them.
pub fn committee(keepers: &[Keeper]) -> Vec<PublicKey> {
    let mut committee: Vec<_> = keepers.iter().map(|keeper| keeper.key).collect();
    committee.sort_unstable();
    committee
}

/// The id of the network that starts with this genesis text.
pub fn network_id(genesis: &[u8]) -> Hash {
    Hash::of(&[genesis])
}

/// Hash of a committee, as headers carry it: SHA-256 over the sorted keys.
pub fn committee_hash(committee: &[PublicKey]) -> Hash {
    let parts: Vec<&[u8]> = committee.iter().map(|key| key.0.as_slice()).collect();
    Hash::of(&parts)
}
