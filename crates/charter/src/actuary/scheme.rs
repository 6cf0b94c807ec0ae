//! A multiplication scheme: who pays in now is paid by who pays in next, until there is nobody.
//!
//! 1. Round 0: the first people each pay in one unit; a fee is taken, the rest is the pot.
//! 2. Each is promised m units in the next round.
//! 3. So each next round must bring m/(1 − fee) times the people of the one before, rounded up;
//!    nobody joins twice, and there are only so many people.
//! 4. A round fails if the pot with everybody's money who still joins is below what is due.

use super::error::{ActuaryError, Answer};
use super::limits::ROUNDS_MAX;
use super::scaled::Scaled;
use crate::number::{Rounding, mul_div};

/// What a scheme promises, and who is there to pay for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheme {
    /// m: what is paid one round later for each unit paid in.
    pub promise: Scaled,
    /// The share of each payment that never reaches the pot, from zero to below one.
    pub fee: Scaled,
    /// People in round 0.
    pub first_people: u64,
    /// All people there are.
    pub people_max: u64,
}

/// How a scheme ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collapse {
    /// The first round that cannot be paid in full, round 0 being the first that pays in.
    pub round: u32,
    /// What is then in the pot over all that is promised: what is due and what the last were told.
    pub pot_share: Scaled,
    /// Everybody who has paid in by then.
    pub people: u64,
    /// How many of them have not been paid.
    pub unpaid_people: u64,
}

impl Scheme {
    /// m/(1 − fee): by how much the inflow must multiply each round for ever.
    pub fn growth_needed(&self) -> Answer<Scaled> {
        self.promise.over(self.kept()?)
    }

    /// 1 − (1 − fee)/m: the share of a chain that is unpaid whenever it stops, whatever its size;
    /// zero if the promise is no more than what reaches the pot.
    pub fn unpaid_share_of_chain(&self) -> Answer<Scaled> {
        let kept = self.kept()?;
        if self.promise <= kept {
            return Ok(Scaled::ZERO);
        }
        Scaled::ONE.minus(kept.over(self.promise)?)
    }

    /// The first round that cannot be paid, if each round brings as many people as it takes to pay
    /// the one before; nothing if every round pays for itself.
    pub fn collapse(&self) -> Answer<Option<Collapse>> {
        let kept = self.kept()?;
        self.collapse_where(|joined| {
            let promise = self.promise.raw();
            mul_div(i128::from(joined), promise, kept.raw(), Rounding::Ceil)
                .ok_or(ActuaryError::Overflow)
        })
    }

    /// The first round that cannot be paid, if each round brings `growth` times the people of the
    /// one before, rounded up; nothing if every round pays for itself or all have been paid.
    pub fn collapse_with_growth(&self, growth: Scaled) -> Answer<Option<Collapse>> {
        if growth < Scaled::ZERO {
            return Err(ActuaryError::OutOfRange { what: "growth" });
        }
        self.collapse_where(|joined| units(growth, joined)?.to_whole(Rounding::Ceil))
    }

    /// Runs the rounds; `wanted` says how many would join after so many did.
    fn collapse_where(&self, wanted: impl Fn(u64) -> Answer<i128>) -> Answer<Option<Collapse>> {
        let kept = self.kept()?;
        if self.first_people == 0 || self.first_people > self.people_max {
            return Err(ActuaryError::OutOfRange { what: "number of first people" });
        }
        if self.promise <= kept {
            return Ok(None);
        }
        let (mut joined, mut people) = (self.first_people, self.first_people);
        let mut pot = units(kept, joined)?;
        for round in 1..=ROUNDS_MAX {
            let due = units(self.promise, joined)?;
            let left = self.people_max.saturating_sub(people);
            let newcomers = u64::try_from(wanted(joined)?).unwrap_or(u64::MAX).min(left);
            pot = pot.plus(units(kept, newcomers)?)?;
            people = people.saturating_add(newcomers);
            if pot < due {
                let promised = due.plus(units(self.promise, newcomers)?)?;
                let unpaid_people = joined.saturating_add(newcomers);
                let pot_share = pot.over(promised)?;
                return Ok(Some(Collapse { round, pot_share, people, unpaid_people }));
            }
            pot = pot.minus(due)?;
            joined = newcomers;
            if joined == 0 {
                return Ok(None);
            }
        }
        Err(ActuaryError::TooMany { what: "rounds", limit: u64::from(ROUNDS_MAX) })
    }

    /// What reaches the pot of each unit paid in.
    fn kept(&self) -> Answer<Scaled> {
        if self.promise < Scaled::ZERO {
            return Err(ActuaryError::OutOfRange { what: "promise" });
        }
        if self.fee < Scaled::ZERO || self.fee >= Scaled::ONE {
            return Err(ActuaryError::OutOfRange { what: "fee" });
        }
        Scaled::ONE.minus(self.fee)
    }
}

/// So much for each of so many people.
fn units(each: Scaled, people: u64) -> Answer<Scaled> {
    each.times_whole(i128::from(people))
}
