//! Who is in a charter and what it holds, in cells of cases that are alike.

use super::error::{Answer, AssessError};
use super::limits;
use super::parts::Parts;
use super::world::World;
use crate::dossier::Proved;
use crate::model::{Charter, Input, YEAR_HIGH, YEAR_LOW};
use serde::{Deserialize, Serialize};

/// Cases that are alike. Money and counters are those of one case.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// How many cases.
    pub count: u64,
    /// Their fields.
    pub fields: Vec<i128>,
    /// Their counters.
    pub counters: Vec<i128>,
    /// What one case holds in each pot; zero in pots that are shared.
    pub pots: Vec<u64>,
    /// The weights of each party, summed.
    pub weights: Vec<u64>,
    /// For each flow, whether it was already paid, if it is paid once only.
    pub done_ever: Vec<bool>,
}

/// Who is in a charter and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Situation {
    /// The year.
    pub year: i128,
    /// The month, 0 to 11.
    pub month: u32,
    /// What is in each pot that is shared; zero in pots of cases.
    pub pots: Vec<u64>,
    /// The parameters.
    pub parameters: Vec<i128>,
    /// The cases, those opened first at the front.
    pub cells: Vec<Cell>,
    /// The seed of the fan, such as the hash of the charter and the height.
    pub seed: [u8; 32],
    /// What is said to be held outside the ledger. It backs no promise.
    pub outside_assets_minor: u64,
}

/// The year of [`Situation::typical`].
pub const TYPICAL_YEAR: i128 = 2026;
/// The weights of each party that may be several, in a typical case: an invoice of 1000.00.
const TYPICAL_WEIGHT: u64 = 100_000;
/// The most of a field in a typical case, if its range allows: a price of 100000.00.
const TYPICAL_MOST: i128 = 10_000_000;
/// Ages in a typical situation, where no plan says until when people pay.
const TYPICAL_AGES: i128 = 40;

impl Situation {
    /// A charter that has just begun: cases of all ages that its plan asks to pay, each of which
    /// has paid what the plan asks in the first month. Fields lie halfway between their least and
    /// most, and are no prices above 100000.00. If nobody is expected to pay in by plan, as in a
    /// project that is paid for in advance, the pots hold what is promised.
    pub fn typical(proved: &Proved, cases: u64) -> Answer<Situation> {
        let charter = &proved.charter;
        let mut situation = Situation {
            year: TYPICAL_YEAR,
            month: 0,
            pots: vec![0; charter.pots.len()],
            parameters: charter.parameters.iter().map(|parameter| parameter.start).collect(),
            cells: Vec::new(),
            seed: [0; 32],
            outside_assets_minor: 0,
        };
        let ages = typical_ages(proved)?;
        let number = u64::try_from(ages.len()).unwrap_or(1).max(1);
        let (each, rest) = (cases.checked_div(number), cases.checked_rem(number));
        for (age, place) in ages.into_iter().zip(0u64..) {
            let more = u64::from(place < rest.unwrap_or(0));
            let count = each.unwrap_or(0).saturating_add(more);
            if count > 0 {
                situation.cells.push(Cell { count, ..new_case(charter, age) });
            }
        }
        situation.check(proved)?;
        let parts = Parts::of(proved);
        let mut world = World::new(proved, &parts, &situation)?;
        if parts.inflows.is_empty() {
            world.provide()?;
        } else {
            world.pay_in()?;
        }
        world.store(&mut situation);
        Ok(situation)
    }

    /// All cases.
    pub fn cases(&self) -> u64 {
        self.cells.iter().fold(0, |sum, cell| sum.saturating_add(cell.count))
    }

    /// Everything in the pots, those of cases included.
    pub fn assets_minor(&self) -> u128 {
        let sum =
            |pots: &[u64]| pots.iter().map(|pot| u128::from(*pot)).fold(0, u128::saturating_add);
        self.cells.iter().fold(sum(&self.pots), |all, cell| {
            all.saturating_add(sum(&cell.pots).saturating_mul(u128::from(cell.count)))
        })
    }

