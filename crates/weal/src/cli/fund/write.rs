//! Paying in, claiming, vouching, naming, passing on and drawing.

use super::super::args::Cli;
use super::super::charter::Signing;
use super::super::charter::sign::{act, perform_as};
use super::super::charter::words::{minor, money, month, small};
use super::super::client::Client;
use super::super::keys;
use super::super::output::{self, Failure};
use super::args::FundCommand;
use super::book::{self, Known};
use super::{open, own, purse};
use serde_json::{Value, json};
use std::time::Duration;
use weal_charter::due::Clerk;
use weal_charter::model::{Amount, Source};
use weal_proof::Hash;
use weal_services::compose::Signer;

/// How long `weal fund run --watch` waits before it looks again.
const LOOK_AGAIN: Duration = Duration::from_secs(3_600);

/// Runs a command that writes.
pub(super) fn run(cli: &Cli, client: &Client, command: &FundCommand) -> Result<(), Failure> {
    match command {
        FundCommand::Pay { fund, amount, flow, case, lots, signing } => {
            let at = At::find(cli, client, fund, *case)?;
            pay(&at, (amount.as_deref(), flow.as_deref()), lots, signing)
        }
        FundCommand::Claim { fund, flow, case, amount, signing } => {
            let at = At::find(cli, client, fund, *case)?;
            claim(&at, flow, amount.as_deref(), signing)
        }
        FundCommand::Run { fund, watch, signing } => {
            let at = At::find(cli, client, fund, None)?;
            calendar(&at, *watch, signing)
        }
        FundCommand::Vouch { fund, evidence, case, document, retract, signing } => {
            let at = At::find(cli, client, fund, *case)?;
            vouch(&at, evidence, (document.as_deref(), *retract), signing)
        }
        FundCommand::State { fund, field, value, case, signing } => {
            let at = At::find(cli, client, fund, *case)?;
            let value = small(value, &at.known.charter.money)?;
            let body = json!({ "case": at.case()?, "field": field, "value": value });
            at.send("charter.state", body, signing).map(drop)
        }
        FundCommand::Name { fund, party, people, case, signing } => {
            let at = At::find(cli, client, fund, *case)?;
            let read = |person: &String| open::share(cli, client, person, &at.known.charter.money);
            let people = people.iter().map(read).collect::<Result<Vec<_>, Failure>>()?;
            let body = json!({ "case": at.case()?, "party": party, "people": people });
            at.send("charter.name", body, signing).map(drop)
        }
        FundCommand::Pass { fund, party, weight, to, price, case, signing } => {
            let at = At::find(cli, client, fund, *case)?;
            pass(&at, (party, weight), (to, price.as_deref()), signing)
        }
        FundCommand::Draw { fund, amount, to, into, signing } => {
            let at = At::find(cli, client, fund, None)?;
            draw(&at, amount.as_deref(), (to.as_deref(), into.as_deref()), signing)
        }
        _ => Err(Failure::usage("this command writes nothing")),
    }
}

/// A fund, a case in it, and who acts.
struct At<'a> {
    cli: &'a Cli,
    client: &'a Client,
    known: Known,
    case: Option<u64>,
    key: Option<String>,
}

impl<'a> At<'a> {
    fn find(
        cli: &'a Cli,
        client: &'a Client,
        fund: &str,
        case: Option<u64>,
    ) -> Result<At<'a>, Failure> {
        let known = book::find(client, fund)?;
        let (case, key) = own::meant(cli, client, &known.id, case)?;
        Ok(At { cli, client, known, case, key })
    }

    /// The case that is meant.
    fn case(&self) -> Result<u64, Failure> {
        self.case.ok_or_else(|| {
            Failure::usage(format!("which {}?", self.known.charter.case)).help(format!(
                "name its number, below {}; yours are told by `weal fund mine`",
                self.known.entry.cases
            ))
        })
    }

    fn signer(&self) -> Result<Signer, Failure> {
        match &self.key {
            Some(key) => keys::signer_called(key, self.client.network()?),
            None => keys::signer(self.cli, Hash::ZERO),
        }
    }

    fn money(&self, minor: u64) -> String {
        money(&self.known.entry.currency, i128::from(minor))
    }

    /// Signs and sends an act about this charter.
    fn send(
        &self,
        name: &str,
        mut body: Value,
        signing: &Signing,
    ) -> Result<Option<Hash>, Failure> {
        if let Some(body) = body.as_object_mut() {
            body.insert("charter".into(), json!(self.known.id));
            body.retain(|_, value| !value.is_null());
        }
        let act = act(json!({ name: body }))?;
        perform_as(self.cli, self.client, signing, (self.signer()?, act))
    }
}

