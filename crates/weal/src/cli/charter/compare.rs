//! `weal charter compare`: what differs between two texts, and what both pay for the same inputs.

use super::super::args::{Cli, Format};
use super::super::output::{self, Failure, pretty};
use super::explain::aligned;
use super::words::{fold, result, value};
use super::{flows, grid, source, verdict};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use weal_charter::run::Run;
use weal_charter::{Charter, Proved};

/// Inputs that both are asked with, for each rule.
const ROWS: usize = 12;
/// Cases in the made-up beginning of both.
const CASES: u64 = 1_000;

/// Runs the command.
pub(crate) fn run(cli: &Cli, a: &str, b: &str) -> Result<(), Failure> {
    let (first, second) = (source::read(cli, a)?, source::read(cli, b)?);
    let (left, right) = (first.prove()?, second.prove()?);
    let verdicts = (verdict::typical(&left, CASES), verdict::typical(&right, CASES));
    let found = differences(&left.charter, &right.charter);
    let rules = rules(&left, &right, (&first.text, &second.text));
    if cli.output != Format::Table {
        return output::line(&pretty(&json!({
            "a": { "name": left.charter.name, "verdict": verdicts.0.json() },
            "b": { "name": right.charter.name, "verdict": verdicts.1.json() },
            "same_text": first.text == second.text,
            "differences": found,
            "rules": rules,
        })));
    }
    let mut out = Vec::new();
    for (mark, name, charter, judged) in
        [("A", a, &left.charter, &verdicts.0), ("B", b, &right.charter, &verdicts.1)]
    {
        out.push(format!("{mark}: {} ({name})", charter.name));
        judged.lines().iter().take(2).for_each(|line| out.extend(fold(line, "   ", 90)));
    }
    tell(&found, &rules, &mut out);
    if first.text == second.text {
        out.push("Both are the same text, to the letter.".to_owned());
    }
    out.iter().try_for_each(|line| output::line(line))
}

/// Something declared in both with other parts, or in one only.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Difference {
    /// Flow, parameter, field, pot, role, party, counter, evidence, text.
    kind: &'static str,
    /// Its name.
    name: String,
    /// What is different about it; empty if it is in one text only.
    part: String,
    /// In the first; nothing if it is not there.
    a: Option<String>,
    /// In the second.
    b: Option<String>,
}

