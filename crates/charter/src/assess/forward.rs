//! A charter run forward month by month, for 75 years or until it ends.

use super::error::{Answer, AssessError};
use super::limits;
use super::lines::MonthLine;
use super::lives::{Joiners, Lives};
use super::parts::Parts;
use super::scenario::Scenario;
use super::situation::{Cell, Situation};
use super::world::{World, whole_cases};
use crate::actuary::Scaled;
use crate::dossier::Proved;
use crate::model::MONEY_HIGH;
use serde::{Deserialize, Serialize};

/// What happens if nothing but the rules and a scenario decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Projection {
    /// What is assumed.
    pub scenario: Scenario,
    /// What is in the pots from which promised sums are paid, at the beginning.
    pub backing_minor: i128,
    /// Month by month.
    pub months: Vec<MonthLine>,
    /// Everybody who was ever in.
    pub entered: u64,
    /// The year since which promised sums are not paid in full.
    pub fails_in: Option<i128>,
    /// The last year in which anything was paid out.
    pub last_payment: Option<i128>,
}

/// Runs a charter forward from a situation.
pub fn project(proved: &Proved, situation: &Situation, scenario: &Scenario) -> Answer<Projection> {
    project_of(proved, &Parts::of(proved), situation, scenario)
}

pub(super) fn project_of(
    proved: &Proved,
    parts: &Parts,
    situation: &Situation,
    scenario: &Scenario,
) -> Answer<Projection> {
    check(scenario)?;
    let mut world = World::new(proved, parts, situation)?;
    let backing_minor = world.promise_assets();
    let months = world.forward(situation, scenario)?;
    let entered = months.1;
    let months = months.0;
    let fails_in = first_failure(&months);
    let paying = months.iter().rev().find(|line| line.out_minor > 0);
    let last_payment = paying.map(|line| line.year);
    let scenario = scenario.clone();
    Ok(Projection { scenario, backing_minor, months, entered, fails_in, last_payment })
}

/// The year of the first payment that was missed, or since which somebody waits in vain.
fn first_failure(months: &[MonthLine]) -> Option<i128> {
    let missed = months.iter().find(|line| line.paid_minor < line.due_minor);
    let waiting = months.iter().rev().take_while(|line| line.waiting_minor > 0).last();
    missed.into_iter().chain(waiting).map(|line| line.year).min()
}

fn check(scenario: &Scenario) -> Answer<()> {
    let lowest = Scaled::ZERO.minus(Scaled::ONE)?;
    let range = |what: &str, wrong: bool| match wrong {
        true => Err(AssessError::Range { what: what.to_owned() }),
        false => Ok(()),
    };
    range("asset return", scenario.asset_return <= lowest)?;
    range("growth of wages", scenario.wage_growth <= lowest)?;
    range("growth of joiners", scenario.joiner_growth < lowest)?;
    range("factor of mortality", scenario.mortality < Scaled::ZERO)?;
    range("share that leaves", !(Scaled::ZERO..=Scaled::ONE).contains(&scenario.leaving))
}

