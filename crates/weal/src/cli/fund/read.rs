//! `weal fund list`, `show` and `mine`: what there is, what is in it, and what is yours.

use super::super::args::{Cli, Format, ListArgs};
use super::super::charter::words::{fold, money, month};
use super::super::client::Client;
use super::super::keys;
use super::super::output::{self, Columns, Failure};
use super::book::{self, Known};
use serde_json::{Value, json};
use weal_charter::model::Actor;
use weal_kernel::charters::state::Stage;

const FUNDS: Columns = &[
    ("NUMBER", "/number"),
    ("NAME", "/name"),
    ("KIND", "/kind"),
    ("STAGE", "/stage"),
    ("VERDICT", "/class"),
    ("HELD", "/held"),
    ("OPEN", "/open_cases"),
    ("ID", "/short"),
];

/// `weal fund list`
pub(super) fn list(cli: &Cli, client: &Client, list: &ListArgs) -> Result<(), Failure> {
    let answer = client.get("/v1/funds", &[])?;
    let items = answer.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let most = usize::try_from(list.limit).unwrap_or(usize::MAX);
    let mut rows: Vec<Value> = items.into_iter().take(most).collect();
    for row in &mut rows {
        let text = |place: &str| row.pointer(place).and_then(Value::as_str).map(str::to_owned);
        let class = text("/verdict/class").unwrap_or_default().replace('_', " ");
        let short = text("/id").and_then(|id| id.get(..8).map(str::to_owned));
        if let Some(row) = row.as_object_mut() {
            row.insert("class".into(), json!(class));
            row.insert("short".into(), json!(short));
        }
    }
    output::rows(cli, &rows, FUNDS)
}

/// What a list says of a fund.
fn summary(known: &Known) -> Value {
    let Known { id, entry, charter } = known;
    json!({
        "id": id,
        "short": id.to_string().get(..8),
        "name": charter.name,
        "kind": charter.kind,
        "case": charter.case,
        "stage": entry.stage,
        "stage_words": stage(known),
        "held": money(&entry.currency, i128::from(entry.held())),
        "held_minor": entry.held().to_string(),
        "currency": entry.currency,
        "open": entry.open,
        "cases": entry.cases,
        "text_hash": entry.text,
    })
}

/// Where it is in its life, and what comes next.
fn stage(known: &Known) -> String {
    let Known { entry, charter, .. } = known;
    match entry.stage {
        Stage::Running => "running".to_owned(),
        Stage::Withdrawn => "withdrawn".to_owned(),
        Stage::Review => {
            let over = entry.published.plus_days(charter.review_days);
            let left = crate::serve::now().days_until(over);
            let missing = charter.audits.saturating_sub(entry.review.auditors.len() as u64);
            match (left, missing) {
                (0, 0) => "review over: may be locked".to_owned(),
                (0, missing) => format!("review: {missing} auditors missing"),
                (left, 0) => format!("review: {left} days left"),
                (left, missing) => format!("review: {left} days left, {missing} auditors missing"),
            }
        }
    }
}

/// `weal fund show`
pub(super) fn show(cli: &Cli, client: &Client, fund: &str) -> Result<(), Failure> {
    let known = book::find(client, fund)?;
    let page = client.get(&format!("/v1/funds/{}", known.id), &[])?;
    if cli.output != Format::Table {
        return output::one(cli, &page, &[]);
    }
    for sentence in ["/fund/verdict/verdict/sentence", "/fund/verdict/closed_gate/sentence"] {
        if let Some(sentence) = page.pointer(sentence).and_then(Value::as_str) {
            fold(sentence, "", 92).iter().try_for_each(|line| output::line(line))?;
        }
    }
    let height = page.pointer("/fund/verdict/as_of_height").and_then(Value::as_u64);
    output::line(&match height {
        Some(height) => format!("(Worked out by the node from who is in it at block {height}.)\n"),
        None => "(Worked out by the node for a made-up beginning.)\n".to_owned(),
    })?;
    state(cli, client, &known)?;
    output::line("")?;
    output::rows(
        cli,
        &flows(&known),
        &[
            ("FLOW", "/flow"),
            ("FROM", "/from"),
            ("TO", "/to"),
            ("MOVED", "/moved"),
            ("TIMES", "/payments"),
            ("MISSED", "/missed"),
            ("HELD UP UNTIL", "/braked"),
        ],
    )?;
    if known.charter.flows.iter().any(|flow| flow.clock().is_some()) && !cli.quiet {
        let next = month(i128::from(known.entry.calendar.month));
        output::note(&format!("the calendar stands at {next}; `weal fund run` carries it on"));
    }
    Ok(())
}

