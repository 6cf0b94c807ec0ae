//! `weal fund payments`: what was paid, to whom and why; every sum is worked out again here.

use super::super::args::{Cli, ListArgs};
use super::super::charter::words::{money, number, result, value};
use super::super::client::Client;
use super::super::output::{self, Exit, Failure};
use super::book::{self, Known};
use serde_json::{Value, json};
use weal_charter::model::Amount;
use weal_charter::run::Run;

/// Payments asked for at once.
const PART: u32 = 200;

/// Runs the command.
pub(super) fn run(
    cli: &Cli,
    client: &Client,
    (fund, case): (&str, Option<u64>),
    list: &ListArgs,
) -> Result<(), Failure> {
    let known = book::find(client, fund)?;
    let mut rows = read(client, &known, case, list.limit)?;
    let mut wrong = 0usize;
    for row in &mut rows {
        let (why, good) = why(&known, row);
        wrong += usize::from(good == Some(false));
        let words = |name: &str| text(row, name).map(|sum| words(&known, sum));
        let (amount, missed, to) = (words("amount"), words("missed"), payees(&known, row));
        if let Some(row) = row.as_object_mut() {
            row.insert("amount_words".into(), json!(amount));
            row.insert("missed_words".into(), json!(missed));
            row.insert("to_words".into(), json!(to));
            row.insert("why".into(), json!(why));
            row.insert("worked_out".into(), json!(good));
        }
    }
    output::rows(
        cli,
        &rows,
        &[
            ("MONTH", "/month"),
            ("FLOW", "/flow"),
            ("CASE", "/case"),
            ("AMOUNT", "/amount_words"),
            ("MISSED", "/missed_words"),
            ("TO", "/to_words"),
            ("WHY", "/why"),
            ("ENTRY", "/entry"),
        ],
    )?;
    match wrong {
        0 => Ok(()),
        many => Err(Failure::new(
            Exit::Proof,
            format!("{many} sums are not what the rules give for the numbers in the book"),
        )
        .help("keep this output and the receipts of these entries: `weal receipt ENTRY`")),
    }
}

/// Payments over all parts of the list, the newest first.
fn read(
    client: &Client,
    known: &Known,
    case: Option<u64>,
    limit: u32,
) -> Result<Vec<Value>, Failure> {
    let path = format!("/v1/funds/{}/payments", known.id);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut rows: Vec<Value> = Vec::new();
    let mut before: Option<u64> = None;
    loop {
        let mut query = vec![("limit", limit.min(PART).to_string())];
        query.extend(case.map(|case| ("case", case.to_string())));
        query.extend(before.map(|before| ("before", before.to_string())));
        let answer = client.get(&path, &query)?;
        let items = answer.get("items").and_then(Value::as_array);
        rows.extend(items.into_iter().flatten().cloned());
        before = answer.get("next_before").and_then(Value::as_u64);
        if before.is_none() || rows.len() >= most {
            rows.truncate(most);
            return Ok(rows);
        }
    }
}

fn text<'v>(row: &'v Value, name: &str) -> Option<&'v str> {
    row.get(name).and_then(Value::as_str)
}

/// Minor units of a sum such as `4000.00 CNY`.
fn minor(known: &Known, sum: &str) -> Option<i128> {
    number(sum.split(' ').next()?, &known.entry.currency).ok()
}

/// A sum with its digits in groups.
fn words(known: &Known, sum: &str) -> String {
    minor(known, sum).map_or_else(|| sum.to_owned(), |minor| money(&known.entry.currency, minor))
}

/// Who got how much.
fn payees(known: &Known, row: &Value) -> Vec<String> {
    let payees = row.get("payees").and_then(Value::as_array).cloned().unwrap_or_default();
    let alone = payees.len() == 1;
    let told = payees.iter().map(|payee| {
        let name = payee.pointer("/party/name").and_then(Value::as_str).unwrap_or("?");
        let sum = text(payee, "amount").map(|sum| words(known, sum)).unwrap_or_default();
        if alone { name.to_owned() } else { format!("{name} {sum}") }
    });
    let told: Vec<_> = told.collect();
    match told.is_empty() {
        true => text(row, "to").map(|pot| format!("pot {pot}")).into_iter().collect(),
        false => told,
    }
}

/// The rule with its numbers, and whether it gives what was paid or missed; nothing where no rule
/// says how much.
fn why(known: &Known, row: &Value) -> (String, Option<bool>) {
    let charter = &known.charter;
    let flow = text(row, "flow").and_then(|name| charter.flow(name));
    let Some(flow) = flow.and_then(|flow| charter.flows.get(flow)) else {
        return (String::new(), None);
    };
    let rule = match flow.amount {
        Amount::Rule(rule) => rule,
        Amount::All => return ("all that was there".to_owned(), None),
        Amount::Stated => return ("as stated".to_owned(), None),
    };
    let numbers = row.get("numbers").and_then(Value::as_array).cloned().unwrap_or_default();
    let read = |number: &Value| text(number, "value")?.parse::<i128>().ok();
    let inputs: Vec<i128> = numbers.iter().filter_map(read).collect();
    let Ok(gives) = Run::new(&charter.program).call(rule, &inputs) else {
        return ("the rule gives nothing for these numbers".to_owned(), Some(false));
    };
    let declared = charter.inputs(rule);
    let told = inputs.iter().enumerate().map(|(place, number)| {
        let input = declared.and_then(|inputs| inputs.get(place)).copied();
        value(charter, input, *number)
    });
    let told: Vec<_> = told.collect();
    let name = charter.program.rule(rule).map_or("", |rule| &rule.name);
    let sum = |name: &str| text(row, name).and_then(|sum| minor(known, sum)).unwrap_or(0);
    let words = format!("{name}({}) = {}", told.join(", "), result(charter, rule, gives));
    (words, Some(gives.max(0) == sum("amount") + sum("missed")))
}
