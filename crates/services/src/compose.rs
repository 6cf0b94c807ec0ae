//! Building and signing operations: the one way to write to the book, for every face.

pub mod network;

use weal_kernel::operation::{Nonce, Payload};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Hash};
use weal_proof::Envelope;
use weal_proof::keys::SecretKey;

/// Who signs, for which network.
#[derive(Debug, Clone)]
pub struct Signer {
    /// The network.
    pub network: Hash,
    /// In whose name; `None` only to register.
    pub actor: Option<Hash>,
    /// The mandate used, if the keys are another's.
    pub mandate: Option<Hash>,
    /// The keys.
    pub keys: Vec<SecretKey>,
}

impl Signer {
    /// A signer for himself, with one key.
    pub fn new(network: Hash, actor: Hash, key: SecretKey) -> Self {
        Signer { network, actor: Some(actor), mandate: None, keys: vec![key] }
    }

    /// The payload this signer would sign.
    pub fn payload(&self, act: Act, time: UnixMillis, nonce: [u8; 16]) -> Payload {
        Payload {
            v: 1,
            network: self.network,
            actor: self.actor,
            mandate: self.mandate,
            time,
            nonce: Nonce(nonce),
            act,
        }
    }

    /// Adds this signer's signatures.
    pub fn sign(&self, envelope: &mut Envelope) {
        for key in &self.keys {
            envelope.sign(key);
        }
    }

    /// A signed envelope; others may sign it too.
    pub fn envelope(&self, act: Act, time: UnixMillis, nonce: [u8; 16]) -> Envelope {
        let mut envelope = Envelope::unsigned(self.payload(act, time, nonce).to_bytes());
        self.sign(&mut envelope);
        envelope
    }
}

/// 128 random bits from the operating system.
pub fn random_nonce() -> Result<[u8; 16], getrandom::Error> {
    let mut nonce = [0; 16];
    getrandom::fill(&mut nonce)?;
    Ok(nonce)
}
