//! A fund run forward year by year, until it can no longer pay.
//!
//! 1. At the beginning of year t contributions C and those of newcomers N come in.
//! 2. If A + C + N < B, the fund fails in year t. Otherwise the payments B go out.
//! 3. What is left earns the year's return: A′ = (A + C + N − B)(1 + i).

use super::error::{ActuaryError, Answer, years_of};
use super::scaled::Scaled;

/// What flows in one year, and what the rest then earns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FundYear {
    /// C: what the members of today pay in.
    pub contributions: Scaled,
    /// N: what those pay in who join later.
    pub newcomers: Scaled,
    /// B: what falls due.
    pub payments: Scaled,
    /// i: the return on what is left, above −100 %.
    pub rate: Scaled,
}

impl FundYear {
    fn income(&self) -> Answer<Scaled> {
        self.contributions.plus(self.newcomers)
    }

    fn growth(&self) -> Answer<Scaled> {
        let growth = Scaled::ONE.plus(self.rate)?;
        if growth <= Scaled::ZERO {
            return Err(ActuaryError::OutOfRange { what: "yearly return" });
        }
        Ok(growth)
    }
}

/// How a fund fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Projection {
    /// What is there at the beginning of each year, up to the year of failure or after the last.
    pub assets: Vec<Scaled>,
    /// The first year that cannot be paid in full, the first being 0.
    pub fails_in: Option<usize>,
    /// What share of that year's payments can be paid.
    pub share_paid_then: Option<Scaled>,
}

/// Runs a fund forward.
pub fn project(assets: Scaled, years: &[FundYear]) -> Answer<Projection> {
    years_of(years)?;
    let mut path = vec![assets];
    let mut now = assets;
    for (number, year) in years.iter().enumerate() {
        let there = now.plus(year.income()?)?;
        if there < year.payments {
            let share = there.max(Scaled::ZERO).over(year.payments)?;
            let (fails_in, share_paid_then) = (Some(number), Some(share));
            return Ok(Projection { assets: path, fails_in, share_paid_then });
        }
        now = there.minus(year.payments)?.times(year.growth()?)?;
        path.push(now);
    }
    Ok(Projection { assets: path, fails_in: None, share_paid_then: None })
}

/// The smallest t with A + C + N < B, the first year being 0.
pub fn first_year_of_failure(assets: Scaled, years: &[FundYear]) -> Answer<Option<usize>> {
    project(assets, years).map(|projection| projection.fails_in)
}

/// The worth at the beginning of year 0 of a flow at the beginning of each year.
pub fn present_value(
    years: &[FundYear],
    flow: impl Fn(usize, &FundYear) -> Answer<Scaled>,
) -> Answer<Scaled> {
    years_of(years)?;
    let (mut sum, mut discount) = (Scaled::ZERO, Scaled::ONE);
    for (number, year) in years.iter().enumerate() {
        sum = sum.plus(flow(number, year)?.times(discount)?)?;
        discount = discount.over(year.growth()?)?;
    }
    Ok(sum)
}

/// The actuarial balance: (A + PV(C + N) − PV(B)) / PV(wages), the share of wages by which
/// contributions are more than enough, or, below zero, would have to rise.
pub fn actuarial_balance(assets: Scaled, years: &[FundYear], wages: &[Scaled]) -> Answer<Scaled> {
    if wages.len() != years.len() {
        return Err(ActuaryError::LengthsDiffer);
    }
    let surplus = present_value(years, |_, year| year.income()?.minus(year.payments))?;
    let base = present_value(years, |number, _| {
        wages.get(number).copied().ok_or(ActuaryError::LengthsDiffer)
    })?;
    assets.plus(surplus)?.over(base)
}

/// What happens if nobody pays in any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosedGate {
    /// min(1, A/L): what each gets of what is promised, if all share alike at once.
    pub recovery: Scaled,
    /// The year in which the fund is empty if promises are paid in due order, the first being 0.
    pub empty_in: Option<usize>,
    /// What share of that year's payments is still paid.
    pub share_paid_then: Option<Scaled>,
}

/// Closes the gate: `years` are run without what anybody pays in; only payments and returns count.
pub fn closed_gate(assets: Scaled, liability: Scaled, years: &[FundYear]) -> Answer<ClosedGate> {
    let closed = |year: &FundYear| FundYear {
        contributions: Scaled::ZERO,
        newcomers: Scaled::ZERO,
        ..*year
    };
    let run = project(assets, &years.iter().map(closed).collect::<Vec<_>>())?;
    let recovery =
        if liability <= assets { Scaled::ONE } else { assets.max(Scaled::ZERO).over(liability)? };
    Ok(ClosedGate { recovery, empty_in: run.fails_in, share_paid_then: run.share_paid_then })
}

impl ClosedGate {
    /// What share of one member's own expected payments, added up as they are, is still paid if
    /// promises are paid in due order; nothing if the member expects none.
    pub fn own_share(&self, own_payments: &[Scaled]) -> Answer<Option<Scaled>> {
        years_of(own_payments)?;
        let (mut promised, mut paid) = (Scaled::ZERO, Scaled::ZERO);
        for (year, payment) in own_payments.iter().enumerate() {
            promised = promised.plus(*payment)?;
            let part = match self.empty_in {
                Some(empty) if year > empty => Scaled::ZERO,
                Some(empty) if year == empty => {
                    payment.times(self.share_paid_then.unwrap_or_default())?
                }
                _ => *payment,
            };
            paid = paid.plus(part)?;
        }
        if promised <= Scaled::ZERO {
            return Ok(None);
        }
        paid.over(promised).map(Some)
    }
}
