//! An adversary who holds every key: what he tries next, mostly sense, sometimes not.
//!
//! He is everybody in the town: all parties, all offices, the keeper who attests roles, the bank.
//! He has no way to the pots but what the texts declare; `money.rs` watches whether he finds one.

mod asks;
mod cases;
mod ways;

use super::sight::{Roles, Sight, entitled};
use crate::common::build::{attest, issue, lot};
use crate::common::charters::*;
use crate::common::play::Move;
use crate::common::{Actor, DAY, HOUR, Op, World};
use std::sync::{Arc, OnceLock};
use weal_charter::Charter;
use weal_charter::model;
use weal_kernel::charters::state::Stage;
use weal_kernel::holdings::op::LotId;
use weal_kernel::{Act, Hash};

/// A raid: the world, what the adversary knows, and what he has said.
#[derive(Clone)]
pub struct Raid {
    pub world: World,
    pub town: Arc<Town>,
    /// The charters he is after, with their texts read.
    pub charters: Vec<(Hash, Arc<Charter>)>,
    /// Claims on the bank, and after them others that look like it.
    lots: Vec<LotId>,
    said: Vec<Op>,
    /// Mandates, from whom and to whom.
    mandates: Vec<(Hash, Actor, Actor)>,
    /// Who has which role by an attestation of the keeper.
    pub roles: Roles,
    /// Who ever had: what was shown in a role that is gone might still count, he hopes.
    once: Roles,
}

