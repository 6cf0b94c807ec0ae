//! The DSSE envelope: one readable JSON text, and the signatures of those who stand by it.
//!
//! 1. What is signed is `PAE = "DSSEv1" SP len(type) SP type SP len(payload) SP payload`.
//! 2. The id is SHA-256 over PAE: signatures can be changed without the key, the id cannot.
//! 3. The leaf in the log is the canonical envelope: the three members in the order below, no
//!    white space, signatures sorted by key. Reading anything else is allowed, writing it is not.

use crate::hash::Hash;
use crate::json::{self, JsonError};
use crate::keys::{PublicKey, SecretKey, Signature};
use crate::limits;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// The one payload type of this ledger.
pub const PAYLOAD_TYPE: &str = "application/vnd.commonweal.operation+json";

/// A payload with the signatures over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload: Vec<u8>,
    signatures: Vec<(PublicKey, Signature)>,
}

/// Why bytes are not an envelope.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EnvelopeError {
    /// Larger than a log entry can be.
    #[error("the envelope has {0} bytes, at most {max} are allowed", max = limits::ENVELOPE_BYTES)]
    TooLong(usize),
    /// Not strict JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Strict JSON of another shape.
    #[error("not a DSSE envelope: {0}")]
    Shape(String),
    /// Another payload type.
    #[error("the payload type is not {PAYLOAD_TYPE}")]
    Type,
    /// The payload or a signature is not base64.
    #[error("{0} is not padded standard base64")]
    Base64(&'static str),
    /// A key name that is no key.
    #[error("keyid is not an Ed25519 public key of 64 lower-case hexadecimal digits")]
    Key,
    /// None, too many, or one key twice.
    #[error("an envelope has 1 to {max} signatures, each by another key", max = limits::SIGNATURES)]
    Signatures,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    signatures: Vec<WireSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSignature {
    keyid: String,
    sig: String,
}

impl Envelope {
    /// Wraps a payload that nobody has signed yet.
    pub fn unsigned(payload: Vec<u8>) -> Self {
        Envelope { payload, signatures: Vec::new() }
    }

    /// Adds a signature over the payload; a second one by the same key replaces the first.
    pub fn sign(&mut self, key: &SecretKey) {
        let signature = key.sign(&self.pae());
        self.add(key.public(), signature);
    }

    /// Adds a signature made elsewhere.
    pub fn add(&mut self, key: PublicKey, signature: Signature) {
        self.signatures.retain(|(known, _)| *known != key);
        let at = self.signatures.partition_point(|(known, _)| *known < key);
        self.signatures.insert(at, (key, signature));
    }

    /// The exact bytes that were signed and that a person can read.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signatures, sorted by key.
    pub fn signatures(&self) -> &[(PublicKey, Signature)] {
        &self.signatures
    }

    /// DSSE pre-authentication encoding.
    pub fn pae(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.payload.len().saturating_add(80));
        let length = PAYLOAD_TYPE.len();
        let head = format!("DSSEv1 {length} {PAYLOAD_TYPE} {} ", self.payload.len());
        bytes.extend_from_slice(head.as_bytes());
        bytes.extend_from_slice(&self.payload);
        bytes
    }

    /// The id of the operation inside.
    pub fn id(&self) -> Hash {
        Hash::of(&[&self.pae()])
    }

    /// Checks each signature alone; names the first key whose signature is wrong.
    pub fn verify(&self) -> Result<(), PublicKey> {
        let pae = self.pae();
        match self.signatures.iter().find(|(key, signature)| !key.verify(&pae, signature)) {
            Some((key, _)) => Err(*key),
            None => Ok(()),
        }
    }

    /// The canonical bytes: what is hashed as a leaf of the log.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = String::with_capacity(self.payload.len().saturating_mul(3) / 2);
        text.push_str("{\"payload\":\"");
        STANDARD.encode_string(&self.payload, &mut text);
        text.push_str("\",\"payloadType\":\"");
        text.push_str(PAYLOAD_TYPE);
        text.push_str("\",\"signatures\":[");
        for (at, (key, signature)) in self.signatures.iter().enumerate() {
            text.push_str(if at == 0 { "{\"keyid\":\"" } else { ",{\"keyid\":\"" });
            text.push_str(&key.to_string());
            text.push_str("\",\"sig\":\"");
            STANDARD.encode_string(signature.0, &mut text);
            text.push_str("\"}");
        }
        text.push_str("]}");
        text.into_bytes()
    }

    /// Reads an envelope; any order of members and signatures, but nothing unknown.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > limits::ENVELOPE_BYTES {
            return Err(EnvelopeError::TooLong(bytes.len()));
        }
        json::check(bytes)?;
        let wire: Wire =
            serde_json::from_slice(bytes).map_err(|e| EnvelopeError::Shape(e.to_string()))?;
        if wire.payload_type != PAYLOAD_TYPE {
            return Err(EnvelopeError::Type);
        }
        let payload =
            STANDARD.decode(&wire.payload).map_err(|_| EnvelopeError::Base64("payload"))?;
        let mut envelope = Envelope::unsigned(payload);
        let count = wire.signatures.len();
        for signature in wire.signatures {
            let key = PublicKey::from_hex(&signature.keyid).ok_or(EnvelopeError::Key)?;
            let bytes = STANDARD.decode(&signature.sig).ok().and_then(|b| b.try_into().ok());
            envelope.add(key, Signature(bytes.ok_or(EnvelopeError::Base64("sig"))?));
        }
        if count > limits::SIGNATURES || count != envelope.signatures.len() {
            return Err(EnvelopeError::Signatures);
        }
        Ok(envelope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u8) -> SecretKey {
        SecretKey::from_seed([n; 32])
    }

    #[test]
    fn two_people_sign_the_same_payload_and_the_id_stays() {
        let mut envelope = Envelope::unsigned(br#"{"a":1}"#.to_vec());
        let id = envelope.id();
        envelope.sign(&key(1));
        envelope.sign(&key(2));
        assert_eq!(envelope.id(), id);
        assert_eq!(envelope.verify(), Ok(()));
        assert_eq!(Envelope::from_bytes(&envelope.to_bytes()), Ok(envelope));
    }

    #[test]
    fn the_pre_authentication_encoding_is_that_of_dsse() {
        let envelope = Envelope::unsigned(b"hello".to_vec());
        let expected = format!("DSSEv1 41 {PAYLOAD_TYPE} 5 hello");
        assert_eq!(envelope.pae(), expected.as_bytes());
    }

    #[test]
    fn a_changed_payload_or_signature_is_named() {
        let mut envelope = Envelope::unsigned(b"{}".to_vec());
        envelope.sign(&key(1));
        let other = Envelope { payload: b"[]".to_vec(), ..envelope.clone() };
        assert_eq!(other.verify(), Err(key(1).public()));
    }

    #[test]
    fn strangers_in_the_envelope_are_refused() {
        let mut envelope = Envelope::unsigned(b"{}".to_vec());
        envelope.sign(&key(1));
        let text = String::from_utf8(envelope.to_bytes()).unwrap();
        let extra = text.replace("{\"payload\"", "{\"more\":1,\"payload\"");
        assert!(matches!(Envelope::from_bytes(extra.as_bytes()), Err(EnvelopeError::Shape(_))));
        let other = text.replace("operation+json", "operation");
        assert_eq!(Envelope::from_bytes(other.as_bytes()), Err(EnvelopeError::Type));
    }

    #[test]
    fn the_same_key_signs_once() {
        let mut envelope = Envelope::unsigned(b"{}".to_vec());
        envelope.sign(&key(1));
        let text = String::from_utf8(envelope.to_bytes()).unwrap();
        let inner = text.split_once('[').unwrap().1.trim_end_matches("]}");
        let twice = text.replace(inner, &format!("{inner},{inner}"));
        assert_eq!(Envelope::from_bytes(twice.as_bytes()), Err(EnvelopeError::Signatures));
    }
}
