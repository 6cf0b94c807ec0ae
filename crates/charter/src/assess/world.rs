//! A charter that is run forward: cells of cases, their money in totals, and the sums of all.
//!
//! Cases are counted in millionths, so that a cell can lose a fraction of a life each month. Money
//! is counted in whole minor units of a whole cell, so that it moves without being rounded away.

use super::calendar::first_day;
use super::error::{Answer, AssessError};
use super::limits;
use super::lines::MonthLine;
use super::parts::Parts;
use super::situation::{Cell, Situation};
use crate::actuary::Scaled;
use crate::dossier::Proved;
use crate::due::Clerk;
use crate::model::{ALL_HIGH, Charter, Input, MONEY_HIGH, Source, Target};
use crate::number::{Rounding, mul_div};

/// Parts of one case.
pub(super) const MICRO: i128 = 1_000_000;

/// `a · b / c`, rounded down.
pub(super) fn part(a: i128, b: i128, c: i128) -> Answer<i128> {
    mul_div(a, b, c, Rounding::Floor).ok_or(AssessError::Overflow)
}

/// Cases that are alike.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// How many, in millionths.
    pub(super) heads: i128,
    /// How many they were when the year began, and how many have died since.
    pub(super) year_heads: i128,
    pub(super) died: i128,
    /// When they were opened, in the order of the queue.
    pub(super) order: u64,
    pub(super) fields: Vec<i128>,
    pub(super) counters: Vec<i128>,
    /// What all of them together hold in each pot.
    pub(super) pots: Vec<i128>,
    pub(super) weights: Vec<i128>,
    /// For each flow the month, counted from the year 0, in which it was last paid.
    pub(super) paid: Vec<Option<i128>>,
}

/// What rules see of all cases together.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    pub(super) pots: Vec<i128>,
    /// Counters summed over all cases, times a million.
    pub(super) all: Vec<i128>,
    pub(super) heads: i128,
}

/// A charter that is run forward.
pub(super) struct World<'c> {
    pub(super) charter: &'c Charter,
    pub(super) parts: &'c Parts,
    /// Taken out while it is asked.
    pub(super) clerk: Option<Clerk<'c>>,
    pub(super) groups: Vec<Group>,
    pub(super) shared: Shared,
    pub(super) parameters: Vec<i128>,
    pub(super) year: i128,
    pub(super) month: u32,
    /// What each flow has paid this month.
    pub(super) used: Vec<i128>,
    pub(super) line: MonthLine,
    /// Money of cases that have ended, which stays where it is.
    pub(super) stranded: i128,
    pub(super) next_order: u64,
    /// Whether groups were added out of order.
    pub(super) is_unsorted: bool,
}

