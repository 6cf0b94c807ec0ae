//! Ed25519 keys and signatures under ZIP-215, so that every verifier gives the same verdict.

use crate::hash::{from_hex, to_hex};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// An Ed25519 public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// An Ed25519 secret key; printing it shows nothing.
#[derive(Clone)]
pub struct SecretKey(ed25519_zebra::SigningKey);

impl SecretKey {
    /// A key from 32 secret bytes.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        SecretKey(ed25519_zebra::SigningKey::from_bytes(&seed))
    }

    /// The 32 secret bytes, to be stored with care.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The key others see.
    pub fn public(&self) -> PublicKey {
        PublicKey(ed25519_zebra::VerificationKeyBytes::from(self.0.verification_key()).into())
    }

    /// Signs a message.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(hidden)")
    }
}

impl PublicKey {
    /// Whether the bytes are a point of the curve, so that signatures can be checked at all.
    pub fn is_valid(&self) -> bool {
        ed25519_zebra::VerificationKey::try_from(self.0).is_ok()
    }

    /// Whether the signature is valid over the message (ZIP-215).
    pub fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        let Ok(key) = ed25519_zebra::VerificationKey::try_from(self.0) else { return false };
        key.verify(&ed25519_zebra::Signature::from(signature.0), message).is_ok()
    }
}

/// Checks many signatures at once; `true` only if every one of them is valid.
pub fn verify_batch<'a, R: rand_core::CryptoRng>(
    items: impl IntoIterator<Item = (PublicKey, &'a [u8], Signature)>,
    rng: R,
) -> bool {
    let mut batch = ed25519_zebra::batch::Verifier::new();
    for (key, message, signature) in items {
        let signature = ed25519_zebra::Signature::from(signature.0);
        batch.queue((key.0.into(), signature, message));
    }
    batch.verify(rng).is_ok()
}

macro_rules! hex_text {
    ($name:ident, $length:literal, $words:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&to_hex(&self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&to_hex(&self.0))
            }
        }
        impl $name {
            /// Reads lower-case hex of the exact length.
            pub fn from_hex(text: &str) -> Option<Self> {
                from_hex(text)?.try_into().ok().map(Self)
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&to_hex(&self.0))
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom($words))
            }
        }
    };
}
hex_text!(PublicKey, 32, "expected a public key of 64 lower-case hexadecimal digits");
hex_text!(Signature, 64, "expected a signature of 128 lower-case hexadecimal digits");
