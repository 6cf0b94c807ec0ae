//! `weal charter compare`: what differs between two texts, and what both pay for the same inputs.

use super::super::args::{Cli, Format};
use super::super::output::{self, Failure, pretty};
use super::explain::aligned;
use super::source::Source;
use super::words::fold;
use super::{source, verdict};
use serde_json::json;
use std::sync::Arc;
use weal_services::funds::Fund;
use weal_services::funds::compare::{Difference, RuleDifference, Texts};

/// Cases in the made-up beginning of both.
const CASES: u64 = 1_000;

/// Runs the command.
pub(crate) fn run(cli: &Cli, a: &str, b: &str) -> Result<(), Failure> {
    let (left, right) = (fund(&source::read(cli, a)?)?, fund(&source::read(cli, b)?)?);
    let judged = |fund: &Fund| verdict::typical(&fund.known.proved, CASES);
    let verdicts = (judged(&left), judged(&right));
    let found = Texts::of(&left, &right);
    if cli.output != Format::Table {
        let side = |fund: &Fund, judged: &verdict::Judged| json!({ "name": fund.charter().name, "verdict": judged.json() });
        let mut told = json!(found);
        told["a"] = side(&left, &verdicts.0);
        told["b"] = side(&right, &verdicts.1);
        return output::line(&pretty(&told));
    }
    let mut out = Vec::new();
    for (mark, name, fund, judged) in [("A", a, &left, &verdicts.0), ("B", b, &right, &verdicts.1)]
    {
        out.push(format!("{mark}: {} ({name})", fund.charter().name));
        judged.lines().iter().take(2).for_each(|line| out.extend(fold(line, "   ", 90)));
    }
    tell(&found, &mut out);
    out.iter().try_for_each(|line| output::line(line))
}

/// A text as it would stand right after it was published.
fn fund(source: &Source) -> Result<Fund, Failure> {
    Ok(Fund::unpublished(&source.text, Arc::new(source.known()?)))
}

/// What was found, in lines.
fn tell(found: &Texts, out: &mut Vec<String>) {
    out.extend([String::new(), "WHAT IS DECLARED".to_owned()]);
    if found.differences.is_empty() {
        out.push("  nothing differs".to_owned());
    }
    for Difference { kind, name, part, a, b } in &found.differences {
        let side = if a.is_some() { "A" } else { "B" };
        let name = if name.is_empty() { "itself" } else { name };
        if part.is_empty() {
            out.push(format!("  {kind} {name}: only in {side}"));
            continue;
        }
        out.push(format!("  {kind} {name}, {part}"));
        for (side, text) in [("A", a), ("B", b)] {
            let text = text.as_deref().filter(|text| !text.is_empty()).unwrap_or("nothing");
            out.extend(fold(&format!("{side}: {text}"), "    ", 90));
        }
    }
    out.extend([String::new(), "THE RULES".to_owned()]);
    if found.rules.is_empty() {
        out.push("  nothing differs".to_owned());
    }
    found.rules.iter().for_each(|rule| tell_rule(rule, out));
    if found.same_text {
        out.push("Both are the same text, to the letter.".to_owned());
    }
}

fn tell_rule(rule: &RuleDifference, out: &mut Vec<String>) {
    let what = match rule.what {
        "only_a" => "only in A",
        "only_b" => "only in B",
        "other_sums" => "other sums",
        _ => "the same sums in other words",
    };
    out.push(format!("  {}: {what}", rule.rule));
    if rule.sentence_a != rule.sentence_b {
        for (side, sentence) in [("A", &rule.sentence_a), ("B", &rule.sentence_b)] {
            if let Some(sentence) = sentence {
                out.extend(fold(&format!("{side}: “{sentence}”"), "    ", 90));
            }
        }
    }
    let Some(first) = rule.sums.first() else { return };
    let mut title: Vec<String> = first.inputs.iter().map(|input| input.name.clone()).collect();
    title.extend(["A".to_owned(), "B".to_owned()]);
    let mut cells = vec![title];
    for sums in &rule.sums {
        let mut row: Vec<String> = sums.inputs.iter().map(|input| input.shown.clone()).collect();
        row.extend([sums.a.shown.clone(), sums.b.shown.clone()]);
        cells.push(row);
    }
    out.extend(aligned(&cells, "      "));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::charter::templates::{find, list};

    fn compared(a: &str, b: &str) -> String {
        let [left, right] = [a, b].map(|text| {
            let text = text.to_owned();
            fund(&Source { name: "text".to_owned(), text, charter: None }).unwrap()
        });
        let mut out = Vec::new();
        tell(&Texts::of(&left, &right), &mut out);
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
            "constant MOST_PERMILLE, is\n    A: 30\n    B: 20",
            "operator_part: other sums",
            "1000.00 CNY                 30  3000  2000",
        ] {
            assert!(told.contains(part), "{part} is missing in\n{told}");
        }
        assert!(!told.contains("is_open"), "{told}");
    }

    #[test]
    fn whatever_a_flow_declares_is_compared() {
        let a = find("gift-escrow").unwrap();
        for (here, there, told) in [
            ("rest_to = \"overhead\", ends = True", "ends = True", "flow release, rest to"),
            ("stopped_by = [\"hold by court\"],", "", "flow release, stopped by"),
            ("kind = \"gift\"", "kind = \"other\"", "text itself, kind"),
        ] {
            assert!(a.contains(here), "{here}");
            assert!(compared(a, &a.replacen(here, there, 1)).contains(told), "{told}");
        }
        let b = find("pension-account").unwrap();
        let joined = compared(b, &b.replace("join_age = 25", "join_age = 30"));
        assert!(joined.contains("text itself, people"), "{joined}");
        let uncounted = compared(b, &b.replace(", counts = [[\"paid_months\", one_month]]", ""));
        assert!(uncounted.contains("flow contribute, counts"), "{uncounted}");
    }

    #[test]
    fn a_text_does_not_differ_from_itself() {
        for (name, _) in list() {
            let text = find(name).unwrap();
            assert_eq!(compared(text, text).matches("nothing differs").count(), 2, "{name}");
        }
    }
}
