//! The kitty a second time, by hand: its text is not read here, its rules are written in Rust.

mod money;

use super::{Case, Model, Place, Verdict, ensure};
use crate::common::kitty::KITTY;
use std::collections::{BTreeMap, BTreeSet};
use weal_kernel::charters::op::{
    Open, Pass, Publish, PullBrake, Remark, Review, SetParameter, Share, StateField, Vouch,
};
use weal_kernel::holdings::op::LotId;
use weal_kernel::{Act, Hash};

const DAY: u64 = 24 * 60 * 60 * 1000;
/// When months of plays begin: January, February and March of 2020.
const MONTHS: [u64; 3] = [1_577_836_800_000, 1_580_515_200_000, 1_583_020_800_000];

/// How many months have begun.
fn month(now: u64) -> usize {
    MONTHS.iter().filter(|begin| **begin <= now).count()
}

#[derive(Clone, PartialEq)]
enum Life {
    Review,
    Running,
    Withdrawn,
}

#[derive(Clone)]
pub struct Member {
    who: Hash,
    friend: Option<Hash>,
    holders: Vec<(Hash, u64)>,
    need: u64,
    grade: i64,
    times: u64,
    pub purse: u64,
    /// The month he joined in, and that of his last dues.
    joined: usize,
    paid: usize,
    asked: Option<u64>,
    /// What was shown by whom.
    seen: BTreeSet<(String, Hash)>,
    pub ended: bool,
}

/// A kitty in the model.
#[derive(Clone)]
pub struct Kitty {
    author: Hash,
    published: u64,
    bank: Hash,
    clerks: Vec<Hash>,
    life: Life,
    auditors: BTreeSet<Hash>,
    critics: BTreeSet<Hash>,
    rate: i64,
    rate_set: Option<u64>,
    pub members: Vec<Member>,
    pub common: u64,
    pub owed: BTreeMap<Hash, u64>,
    queue: Vec<LotId>,
    /// Minor units granted in a month.
    granted: (usize, u64),
    /// Until when gifts and grants are held up.
    braked: BTreeMap<String, u64>,
    brake_days: u64,
    /// Months shared out, and the first that is not.
    next: usize,
}

/// Floors, and what is left one by one to the largest remainder, the earliest among equals.
fn shared(amount: u64, weights: &[u64]) -> Vec<u64> {
    let whole: u64 = weights.iter().sum();
    let mut parts: Vec<u64> = weights.iter().map(|weight| amount * weight / whole).collect();
    let mut rests: Vec<i64> =
        weights.iter().map(|weight| i64::try_from(amount * weight % whole).unwrap()).collect();
    while parts.iter().sum::<u64>() < amount {
        let most = *rests.iter().max().unwrap();
        let at = rests.iter().position(|rest| *rest == most).unwrap();
        parts[at] += 1;
        rests[at] = -1;
    }
    parts
}

impl Kitty {
    fn owe(&mut self, holders: &[(Hash, u64)], amount: u64) {
        let weights: Vec<u64> = holders.iter().map(|(_, weight)| *weight).collect();
        for ((who, _), part) in holders.iter().zip(shared(amount, &weights)) {
            *self.owed.entry(*who).or_default() += part;
        }
    }

    fn member(&mut self, number: u64) -> Result<&mut Member, &'static str> {
        let found = self.members.get_mut(usize::try_from(number).unwrap());
        found.filter(|member| !member.ended).ok_or("no such member, or ended")
    }

    fn needs_clerk(&self, case: &Case<'_>) -> Verdict {
        ensure(self.clerks.contains(&case.actor), "not the clerk")
    }

    fn needs_no_brake(&self, flow: &str, now: u64) -> Verdict {
        ensure(self.braked.get(flow).is_none_or(|until| *until <= now), "braked")
    }
}

