//! The rules about the network a second time: who keeps the book, what was asked and answered.

use super::{Case, Verdict, ensure};
use crate::common::keeping::abroad;
use std::collections::{BTreeMap, BTreeSet};
use weal_kernel::network::op::{Change, CitedOperation};
use weal_kernel::{Act, Hash};
use weal_proof::genesis::Keeper;
use weal_proof::keys::PublicKey;

#[derive(Clone)]
struct Asked {
    change: Change,
    until: u64,
    /// Who said yes or no.
    answers: BTreeMap<PublicKey, bool>,
    decided: bool,
}

/// Who keeps the book, and what else it knows about networks.
#[derive(Clone, Default)]
pub struct Keeping {
    pub epoch: u64,
    pub now: Vec<Keeper>,
    pub next: Vec<Keeper>,
    asked: BTreeMap<Hash, Asked>,
    pub known: BTreeSet<Hash>,
    pub cited: BTreeSet<(Hash, Hash)>,
}

/// Nobody uses a key of another, and there is at least one and at most 64 of them.
fn fit(keepers: &[Keeper]) -> bool {
    let shared =
        |a: &Keeper, b: &Keeper| [a.key, a.owner].iter().any(|k| [b.key, b.owner].contains(k));
    let clash = keepers
        .iter()
        .enumerate()
        .any(|(at, keeper)| keepers.iter().skip(at + 1).any(|other| shared(keeper, other)));
    !clash && (1..=64).contains(&keepers.len())
}

fn of<'a>(keepers: &'a [Keeper], key: &PublicKey) -> Result<&'a Keeper, &'static str> {
    keepers.iter().find(|keeper| keeper.key == *key).ok_or("no such keeper")
}

impl Keeping {
    pub fn new(keepers: Vec<Keeper>) -> Keeping {
        Keeping { now: keepers.clone(), next: keepers, ..Keeping::default() }
    }

    pub fn begin_epoch(&mut self, epoch: u64) {
        self.epoch = epoch;
        self.now = self.next.clone();
    }

    pub fn is_owner(&self, key: &PublicKey) -> bool {
        self.now.iter().any(|keeper| keeper.owner == *key)
    }

    pub fn cites(&self, cites: &[CitedOperation]) -> Verdict {
        ensure(cites.len() <= 8, "too many citations")?;
        let known = |cited: &CitedOperation| self.cited.contains(&(cited.network, cited.operation));
        ensure(cites.iter().all(known), "not cited")
    }

    pub(super) fn say(&mut self, act: &Act, case: &mut Case<'_>) -> Verdict {
        match act {
            Act::NetworkPropose(act) => {
                match &act.change {
                    Change::Add(keeper) => case.signs_with(&[keeper.key, keeper.owner])?,
                    Change::Rekey { key, new } => {
                        case.signs_with(&[of(&self.next, key)?.owner, *new])?;
                    }
                    _ => {}
                }
                self.clone().change(&act.change)?;
                let (until, answers) = (case.now + 90 * 24 * 60 * 60 * 1000, BTreeMap::new());
                let asked = Asked { change: act.change.clone(), until, answers, decided: false };
                self.asked.insert(case.id, asked);
                Ok(())
            }
            Act::NetworkApprove(act) => self.answer(&act.proposal, &act.keeper, true, case),
            Act::NetworkDecline(act) => self.answer(&act.proposal, &act.keeper, false, case),
            Act::NetworkMove(act) => {
                case.signs_with(&[of(&self.next, &act.keeper)?.owner])?;
                for keeper in &mut self.next {
                    if keeper.key == act.keeper {
                        keeper.address = act.address.clone();
                    }
                }
                Ok(())
            }
            Act::NetworkCite(act) => {
                let all = abroad().iter().flat_map(|other| {
                    other.receipts.iter().map(|(id, text)| ((other.network, *id), text))
                });
                let mut all = all;
                let (cited, _) = all.find(|(_, text)| **text == act.receipt).ok_or("spoilt")?;
                ensure(self.known.contains(&cited.0), "a network nobody recognised")?;
                ensure(self.cited.insert(cited), "cited before")
            }
            _ => Err("not about the network"),
        }
    }

    fn answer(&mut self, id: &Hash, keeper: &PublicKey, yes: bool, case: &mut Case<'_>) -> Verdict {
        case.signs_with(&[of(&self.now, keeper)?.owner])?;
        let mut asked = self.asked.get(id).ok_or("nobody asked")?.clone();
        ensure(!asked.decided, "decided")?;
        ensure(case.now < asked.until, "too late")?;
        ensure(asked.answers.insert(*keeper, yes).is_none(), "answered before")?;
        asked.answers.retain(|key, _| of(&self.now, key).is_ok());
        let (all, for_it) = (self.now.len(), asked.answers.values().filter(|yes| **yes).count());
        let silent = all - asked.answers.len();
        let enough = |count: usize| count * 100 >= all * 67;
        if enough(for_it) {
            self.change(&asked.change)?;
        }
        asked.decided = enough(for_it) || !enough(for_it + silent);
        self.asked.insert(*id, asked);
        Ok(())
    }

    fn change(&mut self, change: &Change) -> Verdict {
        match change {
            Change::Add(keeper) => self.next.push(keeper.clone()),
            Change::Remove { key } => {
                of(&self.next, key)?;
                self.next.retain(|keeper| keeper.key != *key);
            }
            Change::Rekey { key, new } => {
                let keeper = Keeper { key: *new, ..of(&self.next, key)?.clone() };
                self.next.retain(|keeper| keeper.key != *key);
                self.next.push(keeper);
            }
            Change::Recognise { genesis } => {
                let other = abroad().iter().find(|other| other.genesis == *genesis);
                let other = other.ok_or("no genesis")?;
                ensure(self.known.insert(other.network), "known already")?;
            }
        }
        ensure(fit(&self.next), "no keepers")
    }
}