/// What is in it, and who has a part in it.
fn state(cli: &Cli, client: &Client, known: &Known) -> Result<(), Failure> {
    let Known { entry, charter, .. } = known;
    output::one(
        cli,
        &summary(known),
        &[
            ("name", "/name"),
            ("id", "/id"),
            ("text", "/text_hash"),
            ("stage", "/stage_words"),
            ("held", "/held"),
            ("open cases", "/open"),
            ("cases ever", "/cases"),
        ],
    )?;
    let row = |title: &str, text: &str| output::line(&format!("{title:<14} {text}"));
    row("author", &book::name(client, &entry.author))?;
    row("money of", &book::name(client, &entry.issuer))?;
    for (pot, minor) in charter.pots.iter().zip(&entry.pots) {
        let all = if pot.per_case { ", over all cases" } else { "" };
        let minor = money(&entry.currency, i128::from(*minor));
        row(&format!("pot {}", pot.name), &format!("{minor}{all}"))?;
    }
    if entry.due > 0 {
        row("not drawn", &money(&entry.currency, i128::from(entry.due)))?;
    }
    for (parameter, (value, set)) in charter.parameters.iter().zip(&entry.parameters) {
        let by = charter.actor_name(Actor::Role(parameter.set_by));
        let set = match set.0 {
            0 => ", as the text begins".to_owned(),
            time => format!(", on {}", output::time(time)),
        };
        let (low, high) = (parameter.low, parameter.high);
        row(&parameter.name, &format!("{value}, of {low} to {high}, set by {by}{set}"))?;
    }
    for (role, holders) in charter.roles.iter().zip(&entry.named) {
        for holder in holders {
            row(&role.name, &book::name(client, holder))?;
        }
    }
    let review = &entry.review;
    let (questions, defects) = (review.questions, review.defects);
    row("review", &format!("{questions} questions, {defects} defects"))?;
    for auditor in &review.auditors {
        row("stood for by", &book::name(client, auditor))?;
    }
    Ok(())
}

fn flows(known: &Known) -> Vec<Value> {
    let Known { entry, charter, .. } = known;
    let rows = charter.flows.iter().zip(&entry.flows).map(|(flow, state)| {
        json!({
            "flow": flow.name,
            "from": charter.source_name(flow.source),
            "to": charter.target_name(flow.to),
            "moved": money(&entry.currency, i128::from(state.moved)),
            "moved_minor": state.moved.to_string(),
            "payments": state.payments,
            "missed": state.missed,
            "braked": state.braked.map(|until| output::time(until.0)),
        })
    });
    rows.collect()
}

/// `weal fund mine`
pub(super) fn mine(cli: &Cli, client: &Client) -> Result<(), Failure> {
    let network = client.network()?;
    let keys_here = match &cli.actor {
        Some(actor) => vec![actor.clone()],
        None => keys::names()?,
    };
    let mut rows = Vec::new();
    for key in &keys_here {
        let Some(who) = keys::principal(key, &network)? else { continue };
        let page = client.get(&format!("/v1/principals/{who}/cases"), &[])?;
        let list = |name: &str| page.get(name).and_then(Value::as_array).cloned();
        let mut due = list("due").unwrap_or_default();
        for mut row in list("cases").unwrap_or_default() {
            let waits = due.iter().position(|due| due.get("fund") == row.get("fund"));
            let waits = waits.map(|at| due.remove(at));
            complete(&mut row, key, waits.as_ref());
            rows.push(row);
        }
        // What was paid where somebody else has taken his place since.
        for mut row in due {
            let waits = row.clone();
            complete(&mut row, key, Some(&waits));
            rows.push(row);
        }
    }
    output::rows(
        cli,
        &rows,
        &[
            ("FUND", "/fund"),
            ("NAME", "/name"),
            ("CASE", "/case"),
            ("AS", "/parties"),
            ("KEY", "/key"),
            ("STATE", "/state"),
            ("TO DRAW", "/draw"),
        ],
    )
}

/// Adds the key, and what waits to be drawn.
fn complete(row: &mut Value, key: &str, due: Option<&Value>) {
    let ended = row.get("ended").and_then(Value::as_bool);
    let state = ended.map(|ended| if ended { "ended" } else { "open" });
    let draw = due.and_then(|due| due.get("due")).cloned();
    if let Some(row) = row.as_object_mut() {
        row.insert("key".into(), json!(key));
        row.insert("state".into(), json!(state));
        row.insert("draw".into(), draw.unwrap_or_default());
    }
}
