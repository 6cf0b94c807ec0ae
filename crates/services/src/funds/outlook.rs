//! What a case can expect: its own rules run forward to later ages, month by month.
//!
//! 1. The case pays what its plan asks, parameters that are levels grow with wages, and flows of
//!    the calendar pay when their rules say yes.
//! 2. The others stay as they are: common pots and sums change only by what this case pays in
//!    and gets.
//! 3. Sums are told in today's money: divided by how much wages have grown until then.
//!
//! It is no promise. What is certain is told by the rules now: what one gets by leaving today.

use super::judge::cell;
use super::{Desk, Fund};
use crate::book::BookError;
use serde::Serialize;
use utoipa::ToSchema;
use weal_charter::actuary::Scaled;
use weal_charter::assess::{Scenario, Situation};
use weal_charter::due::Clerk;
use weal_charter::model::{Actor, Charter, Flow, Input, Source, Target};
use weal_charter::number::{Rounding, mul_div};
use weal_kernel::charters::state::{Case, Moment};

/// Ages at which people ask.
pub const AGES: [i128; 3] = [60, 63, 65];

/// What a flow would pay if it took place today.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct LeavingLine {
    /// The flow.
    pub flow: String,
    /// The party that gets it.
    pub to: String,
    /// How much.
    pub amount: String,
    /// Whether its rule says yes today.
    pub allowed: bool,
    /// What the rule says.
    pub sentence: String,
    /// Days it waits.
    pub wait_days: u64,
}

/// What a case gets at an age.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct AgeLine {
    /// The age.
    pub age: u32,
    /// The year.
    pub year: i64,
    /// What flows of the calendar pay each month, in today's money.
    pub monthly: String,
    /// Whether the rules say yes to a payment at this age.
    pub is_due: bool,
    /// What is then in the case's own pots, in today's money.
    pub own: String,
}

/// What is assumed, and what comes of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct ScenarioLine {
    /// `low`, `middle`, `high` or `nobody_joins`.
    pub name: String,
    /// By how much wages grow in a year, as a decimal.
    pub wage_growth: String,
    /// What pots earn in a year, as a decimal.
    pub asset_return: String,
    /// What of sums promised out of common pots is paid, as a decimal; `1` is all.
    pub paid_share: String,
    /// At each age that is still to come.
    pub ages: Vec<AgeLine>,
}

/// What a case can expect.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct OutlookView {
    /// Number of the fund.
    pub fund: String,
    /// The case.
    pub case: u64,
    /// The year of birth it states; `null` where ages do not matter.
    pub born: Option<i64>,
    /// What one gets by leaving today.
    pub leave: Vec<LeavingLine>,
    /// What heirs would get today.
    pub heirs: Vec<LeavingLine>,
    /// What comes at later ages, in today's money.
    pub scenarios: Vec<ScenarioLine>,
}

/// One case run forward.
struct Life<'a> {
    charter: &'a Charter,
    clerk: Clerk<'a>,
    fields: Vec<i128>,
    weights: Vec<i128>,
    counters: Vec<i128>,
    own: Vec<i128>,
    pots: Vec<i128>,
    all: Vec<i128>,
    parameters: Vec<i128>,
    cases: i128,
    month: i128,
    /// What of payments out of common pots is paid.
    share: Scaled,
}

