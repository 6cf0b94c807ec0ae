//! Rules that chance wrote give in Python, in Starlark and here the same numbers, or the same kinds
//! of errors.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;
use weal_charter::Charter;
use weal_charter_oracle::writer::Writer;
use weal_charter_oracle::{Call, ours, python, starlark};

const TEXTS: u64 = 424;
const RULES: usize = 24;
const CALLS: usize = 6;
/// Texts that one process of Python is asked about.
const BATCH: u64 = 106;

/// How often each thing was compared.
type Counts = BTreeMap<&'static str, usize>;

fn kind(result: &str) -> &'static str {
    match result {
        "overflow" => "beyond 128 bits in both",
        "zero" => "divided by zero in both",
        "index" => "no such place in both",
        "steps" => "skipped: too many steps for ours",
        "True" | "False" => "same answer",
        _ => "same number",
    }
}

fn compare(
    text: &str,
    calls: &[Call],
    answer: &python::Answer,
    counts: &mut Counts,
) -> Result<(), String> {
    let charter = Charter::read(text).map_err(|fault| format!("{fault}\n{text}"))?;
    if !answer.failed.is_empty() || answer.strict.len() != calls.len() {
        return Err(format!("{:?}\n{text}", answer.failed));
    }
    let ours = ours::results(&charter, calls);
    let mut given = Vec::new();
    let mut wanted = Vec::new();
    for (((call, ours), strict), plain) in
        calls.iter().zip(&ours).zip(&answer.strict).zip(&answer.plain)
    {
        *counts.entry(kind(ours)).or_default() += 1;
        if ours == "steps" {
            continue;
        }
        if ours != strict || ours != plain {
            return Err(format!("{call:?}: {ours}, strict {strict}, plain {plain}\n{text}"));
        }
        if kind(ours).starts_with("same") {
            given.push(call.clone());
            wanted.push(ours.clone());
        }
    }
    let (examples, failed, found) = starlark::ask(text, &given)?;
    if examples != RULES || !failed.is_empty() || found != wanted {
        let differs = given.iter().zip(&wanted).zip(&found).find(|((_, a), b)| a != b);
        return Err(format!("Starlark: {failed:?} {differs:?}\n{text}"));
    }
    *counts.entry("same in Starlark too").or_default() += found.len();
    Ok(())
}

#[test]
fn ten_thousand_rules_that_chance_wrote_give_the_same_in_python_in_starlark_and_here() {
    let mut counts = Counts::new();
    for first in (0..TEXTS).step_by(usize::try_from(BATCH).unwrap()) {
        let seeds = first + 1..first + 1 + BATCH;
        let texts: Vec<_> = seeds.map(|seed| Writer::text(seed, RULES, CALLS)).collect();
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("random-{first}.json"));
        let answers = python::ask(&texts, &file).unwrap();
        assert_eq!(answers.len(), texts.len());
        for ((text, calls), answer) in texts.iter().zip(&answers) {
            compare(text, calls, answer, &mut counts).unwrap();
            *counts.entry("rules").or_default() += RULES;
        }
    }
    for (what, count) in &counts {
        println!("{count:>8} {what}");
    }
    assert!(counts["rules"] >= 10_000, "{counts:?}");
    assert!(counts["same number"] > 10_000, "{counts:?}");
    assert!(counts["beyond 128 bits in both"] > 100, "{counts:?}");
    assert!(counts["divided by zero in both"] > 100, "{counts:?}");
    assert!(counts["no such place in both"] > 100, "{counts:?}");
}
