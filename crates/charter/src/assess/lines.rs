//! What a projection says, month by month and year by year, for charts and for checking by hand.

use super::forward::Projection;
use super::scenario::Scenario;
use crate::actuary::Scaled;
use serde::{Deserialize, Serialize};

/// What happened in one month.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthLine {
    /// The year.
    pub year: i128,
    /// The month, 0 to 11.
    pub month: u32,
    /// What the pots held before.
    pub opening_minor: i128,
    /// What was paid in by plan.
    pub in_minor: i128,
    /// What the pots earned.
    pub returns_minor: i128,
    /// What was paid out.
    pub out_minor: i128,
    /// What the pots held after.
    pub closing_minor: i128,
    /// What was due of promised sums.
    pub due_minor: i128,
    /// What was paid of it.
    pub paid_minor: i128,
    /// What pots with promised sums got, by plan and from other pots.
    pub backing_minor: i128,
    /// What those pots earned.
    pub backing_returns_minor: i128,
    /// What was still waiting in a queue at the end.
    pub waiting_minor: i128,
    /// What the fund then had of all claims, where claims are scaled by it.
    pub balance: Option<Scaled>,
    /// Whole cases that were open at the end.
    pub cases: u64,
}

/// How one scenario ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What is assumed.
    pub scenario: Scenario,
    /// The year since which promised sums are not paid in full.
    pub fails_in: Option<i128>,
    /// The last year in which anything was paid out.
    pub last_payment: Option<i128>,
    /// Everybody who was ever in.
    pub entered: u64,
    /// Year by year.
    pub years: Vec<YearLine>,
}

/// One year of a projection, for a chart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearLine {
    /// The year.
    pub year: i128,
    /// What the pots hold at its end.
    pub assets_minor: i128,
    /// What was paid in.
    pub in_minor: i128,
    /// What the pots earned.
    pub returns_minor: i128,
    /// What was paid out.
    pub out_minor: i128,
    /// What of promised sums was missed.
    pub unpaid_minor: i128,
    /// What of promised sums still waits at its end.
    pub waiting_minor: i128,
    /// Cases that are open at its end.
    pub cases: u64,
}

/// The spread of what the pots hold at the end of one year. Below zero, it is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FanYear {
    /// The year.
    pub year: i128,
    /// The percentiles 5, 25, 50, 75 and 95.
    pub percentiles_minor: [i128; 5],
    /// How many of 1,000 paths are below zero.
    pub paths_below_zero: u32,
}

/// The lines of each year.
pub(super) fn by_year(months: &[MonthLine]) -> Vec<&[MonthLine]> {
    months.chunk_by(|one, next| one.year == next.year).collect()
}

pub(super) fn outcome(run: Projection) -> Outcome {
    Outcome {
        years: by_year(&run.months).into_iter().map(year_line).collect(),
        scenario: run.scenario,
        fails_in: run.fails_in,
        last_payment: run.last_payment,
        entered: run.entered,
    }
}

/// Twelve months, or fewer, in one line.
pub(super) fn year_line(months: &[MonthLine]) -> YearLine {
    let sum = |of: fn(&MonthLine) -> i128| months.iter().map(of).fold(0, i128::saturating_add);
    let last = months.last().copied().unwrap_or_default();
    YearLine {
        year: last.year,
        assets_minor: last.closing_minor,
        in_minor: sum(|line| line.in_minor),
        returns_minor: sum(|line| line.returns_minor),
        out_minor: sum(|line| line.out_minor),
        unpaid_minor: sum(|line| line.due_minor.saturating_sub(line.paid_minor)),
        waiting_minor: last.waiting_minor,
        cases: last.cases,
    }
}
