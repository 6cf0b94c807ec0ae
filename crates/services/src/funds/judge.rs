//! Whether a fund can pay what it promises: all of its cases in cells, run forward.
//!
//! 1. Every open case of the state goes into a cell with others like it; money adds up.
//! 2. A fund without cases is assessed as if a thousand had just joined, and says so.
//! 3. An assessment is kept while the fund does not change, and for a while after: a large fund
//!    that changes with every block is not worked out anew with every block.

use super::view::{Told, VerdictView};
use super::{Desk, Fund, Known};
use serde::Serialize;
use std::sync::Arc;
use std::time::{Duration, Instant};
use utoipa::ToSchema;
use weal_charter::assess::{
    Assessment, Cell, Class, Grouper, Outcome, Rounds, Situation, Verdict, assess,
};
use weal_charter::model::Once;
use weal_kernel::Hash;
use weal_kernel::charters::state::Case;

/// Cells of an assessment that a reader waits for.
const CELLS: usize = 160;
/// Cases of a made-up beginning.
pub const TYPICAL: u64 = 1_000;
/// An assessment that took a second is good for so many.
const GOOD_FOR: u32 = 20;

/// An assessment, and what it was made of.
#[derive(Debug)]
pub struct Judged {
    /// The assessment, or why there is none.
    pub found: Result<Assessment, String>,
    /// The block, where the cases are those of the ledger.
    pub height: Option<u64>,
    /// How many cases.
    pub cases: u64,
    of: Hash,
    made: Instant,
    took: Duration,
}

/// The figures behind a verdict. Money is text with its currency; shares and rates are decimals.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct AssessmentView {
    /// Everything in the pots.
    pub assets: String,
    /// What is promised so far to those who are in, in today's worth, if nobody pays any more.
    pub liability: String,
    /// What is there for it, for each unit promised; `null` if nothing is promised.
    pub funding_ratio: Option<String>,
    /// The part of it that is paid if nobody pays in from today.
    pub recovery: Option<String>,
    /// The year of the last payment then.
    pub last_payment: Option<i64>,
    /// The yearly return at which what is there is just enough.
    pub break_even_return: Option<String>,
    /// The least yearly growth of joiners with which nothing stays unpaid.
    pub break_even_growth: Option<String>,
    /// What is promised to a new case for each unit it pays in.
    pub promised_per_unit: Option<String>,
    /// What the fund has of all claims, where claims are scaled by it.
    pub balance_ratio: Option<String>,
    /// What is paid out if all leave today; `null` if nobody can leave.
    pub run_paid: Option<String>,
    /// The part of what is then due that is paid.
    pub run_recovery: Option<String>,
    /// How each scenario ends: low, middle, high, leaving, closed_gate.
    pub scenarios: Vec<OutcomeView>,
    /// The spread of the middle scenario.
    pub fan: Vec<FanView>,
    /// How it ends, if each round is paid by the next.
    pub rounds: Option<RoundsView>,
    /// Where the lives come from, if lives matter.
    pub lives: Option<String>,
}

/// What is assumed in a scenario, and how it ends.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct OutcomeView {
    /// `low`, `middle`, `high`, `leaving` or `closed_gate`.
    pub name: String,
    /// By what the probabilities to die are multiplied.
    pub mortality: String,
    /// What pots earn in a year.
    pub asset_return: String,
    /// By how much wages grow in a year.
    pub wage_growth: String,
    /// Who joins each year.
    pub joiners_per_year: u64,
    /// By how much that number grows in a year.
    pub joiner_growth: String,
    /// The share of cases that leave each year.
    pub leaving: String,
    /// Whether those who are in go on paying.
    pub members_pay: bool,
    /// The year since which promised sums are not paid in full.
    pub fails_in: Option<i64>,
    /// The last year in which anything was paid out.
    pub last_payment: Option<i64>,
    /// Year by year.
    pub years: Vec<YearView>,
}

/// One year of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct YearView {
    /// The year.
    pub year: i64,
    /// What the pots hold at its end.
    pub assets: String,
    /// What was paid in.
    pub paid_in: String,
    /// What was paid out.
    pub paid_out: String,
    /// What of promised sums was not paid, or waits.
    pub unpaid: String,
    /// Open cases at its end.
    pub cases: u64,
}

/// The spread of what the pots hold at the end of one year.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct FanView {
    /// The year.
    pub year: i64,
    /// The percentiles 5, 25, 50, 75 and 95; below zero, it is missing.
    pub percentiles: Vec<String>,
    /// How many of 1,000 paths are below zero.
    pub below_zero: u32,
}

