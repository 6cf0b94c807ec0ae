//! `weal fund open`: a new case, by default under a fresh key that leads to nobody.

use super::super::args::Cli;
use super::super::charter::Signing;
use super::super::charter::sign::{act, perform_as};
use super::super::charter::words::{number, small};
use super::super::client::Client;
use super::super::keys;
use super::super::output::{self, Failure};
use super::book::{self, Known};
use super::own::{self, Own};
use serde_json::{Map, Value, json};
use std::time::Duration;
use weal_charter::model::Actor;
use weal_proof::Hash;

/// What was asked for.
pub(super) struct Asked<'a> {
    /// Fields as `NAME=VALUE`.
    pub(super) fields: &'a [String],
    /// Parties as `NAME=PRINCIPAL[:WEIGHT]`.
    pub(super) parties: &'a [String],
    /// The document behind it.
    pub(super) reference: Option<&'a str>,
}

/// Runs the command.
pub(super) fn run(
    cli: &Cli,
    client: &Client,
    fund: &str,
    asked: &Asked<'_>,
    signing: &Signing,
) -> Result<(), Failure> {
    let known = book::find(client, fund)?;
    check_role(cli, &known)?;
    let body = body(cli, client, &known, asked)?;
    check_signers(&known, signing)?;
    let act = act(json!({ "charter.open": body }))?;
    if cli.dry_run {
        return output::line(&weal_services::sentence::sentence(&act));
    }
    let name = opener(cli, client, &known)?;
    let network = client.network()?;
    let signer = keys::signer_called(&name, network)?;
    let Some(operation) = perform_as(cli, client, signing, (signer, act))? else {
        return Ok(());
    };
    if cli.no_wait {
        output::note("its number is known once it is final: `weal fund show`");
        return Ok(());
    }
    let number = opened(client, &operation)?;
    let own = Own { charter: known.id, case: number, key: name };
    own::remember(&network, &own)?;
    let Own { key, .. } = own;
    output::note(&format!("you have {} {number} of {}", known.charter.case, known.charter.name));
    output::note(&format!("see it with `weal fund case {} {number} --as {key}`", known.id));
    Ok(())
}

/// The key that opens: the one that the command line names, or a fresh one.
fn opener(cli: &Cli, client: &Client, known: &Known) -> Result<String, Failure> {
    let needs_role = !known.charter.opened_by.is_empty();
    match &cli.actor {
        Some(actor) if needs_role || own::is_named() => Ok(actor.clone()),
        _ => own::fresh(cli, client, &known.id),
    }
}

/// Where only some may open a case, somebody is named.
fn check_role(cli: &Cli, known: &Known) -> Result<(), Failure> {
    if known.charter.opened_by.is_empty() || cli.actor.is_some() {
        return Ok(());
    }
    let names = known.charter.opened_by.iter().map(|role| Actor::Role(*role));
    let names: Vec<_> = names.map(|role| known.charter.actor_name(role)).collect();
    Err(Failure::usage(format!("only {} may open a case here", names.join(" or ")))
        .help("name a key with that credential: --as KEY"))
}

/// Whoever must sign besides the opener can.
fn check_signers(known: &Known, signing: &Signing) -> Result<(), Failure> {
    let signs = known.charter.parties.iter().filter(|party| party.signs && !party.opens);
    let names: Vec<_> = signs.map(|party| party.name.as_str()).collect();
    if names.is_empty() || !signing.others.is_empty() || signing.to_file.is_some() {
        return Ok(());
    }
    Err(Failure::usage(format!("the {} signs too", names.join(" and "))).help(
        "write it down with --to-file FILE, let them `weal sign FILE`, then `weal submit FILE`; \
         or name their key with --with KEY if it is on this machine",
    ))
}

/// The case that an operation opened. The state may be a moment behind.
fn opened(client: &Client, operation: &Hash) -> Result<u64, Failure> {
    for _ in 0..50 {
        let key = weal_kernel::state::keys::opened(operation);
        if let Some((_, number)) = book::state::<(Hash, u64)>(client, key)? {
            return Ok(number);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(Failure::error("the case was opened, and its number is not known yet")
        .help("look it up with `weal fund show`"))
}

fn body(cli: &Cli, client: &Client, known: &Known, asked: &Asked<'_>) -> Result<Value, Failure> {
    let charter = &known.charter;
    let mut fields = Map::new();
    for pair in asked.fields {
        let (name, text) = pair.split_once('=').ok_or_else(|| {
            Failure::usage(format!("{pair} is not NAME=VALUE, such as born=1990"))
        })?;
        if !charter.fields.iter().any(|field| field.name == name) {
            let names = charter.fields.iter().map(|field| field.name.clone());
            return Err(book::no_such("field", name, names));
        }
        fields.insert(name.to_owned(), json!(small(text, &charter.money)?));
    }
    let missing = charter.fields.iter().filter(|field| field.set_by == Actor::Anyone);
    let missing: Vec<_> = missing
        .filter(|field| !fields.contains_key(&field.name))
        .map(|field| format!("--field {}=… ({} to {})", field.name, field.low, field.high))
        .collect();
    if !missing.is_empty() {
        return Err(Failure::usage("the text wants more to be stated").help(missing.join(", ")));
    }
    let mut parties: Map<String, Value> = Map::new();
    for pair in asked.parties {
        let (name, person) = pair.split_once('=').ok_or_else(|| {
            Failure::usage(format!("{pair} is not NAME=PRINCIPAL, such as recipient=R-42"))
        })?;
        if !charter.parties.iter().any(|party| party.name == name) {
            let names = charter.parties.iter().map(|party| party.name.clone());
            return Err(book::no_such("party", name, names));
        }
        let share = share(cli, client, person, &charter.money)?;
        let list = parties.entry(name).or_insert_with(|| json!([]));
        if let Some(list) = list.as_array_mut() {
            list.push(share);
        }
    }
    if charter.is_unique && asked.reference.is_none() {
        return Err(Failure::usage("the text wants the document behind it")
            .help("name it as its maker numbers it: --reference INV-2026-117"));
    }
    let mut body = json!({ "charter": known.id, "fields": fields, "parties": parties });
    if let (Some(body), Some(reference)) = (body.as_object_mut(), asked.reference) {
        body.insert("reference".into(), json!(reference));
    }
    Ok(body)
}

/// `PRINCIPAL` or `PRINCIPAL:WEIGHT`.
pub(super) fn share(
    cli: &Cli,
    client: &Client,
    text: &str,
    currency: &str,
) -> Result<Value, Failure> {
    let (who, weight) = match text.rsplit_once(':') {
        Some((who, weight)) => (who, weight),
        None => (text, "1"),
    };
    let weight = number(weight, currency)?;
    let weight = u64::try_from(weight).ok().filter(|weight| *weight > 0);
    let weight =
        weight.ok_or_else(|| Failure::usage(format!("{text} has no weight above zero")))?;
    Ok(json!({ "principal": book::who(cli, client, who)?, "weight": weight }))
}
