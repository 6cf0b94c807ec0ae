//! What a fund owes to the members it has: accrued liability over cohort cells, and its payments.
//!
//! Source: Iyer 1999, accrued benefit valuation: L = Σ members · pension · ₙEₓ · ä₍ₓ₊ₙ₎. Pensions
//! are yearly, paid at the beginning of each year; if they grow by g, value them at the net rate.

use super::annuity::{Basis, Span};
use super::error::{Answer, at_most};
use super::limits::YEARS_MAX;
use super::scaled::Scaled;
use super::table::LifeTable;

/// Members alike in table, age and promise.
#[derive(Debug, Clone, Copy)]
pub struct Cohort<'t> {
    /// The life table that fits them.
    pub table: &'t LifeTable,
    /// Their age now.
    pub age: u32,
    /// How many they are.
    pub members: u64,
    /// The yearly pension each has earned so far.
    pub pension: Scaled,
    /// The age at which it begins; below their age if it is being paid.
    pub pension_age: u32,
}

impl Cohort<'_> {
    /// Years until the first payment.
    fn waiting(&self) -> u32 {
        self.pension_age.saturating_sub(self.age)
    }

    /// What the cohort has earned a year, all members together.
    fn yearly(&self) -> Answer<Scaled> {
        self.pension.times_whole(i128::from(self.members))
    }
}

/// The accrued liability at a yearly return, already net of the growth of pensions if they grow.
pub fn accrued_liability(cohorts: &[Cohort<'_>], net_rate: Scaled) -> Answer<Scaled> {
    cohorts.iter().try_fold(Scaled::ZERO, |sum, cohort| {
        let basis = Basis::new(cohort.table, net_rate)?;
        let each = basis.annuity_due(cohort.age, Span::after(cohort.waiting()))?;
        sum.plus(cohort.yearly()?.times(each)?)
    })
}

/// What is expected to be paid at the beginning of each of the next years to the members there are,
/// pensions growing by `growth` a year from today.
pub fn expected_payments(
    cohorts: &[Cohort<'_>],
    growth: Scaled,
    years: u32,
) -> Answer<Vec<Scaled>> {
    at_most("years", years, YEARS_MAX)?;
    let mut payments = vec![Scaled::ZERO; usize::try_from(years).unwrap_or(0)];
    let rise = Scaled::ONE.plus(growth)?;
    for cohort in cohorts {
        let waiting = usize::try_from(cohort.waiting()).unwrap_or(usize::MAX);
        let mut due = cohort.yearly()?;
        let lives = cohort.table.lives_at(cohort.age)?;
        for (year, (payment, q)) in payments.iter_mut().zip(lives).enumerate() {
            if year >= waiting {
                *payment = payment.plus(due)?;
            }
            due = due.times(Scaled::ONE.minus(*q)?)?.times(rise)?;
        }
    }
    Ok(payments)
}

/// Assets over liability; nothing if nothing is owed.
pub fn funding_ratio(assets: Scaled, liability: Scaled) -> Answer<Option<Scaled>> {
    if liability <= Scaled::ZERO {
        return Ok(None);
    }
    assets.over(liability).map(Some)
}
