//! `weal charter explain`: what a text does, in plain words, before anybody pays in.

use super::super::args::{Cli, Format};
use super::super::output::{self, Failure, pretty};
use super::words::{fold, money, value};
use super::{flows, source, verdict};
use serde_json::{Value, json};
use weal_charter::Proved;
use weal_charter::dossier::{Dossier, Nature, Weight};
use weal_charter::model::{Charter, Flow};
use weal_charter::run::Run;
use weal_proof::Hash;

/// Rows of the table of one rule.
const ROWS: usize = 6;
const COLUMNS: usize = 92;

/// Runs the command.
pub(super) fn run(cli: &Cli, name: &str, cases: u64) -> Result<(), Failure> {
    let source = source::read(cli, name)?;
    let proved = source.prove()?;
    let judged = verdict::typical(&proved, cases);
    if cli.output != Format::Table {
        let whole = json!({
            "name": proved.charter.name,
            "text_hash": Hash::of(&[source.text.as_bytes()]),
            "verdict": judged.json(),
            "dossier": proved.dossier(),
            "flows": proved.charter.flows.iter().map(|f| told(&proved.charter, f)).collect::<Vec<_>>(),
        });
        return output::line(&pretty(&whole));
    }
    words(&proved, &source.text, &judged).iter().try_for_each(|line| output::line(line))
}

fn told(charter: &Charter, flow: &Flow) -> Value {
    let mut object = serde_json::Map::new();
    object.insert("name".into(), json!(flow.name));
    for (part, text) in flows::parts(charter, flow) {
        if let Value::Array(list) = object.entry(part).or_insert_with(|| json!([])) {
            list.push(json!(text));
        }
    }
    Value::Object(object)
}

/// Everything, in lines.
fn words(proved: &Proved, text: &str, judged: &verdict::Judged) -> Vec<String> {
    let charter = &proved.charter;
    let dossier = proved.dossier();
    let mut out = vec![charter.name.clone(), String::new()];
    judged.lines().iter().for_each(|line| out.extend(fold(line, "", COLUMNS)));
    out.push(String::new());
    out.extend(judged.figures(&charter.money).iter().map(|line| format!("  {line}")));
    head(charter, text, &mut out);
    findings(&dossier, &mut out);
    ways(charter, &mut out);
    powers(&dossier, &mut out);
    rules(proved, &dossier, &mut out);
    effects(charter, &dossier, &mut out);
    section(&mut out, "WHAT NO TEXT CAN SHOW");
    let trust = "Whether the issuer of the money pays it out, whether those who hold roles tell \
                 the truth, and whether more than a third of the keepers of the book would \
                 recognise the wrong holders of credentials. What is certain are the rules, not what others will do.";
    out.extend(fold(trust, "  ", COLUMNS));
    out
}

fn section(out: &mut Vec<String>, title: &str) {
    out.push(String::new());
    out.push(title.to_owned());
}

fn head(charter: &Charter, text: &str, out: &mut Vec<String>) {
    section(out, "THE TEXT");
    let auditors = match charter.audits {
        0 => "no auditor must stand for it".to_owned(),
        1 => "one auditor must stand for it".to_owned(),
        many => format!("{many} auditors must stand for it"),
    };
    out.push(format!("  hash {}", Hash::of(&[text.as_bytes()])));
    out.push(format!(
        "  a {} in {}, one case for each {}; {} days of review, {auditors}; ends after {}",
        charter.kind, charter.money, charter.case, charter.review_days, charter.last_year
    ));
    let openers: Vec<_> =
        charter.opened_by.iter().filter_map(|at| charter.roles.get(*at)).collect();
    let openers: Vec<_> = openers.iter().map(|role| role.name.clone()).collect();
    let who = if openers.is_empty() { "anyone".to_owned() } else { super::words::any_of(&openers) };
    out.push(format!("  a {} may be opened by {who}", charter.case));
}

fn findings(dossier: &Dossier, out: &mut Vec<String>) {
    section(out, "WHAT A READER MIGHT MISS");
    let nature = match dossier.nature {
        Nature::Discretion => "Somebody decides how much is paid.",
        Nature::Shares => "Every payment is a share of what is there: it can shrink, not fail.",
        Nature::Promises => "Sums are promised, and the pots may not have them.",
    };
    out.push(format!("  {nature}"));
    if dossier.findings.is_empty() {
        out.push("  Nothing else was found by machine.".to_owned());
    }
    for finding in &dossier.findings {
        let word = match finding.weight {
            Weight::Alarm => "ALARM",
            Weight::Warning => "warning",
            Weight::Note => "note",
        };
        out.extend(fold(&format!("{word}: {}", finding.sentence), "  ", COLUMNS));
    }
}

/// The ways of money: out first, because that is what people ask.
fn ways(charter: &Charter, out: &mut Vec<String>) {
    let (outward, inward): (Vec<&Flow>, Vec<&Flow>) =
        charter.flows.iter().partition(|flow| flow.is_outward());
    for (title, flows) in
        [("WHO CAN TAKE MONEY OUT, AND ON WHOSE WORD", outward), ("HOW ELSE MONEY MOVES", inward)]
    {
        section(out, title);
        for flow in flows {
            out.push(format!("  {}", flow.name));
            for (part, text) in flows::parts(charter, flow) {
                let lines = fold(&text, "", COLUMNS - 26);
                for (number, line) in lines.iter().enumerate() {
                    let part = if number == 0 { part } else { "" };
                    out.push(format!("    {part:<20}  {line}"));
                }
            }
        }
    }
}