/// `weal fund pay`
fn pay(
    at: &At<'_>,
    (amount, flow): (Option<&str>, Option<&str>),
    lots: &[String],
    signing: &Signing,
) -> Result<(), Failure> {
    let known = &at.known;
    let ways: Vec<_> =
        known.charter.flows.iter().filter(|flow| flow.source == Source::Outside).collect();
    let names = || ways.iter().map(|flow| flow.name.clone());
    let flow = match (flow, ways.as_slice()) {
        (None, [only]) => *only,
        (Some(name), _) => *ways
            .iter()
            .find(|flow| flow.name == name)
            .ok_or_else(|| book::no_such("way in", name, names()))?,
        (None, _) => {
            let names: Vec<_> = names().collect();
            let names = names.join(" or --flow ");
            return Err(Failure::usage("money comes in by several ways")
                .help(format!("say which: --flow {names}")));
        }
    };
    let number = if flow.per_case { Some(at.case()?) } else { None };
    let case = number.map(|number| known.case(at.client, number)).transpose()?;
    let amount = match (amount, flow.amount) {
        (Some(text), _) => minor(text, &known.entry.currency)?,
        (None, Amount::Rule(rule)) => {
            let due = Clerk::new(&known.charter)
                .ask(rule, &|input| known.value(case.as_ref(), 0, input))
                .map_err(Failure::error)?;
            u64::try_from(due).unwrap_or(0)
        }
        (None, _) => {
            return Err(Failure::usage("how much?").help("name the sum: weal fund pay FUND 100.00"));
        }
    };
    if amount == 0 {
        return Err(Failure::error(format!("nothing is due by {}", flow.name)));
    }
    let signer = at.signer()?;
    let payer = signer.actor.unwrap_or_default();
    let lines = purse::lines(at.client, known, &payer, (amount, lots))?;
    let body = json!({ "flow": flow.name, "case": number, "lines": lines });
    at.send("charter.pay", body, signing).map(drop)
}

/// `weal fund claim`
fn claim(at: &At<'_>, flow: &str, amount: Option<&str>, signing: &Signing) -> Result<(), Failure> {
    let known = &at.known;
    let number = known.flow(flow)?;
    let Some(declared) = known.charter.flows.get(number) else { return Ok(()) };
    if declared.source == Source::Outside {
        return Err(Failure::usage(format!("{flow} brings money in"))
            .help(format!("pay with `weal fund pay … --flow {flow}`")));
    }
    if declared.clock().is_some() {
        return Err(Failure::usage(format!("the calendar brings {flow} about"))
            .help("anybody may carry it on: `weal fund run …`"));
    }
    let case = if declared.per_case { Some(at.case()?) } else { None };
    let amount = amount.map(|text| minor(text, &known.entry.currency)).transpose()?;
    let moved = known.entry.flows.get(number).map_or(0, |state| state.moved);
    let body = json!({ "flow": flow, "case": case, "amount_minor": amount });
    let sent = at.send("charter.trigger", body, signing)?;
    if sent.is_some() && !at.cli.no_wait && !at.cli.quiet {
        let after = book::find(at.client, &known.id.to_string())?;
        let state = after.entry.flows.get(number);
        let now = state.map_or(0, |state| state.moved);
        let to = known.charter.target_name(declared.to);
        match now.checked_sub(moved) {
            Some(0) | None if declared.wait_days > 0 => output::note(&format!(
                "the waiting time has begun: claim it again in {} days",
                declared.wait_days
            )),
            Some(0) | None => output::note("nothing moved"),
            Some(minor) => output::note(&format!("{} moved to {to}", at.money(minor))),
        }
        if declared.is_outward() && now > moved {
            output::note("who was paid takes it with `weal fund draw`");
        }
    }
    Ok(())
}

