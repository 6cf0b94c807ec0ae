//! How cells come and go: births are joiners, deaths follow a life table, some leave early.

use super::error::{Answer, AssessError};
use super::limits;
use super::scenario::Scenario;
use super::situation::Cell;
use super::world::{Group, World, part};
use crate::actuary::{LifeTable, Scaled};
use crate::number::Rounding;

/// The probability to die at each age, men and women taken together in equal parts.
#[derive(Debug, Clone)]
pub(super) struct Lives {
    first_age: i128,
    q: Vec<Scaled>,
}

/// Where the lives come from, to be shown beside each number that rests on them.
pub const LIVES_SOURCE: &str =
    "US Social Security Administration, period life table 2007, men and women in equal parts";

impl Lives {
    pub(super) fn new(mortality: Scaled) -> Answer<Lives> {
        let men = LifeTable::united_states_2007_male()?.with_mortality(mortality)?;
        let women = LifeTable::united_states_2007_female()?.with_mortality(mortality)?;
        let ages = men.q().len().max(women.q().len());
        let of = |table: &LifeTable, at: usize| table.q().get(at).copied().unwrap_or(Scaled::ONE);
        let both = (0..ages).map(|at| of(&men, at).middle(of(&women, at)));
        let q = both.collect::<Result<_, _>>()?;
        Ok(Lives { first_age: i128::from(men.first_age()), q })
    }

    fn at(&self, age: i128) -> Scaled {
        let place = usize::try_from(age.saturating_sub(self.first_age).max(0));
        place.ok().and_then(|at| self.q.get(at)).copied().unwrap_or(Scaled::ONE)
    }
}

/// Those who join in the years to come.
#[derive(Debug, Clone)]
pub(super) struct Joiners {
    case: Cell,
    each_year: Scaled,
    /// Everybody who was ever in, at the beginning and since.
    pub(super) entered: u64,
}

impl Joiners {
    pub(super) fn new(case: Cell, scenario: &Scenario, entered: u64) -> Answer<Joiners> {
        let each_year = Scaled::whole(i128::from(scenario.joiners_per_year))?;
        Ok(Joiners { case, each_year, entered })
    }
}