fn powers(dossier: &Dossier, out: &mut Vec<String>) {
    section(out, "WHO HAS POWER OVER WHAT");
    let mut told: Vec<(String, Vec<&str>)> = Vec::new();
    for power in &dossier.powers {
        let who = match power.who.as_str() {
            "clock:month" => "the calendar, each month,",
            "clock:year" => "the calendar, each year,",
            other => other,
        };
        let who = format!("{who} can {}", power.can);
        match told.iter_mut().find(|(known, _)| *known == who) {
            Some((_, list)) if list.contains(&power.what.as_str()) => {}
            Some((_, list)) => list.push(&power.what),
            None => told.push((who, vec![&power.what])),
        }
    }
    for (who, what) in told {
        out.extend(fold(&format!("{who} {}", what.join(", ")), "  ", COLUMNS));
    }
}

fn rules(proved: &Proved, dossier: &Dossier, out: &mut Vec<String>) {
    let charter = &proved.charter;
    section(out, "THE RULES");
    for (number, rule) in charter.program.rules.iter().enumerate() {
        out.push(format!("  {}({})", rule.name, rule.inputs.join(", ")));
        out.extend(fold(&format!("“{}”", rule.sentence), "    ", COLUMNS));
        if let Some(line) = dossier.rules.iter().find(|line| line.rule == rule.name) {
            let (low, high) = (line.low, line.high);
            let give = |value| super::words::result(charter, number, value);
            out.push(format!(
                "    proved: gives {} to {}, takes at most {} steps",
                give(low),
                give(high),
                line.steps
            ));
        }
        out.extend(table(charter, number));
    }
}

/// What a rule gives for typical inputs: its worked examples, and inputs near the first of them.
fn table(charter: &Charter, rule: usize) -> Vec<String> {
    let Some(declared) = charter.program.rule(rule) else { return Vec::new() };
    let inputs: Vec<_> = declared.inputs.iter().map(|name| charter.input(name)).collect();
    let mut cells: Vec<Vec<String>> = Vec::new();
    let mut title = declared.inputs.clone();
    title.push("gives".to_owned());
    cells.push(title);
    let mut run = Run::new(&charter.program);
    for (values, _) in charter.typical(rule, ROWS) {
        let Ok(gives) = run.call(rule, &values) else { continue };
        let at = |place: usize| inputs.get(place).copied().flatten();
        let mut row: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(place, number)| value(charter, at(place), *number))
            .collect();
        row.push(super::words::result(charter, rule, gives));
        cells.push(row);
    }
    aligned(&cells, "      ")
}

/// Cells in columns, each as wide as its widest.
pub(super) fn aligned(cells: &[Vec<String>], margin: &str) -> Vec<String> {
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let widths = cells.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count());
        widths.max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let blank = width.saturating_sub(cell.chars().count());
            format!("{}{cell}", " ".repeat(blank))
        });
        format!("{margin}{}", cells.collect::<Vec<_>>().join("  "))
    };
    cells.iter().map(line).collect()
}

fn effects(charter: &Charter, dossier: &Dossier, out: &mut Vec<String>) {
    if dossier.effects.is_empty() {
        return;
    }
    section(out, "HOW FAR NUMBERS SET BY OTHERS MOVE THE LARGEST PAYMENT");
    for effect in &dossier.effects {
        let money = |minor| money(&charter.money, minor);
        let line = format!(
            "{} (set by {}) moves {}: at most {} at its least, {} at its most",
            effect.parameter,
            effect.set_by,
            effect.flow,
            money(effect.at_low_minor),
            money(effect.at_high_minor)
        );
        out.extend(fold(&line, "  ", COLUMNS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::charter::templates::{find, list};

    fn told(name: &str) -> String {
        let text = find(name).unwrap();
        let proved = Proved::read(text).unwrap();
        let judged = match proved.charter.people {
            // Lives are run forward for decades; that is tested where it is done.
            Some(_) => verdict::Judged { basis: String::new(), found: Err("later".into()) },
            None => verdict::typical(&proved, 100),
        };
        words(&proved, text, &judged).join("\n")
    }

    #[test]
    fn who_takes_money_out_is_told_with_whose_word() {
        let told = told("gift-escrow");
        let (_, ways) = told.split_once("WHO CAN TAKE MONEY OUT").unwrap();
        let (_, release) = ways.split_once("  release\n").unwrap();
        let release = release.split("  pay_operator").next().unwrap();
        for part in [
            "from                  held",
            "to                    recipient",
            "asked for by          anyone",
            "needs                 receipt by recipient (recipient)",
            "held up by            hold by court (court by credential court)",
            "the rest goes to      overhead",
        ] {
            assert!(release.contains(part), "{part} is missing in\n{release}");
        }
        assert!(told.contains("the author, when publishing can appoint operator"), "{told}");
    }

    #[test]
    fn the_verdict_comes_first() {
        let first = |name: &str| told(name).lines().nth(2).unwrap().to_owned();
        assert!(first("ten-for-one").contains("needs ever more joiners"));
        assert!(first("mutual-relief").contains("cannot fail, but it can shrink"));
        assert!(told("ten-for-one").contains("ALARM: pay_out pays those who came first"));
    }

    #[test]
    fn every_line_fits_the_page() {
        for (name, _) in list() {
            for line in told(name).lines() {
                assert!(line.chars().count() <= 150, "{name}: {line}");
            }
        }
    }
}
