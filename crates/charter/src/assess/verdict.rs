//! What the page says first: a sentence, and the same as a key with its numbers.

use super::class::{Class, Facts};
use super::forward::Projection;
use super::rounds::Rounds;
use super::situation::Situation;
use crate::actuary::Scaled;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A sentence for readers, and what it is made of for other languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// A stable word for the sentence.
    pub key: String,
    /// The numbers and names in it.
    pub numbers: BTreeMap<String, String>,
    /// The sentence in English.
    pub sentence: String,
}

impl Verdict {
    /// A verdict whose sentence has `{name}` where a number goes.
    fn new(key: &str, sentence: &str, numbers: &[(&str, String)]) -> Verdict {
        let mut filled = sentence.to_owned();
        for (name, number) in numbers {
            filled = filled.replace(&format!("{{{name}}}"), number);
        }
        let numbers = numbers.iter().map(|(name, number)| ((*name).to_owned(), number.clone()));
        Verdict { key: key.to_owned(), numbers: numbers.collect(), sentence: filled }
    }
}

/// A share as a percentage with one place, rounded down: `8.7`.
fn percent(share: Scaled) -> String {
    let tenths = share.raw().div_euclid(Scaled::ONE.raw() / 1000);
    let (whole, tenth) = (tenths.div_euclid(10), tenths.rem_euclid(10));
    if tenth == 0 { whole.to_string() } else { format!("{whole}.{tenth}") }
}

/// A number with two places, rounded down.
fn places(number: Scaled) -> String {
    let hundredths = number.raw().div_euclid(Scaled::ONE.raw() / 100);
    let (whole, rest) = (hundredths.div_euclid(100), hundredths.rem_euclid(100));
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}") }
}

fn year(run: &Projection) -> String {
    run.fails_in.map_or_else(|| "-".to_owned(), |year| year.to_string())
}

/// What of promised sums is not paid in a projection.
fn missing(run: &Projection) -> i128 {
    let missed = run.months.iter().map(|line| line.due_minor.saturating_sub(line.paid_minor));
    let waiting = run.months.last().map_or(0, |line| line.waiting_minor);
    missed.fold(waiting, i128::saturating_add)
}

/// The first sentence on the page.
pub(super) fn verdict(
    class: Class,
    facts: &Facts<'_>,
    rounds: Option<&Rounds>,
    situation: &Situation,
) -> Verdict {
    let measures = facts.measures;
    match class {
        Class::NotAssessable if facts.leans_on_outside => Verdict::new(
            "outside_assets",
            "This cannot be assessed: what is promised is not in the pots, and nobody here can \
             see what is said to be held outside.",
            &[("outside_minor", situation.outside_assets_minor.to_string())],
        ),
        Class::NotAssessable => Verdict::new(
            "discretion",
            "This cannot be assessed: somebody decides how much is paid out.",
            &[],
        ),
        Class::SharesOnly => Verdict::new(
            "shares_only",
            "This cannot fail, but it can shrink: every payment is a share of what is there.",
            &[],
        ),
        Class::Funded => match measures.funding_ratio {
            Some(ratio) => Verdict::new(
                "funded",
                "What is promised is there: the pots hold {percent} % of it, and nothing stays \
                 unpaid even if lives are long and nobody joins.",
                &[("percent", percent(ratio))],
            ),
            None => Verdict::new(
                "funded_nothing_owed",
                "Nothing is promised so far, and what members will be promised is paid even if \
                 lives are long and nobody joins.",
                &[],
            ),
        },
        Class::BalancedPayAsYouGo => balanced(facts),
        Class::PayAsYouGo => Verdict::new(
            "pay_as_you_go",
            "Those who work pay for those who do not, and joining is a duty: this lasts while \
             wages grow by {percent} % a year and as many join as now; if nobody joins, it cannot \
             pay in full from {low_year}.",
            &[("percent", percent(measures.pay_as_you_go_return)), ("low_year", year(facts.low))],
        ),
        Class::AtRisk => at_risk(facts),
        Class::NeedsEverMoreJoiners => joiners(facts, rounds, situation),
    }
}

