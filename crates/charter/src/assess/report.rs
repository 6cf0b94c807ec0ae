//! The whole assessment: projections, figures, class and sentences, put together.

use super::balance;
use super::class::{Class, Facts};
use super::error::Answer;
use super::forward::{Projection, project_of};
use super::limits;
use super::lines::{FanYear, Outcome, YearLine, by_year, outcome, year_line};
use super::lives::LIVES_SOURCE;
use super::measure::{Closed, Measures, break_even_growth, run_on_it};
use super::parts::Parts;
use super::rounds::{Rounds, promised_per_unit, rounds, single};
use super::scenario::Scenario;
use super::situation::Situation;
use super::verdict::{Verdict, closed_gate, verdict};
use super::world::World;
use crate::actuary::Scaled;
use crate::actuary::fan::{Chance, fan};
use crate::dossier::{Nature, Proved};
use crate::model::{Charter, MONEY_HIGH};
use crate::number::Rounding;
use serde::{Deserialize, Serialize};

/// What is assumed in each of the projections.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenarios {
    /// Things go badly.
    pub low: Scenario,
    /// Things go on.
    pub middle: Scenario,
    /// Things go well.
    pub high: Scenario,
    /// Some leave early.
    pub leaving: Scenario,
    /// Nobody pays in from today.
    pub closed_gate: Scenario,
    /// By how much what is paid in varies from year to year, in the fan.
    pub deviation: Scaled,
}

impl Scenarios {
    /// The usual ones.
    pub fn usual(charter: &Charter, situation: &Situation) -> Scenarios {
        Scenarios {
            low: Scenario::low(),
            middle: Scenario::middle(charter, situation),
            high: Scenario::high(charter, situation),
            leaving: Scenario::leaving(charter, situation),
            closed_gate: Scenario::closed_gate(),
            deviation: Scaled::from_raw(Scaled::ONE.raw() / 20),
        }
    }
}

/// Everything that can be said before paying in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// The class.
    pub class: Class,
    /// The first sentence for the page.
    pub verdict: Verdict,
    /// The only sentence that needs no assumption about others.
    pub closed_gate: Verdict,
    /// The figures.
    pub measures: Measures,
    /// How each scenario ends: low, middle, high, leaving, closed_gate.
    pub scenarios: Vec<Outcome>,
    /// The spread in the middle scenario.
    pub fan: Vec<FanYear>,
    /// How it ends, if each round is paid by the next.
    pub rounds: Option<Rounds>,
    /// Where the lives come from, if lives matter.
    pub lives: Option<String>,
}

/// Assesses a charter in a situation with the usual scenarios.
pub fn assess(proved: &Proved, situation: &Situation) -> Answer<Assessment> {
    assess_with(proved, situation, &Scenarios::usual(&proved.charter, situation))
}

/// Assesses a charter in a situation with these scenarios.
pub fn assess_with(
    proved: &Proved,
    situation: &Situation,
    scenarios: &Scenarios,
) -> Answer<Assessment> {
    situation.check(proved)?;
    let mut parts = Parts::of(proved);
    let nature = proved.nature();
    if nature == Nature::Shares {
        parts.balanced = balance::find(proved, situation)?;
    }
    let run = |scenario: &Scenario| project_of(proved, &parts, situation, scenario);
    let (low, middle, high) =
        (run(&scenarios.low)?, run(&scenarios.middle)?, run(&scenarios.high)?);
    let (leaving, gate) = (run(&scenarios.leaving)?, run(&scenarios.closed_gate)?);
    let alone = single(proved, &parts, situation, &scenarios.middle)?;
    let rounds = match (nature, proved.charter.people.is_some()) {
        (Nature::Promises, false) => rounds(&alone, situation)?,
        _ => None,
    };
    let bench = Bench { proved, parts: &parts, situation, nature };
    let measures = bench.measures(&middle, &gate, &alone)?;
    let facts = Facts {
        nature,
        is_balanced: parts.balanced.is_some(),
        is_compulsory: proved.charter.people.as_ref().is_some_and(|people| people.compulsory),
        has_other_income: parts.has_other_income(&proved.charter),
        leans_on_outside: bench.leans_on_outside(scenarios)?,
        measures: &measures,
        low: &low,
        middle: &middle,
        high: &high,
    };
    let class = facts.class();
    let verdict = verdict(class, &facts, rounds.as_ref(), situation);
    let closed_gate = closed_gate(&facts);
    let fan = bench.fan(&middle, scenarios.deviation)?;
    let outcomes = [low, middle, high, leaving, gate].into_iter().map(outcome).collect();
    Ok(Assessment {
        class,
        verdict,
        closed_gate,
        measures,
        scenarios: outcomes,
        fan,
        rounds,
        lives: proved.charter.people.as_ref().map(|_| LIVES_SOURCE.to_owned()),
    })
}

/// What all figures are worked out from.
struct Bench<'a> {
    proved: &'a Proved,
    parts: &'a Parts,
    situation: &'a Situation,
    nature: Nature,
}

