//! What an engine needs to start, and why it may refuse.

use crate::{Ledger, keys};
use commonware_cryptography::ed25519;
use commonware_p2p::Address;
use commonware_utils::TryCollect;
use commonware_utils::ordered::{Map, Set};
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;
use weal_proof::keys::{PublicKey, SecretKey};
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
    /// The keys of all validators, in any order.
    pub committee: Vec<PublicKey>,
    /// Where to accept the other validators.
    pub listen: SocketAddr,
    /// Where the other validators accept; one's own address is not needed.
    pub peers: BTreeMap<PublicKey, SocketAddr>,
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
    /// The key belongs to no validator.
    #[error("the key {0} is not in the committee")]
    NotAMember(PublicKey),
    /// A validator without an address.
    #[error("there is no address for the validator {0}")]
    Address(PublicKey),
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
pub(crate) struct Plan {
    pub(crate) config: Config,
    pub(crate) genesis: Header,
    pub(crate) signer: ed25519::PrivateKey,
    pub(crate) committee: Set<ed25519::PublicKey>,
    pub(crate) addresses: Map<ed25519::PublicKey, Address>,
}

impl Plan {
    /// Checks everything that can be checked before a file or a socket is opened.
    pub(crate) fn new(config: Config, ledger: &dyn Ledger) -> Result<Self, EngineError> {
        let me = config.key.public();
        let distinct: BTreeSet<_> = config.committee.iter().copied().collect();
        let count = config.committee.len();
        if count == 0 || count > limits::VALIDATORS || distinct.len() != count {
            return Err(EngineError::Committee);
        }
        if !distinct.contains(&me) {
            return Err(EngineError::NotAMember(me));
        }
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
        let mut addresses = Vec::with_capacity(count);
        for key in &distinct {
            let own = (*key == me).then_some(&config.listen);
            let address = config.peers.get(key).or(own).ok_or(EngineError::Address(*key))?;
            let member = keys::member(key).ok_or(EngineError::Committee)?;
            addresses.push((member, Address::from(*address)));
        }
        let members = addresses.iter().map(|(member, _)| member.clone());
        let committee = members.try_collect().map_err(|_| EngineError::Committee)?;
        let addresses = addresses.into_iter().try_collect().map_err(|_| EngineError::Committee)?;
        let signer = keys::signer(&config.key).ok_or(EngineError::NotAMember(me))?;
        Ok(Plan { config, genesis, signer, committee, addresses })
    }

    /// How many validators there are, at least one.
    pub(crate) fn members(&self) -> NonZeroUsize {
        NonZeroUsize::new(self.config.committee.len()).unwrap_or(NonZeroUsize::MIN)
    }
}
