//! `weal fund case`: who takes part, what is in it, what was shown, and what can happen now.

use super::super::args::{Cli, Format};
use super::super::charter::flows;
use super::super::charter::words::{any_of, money, month, value};
use super::super::client::Client;
use super::super::output::{self, Failure};
use super::book::{self, Known};
use super::own;
use serde_json::{Value, json};
use weal_charter::due::Clerk;
use weal_charter::model::{Amount, Flow, Input, Once, Source};
use weal_kernel::charters::state::{Case, Moment};

/// Runs the command.
pub(super) fn run(
    cli: &Cli,
    client: &Client,
    fund: &str,
    case: Option<u64>,
) -> Result<(), Failure> {
    let known = book::find(client, fund)?;
    let (number, _) = own::meant(cli, client, &known.id, case)?;
    let Some(number) = number else {
        return Err(Failure::usage("which case?").help(format!(
            "name its number, below {}; yours are told by `weal fund mine`",
            known.entry.cases
        )));
    };
    let case = known.case(client, number)?;
    let ways = ways(&known, &case);
    let path = format!("/v1/funds/{}/cases/{number}/outlook", known.id);
    let outlook = client.get(&path, &[])?;
    if cli.output != Format::Table {
        let whole = json!({
            "charter": known.id,
            "name": known.charter.name,
            "case": number,
            "state": case,
            "ways": ways,
            "outlook": outlook,
        });
        return output::one(cli, &whole, &[]);
    }
    let Known { charter, .. } = &known;
    let ended = if case.ended { ", ended" } else { "" };
    let opened = month(i128::from(case.opened));
    output::line(&format!(
        "{} {number} of {}, opened in {opened}{ended}",
        charter.case, charter.name
    ))?;
    let mut lines = people(client, &known, &case);
    lines.extend(numbers(&known, &case));
    lines.extend(shown(client, &known, &case));
    for (title, text) in lines {
        output::line(&format!("{title:<20} {text}"))?;
    }
    output::line("")?;
    output::rows(
        cli,
        &ways,
        &[
            ("WAY", "/flow"),
            ("FROM", "/from"),
            ("TO", "/to"),
            ("NOW", "/now"),
            ("AMOUNT", "/amount"),
            ("WHY", "/why"),
        ],
    )?;
    later(cli, &outlook)
}

