//! The balance ratio of a pay-as-you-go fund and the brake on its index.
//!
//! Source: Settergren 2001, *The automatic balance mechanism of the Swedish pension system*, and
//! the Orange Reports of the Swedish Pensions Agency.

use super::error::{ActuaryError, Answer};
use super::scaled::Scaled;

/// The contribution asset: a year's contributions times the turnover duration, the years a unit
/// of money stays in the system between being paid in and paid out, on average.
pub fn contribution_asset(contributions: Scaled, turnover_years: Scaled) -> Answer<Scaled> {
    contributions.times(turnover_years)
}

/// (contribution asset + buffer) / liability: below one, more is promised than can be kept.
pub fn balance_ratio(
    contribution_asset: Scaled,
    buffer: Scaled,
    liability: Scaled,
) -> Answer<Scaled> {
    if liability <= Scaled::ZERO {
        return Err(ActuaryError::OutOfRange { what: "liability" });
    }
    contribution_asset.plus(buffer)?.over(liability)
}

/// What the index is multiplied by: the ratio, at most one.
pub fn brake(ratio: Scaled) -> Scaled {
    ratio.min(Scaled::ONE)
}

/// The damped ratio, 1 + (ratio − 1)/3, agreed later in Sweden so that a bad year is spread.
pub fn damped(ratio: Scaled) -> Answer<Scaled> {
    ratio.minus(Scaled::ONE)?.over(Scaled::count(3))?.plus(Scaled::ONE)
}