/// How a fund ends in which each round is paid by the next.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct RoundsView {
    /// Cases in round 0.
    pub first_people: u64,
    /// Months between two rounds.
    pub months: u32,
    /// What is promised for each unit paid in.
    pub promise: String,
    /// By how much each round must be larger than the one before.
    pub growth_needed: String,
    /// The first round that cannot be paid even if everybody there is has joined.
    pub fails_in_round: u32,
    /// Its year.
    pub fails_in: i64,
    /// The share of all that is unpaid whenever it stops.
    pub unpaid_share: String,
    /// How many must join in each round, from round 0 on.
    pub joiners_needed: Vec<String>,
}

impl Desk<'_> {
    /// The assessment of a fund, made now or lately.
    pub fn judge(&self, fund: &Fund) -> Arc<Judged> {
        let bytes = serde_json::to_vec(&fund.entry).unwrap_or_default();
        let of = Hash::of(&[&fund.id.0, &bytes]);
        if let Some(known) = self.library.judged(&fund.id)
            && (known.of == of || known.made.elapsed() < known.took * GOOD_FOR)
        {
            return known;
        }
        let made = Instant::now();
        let (situation, height) = match self.situation(fund) {
            Ok(Some(situation)) => (Ok(situation), Some(self.height)),
            Ok(None) => (typical(&fund.known), None),
            Err(reason) => (Err(reason), Some(self.height)),
        };
        let cases = situation.as_ref().map_or(0, Situation::cases);
        let found = situation.and_then(|situation| {
            assess(&fund.known.proved, &situation).map_err(|error| error.to_string())
        });
        let took = made.elapsed();
        let judged = Arc::new(Judged { found, height, cases, of, made, took });
        self.library.keep(fund.id, judged.clone());
        judged
    }

    /// The assessment that was made before, if there is one.
    pub(super) fn judged_before(&self, fund: &Fund) -> Option<Arc<Judged>> {
        self.library.judged(&fund.id)
    }

    /// All open cases in cells; nothing if there are none.
    fn situation(&self, fund: &Fund) -> Result<Option<Situation>, String> {
        let charter = fund.charter();
        let mut grouper = Grouper::new(charter);
        let mut open = 0u64;
        for number in 0..fund.entry.cases {
            let case = self.state.case(&fund.id, number).filter(|case| !case.ended);
            if let Some(case) = case {
                grouper.add(&cell(fund, &case)).map_err(|error| error.to_string())?;
                open += 1;
            }
        }
        if open == 0 {
            return Ok(None);
        }
        let moment = self.moment();
        let pots = charter.pots.iter().zip(&fund.entry.pots);
        let parameters = charter.parameters.iter().zip(&fund.entry.parameters);
        let seed = Hash::of(&[&fund.id.0, &self.height.to_be_bytes()]);
        Ok(Some(Situation {
            year: i128::from(moment.year),
            month: moment.month % 12,
            pots: pots.map(|(pot, held)| if pot.per_case { 0 } else { *held }).collect(),
            parameters: parameters
                .map(|(parameter, (value, _))| {
                    i128::from(*value).clamp(parameter.low, parameter.high)
                })
                .collect(),
            cells: grouper.finish(CELLS).map_err(|error| error.to_string())?,
            seed: seed.0,
            outside_assets_minor: 0,
        }))
    }
}

/// A case as a cell of one.
pub(super) fn cell(fund: &Fund, case: &Case) -> Cell {
    let flows = fund.charter().flows.iter().enumerate();
    let paid = |at: usize| case.last.get(at).is_some_and(|last| *last > 0);
    let sum = |shares: &Vec<(Hash, u64)>| shares.iter().map(|(_, weight)| *weight).sum();
    Cell {
        count: 1,
        fields: case.fields.iter().map(|value| i128::from(*value)).collect(),
        counters: case.counters.clone(),
        pots: case.pots.clone(),
        weights: case.parties.iter().map(sum).collect(),
        done_ever: flows.map(|(at, flow)| flow.once == Once::Ever && paid(at)).collect(),
    }
}

/// A made-up beginning.
fn typical(known: &Known) -> Result<Situation, String> {
    Situation::typical(&known.proved, TYPICAL).map_err(|error| error.to_string())
}

/// The assessment of a text alone, in a made-up beginning.
pub fn of_text(known: &Known) -> Judged {
    let made = Instant::now();
    let found = typical(known)
        .and_then(|situation| assess(&known.proved, &situation).map_err(|error| error.to_string()));
    Judged { found, height: None, cases: TYPICAL, of: known.hash, made, took: made.elapsed() }
}

