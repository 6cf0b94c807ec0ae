//! Numbers as rules see them, with their names and what they count.

use super::view::Named;
use super::{Desk, Fund, day, month};
use weal_charter::model::{Input, Source};
use weal_kernel::charters::state::{Case, View};
use weal_kernel::units::UnixMillis;

/// Days from 2000 to 2100: a number called a day that lies here is one.
const DAYS: std::ops::RangeInclusive<i128> = 10_957..=47_481;

impl Fund {
    /// What rules see of a case, or of the charter as a whole, now.
    pub(super) fn sight<'a>(&'a self, desk: &Desk<'_>, case: Option<&'a Case>) -> View<'a> {
        self.entry.view(self.charter(), case, desk.moment())
    }

    /// An input with its value.
    pub(super) fn named(&self, input: Input, value: i128) -> Named {
        let name = self.charter().input_name(input);
        match input {
            Input::Pot(_) | Input::Stated => self.as_money(name, value),
            Input::Day => as_day(name, value),
            Input::Month => Named {
                shown: u32::try_from(value).map(month).unwrap_or_default(),
                unit: "month",
                value: value.to_string(),
                name,
            },
            Input::Field(_) | Input::Counter(_) => self.plain(name, value),
            _ => Named::number(name, value),
        }
    }

    /// A field or counter: a day if its name says so.
    pub(super) fn plain(&self, name: String, value: i128) -> Named {
        let says_day = name.ends_with("_day") || name.ends_with("_on");
        if says_day && DAYS.contains(&value) {
            return as_day(name, value);
        }
        Named::number(name, value)
    }

    /// A number of minor units.
    pub(super) fn as_money(&self, name: String, value: i128) -> Named {
        Named { name, value: value.to_string(), unit: "money", shown: self.money_of(value) }
    }

    /// What a rule gives: money if a flow pays it, an answer if it answers, else a number.
    pub(super) fn given(&self, rule: usize, value: i128) -> Named {
        let name = self.rule_name(rule);
        if self.charter().gives(rule) == weal_charter::tree::Type::Answer {
            let shown = if value == 0 { "no" } else { "yes" };
            return Named { name, value: value.to_string(), unit: "answer", shown: shown.into() };
        }
        if self.charter().is_sum(rule) {
            return self.as_money(name, value);
        }
        Named::number(name, value)
    }

    /// A rule's name.
    pub(super) fn rule_name(&self, rule: usize) -> String {
        self.charter().program.rule(rule).map(|rule| rule.name.clone()).unwrap_or_default()
    }

    /// What is in the pot that a flow takes from, for this case.
    pub(super) fn available(&self, source: Source, case: Option<&Case>) -> Option<u64> {
        let Source::Pot(pot) = source else { return None };
        let per_case = self.charter().pots.get(pot).is_some_and(|pot| pot.per_case);
        let pots = if per_case { &case?.pots } else { &self.entry.pots };
        pots.get(pot).copied()
    }
}

impl Named {
    /// A plain number.
    pub(super) fn number(name: String, value: i128) -> Named {
        Named { name, value: value.to_string(), unit: "number", shown: value.to_string() }
    }
}

fn as_day(name: String, value: i128) -> Named {
    let shown = day(value).unwrap_or_else(|| value.to_string());
    Named { name, value: value.to_string(), unit: "day", shown }
}

/// A time after so many days.
pub(super) fn after_days(time: UnixMillis, days: u64) -> u64 {
    time.plus_days(days).0
}
