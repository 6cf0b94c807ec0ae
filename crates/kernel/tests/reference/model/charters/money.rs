//! Money in and out of a kitty, by hand.

use super::super::{Case, Model, Place, Verdict, ensure};
use super::{DAY, Life, month};
use weal_kernel::Hash;
use weal_kernel::charters::op::{Draw, Onward, PayIn, Trigger};
use weal_kernel::holdings::op::LotId;

impl Model {
    pub(super) fn pay_in(&mut self, act: &PayIn, case: &Case<'_>) -> Verdict {
        let mut coins = Vec::new();
        for line in &act.lines {
            coins.push((line.lot, self.minor_of(line)?));
        }
        let into = Onward { charter: act.charter, flow: act.flow.clone(), case: act.case };
        self.come_in(&into, Place::With(case.actor), &coins, case)
    }

    pub(super) fn come_in(
        &mut self,
        act: &Onward,
        from: Place,
        coins: &[(LotId, u64)],
        case: &Case<'_>,
    ) -> Verdict {
        let bank = self.kitty(&act.charter, &Life::Running)?.bank;
        let mut sum = 0;
        for (lot, minor) in coins.iter().copied() {
            ensure(self.is_claim(&lot, &bank, "CNY"), "other money")?;
            let held = self.balance(lot, Place::With(act.charter));
            self.take(lot, from, minor)?;
            self.add(lot, Place::With(act.charter), minor);
            let kitty = self.kitty(&act.charter, &Life::Running)?;
            if held == 0 {
                kitty.queue.push(lot);
            }
            sum += minor;
        }
        let kitty = self.kitty(&act.charter, &Life::Running)?;
        let rate = u64::try_from(kitty.rate).unwrap();
        match (act.flow.as_str(), act.case) {
            ("gift", None) => {
                kitty.needs_no_brake("gift", case.now)?;
                kitty.common += sum;
                Ok(())
            }
            ("fill", Some(number)) => {
                let member = kitty.member(number)?;
                ensure(member.who == case.actor, "not his purse")?;
                member.purse += sum;
                Ok(())
            }
            ("dues", Some(number)) => {
                let member = kitty.member(number)?;
                let due = member.times < 2 && member.paid < month(case.now);
                ensure(due && sum == rate, "not due")?;
                (member.times, member.paid) = (member.times + 1, month(case.now));
                kitty.common += sum;
                Ok(())
            }
            _ => Err("no such way in"),
        }
    }

    pub(super) fn trigger(&mut self, act: &Trigger, case: &Case<'_>) -> Verdict {
        let them = self.clone();
        let kitty = self.kitty(&act.charter, &Life::Running)?;
        let clerks = kitty.clerks.clone();
        let is_clerk = clerks.contains(&case.actor);
        let member = kitty.member(act.case.ok_or("no case")?)?;
        match (act.flow.as_str(), act.amount_minor) {
            ("help", None) => {
                let shows = |kind: &str, who: &Hash| member.seen.contains(&(kind.into(), *who));
                let friend = member.friend.filter(|friend| shows("seen by friend", friend));
                let friend = friend.ok_or("no friend has seen it")?;
                let shown: Vec<_> = member.seen.iter().map(|(_, who)| *who).collect();
                let one = |clerk: &Hash| them.are_one(&friend, clerk, &shown, case.now);
                let other = |clerk: &&Hash| !one(clerk) && shows("seen by clerk", clerk);
                ensure(clerks.iter().any(|clerk| other(&clerk)), "no clerk has seen it")?;
                ensure(!clerks.iter().any(|clerk| shows("stop by clerk", clerk)), "stopped")?;
                let (half, holders) = (member.purse / 2, member.holders.clone());
                ensure(member.grade > 0, "not graded")?;
                ensure(half == 0 || !holders.is_empty(), "no holder")?;
                let rest = member.purse - half;
                (member.purse, member.ended) = (0, true);
                kitty.common += rest;
                if half > 0 {
                    kitty.owe(&holders, half);
                }
                Ok(())
            }
            ("leave", None) => {
                ensure(member.who == case.actor, "not his purse")?;
                let Some(asked) = member.asked else {
                    member.asked = Some(case.now);
                    return Ok(());
                };
                ensure(case.now >= asked + DAY, "too early")?;
                let (who, all) = (member.who, member.purse);
                (member.purse, member.asked) = (0, None);
                kitty.owe(&[(who, 1)], all);
                Ok(())
            }
            ("grant", Some(minor)) => {
                let who = member.who;
                ensure(is_clerk && minor > 0, "no grant")?;
                kitty.needs_no_brake("grant", case.now)?;
                let now = month(case.now);
                let before = if kitty.granted.0 == now { kitty.granted.1 } else { 0 };
                ensure(before + minor <= 300, "over the cap")?;
                kitty.common = kitty.common.checked_sub(minor).ok_or("too little there")?;
                kitty.granted = (now, before + minor);
                kitty.owe(&[(who, 1)], minor);
                Ok(())
            }
            _ => Err("no such flow"),
        }
    }

    /// What the months bring: everybody gets what he lacks, or all the same share of it.
    pub(super) fn share_out(&mut self, charter: &Hash, case: &Case<'_>) -> Verdict {
        let kitty = self.kitty(charter, &Life::Running)?;
        ensure(kitty.next <= month(case.now), "nothing due")?;
        for now in kitty.next..=month(case.now) {
            let there = kitty.common;
            let members = kitty.members.clone();
            let asked = members.iter().filter(|member| !member.ended && member.joined <= now);
            let total: u64 = asked.clone().map(|member| member.need).sum();
            for member in asked.filter(|member| !member.holders.is_empty()) {
                let part = match total <= there {
                    true => member.need,
                    false => member.need * there / total,
                };
                kitty.common -= part;
                kitty.owe(&member.holders, part);
            }
        }
        kitty.next = month(case.now) + 1;
        Ok(())
    }

    pub(super) fn draw(&mut self, act: &Draw, case: &Case<'_>) -> Verdict {
        let owed = self.owed(&act.charter, &case.actor);
        let minor = act.amount_minor.unwrap_or(owed);
        ensure(minor > 0 && minor <= owed, "not his")?;
        let to = act.to.unwrap_or(case.actor);
        ensure(self.people.contains_key(&to), "nobody")?;
        let from = Place::With(act.charter);
        let mut coins = Vec::new();
        let mut left = minor;
        let kitty = self.kitties.get(&act.charter).ok_or("no such charter")?;
        for lot in &kitty.queue {
            let part = self.balance(*lot, from).min(left);
            coins.extend((part > 0).then_some((*lot, part)));
            left -= part;
        }
        let used = |lot: &LotId| coins.contains(&(*lot, self.balance(*lot, from)));
        let queue: Vec<LotId> = kitty.queue.iter().copied().filter(|lot| !used(lot)).collect();
        let kitty = self.kitties.get_mut(&act.charter).ok_or("no such charter")?;
        kitty.queue = queue;
        *kitty.owed.entry(case.actor).or_default() -= minor;
        let Some(into) = &act.into else {
            for (lot, part) in coins {
                self.take(lot, from, part)?;
                self.add(lot, Place::With(to), part);
            }
            return Ok(());
        };
        ensure(act.to.is_none() && into.charter != act.charter, "either to or into another")?;
        self.come_in(into, from, &coins, case)
    }
}