impl Model {
    pub(super) fn charters(&mut self, act: &Act, case: &mut Case<'_>) -> Verdict {
        match act {
            Act::CharterPublish(act) => self.publish(act, case),
            Act::CharterReview(act) => self.review(act, case),
            Act::CharterAttest(act) => {
                let kitty = self.kitty(&act.charter, &Life::Review)?;
                ensure(act.text == Hash::of(&[KITTY.as_bytes()]), "another text")?;
                ensure(![case.actor, case.hand].contains(&kitty.author), "the author")?;
                ensure(kitty.auditors.insert(case.actor), "an auditor already")
            }
            Act::CharterLock(act) => {
                let kitty = self.kitty(&act.charter, &Life::Review)?;
                let author = kitty.author;
                let mut all: Vec<_> = kitty.auditors.iter().copied().collect();
                all.push(author);
                let audits = self.different(&all, case.now) - 1;
                ensure(audits > 0, "no auditor")?;
                let kitty = self.kitty(&act.charter, &Life::Review)?;
                (kitty.life, kitty.next) = (Life::Running, month(case.now));
                Ok(())
            }
            Act::CharterWithdraw(act) => {
                let kitty = self.kitty(&act.charter, &Life::Review)?;
                ensure(kitty.author == case.actor, "not the author")?;
                kitty.life = Life::Withdrawn;
                Ok(())
            }
            Act::CharterOpen(act) => self.open(act, case),
            Act::CharterState(act) => self.state(act, case),
            Act::CharterName(act) => {
                let people = self.people_of(&act.people)?;
                let member = self.kitty(&act.charter, &Life::Running)?.member(act.case)?;
                ensure(act.party == "friend" && member.who == case.actor, "not his to name")?;
                ensure(people.len() < 2, "one friend")?;
                member.friend = people.first().map(|(who, _)| *who);
                Ok(())
            }
            Act::CharterPass(act) => self.pass(act, case),
            Act::CharterVouch(act) => self.vouch(act, case),
            Act::CharterSet(act) => self.set(act, case),
            Act::CharterPay(act) => self.pay_in(act, case),
            Act::CharterTrigger(act) => self.trigger(act, case),
            Act::CharterRun(act) => self.share_out(&act.charter, case),
            Act::CharterDraw(act) => self.draw(act, case),
            Act::CharterBrake(act) => self.brake(act, case),
            _ => Err("not about charters"),
        }
    }