/// `weal fund run`
fn calendar(at: &At<'_>, watch: bool, signing: &Signing) -> Result<(), Failure> {
    let mut batches = 0u64;
    loop {
        let sent = at.send("charter.run", json!({}), signing);
        match sent {
            Ok(Some(_)) if !at.cli.no_wait => batches += 1,
            Ok(_) => return Ok(()),
            Err(failure) if failure.code.as_deref() == Some("CHAR-18") => {
                let known = book::find(at.client, &at.known.id.to_string())?;
                let next = month(i128::from(known.entry.calendar.month));
                match (watch, batches) {
                    (false, 0) => return Err(failure),
                    (false, _) => {
                        output::note(&format!(
                            "all is carried out; the calendar goes on in {next}"
                        ));
                        return Ok(());
                    }
                    (true, _) => output::note(&format!("nothing is due; next in {next}")),
                }
                std::thread::sleep(LOOK_AGAIN);
            }
            Err(failure) if watch && failure.exit == output::Exit::NoNode => {
                output::note(&failure.message);
                std::thread::sleep(LOOK_AGAIN);
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// `weal fund vouch`
fn vouch(
    at: &At<'_>,
    evidence: &str,
    (document, retract): (Option<&str>, bool),
    signing: &Signing,
) -> Result<(), Failure> {
    let charter = &at.known.charter;
    if !charter.evidence.iter().any(|known| known.name == evidence) {
        let names = charter.evidence.iter().map(|known| format!("“{}”", known.name));
        return Err(book::no_such("evidence", evidence, names));
    }
    let document = document.map(|name| match name.parse::<Hash>() {
        Ok(hash) => Ok(hash),
        Err(_) => std::fs::read(name)
            .map(|bytes| Hash::of(&[&bytes]))
            .map_err(|e| Failure::error(format!("{name}: {e}"))),
    });
    let document = document.transpose()?;
    let mut body = json!({ "case": at.case()?, "evidence": evidence, "document": document });
    if let (Some(body), true) = (body.as_object_mut(), retract) {
        body.insert("retract".into(), json!(true));
    }
    at.send("charter.vouch", body, signing).map(drop)
}

/// `weal fund pass`
fn pass(
    at: &At<'_>,
    (party, weight): (&str, &str),
    (to, price): (&str, Option<&str>),
    signing: &Signing,
) -> Result<(), Failure> {
    let known = &at.known;
    let weight = small(weight, &known.charter.money)?;
    let to = book::who(at.cli, at.client, to)?;
    if signing.others.is_empty() && signing.to_file.is_none() && !at.cli.dry_run {
        return Err(Failure::usage("the one who takes it signs too").help(
            "write it down with --to-file FILE, let him `weal sign FILE`, then `weal submit FILE`; \
             or name his key with --with KEY if it is on this machine",
        ));
    }
    let price = match price {
        None => json!([]),
        Some(text) => {
            let amount = minor(text, &known.entry.currency)?;
            purse::lines(at.client, known, &to, (amount, &[]))?
        }
    };
    let case = at.case()?;
    let body = json!({ "case": case, "party": party, "weight": weight, "to": to, "price": price });
    at.send("charter.pass", body, signing).map(drop)
}

/// `weal fund draw`
fn draw(
    at: &At<'_>,
    amount: Option<&str>,
    (to, into): (Option<&str>, Option<&str>),
    signing: &Signing,
) -> Result<(), Failure> {
    let known = &at.known;
    let amount = amount.map(|text| minor(text, &known.entry.currency)).transpose()?;
    let to = to.map(|to| book::who(at.cli, at.client, to)).transpose()?;
    let into = into.map(|into| onward(at.client, into)).transpose()?;
    let who = at.signer()?.actor.unwrap_or_default();
    let due = known.due(at.client, &who)?;
    let body = json!({ "amount_minor": amount, "to": to, "into": into });
    let sent = at.send("charter.draw", body, signing)?;
    if sent.is_some() && !at.cli.quiet {
        output::note(&format!("{} drawn", at.money(amount.unwrap_or(due))));
    }
    Ok(())
}

/// `FUND:FLOW` or `FUND:FLOW:CASE`: a way into another fund.
fn onward(client: &Client, text: &str) -> Result<Value, Failure> {
    let parts: Vec<_> = text.split(':').collect();
    let (fund, flow, case) = match parts[..] {
        [fund, flow] => (fund, flow, None),
        [fund, flow, case] => (fund, flow, case.parse::<u64>().ok()),
        _ => return Err(Failure::usage("write --into FUND:FLOW, or FUND:FLOW:CASE")),
    };
    if parts.len() == 3 && case.is_none() {
        return Err(Failure::usage("the case in --into is its number"));
    }
    let known = book::find(client, fund)?;
    if known.charter.flow(flow).is_none() {
        let names = known.charter.flows.iter().map(|flow| flow.name.clone());
        return Err(book::no_such("flow", flow, names));
    }
    Ok(json!({ "charter": known.id, "flow": flow, "case": case }))
}
