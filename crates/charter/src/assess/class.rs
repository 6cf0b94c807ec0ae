//! Which of seven classes a charter is in: from its structure and its figures, the first that fits.

use super::forward::Projection;
use super::measure::Measures;
use crate::actuary::Scaled;
use crate::dossier::Nature;
use serde::{Deserialize, Serialize};

/// The classes, in the order in which they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Somebody decides what is paid, or money outside the ledger is needed.
    NotAssessable,
    /// Every payment is a share of what is there: it cannot fail, it can shrink.
    SharesOnly,
    /// What is promised is there, and stays enough even in the low scenario.
    Funded,
    /// Claims are scaled by what there is for each of them.
    BalancedPayAsYouGo,
    /// Joining is a duty, and the growth of wages is enough.
    PayAsYouGo,
    /// It lasts only if things go well, or needs gifts.
    AtRisk,
    /// It lasts only while more and more join.
    NeedsEverMoreJoiners,
}

/// What the class is decided from.
pub(super) struct Facts<'a> {
    pub(super) nature: Nature,
    pub(super) is_balanced: bool,
    pub(super) is_compulsory: bool,
    /// Gifts or subsidies may come into the pots of promised sums.
    pub(super) has_other_income: bool,
    /// It would be funded with what is said to be held outside the ledger.
    pub(super) leans_on_outside: bool,
    pub(super) measures: &'a Measures,
    pub(super) low: &'a Projection,
    pub(super) middle: &'a Projection,
    pub(super) high: &'a Projection,
}

impl Facts<'_> {
    /// Whether A covers L and nothing stays unpaid in this scenario.
    pub(super) fn is_funded(&self, run: &Projection) -> bool {
        let covered = self.measures.funding_ratio.is_none_or(|ratio| ratio >= Scaled::ONE);
        covered && run.fails_in.is_none()
    }

    /// The first class that fits.
    pub(super) fn class(&self) -> Class {
        if self.nature == Nature::Discretion {
            return Class::NotAssessable;
        }
        if self.nature == Nature::Shares {
            return match self.is_balanced {
                true => Class::BalancedPayAsYouGo,
                false => Class::SharesOnly,
            };
        }
        let growth = self.measures.break_even_growth;
        let needed_within = |run: &Projection| {
            let projected = run.scenario.joiner_growth;
            self.is_compulsory && growth.is_some_and(|growth| growth <= projected)
        };
        if self.is_funded(self.low) {
            return Class::Funded;
        }
        if self.leans_on_outside {
            return Class::NotAssessable;
        }
        if needed_within(self.middle) {
            return Class::PayAsYouGo;
        }
        let may_go_well = self.is_funded(self.middle) || self.is_funded(self.high);
        if may_go_well || needed_within(self.high) || self.has_other_income {
            return Class::AtRisk;
        }
        let is_more_than_paid =
            self.measures.promised_per_unit.is_none_or(|promised| promised > Scaled::ONE);
        let must_grow = growth.is_none_or(|growth| growth > Scaled::ZERO);
        if must_grow || (is_more_than_paid && !self.is_compulsory) {
            return Class::NeedsEverMoreJoiners;
        }
        Class::AtRisk
    }
}