/// Declarations by kind and name, each with its parts.
type Declared = BTreeMap<(&'static str, String), BTreeMap<String, String>>;

fn declared(charter: &Charter) -> Declared {
    let mut all = Declared::new();
    let plain = |value: Value| -> BTreeMap<String, String> {
        let Value::Object(object) = value else { return BTreeMap::new() };
        let text = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        object.into_iter().map(|(name, value)| (name, text(value))).collect()
    };
    let role = |at: usize| charter.roles.get(at).map_or("", |role| &role.name).to_owned();
    let by = |actor| charter.actor_name(actor).to_owned();
    for pot in &charter.pots {
        all.insert(("pot", pot.name.clone()), plain(json!(pot)));
    }
    for item in &charter.roles {
        all.insert(("role", item.name.clone()), plain(json!(item)));
    }
    for party in &charter.parties {
        let set_by = party.set_by.map(by);
        let mut parts = plain(json!(party));
        parts.insert("set_by".into(), set_by.unwrap_or_default());
        all.insert(("party", party.name.clone()), parts);
    }
    for parameter in &charter.parameters {
        let mut parts = plain(json!(parameter));
        parts.insert("set_by".into(), role(parameter.set_by));
        all.insert(("parameter", parameter.name.clone()), parts);
    }
    for field in &charter.fields {
        let mut parts = plain(json!(field));
        parts.insert("set_by".into(), by(field.set_by));
        all.insert(("field", field.name.clone()), parts);
    }
    for counter in &charter.counters {
        all.insert(("counter", counter.name.clone()), plain(json!(counter)));
    }
    for evidence in &charter.evidence {
        let parts = BTreeMap::from([("by".to_owned(), by(evidence.by))]);
        all.insert(("evidence", evidence.name.clone()), parts);
    }
    for flow in &charter.flows {
        let mut parts: BTreeMap<String, String> = BTreeMap::new();
        for (part, text) in flows::parts(charter, flow) {
            let entry = parts.entry(part.to_owned()).or_default();
            let comma = if entry.is_empty() { "" } else { "; " };
            entry.push_str(&format!("{comma}{text}"));
        }
        all.insert(("flow", flow.name.clone()), parts);
    }
    all.insert(("text", charter.name.clone()), BTreeMap::new());
    let head = [
        ("kind", charter.kind.clone()),
        ("money", charter.money.clone()),
        ("case", charter.case.clone()),
        ("unique", charter.is_unique.to_string()),
        ("review days", charter.review_days.to_string()),
        ("audits", charter.audits.to_string()),
        ("last year", charter.last_year.to_string()),
        ("people", json!(charter.people).to_string()),
        ("brake", json!(charter.brake).to_string()),
    ];
    let head = head.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    all.insert(("text", "itself".to_owned()), head);
    all
}

fn differences(left: &Charter, right: &Charter) -> Vec<Difference> {
    let (left, right) = (declared(left), declared(right));
    let keys: BTreeSet<_> = left.keys().chain(right.keys()).collect();
    let mut found = Vec::new();
    for key in keys {
        let (kind, name) = (key.0, key.1.clone());
        let parts = match (left.get(key), right.get(key)) {
            (Some(a), Some(b)) => (a, b),
            (a, b) => {
                let there = |side: bool| side.then(|| "declared".to_owned());
                let (a, b) = (there(a.is_some()), there(b.is_some()));
                found.push(Difference { kind, name, part: String::new(), a, b });
                continue;
            }
        };
        let names: BTreeSet<_> = parts.0.keys().chain(parts.1.keys()).collect();
        for part in names {
            let (a, b) = (parts.0.get(part), parts.1.get(part));
            if a != b {
                let (part, a, b) = (part.clone(), a.cloned(), b.cloned());
                found.push(Difference { kind, name: name.clone(), part, a, b });
            }
        }
    }
    found
}

/// How a rule of one text compares with the rule of the same name in the other.
#[derive(Debug, Serialize)]
struct RuleDifference {
    rule: String,
    /// `only in A`, `only in B`, `other words`, `other sums`, `written otherwise`.
    what: &'static str,
    sentence_a: Option<String>,
    sentence_b: Option<String>,
    inputs: Vec<String>,
    /// Inputs, what A gives, what B gives: only where both differ.
    sums: Vec<(Vec<String>, String, String)>,
    /// For how many inputs both were asked.
    asked: usize,
}

fn rules(left: &Proved, right: &Proved, texts: (&str, &str)) -> Vec<RuleDifference> {
    let (a, b) = (&left.charter, &right.charter);
    let names = a.program.rules.iter().chain(&b.program.rules).map(|rule| &rule.name);
    let names: BTreeSet<&String> = names.collect();
    let mut found = Vec::new();
    for name in names {
        let (in_a, in_b) = (a.program.find(name), b.program.find(name));
        let sentence = |charter: &Charter, rule: Option<usize>| {
            rule.and_then(|rule| charter.program.rule(rule)).map(|rule| rule.sentence.clone())
        };
        let mut difference = RuleDifference {
            rule: name.clone(),
            what: if in_a.is_none() { "only in B" } else { "only in A" },
            sentence_a: sentence(a, in_a),
            sentence_b: sentence(b, in_b),
            inputs: Vec::new(),
            sums: Vec::new(),
            asked: 0,
        };
        if let (Some(in_a), Some(in_b)) = (in_a, in_b) {
            sums(a, b, (in_a, in_b), &mut difference);
            let same_words = difference.sentence_a == difference.sentence_b;
            let same_lines = lines(a, in_a, texts.0) == lines(b, in_b, texts.1);
            difference.what = match (difference.sums.is_empty(), same_words, same_lines) {
                (false, ..) => "other sums",
                (true, false, _) => "other words",
                (true, true, false) => "written otherwise",
                (true, true, true) => continue,
            };
        }
        found.push(difference);
    }
    found
}

/// The lines of a rule without margins and remarks.
fn lines<'t>(charter: &Charter, rule: usize, text: &'t str) -> Vec<&'t str> {
    let Some(rule) = charter.program.rule(rule) else { return Vec::new() };
    let number = |line: u32| usize::try_from(line).unwrap_or(usize::MAX);
    let (first, last) = (number(rule.place.line), number(rule.last_line));
    let lines = text.lines().take(last).skip(first.saturating_sub(1));
    lines.map(|line| line.split('#').next().unwrap_or_default().trim()).collect()
}

