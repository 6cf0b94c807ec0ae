//! The file that convicts keepers of telling two stories: two final blocks that cannot both be.
//!
//! The check, as a numbered program:
//! 1. The genesis text hashes to the network id, and each change of the validators holds.
//! 2. Each of two headers names that network and was made final by the validators in force.
//! 3. Both are of one epoch, so that one set answers for both.
//! 4. They contradict each other: two blocks of one height, or two heads of a log of one size.
//!
//! Then at least `n - 2 * floor((n - 1) / 3)` of the `n` validators broke the rules. Who they are:
//! 1. Whoever signed both blocks in one view: nobody who keeps the rules votes twice in a view.
//! 2. If there are two views, so many of those who signed the block of the lower view: to go on
//!    without a block, one must withdraw the view in which one has just made it final. Who also
//!    signed the other block may have been deceived by them, unless all broke the rules.

use crate::certificate::{Certificate, quorum};
use crate::genesis::Genesis;
use crate::hash::Hash;
use crate::header::Header;
use crate::json::{self, JsonError};
use crate::keys::PublicKey;
use crate::limits;
use crate::receipt::{self, Receipt, ReceiptError};
use crate::sets::{SetChange, Sets};
use serde::{Deserialize, Serialize};

/// The format this code reads and writes.
pub const FORMAT: &str = "commonweal-conviction-v1";

/// A conviction as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conviction {
    /// Always `commonweal-conviction-v1`.
    pub format: String,
    /// The network's id.
    pub network: Hash,
    /// The exact genesis text, base64.
    pub genesis: String,
    /// The two headers, in any order.
    pub headers: Vec<CertifiedHeader>,
    /// The changes of the validators up to the two blocks, as in a receipt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<SetChange>,
}

/// A header that was made final.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedHeader {
    /// The 256 bytes, hex.
    pub header: String,
    /// The certificate over them, hex.
    pub certificate: String,
}

/// Why the two headers cannot both be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// They are two blocks of one height.
    Height,
    /// They give two heads to a log of one size.
    LogSize,
}

/// What a good conviction proves.
#[derive(Debug, Clone)]
pub struct Convicted {
    /// The genesis text of the book.
    pub genesis: Genesis,
    /// The headers in the order of the file.
    pub headers: [Header; 2],
    /// What is wrong with them.
    pub contradiction: Contradiction,
    /// The set that answers for both, sorted bytewise.
    pub validators: Vec<PublicKey>,
    /// Keys whose valid signatures stand under both, sorted bytewise.
    pub signed_both: Vec<PublicKey>,
    /// Whether each of those broke the rules, beyond excuse.
    pub each: bool,
    /// At least so many of the validators broke the rules.
    pub at_least: u64,
}

/// Why a file convicts nobody.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ConvictionError {
    /// The file is not strict JSON.
    #[error("the file is not a conviction: {0}")]
    Json(#[from] JsonError),
    /// The file is strict JSON of another shape.
    #[error("the file is not a conviction: {0}")]
    Shape(String),
    /// Step 1.
    #[error(transparent)]
    Book(#[from] ReceiptError),
    /// Step 2.
    #[error("header {0}: {1}")]
    Header(usize, ReceiptError),
    /// Step 3.
    #[error("the headers are of two epochs, so nobody need answer for both")]
    Epochs,
    /// Step 4.
    #[error("the headers do not contradict each other")]
    Agree,
}

impl ConvictionError {
    /// A short code that never changes.
    pub fn code(&self) -> &'static str {
        match self {
            ConvictionError::Json(_) => "json",
            ConvictionError::Shape(_) => "shape",
            ConvictionError::Book(error) | ConvictionError::Header(_, error) => error.code(),
            ConvictionError::Epochs => "epochs",
            ConvictionError::Agree => "agree",
        }
    }
}

