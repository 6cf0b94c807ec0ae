//! A charter's life from the command line: published, reviewed, attested, locked, taken back.

use super::super::args::Cli;
use super::super::client::Client;
use super::super::fund::book;
use super::super::output::{self, Failure};
use super::args::{ReviewCommand, Signing};
use super::ask::Asked;
use super::sign::{act, perform};
use super::{source, words};
use serde_json::json;
use std::collections::BTreeMap;
use weal_charter::model::Proof;
use weal_charter::run::Run;
use weal_charter::{Charter, Proved};
use weal_proof::Hash;

/// `weal charter publish`
pub(super) fn publish(
    cli: &Cli,
    (file, issuer, roles): (&str, &str, &[String]),
    signing: &Signing,
) -> Result<(), Failure> {
    let text = source::read(cli, file)?;
    let proved = text.prove()?;
    let client = Client::new(&cli.node);
    let mut named: BTreeMap<&str, Vec<Hash>> = BTreeMap::new();
    for pair in roles {
        let (role, holder) = pair.split_once('=').ok_or_else(|| {
            Failure::usage(format!("{pair} is not NAME=PRINCIPAL, such as operator=R-42"))
        })?;
        named.entry(role).or_default().push(book::who(cli, &client, holder)?);
    }
    check_roles(&proved.charter, &named)?;
    let issuer = book::who(cli, &client, issuer)?;
    let body = json!({ "text": text.text, "issuer": issuer, "roles": named });
    warn(cli, &proved);
    let sent = perform(cli, &client, signing, act(json!({ "charter.publish": body }))?)?;
    if let Some(id) = sent.filter(|_| !cli.quiet) {
        let charter = &proved.charter;
        output::note(&format!("charter {id}"));
        output::note(&format!(
            "{} days of review and {} auditors, then `weal charter lock {id}`",
            charter.review_days, charter.audits
        ));
    }
    Ok(())
}

/// Every role that the text wants named is named, and no other.
fn check_roles(charter: &Charter, named: &BTreeMap<&str, Vec<Hash>>) -> Result<(), Failure> {
    let wanted = charter.roles.iter().filter(|role| role.proof == Proof::Named);
    let wanted: Vec<_> = wanted.map(|role| role.name.as_str()).collect();
    let all: Vec<_> = wanted.iter().map(|role| format!("--role {role}=PRINCIPAL")).collect();
    let help = match all.is_empty() {
        true => "this text wants nobody named".to_owned(),
        false => format!("this text wants {}", all.join(" ")),
    };
    if let Some(role) = wanted.iter().find(|role| !named.contains_key(*role)) {
        return Err(Failure::usage(format!("nobody is named as {role}")).help(help));
    }
    match named.keys().find(|role| !wanted.contains(role)) {
        Some(role) => Err(Failure::usage(format!("the text names no {role}")).help(help)),
        None => Ok(()),
    }
}

/// What others will see, before one signs.
fn warn(cli: &Cli, proved: &Proved) {
    if cli.quiet {
        return;
    }
    for finding in proved.dossier().findings {
        let word = json!(finding.weight);
        output::note(&format!("{}: {}", word.as_str().unwrap_or_default(), finding.sentence));
    }
}

/// `weal charter review ...`
pub(super) fn review(cli: &Cli, command: &ReviewCommand) -> Result<(), Failure> {
    let client = Client::new(&cli.node);
    let (charter, remark, signing) = match command {
        ReviewCommand::Ask { charter, text, signing } => {
            (charter, json!({ "question": { "text": text } }), signing)
        }
        ReviewCommand::Answer { charter, remark, text, signing } => {
            let to = client.resolve(remark)?;
            (charter, json!({ "answer": { "to": to, "text": text } }), signing)
        }
        ReviewCommand::Defect { charter, rule, values, because, signing } => {
            let id = book::id(&client, charter)?;
            let remark = defect(&book::text(&client, &id)?, rule, values, because)?;
            (charter, remark, signing)
        }
    };
    let id = book::id(&client, charter)?;
    let act = act(json!({ "charter.review": { "charter": id, "remark": remark } }))?;
    perform(cli, &client, signing, act).map(drop)
}

/// A defect as the book wants it shown: with what the rule gives.
fn defect(
    text: &str,
    rule: &str,
    values: &[String],
    because: &str,
) -> Result<serde_json::Value, Failure> {
    let charter = Charter::load(text).map_err(Failure::error)?;
    let asked = Asked::read(&charter, rule, values)?;
    let gives = Run::new(&charter.program).call(asked.rule, &asked.inputs);
    let gives = gives.map_err(|fault| {
        Failure::error(fault).help("a defect is shown with what the rule gives; it gives nothing")
    })?;
    let told = words::result(&charter, asked.rule, gives);
    output::note(&format!("{rule} gives {told} for these inputs"));
    Ok(json!({ "defect": {
        "text": because,
        "rule": rule,
        "inputs": asked.inputs,
        "gives": gives,
    } }))
}

/// `weal charter attest`
pub(super) fn attest(
    cli: &Cli,
    (charter, file): (&str, &str),
    (scope, interest): (&str, &str),
    signing: &Signing,
) -> Result<(), Failure> {
    let client = Client::new(&cli.node);
    let id = book::id(&client, charter)?;
    let read = source::file(file)?;
    let hash = Hash::of(&[read.as_bytes()]);
    let published = book::text(&client, &id)?;
    if published != read {
        return Err(Failure::error(format!("{file} is not the text of this charter"))
            .help(format!("see the difference with `weal charter compare {file} {id}`")));
    }
    let body = json!({ "charter": id, "text": hash, "scope": scope, "interest": interest });
    perform(cli, &client, signing, act(json!({ "charter.attest": body }))?).map(drop)
}

/// Acts that name little more than a charter.
pub(super) fn plain(
    cli: &Cli,
    (charter, name): (&str, &str),
    more: serde_json::Value,
    signing: &Signing,
) -> Result<(), Failure> {
    let client = Client::new(&cli.node);
    let mut body = json!({ "charter": book::id(&client, charter)? });
    if let (Some(body), serde_json::Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    perform(cli, &client, signing, act(json!({ name: body }))?).map(drop)
}

/// `weal charter set`
pub(super) fn set(
    cli: &Cli,
    (charter, parameter): (&str, &str),
    (value, from): (&str, &str),
    signing: &Signing,
) -> Result<(), Failure> {
    let known = book::find(&Client::new(&cli.node), charter)?;
    let declared = known.charter.parameters.iter().find(|p| p.name == parameter);
    if declared.is_none() {
        let names = known.charter.parameters.iter().map(|p| p.name.clone());
        return Err(book::no_such("parameter", parameter, names));
    }
    let value = words::small(value, &known.charter.money)?;
    let more = json!({ "parameter": parameter, "value": value, "source": from });
    plain(cli, (charter, "charter.set"), more, signing)
}
