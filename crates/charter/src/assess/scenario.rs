//! What is assumed about lives, returns, wages, joiners and leavers: always shown with the result.

use super::situation::Situation;
use crate::actuary::Scaled;
use crate::model::Charter;
use serde::{Deserialize, Serialize};

/// What is assumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// By what the life table's probabilities to die are multiplied.
    pub mortality: Scaled,
    /// What pots earn in a year. A ledger's pots earn nothing unless somebody says otherwise.
    pub asset_return: Scaled,
    /// By how much parameters that are levels, such as wages, grow in a year.
    pub wage_growth: Scaled,
    /// Who joins each year, in January from the second year on.
    pub joiners_per_year: u64,
    /// By how much that number grows in a year.
    pub joiner_growth: Scaled,
    /// The share of cases that leave in December each year, if they may.
    pub leaving: Scaled,
    /// Whether those who are in go on paying by their plan.
    pub members_pay: bool,
}

/// A number of thousandths.
const fn permille(thousandths: i128) -> Scaled {
    Scaled::from_raw(thousandths.saturating_mul(1_000_000_000_000))
}

/// Years over which today's cases are thought to have come, where nobody is said to be born.
const COMING_YEARS: u64 = 10;

impl Scenario {
    /// Nobody joins, lives are long, wages grow little.
    pub fn low() -> Scenario {
        Scenario {
            name: "low".to_owned(),
            mortality: permille(800),
            asset_return: Scaled::ZERO,
            wage_growth: permille(10),
            joiners_per_year: 0,
            joiner_growth: Scaled::ZERO,
            leaving: Scaled::ZERO,
            members_pay: true,
        }
    }

    /// As many join each year as are now in one year of birth.
    pub fn middle(charter: &Charter, situation: &Situation) -> Scenario {
        Scenario {
            name: "middle".to_owned(),
            mortality: Scaled::ONE,
            wage_growth: permille(20),
            joiners_per_year: joiners(charter, situation),
            ..Scenario::low()
        }
    }

    /// Each year one of a hundred more join, lives are short, wages grow much.
    pub fn high(charter: &Charter, situation: &Situation) -> Scenario {
        Scenario {
            name: "high".to_owned(),
            mortality: permille(1_200),
            wage_growth: permille(30),
            joiner_growth: permille(10),
            ..Scenario::middle(charter, situation)
        }
    }

    /// As the middle one, and one of twenty leaves each year.
    pub fn leaving(charter: &Charter, situation: &Situation) -> Scenario {
        let name = "leaving".to_owned();
        Scenario { name, leaving: permille(50), ..Scenario::middle(charter, situation) }
    }

    /// From today nobody pays anything in.
    pub fn closed_gate() -> Scenario {
        let name = "closed_gate".to_owned();
        Scenario { name, mortality: Scaled::ONE, members_pay: false, ..Scenario::low() }
    }
}

/// The cases that came in one year, on average; none where cases are paid for in advance and not
/// by those who open them.
fn joiners(charter: &Charter, situation: &Situation) -> u64 {
    if !charter.flows.iter().any(|flow| flow.plan.is_some()) {
        return 0;
    }
    let years = match &charter.people {
        Some(people) => {
            let born = situation.cells.iter().filter_map(|cell| cell.fields.get(people.born));
            let years: std::collections::BTreeSet<_> = born.collect();
            u64::try_from(years.len()).unwrap_or(1).max(1)
        }
        None => COMING_YEARS,
    };
    situation.cases().div_ceil(years)
}
