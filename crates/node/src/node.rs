//! A node: opens a directory, takes part in ordering, and answers.

use crate::chain::Chain;
use crate::checker::Checker;
use crate::directory::{Directory, DirectoryError};
use crate::follower::{Feed, Follower};
use crate::hashes::Hashes;
use crate::pool::{Admission, Full};
use crate::room::Room;
use crate::snapshot::{self, Snapshot};
use crate::{limits, receipts};
use futures::channel::oneshot;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use weal_engine::{Engine, EngineError};
use weal_kernel::operation::Signed;
use weal_kernel::units::UnixMillis;
use weal_kernel::{Refusal, Refused, State};
use weal_proof::genesis::committee_hash;
use weal_proof::keys::{PublicKey, SecretKey};
use weal_proof::log::{self, Frontier};
use weal_proof::receipt::StateEntry;
use weal_proof::{Hash, Header, Receipt};

pub use crate::pool::Outcome;

/// How a node takes part.
pub struct Config {
    /// Its directory.
    pub directory: Directory,
    /// The validator's key.
    pub key: SecretKey,
    /// Where it listens for other validators.
    pub listen: SocketAddr,
    /// Where the other validators listen.
    pub peers: BTreeMap<PublicKey, SocketAddr>,
    /// The longest silence before an empty block.
    pub heartbeat: Duration,
    /// Threads that check signatures.
    pub checkers: usize,
}

/// Why a node does not start or stopped.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The directory cannot be used.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The engine does not start.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Derived files cannot be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, #[source] std::io::Error),
    /// The read model cannot be used.
    #[error("the read model: {0}")]
    Follower(String),
    /// Goods or money in the saved state do not balance.
    #[error(
        "the saved state does not balance (lot {0}); remove `state/` to rebuild it from the log"
    )]
    Unbalanced(String),
}

/// Why an operation got no place in the pool.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// This sender has too many waiting.
    #[error("this sender has too many operations waiting")]
    SenderBusy,
    /// Everybody together has too many waiting.
    #[error("the node has too many operations waiting")]
    NodeBusy,
    /// The node has stopped, or its disk is nearly full.
    #[error("the node takes nothing: {0}")]
    Stopped(String),
}

/// Where the log stands.
#[derive(Debug, Clone)]
pub struct Position {
    /// Header of the last final block.
    pub header: Header,
    /// Validators that signed the newest certificate at hand.
    pub signed: u64,
    /// Height the follower has reached.
    pub followed: u64,
    /// Operations received and not yet final.
    pub waiting: u64,
}

/// A running node. Dropping it stops it.
pub struct Node {
    directory: Directory,
    chain: Arc<Chain>,
    engine: Engine,
    checker: Checker,
    room: Room,
    saver: Option<Saver>,
}

/// The thread that writes snapshots.
struct Saver {
    /// `None` ends it.
    queue: Sender<Option<Snapshot>>,
    thread: JoinHandle<()>,
}

impl Node {
    /// Starts a node; returns when all final blocks at hand are applied. `notify` is told the
    /// height whenever the follower has followed further.
    pub fn start(
        config: Config,
        follower: Box<dyn Follower>,
        notify: impl Fn(u64) + Send + 'static,
    ) -> Result<Node, NodeError> {
        let directory = config.directory;
        let followed = follower.height().map_err(NodeError::Follower)?;
        let genesis = genesis_header(&directory);
        let (start, hashes) = restore(&directory, &genesis, followed)?;
        if let Some(lot) = weal_kernel::holdings::posting::unbalanced_lots(&start.state).pop() {
            return Err(NodeError::Unbalanced(lot));
        }
        let feed = Feed::start(follower, notify).map_err(NodeError::Follower)?;
        let saver = Saver::start(directory.join("state"))
            .map_err(|e| NodeError::Io(directory.join("state"), e))?;
        let chain = Arc::new(Chain::new(genesis, start, hashes, feed, saver.queue.clone()));
        let checker = Checker::start(chain.pool.clone(), config.checkers)
            .map_err(|e| NodeError::Io(directory.path().to_owned(), e))?;
        let engine = weal_engine::Config {
            directory: directory.join("engine"),
            key: config.key,
            network: directory.network,
            committee: directory.genesis.committee(),
            listen: config.listen,
            peers: config.peers,
            heartbeat: config.heartbeat,
            body_bytes_max: limits::BODY_BYTES,
        };
        let engine = weal_engine::start(engine, chain.clone())?;
        let height = chain.last().header.height;
        if let Some(certificate) = engine.certificate_blocking(height) {
            chain.recall_certificate(certificate);
        }
        tracing::info!(height, entries = chain.last().header.log_size, "the node is ready");
        let room = Room::new(directory.path(), limits::DISK_FREE_BYTES);
        Ok(Node { directory, chain, engine, checker, room, saver: Some(saver) })
    }

    /// Takes a signed envelope into the pool. The receiver is told what becomes of it.
    pub fn submit(&self, envelope: &[u8]) -> Result<(Hash, Pending), SubmitError> {
        if let Some(reason) = self.failed().or_else(|| self.room.shortage()) {
            return Err(SubmitError::Stopped(reason));
        }
        let signed = weal_kernel::check_shape(&self.directory.network, envelope)?;
        let id = signed.id;
        if let Some(index) = self.chain.last().state.index_of(&id) {
            return Ok((id, Pending::Before(index)));
        }
        match self.chain.pool.admit(signed) {
            Ok(Admission::New(item, told)) => {
                self.checker.push(item);
                Ok((id, Pending::Waiting(told)))
            }
            Ok(Admission::Known(told)) => Ok((id, Pending::Waiting(told))),
            Err(Full::Sender) => Err(SubmitError::SenderBusy),
            Err(Full::Everybody) => Err(SubmitError::NodeBusy),
        }
    }

