//! What differs between two funds: declarations part by part, rules by what they give.

use super::rules::code;
use super::view::{FlowView, FundLine, Named};
use super::{Desk, Fund};
use crate::book::BookError;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use weal_charter::Charter;
use weal_charter::model::{Actor, Flow};
use weal_charter::run::Run;
use weal_kernel::Hash;

/// Entries of a table that are shown.
const TABLE_SHOWN: usize = 12;

/// Something declared in both with other parts, or in one only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Difference {
    /// `text`, `pot`, `role`, `party`, `parameter`, `field`, `counter`, `evidence`, `constant`,
    /// `table` or `flow`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// What is different about it; empty if it is in one text only.
    pub part: String,
    /// In the first; `null` if it is not there.
    pub a: Option<String>,
    /// In the second.
    pub b: Option<String>,
}

/// Inputs for which two rules give different results.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct OtherSum {
    /// The inputs.
    pub inputs: Vec<Named>,
    /// What the first gives.
    pub a: Named,
    /// What the second gives.
    pub b: Named,
}

/// How a rule of one text compares with the rule of the same name in the other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct RuleDifference {
    /// The rule.
    pub rule: String,
    /// `only_a`, `only_b`, `other_sums` or `other_words`.
    pub what: &'static str,
    /// What it says in the first.
    pub sentence_a: Option<String>,
    /// And in the second.
    pub sentence_b: Option<String>,
    /// Its code in the first.
    pub code_a: Option<String>,
    /// And in the second.
    pub code_b: Option<String>,
    /// Where both differ, for the worked examples of both.
    pub sums: Vec<OtherSum>,
}

/// Two funds side by side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct CompareView {
    /// The first.
    pub a: FundLine,
    /// The second.
    pub b: FundLine,
    /// Whether both are the same text, to the letter.
    pub same_text: bool,
    /// Declarations that differ.
    pub differences: Vec<Difference>,
    /// Rules that differ.
    pub rules: Vec<RuleDifference>,
    /// Rules of the same name that are written alike in both.
    pub same_rules: Vec<String>,
}

/// What differs between two texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Texts {
    /// Whether both are the same, to the letter.
    pub same_text: bool,
    /// Declarations that differ.
    pub differences: Vec<Difference>,
    /// Rules that differ.
    pub rules: Vec<RuleDifference>,
    /// Rules of the same name that are written alike in both.
    pub same_rules: Vec<String>,
}

impl Texts {
    /// Compares two texts part by part and rule by rule.
    pub fn of(a: &Fund, b: &Fund) -> Texts {
        let (rules, same_rules) = rules(a, b);
        let same_text = a.row.text == b.row.text;
        Texts { same_text, differences: differences(a, b), rules, same_rules }
    }
}

impl Desk<'_> {
    /// What differs between two funds.
    pub fn compare(&self, a: &Fund, b: &Fund) -> Result<CompareView, BookError> {
        let line = |fund: &Fund| {
            let verdict = Some(self.judge(fund).verdict());
            Ok::<_, BookError>(FundLine { verdict, ..self.line(fund)? })
        };
        let Texts { same_text, differences, rules, same_rules } = Texts::of(a, b);
        let (a, b) = (line(a)?, line(b)?);
        Ok(CompareView { a, b, same_text, differences, rules, same_rules })
    }
}

type Declared = BTreeMap<(&'static str, String), BTreeMap<&'static str, String>>;

fn differences(a: &Fund, b: &Fund) -> Vec<Difference> {
    let (left, right) = (declared(a), declared(b));
    let keys: BTreeSet<_> = left.keys().chain(right.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        let (kind, name) = (key.0, key.1.clone());
        let whole = |parts: Option<&BTreeMap<&'static str, String>>| {
            let parts = parts?.iter().filter(|(_, text)| !text.is_empty());
            let parts: Vec<_> = parts.map(|(part, text)| format!("{part}: {text}")).collect();
            Some(parts.join("; "))
        };
        let (Some(one), Some(other)) = (left.get(key), right.get(key)) else {
            let (a, b) = (whole(left.get(key)), whole(right.get(key)));
            found.push(Difference { kind, name, part: String::new(), a, b });
            continue;
        };
        let parts: BTreeSet<_> = one.keys().chain(other.keys()).copied().collect();
        for part in parts {
            let (a, b) = (one.get(part).cloned(), other.get(part).cloned());
            if a != b {
                found.push(Difference { kind, name: name.clone(), part: part.to_owned(), a, b });
            }
        }
    }
    found
}

