//! The plan of one run, drawn from the seed: who takes part, who lies, what goes wrong and when.

use crate::canary::Plant;
use crate::hostile::Hostile;
use crate::ledger::Lie;
use weal_sim_seat::chance::Chance;

/// How a validator breaks the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liar {
    /// Votes for random blocks beside the real ones.
    Conflicter,
    /// Gives a view up and makes it final.
    Nuller,
    /// Gives every view up.
    NullifyOnly,
    /// Votes for old blocks.
    Outdated,
    /// Votes in the name of another.
    Impersonator,
    /// Votes in the next epoch.
    Reconfigurer,
    /// Proposes different blocks to different validators.
    Equivocator,
    /// Says nothing at all.
    Silent,
    /// Says that everybody else is many epochs behind.
    FarAhead,
    /// Sends random bytes and damaged copies of what it hears.
    Noise,
    /// Runs everything, over a ledger that lies.
    Ledger(Lie),
    /// Runs everything, and loses its disk whenever it crashes.
    LosesDisk,
}

impl Liar {
    const ALL: [Liar; 17] = [
        Liar::Conflicter,
        Liar::Nuller,
        Liar::NullifyOnly,
        Liar::Outdated,
        Liar::Impersonator,
        Liar::Reconfigurer,
        Liar::Equivocator,
        Liar::Silent,
        Liar::Noise,
        Liar::FarAhead,
        Liar::Ledger(Lie::WrongRoot),
        Liar::Ledger(Lie::BadOperation),
        Liar::Ledger(Lie::Withholds),
        Liar::Ledger(Lie::FromTheFuture),
        Liar::Ledger(Lie::SaysYes),
        Liar::Ledger(Lie::SaysNo),
        Liar::LosesDisk,
    ];

    /// Under which name it is counted.
    pub fn name(self) -> &'static str {
        match self {
            Liar::Conflicter => "a liar: conflicter",
            Liar::Nuller => "a liar: nuller",
            Liar::NullifyOnly => "a liar: nullify-only",
            Liar::Outdated => "a liar: outdated",
            Liar::Impersonator => "a liar: impersonator",
            Liar::Reconfigurer => "a liar: reconfigurer",
            Liar::Equivocator => "a liar: equivocator",
            Liar::Silent => "a liar: silent",
            Liar::Noise => "a liar: noise",
            Liar::FarAhead => "a liar: far ahead",
            Liar::Ledger(Lie::WrongRoot) => "a liar: wrong root",
            Liar::Ledger(Lie::BadOperation) => "a liar: bad operation",
            Liar::Ledger(Lie::Withholds) => "a liar: withholds",
            Liar::Ledger(Lie::FromTheFuture) => "a liar: from the future",
            Liar::Ledger(Lie::SaysYes) => "a liar: says yes",
            Liar::Ledger(Lie::SaysNo) => "a liar: says no",
            Liar::LosesDisk => "a liar: loses his disk",
        }
    }
}

/// Something that goes wrong for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Messages are lost, so many of a thousand.
    Loss(u64),
    /// Messages take longer, by up to so much.
    Delay(u64),
    /// These nodes hear nothing from the others, nor they from them.
    Split(Vec<usize>),
    /// The links of this node are slow.
    Clog(usize),
    /// This node dies and is started again at the end.
    Crash(usize),
    /// All nodes die at once.
    CrashAll,
    /// Writes and syncs of this node fail now and then.
    DiskFails(usize),
    /// This node's disk has no room.
    DiskFull(usize),
    /// This node's disk is slow.
    DiskSlow(usize),
    /// This node's clock is wrong by so much.
    Clock(usize, i64),
    /// So many operations come at once.
    Burst(u64),
    /// Clients mean harm, so many times.
    Hostile(Hostile, u64),
}

/// A fault with its time.
#[derive(Debug, Clone)]
pub struct Timed {
    /// When it begins, after the start.
    pub from_ms: u64,
    /// When it ends.
    pub to_ms: u64,
    /// What it is.
    pub fault: Fault,
}

/// The plan of one run.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Validators at genesis.
    pub validators: usize,
    /// Who of them lies, and how: never more than the network is made to bear.
    pub liars: Vec<(usize, Liar)>,
    /// Whether somebody mirrors and then joins.
    pub joins: bool,
    /// Who is removed, once there are enough.
    pub removed: Option<usize>,
    /// Blocks of an epoch.
    pub epoch_blocks: u64,
    /// The longest silence.
    pub heartbeat_ms: u64,
    /// Mean latency of a link.
    pub latency_ms: u64,
    /// Its deviation.
    pub jitter_ms: u64,
    /// Messages lost at all times during the faults, of a thousand.
    pub loss: u64,
    /// Messages that come twice, of a thousand.
    pub echoes: u64,
    /// Mean pause between two operations.
    pub pace_ms: u64,
    /// What goes wrong.
    pub faults: Vec<Timed>,
    /// When everything heals.
    pub heal_ms: u64,
}