    /// Refuses a situation that this charter cannot be in.
    pub fn check(&self, proved: &Proved) -> Answer<()> {
        let charter = &proved.charter;
        if self.cells.is_empty() {
            return Err(AssessError::Empty);
        }
        if self.cells.len() > limits::CELLS {
            let limit = u64::try_from(limits::CELLS).unwrap_or(u64::MAX);
            return Err(AssessError::TooMany { what: "cells", limit });
        }
        if self.cases() == 0 {
            return Err(AssessError::NoCases);
        }
        if self.cases() > limits::CASES {
            return Err(AssessError::TooMany { what: "cases", limit: limits::CASES });
        }
        within("year", self.year, (YEAR_LOW, YEAR_HIGH.saturating_sub(100)))?;
        within("month", i128::from(self.month), (0, 11))?;
        length("pots", self.pots.len(), charter.pots.len())?;
        length("parameters", self.parameters.len(), charter.parameters.len())?;
        for (parameter, value) in charter.parameters.iter().zip(&self.parameters) {
            within(&parameter.name, *value, (parameter.low, parameter.high))?;
        }
        for (pot, held) in charter.pots.iter().zip(&self.pots) {
            within(&pot.name, i128::from(*held), pot_range(!pot.per_case))?;
        }
        self.cells.iter().try_for_each(|cell| cell.check(charter))
    }
}

impl Cell {
    fn check(&self, charter: &Charter) -> Answer<()> {
        length("fields of a cell", self.fields.len(), charter.fields.len())?;
        length("counters of a cell", self.counters.len(), charter.counters.len())?;
        length("pots of a cell", self.pots.len(), charter.pots.len())?;
        length("weights of a cell", self.weights.len(), charter.parties.len())?;
        length("flows done in a cell", self.done_ever.len(), charter.flows.len())?;
        for (field, value) in charter.fields.iter().zip(&self.fields) {
            within(&field.name, *value, (field.low, field.high))?;
        }
        for (counter, value) in charter.counters.iter().zip(&self.counters) {
            within(&counter.name, *value, (counter.low, counter.high))?;
        }
        for (pot, held) in charter.pots.iter().zip(&self.pots) {
            within(&pot.name, i128::from(*held), pot_range(pot.per_case))?;
        }
        let most = charter.range(Input::Party(0));
        let weights = charter.parties.iter().zip(&self.weights);
        weights.into_iter().try_for_each(|(p, w)| within(&p.name, i128::from(*w), most))
    }
}

/// A case that is opened in the typical year by somebody of this age, if ages matter.
pub(super) fn new_case(charter: &Charter, age: Option<i128>) -> Cell {
    let halfway =
        |low: i128, high: i128| low.saturating_add(high).div_euclid(2).min(TYPICAL_MOST.max(low));
    let mut fields: Vec<_> = charter.fields.iter().map(|f| halfway(f.low, f.high)).collect();
    if let (Some(age), Some(people)) = (age, &charter.people)
        && let Some((born, field)) =
            fields.get_mut(people.born).zip(charter.fields.get(people.born))
    {
        *born = TYPICAL_YEAR.saturating_sub(age).clamp(field.low, field.high);
    }
    let weight = |many: bool| if many { TYPICAL_WEIGHT } else { 0 };
    Cell {
        count: 1,
        fields,
        counters: vec![0; charter.counters.len()],
        pots: vec![0; charter.pots.len()],
        weights: charter.parties.iter().map(|party| weight(party.many)).collect(),
        done_ever: vec![false; charter.flows.len()],
    }
}

/// From the age of joining to the last at which the plan asks for anything.
fn typical_ages(proved: &Proved) -> Answer<Vec<Option<i128>>> {
    let charter = &proved.charter;
    let Some(people) = &charter.people else { return Ok(vec![None]) };
    let first = i128::from(people.join_age);
    let mut last = None;
    let parameters: Vec<_> = charter.parameters.iter().map(|parameter| parameter.start).collect();
    let mut clerk = crate::due::Clerk::new(charter);
    for plan in charter.flows.iter().filter_map(|flow| flow.plan) {
        for age in first..=100 {
            let case = new_case(charter, Some(age));
            let value = |input: Input| match input {
                Input::Field(at) => case.fields.get(at).copied().unwrap_or(0),
                Input::Parameter(at) => parameters.get(at).copied().unwrap_or(0),
                Input::Year => TYPICAL_YEAR,
                Input::Month => TYPICAL_YEAR.saturating_mul(12),
                _ => 0,
            };
            if clerk.ask(plan, &value)? > 0 {
                last = last.max(Some(age));
            }
        }
    }
    let last = last.unwrap_or(first.saturating_add(TYPICAL_AGES).saturating_sub(1));
    Ok((first..=last).map(Some).collect())
}

fn pot_range(is_used: bool) -> (i128, i128) {
    if is_used { (0, crate::model::MONEY_HIGH) } else { (0, 0) }
}

fn within(what: &str, value: i128, (low, high): (i128, i128)) -> Answer<()> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(AssessError::Range { what: format!("{what} ({value}, not {low} to {high})") })
}

fn length(what: &'static str, found: usize, needed: usize) -> Answer<()> {
    if found == needed { Ok(()) } else { Err(AssessError::Length { what, needed, found }) }
}
