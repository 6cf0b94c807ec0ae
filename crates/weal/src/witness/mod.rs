//! Witnesses: outsiders who sign what a log says of itself, after checking that it only grew.
//!
//! 1. A node asks each witness to cosign its newest checkpoint ([`asking`], C2SP tlog-witness), and
//!    keeps the newest cosignature of each ([`cosigners`], C2SP tlog-cosignature).
//! 2. Readers get the checkpoint with the cosignatures on exactly that text. A log that shows two
//!    stories needs witnesses that do, too.
//! 3. Anybody can be a witness with this program ([`server`]): it needs no copy of the book.

pub mod asking;
pub mod cosigners;
pub mod limits;
pub mod server;

pub use cosigners::{Cosignature, Cosigners, Head};

use std::fmt;
use std::str::FromStr;
use weal_proof::note::{KeyKind, VerifierKey};

/// A witness, and where it answers; written `VKEY@URL`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its name and key.
    pub key: VerifierKey,
    /// What comes before `/add-checkpoint`.
    pub url: String,
}

/// Why a text names no witness.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotAWitness {
    /// Not two parts.
    #[error("a witness is written VKEY@URL, with an URL of http:// or https://")]
    Form,
    /// The first part is no verifier key.
    #[error("what stands before the @ is no verifier key")]
    Key,
    /// The key signs something else.
    #[error("the key is not one of a witness: it has another type than 0x04")]
    Kind,
}

impl FromStr for Witness {
    type Err = NotAWitness;

    fn from_str(text: &str) -> Result<Self, NotAWitness> {
        // A name or a password in an address may hold an @, too; a scheme stands only at the start.
        let at = text.find("@http://").or_else(|| text.find("@https://"));
        let (key, url) = at.map(|at| text.split_at(at)).ok_or(NotAWitness::Form)?;
        let key: VerifierKey = key.parse().map_err(|_| NotAWitness::Key)?;
        if key.kind != KeyKind::Cosignature {
            return Err(NotAWitness::Kind);
        }
        let url = url.trim_start_matches('@').trim_end_matches('/').to_owned();
        Ok(Witness { key, url })
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.key, self.url)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use weal_proof::keys::SecretKey;

    #[test]
    fn a_witness_is_a_key_and_an_address() {
        let key = SecretKey::from_seed([1; 32]).public();
        let witness = VerifierKey::cosignature("witness.example", key);
        for url in ["http://127.0.0.1:8480", "https://a@witness.example/w"] {
            let text = format!("{witness}@{url}");
            let read: Witness = text.parse().unwrap();
            assert_eq!((read.key.clone(), read.url.as_str()), (witness.clone(), url));
            assert_eq!(read.to_string(), text);
            assert_eq!(format!("{text}/").parse(), Ok(read));
        }
        let log = VerifierKey::ed25519("witness.example", key);
        let refused = |text: String, why| assert_eq!(text.parse::<Witness>(), Err(why), "{text}");
        refused(format!("{log}@http://a"), NotAWitness::Kind);
        refused(format!("x{witness}@http://a"), NotAWitness::Key);
        refused("@http://a".into(), NotAWitness::Key);
        refused(witness.to_string(), NotAWitness::Form);
        refused(format!("{witness}@ftp://a"), NotAWitness::Form);
        refused(String::new(), NotAWitness::Form);
    }
}
