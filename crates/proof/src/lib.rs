//! What an outsider needs to check a claim: encoding, hashes, proofs, signatures, certificates.
//!
//! The check of a receipt, as a numbered program (`receipt::check` follows it line by line):
//! 1. The genesis text hashes to the network id; it names the first validators.
//! 2. The header names that network, and its hash is what the certificate signs.
//! 3. Each change of the validators was made final by those before it, at the end of an epoch.
//! 4. A quorum of the validators in force at the block's epoch signed the certificate.
//! 5. The operation's bytes, hashed as a leaf, lead by the inclusion path to the header's log root.
//! 6. Every signature on the operation is valid over the exact bytes a person can read.
//! 7. Each state entry, if any, leads by its path to the header's state root.
//!
//! This crate does no input or output and knows no clock, thread or chance.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::float_arithmetic,
    missing_docs
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic))]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

pub mod certificate;
pub mod checkpoint;
pub mod conviction;
pub mod envelope;
pub mod genesis;
pub mod hash;
pub mod header;
pub mod json;
pub mod keys;
pub mod limits;
pub mod log;
pub mod map;
pub mod note;
pub mod receipt;
pub mod sets;
pub mod tile;

pub use envelope::Envelope;
pub use genesis::Genesis;
pub use hash::Hash;
pub use header::Header;
pub use receipt::Receipt;
