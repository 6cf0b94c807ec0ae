//! The figures of an assessment, from projections of the charter's own rules.

use super::error::Answer;
use super::forward::{Projection, project_of};
use super::limits;
use super::lines::{MonthLine, by_year};
use super::parts::Parts;
use super::scenario::Scenario;
use super::situation::Situation;
use super::world::World;
use crate::actuary::Scaled;
use crate::actuary::solve::break_even_return;
use crate::dossier::Proved;
use serde::{Deserialize, Serialize};

/// The figures; money in minor units, shares and rates as decimal numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measures {
    /// Everything in the pots.
    pub assets_minor: i128,
    /// What is there for promised sums: their pots, and what other pots bring into them.
    pub backing_minor: i128,
    /// L: what is promised so far to those who are in, in today's worth, if nobody pays any more.
    pub liability_minor: i128,
    /// A/L; nothing if nothing is promised so far.
    pub funding_ratio: Option<Scaled>,
    /// The part of L that is paid if nobody pays in from today; never above A/L.
    pub recovery: Option<Scaled>,
    /// The year of the last payment if nobody pays in from today.
    pub last_payment: Option<i128>,
    /// The yearly return at which A is just enough for L; −0.99 means that any is.
    pub break_even_return: Option<Scaled>,
    /// The least yearly growth of joiners with which nothing stays unpaid before the end: −1 if
    /// none need join, nothing if no growth up to 100 % is enough.
    pub break_even_growth: Option<Scaled>,
    /// What is promised to a new case for each unit it pays into the pots of promised sums;
    /// nothing if it pays nothing into them.
    pub promised_per_unit: Option<Scaled>,
    /// What the fund has of all claims, where claims are scaled by it.
    pub balance_ratio: Option<Scaled>,
    /// The lowest it becomes in the middle scenario.
    pub lowest_balance_ratio: Option<Scaled>,
    /// What a pay-as-you-go fund earns for its members in the middle scenario: the growth of all
    /// wages.
    pub pay_as_you_go_return: Scaled,
    /// What comes of it if all leave today; nothing if nobody can leave.
    pub run: Option<RunOnIt>,
}

/// All leave at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOnIt {
    /// What is paid out.
    pub out_minor: i128,
    /// What of promised sums is due.
    pub due_minor: i128,
    /// What of them is paid.
    pub paid_minor: i128,
    /// The part that is paid; nothing if no sums are promised.
    pub recovery: Option<Scaled>,
}

/// Values of today of what is due, paid and brought in.
pub(super) struct Closed {
    pub(super) liability: Scaled,
    pub(super) paid: Scaled,
    pub(super) backing: Scaled,
    pub(super) due_by_year: Vec<Scaled>,
}

impl Closed {
    /// Sums up a projection in which nobody pays in.
    pub(super) fn of(gate: &Projection) -> Answer<Closed> {
        let growth = Scaled::ONE.plus(gate.scenario.asset_return)?;
        let (mut paid, mut liability) = (Scaled::ZERO, Scaled::ZERO);
        let mut backing = Scaled::whole(gate.backing_minor)?;
        let (mut worth, mut due_by_year) = (Scaled::ONE, Vec::new());
        let waiting = gate.months.last().map_or(0, |line| line.waiting_minor);
        let years = by_year(&gate.months);
        let last = years.len().saturating_sub(1);
        for (at, year) in years.iter().enumerate() {
            let sum = |of: fn(&MonthLine) -> i128| {
                Scaled::whole(year.iter().map(of).fold(0, i128::saturating_add))
            };
            let mut due = sum(|line| line.due_minor)?;
            if at == last {
                due = due.plus(Scaled::whole(waiting)?)?;
            }
            liability = liability.plus(due.times(worth)?)?;
            paid = paid.plus(sum(|line| line.paid_minor)?.times(worth)?)?;
            backing = backing.plus(sum(|line| line.backing_minor)?.times(worth)?)?;
            due_by_year.push(due);
            worth = worth.over(growth)?;
        }
        Ok(Closed { liability, paid, backing, due_by_year })
    }

    /// A/L.
    pub(super) fn funding_ratio(&self) -> Answer<Option<Scaled>> {
        Ok(crate::actuary::liability::funding_ratio(self.backing, self.liability)?)
    }

    /// The part of L that is paid.
    pub(super) fn recovery(&self) -> Answer<Option<Scaled>> {
        Ok(crate::actuary::liability::funding_ratio(self.paid, self.liability)?)
    }

    /// The return at which A is just enough; nothing is asked if nothing is promised.
    pub(super) fn break_even_return(&self) -> Answer<Option<Scaled>> {
        if self.liability <= Scaled::ZERO || self.backing < Scaled::ZERO {
            return Ok(None);
        }
        let mut payments = self.due_by_year.clone();
        while payments.last() == Some(&Scaled::ZERO) {
            payments.pop();
        }
        Ok(break_even_return(self.backing, &payments)?)
    }
}

/// The least growth of joiners, from none joining to twice as many each year.
pub(super) fn break_even_growth(
    proved: &Proved,
    parts: &Parts,
    situation: &Situation,
    middle: &Scenario,
) -> Answer<Option<Scaled>> {
    let cells = super::group::condense(&proved.charter, &situation.cells, limits::CELLS_SOUGHT)?;
    let situation = Situation { cells, ..situation.clone() };
    let lasts = |joiners_per_year: u64, joiner_growth: Scaled| -> Answer<bool> {
        let scenario = Scenario { joiners_per_year, joiner_growth, ..middle.clone() };
        let run = project_of(proved, parts, &situation, &scenario)?;
        let end = run.months.last().map_or(0, |line| line.year);
        let end = end.min(i128::from(proved.charter.last_year));
        Ok(run.fails_in.is_none_or(|year| year >= end))
    };
    if lasts(0, Scaled::ZERO)? {
        return Ok(Some(Scaled::ZERO.minus(Scaled::ONE)?));
    }
    let joiners = middle.joiners_per_year.max(1);
    if lasts(joiners, Scaled::ZERO)? {
        return Ok(Some(Scaled::ZERO));
    }
    let (mut low, mut high) = (Scaled::ZERO, Scaled::ONE);
    if !lasts(joiners, high)? {
        // Twice as many each year soon is everybody; a slower growth may still last.
        let mut found = false;
        for _ in 0..limits::TRIES {
            high = low.middle(high)?;
            if lasts(joiners, high)? {
                found = true;
                break;
            }
        }
        if !found {
            return Ok(None);
        }
    }
    for _ in 0..limits::HALVINGS {
        let middle = low.middle(high)?;
        if lasts(joiners, middle)? { high = middle } else { low = middle }
    }
    Ok(Some(high))
}

/// What comes of it if all leave today.
pub(super) fn run_on_it(
    proved: &Proved,
    parts: &Parts,
    situation: &Situation,
) -> Answer<Option<RunOnIt>> {
    if parts.leaves.is_empty() {
        return Ok(None);
    }
    let line = World::new(proved, parts, situation)?.run_now()?;
    let (due_minor, paid_minor) = (line.due_minor, line.paid_minor);
    let recovery = match due_minor {
        0 => None,
        _ => Some(Scaled::ratio(paid_minor, due_minor)?),
    };
    Ok(Some(RunOnIt { out_minor: line.out_minor, due_minor, paid_minor, recovery }))
}
