//! Proofs about the state map: that an entry has this value, or that there is no such entry.
//!
//! The map is a path-compressed binary tree over `position = SHA-256(key)`:
//! 1. `leaf = SHA-256(0x00 || position || SHA-256(value))`.
//! 2. `branch = SHA-256(0x01 || bit || left || right)`: `bit` is the first bit, counted from the
//!    most significant, in which positions below differ; the left side has it clear.
//! 3. Bits grow on the way down. The empty map's root is SHA-256("").
//! 4. To look a key up, follow its bits to a leaf. Another position there means: no such entry.

use crate::hash::Hash;
use crate::limits;
use serde::{Deserialize, Serialize};

/// Where a key stands in the map.
pub fn position(key: &str) -> Hash {
    Hash::of(&[key.as_bytes()])
}

/// Hash of an entry.
pub fn leaf_hash(position: &Hash, value: &Hash) -> Hash {
    Hash::of(&[&[0], &position.0, &value.0])
}

/// Hash of two sides that first differ in `bit`.
pub fn branch_hash(bit: u8, left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1, bit], &left.0, &right.0])
}

/// Root of the empty map.
pub fn empty_root() -> Hash {
    Hash::of(&[])
}

/// The way from a leaf to the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapProof {
    /// For an absent key, the leaf found in its place (`None` in an empty map).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<OtherLeaf>,
    /// Branches from the root down: differing bit and hash of the side not taken.
    pub path: Vec<(u8, Hash)>,
}

/// The leaf that stands where an absent key would be looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherLeaf {
    /// Its position.
    pub position: Hash,
    /// Hash of its value.
    pub value: Hash,
}

impl MapProof {
    /// Whether the map with this root holds `value` at `key`; `None` claims that there is none.
    pub fn verify(&self, root: &Hash, key: &str, value: Option<&[u8]>) -> bool {
        let position = position(key);
        let leaf = match (value, &self.other) {
            (Some(value), None) => leaf_hash(&position, &Hash::of(&[value])),
            (None, Some(other)) if other.position != position => {
                leaf_hash(&other.position, &other.value)
            }
            (None, None) => return self.path.is_empty() && *root == empty_root(),
            _ => return false,
        };
        let grows = self.path.is_sorted_by(|(above, _), (below, _)| above < below);
        if self.path.len() > limits::STATE_PATH || !grows {
            return false;
        }
        let top = self.path.iter().rev().fold(leaf, |below, (bit, side)| {
            if position.bit(*bit) {
                branch_hash(*bit, side, &below)
            } else {
                branch_hash(*bit, &below, side)
            }
        });
        top == *root
    }
}
