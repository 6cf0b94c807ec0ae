//! The world of one seed: builds it, lets everything go wrong that the plan says, heals it, and
//! looks at what is left.

use crate::byzantine;
use crate::canary::Plant;
use crate::faults::{Fault, Liar, Plan, Timed};
use crate::liveness::Goal;
use crate::members::{self, Changes, Institution};
use crate::model;
use crate::node::{Common, MirrorDisk, Node};
use crate::record::{Person, Record};
use crate::weather::Weather;
use crate::workload::{Clients, rules};
use bytes::Bytes;
use commonware_codec::DecodeExt as _;
use commonware_cryptography::Signer as _;
use commonware_cryptography::ed25519::{PrivateKey, PublicKey};
use commonware_p2p::Manager as _;
use commonware_p2p::simulated::{Config, Network};
use commonware_runtime::deterministic::Context;
use commonware_runtime::{Clock as _, Spawner as _, Supervisor as _};
use commonware_utils::ordered::Set;
use commonware_utils::{NZUsize, SystemTimeExt as _, TryCollect as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use weal_node::Directory;
use weal_proof::Genesis;
use weal_sim_seat::chance::Chance;
use weal_sim_seat::disk::Disk;
use weal_sim_seat::seat::Desk;

/// Between two looks of the world at itself.
const TICK: Duration = Duration::from_millis(25);
/// A node that died by itself is started again after this.
const RESTART_MS: u64 = 700;
/// Heartbeats for which nobody speaks at the end.
const SILENT_HEARTBEATS: u64 = 8;
/// A moment in which old messages still arrive after everything healed.
const SETTLE_MS: u64 = 2_000;

/// One run.
pub struct World {
    context: Context,
    plan: Plan,
    common: Common,
    weather: Weather,
    clients: Arc<Clients>,
    nodes: BTreeMap<usize, Node>,
    /// When a dead node is started.
    starts: BTreeMap<usize, u64>,
    /// Faults that are on, by their place in the plan.
    active: BTreeSet<usize>,
    begun: BTreeSet<usize>,
    start_ms: u64,
}

/// The book's first page, and everybody in it.
pub struct Page {
    genesis: Genesis,
    institutions: Vec<Institution>,
}

impl Page {
    /// The first page for this plan; the book begins at this time.
    pub fn new(plan: &Plan, time_ms: u64) -> Page {
        let count = plan.validators + usize::from(plan.joins);
        let institutions: Vec<_> = (0..count).map(Institution::new).collect();
        let keepers = institutions.iter().take(plan.validators).map(|i| i.keeper.clone());
        let hash = rules().hash();
        let mut genesis = Genesis::new("simulated", time_ms, keepers.collect(), hash);
        genesis.epoch_blocks = plan.epoch_blocks;
        Page { genesis, institutions }
    }

    /// A directory with this page for each node.
    fn directories(&self, below: &Path) -> Result<Vec<Directory>, String> {
        let numbers = 0..self.institutions.len();
        let create = |number: usize| {
            let path = below.join(format!("node-{number}"));
            Directory::create(&path, &self.genesis, &rules()).map_err(|e| e.to_string())
        };
        numbers.map(create).collect()
    }
}

/// The keys in the network's form.
fn network_keys(institution: &Institution) -> Option<(PublicKey, PrivateKey)> {
    let private = PrivateKey::decode(Bytes::copy_from_slice(&institution.key.seed())).ok()?;
    Some((private.public_key(), private))
}

impl World {
    /// Builds the world and starts its nodes.
    pub async fn build(
        context: Context,
        (seed, plan): (u64, Plan),
        below: &Path,
        (plant, trace): (Option<Plant>, bool),
    ) -> Result<(World, Arc<Record>), String> {
        let start_ms = context.current().epoch_millis();
        let page = Page::new(&plan, start_ms);
        let directories = page.directories(below)?;
        let network = directories.first().map(|directory| directory.network).unwrap_or_default();
        let lies = |at: usize| plan.liars.iter().find(|(liar, _)| *liar == at).map(|(_, l)| *l);
        let people = page.institutions.iter().enumerate();
        let people =
            people.map(|(at, i)| Person { key: i.key.public(), honest: lies(at).is_none() });
        let record = Arc::new(Record::new(page.genesis.clone(), network, people.collect(), trace));
        let keys: Option<Vec<_>> = page.institutions.iter().map(network_keys).collect();
        let keys = keys.ok_or("a key is no key")?;
        let config = Config {
            max_size: 16 << 20,
            max_peers_per_set: NZUsize!(16),
            disconnect_on_block: true,
            tracked_peer_sets: NZUsize!(1),
        };
        let (simulated, oracle) = Network::new(context.child("network"), config);
        simulated.start();
        let all: Vec<_> = keys.iter().map(|(key, _)| key.clone()).collect();
        let set: Result<Set<_>, _> = all.iter().cloned().try_collect();
        oracle.manager().track(0, set.map_err(|_| "a key is used twice")?);
        let count = all.len();
        let common = Common {
            oracle: oracle.clone(),
            record: record.clone(),
            doors: Arc::new(Mutex::new(vec![None; count])),
            archives: Arc::new(Mutex::new(vec![None; count])),
            echoes: Arc::new(AtomicU64::new(plan.echoes)),
            plant,
            heartbeat: Duration::from_millis(plan.heartbeat_ms),
        };
        let (doors, chance) = (common.doors.clone(), Chance::new(seed, "clients"));
        let clients = Clients::new(context.child("clients"), record.clone(), doors, plant, chance);
        let weather = Weather::new(oracle, all);
        let mut world = World {
            context,
            common,
            weather,
            clients,
            nodes: BTreeMap::new(),
            starts: BTreeMap::new(),
            active: BTreeSet::new(),
            begun: BTreeSet::new(),
            start_ms,
            plan,
        };
        world.populate(seed, &page, &keys, directories);
        world.weather.apply(&world.plan, &[], false).await;
        Ok((world, record))
    }

    /// Places the nodes, and the liars that need none.
    fn populate(
        &mut self,
        seed: u64,
        page: &Page,
        keys: &[(PublicKey, PrivateKey)],
        directories: Vec<Directory>,
    ) {
        for (number, directory) in directories.into_iter().enumerate() {
            let Some((me, private)) = keys.get(number).cloned() else { continue };
            let Some(institution) = page.institutions.get(number) else { continue };
            let mut chance = Chance::new(seed, &format!("node {number}"));
            let liar = self.plan.liars.iter().find(|(at, _)| *at == number).map(|(_, liar)| *liar);
            if let Some(liar) = liar {
                self.common.record.count(liar.name());
            }
            let lie = match liar {
                Some(Liar::Ledger(lie)) => Some(lie),
                Some(Liar::LosesDisk) | None => None,
                Some(liar) => {
                    let (oracle, record) = (self.common.oracle.clone(), self.common.record.clone());
                    let context = self.context.child("liar").with_attribute("number", number);
                    context.spawn(move |context| {
                        byzantine::lie(context, oracle, (me, private), liar, (record, chance))
                    });
                    continue;
                }
            };
            let disk = Disk::new(format!("n{number}"), Chance::new(chance.draw(), "disk"));
            disk.set(|mood| mood.lies = self.common.plant == Some(Plant::LyingDisk));
            let joins = number >= self.plan.validators;
            let node = Node {
                number,
                key: institution.key.clone(),
                me,
                directory,
                desk: Arc::new(Desk::new(disk)),
                lie,
                mirror: joins.then(|| Arc::new(Mutex::new(MirrorDisk::default()))),
                chance,
                life: None,
            };
            self.nodes.insert(number, node);
            self.starts.insert(number, if joins { 3_000 } else { 0 });
        }
    }

    fn now_ms(&self) -> u64 {
        self.context.current().epoch_millis().saturating_sub(self.start_ms)
    }

    fn honest(&self) -> Vec<usize> {
        let record = &self.common.record;
        self.nodes.keys().copied().filter(|node| record.is_honest(*node)).collect()
    }

    /// Lives through the plan; returns when all is done or a promise is broken.
    pub async fn live(&mut self) {
        let record = self.common.record.clone();
        record.note(|| format!("{:?}", self.plan));
        self.employ();
        while self.now_ms() < self.plan.heal_ms && record.failure().is_none() {
            self.change_faults().await;
            self.turn().await;
        }
        self.heal().await;
        self.run_for(SETTLE_MS).await;
        self.clients.quiet.store(true, Ordering::Relaxed);
        let mut goal = Goal::new(&record, self.now_ms());
        let honest = self.honest();
        while record.failure().is_none() && !goal.is_reached(&record, &self.clients, &honest) {
            self.turn().await;
            goal.check(&record, &self.clients, &honest, self.now_ms());
        }
        self.rest_in_silence().await;
        if record.failure().is_none() {
            self.look_back();
        }
        for node in self.nodes.values_mut() {
            node.kill(&self.common);
        }
    }

    /// Nobody speaks: no more blocks may come than heartbeats, or the archive fills by itself.
    async fn rest_in_silence(&mut self) {
        let record = self.common.record.clone();
        let changing = self.clients.any_chain().is_some_and(|chain| {
            let network = chain.tip_state().1.keeping();
            // Those who were chosen need not wait until somebody has something to say.
            network.is_some_and(|network| network.next != network.validators)
        });
        if record.failure().is_some() || changing {
            return;
        }
        let (before, silence_ms) = (record.height(), SILENT_HEARTBEATS * self.plan.heartbeat_ms);
        self.run_for(silence_ms).await;
        let blocks = record.height() - before;
        record.count("nobody spoke for a while");
        if blocks > SILENT_HEARTBEATS + 2 {
            record.fail(format!("{blocks} blocks in {SILENT_HEARTBEATS} heartbeats of silence"));
        }
    }

    /// Operations that became final.
    pub fn operations(&self) -> u64 {
        self.clients.done.load(Ordering::Relaxed)
    }

    /// Sets the clients to work.
    fn employ(&self) {
        let (clients, pace_ms) = (self.clients.clone(), self.plan.pace_ms);
        let context = self.context.child("work");
        context.spawn(move |_| clients.work(pace_ms));
        let count = self.plan.validators + usize::from(self.plan.joins);
        let changes = Changes {
            joins: self.plan.joins.then_some(self.plan.validators),
            removed: self.plan.removed,
            institutions: (0..count).map(Institution::new).collect(),
        };
        if changes.joins.is_some() || changes.removed.is_some() {
            let clients = self.clients.clone();
            let context = self.context.child("changes");
            context.spawn(move |context| members::carry_out(context, clients, changes));
        }
    }

    async fn run_for(&mut self, ms: u64) {
        let until_ms = self.now_ms() + ms;
        while self.now_ms() < until_ms && self.common.record.failure().is_none() {
            self.turn().await;
        }
    }

    /// One moment: starts who is due, and sees who died.
    async fn turn(&mut self) {
        let now_ms = self.now_ms();
        self.common.record.tick(now_ms);
        let due: Vec<_> =
            self.starts.iter().filter(|(_, at)| **at <= now_ms).map(|(node, _)| *node).collect();
        for number in due {
            self.starts.remove(&number);
            self.start(number).await;
        }
        let ended = self.nodes.iter().filter_map(|(number, node)| {
            let reason = node.life.as_ref()?.ended()?;
            Some((*number, reason))
        });
        for (number, reason) in ended.collect::<Vec<_>>() {
            self.bury(number, &reason);
        }
        self.context.sleep(TICK).await;
    }

    async fn start(&mut self, number: usize) {
        self.weather.forgive(number).await;
        let loses = self.plan.liars.contains(&(number, Liar::LosesDisk));
        let Some(node) = self.nodes.get_mut(&number) else { return };
        let disk = node.desk.disk.clone();
        if loses || self.common.plant == Some(Plant::LostDisk) {
            disk.wipe(&self.context, "").await;
        }
        if self.common.plant == Some(Plant::LostJournal) {
            disk.wipe(&self.context, "-simplex-").await;
        }
        self.common.record.note(|| format!("node {number} starts"));
        if let Err(reason) = node.start(&self.context, &self.common).await {
            self.common.record.fail(format!("node {number} does not start: {reason}"));
        }
    }

    /// A node ended by itself: because of its disk, or something is wrong.
    fn bury(&mut self, number: usize, reason: &str) {
        let record = self.common.record.clone();
        let Some(node) = self.nodes.get_mut(&number) else { return };
        record.note(|| format!("node {number} ends: {reason}"));
        node.kill(&self.common);
        if node.desk.disk.take_failed() {
            record.count("a node died of its disk");
        } else if record.is_honest(number) {
            record.fail(format!("node {number} ended by itself: {reason}"));
        }
        self.starts.insert(number, self.now_ms() + RESTART_MS);
    }

    fn crash(&mut self, number: usize, until_ms: u64) {
        if let Some(node) = self.nodes.get_mut(&number) {
            self.common.record.note(|| format!("node {number} crashes"));
            node.kill(&self.common);
            node.desk.disk.take_failed();
            self.starts.insert(number, until_ms);
        }
    }

    /// Begins and ends the faults that are due.
    async fn change_faults(&mut self) {
        let now_ms = self.now_ms();
        let mut changed = false;
        for (at, timed) in self.plan.faults.clone().into_iter().enumerate() {
            if timed.from_ms <= now_ms && self.begun.insert(at) {
                self.active.insert(at);
                self.begin(&timed);
                changed = true;
            }
            if timed.to_ms <= now_ms && self.active.remove(&at) {
                self.end(&timed.fault);
                changed = true;
            }
        }
        if changed {
            self.apply_weather(false).await;
        }
    }

    async fn apply_weather(&mut self, healed: bool) {
        let faults = &self.plan.faults;
        let active = self.active.iter().filter_map(|at| faults.get(*at));
        let active: Vec<_> = active.map(|timed| timed.fault.clone()).collect();
        let split = active.iter().any(|fault| matches!(fault, Fault::Split(_)));
        self.common.record.split.store(split, Ordering::Relaxed);
        self.weather.apply(&self.plan, &active, healed).await;
    }

    fn begin(&mut self, timed: &Timed) {
        let record = self.common.record.clone();
        record.note(|| format!("{:?} until {}", timed.fault, timed.to_ms));
        record.count(name(&timed.fault));
        match &timed.fault {
            Fault::Crash(node) => self.crash(*node, timed.to_ms),
            Fault::CrashAll => {
                let nodes: Vec<_> = self.nodes.keys().copied().collect();
                nodes.into_iter().for_each(|node| self.crash(node, timed.to_ms));
            }
            Fault::Burst(count) => self.clients.burst(*count),
            Fault::Hostile(how, times) => self.clients.harass(*how, *times),
            fault => self.set_desk(fault, true),
        }
    }

    fn end(&mut self, fault: &Fault) {
        self.set_desk(fault, false);
        if let Fault::Clock(_, 1_000..) = fault {
            self.common.record.count("a clock was set back");
        }
    }

    fn set_desk(&self, fault: &Fault, on: bool) {
        let desk = |node: &usize| self.nodes.get(node).map(|node| node.desk.clone());
        match fault {
            Fault::DiskFails(node) => {
                let Some(desk) = desk(node) else { return };
                desk.disk.set(|mood| {
                    (mood.write_fails, mood.sync_fails) = if on { (10, 30) } else { (0, 0) };
                    mood.read_fails = if on { 5 } else { 0 };
                });
            }
            Fault::DiskFull(node) => {
                let Some(desk) = desk(node) else { return };
                desk.disk.set(|mood| mood.full = on);
            }
            Fault::DiskSlow(node) => {
                let Some(desk) = desk(node) else { return };
                desk.disk.set(|mood| mood.slow_ms = if on { 150 } else { 0 });
            }
            Fault::Clock(node, skew_ms) => {
                let Some(desk) = desk(node) else { return };
                desk.set_clock(if on { *skew_ms } else { 0 });
            }
            _ => {}
        }
    }

    /// Everything that went wrong ends; who is dead is started.
    async fn heal(&mut self) {
        for at in std::mem::take(&mut self.active) {
            if let Some(timed) = self.plan.faults.get(at).cloned() {
                self.end(&timed.fault);
            }
        }
        self.common.echoes.store(0, Ordering::Relaxed);
        self.apply_weather(true).await;
        let soon_ms = self.now_ms() + RESTART_MS;
        self.replace_disks(soon_ms);
        self.starts.values_mut().for_each(|at| *at = (*at).min(soon_ms));
        self.common.record.note(|| "everything heals".into());
    }

    /// A node whose disk failed and that did not die of it may hang: somebody starts it again, as
    /// an operator does who has seen to the disk.
    fn replace_disks(&mut self, soon_ms: u64) {
        let failed = |node: &Node| node.life.is_some() && node.desk.disk.take_failed();
        let failed: Vec<_> =
            self.nodes.values().filter(|node| failed(node)).map(|node| node.number).collect();
        for number in failed {
            self.common.record.count("a node lived on with a failing disk");
            self.crash(number, soon_ms);
        }
    }

    /// What must hold at the end.
    fn look_back(&self) {
        let record = &self.common.record;
        let states = match model::replay(record, &Arc::new(rules())) {
            Ok(states) => states,
            Err(reason) => return record.fail(format!("the reference: {reason}")),
        };
        for number in self.honest() {
            let life = self.nodes.get(&number).and_then(|node| node.life.as_ref());
            let Some(life) = life else { continue };
            let (header, state) = life.witness.chain.tip_state();
            record.check_acknowledged(number, &state);
            let same = states.get(&header.height).is_some_and(|s| model::are_equal(s, &state));
            if !same {
                record.fail(format!("node {number} differs from the reference"));
            }
        }
    }
}

/// Under which name a fault is counted.
fn name(fault: &Fault) -> &'static str {
    match fault {
        Fault::Loss(_) => "messages were lost",
        Fault::Delay(_) => "messages were slow",
        Fault::Split(side) if side.len() == 1 => "a node was cut off",
        Fault::Split(_) => "the network was split",
        Fault::Clog(_) => "links were clogged",
        Fault::Crash(_) => "a node crashed",
        Fault::CrashAll => "all nodes crashed at once",
        Fault::DiskFails(_) => "a disk failed",
        Fault::DiskFull(_) => "a disk was full",
        Fault::DiskSlow(_) => "a disk was slow",
        Fault::Clock(..) => "a clock was wrong",
        Fault::Burst(_) => "many operations came at once",
        Fault::Hostile(how, _) => how.name(),
    }
}
