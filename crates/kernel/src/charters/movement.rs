//! The one place where money moves between a charter's pots and people.
//!
//! 1. What would move is prepared: payees are found, counters are added up, and everything that
//!    could forbid it is looked at. Nothing has changed.
//! 2. It is carried out, which cannot fail: source, target, rest, counters, sums, and the mark that
//!    this flow has taken place for this case in this period.

use super::room::Room;
use super::state::{Case, Moment};
use crate::limits;
use crate::refusal::Refusal;
use crate::state::{Draft, keys};
use weal_charter::due::Due;
use weal_charter::model::{ALL_HIGH, Flow, Once, Source, Target};
use weal_charter::number::split;
use weal_proof::Hash;

/// A payment, or a payment that was due and missed, as the log's explanations tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The charter.
    pub charter: Hash,
    /// The flow's number in the text.
    pub flow: u32,
    /// The case.
    pub case: Option<u64>,
    /// The month it is for, counted from the year 0.
    pub month: u32,
    /// What moved, in minor units.
    pub amount: u64,
    /// What was due and could not be paid.
    pub missed: u64,
    /// What else left the pot for the one where rests go.
    pub rest: u64,
    /// Who got how much, where money left the pots.
    pub payees: Vec<(Hash, u64)>,
    /// What the amount's rule was asked with.
    pub inputs: Vec<i128>,
}

/// What would move, along which flow.
pub(crate) struct Prepared {
    flow: usize,
    amount: u64,
    rest: u64,
    payees: Vec<(Hash, u64)>,
    counters: Vec<(usize, i128, i128)>,
}

impl Room {
    /// What is in the pot a flow takes from.
    pub(crate) fn available(&self, flow: &Flow, case: Option<&Case>) -> u64 {
        let Source::Pot(pot) = flow.source else { return limits::MINOR };
        self.in_pot(pot, case)
    }

    /// What is in a pot, over all cases.
    fn held_in(&self, pot: usize) -> u64 {
        self.entry.pots.get(pot).copied().unwrap_or(0)
    }

    fn in_pot(&self, pot: usize, case: Option<&Case>) -> u64 {
        let per_case = self.charter.pots.get(pot).is_some_and(|pot| pot.per_case);
        let pots = if per_case { case.map(|case| &case.pots) } else { Some(&self.entry.pots) };
        pots.and_then(|pots| pots.get(pot)).copied().unwrap_or(0)
    }

    /// The period that a flow takes place in, as it is marked; above any that came before.
    pub(crate) fn period(flow: &Flow, moment: Moment) -> u32 {
        match flow.once {
            Once::Year => moment.year,
            _ if flow.clock() == Some(weal_charter::model::Actor::EachYear) => moment.year,
            _ => moment.month,
        }
    }

    /// Whether it has taken place already as often as it may.
    pub(crate) fn is_spent(
        &self,
        number: usize,
        flow: &Flow,
        case: Option<&Case>,
        moment: Moment,
    ) -> bool {
        let last = match case {
            Some(case) if flow.per_case => case.last.get(number).copied(),
            _ => self.entry.flows.get(number).map(|state| state.last),
        };
        let last = last.unwrap_or(0);
        match (flow.once, flow.clock()) {
            (Once::Ever, _) => last > 0,
            (Once::Each, None) => false,
            _ => last >= Room::period(flow, moment),
        }
    }

    /// What is left of a flow's cap in this month.
    pub(crate) fn cap_left(&self, number: usize, flow: &Flow, moment: Moment) -> u64 {
        let Some(cap) = flow.cap else { return u64::MAX };
        let state = self.entry.flows.get(number).copied().unwrap_or_default();
        let used = if state.month == moment.month { state.in_month } else { 0 };
        u64::try_from(cap).unwrap_or(0).saturating_sub(used)
    }

    /// Looks at everything that could forbid a movement.
    pub(crate) fn prepare(
        &self,
        number: usize,
        case: Option<&Case>,
        due: &Due,
        amount: u64,
    ) -> Result<Prepared, (Refusal, String)> {
        let Some(flow) = self.charter.flows.get(number) else {
            return Err((Refusal::UnknownName, "there is no such flow".to_owned()));
        };
        let available = self.available(flow, case);
        if amount > available {
            return Err((Refusal::PotShort, format!("{amount} asked, {available} there")));
        }
        let payees = self.payees(flow, case, amount)?;
        let rest = match flow.rest_to {
            Some(_) => available.saturating_sub(amount),
            None => 0,
        };
        let gains = match flow.to {
            Target::Pot(pot) => [(Some(pot), amount), (flow.rest_to, rest)],
            _ => [(None, amount), (flow.rest_to, rest)],
        };
        for (pot, gain) in gains {
            // What is owed to people is bounded as pots are: sums of money never overflow.
            let held = pot.map_or(self.entry.due, |pot| self.held_in(pot));
            if gain > limits::MINOR.saturating_sub(held) {
                return Err((Refusal::BadQuantity, "more than can be held".to_owned()));
            }
        }
        let mut counters = Vec::with_capacity(due.counts.len());
        for (number, change) in &due.counts {
            let own = case.and_then(|case| case.counters.get(*number)).copied().unwrap_or(0);
            let range = self.charter.counters.get(*number);
            let after = own.checked_add(*change);
            let fits = |after: &i128| range.is_some_and(|r| (r.low..=r.high).contains(after));
            let all = self.entry.all.get(*number).copied().unwrap_or(0).saturating_add(*change);
            match after.filter(fits) {
                Some(after) if all.abs() <= ALL_HIGH => counters.push((*number, after, all)),
                _ => {
                    let name = range.map_or("", |counter| &counter.name);
                    return Err((Refusal::OutOfRange, format!("{name} would leave its range")));
                }
            }
        }
        Ok(Prepared { flow: number, amount, rest, payees, counters })
    }

