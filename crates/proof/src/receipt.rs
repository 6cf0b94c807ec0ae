//! The receipt: one small JSON file that shows an operation in the book without trusting anybody.

use crate::certificate::{Certificate, CertificateError};
use crate::envelope::{Envelope, EnvelopeError};
use crate::genesis::{self, Genesis, GenesisError};
use crate::hash::{Hash, from_hex};
use crate::header::Header;
use crate::json::{self, JsonError};
use crate::keys::PublicKey;
use crate::limits;
use crate::log;
use crate::map::MapProof;
use crate::sets::{ChangeError, SetChange, Sets};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// The format this code reads and writes.
pub const FORMAT: &str = "commonweal-receipt-v1";

/// A receipt as it stands in a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Always `commonweal-receipt-v1`.
    pub format: String,
    /// The network's id: compare it with the one you know.
    pub network: Hash,
    /// The exact genesis text, base64: it names the first validators.
    pub genesis: String,
    /// The operation's envelope, as it stands in the log.
    pub operation: Box<serde_json::value::RawValue>,
    /// Its place in the log, counted from 0.
    pub index: u64,
    /// The way from the operation to the log root.
    pub inclusion: Vec<Hash>,
    /// The 256 bytes of a block header, hex.
    pub header: String,
    /// The finality certificate over that header, hex.
    pub certificate: String,
    /// Entries of the state at that block, each with its proof.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<StateEntry>,
    /// The ends of epochs at which the validators changed, from the genesis text to this block.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<SetChange>,
}

/// One entry of the state, or the proof that there is none.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateEntry {
    /// The entry's name, as in `spec/proofs.md`.
    pub key: String,
    /// Its value, or `null` if there is no such entry.
    pub value: Option<String>,
    /// The way to the state root.
    pub proof: MapProof,
}

/// What a good receipt proves.
#[derive(Debug, Clone)]
pub struct Proven {
    /// The genesis that names the first validators.
    pub genesis: Genesis,
    /// The certified header.
    pub header: Header,
    /// All sets of validators from the first to the one in force.
    pub sets: Sets,
    /// The validators in force at the block, sorted bytewise.
    pub validators: Vec<PublicKey>,
    /// How many of them signed it.
    pub validators_signed: u64,
    /// The operation.
    pub envelope: Envelope,
    /// Its id.
    pub operation: Hash,
}

