//! A node: opens a directory, takes part in ordering or mirrors those who do, and answers.

use crate::archive::Archive;
use crate::chain::{Chain, Outlets, Pending, SubmitError};
use crate::checker::Checker;
use crate::directory::{Directory, DirectoryError};
use crate::evidence::{self, Contradiction};
use crate::follower::{Feed, Follower};
use crate::hashes::Hashes;
use crate::memory::{Memory, MemoryReading};
use crate::mirror::{End, Mirror, Source, Trouble};
use crate::overdue::Overdue;
use crate::pool::{Ingress, Item, Pool};
use crate::room::Room;
use crate::snapshot::{self, Snapshot};
use crate::sponsor::{self, Welcome};
use crate::stall::Stall;
use crate::store::{Sealed, Store};
use crate::tiles::{self, Damaged, SignedCheckpoint};
use crate::{limits, receipts, sets, voter};
use bytes::Bytes;
use futures::channel::oneshot;
use futures::executor::block_on;
use futures::future::{FutureExt as _, Shared};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use weal_engine::{Engine, EngineError, Heard};
use weal_kernel::operation::Signed;
use weal_kernel::units::UnixMillis;
use weal_kernel::{Refusal, Refused, State};
use weal_proof::genesis::committee_hash;
use weal_proof::keys::{PublicKey, SecretKey};
use weal_proof::log::{self, Frontier};
use weal_proof::receipt::StateEntry;
use weal_proof::sets::SetChange;
use weal_proof::{Hash, Header, Receipt};

/// How a node takes part.
pub struct Config {
    /// Its directory.
    pub directory: Directory,
    /// The validator's key; a mirror has one, too, so that it can be chosen.
    pub key: SecretKey,
    /// Where it listens for other validators.
    pub listen: SocketAddr,
    /// The longest silence before an empty block.
    pub heartbeat: Duration,
    /// Threads that check signatures.
    pub checkers: usize,
    /// The node to follow while this one is no validator.
    pub upstream: Option<Box<dyn Source>>,
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
    /// What the mirror stored cannot be executed.
    #[error("the mirrored blocks cannot be used: {0}; remove `mirror/`, `state/` and `log/`")]
    Mirror(String),
    /// The votes in the directory are another key's.
    #[error(
        "the votes in this directory are of key {was}, and `validator.key` is now {is}: put the \
         old key back, or begin an empty directory with `weal node follow` and ask for the new key \
         with `weal network rekey`"
    )]
    AnotherVoter {
        /// Whose votes they are.
        was: String,
        /// The key now.
        is: PublicKey,
    },
    /// The key is no validator's, and there is nobody to follow.
    #[error("this node's key {0} is not among the validators: name a node to follow with `--from`")]
    Stranger(PublicKey),
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
    /// For how long the oldest of them has waited.
    pub oldest_wait: Duration,
}

/// What keeps the book with this node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether this node votes, in this epoch.
    pub votes: bool,
    /// Whether this node follows another one.
    pub mirrors: bool,
    /// This node's key.
    pub key: PublicKey,
    /// The last vote of each validator that was heard.
    pub heard: BTreeMap<PublicKey, Heard>,
    /// What keeps a mirror from following.
    pub trouble: Option<String>,
    /// For how long already.
    pub troubled: Duration,
}

/// A running node. Dropping it stops it.
pub struct Node {
    directory: Directory,
    key: PublicKey,
    signer: SecretKey,
    chain: Arc<Chain>,
    feed: Arc<Feed>,
    archive: Archive,
    evidence: Arc<evidence::Archive>,
    scarce: Arc<Scarce>,
    failure: Arc<Mutex<Option<String>>>,
    trouble: Arc<Trouble>,
    stall: Arc<Stall>,
    mirrors: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    over: Shared<oneshot::Receiver<()>>,
    threads: Vec<JoinHandle<()>>,
    checker: Option<Checker>,
    saver: Option<Saver>,
}

/// What a node may run out of.
struct Scarce {
    room: Room,
    memory: Memory,
}

impl Scarce {
    fn shortage(&self) -> Option<String> {
        self.room.shortage().or_else(|| self.memory.shortage())
    }
}

/// The thread that writes snapshots.
struct Saver {
    /// `None` ends it.
    queue: Sender<Option<Snapshot>>,
    thread: JoinHandle<()>,
}

/// Hands operations on to others: to the other validators, or to the node that is followed.
type Outbox = Arc<Mutex<Option<Box<dyn FnMut(Bytes) + Send>>>>;

