//! What is said first about a charter: what can be known before paying in.

use super::words::money;
use serde_json::{Value, json};
use weal_charter::Proved;
use weal_charter::assess::{Assessment, Class, LIVES_SOURCE, Outcome, Situation, assess};

/// An assessment, or why there is none.
pub(crate) struct Judged {
    /// The made-up beginning, in words.
    pub(crate) basis: String,
    /// What was found.
    pub(crate) found: Result<Assessment, String>,
}

/// Assesses a text in a made-up beginning of so many cases.
pub(crate) fn typical(proved: &Proved, cases: u64) -> Judged {
    let case = &proved.charter.case;
    let found = Situation::typical(proved, cases).and_then(|situation| assess(proved, &situation));
    Judged {
        basis: format!("a made-up beginning: {cases} of kind {case}, each as the plan asks"),
        found: found.map_err(|error| error.to_string()),
    }
}

/// A class in words.
pub(crate) fn class(class: Class) -> &'static str {
    match class {
        Class::NotAssessable => "not assessable",
        Class::SharesOnly => "shares only",
        Class::Funded => "funded",
        Class::BalancedPayAsYouGo => "balanced pay-as-you-go",
        Class::PayAsYouGo => "pay-as-you-go",
        Class::AtRisk => "at risk",
        Class::NeedsEverMoreJoiners => "needs ever more joiners",
    }
}

impl Judged {
    /// The verdict in lines, the most important first.
    pub(crate) fn lines(&self) -> Vec<String> {
        let found = match &self.found {
            Ok(found) => found,
            Err(reason) => return vec![format!("It could not be assessed: {reason}.")],
        };
        vec![
            found.verdict.sentence.clone(),
            found.closed_gate.sentence.clone(),
            format!("(Class: {}. Assessed in {}.)", class(found.class), self.basis),
        ]
    }

    /// The figures in lines.
    pub(crate) fn figures(&self, currency: &str) -> Vec<String> {
        let Ok(found) = &self.found else { return Vec::new() };
        let measures = &found.measures;
        let mut lines = vec![
            format!("in the pots        {}", money(currency, measures.assets_minor)),
            format!("promised so far    {}", money(currency, measures.liability_minor)),
        ];
        lines.extend(found.scenarios.iter().map(scenario));
        if found.lives.is_some() {
            lines.push(format!("lives: {LIVES_SOURCE}"));
        }
        lines
    }

    /// For programs.
    pub(crate) fn json(&self) -> Value {
        match &self.found {
            Ok(found) => json!({ "basis": self.basis, "assessment": found }),
            Err(reason) => json!({ "basis": self.basis, "reason": reason }),
        }
    }
}

fn scenario(outcome: &Outcome) -> String {
    let name = outcome.scenario.name.replace('_', " ");
    match outcome.fails_in {
        Some(year) => format!("{name:<18} cannot pay in full from {year}"),
        None => format!("{name:<18} nothing stays unpaid within the years looked at"),
    }
}
