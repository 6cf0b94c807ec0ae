//! The return or the growth at which a fund just breaks even, found by halving.

use super::error::{ActuaryError, Answer, years_of};
use super::projection::{FundYear, first_year_of_failure};
use super::scaled::Scaled;

/// The lowest return looked at: −90 % a year.
pub const RETURN_LOW: Scaled = Scaled::from_raw(-900_000_000_000_000);
/// The highest return looked at: 1000 % a year.
pub const RETURN_HIGH: Scaled = Scaled::from_raw(10_000_000_000_000_000);
/// How near two bounds must come: 10⁻¹², a thousand times finer than what is ever shown.
pub const NEAR: Scaled = Scaled::from_raw(1_000);

/// The smallest number between the bounds, to within [`NEAR`], for which the answer is yes, given
/// that it is no below some number and yes above. Nothing if it is no at the upper bound.
pub fn smallest(
    bounds: (Scaled, Scaled),
    mut enough: impl FnMut(Scaled) -> Answer<bool>,
) -> Answer<Option<Scaled>> {
    let (mut low, mut high) = bounds;
    if low > high {
        return Err(ActuaryError::OutOfRange { what: "lower bound" });
    }
    if !enough(high)? {
        return Ok(None);
    }
    if enough(low)? {
        return Ok(Some(low));
    }
    while high.minus(low)? > NEAR {
        let middle = low.middle(high)?;
        if enough(middle)? { high = middle } else { low = middle }
    }
    Ok(Some(high))
}

/// i* with A = Σ Bₜ(1 + i*)⁻ᵗ, t counted from 0: the yearly return at which assets just suffice for
/// payments at the beginning of each year. Put a zero in front for payments at the end of each.
/// [`RETURN_LOW`] means that any return is enough, and nothing that none is.
pub fn break_even_return(assets: Scaled, payments: &[Scaled]) -> Answer<Option<Scaled>> {
    years_of(payments)?;
    if payments.iter().any(|payment| *payment < Scaled::ZERO) {
        return Err(ActuaryError::OutOfRange { what: "payment" });
    }
    smallest((RETURN_LOW, RETURN_HIGH), |rate| match worth(rate, payments) {
        Ok(worth) => Ok(worth <= assets),
        // Beyond 128 bits is beyond any assets.
        Err(ActuaryError::Overflow) => Ok(false),
        Err(other) => Err(other),
    })
}

/// Σ Bₜ(1 + i)⁻ᵗ by Horner's rule from the last payment.
fn worth(rate: Scaled, payments: &[Scaled]) -> Answer<Scaled> {
    let growth = Scaled::ONE.plus(rate)?;
    payments.iter().rev().try_fold(Scaled::ZERO, |later, now| later.over(growth)?.plus(*now))
}

/// g*: the smallest constant yearly growth, between two bounds, of what newcomers pay in with which
/// the fund does not fail in the years given. Newcomers pay `first` in year 0; what the years say
/// about them is replaced. Nothing if even the upper bound is not enough.
pub fn break_even_growth(
    assets: Scaled,
    first: Scaled,
    years: &[FundYear],
    bounds: (Scaled, Scaled),
) -> Answer<Option<Scaled>> {
    years_of(years)?;
    break_even_growth_of(assets, bounds, |growth| {
        let mut inflow = first;
        let mut flows = Vec::with_capacity(years.len());
        for year in years {
            flows.push(FundYear { newcomers: inflow, ..*year });
            inflow = inflow.times(Scaled::ONE.plus(growth)?)?;
        }
        Ok(flows)
    })
}

/// g* where newcomers are promised something too: `flows` gives the years for a growth.
pub fn break_even_growth_of(
    assets: Scaled,
    bounds: (Scaled, Scaled),
    mut flows: impl FnMut(Scaled) -> Answer<Vec<FundYear>>,
) -> Answer<Option<Scaled>> {
    smallest(bounds, |growth| {
        first_year_of_failure(assets, &flows(growth)?).map(|failure| failure.is_none())
    })
}
