//! One node: the real ledger and the real engine on simulated clock, disk and network.
//!
//! A life of a node, as a numbered program:
//! 1. The ledger begins at genesis with an empty pool.
//! 2. A mirror takes final blocks from the archives of others until it is chosen.
//! 3. The engine opens the archive, hands the ledger what it has, and orders with the others.
//! 4. Operations are checked and spread as a node does it; what waits long is spread again.
//! 5. It ends when a part of it ends or panics, or when the world kills it.

use crate::canary::Plant;
use crate::ledger::{Lie, Witness};
use crate::record::Record;
use crate::workload::Doors;
use bytes::Bytes;
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::simulated::Oracle;
use commonware_runtime::deterministic::Context;
use commonware_runtime::{Clock as _, Handle, Spawner as _, Supervisor as _};
use commonware_utils::SystemTimeExt as _;
use futures::StreamExt as _;
use futures::channel::mpsc;
use futures::future::{Either, select};
use std::num::{NonZeroU64, NonZeroUsize};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use weal_engine::parts::{Archive, Opened, Plan};
use weal_engine::{Block, Config, Ledger as _};
use weal_node::parts::{Item, Outlets, Overdue, Pool, begin, check};
use weal_node::{Directory, limits};
use weal_proof::keys::SecretKey;
use weal_sim_seat::chance::Chance;
use weal_sim_seat::seat::{Desk, Seat};
use weal_sim_seat::ties::{self, Echoes};

/// What waits so long is spread again.
const SPREAD_AGAIN: Duration = Duration::from_secs(limits::SPREAD_AGAIN_S);
/// The operation that a planted fault keeps in the pool of every node that gets so many.
const STUCK: u64 = 7;
/// Between two looks of a mirror.
const MIRROR_PAUSE: Duration = Duration::from_millis(250);

/// A final block with its certificate, as a mirror keeps it.
pub type Sealed = (Block, Option<Vec<u8>>);

/// What a mirror has on its disk.
#[derive(Default)]
pub struct MirrorDisk {
    blocks: Vec<Sealed>,
    /// The certificate at which the engine began, once it has.
    floor: Option<Vec<u8>>,
}

/// The archives that can be asked now.
pub type Archives = Arc<Mutex<Vec<Option<Archive>>>>;

/// What all nodes share.
#[derive(Clone)]
pub struct Common {
    /// The runtime under everything.
    pub oracle: Oracle<PublicKey, Context>,
    /// Where everything is written down.
    pub record: Arc<Record>,
    /// The nodes that take operations.
    pub doors: Doors,
    /// The archives that can be asked.
    pub archives: Archives,
    /// How many messages come twice.
    pub echoes: Echoes,
    /// A planted fault.
    pub plant: Option<Plant>,
    /// The longest silence.
    pub heartbeat: Duration,
}

/// What a node is, through all its lives.
pub struct Node {
    /// Its number.
    pub number: usize,
    /// The key of its validator.
    pub key: SecretKey,
    /// The same for the network.
    pub me: PublicKey,
    /// Its derived files.
    pub directory: Directory,
    /// Clock and disk.
    pub desk: Arc<Desk>,
    /// How its ledger lies.
    pub lie: Option<Lie>,
    /// What it mirrored, if it began as a mirror.
    pub mirror: Option<Arc<Mutex<MirrorDisk>>>,
    /// For its derived streams.
    pub chance: Chance,
    /// The life it has now.
    pub life: Option<Life>,
}

/// A life of a node.
pub struct Life {
    handle: Handle<()>,
    ended: Arc<Mutex<Option<String>>>,
    /// What everybody asks.
    pub witness: Arc<Witness>,
}

