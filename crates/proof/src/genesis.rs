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
    /// Keys of the institutions that keep the book, in any order.
    pub validators: Vec<PublicKey>,
    /// SHA-256 of the rules document (record schemas) that applies from the start.
    pub rules: Hash,
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
    #[error("a network has 1 to {max} validators, each with another key", max = limits::VALIDATORS)]
    Validators,
}

/// The format this code reads and writes.
pub const FORMAT: &str = "commonweal-genesis-v1";

impl Genesis {
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
        let distinct: BTreeSet<_> = genesis.validators.iter().collect();
        let count = genesis.validators.len();
        if count == 0 || count > limits::VALIDATORS || distinct.len() != count {
            return Err(GenesisError::Validators);
        }
        Ok(genesis)
    }

    /// The text to keep; [`network_id`] of it is the network's id.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// The committee: validators sorted bytewise, as certificates count them.
    pub fn committee(&self) -> Vec<PublicKey> {
        let mut committee = self.validators.clone();
        committee.sort_unstable();
        committee
    }
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