/// Asks both for the inputs of all worked examples, and for inputs near them.
fn sums(a: &Charter, b: &Charter, rules: (usize, usize), found: &mut RuleDifference) {
    let inputs = |charter: &Charter, rule| {
        charter.program.rule(rule).map(|rule| rule.inputs.clone()).unwrap_or_default()
    };
    found.inputs = inputs(a, rules.0);
    if found.inputs != inputs(b, rules.1) {
        return;
    }
    let mut rows = grid::typical(a, rules.0, ROWS);
    rows.extend(grid::typical(b, rules.1, ROWS));
    let mut seen = BTreeSet::new();
    for (values, _) in rows {
        if !seen.insert(values.clone()) {
            continue;
        }
        let ask = |charter: &Charter, rule| Run::new(&charter.program).call(rule, &values).ok();
        let (Some(in_a), Some(in_b)) = (ask(a, rules.0), ask(b, rules.1)) else { continue };
        found.asked += 1;
        if in_a != in_b {
            let at = |place: usize| found.inputs.get(place).and_then(|name| a.input(name));
            let told =
                values.iter().enumerate().map(|(place, number)| value(a, at(place), *number));
            let told: Vec<_> = told.collect();
            let gives = (result(a, rules.0, in_a), result(b, rules.1, in_b));
            found.sums.push((told, gives.0, gives.1));
        }
    }
}

/// What was found, in lines.
fn tell(found: &[Difference], rules: &[RuleDifference], out: &mut Vec<String>) {
    out.push(String::new());
    out.push("WHAT IS DECLARED".to_owned());
    if found.is_empty() {
        out.push("  nothing differs".to_owned());
    }
    for difference in found {
        let Difference { kind, name, part, a, b } = difference;
        let side = if a.is_some() { "A" } else { "B" };
        match part.is_empty() {
            true => out.push(format!("  {kind} {name}: only in {side}")),
            false => {
                out.push(format!("  {kind} {name}, {part}"));
                for (side, text) in [("A", a), ("B", b)] {
                    let text = text.as_deref().unwrap_or("nothing");
                    out.extend(fold(&format!("{side}: {text}"), "    ", 90));
                }
            }
        }
    }
    out.push(String::new());
    out.push("THE RULES".to_owned());
    if rules.is_empty() {
        out.push("  nothing differs".to_owned());
    }
    rules.iter().for_each(|rule| tell_rule(rule, out));
}

fn tell_rule(rule: &RuleDifference, out: &mut Vec<String>) {
    out.push(format!("  {}: {}", rule.rule, rule.what));
    if rule.sentence_a != rule.sentence_b {
        for (side, sentence) in [("A", &rule.sentence_a), ("B", &rule.sentence_b)] {
            if let Some(sentence) = sentence {
                out.extend(fold(&format!("{side}: “{sentence}”"), "    ", 90));
            }
        }
    }
    if rule.what != "other sums" {
        if rule.asked > 0 {
            out.push(format!("    both give the same for {} inputs", rule.asked));
        }
        return;
    }
    let mut cells = vec![rule.inputs.clone()];
    if let Some(title) = cells.first_mut() {
        title.extend(["A".to_owned(), "B".to_owned()]);
    }
    for (inputs, a, b) in &rule.sums {
        let mut row = inputs.clone();
        row.extend([a.clone(), b.clone()]);
        cells.push(row);
    }
    out.extend(aligned(&cells, "      "));
    out.push(format!("    both give the same for {} other inputs", rule.asked - rule.sums.len()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::charter::templates::{find, list};

    fn compared(a: &str, b: &str) -> String {
        let (left, right) = (Proved::read(a).unwrap(), Proved::read(b).unwrap());
        let found = differences(&left.charter, &right.charter);
        let mut out = Vec::new();
        tell(&found, &rules(&left, &right, (a, b)), &mut out);
        out.join("\n")
    }

    #[test]
    fn a_smaller_operators_part_is_told_with_the_sums_under_both() {
        let a = find("gift-escrow").unwrap();
        let b = a
            .replace("MOST_PERMILLE = 30", "MOST_PERMILLE = 20")
            .replace("(100000, 30), 3000)", "(100000, 30), 2000)")
            .replace("(99, 30), 2)", "(99, 30), 1)")
            .replace("(100000, 30), 97000)", "(100000, 30), 98000)")
            .replace("(99, 30), 97)", "(99, 30), 98)")
            .replace("review_days = 7", "review_days = 14");
        let told = compared(a, &b);
        for part in [
            "text itself, review days\n    A: 7\n    B: 14",
            "operator_part: other sums",
            "1,000.00 CNY                 30  3000  2000",
        ] {
            assert!(told.contains(part), "{part} is missing in\n{told}");
        }
        assert!(!told.contains("is_open"), "{told}");
    }

    #[test]
    fn a_text_does_not_differ_from_itself() {
        for (name, _) in list() {
            let text = find(name).unwrap();
            assert_eq!(compared(text, text).matches("nothing differs").count(), 2, "{name}");
        }
    }
}