impl World<'_> {
    /// Lets this year's newcomers in.
    pub(super) fn join(&mut self, joiners: &mut Joiners, scenario: &Scenario) -> Answer<()> {
        let wanted = joiners.each_year.to_whole(Rounding::HalfEven)?;
        let left = limits::PEOPLE.saturating_sub(joiners.entered);
        let count = u64::try_from(wanted).unwrap_or(0).min(left);
        let most = Scaled::whole(i128::from(limits::PEOPLE))?;
        let growth = Scaled::ONE.plus(scenario.joiner_growth)?;
        joiners.each_year = joiners.each_year.times(growth)?.min(most);
        let mut case = joiners.case.clone();
        if let Some(people) = &self.charter.people {
            let born = self.year.saturating_sub(i128::from(people.join_age));
            let field = self.charter.fields.get(people.born);
            let Some((entry, field)) = case.fields.get_mut(people.born).zip(field) else {
                return Ok(());
            };
            if !(field.low..=field.high).contains(&born) {
                return Ok(());
            }
            *entry = born;
        }
        if count > 0 {
            joiners.entered = joiners.entered.saturating_add(count);
            self.open(&Cell { count, ..case })?;
        }
        Ok(())
    }

    /// Parameters that are levels grow, as fast as they may and as far.
    pub(super) fn grow_parameters(&mut self, growth: Scaled) -> Answer<()> {
        for (parameter, value) in self.charter.parameters.iter().zip(&mut self.parameters) {
            let Some(permille) = parameter.change_permille.filter(|_| parameter.low > 0) else {
                continue;
            };
            let change = Scaled::whole(*value)?.times(growth)?.to_whole(Rounding::HalfEven)?;
            let most = part(*value, permille, 1000)?;
            let change = change.clamp(most.saturating_neg(), most);
            *value = value.saturating_add(change).clamp(parameter.low, parameter.high);
        }
        Ok(())
    }

    /// Those who die this month leave by the flow that ends their case.
    pub(super) fn die(&mut self, lives: &Lives) -> Answer<()> {
        let Some(people) = &self.charter.people else { return Ok(()) };
        for at in 0..self.groups.len() {
            let Some(group) = self.groups.get_mut(at) else { continue };
            let born = group.fields.get(people.born).copied().unwrap_or(0);
            let q = lives.at(self.year.saturating_sub(born));
            let months = i128::from(self.month).saturating_add(1);
            let year = Scaled::ONE.raw().saturating_mul(12);
            let by_now = part(group.year_heads, q.raw().saturating_mul(months), year)?;
            let mut dying = by_now.saturating_sub(group.died).clamp(0, group.heads);
            group.died = group.died.max(by_now);
            if q == Scaled::ONE && self.month == 11 {
                dying = group.heads;
            }
            if dying > 0 {
                self.bury(at, dying)?;
            }
        }
        Ok(())
    }

    fn bury(&mut self, at: usize, dying: i128) -> Answer<()> {
        let dead = self.detach(at, dying)?;
        self.end_by(&self.parts.deaths.clone(), dead)?;
        self.end(dead)
    }

    /// A share of all cases leaves, where the rules allow it; who is refused is owed.
    pub(super) fn leave(&mut self, share: Scaled, only_promises: bool) -> Answer<()> {
        let mut ways = self.parts.leaves.clone();
        ways.retain(|flow| !only_promises || self.parts.is_promise(*flow));
        if ways.is_empty() || share <= Scaled::ZERO {
            return Ok(());
        }
        for at in 0..self.groups.len() {
            let heads = self.groups.get(at).map_or(0, |group| group.heads);
            let leaving = part(heads, share.min(Scaled::ONE).raw(), Scaled::ONE.raw())?;
            if leaving > 0 {
                let leaver = self.detach(at, leaving)?;
                self.end_by(&ways, leaver)?;
                if leaver != at {
                    self.rejoin(at, leaver);
                }
            }
        }
        Ok(())
    }

    /// Tries the flows that end a case until one is allowed; what it refuses stays owed.
    fn end_by(&mut self, flows: &[usize], at: usize) -> Answer<()> {
        let waiting = self.line.waiting_minor;
        for flow in flows {
            if self.trigger_for(*flow, at, 0)? {
                break;
            }
        }
        let owed = self.line.waiting_minor.saturating_sub(waiting);
        self.line.waiting_minor = waiting;
        self.line.due_minor = self.line.due_minor.saturating_add(owed);
        Ok(())
    }

    /// All pots earn a year's return, rounded down.
    pub(super) fn earn(&mut self, rate: Scaled) -> Answer<()> {
        if rate == Scaled::ZERO {
            return Ok(());
        }
        let lists = self.groups.iter_mut().map(|group| &mut group.pots);
        for pots in lists.chain(std::iter::once(&mut self.shared.pots)) {
            for (pot, held) in pots.iter_mut().enumerate() {
                let earned = Scaled::whole(*held)?.times(rate)?.to_whole(Rounding::Floor)?;
                *held = held.saturating_add(earned);
                self.line.returns_minor = self.line.returns_minor.saturating_add(earned);
                if self.parts.is_promise_pot(pot) {
                    self.line.backing_returns_minor =
                        self.line.backing_returns_minor.saturating_add(earned);
                }
            }
        }
        Ok(())
    }

    /// A new year begins for all lives.
    pub(super) fn count_lives(&mut self) {
        for group in &mut self.groups {
            group.year_heads = group.heads;
            group.died = 0;
        }
    }

    /// A projection that begins within a year takes those as dead already who died before.
    pub(super) fn start_lives(&mut self, lives: &Lives) -> Answer<()> {
        let Some(people) = &self.charter.people else { return Ok(()) };
        for group in &mut self.groups {
            let born = group.fields.get(people.born).copied().unwrap_or(0);
            let q = lives.at(self.year.saturating_sub(born));
            let months = q.raw().saturating_mul(i128::from(self.month));
            group.died = part(group.year_heads, months, Scaled::ONE.raw().saturating_mul(12))?;
        }
        Ok(())
    }

    /// Takes some cases out of a cell into one of their own, with their part of the money; gives
    /// the place of those taken out.
    pub(super) fn detach(&mut self, at: usize, heads: i128) -> Answer<usize> {
        let last = self.groups.len();
        let Some(group) = self.groups.get_mut(at) else { return Err(AssessError::Overflow) };
        if heads >= group.heads {
            return Ok(at);
        }
        let whole = group.heads;
        let mut apart = Group { heads, ..group.clone() };
        apart.year_heads = part(group.year_heads, heads, whole)?;
        apart.died = part(group.died, heads, whole)?;
        group.heads = whole.saturating_sub(heads);
        for (kept, taken) in group.pots.iter_mut().zip(&mut apart.pots) {
            *taken = part(*kept, heads, whole)?;
            *kept = kept.saturating_sub(*taken);
        }
        self.groups.push(apart);
        self.is_unsorted = true;
        Ok(last)
    }

    /// Puts what is left of cases that were taken out back into their cell.
    fn rejoin(&mut self, at: usize, apart: usize) {
        let Some(group) = self.groups.get_mut(apart).map(std::mem::take) else { return };
        let Some(cell) = self.groups.get_mut(at) else { return };
        cell.heads = cell.heads.saturating_add(group.heads);
        cell.year_heads = cell.year_heads.saturating_add(group.year_heads);
        cell.died = cell.died.saturating_add(group.died);
        for (held, back) in cell.pots.iter_mut().zip(group.pots) {
            *held = held.saturating_add(back);
        }
    }

    /// The cases of a cell are closed; what their pots still hold stays there.
    pub(super) fn end(&mut self, at: usize) -> Answer<()> {
        let Some(group) = self.groups.get_mut(at) else { return Ok(()) };
        for (all, counter) in self.shared.all.iter_mut().zip(&group.counters) {
            let less = counter.checked_mul(group.heads).ok_or(AssessError::Overflow)?;
            *all = all.checked_sub(less).ok_or(AssessError::Overflow)?;
        }
        self.shared.heads = self.shared.heads.saturating_sub(group.heads);
        for pot in &mut group.pots {
            self.stranded = self.stranded.saturating_add(*pot);
            *pot = 0;
        }
        group.heads = 0;
        Ok(())
    }

    /// Forgets closed cases and restores the order of the queue.
    pub(super) fn tidy(&mut self) {
        self.groups.retain(|group| group.heads > 0);
        if self.is_unsorted {
            self.groups.sort_by_key(|group| group.order);
            self.is_unsorted = false;
        }
    }
}
