//! One month of a charter, flow by flow, as the ledger runs them.
//!
//! 1. Cases pay in what the plan asks, one after the other.
//! 2. The calendar's flows run in the order of the text. All cases of one run see the shared pots
//!    and the sums of counters as they were when it began.
//! 3. What somebody may trigger is triggered, case by case.
//! 4. A payment above what its pot holds, or above the month's cap, is refused, cut, shared out or
//!    left waiting, as its flow says. Within a cell whole cases are paid, the others are not.
//!
//! Days of waiting are left out: a payment counts in the month in which it is asked for.

use super::error::{Answer, AssessError};
use super::parts::is_done;
use super::world::{Group, MICRO, Shared, World, part};
use crate::due::{Clerk, Due};
use crate::model::{Amount, Flow, Input, Once, Short, Source, Target};
use crate::number::split;

/// What one cell has to get.
struct Claim {
    group: Option<usize>,
    /// For each case.
    each: i128,
    /// For all of them.
    total: i128,
    counts: Vec<(usize, i128)>,
}

impl World<'_> {
    /// All cases pay in what their plan asks for.
    pub(super) fn pay_in(&mut self) -> Answer<()> {
        for number in self.parts.inflows.clone() {
            for at in 0..self.groups.len() {
                if let Some(claim) = self.planned(number, at)? {
                    self.settle_one(number, claim)?;
                }
            }
        }
        Ok(())
    }

    /// What a cell pays in through a flow this month.
    fn planned(&mut self, number: usize, at: usize) -> Answer<Option<Claim>> {
        let charter = self.charter;
        let Some(flow) = charter.flows.get(number) else { return Ok(None) };
        let (Some(plan), Some(group)) = (flow.plan, self.groups.get(at)) else { return Ok(None) };
        if self.is_paid(flow, number, group) {
            return Ok(None);
        }
        let mut clerk = self.clerk.take().unwrap_or_else(|| Clerk::new(charter));
        let planned = clerk.ask(plan, &self.view(Some(group), &self.shared, 0));
        self.clerk = Some(clerk);
        let planned = planned?;
        if planned <= 0 {
            return Ok(None);
        }
        self.claim(number, Some(at), None, planned)
    }

    /// Whether a flow is not due to these cases, because it was paid in this period.
    fn is_paid(&self, flow: &Flow, number: usize, group: &Group) -> bool {
        let paid = group.paid.get(number).copied().flatten();
        is_done(flow.once, paid, self.calendar_month())
    }

    /// What a flow's rules say for a cell, or for the charter as a whole.
    fn claim(
        &mut self,
        number: usize,
        at: Option<usize>,
        shared: Option<&Shared>,
        stated: i128,
    ) -> Answer<Option<Claim>> {
        let charter = self.charter;
        let Some(flow) = charter.flows.get(number) else { return Ok(None) };
        let group = at.and_then(|at| self.groups.get(at));
        if group.is_some_and(|group| group.heads <= 0 || self.is_paid(flow, number, group)) {
            return Ok(None);
        }
        let mut clerk = self.clerk.take().unwrap_or_else(|| Clerk::new(charter));
        let due = clerk.due(flow, &self.view(group, shared.unwrap_or(&self.shared), stated));
        self.clerk = Some(clerk);
        let Some(Due { amount_minor, counts, .. }) = due? else { return Ok(None) };
        let each = i128::from(amount_minor);
        let nothing = each == 0 && counts.is_empty() && !(flow.ends && flow.clock().is_some());
        if nothing || group.is_some_and(|group| !self.fits(group, &counts)) {
            return Ok(None);
        }
        let total = match (group, flow.amount, flow.source) {
            (Some(_), Amount::All, Source::Pot(pot)) if self.is_per_case(pot) => {
                *self.pot(pot, at)?
            }
            (Some(group), ..) => part(each, group.heads, MICRO)?,
            (None, ..) => each,
        };
        Ok(Some(Claim { group: at, each, total, counts }))
    }

    fn is_per_case(&self, pot: usize) -> bool {
        self.charter.is_per_case(Input::Pot(pot))
    }

    /// Whether counters stay within their ranges; otherwise the ledger refuses.
    fn fits(&self, group: &Group, counts: &[(usize, i128)]) -> bool {
        counts.iter().all(|(counter, change)| {
            let (low, high) = self.charter.range(Input::Counter(*counter));
            let now = group.counters.get(*counter).copied().unwrap_or(0);
            (low..=high).contains(&now.saturating_add(*change))
        })
    }

    /// Runs a flow of the calendar for all cases.
    pub(super) fn run(&mut self, number: usize) -> Answer<()> {
        let charter = self.charter;
        let Some(flow) = charter.flows.get(number) else { return Ok(()) };
        let before = self.shared.clone();
        let cells = if flow.per_case { self.groups.len() } else { 0 };
        let mut claims = Vec::new();
        if !flow.per_case {
            claims.extend(self.claim(number, None, Some(&before), 0)?);
        }
        for at in 0..cells {
            claims.extend(self.claim(number, Some(at), Some(&before), 0)?);
        }
        match flow.source {
            Source::Pot(pot) if !self.is_per_case(pot) => self.settle(number, claims),
            _ => claims.into_iter().try_for_each(|claim| self.settle_one(number, claim)),
        }
    }

    /// Triggers a flow for each case that it is allowed for.
    pub(super) fn trigger(&mut self, number: usize) -> Answer<()> {
        let charter = self.charter;
        let Some(flow) = charter.flows.get(number) else { return Ok(()) };
        let stated = if flow.amount == Amount::Stated { flow.cap.unwrap_or(0) } else { 0 };
        if !flow.per_case {
            if let Some(claim) = self.claim(number, None, None, stated)? {
                self.settle_one(number, claim)?;
            }
            return Ok(());
        }
        for at in 0..self.groups.len() {
            self.trigger_for(number, at, stated)?;
        }
        Ok(())
    }

    /// Triggers a flow for one cell; tells whether its rules allow it.
    pub(super) fn trigger_for(&mut self, number: usize, at: usize, stated: i128) -> Answer<bool> {
        let Some(claim) = self.claim(number, Some(at), None, stated)? else { return Ok(false) };
        self.settle_one(number, claim)?;
        Ok(true)
    }

    fn settle_one(&mut self, number: usize, claim: Claim) -> Answer<()> {
        self.settle(number, vec![claim])
    }

    /// What a flow can still pay to these cases this month.
    fn available(&mut self, flow: &Flow, number: usize, group: Option<usize>) -> Answer<i128> {
        let used = self.used.get(number).copied().unwrap_or(0);
        let under_cap = flow.cap.map_or(i128::MAX, |cap| cap.saturating_sub(used).max(0));
        match flow.source {
            Source::Outside => Ok(under_cap),
            Source::Pot(pot) => Ok(under_cap.min((*self.pot(pot, group)?).max(0))),
        }
    }

    /// Pays claims on one pot, all or as the flow says when there is less.
    fn settle(&mut self, number: usize, claims: Vec<Claim>) -> Answer<()> {
        let charter = self.charter;
        let Some(flow) = charter.flows.get(number) else { return Ok(()) };
        let due = claims.iter().map(|claim| claim.total).fold(0, i128::saturating_add);
        let there = match claims.first() {
            Some(claim) => self.available(flow, number, claim.group)?,
            None => return Ok(()),
        };
        let out_before = self.used.get(number).copied().unwrap_or(0);
        if due <= there {
            for claim in claims {
                self.pay(flow, number, &claim, claim.total)?;
            }
        } else if flow.short == Short::ProRata {
            let small = |money: i128| u64::try_from(money).map_err(|_| AssessError::Overflow);
            let weights = claims.iter().map(|claim| small(claim.total));
            let weights = weights.collect::<Answer<Vec<_>>>()?;
            let shares = split(small(there)?, &weights).ok_or(AssessError::Overflow)?;
            for (claim, share) in claims.iter().zip(shares) {
                self.pay(flow, number, claim, i128::from(share))?;
            }
        } else {
            self.pay_in_order(flow, number, claims)?;
        }
        let paid = self.used.get(number).copied().unwrap_or(0).saturating_sub(out_before);
        if self.parts.is_promise(number) {
            let unpaid = due.saturating_sub(paid);
            // Who is refused asks again, unless the calendar's payment of this period is missed.
            let waits = flow.clock().is_none() || flow.once == Once::Ever;
            let line = &mut self.line;
            line.waiting_minor = line.waiting_minor.saturating_add(if waits { unpaid } else { 0 });
            line.due_minor = line.due_minor.saturating_add(if waits { paid } else { due });
            line.paid_minor = line.paid_minor.saturating_add(paid);
        }
        Ok(())
    }

    /// Pays one cell after the other, of each as many whole cases as there is money for.
    fn pay_in_order(&mut self, flow: &Flow, number: usize, claims: Vec<Claim>) -> Answer<()> {
        for mut claim in claims {
            let there = self.available(flow, number, claim.group)?;
            if claim.total <= there {
                self.pay(flow, number, &claim, claim.total)?;
                continue;
            }
            if flow.short == Short::Part {
                if there > 0 {
                    self.pay(flow, number, &claim, there)?;
                }
                continue;
            }
            let cases = there.checked_div(claim.each.max(1)).unwrap_or(0);
            if let (Some(at), true) = (claim.group, cases > 0) {
                let paid = self.detach(at, cases.saturating_mul(MICRO))?;
                claim.group = Some(paid);
                claim.total = claim.each.saturating_mul(cases);
                self.pay(flow, number, &claim, claim.total)?;
            }
            if flow.short == Short::Queue {
                break;
            }
        }
        Ok(())
    }

    /// Moves the money, keeps the counters, and ends the cases if the flow does.
    fn pay(&mut self, flow: &Flow, number: usize, claim: &Claim, money: i128) -> Answer<()> {
        self.carry(number, claim.group, money)?;
        let month = self.calendar_month();
        if let Some(group) = claim.group.and_then(|at| self.groups.get_mut(at)) {
            for (counter, change) in &claim.counts {
                let all = self.shared.all.get_mut(*counter);
                if let Some((now, all)) = group.counters.get_mut(*counter).zip(all) {
                    *now = now.saturating_add(*change);
                    let add = change.checked_mul(group.heads).ok_or(AssessError::Overflow)?;
                    *all = all.checked_add(add).ok_or(AssessError::Overflow)?;
                }
            }
            if flow.once != Once::Each
                && let Some(paid) = group.paid.get_mut(number)
            {
                *paid = Some(month);
            }
        }
        if let (Some(rest_to), Source::Pot(pot)) = (flow.rest_to, flow.source) {
            let rest = *self.pot(pot, claim.group)?;
            self.shift(flow.source, Target::Pot(rest_to), claim.group, rest)?;
        }
        match claim.group {
            Some(at) if flow.ends => self.end(at),
            _ => Ok(()),
        }
    }
}
