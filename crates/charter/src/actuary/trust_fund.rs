//! The year a trust fund runs dry, as the US Social Security Administration's actuaries see it.
//!
//! Everything is a share of taxable payroll. Source: year tables of the Office of the Chief
//! Actuary, Social Security Administration, with the Trustees Reports.
//!
//! 1. At the beginning of the first year, a = trust fund ratio × cost rate of that year.
//! 2. Each year, a′ = a·k + (income rate − cost rate)·√k: the flows come at the middle of the year,
//!    and k is (1 + return)/(1 + growth of payroll); 0.988 fits the reports of 2024 and 2025.
//! 3. The fund is depleted in the first year at whose end a′ is below zero.

use super::error::{Answer, years_of};
use super::scaled::Scaled;

/// One year of a trust fund in shares of taxable payroll: 15.15 % is 0.1515.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayrollYear {
    /// The calendar year.
    pub year: u16,
    /// What is paid out.
    pub cost_rate: Scaled,
    /// What comes in, without interest.
    pub income_rate: Scaled,
}

/// k of the Social Security projections of 2024 and 2025.
pub const SOCIAL_SECURITY_GROWTH: Scaled = Scaled::from_raw(988_000_000_000_000);

/// The fund at the beginning of each year and after the last, in shares of taxable payroll.
/// `first_ratio` is what is there at the beginning over the first year's cost: 169 % is 1.69.
pub fn assets_by_year(
    first_ratio: Scaled,
    growth: Scaled,
    years: &[PayrollYear],
) -> Answer<Vec<Scaled>> {
    years_of(years)?;
    let half_year = growth.root(2)?;
    let first_cost = years.first().map_or(Scaled::ZERO, |year| year.cost_rate);
    let mut assets = first_ratio.times(first_cost)?;
    let mut path = vec![assets];
    for year in years {
        let flow = year.income_rate.minus(year.cost_rate)?.times(half_year)?;
        assets = assets.times(growth)?.plus(flow)?;
        path.push(assets);
    }
    Ok(path)
}

/// The calendar year in which the fund is depleted, or nothing if it lasts through the years given.
pub fn depletion_year(
    first_ratio: Scaled,
    growth: Scaled,
    years: &[PayrollYear],
) -> Answer<Option<u16>> {
    let path = assets_by_year(first_ratio, growth, years)?;
    let ends = years.iter().zip(path.iter().skip(1));
    Ok(ends.into_iter().find(|(_, end)| **end < Scaled::ZERO).map(|(year, _)| year.year))
}