impl Life {
    /// Why it ended by itself, if it did.
    pub fn ended(&self) -> Option<String> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Node {
    /// Kills the node, as a power failure does.
    pub fn kill(&mut self, common: &Common) {
        close(common, self.number);
        if let Some(life) = self.life.take() {
            life.handle.abort();
        }
    }

    /// Begins a life.
    pub async fn start(&mut self, context: &Context, common: &Common) -> Result<(), String> {
        self.desk.begin();
        if self.desk.disk.tear(context).await {
            common.record.count("a crash tore writes");
        }
        let pool = Arc::new(Pool::default());
        let (queue, given) = mpsc::unbounded();
        let outlets = Outlets {
            follow: Box::new(|_| {}),
            save: Box::new(|_| {}),
            check: Box::new(move |item| drop(queue.unbounded_send(item))),
            accuse: Box::new(|_| {}),
        };
        let chain = begin(&self.directory, pool, outlets).map_err(|e| e.to_string())?;
        let witness = Arc::new(Witness {
            chain: Arc::new(chain),
            node: self.number,
            record: common.record.clone(),
            lie: self.lie,
            plant: common.plant,
            opened: Arc::default(),
            judged: Mutex::default(),
        });
        let ended: Arc<Mutex<Option<String>>> = Arc::default();
        let body = Body {
            number: self.number,
            key: self.key.clone(),
            me: self.me.clone(),
            witness: witness.clone(),
            mirror: self.mirror.clone(),
            chance: Chance::new(self.chance.draw(), "life"),
            gossip: Arc::default(),
            common: common.clone(),
        };
        let seat = Seat::new(context.child("node"), self.desk.clone());
        let seat = seat.with_attribute("number", self.number);
        let (desk, told) = (self.desk.clone(), ended.clone());
        let handle = seat.spawn(move |seat| async move {
            let live = Box::pin(body.live(seat, given));
            let reason = match select(live, pin!(desk.broken())).await {
                Either::Left((reason, _)) | Either::Right((reason, _)) => reason,
            };
            *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
        });
        self.life = Some(Life { handle, ended, witness });
        Ok(())
    }
}

/// Nobody can reach the node any more.
fn close(common: &Common, number: usize) {
    let mut doors = common.doors.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(door) = doors.get_mut(number) {
        *door = None;
    }
    let mut archives = common.archives.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(archive) = archives.get_mut(number) {
        *archive = None;
    }
}

/// Where operations are given that are to be spread, once the engine runs.
type Gossip = Arc<Mutex<Option<mpsc::Sender<Bytes>>>>;

/// What one life runs with.
struct Body {
    number: usize,
    key: SecretKey,
    me: PublicKey,
    witness: Arc<Witness>,
    mirror: Option<Arc<Mutex<MirrorDisk>>>,
    chance: Chance,
    gossip: Gossip,
    common: Common,
}

impl Body {
    async fn live(self, seat: Seat, given: mpsc::UnboundedReceiver<Item>) -> String {
        self.check_and_spread(&seat, given);
        self.spread_again(&seat);
        let floor = match self.mirror.clone() {
            Some(disk) => match self.follow(&seat, &disk).await {
                Ok(floor) => Some(floor),
                Err(reason) => return reason,
            },
            None => None,
        };
        let config = self.config(floor);
        let plan = match Plan::new(config, self.witness.as_ref()) {
            Ok(plan) => plan,
            Err(error) => return error.to_string(),
        };
        let who = (self.number, self.me.clone());
        let echo = (self.common.echoes.clone(), self.chance.clone());
        let network = ties::connect(&self.common.oracle, who, echo, self.common.record.clone());
        let Some(network) = network.await else { return "the network is closed".into() };
        let witness = self.witness.clone();
        let engine = seat.child("engine");
        let opened = Box::new(move |opened| self.open(opened));
        weal_sim_seat::validate(engine, plan, network, witness, opened).await
    }

    fn config(&self, floor: Option<Vec<u8>>) -> Config {
        let genesis = &self.common.record.genesis;
        let peers = genesis.validators.len() + limits::NEWCOMERS;
        Config {
            directory: "unused".into(),
            key: self.key.clone(),
            network: self.common.record.network,
            epoch_blocks: NonZeroU64::new(genesis.epoch_blocks).unwrap_or(NonZeroU64::MAX),
            floor,
            listen: ([127, 0, 0, 1], 0).into(),
            peers_max: NonZeroUsize::new(peers).unwrap_or(NonZeroUsize::MIN),
            heartbeat: self.common.heartbeat,
            body_bytes_max: limits::BODY_BYTES,
        }
    }

    /// The ledger has everything the archive had; others may ask this node now.
    fn open(self, opened: Opened) {
        let Body { number, witness, common, gossip, .. } = self;
        witness.opened.store(true, Ordering::Relaxed);
        let record = &common.record;
        let height = witness.chain.applied();
        record.note(|| format!("node {number} goes on from {height}"));
        let before = record.height_of(number);
        if record.is_honest(number) && height < before {
            record.fail(format!("node {number} had taken block {before} and goes on at {height}"));
        }
        *gossip.lock().unwrap_or_else(PoisonError::into_inner) = Some(opened.gossip);
        if !record.is_honest(number) {
            return;
        }
        let mut archives = common.archives.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(archive) = archives.get_mut(number) {
            *archive = Some(opened.archive);
        }
        let mut doors = common.doors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(door) = doors.get_mut(number) {
            *door = Some(witness.chain.clone());
        }
    }