/// Several texts that keep one bank's claims at a time; a pension is due after two months.
fn texts(scene: usize) -> Vec<String> {
    let pension = PENSION
        .replace("paid_months >= 180", "paid_months >= 2")
        .replace("1966, 180), True", "1966, 2), True")
        .replace("1966, 179), False", "1966, 1), False");
    let texts: &[&str] = match scene {
        0 => &[GIFT, WORKSHOP],
        1 => &[PROJECT, RECEIVABLE],
        2 => &[&pension, MUTUAL],
        3 => &[SHARES, TEN],
        4 => &[NOTIONAL, WORKSHOP],
        _ => &[DEPOSIT, GIFT, RECEIVABLE],
    };
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// How many scenes there are.
pub const SCENES: usize = 6;

fn pick<T: Clone>(list: &[T], number: u8) -> Option<T> {
    let at = usize::from(number).checked_rem(list.len())?;
    list.get(at).cloned()
}

impl Raid {
    /// Charters that run, and money in everybody's hands; made once for each scene, then shared.
    pub fn on(scene: usize) -> Raid {
        static RAIDS: [OnceLock<Raid>; SCENES] = [const { OnceLock::new() }; SCENES];
        RAIDS[scene].get_or_init(|| Raid::begin(scene)).clone()
    }

    fn begin(scene: usize) -> Raid {
        let (mut world, town) = World::town();
        let mut charters = Vec::new();
        for text in texts(scene) {
            let read = Charter::load(&text).unwrap();
            let named = read.roles.iter().filter(|role| role.proof == model::Proof::Named);
            let roles: Vec<_> = named.map(|role| role.name.clone()).collect();
            let holders: &[&Actor] = &[&town["office"], &town["dora"]];
            let roles: Vec<_> = roles.iter().map(|name| (name.as_str(), holders)).collect();
            charters.push((world.founded(&town, &text, &roles), Arc::new(read)));
        }
        let mut lots = Vec::new();
        for (name, _) in PEOPLE {
            lots.push(world.claims(&town, name, 100_000_000));
        }
        lots.push(lot(world.does(&town["ann"], issue(&town["bob"], "CNY", "1000.00"))));
        lots.push(lot(world.does(&town["bank"], issue(&town["ann"], "JPY", "1000"))));
        let mut raid = Raid {
            world,
            town: Arc::new(town),
            charters,
            lots,
            said: Vec::new(),
            mandates: Vec::new(),
            roles: Roles::new(),
            once: Roles::new(),
        };
        for (name, role) in PEOPLE.iter().filter(|(_, role)| !role.is_empty()) {
            let holder = raid.town[name].clone();
            raid.attested(&holder, role);
        }
        raid
    }

    /// What every raid begins with: a few cases, and some money in them.
    pub fn prelude() -> Vec<Move> {
        let next = |number: u8| Move {
            act: [0, 10, 10][usize::from(number % 3)],
            who: number,
            whom: number / 6,
            which: number / 3,
            amount: number.wrapping_mul(37),
            twist: 2,
        };
        (0..24).map(next).collect()
    }

    fn attested(&mut self, holder: &Actor, role: &str) {
        let until = self.world.now.plus(FOR_LIFE);
        let keeper = self.town["keeper"].clone();
        let op = self.world.act(&keeper, attest(holder, role, until));
        self.world.done(&op);
        self.learn(&op);
    }

    /// Plays a move, and remembers what it brought.
    pub fn op(&mut self, m: Move) -> Op {
        self.pass(m);
        let op = match m.act % 32 {
            0 | 1 => self.opened(m),
            2 => self.stated(m),
            3 => self.named(m),
            4 => self.passed(m),
            5..=8 => self.vouched(m),
            9 => self.set(m),
            10..=14 => self.paid_in(m),
            15..=21 => self.triggered(m),
            22 | 23 => self.by(m, None, run(self.charter(m).0)),
            24..=26 => self.drawn(m),
            27 => self.braked(m),
            28 => self.about_texts(m),
            29 => self.with_money(m),
            30 => self.with_rights(m),
            _ => self.again(m),
        };
        self.deputised(op, m)
    }

    /// Plays a move; what comes of it is his business.
    pub fn step(&mut self, m: Move) {
        let op = self.op(m);
        if self.world.run_claimed(&op).is_ok() {
            self.learn(&op);
        }
    }

    pub fn learn(&mut self, op: &Op) {
        let id = op.id();
        self.said.push(op.clone());
        self.said.drain(..self.said.len().saturating_sub(16));
        match &op.payload.act {
            Act::RoleAttest(act) if op.payload.actor == Some(self.town["keeper"].id) => {
                self.roles.insert((act.subject, act.role.clone()), id);
                self.once.insert((act.subject, act.role.clone()), id);
            }
            Act::RoleRevoke(act) => self.roles.retain(|_, known| *known != act.attestation),
            Act::MandateGrant(act) => {
                let actor = |id: Option<Hash>| {
                    self.town.0.values().find(|who| Some(who.id) == id).unwrap().clone()
                };
                self.mandates.push((id, actor(op.payload.actor), actor(Some(act.to))));
            }
            Act::CharterPublish(act) => {
                self.charters.push((id, Arc::new(Charter::load(&act.text).unwrap())));
            }
            _ => {}
        }
    }

    /// Hours pass with each move, sometimes weeks or years.
    fn pass(&mut self, m: Move) {
        let time = match m.twist % 32 {
            0..=19 => u64::from(m.amount % 4) * HOUR,
            20..=27 => u64::from(m.amount % 16) * DAY,
            28..=30 => u64::from(m.amount % 4) * 31 * DAY,
            _ => u64::from(m.amount % 3) * 400 * DAY,
        };
        self.world.wait(time);
    }

    pub(super) fn charter(&self, m: Move) -> (Hash, Arc<Charter>) {
        let stage = |id: &Hash| self.world.entry(*id).stage;
        let runs = |(id, _): &&(Hash, Arc<Charter>)| stage(id) == Stage::Running;
        let running: Vec<_> = self.charters.iter().filter(runs).cloned().collect();
        let blind = pick(&self.charters, m.which).filter(|_| m.twist % 16 == 7);
        blind.or(pick(&running, m.which)).unwrap()
    }

    /// A case of a charter: mostly one there is.
    fn case(&self, charter: Hash, m: Move) -> u64 {
        let cases = self.world.entry(charter).cases;
        if m.twist == 200 { cases } else { u64::from(m.whom).checked_rem(cases).unwrap_or(0) }
    }

    fn anybody(&self, number: u8) -> Actor {
        let people: Vec<_> = self.town.0.values().cloned().collect();
        pick(&people, number).unwrap()
    }

    /// Somebody whom the text means, or sometimes anybody.
    fn fit(&self, m: Move, charter: Hash, actors: &[model::Actor], case: Option<u64>) -> Actor {
        let people: Vec<_> = self.town.0.values().collect();
        let turned = people.iter().cycle().skip(m.who.into()).take(people.len());
        let case = case.and_then(|case| self.world.state.case(&charter, case));
        let sight = Sight::of(self, charter, case.as_ref());
        let mut fits = turned.filter(|who| {
            actors.iter().any(|actor| entitled(&sight, *actor, &who.id, &self.roles))
        });
        let found = fits.next().filter(|_| m.twist < 232);
        found.map_or_else(|| self.anybody(m.who), |who| (**who).clone())
    }

    fn by(&mut self, m: Move, who: Option<Actor>, act: Act) -> Op {
        let who = who.unwrap_or_else(|| self.anybody(m.who));
        self.world.act(&who, act)
    }

    fn people(&self, m: Move, count: u8, weight: u64) -> Vec<(Actor, u64)> {
        let names = ["ann", "bob", "cai", "dora", "office"];
        let some = (0..count).map(|n| usize::from(m.whom.wrapping_add(n)) % names.len());
        some.map(|at| (self.town[names[at]].clone(), weight)).collect()
    }
}