impl Bench<'_> {
    fn measures(
        &self,
        middle: &Projection,
        gate: &Projection,
        alone: &Projection,
    ) -> Answer<Measures> {
        let closed = Closed::of(gate)?;
        let whole = |number: Scaled| number.to_whole(Rounding::HalfEven);
        let promises = self.nature == Nature::Promises;
        let (proved, parts, situation) = (self.proved, self.parts, self.situation);
        let wages = Scaled::ONE.plus(middle.scenario.wage_growth)?;
        let people = Scaled::ONE.plus(middle.scenario.joiner_growth)?;
        let growth = || break_even_growth(proved, parts, situation, &middle.scenario);
        let world = World::new(proved, parts, situation)?;
        Ok(Measures {
            assets_minor: world.assets(),
            backing_minor: whole(closed.backing)?,
            liability_minor: whole(closed.liability)?,
            funding_ratio: closed.funding_ratio()?,
            recovery: closed.recovery()?,
            last_payment: gate.last_payment,
            break_even_return: closed.break_even_return()?,
            break_even_growth: if promises { growth()? } else { None },
            promised_per_unit: if promises { promised_per_unit(alone)? } else { None },
            balance_ratio: world.balance()?,
            lowest_balance_ratio: middle.months.iter().filter_map(|line| line.balance).min(),
            pay_as_you_go_return: wages.times(people)?.minus(Scaled::ONE)?,
            run: run_on_it(proved, parts, situation)?,
        })
    }

    /// Whether it would be funded with what is said to be held outside, put where it is missing.
    fn leans_on_outside(&self, scenarios: &Scenarios) -> Answer<bool> {
        let outside = self.situation.outside_assets_minor;
        if outside == 0 || self.nature != Nature::Promises {
            return Ok(false);
        }
        let mut richer = self.situation.clone();
        let most = u64::try_from(MONEY_HIGH).unwrap_or(u64::MAX);
        for (pot, held) in richer.pots.iter_mut().enumerate() {
            let is_shared = self.proved.charter.pots.get(pot).is_some_and(|pot| !pot.per_case);
            if self.parts.is_promise_pot(pot) && is_shared {
                *held = held.saturating_add(outside).min(most);
            }
        }
        let run = |scenario| project_of(self.proved, self.parts, &richer, scenario);
        let covered = Closed::of(&run(&scenarios.closed_gate)?)?.funding_ratio()?;
        let lasts = run(&scenarios.low)?.fails_in.is_none();
        Ok(lasts && covered.is_none_or(|ratio| ratio >= Scaled::ONE))
    }

    /// The pots of the middle scenario, if what is paid in varies by chance. What is promised goes
    /// out in full; where shares are paid, they follow what is there.
    fn fan(&self, middle: &Projection, deviation: Scaled) -> Answer<Vec<FanYear>> {
        let years: Vec<YearLine> = by_year(&middle.months).into_iter().map(year_line).collect();
        let opening = middle.months.first().map_or(0, |line| line.opening_minor);
        let chance = Chance {
            seed: self.situation.seed,
            paths: limits::PATHS,
            years: u32::try_from(years.len()).unwrap_or(0),
            mean: Scaled::ZERO,
            deviation,
        };
        let is_share = self.nature != Nature::Promises;
        let spread = fan(&chance, Scaled::whole(opening)?, |at, fund, rate| {
            let Some(line) = usize::try_from(at).ok().and_then(|at| years.get(at)) else {
                return Ok(fund);
            };
            let paid_in = Scaled::whole(line.in_minor)?;
            let there = fund.plus(paid_in.times(Scaled::ONE.plus(rate)?)?)?;
            let out = Scaled::whole(line.out_minor)?;
            let expected = Scaled::whole(line.assets_minor.saturating_sub(line.returns_minor))?;
            let expected = expected.plus(out)?;
            let before = usize::try_from(at).ok().and_then(|at| years.get(at.checked_sub(1)?));
            let waited = before.map_or(0, |before| before.waiting_minor);
            let missing = line.unpaid_minor.saturating_add(line.waiting_minor);
            let out = if !is_share || expected <= Scaled::ZERO {
                out.plus(Scaled::whole(missing.saturating_sub(waited))?)?
            } else {
                out.over(expected)?.times(there)?
            };
            let rest = there.minus(out)?;
            let earned = rest.max(Scaled::ZERO).times(middle.scenario.asset_return)?;
            rest.plus(earned)
        })?;
        let whole = |number: Scaled| number.to_whole(Rounding::HalfEven);
        let lines = years.iter().zip(spread).map(|(line, spread)| {
            Ok(FanYear {
                year: line.year,
                percentiles_minor: [
                    whole(spread.percentile_5)?,
                    whole(spread.percentile_25)?,
                    whole(spread.percentile_50)?,
                    whole(spread.percentile_75)?,
                    whole(spread.percentile_95)?,
                ],
                paths_below_zero: spread.paths_below_zero,
            })
        });
        lines.collect()
    }
}