impl Node {
    /// Starts a node; returns when all final blocks at hand are applied. `notify` is told the
    /// height whenever the follower has followed further.
    pub fn start(
        config: Config,
        follower: Box<dyn Follower>,
        notify: impl Fn(u64) + Send + 'static,
    ) -> Result<Node, NodeError> {
        let directory = config.directory.clone();
        let at = |name: &str| directory.join(name);
        let followed = follower.height().map_err(NodeError::Follower)?;
        let genesis = genesis_header(&directory);
        let store = open_store(&directory, config.upstream.is_some())?;
        // A mirror whose disk lost its newest blocks begins where it still has them.
        let lost = store.as_ref().filter(|_| !at("mirror/floor").exists());
        let begin = lost.map_or(followed, |store| store.height().min(followed));
        let (start, hashes) = restore(&directory, &genesis, begin)?;
        if let Some(lot) = weal_kernel::holdings::posting::unbalanced_lots(&start.state).pop() {
            return Err(NodeError::Unbalanced(lot));
        }
        let feed = Arc::new(Feed::start(follower, notify).map_err(NodeError::Follower)?);
        let saver = Saver::start(at("state")).map_err(|e| NodeError::Io(at("state"), e))?;
        let evidence = evidence::Archive::open(at("evidence"), directory.network)
            .map_err(|e| NodeError::Io(at("evidence"), e))?;
        let (pool, evidence) = (Arc::new(Pool::default()), Arc::new(evidence));
        let outbox = Outbox::default();
        let spread = outbox.clone();
        let checker = Checker::start(pool.clone(), config.checkers, move |items| {
            hand_on(&spread, items.iter().filter(|item| item.local).map(|item| &item.bytes));
        });
        let checker = checker.map_err(|e| NodeError::Io(directory.path().to_owned(), e))?;
        let outlets = outlets(&feed, &saver, &checker, &evidence);
        let genesis_text = directory.genesis.clone();
        let chain = Chain::new(genesis_text, genesis, (start, hashes), pool, outlets);
        let room = Room::new(directory.path(), limits::DISK_FREE_BYTES);
        let (end, over) = oneshot::channel();
        let mut node = Node {
            key: config.key.public(),
            signer: config.key.clone(),
            chain: Arc::new(chain),
            feed,
            archive: Archive::default(),
            evidence,
            scarce: Arc::new(Scarce { room, memory: Memory::new(Box::new(MemoryReading::now)) }),
            failure: Arc::default(),
            trouble: Arc::default(),
            stall: Arc::default(),
            mirrors: Arc::default(),
            stop: Arc::default(),
            over: over.shared(),
            threads: Vec::new(),
            checker: Some(checker),
            saver: Some(saver),
            directory,
        };
        node.join(config, store, outbox.clone(), end)?;
        node.threads.extend(repeat(&node, outbox));
        let header = node.chain.last().header;
        tracing::info!(height = header.height, entries = header.log_size, "the node is ready");
        Ok(node)
    }

    /// Begins to take part: as a mirror if there is somebody to follow, as a validator otherwise.
    fn join(
        &mut self,
        mut config: Config,
        store: Option<Arc<Store>>,
        outbox: Outbox,
        end: oneshot::Sender<()>,
    ) -> Result<(), NodeError> {
        let path = self.directory.join("mirror");
        let Some(store) = store else { return self.vote(&config, None, &outbox, end) };
        self.archive = Archive::new(Some(store.clone()));
        let mirror = Mirror {
            chain: self.chain.clone(),
            store,
            genesis: self.directory.genesis.clone(),
            me: self.key,
            stop: self.stop.clone(),
            trouble: self.trouble.clone(),
        };
        mirror.catch_up().map_err(NodeError::Mirror)?;
        let floor = path.join("floor");
        if floor.exists() {
            let floor = std::fs::read(&floor).map_err(|e| NodeError::Io(floor, e))?;
            return self.vote(&config, Some(floor), &outbox, end);
        }
        let Some(mut upstream) = config.upstream.take() else {
            return Err(NodeError::Stranger(self.key));
        };
        self.mirrors.store(true, Ordering::Relaxed);
        fill(&outbox, upstream.outbox());
        let follow = self.follower(mirror, config, outbox, end);
        let thread = std::thread::Builder::new().name("mirror".into());
        let thread = thread.spawn(move || follow(upstream));
        self.threads.push(thread.map_err(|e| NodeError::Io(path, e))?);
        Ok(())
    }

