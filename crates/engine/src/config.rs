//! What an engine needs to start, and why it may refuse.

use crate::committee::Committee;
use crate::{Ledger, keys};
use bytes::Bytes;
use commonware_codec::Decode as _;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Finalization;
use commonware_cryptography::certificate::Verifier as _;
use commonware_cryptography::ed25519;
use commonware_cryptography::sha256::Digest;
use std::net::SocketAddr;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;
use weal_proof::keys::SecretKey;
use weal_proof::{Hash, Header, limits};

/// The longest body any network may allow: it must cross the wire in one message, and every
/// validator holds a few of them in memory.
pub(crate) const BODY_BYTES_MAX: usize = 64 << 20;

/// Far below what timeouts derived from it could overflow.
const HEARTBEAT_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// How one validator takes part.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the archive and the vote journal live; only this engine may use it.
    pub directory: PathBuf,
    /// The validator's key: it votes, proposes and connects with it.
    pub key: SecretKey,
    /// The network's id.
    pub network: Hash,
    /// Blocks of one epoch, the same for ever and on every validator.
    pub epoch_blocks: NonZeroU64,
    /// Where to begin instead of genesis: the certificate of an epoch's last block, that the ledger
    /// has taken already.
    pub floor: Option<Vec<u8>>,
    /// Where to accept the other validators.
    pub listen: SocketAddr,
    /// Validators this process has room to connect with.
    pub peers_max: NonZeroUsize,
    /// The longest silence: without anything to say the leader makes an empty block after it.
    /// Among several validators, a leader that is gone is waited for a little longer than this.
    pub heartbeat: Duration,
    /// The longest body of a block, the same on every validator, never less than before.
    pub body_bytes_max: usize,
}

/// Why an engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// None, too many, repeated or invalid keys.
    #[error("a committee is 1 to {max} distinct valid keys", max = limits::VALIDATORS)]
    Committee,
    /// The validator's own key is unusable.
    #[error("the validator's key is not usable")]
    Key,
    /// The place to begin at is no certificate.
    #[error("the certificate of the block to begin at is malformed")]
    Floor,
    /// The first block is not a first block of this network.
    #[error("the ledger's genesis is not the empty block of height 0 of this network")]
    Genesis,
    /// The limit of a body is out of range.
    #[error("a body may be limited to at most {BODY_BYTES_MAX} bytes, not to {0}")]
    Body(usize),
    /// The heartbeat is nothing, or so long that nobody would notice a dead engine.
    #[error("a heartbeat lasts up to a day, and longer than nothing")]
    Heartbeat,
    /// Another process uses the directory.
    #[error("another engine uses this directory")]
    Occupied,
    /// The directory cannot be used.
    #[error("the engine's directory cannot be used: {0}")]
    Directory(#[source] std::io::Error),
    /// The address to listen on is taken or not this machine's.
    #[error("the engine cannot listen: {0}")]
    Listen(#[source] std::io::Error),
    /// The system gives no thread.
    #[error("the engine's thread cannot be started: {0}")]
    Thread(#[source] std::io::Error),
    /// The engine stopped before it was ready.
    #[error("the engine stopped while starting: {0}")]
    Stopped(String),
}

/// A checked configuration in the words of the consensus library.
#[derive(Clone)]
pub struct Plan {
    pub(crate) config: Config,
    pub(crate) genesis: Header,
    pub(crate) signer: ed25519::PrivateKey,
    pub(crate) floor: Option<Finalization<Scheme, Digest>>,
    /// Where consensus starts in an archive that was filled from elsewhere.
    pub(crate) resume: Option<Finalization<Scheme, Digest>>,
}

impl Plan {
    /// Checks everything that can be checked before a file or a socket is opened.
    pub fn new(config: Config, ledger: &dyn Ledger) -> Result<Self, EngineError> {
        if config.body_bytes_max > BODY_BYTES_MAX {
            return Err(EngineError::Body(config.body_bytes_max));
        }
        if config.heartbeat.is_zero() || config.heartbeat > HEARTBEAT_MAX {
            return Err(EngineError::Heartbeat);
        }
        let genesis = ledger.genesis();
        let empty = genesis.height == 0 && genesis.body == Hash::of(&[]);
        if !empty || genesis.network != config.network {
            return Err(EngineError::Genesis);
        }
        let first = ledger.applied().saturating_add(1) / config.epoch_blocks;
        let committee = ledger.committee(first).ok_or(EngineError::Committee)?;
        Committee::new(&committee, config.peers_max).map_err(|_| EngineError::Committee)?;
        let signer = keys::signer(&config.key).ok_or(EngineError::Key)?;
        let floor = config.floor.as_ref().map(|bytes| {
            let unbounded = Scheme::certificate_codec_config_unbounded();
            Finalization::decode_cfg(Bytes::copy_from_slice(bytes), &unbounded)
        });
        let floor = floor.transpose().map_err(|_| EngineError::Floor)?;
        Ok(Plan { config, genesis, signer, floor, resume: None })
    }
}