    /// As a node's checker: signatures of many at once, then what is local goes to the others.
    fn check_and_spread(&self, seat: &Seat, mut given: mpsc::UnboundedReceiver<Item>) {
        let (pool, gossip) = (self.witness.chain.pool.clone(), self.gossip.clone());
        let (plant, mut chance) = (self.common.plant, self.chance.clone());
        seat.child("checker").spawn(move |seat| async move {
            while let Some(first) = given.next().await {
                seat.sleep(Duration::from_millis(chance.between(0, 6))).await;
                let mut items = vec![first];
                while let Ok(next) = given.try_recv() {
                    items.push(next);
                }
                if plant == Some(Plant::StuckInPool) {
                    items.retain(|item| item.ticket != STUCK);
                }
                let good = match plant {
                    Some(Plant::SwallowedRefusal) => {
                        items.retain(|item| item.signed.envelope.verify().is_ok());
                        pool.checked(&items);
                        items
                    }
                    Some(Plant::Unsigned) => {
                        pool.checked(&items);
                        items
                    }
                    _ => check(&pool, items),
                };
                if plant != Some(Plant::LostGossip) {
                    let local = good.iter().filter(|item| item.local);
                    hand_on(&gossip, local.map(|item| item.bytes.clone()));
                }
            }
        });
    }

    fn spread_again(&self, seat: &Seat) {
        let (chain, gossip) = (self.witness.chain.clone(), self.gossip.clone());
        let me = self.key.public();
        if self.common.plant == Some(Plant::LostGossip) {
            return;
        }
        seat.child("repeat").spawn(move |seat| async move {
            let mut overdue = Overdue::default();
            loop {
                seat.sleep(SPREAD_AGAIN).await;
                let again = overdue.look(&chain, &me, seat.current().epoch_millis());
                hand_on(&gossip, again.into_iter());
            }
        });
    }

    /// Mirrors the others until this node is chosen; returns the certificate to begin at.
    async fn follow(&self, seat: &Seat, disk: &Arc<Mutex<MirrorDisk>>) -> Result<Vec<u8>, String> {
        let (blocks, floor) = {
            let disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
            (disk.blocks.clone(), disk.floor.clone())
        };
        for (block, certificate) in blocks {
            self.witness.finalize(&block, certificate)?;
        }
        if let Some(floor) = floor {
            return Ok(floor);
        }
        self.witness.opened.store(true, Ordering::Relaxed);
        loop {
            if let Some(floor) = self.chosen(disk) {
                self.common.record.count("a mirror became a validator");
                self.witness.opened.store(false, Ordering::Relaxed);
                return Ok(floor);
            }
            match self.fetch().await {
                Some(sealed) => {
                    let mut kept = disk.lock().unwrap_or_else(PoisonError::into_inner);
                    kept.blocks.push(sealed.clone());
                    drop(kept);
                    self.witness.finalize(&sealed.0, sealed.1)?;
                }
                None => seat.sleep(MIRROR_PAUSE).await,
            }
        }
    }

    /// The next block from any archive that has it; an epoch's last only with its certificate.
    async fn fetch(&self) -> Option<Sealed> {
        let archives = self.common.archives.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let height = self.witness.chain.applied() + 1;
        for archive in archives.into_iter().flatten() {
            let height = commonware_consensus::types::Height::new(height);
            let Some(block) = archive.get_block(height).await else { continue };
            let certificate = archive.get_finalization(height).await;
            let certificate = certificate.map(|c| commonware_codec::Encode::encode(&c).to_vec());
            let block = block.inner().clone();
            if certificate.is_some() || !self.common.record.genesis.ends_epoch(height.get()) {
                return Some((block, certificate));
            }
        }
        None
    }

    fn chosen(&self, disk: &Arc<Mutex<MirrorDisk>>) -> Option<Vec<u8>> {
        let genesis = &self.common.record.genesis;
        let height = self.witness.chain.applied();
        if !genesis.ends_epoch(height) {
            return None;
        }
        let next = self.witness.committee(genesis.epoch(height) + 1)?;
        if !next.iter().any(|member| member.key == self.key.public()) {
            return None;
        }
        let mut disk = disk.lock().unwrap_or_else(PoisonError::into_inner);
        let floor = disk.blocks.last().and_then(|(_, certificate)| certificate.clone())?;
        disk.floor = Some(floor.clone());
        Some(floor)
    }
}

fn hand_on(gossip: &Gossip, operations: impl Iterator<Item = Bytes>) {
    let mut gossip = gossip.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(gossip) = gossip.as_mut() {
        operations.for_each(|bytes| drop(gossip.try_send(bytes)));
    }
}
