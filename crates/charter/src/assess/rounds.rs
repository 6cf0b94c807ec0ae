//! Charters in which each round of cases is paid with the money of the next.
//!
//! 1. A new case is run alone with more money in the pots than it could ever ask for.
//! 2. If it pays in once, and once gets a promised sum, the charter is a multiplication scheme:
//!    its promise, what of each payment reaches the pot, and the months between are what the
//!    rules gave.
//! 3. The scheme is run with everybody there is, and fails in the round that the actuary finds.

use super::error::Answer;
use super::forward::{Projection, project_of};
use super::limits;
use super::parts::Parts;
use super::scenario::Scenario;
use super::situation::{Cell, Situation};
use crate::actuary::Scaled;
use crate::actuary::scheme::Scheme;
use crate::dossier::Proved;
use crate::model::MONEY_HIGH;
use serde::{Deserialize, Serialize};

/// What one round needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundLine {
    /// The round, the first being 0.
    pub round: u32,
    /// When it takes place.
    pub year: i128,
    /// The month, 0 to 11.
    pub month: u32,
    /// How many must join in it so that the one before is paid.
    pub joiners_needed: u128,
}

/// How a multiplication scheme ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounds {
    /// Cases in round 0.
    pub first_people: u64,
    /// Months between two rounds.
    pub months: u32,
    /// What is promised for each unit paid in.
    pub promise: Scaled,
    /// By how much each round must be larger than the one before, for ever.
    pub growth_needed: Scaled,
    /// The first round that cannot be paid even if everybody there is has joined.
    pub fails_in_round: u32,
    /// Its year.
    pub fails_in: i128,
    /// Everybody who has then paid in.
    pub people_then: u64,
    /// How many of them have not been paid.
    pub unpaid_people: u64,
    /// What is then in the pot of what is promised.
    pub pot_share: Scaled,
    /// The share of all cases that is unpaid whenever it stops.
    pub unpaid_share: Scaled,
    /// What each round needs, up to the one that fails.
    pub rounds: Vec<RoundLine>,
}

/// A new case run alone, with plenty in the shared pots.
pub(super) fn single(
    proved: &Proved,
    parts: &Parts,
    situation: &Situation,
    scenario: &Scenario,
) -> Answer<Projection> {
    const SOME: u64 = 1_000;
    let charter = &proved.charter;
    let Some(first) = situation.cells.first() else {
        return project_of(proved, parts, situation, scenario);
    };
    let mut case = Cell {
        count: SOME,
        counters: vec![0; charter.counters.len()],
        pots: vec![0; charter.pots.len()],
        done_ever: vec![false; charter.flows.len()],
        ..first.clone()
    };
    if let Some(people) = &charter.people
        && let Some((born, field)) =
            case.fields.get_mut(people.born).zip(charter.fields.get(people.born))
    {
        let wanted = situation.year.saturating_sub(i128::from(people.join_age));
        *born = wanted.clamp(field.low, field.high);
    }
    let plenty = u64::try_from(MONEY_HIGH / 2).unwrap_or(0);
    let shared = |per_case: bool| if per_case { 0 } else { plenty };
    let alone = Situation {
        cells: vec![case],
        pots: charter.pots.iter().map(|pot| shared(pot.per_case)).collect(),
        ..situation.clone()
    };
    let scenario = Scenario { joiners_per_year: 0, ..scenario.clone() };
    project_of(proved, parts, &alone, &scenario)
}

/// What is promised for each unit that a case pays into the pots of promised sums; nothing if it
/// pays nothing into them.
pub(super) fn promised_per_unit(alone: &Projection) -> Answer<Option<Scaled>> {
    let sum = |of: fn(&super::MonthLine) -> i128| {
        alone.months.iter().map(of).fold(0, i128::saturating_add)
    };
    let due = sum(|line| line.due_minor);
    let paid_in = sum(|line| line.backing_minor);
    if paid_in <= 0 {
        return Ok(None);
    }
    Ok(Some(Scaled::ratio(due, paid_in)?))
}

/// How the charter ends, if it is of this shape.
pub(super) fn rounds(alone: &Projection, situation: &Situation) -> Answer<Option<Rounds>> {
    let paying = |of: fn(&super::MonthLine) -> i128| {
        let months = alone.months.iter().zip(0u32..).filter(move |(line, _)| of(line) > 0);
        let found: Vec<_> = months.map(|(line, at)| (of(line), at)).collect();
        match found[..] {
            [only] => Some(only),
            _ => None,
        }
    };
    let (Some((paid_in, from)), Some((due, to)), Some((backing, _))) =
        (paying(|l| l.in_minor), paying(|l| l.due_minor), paying(|l| l.backing_minor))
    else {
        return Ok(None);
    };
    let kept = Scaled::ratio(backing, paid_in)?;
    let scheme = Scheme {
        promise: Scaled::ratio(due, paid_in)?,
        fee: Scaled::ONE.minus(kept)?,
        first_people: situation.cases(),
        people_max: limits::PEOPLE,
    };
    let Some(collapse) = scheme.collapse()? else { return Ok(None) };
    let months = to.saturating_sub(from).max(1);
    let growth_needed = scheme.growth_needed()?;
    let mut rounds = Vec::new();
    let mut needed = Scaled::whole(i128::from(scheme.first_people))?;
    for round in 0..=collapse.round {
        let passed = i128::from(round.saturating_mul(months));
        let month = passed.saturating_add(i128::from(situation.month));
        let whole = needed.to_whole(crate::number::Rounding::Ceil)?;
        rounds.push(RoundLine {
            round,
            year: situation.year.saturating_add(month.div_euclid(12)),
            month: u32::try_from(month.rem_euclid(12)).unwrap_or(0),
            joiners_needed: whole.unsigned_abs(),
        });
        needed = needed.times(growth_needed)?;
    }
    let fails_in = rounds.last().map_or(situation.year, |line| line.year);
    Ok(Some(Rounds {
        first_people: scheme.first_people,
        months,
        promise: scheme.promise,
        growth_needed,
        fails_in_round: collapse.round,
        fails_in,
        people_then: collapse.people,
        unpaid_people: collapse.unpaid_people,
        pot_share: collapse.pot_share,
        unpaid_share: scheme.unpaid_share_of_chain()?,
        rounds,
    }))
}