impl Judged {
    /// What is said first.
    pub fn verdict(&self) -> VerdictView {
        let (class, verdict, closed_gate) = match &self.found {
            Ok(found) => (class(found.class), told(&found.verdict), told(&found.closed_gate)),
            Err(reason) => {
                let sentence = format!("This could not be assessed. {reason}");
                let key = "unknown".to_owned();
                let verdict = Told { key, sentence, ..Told::default() };
                ("unknown", verdict, Told::default())
            }
        };
        let class = class.to_owned();
        VerdictView { class, verdict, closed_gate, as_of_height: self.height, cases: self.cases }
    }
}

fn told(verdict: &Verdict) -> Told {
    let Verdict { key, numbers, sentence } = verdict.clone();
    Told { key, numbers, sentence }
}

/// The word for a class.
pub fn class(class: Class) -> &'static str {
    match class {
        Class::NotAssessable => "not_assessable",
        Class::SharesOnly => "shares_only",
        Class::Funded => "funded",
        Class::BalancedPayAsYouGo => "balanced_pay_as_you_go",
        Class::PayAsYouGo => "pay_as_you_go",
        Class::AtRisk => "at_risk",
        Class::NeedsEverMoreJoiners => "needs_ever_more_joiners",
    }
}

fn year(year: i128) -> i64 {
    i64::try_from(year).unwrap_or(0)
}

fn sum(minor: i128, currency: &str) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let size = u64::try_from(minor.unsigned_abs()).unwrap_or(u64::MAX);
    format!("{sign}{}", super::money(size, currency))
}

impl AssessmentView {
    /// The figures of an assessment; nothing if there is none.
    pub fn of(judged: &Judged, currency: &str) -> Option<AssessmentView> {
        let found = judged.found.as_ref().ok()?;
        let measures = &found.measures;
        let decimal = |number: Option<weal_charter::actuary::Scaled>| number.map(|n| n.to_string());
        Some(AssessmentView {
            assets: sum(measures.assets_minor, currency),
            liability: sum(measures.liability_minor, currency),
            funding_ratio: decimal(measures.funding_ratio),
            recovery: decimal(measures.recovery),
            last_payment: measures.last_payment.map(year),
            break_even_return: decimal(measures.break_even_return),
            break_even_growth: decimal(measures.break_even_growth),
            promised_per_unit: decimal(measures.promised_per_unit),
            balance_ratio: decimal(measures.balance_ratio),
            run_paid: measures.run.as_ref().map(|run| sum(run.out_minor, currency)),
            run_recovery: decimal(measures.run.as_ref().and_then(|run| run.recovery)),
            scenarios: found.scenarios.iter().map(|of| outcome(of, currency)).collect(),
            fan: found
                .fan
                .iter()
                .map(|line| FanView {
                    year: year(line.year),
                    percentiles: line.percentiles_minor.iter().map(|p| sum(*p, currency)).collect(),
                    below_zero: line.paths_below_zero,
                })
                .collect(),
            rounds: found.rounds.as_ref().map(rounds),
            lives: found.lives.clone(),
        })
    }
}

fn outcome(outcome: &Outcome, currency: &str) -> OutcomeView {
    let scenario = &outcome.scenario;
    let years = outcome.years.iter().map(|line| YearView {
        year: year(line.year),
        assets: sum(line.assets_minor, currency),
        paid_in: sum(line.in_minor, currency),
        paid_out: sum(line.out_minor, currency),
        unpaid: sum(line.unpaid_minor, currency),
        cases: line.cases,
    });
    OutcomeView {
        name: scenario.name.clone(),
        mortality: scenario.mortality.to_string(),
        asset_return: scenario.asset_return.to_string(),
        wage_growth: scenario.wage_growth.to_string(),
        joiners_per_year: scenario.joiners_per_year,
        joiner_growth: scenario.joiner_growth.to_string(),
        leaving: scenario.leaving.to_string(),
        members_pay: scenario.members_pay,
        fails_in: outcome.fails_in.map(year),
        last_payment: outcome.last_payment.map(year),
        years: years.collect(),
    }
}

fn rounds(rounds: &Rounds) -> RoundsView {
    RoundsView {
        first_people: rounds.first_people,
        months: rounds.months,
        promise: rounds.promise.to_string(),
        growth_needed: rounds.growth_needed.to_string(),
        fails_in_round: rounds.fails_in_round,
        fails_in: year(rounds.fails_in),
        unpaid_share: rounds.unpaid_share.to_string(),
        joiners_needed: rounds.rounds.iter().map(|line| line.joiners_needed.to_string()).collect(),
    }
}