fn balanced(facts: &Facts<'_>) -> Verdict {
    let ratio = |ratio: Option<Scaled>| ratio.map_or_else(|| "-".to_owned(), percent);
    Verdict::new(
        "balanced",
        "This cannot fail, but it can shrink: when the fund has less than all claims, all are cut \
         in the same measure; it has {percent} % of them now, and {lowest} % at the lowest in the \
         middle scenario.",
        &[
            ("percent", ratio(facts.measures.balance_ratio)),
            ("lowest", ratio(facts.measures.lowest_balance_ratio)),
        ],
    )
}

fn at_risk(facts: &Facts<'_>) -> Verdict {
    let years = [
        ("low_year", year(facts.low)),
        ("middle_year", year(facts.middle)),
        ("high_year", year(facts.high)),
        ("missing_minor", missing(facts.middle).to_string()),
    ];
    let all_fail = [facts.low, facts.middle, facts.high].iter().all(|run| run.fails_in.is_some());
    let (key, sentence) = if all_fail && facts.has_other_income {
        (
            "at_risk_needs_gifts",
            "This promises more than its members pay for: without gifts or subsidies it cannot \
             pay in full from {middle_year} (from {low_year} if things go badly, from {high_year} \
             if they go well).",
        )
    } else {
        (
            "at_risk",
            "This can fail: it cannot pay in full from {low_year} if things go badly, \
             {middle_year} in the middle scenario, {high_year} if they go well (- means never \
             within 75 years).",
        )
    };
    Verdict::new(key, sentence, &years)
}

fn joiners(facts: &Facts<'_>, rounds: Option<&Rounds>, situation: &Situation) -> Verdict {
    let people = situation.cases().to_string();
    if let Some(rounds) = rounds {
        let before_last = rounds.rounds.iter().rev().nth(1).or(rounds.rounds.last());
        return Verdict::new(
            "ever_more_joiners_rounds",
            "This needs ever more joiners: with {people} people at the start it fails in round \
             {round}, in {year}, when all {everybody} people there are have joined and {percent} \
             % of what is promised is there; in the round before, {needed} must join.",
            &[
                ("people", people),
                ("round", rounds.fails_in_round.to_string()),
                ("year", rounds.fails_in.to_string()),
                ("everybody", rounds.people_then.to_string()),
                ("percent", percent(rounds.pot_share)),
                ("needed", before_last.map_or(0, |line| line.joiners_needed).to_string()),
                ("growth", places(rounds.growth_needed)),
                ("unpaid_percent", percent(rounds.unpaid_share)),
            ],
        );
    }
    let measures = facts.measures;
    let or_dash = |number: Option<String>| number.unwrap_or_else(|| "-".to_owned());
    Verdict::new(
        "ever_more_joiners",
        "This needs ever more joiners: for each 1 paid in, {promised} is promised; with {people} \
         people now it cannot pay in full from {low_year} if nobody joins, and from {middle_year} \
         if {joiners} join each year.",
        &[
            ("promised", or_dash(measures.promised_per_unit.map(places))),
            ("people", people),
            ("low_year", year(facts.low)),
            ("middle_year", year(facts.middle)),
            ("joiners", facts.middle.scenario.joiners_per_year.to_string()),
            ("growth_percent", or_dash(measures.break_even_growth.map(percent))),
        ],
    )
}

/// The sentence that needs no assumption about others.
pub(super) fn closed_gate(facts: &Facts<'_>) -> Verdict {
    let last = facts.measures.last_payment;
    let last_year = last.map_or_else(|| "-".to_owned(), |year| year.to_string());
    match (facts.measures.recovery, last) {
        (Some(recovery), Some(_)) => Verdict::new(
            "closed_gate",
            "If nobody pays in after you, you get {percent} % of what is promised, the last \
             payment in {year}.",
            &[("percent", percent(recovery)), ("year", last_year)],
        ),
        (Some(_), None) => Verdict::new(
            "closed_gate_nothing",
            "If nobody pays in after you, you get nothing of what is promised.",
            &[],
        ),
        (None, Some(_)) => Verdict::new(
            "closed_gate_shares",
            "If nobody pays in after you, what is there is paid out, the last of it in {year}; no \
             sum is promised so far.",
            &[("year", last_year)],
        ),
        (None, None) => Verdict::new(
            "closed_gate_empty",
            "Nothing is in the pots, and no sum is promised so far.",
            &[],
        ),
    }
}