    /// What the mirror's thread does: follow, and take part in ordering once it is chosen.
    fn follower(
        &self,
        mirror: Mirror,
        config: Config,
        outbox: Outbox,
        end: oneshot::Sender<()>,
    ) -> impl FnOnce(Box<dyn Source>) + Send + 'static {
        let (failure, mirrors) = (self.failure.clone(), self.mirrors.clone());
        let (chain, archive) = (self.chain.clone(), self.archive.clone());
        let directory = self.directory.clone();
        let floor = directory.join("mirror/floor");
        move |upstream| {
            let fail = |reason: String| {
                tracing::error!(reason, "the mirror stops");
                *failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
            };
            match mirror.run(upstream) {
                End::Stopped => {}
                End::Failed(reason) => fail(reason),
                End::Chosen(certificate) => {
                    let joined = std::fs::write(&floor, &certificate)
                        .map_err(|e| e.to_string())
                        .and_then(|()| {
                            let engine = engine_config(&directory, &config, Some(certificate));
                            weal_engine::start(engine, chain).map_err(|e| e.to_string())
                        });
                    match joined {
                        Ok(engine) => {
                            tracing::info!("this node is a validator now");
                            mirrors.store(false, Ordering::Relaxed);
                            spread_with(&outbox, &engine);
                            archive.join(engine.clone());
                            block_on(engine.ended());
                        }
                        Err(reason) => fail(reason),
                    }
                }
            }
            drop(end);
        }
    }

    /// Takes part in ordering.
    fn vote(
        &mut self,
        config: &Config,
        floor: Option<Vec<u8>>,
        outbox: &Outbox,
        end: oneshot::Sender<()>,
    ) -> Result<(), NodeError> {
        voter::check(&self.directory, self.key)?;
        let engine = engine_config(&self.directory, config, floor);
        let engine = weal_engine::start(engine, self.chain.clone())?;
        let height = self.chain.last().header.height;
        if let Some(certificate) = engine.certificate_blocking(height) {
            self.chain.recall_certificate(certificate);
        }
        spread_with(outbox, &engine);
        self.archive.join(engine.clone());
        let thread = std::thread::Builder::new().name("watch".into());
        let thread = thread.spawn(move || {
            block_on(engine.ended());
            drop(end);
        });
        let path = self.directory.path().to_owned();
        self.threads.push(thread.map_err(|e| NodeError::Io(path, e))?);
        Ok(())
    }

    /// Takes a signed envelope into the pool. The receiver is told what becomes of it.
    pub fn submit(&self, envelope: &[u8]) -> Result<(Hash, Pending), SubmitError> {
        self.submit_for(envelope, &|| true)
    }

    /// Likewise; `may_enter` is asked whether this institution brings in a newcomer whom it has not
    /// signed for yet.
    pub fn submit_for(
        &self,
        envelope: &[u8],
        may_enter: &dyn Fn() -> bool,
    ) -> Result<(Hash, Pending), SubmitError> {
        if let Some(reason) = self.failed() {
            return Err(SubmitError::Stopped(reason));
        }
        if let Some(reason) = self.shortage() {
            return Err(SubmitError::Short(reason));
        }
        match self.welcome(envelope, may_enter) {
            Welcome::GoesOn(envelope) => self.chain.take_in(&envelope, Ingress::Local),
            Welcome::TurnedAway => Err(SubmitError::TooManyNewcomers),
        }
    }

    /// An envelope as this node would spread it: with its signature, if it brings somebody in.
    pub fn as_spread(&self, envelope: &[u8]) -> Vec<u8> {
        match self.welcome(envelope, &|| true) {
            Welcome::GoesOn(envelope) => envelope.into_owned(),
            Welcome::TurnedAway => envelope.to_vec(),
        }
    }

    fn welcome<'a>(&self, envelope: &'a [u8], may_enter: &dyn Fn() -> bool) -> Welcome<'a> {
        let state = self.chain.last().state;
        sponsor::welcome(&self.directory, &self.signer, &state, envelope, may_enter)
    }

    /// Takes a signed envelope into the pool that another institution spreads.
    pub fn hear(&self, from: PublicKey, envelope: &[u8]) -> Result<(), SubmitError> {
        self.chain.take_in(envelope, Ingress::Keeper(from)).map(drop)
    }

    /// Judges an operation against the state now. Nothing is taken; signatures must be there.
    pub fn judge(&self, envelope: &[u8], now: UnixMillis) -> Result<Hash, Refused> {
        let Welcome::GoesOn(envelope) = self.welcome(envelope, &|| true) else {
            return Err(Refusal::NoSponsor.at("/act/principal.register", "not now"));
        };
        let signed: Signed = weal_kernel::check_shape(&self.directory.network, &envelope)?;
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
        receipts::make(&self.chain, &self.archive, &self.directory, index, state).await
    }

    /// Final blocks from this height on, each as [`Sealed::write`] writes it, up to some megabytes;
    /// the last of them is certified unless nothing certified follows.
    pub async fn sealed(&self, from: u64) -> Result<Vec<u8>, String> {
        let (mut bytes, mut height) = (Vec::new(), from.max(1));
        let last = self.chain.last().header.height;
        while height <= last && bytes.len() < limits::MIRROR_BYTES {
            let sealed = self.archive.sealed(height).await;
            let Some(sealed) = sealed else { return Err(format!("block {height} is not at hand")) };
            Sealed::write(&sealed, &mut bytes);
            height += 1;
        }
        Ok(bytes)
    }

    /// The final block of this height as [`Sealed::write`] writes it; `None` if there is none yet.
    pub async fn sealed_block(&self, height: u64) -> Result<Option<Vec<u8>>, String> {
        if height > self.chain.last().header.height {
            return Ok(None);
        }
        let sealed = self.archive.sealed(height).await;
        let sealed = sealed.ok_or_else(|| format!("block {height} is not at hand"))?;
        let mut bytes = Vec::new();
        Sealed::write(&sealed, &mut bytes);
        Ok(Some(bytes))
    }

    /// So many hashes of a tile of the log, checked; `None` if the log has not so many there.
    pub fn tile(&self, level: u8, index: u64, width: u16) -> Result<Option<Vec<Hash>>, Damaged> {
        tiles::tile(&self.chain, level, index, width)
    }

    /// Entries of the log from this place on that stand in one block, each after its length in two
    /// bytes, and how many. They have these leaves, and are at most as many.
    pub async fn entries(&self, first: u64, leaves: &[Hash]) -> Result<(Vec<u8>, usize), Damaged> {
        tiles::entries(&self.chain, &self.archive, first, leaves).await
    }

    /// Size and head of the log after the newest certified block, signed by this node.
    pub async fn checkpoint(&self) -> Result<SignedCheckpoint, String> {
        tiles::checkpoint(&self.chain, &self.archive, &self.signer).await
    }

    /// The path that shows the log of `old` entries to be a beginning of that of `new`.
    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        let hashes = self.chain.hashes.read().unwrap_or_else(PoisonError::into_inner);
        log::consistency_path(&*hashes, old, new)
    }

    /// The changes of the validators since genesis, each with its proof.
    pub async fn sets(&self) -> Result<Vec<SetChange>, String> {
        let last = self.chain.last();
        let epoch = self.directory.genesis.epoch(last.header.height);
        sets::changes(&self.archive, &self.directory.genesis, &last.state, epoch).await
    }

    /// What keeps the book with this node.
    pub fn standing(&self) -> Standing {
        let engine = self.archive.engine();
        let network = self.chain.last().state.keeping();
        let (trouble, troubled) = self.trouble.now();
        let is_me = |keeper: &weal_proof::genesis::Keeper| keeper.key == self.key;
        Standing {
            votes: engine.is_some() && network.is_some_and(|n| n.validators.iter().any(is_me)),
            mirrors: self.mirrors.load(Ordering::Relaxed),
            key: self.key,
            heard: engine.map(Engine::heard).unwrap_or_default(),
            trouble,
            troubled,
        }
    }

    /// Why nothing more is taken, if the disk or the memory is nearly full.
    pub fn shortage(&self) -> Option<String> {
        self.scarce.shortage()
    }

    /// Contradictions of validators this node saw.
    pub fn evidence(&self) -> Vec<Contradiction> {
        self.evidence.all()
    }

    /// The engine's figures in the text format of Prometheus; nothing while this node mirrors.
    pub fn engine_metrics(&self) -> String {
        self.archive.engine().map(Engine::metrics).unwrap_or_default()
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
            followed: self.feed.height(),
            waiting: self.chain.pool.len() as u64,
            oldest_wait: self.stall.age(),
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
        let own = self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let engine = || self.archive.engine().and_then(Engine::failed);
        own.or_else(engine).or_else(|| self.feed.failed())
    }

    /// Resolves when this node can neither order nor follow any more.
    pub async fn ended(&self) {
        let _ = self.over.clone().await;
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // A mirror may become a validator in this very moment.
        while !self.threads.iter().all(JoinHandle::is_finished) {
            if let Some(engine) = self.archive.engine() {
                engine.stop();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.threads.drain(..).for_each(|thread| drop(thread.join()));
        drop(self.checker.take());
        if let Some(saver) = self.saver.take() {
            // A clean stop saves the state, so that the next start has nothing to replay.
            let last = self.chain.last();
            if last.header.height > 0 && self.failed().is_none() {
                let _ = saver.queue.send(Some(last));
            }
            saver.stop();
        }
    }
}

pub(crate) fn engine_config(
    directory: &Directory,
    config: &Config,
    floor: Option<Vec<u8>>,
) -> weal_engine::Config {
    let genesis = &directory.genesis;
    let peers = genesis.validators.len().max(1) + limits::NEWCOMERS;
    weal_engine::Config {
        directory: directory.join("engine"),
        key: config.key.clone(),
        network: directory.network,
        epoch_blocks: NonZeroU64::new(genesis.epoch_blocks).unwrap_or(NonZeroU64::MAX),
        floor,
        listen: config.listen,
        peers_max: NonZeroUsize::new(peers).unwrap_or(NonZeroUsize::MIN),
        heartbeat: config.heartbeat,
        body_bytes_max: limits::BODY_BYTES,
    }
}

/// Where the chain passes on what it does not do itself.
fn outlets(
    feed: &Arc<Feed>,
    saver: &Saver,
    checker: &Checker,
    evidence: &Arc<evidence::Archive>,
) -> Outlets {
    let (feed, evidence) = (feed.clone(), evidence.clone());
    let (save, check) = (saver.queue.clone(), checker.queue());
    Outlets {
        follow: Box::new(move |block| feed.give(block)),
        save: Box::new(move |snapshot| drop(save.send(Some(snapshot)))),
        check: Box::new(move |item: Item| drop(check.send(Some(item)))),
        accuse: Box::new(move |accusation| evidence.keep(accusation)),
    }
}

fn fill(outbox: &Outbox, send: Box<dyn FnMut(Bytes) + Send>) {
    *outbox.lock().unwrap_or_else(PoisonError::into_inner) = Some(send);
}

fn spread_with(outbox: &Outbox, engine: &Engine) {
    let engine = engine.clone();
    fill(
        outbox,
        Box::new(move |bytes| {
            engine.spread(bytes);
        }),
    );
}

fn hand_on<'a>(outbox: &Outbox, operations: impl Iterator<Item = &'a Bytes>) {
    let mut outbox = outbox.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(send) = outbox.as_mut() {
        operations.for_each(|bytes| send(bytes.clone()));
    }
}

