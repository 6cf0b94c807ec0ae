//! The finality certificate: a quorum's signatures over one header's digest.
//!
//! Bytes, as the ordering engine (commonware simplex, Ed25519) writes them:
//! 1. `varint epoch, varint view, varint parent view, digest 32`, varint = LEB128 unsigned.
//! 2. `u64 committee size`, big-endian, then `ceil(size / 8)` bytes of bitmap: signer `i` is bit
//!    `i % 8`, counted from the least significant, of byte `i / 8`.
//! 3. `varint count`, then that many signatures of 64 bytes in the order of the signers.
//!
//! Signed is `varint len(ns) || ns || varint epoch || varint view || varint parent || digest` with
//! `ns = "WEAL" || network id || "_FINALIZE"`. The committee is sorted bytewise by key; a quorum
//! is `n - floor((n - 1) / 3)`.

use crate::hash::Hash;
use crate::keys::{PublicKey, Signature};
use crate::limits;

/// A decoded certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Epoch whose committee signed.
    pub epoch: u64,
    /// View in which the block was proposed.
    pub view: u64,
    /// View of the parent.
    pub parent_view: u64,
    /// Digest of the header made final.
    pub digest: Hash,
    /// Size of the committee.
    pub committee: u64,
    /// Signers by their place in the committee, with their signatures.
    pub signatures: Vec<(u64, Signature)>,
}

/// Why a certificate proves nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq, Clone, Copy)]
pub enum CertificateError {
    /// The bytes are cut, too long or inconsistent.
    #[error("the certificate's bytes are malformed")]
    Malformed,
    /// It counts another committee.
    #[error("the certificate counts another committee")]
    Committee,
    /// Too few valid signatures.
    #[error("only {valid} of at least {quorum} needed signatures are valid")]
    Quorum {
        /// Valid signatures of distinct members.
        valid: u64,
        /// Needed for finality.
        quorum: u64,
    },
}

/// Signatures needed of `members`.
pub fn quorum(members: u64) -> u64 {
    members.saturating_sub(members.saturating_sub(1) / 3)
}

/// The namespace the engine signs under, without its `_FINALIZE` ending.
pub fn namespace(network: &Hash) -> Vec<u8> {
    [b"WEAL".as_slice(), &network.0].concat()
}

/// The bytes each validator signs to make a digest final.
pub fn signed_bytes(network: &Hash, certificate: &Certificate) -> Vec<u8> {
    let mut name = namespace(network);
    name.extend_from_slice(b"_FINALIZE");
    let mut bytes = Vec::with_capacity(128);
    put_varint(&mut bytes, u64::try_from(name.len()).unwrap_or(0));
    bytes.extend_from_slice(&name);
    put_varint(&mut bytes, certificate.epoch);
    put_varint(&mut bytes, certificate.view);
    put_varint(&mut bytes, certificate.parent_view);
    bytes.extend_from_slice(&certificate.digest.0);
    bytes
}

