//! `weal fund check`: the verdict first, then why, before anybody pays in.

use super::super::args::{Cli, Format};
use super::super::charter::words::fold;
use super::super::charter::{flows, source, verdict};
use super::super::output::{self, Failure, pretty};
use serde_json::json;
use weal_charter::Proved;
use weal_charter::dossier::Weight;
use weal_proof::Hash;

const COLUMNS: usize = 92;

/// Runs the command.
pub(super) fn run(cli: &Cli, what: &str, cases: u64) -> Result<(), Failure> {
    let source = source::read(cli, what)?;
    let proved = source.prove()?;
    let judged = verdict::typical(&proved, cases);
    let text = Hash::of(&[source.text.as_bytes()]);
    if cli.output != Format::Table {
        return output::line(&pretty(&json!({
            "name": proved.charter.name,
            "charter": source.charter,
            "text_hash": text,
            "verdict": judged.json(),
            "findings": proved.dossier().findings,
            "outflows": proved.dossier().outflows,
        })));
    }
    let mut out = Vec::new();
    judged.lines().iter().for_each(|line| out.extend(fold(line, "", COLUMNS)));
    out.push(String::new());
    out.push(format!("{} — text {text}", proved.charter.name));
    reasons(&proved, &mut out);
    let figures = judged.figures(&proved.charter.money);
    out.extend(figures.iter().map(|line| format!("  {line}")));
    out.push(format!("Everything: weal charter explain {what}"));
    out.iter().try_for_each(|line| output::line(line))
}

/// Why, in a few lines: findings, and who can take money out.
fn reasons(proved: &Proved, out: &mut Vec<String>) {
    let charter = &proved.charter;
    for finding in proved.dossier().findings {
        if finding.weight > Weight::Note {
            let word = if finding.weight == Weight::Alarm { "ALARM" } else { "warning" };
            out.extend(fold(&format!("{word}: {}", finding.sentence), "  ", COLUMNS));
        }
    }
    for flow in charter.flows.iter().filter(|flow| flow.is_outward()) {
        let by: Vec<_> = flow.by.iter().map(|by| flows::who(charter, *by)).collect();
        let shown = match flow.needs {
            0 => String::new(),
            needs => format!(", with {needs} of {} shown", flow.evidence.len()),
        };
        let line = format!(
            "out by {}: from {} to {}, asked for by {}{shown}",
            flow.name,
            charter.source_name(flow.source),
            charter.target_name(flow.to),
            super::super::charter::words::any_of(&by)
        );
        out.extend(fold(&line, "  ", COLUMNS));
    }
}
