//! SHA-256, the one hash of the whole system, and its text form (64 lower-case hex digits).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// A SHA-256 value; also the id of an operation, a principal, a record or a network.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; 32]);

/// Text that is not 64 lower-case hex digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected 64 lower-case hexadecimal digits")]
pub struct NotAHash;

impl Hash {
    /// All zeros: the parent of the genesis block.
    pub const ZERO: Hash = Hash([0; 32]);

    /// SHA-256 over the parts, one after the other.
    pub fn of(parts: &[&[u8]]) -> Hash {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Hash(hasher.finalize().into())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Bit `index` counted from the most significant bit of the first byte.
    pub fn bit(&self, index: u8) -> bool {
        let byte = self.0.get(usize::from(index >> 3)).copied().unwrap_or(0);
        (byte >> (7 ^ (index & 7))) & 1 == 1
    }

    /// The first bit in which two values differ.
    pub fn first_difference(&self, other: &Hash) -> Option<u8> {
        let at = self.0.iter().zip(other.0.iter()).position(|(a, b)| a != b)?;
        let (a, b) = (self.0.get(at)?, other.0.get(at)?);
        let bit = (a ^ b).leading_zeros();
        u8::try_from(u32::try_from(at).ok()?.checked_mul(8)?.checked_add(bit)?).ok()
    }
}

/// Lower-case hex of any bytes.
pub fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS.get(usize::from(n)).copied().unwrap_or(b'0'));
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

/// Bytes from lower-case hex; `None` for an odd length or any other character.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let value = |c: u8| match c {
        b'0'..=b'9' => c.checked_sub(b'0'),
        b'a'..=b'f' => c.checked_sub(b'a').and_then(|n| n.checked_add(10)),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    pairs.iter().map(|[high, low]| Some((value(*high)? << 4) | value(*low)?)).collect()
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl FromStr for Hash {
    type Err = NotAHash;
    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let bytes = from_hex(text).ok_or(NotAHash)?;
        bytes.try_into().map(Hash).map_err(|_| NotAHash)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&to_hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Hash;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("64 lower-case hexadecimal digits")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hash, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_reads_back_what_it_writes() {
        let hash = Hash::of(&[b"a", b"bc"]);
        assert_eq!(hash, Hash::of(&[b"abc"]));
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(Hash::from_str("AB"), Err(NotAHash));
        assert_eq!(Hash::from_str(&hash.to_string().to_uppercase()), Err(NotAHash));
    }

    #[test]
    fn the_first_differing_bit_is_found() {
        let mut other = Hash::ZERO;
        assert_eq!(Hash::ZERO.first_difference(&other), None);
        other.0[31] = 1;
        assert_eq!(Hash::ZERO.first_difference(&other), Some(255));
        assert!(other.bit(255) && !other.bit(254));
    }
}