impl Desk<'_> {
    /// What a case can expect; nothing if there is no such case.
    pub fn outlook(&self, fund: &Fund, number: u64) -> Result<Option<OutlookView>, BookError> {
        let Some(case) = self.state.case(&fund.id, number) else { return Ok(None) };
        let people = fund.charter().people.as_ref().filter(|_| !case.ended);
        let born = people.and_then(|people| case.fields.get(people.born)).copied();
        let scenarios = born.map(|born| self.scenarios(fund, &case, i128::from(born)));
        Ok(Some(OutlookView {
            fund: fund.row.number.clone(),
            case: number,
            born,
            leave: self.leaving(fund, &case, true),
            heirs: self.leaving(fund, &case, false),
            scenarios: scenarios.unwrap_or_default(),
        }))
    }

    /// Flows that end the case today, to the one who opened it or to others.
    fn leaving(&self, fund: &Fund, case: &Case, to_opener: bool) -> Vec<LeavingLine> {
        let charter = fund.charter();
        let sight = fund.sight(self, Some(case));
        let mut clerk = Clerk::new(charter);
        let ends = |flow: &&Flow| flow.ends && flow.per_case && flow.clock().is_none();
        let wanted = charter.flows.iter().filter(ends).filter(|flow| match to_opener {
            true => fund.pays_opener(flow),
            false => {
                let other = matches!(flow.to, Target::Party(_)) && !fund.pays_opener(flow);
                other && charter.people.is_some() && !flow.evidence.is_empty()
            }
        });
        let line = |flow: &Flow| {
            let free = Flow { when: None, ..flow.clone() };
            let due = clerk.due(&free, &|input| sight.value(input)).ok().flatten()?;
            let when = flow.when.map(|rule| clerk.ask(rule, &|input| sight.value(input)));
            let rule = flow.when.or(match flow.amount {
                weal_charter::model::Amount::Rule(rule) => Some(rule),
                _ => None,
            });
            let sentence = rule.and_then(|rule| charter.program.rule(rule));
            let there = fund.available(flow.source, Some(case)).unwrap_or(0);
            Some(LeavingLine {
                flow: flow.name.clone(),
                to: charter.target_name(flow.to).to_owned(),
                amount: fund.money(due.amount_minor.min(there)),
                allowed: when.is_none_or(|answer| answer.is_ok_and(|answer| answer != 0)),
                sentence: sentence.map(|rule| rule.sentence.clone()).unwrap_or_default(),
                wait_days: flow.wait_days,
            })
        };
        if case.ended { Vec::new() } else { wanted.filter_map(line).collect() }
    }

    fn scenarios(&self, fund: &Fund, case: &Case, born: i128) -> Vec<ScenarioLine> {
        let judged = self.judge(fund);
        let recovery = judged.found.as_ref().ok().and_then(|found| found.measures.recovery);
        let empty = Situation {
            year: 0,
            month: 0,
            pots: Vec::new(),
            parameters: Vec::new(),
            cells: vec![cell(fund, case)],
            seed: [0; 32],
            outside_assets_minor: 0,
        };
        let charter = fund.charter();
        let middle = Scenario::middle(charter, &empty);
        let nobody = Scenario { name: "nobody_joins".to_owned(), ..middle.clone() };
        let all = [
            (Scenario::low(), Scaled::ONE),
            (middle, Scaled::ONE),
            (Scenario::high(charter, &empty), Scaled::ONE),
            (nobody, recovery.unwrap_or(Scaled::ONE).min(Scaled::ONE)),
        ];
        let run = |(scenario, share): (Scenario, Scaled)| {
            let mut life = Life::begin(fund, case, self.moment(), share);
            ScenarioLine {
                wage_growth: scenario.wage_growth.to_string(),
                asset_return: scenario.asset_return.to_string(),
                paid_share: share.to_string(),
                ages: life.ages(fund, &scenario, born),
                name: scenario.name,
            }
        };
        all.into_iter().map(run).collect()
    }
}