impl Certificate {
    /// Reads a certificate; nothing may be missing or left over.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CertificateError> {
        let mut rest = bytes;
        Self::read(&mut rest).filter(|_| rest.is_empty()).ok_or(CertificateError::Malformed)
    }

    fn read(rest: &mut &[u8]) -> Option<Self> {
        let (epoch, view, parent_view) =
            (take_varint(rest)?, take_varint(rest)?, take_varint(rest)?);
        let digest = Hash(*take::<32>(rest)?);
        let committee = u64::from_be_bytes(*take::<8>(rest)?);
        let members = usize::try_from(committee).ok().filter(|n| *n <= limits::VALIDATORS)?;
        let (bitmap, tail) = rest.split_at_checked(members.div_ceil(8))?;
        *rest = tail;
        let signers: Vec<u64> = (0..u64::try_from(bitmap.len()).ok()?.checked_mul(8)?)
            .filter(|i| {
                let byte = usize::try_from(i >> 3).ok().and_then(|at| bitmap.get(at));
                byte.is_some_and(|byte| (byte >> (i & 7)) & 1 == 1)
            })
            .collect();
        let count = usize::try_from(take_varint(rest)?).ok()?;
        if count != signers.len() || signers.iter().any(|i| *i >= committee) {
            return None;
        }
        let mut signatures = Vec::with_capacity(count);
        for signer in signers {
            signatures.push((signer, Signature(*take::<64>(rest)?)));
        }
        Some(Certificate { epoch, view, parent_view, digest, committee, signatures })
    }

    /// Writes the bytes that [`Certificate::from_bytes`] reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(128);
        put_varint(&mut bytes, self.epoch);
        put_varint(&mut bytes, self.view);
        put_varint(&mut bytes, self.parent_view);
        bytes.extend_from_slice(&self.digest.0);
        bytes.extend_from_slice(&self.committee.to_be_bytes());
        let length = usize::try_from(self.committee.div_ceil(8)).unwrap_or(0);
        let mut bitmap = vec![0u8; length.min(limits::VALIDATORS)];
        for (signer, _) in &self.signatures {
            if let Some(byte) = usize::try_from(signer >> 3).ok().and_then(|at| bitmap.get_mut(at))
            {
                *byte |= 1 << (signer & 7);
            }
        }
        bytes.extend_from_slice(&bitmap);
        put_varint(&mut bytes, u64::try_from(self.signatures.len()).unwrap_or(0));
        for (_, signature) in &self.signatures {
            bytes.extend_from_slice(&signature.0);
        }
        bytes
    }

    /// Whether a quorum of the committee, sorted bytewise, signed this digest for this network.
    pub fn verify(&self, network: &Hash, committee: &[PublicKey]) -> Result<u64, CertificateError> {
        let signers = self.signers(network, committee)?;
        Ok(u64::try_from(signers.len()).unwrap_or(0))
    }

    /// The members whose signatures are valid, if they are a quorum of the committee.
    pub fn signers(
        &self,
        network: &Hash,
        committee: &[PublicKey],
    ) -> Result<Vec<PublicKey>, CertificateError> {
        if u64::try_from(committee.len()) != Ok(self.committee) {
            return Err(CertificateError::Committee);
        }
        let message = signed_bytes(network, self);
        let good = |(signer, signature): &(u64, Signature)| {
            let key = usize::try_from(*signer).ok().and_then(|at| committee.get(at))?;
            key.verify(&message, signature).then_some(*key)
        };
        let signers: Vec<_> = self.signatures.iter().filter_map(good).collect();
        let (valid, quorum) = (u64::try_from(signers.len()).unwrap_or(0), quorum(self.committee));
        if valid < quorum { Err(CertificateError::Quorum { valid, quorum }) } else { Ok(signers) }
    }
}

fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(u8::try_from(value & 0x7f).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap_or(0));
}

fn take_varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let [byte] = *take::<1>(rest)?;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && byte > 1 || shift > 0 && byte == 0 {
            return None;
        }
        value |= bits.checked_shl(shift)?;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::SecretKey;

    fn committee(n: u8) -> Vec<SecretKey> {
        let mut keys: Vec<_> = (0..n).map(|i| SecretKey::from_seed([i; 32])).collect();
        keys.sort_by_key(SecretKey::public);
        keys
    }

    fn certificate(keys: &[SecretKey], signers: &[u64]) -> Certificate {
        let mut certificate = Certificate {
            epoch: 3,
            view: 300,
            parent_view: 299,
            digest: Hash::of(&[b"header"]),
            committee: keys.len() as u64,
            signatures: Vec::new(),
        };
        let message = signed_bytes(&Hash::ZERO, &certificate);
        certificate.signatures =
            signers.iter().map(|i| (*i, keys[*i as usize].sign(&message))).collect();
        certificate
    }

    #[test]
    fn a_quorum_makes_a_block_final_and_one_less_does_not() {
        let keys = committee(4);
        let public: Vec<_> = keys.iter().map(SecretKey::public).collect();
        let good = certificate(&keys, &[0, 2, 3]);
        assert_eq!(Certificate::from_bytes(&good.to_bytes()), Ok(good.clone()));
        assert_eq!(good.verify(&Hash::ZERO, &public), Ok(3));
        let few = certificate(&keys, &[0, 2]);
        let error = CertificateError::Quorum { valid: 2, quorum: 3 };
        assert_eq!(few.verify(&Hash::ZERO, &public), Err(error));
        assert!(good.verify(&Hash::of(&[b"other network"]), &public).is_err());
        assert_eq!(good.verify(&Hash::ZERO, &public[..3]), Err(CertificateError::Committee));
    }

    #[test]
    fn cut_or_padded_bytes_are_refused() {
        let bytes = certificate(&committee(7), &[0, 1, 2, 3, 4]).to_bytes();
        for cut in 0..bytes.len() {
            assert!(Certificate::from_bytes(&bytes[..cut]).is_err());
        }
        assert!(Certificate::from_bytes(&[bytes.as_slice(), &[0]].concat()).is_err());
    }

    #[test]
    fn quorums_are_those_of_the_engine() {
        let expected = [(1, 1), (2, 2), (3, 3), (4, 3), (7, 5), (10, 7)];
        for (members, needed) in expected {
            assert_eq!(quorum(members), needed, "{members}");
        }
    }
}