/// Between two looks for a shortage, in ticks of 50 ms.
const TICKS_OF_SHORTAGE: u64 = 10;

/// Hands on again what waits too long: whoever it was sent to may have been away.
fn repeat(node: &Node, outbox: Outbox) -> std::io::Result<JoinHandle<()>> {
    let (chain, stop, stall, me) =
        (node.chain.clone(), node.stop.clone(), node.stall.clone(), node.key);
    let scarce = node.scarce.clone();
    let ticks = limits::SPREAD_AGAIN_S * 20;
    let run = move || {
        let (mut overdue, mut tick) = (Overdue::default(), 0);
        while !stop.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(50));
            tick += 1;
            if tick % TICKS_OF_SHORTAGE == 0 {
                // Others spread what they take in: it would fill this node all the same.
                chain.pool.shut(scarce.shortage().is_some());
            }
            if tick % ticks == 0 {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let now_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
                hand_on(&outbox, overdue.look(&chain, &me, now_ms).iter());
                stall.look(&chain.pool);
            }
        }
    };
    std::thread::Builder::new().name("repeat".into()).spawn(run)
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

/// A chain that begins at genesis, with empty log hashes in the directory.
pub fn begin(directory: &Directory, pool: Arc<Pool>, outlets: Outlets) -> std::io::Result<Chain> {
    let hashes = Hashes::open(&directory.join("log"), 0, 0)?;
    let first = genesis_header(directory);
    let state = State::genesis(directory.network, &directory.genesis, directory.rules.clone());
    let start = Snapshot { header: first.clone(), frontier: Frontier::default(), state };
    Ok(Chain::new(directory.genesis.clone(), first, (start, hashes), pool, outlets))
}

/// The blocks of a mirror, if this node is or was one.
fn open_store(directory: &Directory, follows: bool) -> Result<Option<Arc<Store>>, NodeError> {
    let path = directory.join("mirror");
    if !follows && !path.exists() {
        return Ok(None);
    }
    let store = Store::open(&path).map_err(|e| NodeError::Io(path, e))?;
    Ok(Some(Arc::new(store)))
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
