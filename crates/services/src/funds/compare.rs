//! What differs between two funds: declarations part by part, rules by what they give.

use super::rules::{code, typical};
use super::view::{FlowView, FundLine, Named};
use super::{Desk, Fund};
use crate::book::BookError;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use weal_charter::model::Actor;
use weal_charter::run::Run;

/// Something declared in both with other parts, or in one only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct Difference {
    /// `text`, `pot`, `role`, `party`, `parameter`, `field`, `counter`, `evidence` or `flow`.
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

impl Desk<'_> {
    /// What differs between two funds.
    pub fn compare(&self, a: &Fund, b: &Fund) -> Result<CompareView, BookError> {
        let line = |fund: &Fund| {
            let verdict = Some(self.judge(fund).verdict());
            Ok::<_, BookError>(FundLine { verdict, ..self.line(fund)? })
        };
        let (rules, same_rules) = rules(a, b);
        Ok(CompareView {
            a: line(a)?,
            b: line(b)?,
            same_text: a.row.text == b.row.text,
            differences: differences(a, b),
            rules,
            same_rules,
        })
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
    for flow in fund.flows() {
        add("flow", &flow.name, &flow_parts(&flow));
    }
    let head = [
        ("kind", charter.kind.clone()),
        ("money", charter.money.clone()),
        ("case", charter.case.clone()),
        ("review days", charter.review_days.to_string()),
        ("audits", charter.audits.to_string()),
        ("last year", charter.last_year.to_string()),
    ];
    add("text", "", &head);
    all
}

fn flow_parts(flow: &FlowView) -> [(&'static str, String); 12] {
    [
        ("from", flow.from.clone()),
        ("to", flow.to.clone()),
        ("by", flow.by.join(", ")),
        ("when", flow.when.clone().unwrap_or_default()),
        ("amount", flow.amount.clone()),
        ("once", flow.once.clone()),
        ("wait days", flow.wait_days.to_string()),
        ("evidence", flow.evidence.join(", ")),
        ("stopped by", flow.stopped_by.join(", ")),
        ("cap", flow.cap.clone().unwrap_or_default()),
        ("short", flow.short.clone()),
        ("ends the case", if flow.ends { "yes" } else { "no" }.to_owned()),
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
        if told_a == told_b {
            same.push(name.clone());
            continue;
        }
        let sums = match (in_a, in_b) {
            (Some(in_a), Some(in_b)) => sums((a, in_a), (b, in_b)),
            _ => Vec::new(),
        };
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
    let tried = typical(&a.known, in_a).into_iter().chain(typical(&b.known, in_b));
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
