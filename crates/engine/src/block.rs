//! A block: the header that is voted on and the body it binds.
//!
//! Bytes, on the wire and in the archive:
//! 1. the header, 256 bytes;
//! 2. `varint length`, then the body; its SHA-256 must be the header's `body`.

use bytes::{BufMut, Bytes};
use commonware_codec::{Buf, EncodeSize, Error, RangeCfg, Read, ReadExt, Write};
use commonware_consensus::{BoundedBlock, Heightable, types::Height};
use commonware_cryptography::{Digestible, sha256::Digest};
use std::fmt;
use weal_proof::header::HEADER_BYTES;
use weal_proof::{Hash, Header};

/// A varint of 32 bits has no more bytes.
const LENGTH_BYTES: usize = 5;

/// What validators agree on: a header, and the bytes only the ledger understands.
#[derive(Clone, PartialEq, Eq)]
pub struct Block {
    /// Its digest is the block's digest, and what the certificate signs.
    pub header: Header,
    /// Any bytes whose SHA-256 is the header's `body`.
    pub body: Bytes,
}

impl Block {
    /// Whether the header binds this body.
    pub(crate) fn is_bound(&self) -> bool {
        Hash::of(&[&self.body]) == self.header.body
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Block { header, body } = self;
        write!(f, "Block {{ {header:?}, body of {} bytes }}", body.len())
    }
}

impl Write for Block {
    fn write(&self, buffer: &mut impl BufMut) {
        buffer.put_slice(&self.header.to_bytes());
        self.body.write(buffer);
    }
}

impl EncodeSize for Block {
    fn encode_size(&self) -> usize {
        HEADER_BYTES + self.body.encode_size()
    }
}

impl Read for Block {
    /// The longest body that is accepted.
    type Cfg = usize;

    fn read_cfg(buffer: &mut impl Buf, body_bytes_max: &usize) -> Result<Self, Error> {
        let header = <[u8; HEADER_BYTES]>::read(buffer)?;
        let header = Header::from_bytes(&header).ok_or(Error::Invalid("Block", "not a header"))?;
        let body = Bytes::read_cfg(buffer, &RangeCfg::from(..=*body_bytes_max))?;
        let block = Block { header, body };
        // Marshal compares digests of headers only, so nothing unbound may pass here.
        if !block.is_bound() {
            return Err(Error::Invalid("Block", "the header names another body"));
        }
        Ok(block)
    }
}

impl Digestible for Block {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        Digest(self.header.digest().0)
    }
}

impl Heightable for Block {
    fn height(&self) -> Height {
        Height::new(self.header.height)
    }
}

impl commonware_consensus::Block for Block {
    fn parent(&self) -> Digest {
        Digest(self.header.parent.0)
    }
}

impl BoundedBlock for Block {
    fn max_encode_size(body_bytes_max: &usize) -> usize {
        HEADER_BYTES.saturating_add(LENGTH_BYTES).saturating_add(*body_bytes_max)
    }
}