fn declared(fund: &Fund) -> Declared {
    let charter = fund.charter();
    let role = |at: usize| charter.actor_name(Actor::Role(at)).to_owned();
    let word = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let bounds = |low: i128, high: i128| format!("{low} … {high}");
    let mut all = Declared::new();
    let mut add = |kind, name: &str, parts: &[(&'static str, String)]| {
        all.insert((kind, name.to_owned()), parts.iter().cloned().collect());
    };
    for pot in &charter.pots {
        add("pot", &pot.name, &[("each case its own", word(pot.per_case))]);
    }
    for of in &charter.roles {
        let proof = match &of.proof {
            weal_charter::model::Proof::Credential(code) => format!("credential {code}"),
            weal_charter::model::Proof::Named => "named at publishing".to_owned(),
        };
        add("role", &of.name, &[("proof", proof)]);
    }
    for party in &charter.parties {
        let set_by = party.set_by.map(|by| charter.actor_name(by).to_owned());
        let parts = [
            ("opens", word(party.opens)),
            ("signs", word(party.signs)),
            ("several", word(party.many)),
            ("passes on", word(party.passes)),
            ("named anew by", set_by.unwrap_or_default()),
        ];
        add("party", &party.name, &parts);
    }
    for parameter in &charter.parameters {
        let change = parameter.change_permille.map(|change| change.to_string());
        let parts = [
            ("set by", role(parameter.set_by)),
            ("between", bounds(parameter.low, parameter.high)),
            ("at first", parameter.start.to_string()),
            ("changes at most by ‰", change.unwrap_or_default()),
            ("days between", parameter.every_days.to_string()),
        ];
        add("parameter", &parameter.name, &parts);
    }
    for field in &charter.fields {
        let by = charter.actor_name(field.set_by).to_owned();
        add("field", &field.name, &[("stated by", by), ("between", bounds(field.low, field.high))]);
    }
    for counter in &charter.counters {
        add("counter", &counter.name, &[("between", bounds(counter.low, counter.high))]);
    }
    for evidence in &charter.evidence {
        add("evidence", &evidence.name, &[("by", charter.actor_name(evidence.by).to_owned())]);
    }
    for (name, (value, _)) in &charter.program.constants {
        add("constant", name, &[("is", value.to_string())]);
    }
    for (name, entries) in &charter.program.tables {
        add("table", name, &[("entries", table(entries))]);
    }
    for (view, flow) in fund.flows().iter().zip(&charter.flows) {
        add("flow", &flow.name, &flow_parts(fund, view, flow));
    }
    add("text", "", &head(charter));
    all
}

/// A table in a line: how it begins, how it ends, and what tells it from every other.
fn table(entries: &[i128]) -> String {
    let all: Vec<String> = entries.iter().map(ToString::to_string).collect();
    let whole = all.join(", ");
    if all.len() <= TABLE_SHOWN {
        return whole;
    }
    let first = all.iter().take(TABLE_SHOWN / 2).cloned().collect::<Vec<_>>().join(", ");
    let last = all.last().map_or("", String::as_str);
    let print = Hash::of(&[whole.as_bytes()]).to_string();
    let print = print.get(..8).unwrap_or_default();
    format!("{first} … {last}; {} entries, fingerprint {print}", all.len())
}

/// What a text says of itself.
fn head(charter: &Charter) -> [(&'static str, String); 11] {
    let role = |at: usize| charter.actor_name(Actor::Role(at)).to_owned();
    let word = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let openers: Vec<_> = charter.opened_by.iter().map(|at| role(*at)).collect();
    let brake = charter.brake.as_ref().map(|brake| {
        let flows = brake.flows.iter().filter_map(|at| charter.flows.get(*at));
        let flows: Vec<_> = flows.map(|flow| flow.name.as_str()).collect();
        format!("{} for {} days: {}", role(brake.by), brake.days, flows.join(", "))
    });
    let people = charter.people.as_ref().map(|people| {
        let born = charter.fields.get(people.born).map_or("", |field| &field.name);
        let duty = if people.compulsory { ", by law" } else { "" };
        format!("born {born}, join at {}{duty}", people.join_age)
    });
    [
        ("name", charter.name.clone()),
        ("one case for a document", word(charter.is_unique)),
        ("opened by", openers.join(", ")),
        ("brake", brake.unwrap_or_default()),
        ("people", people.unwrap_or_default()),
        ("kind", charter.kind.clone()),
        ("money", charter.money.clone()),
        ("case", charter.case.clone()),
        ("review days", charter.review_days.to_string()),
        ("audits", charter.audits.to_string()),
        ("last year", charter.last_year.to_string()),
    ]
}

fn flow_parts(fund: &Fund, view: &FlowView, flow: &Flow) -> [(&'static str, String); 16] {
    let charter = fund.charter();
    let count = |(counter, rule): &(usize, usize)| {
        let name = charter.counters.get(*counter).map_or("", |counter| &counter.name);
        format!("{name} by {}", fund.rule_name(*rule))
    };
    let counts: Vec<_> = flow.counts.iter().map(count).collect();
    let rest = flow.rest_to.map(|pot| charter.pot_name(pot).to_owned());
    let plan = flow.plan.map(|rule| fund.rule_name(rule));
    [
        ("from", view.from.clone()),
        ("to", view.to.clone()),
        ("by", view.by.join(", ")),
        ("when", view.when.clone().unwrap_or_default()),
        ("amount", view.amount.clone()),
        ("once", view.once.clone()),
        ("wait days", view.wait_days.to_string()),
        ("evidence", view.evidence.join(", ")),
        ("shown by so many", view.needs.to_string()),
        ("stopped by", view.stopped_by.join(", ")),
        ("cap", view.cap.clone().unwrap_or_default()),
        ("short", view.short.clone()),
        ("rest to", rest.unwrap_or_default()),
        ("counts", counts.join("; ")),
        ("expected", plan.unwrap_or_default()),
        ("ends the case", if view.ends { "yes" } else { "no" }.to_owned()),
    ]
}

/// Rules that differ, and the names of those that do not.
fn rules(a: &Fund, b: &Fund) -> (Vec<RuleDifference>, Vec<String>) {
    let (left, right) = (&a.charter().program, &b.charter().program);
    let names: Vec<&String> = left.rules.iter().map(|rule| &rule.name).collect();
    let more = right.rules.iter().map(|rule| &rule.name).filter(|name| !names.contains(name));
    let (mut found, mut same) = (Vec::new(), Vec::new());
    for name in names.iter().copied().chain(more) {
        let (in_a, in_b) = (left.find(name), right.find(name));
        let told = |fund: &Fund, rule: Option<usize>| {
            let rule = fund.charter().program.rule(rule?)?;
            let lines = code(&fund.row.text, rule.place.line, rule.last_line);
            Some((rule.sentence.clone(), lines))
        };
        let (told_a, told_b) = (told(a, in_a), told(b, in_b));
        // Written alike, it may still rest on another constant, table or rule.
        let sums = match (in_a, in_b) {
            (Some(in_a), Some(in_b)) => sums((a, in_a), (b, in_b)),
            _ => Vec::new(),
        };
        if told_a == told_b && sums.is_empty() {
            same.push(name.clone());
            continue;
        }
        let what = match (in_a, in_b, sums.is_empty()) {
            (_, None, _) => "only_a",
            (None, _, _) => "only_b",
            (_, _, false) => "other_sums",
            (_, _, true) => "other_words",
        };
        let (sentence_a, code_a) = told_a.unzip();
        let (sentence_b, code_b) = told_b.unzip();
        let rule = name.clone();
        found.push(RuleDifference { rule, what, sentence_a, sentence_b, code_a, code_b, sums });
    }
    (found, same)
}

/// Where two rules with the same inputs differ.
fn sums((a, in_a): (&Fund, usize), (b, in_b): (&Fund, usize)) -> Vec<OtherSum> {
    let inputs = |fund: &Fund, rule: usize| {
        fund.charter().program.rule(rule).map(|rule| rule.inputs.clone()).unwrap_or_default()
    };
    let names = inputs(a, in_a);
    if names != inputs(b, in_b) {
        return Vec::new();
    }
    let mut rows: Vec<Vec<i128>> = Vec::new();
    let tried = a.typical(in_a).into_iter().chain(b.typical(in_b));
    for (row, _) in tried {
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    let (mut first, mut second) = (Run::new(&a.charter().program), Run::new(&b.charter().program));
    let ask = |row: Vec<i128>| {
        let (of_a, of_b) = (first.call(in_a, &row).ok()?, second.call(in_b, &row).ok()?);
        let named = names.iter().zip(&row).map(|(name, value)| match a.charter().input(name) {
            Some(input) => a.named(input, *value),
            None => Named::number(name.clone(), *value),
        });
        let differs = of_a != of_b;
        differs.then(|| OtherSum {
            inputs: named.collect(),
            a: a.given(in_a, of_a),
            b: b.given(in_b, of_b),
        })
    };
    rows.into_iter().filter_map(ask).collect()
}
