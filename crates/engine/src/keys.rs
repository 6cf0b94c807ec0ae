//! The same keys, digests and heights in the words of the ledger and of the consensus library.

use bytes::Bytes;
use commonware_codec::DecodeExt;
use commonware_cryptography::ed25519;
use commonware_cryptography::sha256::Digest;
use weal_proof::Hash;
use weal_proof::keys::{PublicKey, SecretKey};

/// The library's form of a key; `None` if the bytes are no point of the curve.
pub(crate) fn member(key: &PublicKey) -> Option<ed25519::PublicKey> {
    ed25519::PublicKey::decode(Bytes::copy_from_slice(&key.0)).ok()
}

/// A validator's key as the ledger names it.
pub(crate) fn public(member: &ed25519::PublicKey) -> Option<PublicKey> {
    <[u8; 32]>::try_from(member.as_ref()).ok().map(PublicKey)
}

/// The library's form of a secret key.
pub(crate) fn signer(key: &SecretKey) -> Option<ed25519::PrivateKey> {
    ed25519::PrivateKey::decode(Bytes::copy_from_slice(&key.seed())).ok()
}

/// Whether both forms name the same key.
pub(crate) fn is_same(key: &PublicKey, member: &ed25519::PublicKey) -> bool {
    member.as_ref() == key.0
}

/// A digest as the ledger names it.
pub(crate) fn hash(digest: &Digest) -> Hash {
    Hash(digest.0)
}