impl Plan {
    /// The plan of this seed.
    pub fn draw(seed: u64, plant: Option<Plant>) -> Plan {
        let mut chance = Chance::new(seed, "plan");
        let sizes = [4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 7, 7, 3, 1];
        let validators = chance.pick(&sizes).copied().unwrap_or(4);
        let joins = chance.per_mille(400);
        let heal_ms = chance.between(9_000, 20_000);
        let mut plan = Plan {
            validators,
            liars: Vec::new(),
            joins,
            removed: None,
            epoch_blocks: chance.between(8, 33),
            heartbeat_ms: chance.pick(&[200, 300, 400, 600, 1_000]).copied().unwrap_or(300),
            latency_ms: chance.pick(&[2, 5, 10, 20, 40, 80]).copied().unwrap_or(10),
            jitter_ms: 0,
            loss: if chance.per_mille(300) { chance.between(1, 60) } else { 0 },
            echoes: if chance.per_mille(300) { chance.between(1, 60) } else { 0 },
            pace_ms: chance.between(100, 500),
            faults: Vec::new(),
            heal_ms,
        };
        plan.jitter_ms = chance.between(0, plan.latency_ms);
        if plant.is_none() {
            plan.draw_liars(&mut chance);
        }
        plan.draw_removal(&mut chance);
        for _ in 0..chance.between(1, 6) {
            plan.draw_fault(&mut chance);
        }
        plan.draw_hostile(&mut Chance::new(seed, "hostile"));
        plan.suit(plant);
        plan
    }

    /// From a stream of its own: what else a seed draws stays the same.
    fn draw_hostile(&mut self, chance: &mut Chance) {
        while chance.per_mille(350) && self.faults.len() < 16 {
            let from_ms = chance.between(1_000, self.heal_ms);
            let crowd = chance.per_mille(40);
            let small = [Hostile::MadeUp, Hostile::Spoofs, Hostile::Again];
            let how = chance.pick(&small).copied().unwrap_or(Hostile::MadeUp);
            let how = if crowd { Hostile::Crowd } else { how };
            let times = chance.between(50, 1_000);
            let fault = Fault::Hostile(how, times);
            self.faults.push(Timed { from_ms, to_ms: from_ms + 1_000, fault });
        }
    }

    /// Nothing goes wrong: so many validators, so far apart, with an operation every so many
    /// milliseconds.
    pub fn calm(validators: usize, latency_ms: u64, pace_ms: u64) -> Plan {
        Plan {
            validators,
            liars: Vec::new(),
            joins: false,
            removed: None,
            epoch_blocks: 10_000,
            heartbeat_ms: 10_000,
            latency_ms,
            jitter_ms: 0,
            loss: 0,
            echoes: 0,
            pace_ms,
            faults: Vec::new(),
            heal_ms: 60_000,
        }
    }

    fn draw_liars(&mut self, chance: &mut Chance) {
        let most = (self.validators - 1) / 3;
        let liars = if chance.per_mille(500) { most } else { 0 };
        for at in 0..liars {
            let Some(liar) = chance.pick(&Liar::ALL).copied() else { continue };
            self.liars.push((self.validators - 1 - at, liar));
            if liar == Liar::LosesDisk {
                let from_ms = chance.between(2_000, self.heal_ms - 3_000);
                let fault = Fault::Crash(self.validators - 1 - at);
                self.faults.push(Timed { from_ms, to_ms: from_ms + 1_000, fault });
            }
        }
    }

    /// Somebody goes only if those who stay bear the liars among them.
    fn draw_removal(&mut self, chance: &mut Chance) {
        let stay = (self.validators + usize::from(self.joins)).saturating_sub(1);
        let wanted = chance.per_mille(if self.joins { 600 } else { 150 });
        if wanted && stay >= 3 && self.liars.len() <= (stay - 1) / 3 {
            let honest = self.validators - self.liars.len();
            self.removed = usize::try_from(chance.between(0, honest as u64)).ok();
        }
    }

    fn draw_fault(&mut self, chance: &mut Chance) {
        let from_ms = chance.between(1_000, self.heal_ms - 2_000);
        let to_ms = (from_ms + chance.between(500, 6_000)).min(self.heal_ms);
        let nodes = (self.validators + usize::from(self.joins)) as u64;
        let node = usize::try_from(chance.between(0, nodes)).unwrap_or(0);
        let fault = match chance.between(0, 15) {
            0 => Fault::Loss(chance.between(20, 300)),
            1 => Fault::Delay(chance.between(50, 500)),
            2 => {
                let side = (0..nodes).filter(|_| chance.per_mille(500));
                Fault::Split(side.filter_map(|at| usize::try_from(at).ok()).collect())
            }
            3 => Fault::Split(vec![node]),
            4 => Fault::Clog(node),
            5..=7 => Fault::Crash(node),
            8 => Fault::CrashAll,
            9 => Fault::DiskFails(node),
            10 => Fault::DiskFull(node),
            11 => Fault::DiskSlow(node),
            12 => Fault::Clock(node, if chance.per_mille(500) { 600_000 } else { -600_000 }),
            13 => Fault::Clock(node, 500 - chance.between(0, 1_000).cast_signed()),
            _ => Fault::Burst(chance.between(30, 150)),
        };
        self.faults.push(Timed { from_ms, to_ms, fault });
    }

    /// Some planted faults need an occasion.
    fn suit(&mut self, plant: Option<Plant>) {
        let at = |from_ms, fault| Timed { from_ms, to_ms: from_ms + 800, fault };
        match plant {
            Some(Plant::LyingDisk | Plant::LostDisk | Plant::ForgottenAnswer) => {
                self.faults.push(at(5_000, Fault::CrashAll));
            }
            Some(Plant::LostJournal) => {
                self.faults.clear();
                for node in 0..self.validators {
                    for turn in 0..4 {
                        let from_ms = 1_500 + 1_800 * turn + 211 * node as u64;
                        self.faults.push(at(from_ms, Fault::Crash(node)));
                    }
                }
            }
            Some(Plant::StuckInPool | Plant::Hasty) => self.faults.clear(),
            Some(Plant::LostGossip) => {
                self.joins = true;
                self.removed = Some(0);
                self.validators = self.validators.max(4);
            }
            Some(_) => self.validators = self.validators.max(2),
            None => {}
        }
    }
}
