//! The receipt: one small JSON file that shows an operation in the book without trusting anybody.

use crate::certificate::{Certificate, CertificateError};
use crate::envelope::{Envelope, EnvelopeError};
use crate::genesis::{self, Genesis, GenesisError};
use crate::hash::{Hash, from_hex};
use crate::header::Header;
use crate::json::{self, JsonError};
use crate::limits;
use crate::log;
use crate::map::MapProof;
use serde::{Deserialize, Serialize};

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
    /// The exact genesis text, base64: it names the validators.
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
    /// The genesis that names the validators.
    pub genesis: Genesis,
    /// The certified header.
    pub header: Header,
    /// Valid signatures of validators.
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
    #[error("the block is not final: {0}")]
    Certificate(#[from] CertificateError),
    /// Step 4.
    #[error("the operation is malformed: {0}")]
    Operation(#[from] EnvelopeError),
    /// Step 4.
    #[error("the operation is not in the log at this place: it or its path was changed")]
    Inclusion,
    /// Step 5.
    #[error("the signature of key {0} on the operation is wrong")]
    Signature(crate::keys::PublicKey),
    /// Step 6.
    #[error("the state entry {0} is not what the block says")]
    State(String),
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
            ReceiptError::Certificate(_) => "certificate",
            ReceiptError::Operation(_) => "operation",
            ReceiptError::Inclusion => "inclusion",
            ReceiptError::Signature(_) => "signature",
            ReceiptError::State(_) => "state",
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
        Ok(receipt)
    }

    /// Checks every step; the steps are numbered in the crate's documentation.
    pub fn check(&self) -> Result<Proven, ReceiptError> {
        let genesis = self.check_genesis()?;
        let (header, validators_signed) = self.check_header(&genesis)?;
        let envelope = self.check_operation(&header)?;
        for entry in &self.state {
            let value = entry.value.as_ref().map(String::as_bytes);
            if !entry.proof.verify(&header.state_root, &entry.key, value) {
                return Err(ReceiptError::State(entry.key.clone()));
            }
        }
        let operation = envelope.id();
        Ok(Proven { genesis, header, validators_signed, envelope, operation })
    }

    fn check_genesis(&self) -> Result<Genesis, ReceiptError> {
        use base64::Engine as _;
        let engine = base64::engine::general_purpose::STANDARD;
        let text = engine.decode(&self.genesis).map_err(|_| ReceiptError::Network)?;
        if genesis::network_id(&text) != self.network {
            return Err(ReceiptError::Network);
        }
        Ok(Genesis::from_bytes(&text)?)
    }

    fn check_header(&self, genesis: &Genesis) -> Result<(Header, u64), ReceiptError> {
        let bytes = from_hex(&self.header).ok_or(ReceiptError::Header)?;
        let header = Header::from_bytes(&bytes).ok_or(ReceiptError::Header)?;
        if header.network != self.network {
            return Err(ReceiptError::HeaderNetwork);
        }
        let bytes = from_hex(&self.certificate).ok_or(CertificateError::Malformed)?;
        let certificate = Certificate::from_bytes(&bytes)?;
        if certificate.digest != header.digest() {
            return Err(ReceiptError::HeaderDigest);
        }
        let signed = certificate.verify(&self.network, &genesis.committee())?;
        Ok((header, signed))
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
