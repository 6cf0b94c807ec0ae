//! `weal charter test`: worked examples, runs over a grid of inputs, and the dossier in short.

use super::super::args::{Cli, Format};
use super::super::output::{self, Failure, pretty};
use super::words::result;
use super::{grid, lint, source};
use serde_json::{Value, json};
use weal_charter::Proved;
use weal_charter::dossier::{Dossier, Weight};

/// Runs the command.
pub(super) fn run(cli: &Cli, name: &str) -> Result<(), Failure> {
    let source = source::read(cli, name)?;
    let faults = lint::faults(&source.text);
    let Ok(proved) = Proved::read(&source.text) else {
        for fault in &faults {
            output::line(&lint::picture(name, &source.text, fault))?;
        }
        return Err(Failure::error(format!("{name} has faults"))
            .help(format!("see all of them with `weal charter lint {name}`")));
    };
    let dossier = proved.dossier();
    let rows = rows(&proved, &dossier);
    let outside = rows.iter().filter(|row| row.get("holds") == Some(&Value::Bool(false))).count();
    let summary = summary(&proved, &dossier, &rows);
    if cli.output == Format::Table {
        output::rows(
            cli,
            &rows,
            &[
                ("RULE", "/rule"),
                ("EXAMPLES", "/examples"),
                ("RUNS", "/runs_words"),
                ("LEAST", "/least_words"),
                ("MOST", "/most_words"),
                ("STEPS", "/steps"),
                ("PROVED", "/proved_steps"),
            ],
        )?;
        output::line("")?;
        tell(&summary)?;
    } else {
        output::line(&pretty(&json!({ "summary": summary, "rules": rows })))?;
    }
    match outside {
        0 => Ok(()),
        many => Err(Failure::error(format!("{many} rules left what was proved of them"))
            .help("this is a fault of the program, not of the text: please report it")),
    }
}

/// A row for each rule.
fn rows(proved: &Proved, dossier: &Dossier) -> Vec<Value> {
    let charter = &proved.charter;
    let rules = charter.program.rules.iter().enumerate();
    let row = |(number, rule): (usize, &weal_charter::tree::Rule)| {
        let examples = charter.examples.iter().filter(|example| example.rule == number).count();
        let tried = grid::over(charter, number);
        let line = dossier.rules.iter().find(|line| line.rule == rule.name);
        // Inner rules are proved where others call them; their own grid has no declared ranges.
        let holds = tried.failed.is_none() && line.is_none_or(|line| tried.steps <= line.steps);
        let words = |value: Option<i128>| value.map(|value| result(charter, number, value));
        json!({
            "rule": rule.name,
            "sentence": rule.sentence,
            "examples": examples,
            "runs": tried.runs,
            "runs_words": if charter.inputs(number).is_some() { tried.runs.to_string() } else { "inner".into() },
            "least": tried.low.map(|low| low.to_string()),
            "most": tried.high.map(|high| high.to_string()),
            "least_words": words(tried.low),
            "most_words": words(tried.high),
            "steps": tried.steps,
            "proved_steps": line.map(|line| line.steps),
            "holds": holds,
        })
    };
    rules.map(row).collect()
}

fn summary(proved: &Proved, dossier: &Dossier, rows: &[Value]) -> Value {
    let of = |weight: Weight| dossier.findings.iter().filter(|f| f.weight == weight).count();
    let runs = rows.iter().filter_map(|row| row.get("runs").and_then(Value::as_u64)).sum::<u64>();
    json!({
        "name": proved.charter.name,
        "examples": proved.charter.examples.len(),
        "runs": runs,
        "ways_out": dossier.outflows.len(),
        "nature": dossier.nature,
        "steps_of_one_payment": dossier.steps,
        "alarms": of(Weight::Alarm),
        "warnings": of(Weight::Warning),
        "findings": dossier.findings,
    })
}

fn tell(summary: &Value) -> Result<(), Failure> {
    let number = |name: &str| summary.get(name).and_then(Value::as_u64).unwrap_or_default();
    output::line(&format!(
        "{} worked examples hold; {} grid runs, none failed; one payment takes at most {} steps",
        number("examples"),
        output::group(number("runs")),
        output::group(number("steps_of_one_payment"))
    ))?;
    output::line(&format!(
        "{} ways out; {} alarms, {} warnings",
        number("ways_out"),
        number("alarms"),
        number("warnings")
    ))?;
    let findings = summary.get("findings").and_then(Value::as_array);
    for finding in findings.map(Vec::as_slice).unwrap_or_default() {
        let text = |name: &str| finding.get(name).and_then(Value::as_str).unwrap_or_default();
        output::line(&format!("  {}: {}", text("weight"), text("sentence")))?;
    }
    Ok(())
}