    /// Judges an operation against the state now. Nothing is taken; signatures must be there.
    pub fn judge(&self, envelope: &[u8], now: UnixMillis) -> Result<Hash, Refused> {
        let signed: Signed = weal_kernel::check_shape(&self.directory.network, envelope)?;
        if let Err(key) = signed.envelope.verify() {
            return Err(Refusal::BadSignature.at("/signatures", key));
        }
        let last = self.chain.last();
        last.state.check_rights(&signed, last.header.log_size, now)?;
        Ok(signed.id)
    }

    /// Why an operation was refused, if that was lately.
    pub fn refusal(&self, id: &Hash) -> Option<Refused> {
        self.chain.pool.refusal(id)
    }

    /// Whether an operation waits to be ordered.
    pub fn is_waiting(&self, id: &Hash) -> bool {
        self.chain.pool.has(id)
    }

    /// The receipt of the operation at this place.
    pub async fn receipt(&self, index: u64, state: &[String]) -> Result<Option<Receipt>, String> {
        let genesis = &self.directory.genesis_text;
        receipts::make(&self.chain, &self.engine, genesis, index, state).await
    }

    /// An entry of the state with its proof, and the certified header it stands under.
    pub fn state_entry(&self, key: &str) -> Option<(Header, Vec<u8>, StateEntry)> {
        let newest = self.chain.certified()?;
        let entry = receipts::entry(&newest.state, key);
        Some((newest.header, newest.certificate, entry))
    }

    /// Where the log stands.
    pub fn position(&self) -> Position {
        let certified = self.chain.certified();
        let certificate = certified
            .and_then(|c| weal_proof::certificate::Certificate::from_bytes(&c.certificate).ok());
        Position {
            header: self.chain.last().header,
            signed: certificate.map_or(0, |c| c.signatures.len() as u64),
            followed: self.chain.feed.height(),
            waiting: self.chain.pool.len() as u64,
        }
    }

    /// The state after the last final block.
    pub fn state(&self) -> State {
        self.chain.last().state
    }

    /// The node's directory.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Why the node stopped by itself, if it did.
    pub fn failed(&self) -> Option<String> {
        self.engine.failed().or_else(|| self.chain.feed.failed())
    }

    /// Resolves when the engine has ended.
    pub async fn ended(&self) {
        self.engine.ended().await;
    }
}

/// The answer to an operation that was taken.
#[derive(Debug)]
pub enum Pending {
    /// It had taken effect before, at this place.
    Before(u64),
    /// It waits; the receiver will be told. It is cancelled if the node stops first.
    Waiting(oneshot::Receiver<Outcome>),
}

impl Drop for Node {
    fn drop(&mut self) {
        self.engine.stop();
        if let Some(saver) = self.saver.take() {
            // A clean stop saves the state, so that the next start has nothing to replay.
            let last = self.chain.last();
            if last.header.height > 0 && self.engine.failed().is_none() {
                let _ = saver.queue.send(Some(last));
            }
            saver.stop();
        }
    }
}

impl Saver {
    fn start(directory: PathBuf) -> std::io::Result<Saver> {
        let (queue, given): (Sender<Option<Snapshot>>, Receiver<_>) = channel();
        let run = move || {
            while let Ok(Some(snapshot)) = given.recv() {
                let height = snapshot.header.height;
                if let Err(reason) = snapshot::save(&directory, &snapshot) {
                    tracing::warn!(height, %reason, "a snapshot could not be written");
                }
            }
        };
        let thread = std::thread::Builder::new().name("snapshots".into()).spawn(run)?;
        Ok(Saver { queue, thread })
    }

    fn stop(self) {
        let _ = self.queue.send(None);
        let _ = self.thread.join();
    }
}

/// The header of block 0.
fn genesis_header(directory: &Directory) -> Header {
    let genesis = &directory.genesis;
    let state = State::genesis(directory.network, genesis, directory.rules.clone());
    let committee = genesis.committee();
    Header {
        network: directory.network,
        height: 0,
        parent: Hash::ZERO,
        time_ms: genesis.time_ms,
        proposer: PublicKey([0; 32]),
        log_size: 0,
        log_root: log::empty_root(),
        state_root: state.root(),
        validators: committee_hash(&committee),
        body: Hash::of(&[]),
    }
}

/// The newest state from which both the state and the follower can go on.
fn restore(
    directory: &Directory,
    genesis: &Header,
    followed: u64,
) -> Result<(Snapshot, Hashes), NodeError> {
    let path = directory.join("log");
    let (network, rules) = (directory.network, &directory.rules);
    if let Some(snapshot) = snapshot::load(&directory.join("state"), network, rules, followed) {
        let header = &snapshot.header;
        match Hashes::open(&path, header.log_size, header.height) {
            Ok(hashes) => return Ok((snapshot, hashes)),
            Err(reason) => tracing::warn!(%reason, "the log's hashes are rebuilt from the archive"),
        }
    }
    let hashes = Hashes::open(&path, 0, 0).map_err(|e| NodeError::Io(path, e))?;
    let state = State::genesis(network, &directory.genesis, rules.clone());
    let start = Snapshot { header: genesis.clone(), frontier: Frontier::default(), state };
    Ok((start, hashes))
}