/// Which step of the check failed, and why.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReceiptError {
    /// The file is not strict JSON.
    #[error("the file is not a receipt: {0}")]
    Json(#[from] JsonError),
    /// The file is strict JSON of another shape.
    #[error("the file is not a receipt: {0}")]
    Shape(String),
    /// Step 1.
    #[error("the genesis text is not that of the network named")]
    Network,
    /// Step 1.
    #[error("the genesis text is malformed: {0}")]
    Genesis(#[from] GenesisError),
    /// Step 2.
    #[error("the block header is malformed")]
    Header,
    /// Step 2.
    #[error("the block header belongs to another network")]
    HeaderNetwork,
    /// Step 2.
    #[error("the certificate is about another block than the header")]
    HeaderDigest,
    /// Step 3.
    #[error("change {0} of the validators does not hold: {1}")]
    Sets(usize, ChangeError),
    /// Step 4.
    #[error("the certificate is of epoch {found}, the block of epoch {expected}")]
    Epoch {
        /// What the certificate says.
        found: u64,
        /// What follows from the block's height.
        expected: u64,
    },
    /// Step 4.
    #[error("the block is not final: {0}")]
    Certificate(#[from] CertificateError),
    /// Step 4.
    #[error("the block names other validators than those in force, in the middle of an epoch")]
    Validators,
    /// Step 5.
    #[error("the operation is malformed: {0}")]
    Operation(#[from] EnvelopeError),
    /// Step 5.
    #[error("the operation is not in the log at this place: it or its path was changed")]
    Inclusion,
    /// Step 6.
    #[error("the signature of key {0} on the operation is wrong")]
    Signature(PublicKey),
    /// Step 7.
    #[error("the state entry {0} is not what the block says")]
    State(String),
    /// Only where an earlier receipt is at hand.
    #[error("the earlier receipt tells another story: {0}")]
    Since(#[from] SinceError),
}

/// How a receipt breaks with an earlier one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SinceError {
    /// The earlier one proves nothing.
    #[error("it does not hold by itself ({0})")]
    Earlier(Box<ReceiptError>),
    /// They are of two books.
    #[error("it is of another book")]
    Network,
    /// They know other validators for the same epoch.
    #[error("it knows other validators for epoch {0}")]
    Sets(u64),
    /// They know two blocks of one height.
    #[error("it knows another block {0}")]
    Block(u64),
}

impl ReceiptError {
    /// A short code that never changes: the same in every implementation and in `spec/vectors`.
    pub fn code(&self) -> &'static str {
        match self {
            ReceiptError::Json(_) => "json",
            ReceiptError::Shape(_) => "shape",
            ReceiptError::Network => "network",
            ReceiptError::Genesis(_) => "genesis",
            ReceiptError::Header => "header",
            ReceiptError::HeaderNetwork => "header-network",
            ReceiptError::HeaderDigest => "header-digest",
            ReceiptError::Sets(..) => "sets",
            ReceiptError::Epoch { .. } => "epoch",
            ReceiptError::Certificate(_) => "certificate",
            ReceiptError::Validators => "validators",
            ReceiptError::Operation(_) => "operation",
            ReceiptError::Inclusion => "inclusion",
            ReceiptError::Signature(_) => "signature",
            ReceiptError::State(_) => "state",
            ReceiptError::Since(_) => "since",
        }
    }
}

impl Receipt {
    /// Reads a receipt file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReceiptError> {
        if bytes.len() > limits::RECEIPT_BYTES {
            return Err(ReceiptError::Shape("the file is too long".into()));
        }
        json::check(bytes)?;
        let receipt: Receipt =
            serde_json::from_slice(bytes).map_err(|e| ReceiptError::Shape(e.to_string()))?;
        if receipt.format != FORMAT {
            return Err(ReceiptError::Shape(format!("the format is not {FORMAT}")));
        }
        if receipt.state.len() > limits::RECEIPT_STATE_ENTRIES {
            return Err(ReceiptError::Shape("too many state entries".into()));
        }
        if receipt.sets.len() > limits::RECEIPT_SETS {
            return Err(ReceiptError::Shape("too many changes of the validators".into()));
        }
        Ok(receipt)
    }

    /// Checks every step; the steps are numbered in the crate's documentation.
    pub fn check(&self) -> Result<Proven, ReceiptError> {
        let genesis = decode_genesis(&self.genesis, &self.network)?;
        let (header, certificate) = read_block(&self.network, &self.header, &self.certificate)?;
        let sets = self.check_sets(&genesis, &header)?;
        let signers = check_block(&genesis, &sets, &header, &certificate)?;
        let envelope = self.check_operation(&header)?;
        for entry in &self.state {
            let value = entry.value.as_ref().map(String::as_bytes);
            if !entry.proof.verify(&header.state_root, &entry.key, value) {
                return Err(ReceiptError::State(entry.key.clone()));
            }
        }
        let (operation, validators) = (envelope.id(), sets.last().to_vec());
        let validators_signed = u64::try_from(signers.len()).unwrap_or(0);
        Ok(Proven { genesis, header, sets, validators, validators_signed, envelope, operation })
    }

    /// Checks this receipt and that it is of the same history as one that was checked before:
    /// whoever has left the validators and sells his keys can forge the first, not the second.
    pub fn check_after(&self, earlier: &Receipt) -> Result<Proven, ReceiptError> {
        let now = self.check()?;
        let before = earlier.check().map_err(|error| SinceError::Earlier(Box::new(error)))?;
        now.agrees_with(&before)?;
        Ok(now)
    }

    fn check_sets(&self, genesis: &Genesis, header: &Header) -> Result<Sets, ReceiptError> {
        let sets = Sets::follow(&self.network, genesis, &self.sets)
            .map_err(|(position, error)| ReceiptError::Sets(position, error))?;
        if sets.height().is_some_and(|last| last >= header.height) {
            return Err(ReceiptError::Sets(self.sets.len(), ChangeError::Order));
        }
        Ok(sets)
    }

    fn check_operation(&self, header: &Header) -> Result<Envelope, ReceiptError> {
        let envelope = Envelope::from_bytes(self.operation.get().as_bytes())?;
        let leaf = log::leaf_hash(&envelope.to_bytes());
        let (size, root) = (header.log_size, &header.log_root);
        if !log::verify_inclusion(leaf, self.index, size, &self.inclusion, root) {
            return Err(ReceiptError::Inclusion);
        }
        // The log holds nothing unsigned, so a receipt without a signature proves nothing.
        if envelope.signatures().is_empty() {
            return Err(ReceiptError::Operation(EnvelopeError::Signatures));
        }
        envelope.verify().map_err(ReceiptError::Signature)?;
        Ok(envelope)
    }
}

impl Proven {
    /// Whether another good receipt tells the same history, as far as both reach.
    pub fn agrees_with(&self, other: &Proven) -> Result<(), SinceError> {
        if self.header.network != other.header.network {
            return Err(SinceError::Network);
        }
        let height = self.header.height.min(other.header.height);
        let epoch = self.genesis.epoch(height);
        if let Some(epoch) = self.sets.first_difference(&other.sets, epoch) {
            return Err(SinceError::Sets(epoch));
        }
        match self.header.height.cmp(&other.header.height) {
            Ordering::Less => self.continues_in(other),
            Ordering::Greater => other.continues_in(self),
            Ordering::Equal if self.header != other.header => Err(SinceError::Block(height)),
            Ordering::Equal => Ok(()),
        }
    }

    /// A last block of an epoch has already named those of the next.
    fn continues_in(&self, later: &Proven) -> Result<(), SinceError> {
        let next = self.genesis.epoch(self.header.height).saturating_add(1);
        let named = self.genesis.ends_epoch(self.header.height)
            && later.genesis.epoch(later.header.height) >= next;
        if named && genesis::committee_hash(later.sets.at(next)) != self.header.validators {
            return Err(SinceError::Sets(next));
        }
        Ok(())
    }
}

/// Step 1: the genesis text of the network named.
pub(crate) fn decode_genesis(text: &str, network: &Hash) -> Result<Genesis, ReceiptError> {
    use base64::Engine as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let text = engine.decode(text).map_err(|_| ReceiptError::Network)?;
    if genesis::network_id(&text) != *network {
        return Err(ReceiptError::Network);
    }
    Ok(Genesis::from_bytes(&text)?)
}

/// Step 2: a header of this network, and a certificate about it.
pub(crate) fn read_block(
    network: &Hash,
    header: &str,
    certificate: &str,
) -> Result<(Header, Certificate), ReceiptError> {
    let bytes = from_hex(header).ok_or(ReceiptError::Header)?;
    let header = Header::from_bytes(&bytes).ok_or(ReceiptError::Header)?;
    if header.network != *network {
        return Err(ReceiptError::HeaderNetwork);
    }
    let bytes = from_hex(certificate).ok_or(CertificateError::Malformed)?;
    let certificate = Certificate::from_bytes(&bytes)?;
    if certificate.digest != header.digest() {
        return Err(ReceiptError::HeaderDigest);
    }
    Ok((header, certificate))
}

/// Step 4: those in force made the block final, and none but them may do so next.
fn check_block(
    genesis: &Genesis,
    sets: &Sets,
    header: &Header,
    certificate: &Certificate,
) -> Result<Vec<PublicKey>, ReceiptError> {
    let signers = check_votes(genesis, sets, header, certificate)?;
    let committee = sets.at(certificate.epoch);
    let same = header.validators == genesis::committee_hash(committee);
    if !same && !genesis.ends_epoch(header.height) {
        return Err(ReceiptError::Validators);
    }
    Ok(signers)
}

/// Who of the validators in force at the block signed the certificate, if they are enough.
pub(crate) fn check_votes(
    genesis: &Genesis,
    sets: &Sets,
    header: &Header,
    certificate: &Certificate,
) -> Result<Vec<PublicKey>, ReceiptError> {
    let (found, expected) = (certificate.epoch, genesis.epoch(header.height));
    if found != expected {
        return Err(ReceiptError::Epoch { found, expected });
    }
    Ok(certificate.signers(&header.network, sets.at(expected))?)
}