impl<'c> World<'c> {
    pub(super) fn new(
        proved: &'c Proved,
        parts: &'c Parts,
        situation: &Situation,
    ) -> Answer<World<'c>> {
        situation.check(proved)?;
        let charter = &proved.charter;
        let mut world = World {
            charter,
            parts,
            clerk: Some(Clerk::new(charter)),
            groups: Vec::new(),
            shared: Shared {
                pots: situation.pots.iter().map(|pot| i128::from(*pot)).collect(),
                all: vec![0; charter.counters.len()],
                heads: 0,
            },
            parameters: situation.parameters.clone(),
            year: situation.year,
            month: situation.month,
            used: vec![0; charter.flows.len()],
            line: MonthLine::default(),
            stranded: 0,
            next_order: 0,
            is_unsorted: false,
        };
        for cell in situation.cells.iter().filter(|cell| cell.count > 0) {
            world.open(cell)?;
        }
        Ok(world)
    }

    /// Adds a cell's cases.
    pub(super) fn open(&mut self, cell: &Cell) -> Answer<()> {
        let count = i128::from(cell.count);
        let heads = count.saturating_mul(MICRO);
        // What was paid once and for ever was paid in some month before.
        let paid = cell.done_ever.iter().map(|done| done.then_some(-1)).collect();
        for (sum, counter) in self.shared.all.iter_mut().zip(&cell.counters) {
            let add = counter.checked_mul(heads).ok_or(AssessError::Overflow)?;
            *sum = sum.checked_add(add).ok_or(AssessError::Overflow)?;
        }
        self.shared.heads = self.shared.heads.saturating_add(heads);
        self.groups.push(Group {
            heads,
            year_heads: heads,
            died: 0,
            order: self.next_order,
            fields: cell.fields.clone(),
            counters: cell.counters.clone(),
            pots: cell.pots.iter().map(|pot| i128::from(*pot).saturating_mul(count)).collect(),
            weights: cell.weights.iter().map(|weight| i128::from(*weight)).collect(),
            paid,
        });
        self.next_order = self.next_order.saturating_add(1);
        Ok(())
    }

    /// Writes pots and cells back, where cases are whole and alike, as at the beginning.
    pub(super) fn store(&self, situation: &mut Situation) {
        let small = |value: &i128| u64::try_from(*value).unwrap_or(0);
        situation.pots = self.shared.pots.iter().map(small).collect();
        for (cell, group) in situation.cells.iter_mut().zip(&self.groups) {
            cell.counters.clone_from(&group.counters);
            let count = i128::from(cell.count);
            let each = |total: &i128| total.checked_div(count).unwrap_or(0);
            cell.pots = group.pots.iter().map(each).map(|pot| small(&pot)).collect();
            let ever = self.charter.flows.iter().map(|flow| flow.once == crate::model::Once::Ever);
            let done = group.paid.iter().zip(ever);
            cell.done_ever = done.map(|(paid, ever)| ever && paid.is_some()).collect();
        }
    }

    /// The month, counted from the year 0.
    pub(super) fn calendar_month(&self) -> i128 {
        self.year.saturating_mul(12).saturating_add(i128::from(self.month))
    }

    /// What an input is for one of these cases.
    pub(super) fn view<'w>(
        &'w self,
        group: Option<&'w Group>,
        shared: &'w Shared,
        stated: i128,
    ) -> impl Fn(Input) -> i128 + 'w {
        let (year, month) = (self.year, self.calendar_month());
        let day = first_day(year, self.month);
        let (charter, parameters) = (self.charter, &self.parameters);
        let of = |list: &[i128], at: usize| list.get(at).copied().unwrap_or(0);
        let mine = move |list: fn(&Group) -> &[i128], at: usize| {
            group.map_or(0, |group| of(list(group), at))
        };
        move |input| match input {
            Input::Pot(at) if charter.pots.get(at).is_some_and(|pot| pot.per_case) => {
                group.map_or(0, |group| group.each(of(&group.pots, at))).clamp(0, MONEY_HIGH)
            }
            Input::Pot(at) => of(&shared.pots, at).clamp(0, MONEY_HIGH),
            Input::Field(at) => mine(|group| &group.fields, at),
            Input::Counter(at) => mine(|group| &group.counters, at),
            Input::Party(at) => mine(|group| &group.weights, at),
            Input::All(at) => {
                of(&shared.all, at).div_euclid(MICRO).clamp(ALL_HIGH.saturating_neg(), ALL_HIGH)
            }
            Input::Parameter(at) => of(parameters, at),
            Input::Stated => stated,
            Input::Day => day,
            Input::Month => month,
            Input::Year => year,
            Input::Cases => whole_cases(shared.heads),
        }
    }

    /// What is in all pots.
    pub(super) fn assets(&self) -> i128 {
        let sum = |pots: &[i128]| pots.iter().copied().fold(0, i128::saturating_add);
        let all = self.groups.iter().map(|group| sum(&group.pots));
        all.fold(sum(&self.shared.pots).saturating_add(self.stranded), i128::saturating_add)
    }

    /// What is in the pots from which promised sums are paid.
    pub(super) fn promise_assets(&self) -> i128 {
        let lists = self.groups.iter().map(|group| &group.pots);
        let lists = lists.chain(std::iter::once(&self.shared.pots));
        let backed = |pots: &Vec<i128>| {
            let pots = pots.iter().enumerate().filter(|(pot, _)| self.parts.is_promise_pot(*pot));
            pots.map(|(_, held)| *held).fold(0, i128::saturating_add)
        };
        lists.map(backed).fold(0, i128::saturating_add)
    }

    /// What the fund has of all claims, where claims are scaled by it and there are any.
    pub(super) fn balance(&self) -> Answer<Option<Scaled>> {
        let Some(balanced) = self.parts.balanced else { return Ok(None) };
        let held = self.shared.pots.get(balanced.pot).copied().unwrap_or(0);
        let claims = self.shared.all.get(balanced.counter).copied().unwrap_or(0).div_euclid(MICRO);
        if claims <= 0 {
            return Ok(None);
        }
        Ok(Some(Scaled::ratio(held, claims)?))
    }

    /// What a pot holds, of these cases or of all.
    pub(super) fn pot(&mut self, pot: usize, group: Option<usize>) -> Answer<&mut i128> {
        let per_case = self.charter.pots.get(pot).is_some_and(|pot| pot.per_case);
        let pots = match (per_case, group) {
            (true, Some(group)) => self.groups.get_mut(group).map(|group| &mut group.pots),
            (true, None) => None,
            (false, _) => Some(&mut self.shared.pots),
        };
        pots.and_then(|pots| pots.get_mut(pot)).ok_or(AssessError::Overflow)
    }

    /// Moves money along a flow.
    pub(super) fn carry(&mut self, flow: usize, group: Option<usize>, money: i128) -> Answer<()> {
        let Some(way) = self.charter.flows.get(flow) else { return Ok(()) };
        let (source, to) = (way.source, way.to);
        if let Some(used) = self.used.get_mut(flow) {
            *used = used.saturating_add(money);
        }
        self.shift(source, to, group, money)
    }

    /// Moves money from a place to another.
    pub(super) fn shift(
        &mut self,
        source: Source,
        to: Target,
        group: Option<usize>,
        money: i128,
    ) -> Answer<()> {
        let was_backing = match source {
            Source::Outside => {
                self.line.in_minor = self.line.in_minor.saturating_add(money);
                false
            }
            Source::Pot(pot) => {
                let held = self.pot(pot, group)?;
                *held = held.checked_sub(money).ok_or(AssessError::Overflow)?;
                self.parts.is_promise_pot(pot)
            }
        };
        let Target::Pot(pot) = to else {
            self.line.out_minor = self.line.out_minor.saturating_add(money);
            return Ok(());
        };
        let held = self.pot(pot, group)?;
        *held = held.checked_add(money).ok_or(AssessError::Overflow)?;
        if self.parts.is_promise_pot(pot) && !was_backing {
            self.line.backing_minor = self.line.backing_minor.saturating_add(money);
        }
        Ok(())
    }
}

impl Group {
    /// One case's part of a total.
    pub(super) fn each(&self, total: i128) -> i128 {
        mul_div(total, MICRO, self.heads.max(1), Rounding::Floor).unwrap_or(0)
    }
}

/// Whole cases; a last fraction of one counts as one.
pub(super) fn whole_cases(heads: i128) -> i128 {
    let whole = heads.saturating_add(MICRO).saturating_sub(1).div_euclid(MICRO);
    whole.clamp(0, i128::from(limits::CASES))
}
