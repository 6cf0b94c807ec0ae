//! The block header: 256 bytes that bind a block's content, the whole log and the whole state.
//!
//! ```text
//!   0  magic        8  "WEALBLK1"
//!   8  network     32  SHA-256 of the genesis text
//!  40  height       8  big-endian; genesis is 0
//!  48  parent      32  digest of the parent's header
//!  80  time         8  milliseconds since 1970, never less than the parent's
//!  88  proposer    32  the validator's key
//! 120  log size     8  operations in the log after this block
//! 128  log root    32  RFC 6962 tree head of that log
//! 160  state root  32  root of the state map after this block
//! 192  validators  32  hash of the validator set that certifies the next block
//! 224  body        32  SHA-256 of the block's body
//! ```

use crate::hash::Hash;
use crate::keys::PublicKey;

/// Bytes of a header.
pub const HEADER_BYTES: usize = 256;
const MAGIC: &[u8; 8] = b"WEALBLK1";

/// What a certificate makes final.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The network this block belongs to.
    pub network: Hash,
    /// Place in the chain; genesis is 0.
    pub height: u64,
    /// Digest of the parent's header.
    pub parent: Hash,
    /// Block time in milliseconds since 1970.
    pub time_ms: u64,
    /// The validator that proposed the block.
    pub proposer: PublicKey,
    /// Operations in the log after this block.
    pub log_size: u64,
    /// RFC 6962 tree head of the log after this block.
    pub log_root: Hash,
    /// Root of the state map after this block.
    pub state_root: Hash,
    /// Hash of the validator set that certifies the next block.
    pub validators: Hash,
    /// SHA-256 of the body's bytes.
    pub body: Hash,
}

impl Header {
    /// The 256 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.network.0);
        bytes.extend_from_slice(&self.height.to_be_bytes());
        bytes.extend_from_slice(&self.parent.0);
        bytes.extend_from_slice(&self.time_ms.to_be_bytes());
        bytes.extend_from_slice(&self.proposer.0);
        bytes.extend_from_slice(&self.log_size.to_be_bytes());
        bytes.extend_from_slice(&self.log_root.0);
        bytes.extend_from_slice(&self.state_root.0);
        bytes.extend_from_slice(&self.validators.0);
        bytes.extend_from_slice(&self.body.0);
        bytes
    }

    /// Reads exactly 256 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (magic, mut rest) = bytes.split_first_chunk::<8>()?;
        if magic != MAGIC || bytes.len() != HEADER_BYTES {
            return None;
        }
        let header = Header {
            network: take_hash(&mut rest)?,
            height: take_number(&mut rest)?,
            parent: take_hash(&mut rest)?,
            time_ms: take_number(&mut rest)?,
            proposer: PublicKey(take_hash(&mut rest)?.0),
            log_size: take_number(&mut rest)?,
            log_root: take_hash(&mut rest)?,
            state_root: take_hash(&mut rest)?,
            validators: take_hash(&mut rest)?,
            body: take_hash(&mut rest)?,
        };
        Some(header)
    }

    /// What a certificate signs.
    pub fn digest(&self) -> Hash {
        Hash::of(&[&self.to_bytes()])
    }
}

fn take_hash(rest: &mut &[u8]) -> Option<Hash> {
    let (head, tail) = rest.split_first_chunk::<32>()?;
    *rest = tail;
    Some(Hash(*head))
}

fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let (head, tail) = rest.split_first_chunk::<8>()?;
    *rest = tail;
    Some(u64::from_be_bytes(*head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_256_bytes_and_reads_back() {
        let header = Header {
            network: Hash::of(&[b"n"]),
            height: 7,
            parent: Hash::of(&[b"p"]),
            time_ms: 9,
            proposer: PublicKey([3; 32]),
            log_size: 11,
            log_root: Hash::of(&[b"l"]),
            state_root: Hash::of(&[b"s"]),
            validators: Hash::of(&[b"v"]),
            body: Hash::of(&[b"b"]),
        };
        let bytes = header.to_bytes();
        assert_eq!(bytes.len(), HEADER_BYTES);
        assert_eq!(Header::from_bytes(&bytes), Some(header));
        assert_eq!(Header::from_bytes(&bytes[..255]), None);
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(Header::from_bytes(&longer), None);
    }
}