    /// Who gets how much, where money leaves the pots.
    fn payees(
        &self,
        flow: &Flow,
        case: Option<&Case>,
        amount: u64,
    ) -> Result<Vec<(Hash, u64)>, (Refusal, String)> {
        if amount == 0 {
            return Ok(Vec::new());
        }
        let nobody = || (Refusal::NoPayee, self.charter.target_name(flow.to).to_owned());
        let shares: Vec<(Hash, u64)> = match flow.to {
            Target::Pot(_) => return Ok(Vec::new()),
            Target::Party(party) => {
                case.and_then(|case| case.parties.get(party)).cloned().unwrap_or_default()
            }
            Target::Role(role) => {
                let holders = self.entry.named.get(role).cloned().unwrap_or_default();
                holders.into_iter().map(|holder| (holder, 1)).collect()
            }
        };
        let weights: Vec<u64> = shares.iter().map(|(_, weight)| *weight).collect();
        let parts = split(amount, &weights).ok_or_else(nobody)?;
        Ok(shares.iter().zip(parts).map(|((who, _), part)| (*who, part)).collect())
    }

    /// Carries out what was prepared on this very charter and case.
    pub(crate) fn carry_out(
        &mut self,
        mut case: Option<&mut Case>,
        prepared: Prepared,
        moment: Moment,
        draft: &mut Draft<'_>,
    ) -> Payment {
        let Prepared { flow: number, amount, rest, payees, counters } = prepared;
        let Some(flow) = self.charter.flows.get(number).cloned() else {
            unreachable!("a flow that was prepared is in the text");
        };
        if let Source::Pot(pot) = flow.source {
            self.add(pot, case.as_deref_mut(), amount.saturating_add(rest), false);
        }
        match flow.to {
            Target::Pot(pot) => self.add(pot, case.as_deref_mut(), amount, true),
            _ => self.owe(&payees, amount, draft),
        }
        if let Some(pot) = flow.rest_to {
            self.add(pot, case.as_deref_mut(), rest, true);
        }
        for (counter, after, all) in counters {
            if let Some(entry) = self.entry.all.get_mut(counter) {
                *entry = all;
            }
            let own = case.as_deref_mut().and_then(|case| case.counters.get_mut(counter));
            if let Some(entry) = own {
                *entry = after;
            }
        }
        self.mark(number, case.as_deref_mut(), amount, moment);
        if let Some(case) = case.filter(|_| flow.ends) {
            self.end(case);
        }
        Payment {
            charter: self.id,
            flow: u32::try_from(number).unwrap_or(u32::MAX),
            case: None,
            month: moment.month,
            amount,
            missed: 0,
            rest,
            payees,
            inputs: Vec::new(),
        }
    }

    /// Adds to a pot or takes from it; for a case's own pot also to or from their sum.
    fn add(&mut self, pot: usize, case: Option<&mut Case>, amount: u64, is_gain: bool) {
        let per_case = self.charter.pots.get(pot).is_some_and(|pot| pot.per_case);
        let own = case.filter(|_| per_case).and_then(|case| case.pots.get_mut(pot));
        for entry in self.entry.pots.get_mut(pot).into_iter().chain(own) {
            let after = if is_gain { entry.checked_add(amount) } else { entry.checked_sub(amount) };
            assert!(after.is_some(), "a pot of charter {} overflows or is overdrawn", self.id);
            *entry = after.unwrap_or(*entry);
        }
    }

    fn owe(&mut self, payees: &[(Hash, u64)], amount: u64, draft: &mut Draft<'_>) {
        self.entry.due = self.entry.due.saturating_add(amount);
        for (payee, part) in payees.iter().filter(|(_, part)| *part > 0) {
            let key = keys::charter_due(&self.id, payee);
            let due: u64 = draft.get(&key).unwrap_or(0);
            draft.put(key, &due.saturating_add(*part));
        }
    }

    fn mark(&mut self, number: usize, case: Option<&mut Case>, amount: u64, moment: Moment) {
        let Some(flow) = self.charter.flows.get(number) else { return };
        let (period, per_case) = (Room::period(flow, moment), flow.per_case);
        if let Some(case) = case {
            if let Some(last) = case.last.get_mut(number) {
                *last = period;
            }
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            case.asked.retain(|(asked, _)| *asked != number);
        }
        if let Some(state) = self.entry.flows.get_mut(number) {
            state.moved = state.moved.saturating_add(amount);
            state.payments = state.payments.saturating_add(1);
            if state.month != moment.month {
                (state.month, state.in_month) = (moment.month, 0);
            }
            state.in_month = state.in_month.saturating_add(amount);
            if !per_case {
                state.last = period;
            }
        }
    }

    /// Ends a case that holds nothing any more; its counters leave the sums.
    fn end(&mut self, case: &mut Case) {
        if case.pots.iter().any(|pot| *pot > 0) {
            return;
        }
        case.ended = true;
        self.entry.open = self.entry.open.saturating_sub(1);
        for (all, own) in self.entry.all.iter_mut().zip(&mut case.counters) {
            *all = all.saturating_sub(*own);
            *own = 0;
        }
    }
}