impl Conviction {
    /// Puts the blocks of two receipts against each other; [`Conviction::check`] says if it holds.
    pub fn between(one: &Receipt, other: &Receipt) -> Self {
        let certified = |receipt: &Receipt| CertifiedHeader {
            header: receipt.header.clone(),
            certificate: receipt.certificate.clone(),
        };
        Conviction {
            format: FORMAT.into(),
            network: one.network,
            genesis: one.genesis.clone(),
            headers: vec![certified(one), certified(other)],
            sets: one.sets.clone(),
        }
    }

    /// Whether bytes name this format, so that a reader can tell which check is meant.
    pub fn is_meant(bytes: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Head {
            format: String,
        }
        let small = bytes.len() <= limits::CONVICTION_BYTES;
        small && serde_json::from_slice::<Head>(bytes).is_ok_and(|head| head.format == FORMAT)
    }

    /// Reads a conviction file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ConvictionError> {
        let shape = |reason: &str| Err(ConvictionError::Shape(reason.into()));
        if bytes.len() > limits::CONVICTION_BYTES {
            return shape("the file is too long");
        }
        json::check(bytes)?;
        let conviction: Conviction =
            serde_json::from_slice(bytes).map_err(|e| ConvictionError::Shape(e.to_string()))?;
        if conviction.format != FORMAT {
            return shape("the format is another");
        }
        if conviction.headers.len() != 2 {
            return shape("two headers are needed");
        }
        if conviction.sets.len() > limits::RECEIPT_SETS {
            return shape("too many changes of the validators");
        }
        Ok(conviction)
    }

    /// Checks every step; the steps are numbered in the module's documentation.
    pub fn check(&self) -> Result<Convicted, ConvictionError> {
        let genesis = receipt::decode_genesis(&self.genesis, &self.network)?;
        let sets = Sets::follow(&self.network, &genesis, &self.sets)
            .map_err(|(position, error)| ReceiptError::Sets(position, error))?;
        let [one, other] = self.headers.as_slice() else {
            return Err(ConvictionError::Shape("two headers are needed".into()));
        };
        let one = self.final_block(&genesis, &sets, one);
        let other = self.final_block(&genesis, &sets, other);
        let one = one.map_err(|error| ConvictionError::Header(1, error))?;
        let other = other.map_err(|error| ConvictionError::Header(2, error))?;
        if one.certificate.epoch != other.certificate.epoch {
            return Err(ConvictionError::Epochs);
        }
        let contradiction = contradiction(&one.header, &other.header)?;
        let mut signed_both = one.signers;
        signed_both.retain(|key| other.signers.contains(key));
        let validators = sets.at(one.certificate.epoch).to_vec();
        let members = u64::try_from(validators.len()).unwrap_or(0);
        let common = quorum(members).saturating_mul(2).saturating_sub(members);
        let each = one.certificate.view == other.certificate.view || common == members;
        let both = u64::try_from(signed_both.len()).unwrap_or(0);
        let at_least = if each { both } else { common };
        let headers = [one.header, other.header];
        Ok(Convicted { genesis, headers, contradiction, validators, signed_both, each, at_least })
    }

    /// Step 2. What the header says of the next validators is of no account here: a false block
    /// need not be a good one.
    fn final_block(
        &self,
        genesis: &Genesis,
        sets: &Sets,
        block: &CertifiedHeader,
    ) -> Result<FinalBlock, ReceiptError> {
        let (header, certificate) =
            receipt::read_block(&self.network, &block.header, &block.certificate)?;
        let signers = receipt::check_votes(genesis, sets, &header, &certificate)?;
        Ok(FinalBlock { header, certificate, signers })
    }
}

struct FinalBlock {
    header: Header,
    certificate: Certificate,
    signers: Vec<PublicKey>,
}

fn contradiction(one: &Header, other: &Header) -> Result<Contradiction, ConvictionError> {
    if one.height == other.height && one != other {
        return Ok(Contradiction::Height);
    }
    if one.log_size == other.log_size && one.log_root != other.log_root {
        return Ok(Contradiction::LogSize);
    }
    Err(ConvictionError::Agree)
}