/// What comes at later ages, where ages matter.
fn later(cli: &Cli, outlook: &Value) -> Result<(), Failure> {
    let list = |value: &Value, name: &str| {
        value.get(name).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let mut rows = Vec::new();
    for scenario in list(outlook, "scenarios") {
        for mut age in list(&scenario, "ages") {
            if let Some(age) = age.as_object_mut() {
                age.insert("scenario".into(), scenario.get("name").cloned().unwrap_or_default());
            }
            rows.push(age);
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    output::line("\nWhat comes later, in today's money. It is no promise.")?;
    output::rows(
        cli,
        &rows,
        &[
            ("SCENARIO", "/scenario"),
            ("AGE", "/age"),
            ("YEAR", "/year"),
            ("EACH MONTH", "/monthly"),
            ("DUE", "/is_due"),
            ("IN THE ACCOUNT", "/own"),
        ],
    )
}

/// Who takes part, with weights where there are several.
fn people(client: &Client, known: &Known, case: &Case) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for (party, shares) in known.charter.parties.iter().zip(&case.parties) {
        for (who, weight) in shares {
            let weight = match party.many {
                true => format!(", {}", money(&known.entry.currency, i128::from(*weight))),
                false => String::new(),
            };
            lines.push((party.name.clone(), format!("{}{weight}", book::name(client, who))));
        }
    }
    if let Some(reference) = &case.reference {
        lines.push(("document".to_owned(), reference.clone()));
    }
    lines
}

fn numbers(known: &Known, case: &Case) -> Vec<(String, String)> {
    let charter = &known.charter;
    let mut lines = Vec::new();
    for (at, pot) in charter.pots.iter().enumerate().filter(|(_, pot)| pot.per_case) {
        let held = known.value(Some(case), 0, Input::Pot(at));
        lines.push((format!("pot {}", pot.name), money(&charter.money, held)));
    }
    for (at, field) in charter.fields.iter().enumerate() {
        let number = known.value(Some(case), 0, Input::Field(at));
        lines.push((field.name.clone(), value(charter, Some(Input::Field(at)), number)));
    }
    for (at, counter) in charter.counters.iter().enumerate() {
        let number = known.value(Some(case), 0, Input::Counter(at));
        lines.push((counter.name.clone(), number.to_string()));
    }
    lines
}

fn shown(client: &Client, known: &Known, case: &Case) -> Vec<(String, String)> {
    let name = |at: u32| {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        known.charter.evidence.get(at).map_or("", |evidence| &evidence.name)
    };
    let told = |shown: &weal_kernel::charters::state::Shown| {
        let (by, at) = (book::name(client, &shown.by), output::time(shown.at.0));
        ("shown".to_owned(), format!("{}, by {by} on {at}", name(shown.evidence)))
    };
    case.shown.iter().map(told).collect()
}

/// Every way of money of this case, and whether it is open now.
fn ways(known: &Known, case: &Case) -> Vec<Value> {
    let charter = &known.charter;
    let flows = charter.flows.iter().enumerate().filter(|(_, flow)| flow.per_case);
    let row = |(number, flow): (usize, &Flow)| {
        let (now, amount, why) = way(known, case, number, flow);
        json!({
            "flow": flow.name,
            "from": charter.source_name(flow.source),
            "to": charter.target_name(flow.to),
            "now": now,
            "amount": amount,
            "why": why,
        })
    };
    flows.map(row).collect()
}

/// Whether a way is open now, how much would move, and why or why not.
fn way(known: &Known, case: &Case, number: usize, flow: &Flow) -> (&'static str, String, String) {
    let charter = &known.charter;
    let nothing = String::new;
    if case.ended {
        return ("no", nothing(), "it has ended".to_owned());
    }
    if is_spent(case, number, flow) {
        return ("no", nothing(), "it has taken place".to_owned());
    }
    let due = Clerk::new(charter).due(flow, &|input| known.value(Some(case), 1, input));
    let amount = match (&due, flow.amount) {
        (_, Amount::Stated) => "as stated".to_owned(),
        (Ok(Some(due)), _) => money(&charter.money, i128::from(due.amount_minor)),
        _ => String::new(),
    };
    let says_no = match due {
        Ok(Some(_)) => None,
        Ok(None) => flow.when.and_then(|rule| charter.program.rule(rule)),
        Err(fault) => return ("no", nothing(), fault.to_string()),
    };
    if let Some(rule) = says_no {
        return ("no", nothing(), format!("the rule says no: {}", rule.sentence));
    }
    let has =
        |evidence: &usize| case.shown.iter().any(|s| usize::try_from(s.evidence) == Ok(*evidence));
    let name = |evidence: &usize| charter.evidence.get(*evidence).map(|e| e.name.clone());
    if let Some(name) = flow.stopped_by.iter().filter(|e| has(e)).find_map(name) {
        return ("no", amount, format!("held up by {name}"));
    }
    let there = flow.evidence.iter().filter(|e| has(e)).count();
    if there < flow.needs {
        let missing = flow.evidence.iter().filter(|e| !has(e)).filter_map(name);
        let missing = any_of(&missing.collect::<Vec<_>>());
        return ("no", amount, format!("{there} of {} shown; missing {missing}", flow.needs));
    }
    let by: Vec<_> = flow.by.iter().map(|by| flows::who(charter, *by)).collect();
    let by = any_of(&by);
    match (flow.source, flow.clock().is_some(), flow.wait_days) {
        (Source::Outside, ..) => ("yes", amount, format!("paid by {by}")),
        (_, true, _) => ("due", amount, format!("by {by}")),
        (_, _, 0) => ("yes", amount, format!("asked for by {by}")),
        (_, _, days) => ("yes", amount, format!("asked for by {by}, waits {days} days")),
    }
}

/// Whether it has taken place as often as it may.
fn is_spent(case: &Case, number: usize, flow: &Flow) -> bool {
    let moment = Moment::of(crate::serve::now());
    let last = case.last.get(number).copied().unwrap_or(0);
    match (flow.once, flow.clock().is_some()) {
        (Once::Ever, _) => last > 0,
        (Once::Each, false) => false,
        (Once::Year, _) => last >= moment.year,
        _ => last >= moment.month,
    }
}