impl<'a> Life<'a> {
    fn begin(fund: &'a Fund, case: &Case, moment: Moment, share: Scaled) -> Life<'a> {
        let cell = cell(fund, case);
        Life {
            charter: fund.charter(),
            clerk: Clerk::new(fund.charter()),
            fields: cell.fields,
            weights: cell.weights.iter().map(|weight| i128::from(*weight)).collect(),
            counters: cell.counters,
            own: cell.pots.iter().map(|pot| i128::from(*pot)).collect(),
            pots: fund.entry.pots.iter().map(|pot| i128::from(*pot)).collect(),
            all: fund.entry.all.clone(),
            parameters: fund.entry.parameters.iter().map(|(v, _)| i128::from(*v)).collect(),
            cases: i128::from(fund.entry.open),
            month: i128::from(moment.month),
            share,
        }
    }

    /// Runs on until the last age asked for.
    fn ages(&mut self, fund: &Fund, scenario: &Scenario, born: i128) -> Vec<AgeLine> {
        let mut lines = Vec::new();
        let mut worth = Scaled::ONE;
        for age in AGES {
            let Some(start) = born.checked_add(age).and_then(|year| year.checked_mul(12)) else {
                break;
            };
            if start < self.month {
                continue;
            }
            while self.month < start {
                self.pay_in();
                self.calendar();
                self.month += 1;
                if self.month % 12 == 0 {
                    worth = self.new_year(scenario, worth);
                }
            }
            let today = |minor: i128| {
                let divided = mul_div(minor, Scaled::ONE.raw(), worth.raw(), Rounding::Floor);
                fund.money_of(divided.unwrap_or(0))
            };
            let own = self.own.iter().copied().fold(0, i128::saturating_add);
            let (monthly, is_due) = self.this_month();
            lines.push(AgeLine {
                age: u32::try_from(age).unwrap_or(0),
                year: i64::try_from(born + age).unwrap_or(0),
                monthly: today(monthly),
                is_due,
                own: today(own),
            });
        }
        lines
    }

    fn value(&self, input: Input, stated: i128) -> i128 {
        let at = |list: &[i128], at: usize| list.get(at).copied().unwrap_or(0);
        match input {
            Input::Pot(pot) if self.is_own(pot) => at(&self.own, pot),
            Input::Pot(pot) => at(&self.pots, pot),
            Input::Field(field) => at(&self.fields, field),
            Input::Counter(counter) => at(&self.counters, counter),
            Input::All(counter) => at(&self.all, counter),
            Input::Parameter(parameter) => at(&self.parameters, parameter),
            Input::Party(party) => at(&self.weights, party),
            Input::Stated => stated,
            Input::Day => {
                let month = u32::try_from(self.month).unwrap_or(0);
                i128::from(Moment::first_of(month).day)
            }
            Input::Month => self.month,
            Input::Year => self.month.div_euclid(12),
            Input::Cases => self.cases,
        }
    }

    fn is_own(&self, pot: usize) -> bool {
        self.charter.pots.get(pot).is_some_and(|pot| pot.per_case)
    }

    fn add(&mut self, pot: usize, change: i128) {
        let pots = if self.is_own(pot) { &mut self.own } else { &mut self.pots };
        if let Some(held) = pots.get_mut(pot) {
            *held = held.saturating_add(change).clamp(0, weal_charter::model::MONEY_HIGH);
        }
    }

    fn count(&mut self, counts: &[(usize, i128)]) {
        for (counter, change) in counts {
            for list in [&mut self.counters, &mut self.all] {
                if let Some(entry) = list.get_mut(*counter) {
                    *entry = entry.saturating_add(*change);
                }
            }
        }
    }

    /// Pays what each plan asks.
    fn pay_in(&mut self) {
        let charter = self.charter;
        let plans = charter.flows.iter().filter(|flow| flow.per_case);
        for flow in plans.filter(|flow| flow.source == Source::Outside) {
            let Some(plan) = flow.plan else { continue };
            let mut clerk = std::mem::replace(&mut self.clerk, Clerk::new(charter));
            let asked = clerk.ask(plan, &|input| self.value(input, 0)).unwrap_or(0);
            let due = clerk.due(flow, &|input| self.value(input, asked)).ok().flatten();
            self.clerk = clerk;
            let (Some(due), Target::Pot(pot)) = (due, flow.to) else { continue };
            if asked > 0 {
                self.add(pot, i128::from(due.amount_minor));
                self.count(&due.counts);
            }
        }
    }

    /// Pays what the calendar brings due this month; gives what the opener gets, and whether any
    /// rule said yes.
    fn calendar(&mut self) -> (i128, bool) {
        let charter = self.charter;
        let (mut paid, mut is_due) = (0i128, false);
        let clocks = charter.flows.iter().filter(|flow| flow.per_case);
        for flow in clocks.filter(|flow| flow.clock() == Some(Actor::EachMonth)) {
            let Source::Pot(pot) = flow.source else { continue };
            let mut clerk = std::mem::replace(&mut self.clerk, Clerk::new(charter));
            let due = clerk.due(flow, &|input| self.value(input, 0)).ok().flatten();
            self.clerk = clerk;
            let Some(due) = due else { continue };
            let promised = i128::from(due.amount_minor);
            let share = if self.is_own(pot) { Scaled::ONE } else { self.share };
            let granted = mul_div(promised, share.raw(), Scaled::ONE.raw(), Rounding::Floor);
            let there = if self.is_own(pot) { self.own.get(pot) } else { self.pots.get(pot) };
            let amount = granted.unwrap_or(0).min(there.copied().unwrap_or(0));
            self.add(pot, amount.saturating_neg());
            self.count(&due.counts);
            match flow.to {
                Target::Pot(to) => self.add(to, amount),
                Target::Party(party) if charter.parties.get(party).is_some_and(|p| p.opens) => {
                    paid = paid.saturating_add(amount);
                    is_due = is_due || promised > 0;
                }
                _ => {}
            }
        }
        (paid, is_due)
    }

    /// What this month's calendar pays, without letting it happen.
    fn this_month(&mut self) -> (i128, bool) {
        let kept = (self.own.clone(), self.pots.clone(), self.counters.clone(), self.all.clone());
        let found = self.calendar();
        (self.own, self.pots, self.counters, self.all) = kept;
        found
    }

    /// Wages and returns of a year; gives what a sum is then worth.
    fn new_year(&mut self, scenario: &Scenario, worth: Scaled) -> Scaled {
        let by = |value: i128, rate: Scaled| {
            mul_div(value, rate.raw(), Scaled::ONE.raw(), Rounding::Floor).unwrap_or(0)
        };
        for (parameter, value) in self.charter.parameters.iter().zip(&mut self.parameters) {
            let Some(permille) = parameter.change_permille.filter(|_| parameter.low > 0) else {
                continue;
            };
            let most = mul_div(*value, permille, 1000, Rounding::Floor).unwrap_or(0).max(0);
            let change = by(*value, scenario.wage_growth).clamp(most.saturating_neg(), most);
            *value = value.saturating_add(change).clamp(parameter.low, parameter.high);
        }
        for pot in self.own.iter_mut().chain(&mut self.pots) {
            *pot = pot.saturating_add(by(*pot, scenario.asset_return));
        }
        let grown = Scaled::ONE.plus(scenario.wage_growth).and_then(|rate| worth.times(rate));
        grown.unwrap_or(worth)
    }
}