    fn kitty(&mut self, id: &Hash, life: &Life) -> Result<&mut Kitty, &'static str> {
        let kitty = self.kitties.get_mut(id).ok_or("no such charter")?;
        if kitty.life == *life { Ok(kitty) } else { Err("another time of life") }
    }

    /// What somebody may still draw.
    pub(super) fn owed(&self, charter: &Hash, who: &Hash) -> u64 {
        self.kitties.get(charter).and_then(|kitty| kitty.owed.get(who)).copied().unwrap_or(0)
    }

    fn people_of(&self, shares: &[Share]) -> Result<Vec<(Hash, u64)>, &'static str> {
        let different: BTreeSet<_> = shares.iter().map(|share| share.principal).collect();
        ensure(different.len() == shares.len(), "twice")?;
        ensure(different.iter().all(|who| self.people.contains_key(who)), "nobody")?;
        ensure(shares.iter().all(|share| share.weight > 0), "no weight")?;
        Ok(shares.iter().map(|share| (share.principal, share.weight)).collect())
    }

    fn publish(&mut self, act: &Publish, case: &Case<'_>) -> Verdict {
        ensure(act.text == KITTY && self.people.contains_key(&act.issuer), "no kitty of a bank")?;
        let clerks = act.roles.get("clerk").cloned().unwrap_or_default();
        ensure(act.roles.len() == 1 && !clerks.is_empty(), "no clerk")?;
        ensure(clerks.iter().all(|clerk| self.people.contains_key(clerk)), "nobody")?;
        let kitty = Kitty {
            author: case.actor,
            published: case.now,
            bank: act.issuer,
            clerks,
            life: Life::Review,
            auditors: BTreeSet::new(),
            critics: BTreeSet::new(),
            rate: 40,
            rate_set: None,
            members: Vec::new(),
            common: 0,
            owed: BTreeMap::new(),
            queue: Vec::new(),
            granted: (0, 0),
            braked: BTreeMap::new(),
            brake_days: 0,
            next: 0,
        };
        self.kitties.insert(case.id, kitty);
        Ok(())
    }

    fn review(&mut self, act: &Review, case: &Case<'_>) -> Verdict {
        let known = |id: &Hash, seen: &BTreeSet<Hash>| ensure(seen.contains(id), "nothing said");
        let seen = self.seen.clone();
        let kitty = self.kitty(&act.charter, &Life::Review)?;
        match &act.remark {
            Remark::Question { .. } => Ok(()),
            Remark::Answer { to, .. } => known(to, &seen),
            Remark::Defect { rule, inputs, gives, .. } => {
                ensure(case.now < kitty.published + DAY, "the review is over")?;
                let shown = rule == "half" && inputs.len() == 1;
                ensure(shown && inputs[0].div_euclid(2) == *gives, "no defect")?;
                ensure(kitty.critics.insert(case.actor), "said before")?;
                kitty.auditors.clear();
                Ok(())
            }
        }
    }

    fn open(&mut self, act: &Open, case: &Case<'_>) -> Verdict {
        let need = act.fields.get("need").copied().filter(|need| (0..=200).contains(need));
        ensure(act.fields.len() == 1, "other fields")?;
        let named = act.parties.keys().all(|name| ["friend", "holders"].contains(&name.as_str()));
        ensure(named, "other parties")?;
        let people = |name: &str| self.people_of(act.parties.get(name).map_or(&[][..], |s| s));
        let (friend, holders) = (people("friend")?, people("holders")?);
        ensure(friend.len() < 2, "one friend")?;
        let member = Member {
            who: case.actor,
            friend: friend.first().map(|(who, _)| *who),
            holders,
            need: u64::try_from(need.ok_or("no such need")?).unwrap(),
            grade: 0,
            times: 0,
            purse: 0,
            joined: month(case.now),
            paid: 0,
            asked: None,
            seen: BTreeSet::new(),
            ended: false,
        };
        self.kitty(&act.charter, &Life::Running)?.members.push(member);
        Ok(())
    }

    fn state(&mut self, act: &StateField, case: &Case<'_>) -> Verdict {
        let kitty = self.kitty(&act.charter, &Life::Running)?;
        kitty.needs_clerk(case)?;
        ensure(act.field == "grade" && (0..=3).contains(&act.value), "no such grade")?;
        kitty.member(act.case)?.grade = act.value;
        Ok(())
    }

    fn pass(&mut self, act: &Pass, case: &mut Case<'_>) -> Verdict {
        self.signs(&act.to, case)?;
        ensure(![case.actor, case.hand].contains(&act.to), "same hands")?;
        ensure(act.party == "holders" && act.weight > 0, "not to be passed")?;
        let member = self.kitty(&act.charter, &Life::Running)?.member(act.case)?;
        let own = member.holders.iter_mut().find(|(who, _)| *who == case.actor);
        let (_, own) = own.ok_or("no holder")?;
        *own = own.checked_sub(act.weight).ok_or("not enough")?;
        match member.holders.iter_mut().find(|(who, _)| *who == act.to) {
            Some((_, weight)) => *weight += act.weight,
            None => member.holders.push((act.to, act.weight)),
        }
        member.holders.retain(|(_, weight)| *weight > 0);
        for line in &act.price {
            let minor = self.minor_of(line)?;
            self.take(line.lot, Place::With(act.to), minor)?;
            self.add(line.lot, Place::With(case.actor), minor);
        }
        Ok(())
    }

    fn vouch(&mut self, act: &Vouch, case: &Case<'_>) -> Verdict {
        let kitty = self.kitty(&act.charter, &Life::Running)?;
        let clerk = kitty.clerks.contains(&case.actor);
        let member = kitty.member(act.case)?;
        let may = match act.evidence.as_str() {
            "seen by friend" => member.friend == Some(case.actor),
            "seen by clerk" | "stop by clerk" => clerk,
            _ => return Err("no such evidence"),
        };
        let said = (act.evidence.clone(), case.actor);
        if act.retract {
            return ensure(member.seen.remove(&said), "not shown");
        }
        ensure(may && member.seen.insert(said), "not his to show, or shown")
    }

    fn set(&mut self, act: &SetParameter, case: &Case<'_>) -> Verdict {
        let kitty = self.kitty(&act.charter, &Life::Running)?;
        kitty.needs_clerk(case)?;
        ensure(act.parameter == "rate" && (0..=100).contains(&act.value), "out of range")?;
        ensure(kitty.rate_set.is_none_or(|set| case.now >= set + DAY), "too soon")?;
        ensure((act.value - kitty.rate).abs() <= kitty.rate / 2, "too much")?;
        (kitty.rate, kitty.rate_set) = (act.value, Some(case.now));
        Ok(())
    }

    fn brake(&mut self, act: &PullBrake, case: &Case<'_>) -> Verdict {
        let kitty = self.kitty(&act.charter, &Life::Running)?;
        kitty.needs_clerk(case)?;
        ensure(["gift", "grant"].contains(&act.flow.as_str()), "no brake for this")?;
        ensure(act.days > 0 && kitty.brake_days + act.days <= 3, "no such days")?;
        kitty.brake_days += act.days;
        let until = kitty.braked.entry(act.flow.clone()).or_default();
        *until = (*until).max(case.now) + act.days * DAY;
        Ok(())
    }
}