impl World<'_> {
    /// Runs all months; gives their lines and who was ever in.
    fn forward(
        &mut self,
        situation: &Situation,
        scenario: &Scenario,
    ) -> Answer<(Vec<MonthLine>, u64)> {
        let ends = i128::from(self.charter.last_year);
        let last = situation.year.saturating_add(limits::YEARS).saturating_sub(1);
        let last = last.min(ends.saturating_add(1)).max(situation.year);
        // Whoever knows that it ends takes out before what he may.
        let redeemed = last.min(ends).max(situation.year);
        let lives = Lives::new(scenario.mortality)?;
        let case = situation.cells.first().cloned().unwrap_or_default();
        let case = Cell {
            counters: vec![0; case.counters.len()],
            pots: vec![0; case.pots.len()],
            done_ever: vec![false; case.done_ever.len()],
            ..case
        };
        let mut joiners = Joiners::new(case, scenario, situation.cases())?;
        self.start_lives(&lives)?;
        let mut lines = Vec::new();
        while self.year <= last {
            let is_later = self.year > situation.year;
            if self.month == 0 && is_later {
                self.count_lives();
                self.grow_parameters(scenario.wage_growth)?;
                self.join(&mut joiners, scenario)?;
            }
            self.step(scenario, &lives, self.year == redeemed)?;
            lines.push(self.line);
            self.month = self.month.saturating_add(1) % 12;
            self.year = self.year.saturating_add(i128::from(self.month == 0));
        }
        Ok((lines, joiners.entered))
    }

    /// One month.
    fn step(&mut self, scenario: &Scenario, lives: &Lives, is_redeemed: bool) -> Answer<()> {
        let opening = self.assets();
        let (year, month) = (self.year, self.month);
        self.line = MonthLine { year, month, opening_minor: opening, ..MonthLine::default() };
        self.used.fill(0);
        if scenario.members_pay {
            self.pay_in()?;
        }
        let parts = self.parts;
        let mut clock = parts.monthly.clone();
        if month == 0 {
            clock.extend(&parts.yearly);
            clock.sort_unstable();
        }
        clock.into_iter().try_for_each(|flow| self.run(flow))?;
        parts.open.iter().try_for_each(|flow| self.trigger(*flow))?;
        self.die(lives)?;
        if month == 11 {
            self.leave(scenario.leaving, false)?;
            if is_redeemed {
                self.leave(Scaled::ONE, true)?;
            }
            self.earn(scenario.asset_return)?;
        }
        self.tidy();
        if self.groups.len() > limits::GROUPS {
            let limit = u64::try_from(limits::GROUPS).unwrap_or(u64::MAX);
            return Err(AssessError::TooMany { what: "cells in a projection", limit });
        }
        let (closing, balance) = (self.assets(), self.balance()?);
        let line = &mut self.line;
        line.closing_minor = closing;
        line.balance = balance;
        line.cases = u64::try_from(whole_cases(self.shared.heads)).unwrap_or(0);
        let change = line.in_minor.saturating_add(line.returns_minor);
        let change = change.saturating_sub(line.out_minor);
        if opening.saturating_add(change) != closing {
            return Err(AssessError::NotConserved { year, month });
        }
        Ok(())
    }

    /// What is due and paid if everybody leaves today.
    pub(super) fn run_now(&mut self) -> Answer<MonthLine> {
        let opening = self.assets();
        self.line = MonthLine { opening_minor: opening, ..MonthLine::default() };
        self.leave(Scaled::ONE, false)?;
        Ok(self.line)
    }

    /// Fills the pots of promised sums with what is promised, as somebody does who pays for all of
    /// it in advance.
    pub(super) fn provide(&mut self) -> Answer<()> {
        const PLENTY: i128 = MONEY_HIGH / 2;
        let before = (self.groups.clone(), self.shared.clone(), self.year, self.month);
        let pots: Vec<usize> = (0..self.shared.pots.len())
            .filter(|pot| self.parts.is_promise_pot(*pot))
            .filter(|pot| self.charter.pots.get(*pot).is_some_and(|pot| !pot.per_case))
            .collect();
        let mut lowest = vec![PLENTY; pots.len()];
        for pot in &pots {
            *self.pot(*pot, None)? = PLENTY;
        }
        let lives = Lives::new(Scaled::ONE)?;
        let scenario = Scenario::closed_gate();
        while self.year <= i128::from(self.charter.last_year) {
            self.step(&scenario, &lives, false)?;
            for (pot, low) in pots.iter().zip(&mut lowest) {
                *low = (*low).min(self.shared.pots.get(*pot).copied().unwrap_or(0));
            }
            self.month = self.month.saturating_add(1) % 12;
            self.year = self.year.saturating_add(i128::from(self.month == 0));
        }
        (self.groups, self.shared, self.year, self.month) = before;
        self.stranded = 0;
        for (pot, low) in pots.iter().zip(lowest) {
            *self.pot(*pot, None)? = PLENTY.saturating_sub(low);
        }
        Ok(())
    }
}
