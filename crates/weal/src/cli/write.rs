//! Commands that write to the book: build an act, show its sentence, sign, send.

use super::args::{Cli, Format, WriteCommand};
use super::client::Client;
use super::output::{self, Exit, Failure};
use super::{keys, output::pretty};
use serde_json::{Map, Value, json};
use std::io::Read as _;
use weal_kernel::{Act, Hash};
use weal_proof::{Envelope, limits};
use weal_services::compose::{Signer, random_nonce};
use weal_services::{codes, sentence};

const ENVELOPE: &str = "application/vnd.dsse+json";

/// Runs a command that writes.
pub(crate) fn run(cli: &Cli, command: &WriteCommand) -> Result<(), Failure> {
    let client = Client::new(&cli.node);
    match command {
        WriteCommand::Register { name, names, kind } => register(cli, &client, (name, names, kind)),
        WriteCommand::Sign { file } => sign(cli, file),
        WriteCommand::Submit { file } => send(cli, &client, &read(file)?).map(|_| ()),
        WriteCommand::Act { file, to_file } => {
            let act = parse_act(&read(file)?)?;
            match to_file {
                _ if cli.dry_run => output::line(&sentence::sentence(&act)),
                None => perform(cli, &client, act).map(|_| ()),
                Some(path) => {
                    let envelope = signed(cli, &client, act)?;
                    std::fs::write(path, envelope.to_bytes()).map_err(Failure::error)?;
                    output::note(&format!(
                        "signed; others add theirs with `weal sign {}`",
                        path.display()
                    ));
                    Ok(())
                }
            }
        }
        WriteCommand::Take { item, quantity, pack, claim } => {
            take(cli, &client, (item, *quantity, pack.as_deref(), *claim))
        }
        WriteCommand::Ask { item, .. } => {
            check_item(&client, item)?;
            perform(cli, &client, act(&client, command)?).map(|_| ())
        }
        other => perform(cli, &client, act(&client, other)?).map(|_| ()),
    }
}

/// The act of a plain command.
fn act(client: &Client, command: &WriteCommand) -> Result<Act, Failure> {
    let value = match command {
        WriteCommand::Ask { .. } => ask(command),
        WriteCommand::Dispatch { to, lines, need } => {
            let mut body = json!({ "to": client.resolve(to)?, "lines": lots(client, lines)? });
            if let (Some(need), Some(body)) = (need, body.as_object_mut()) {
                body.insert("need".into(), json!(client.resolve(need)?));
            }
            json!({ "holding.dispatch": body })
        }
        WriteCommand::Accept { shipment, lines } => {
            let shipment = client.resolve(shipment)?;
            json!({ "holding.accept": { "shipment": shipment, "lines": lots(client, lines)? } })
        }
        WriteCommand::Consume { lines, ward } => {
            let mut body = json!({ "lines": lots(client, lines)? });
            if let (Some(ward), Some(body)) = (ward, body.as_object_mut()) {
                body.insert("ward".into(), json!(ward));
            }
            json!({ "holding.consume": body })
        }
        WriteCommand::Respond { record, kind, reason } => {
            let record = client.resolve(record)?;
            let mut body = json!({ "record": record, "kind": kind });
            if let (Some(reason), Some(body)) = (reason, body.as_object_mut()) {
                body.insert("reason".into(), json!(reason));
            }
            json!({ "record.respond": body })
        }
        _ => return Err(Failure::usage("this command builds no act")),
    };
    parse_act(value.to_string().as_bytes())
}

/// A typing error would make a need that nothing can meet.
fn check_item(client: &Client, code: &str) -> Result<(), Failure> {
    let answer = client.get("/v1/state", &[("key", format!("item/{code}"))])?;
    match answer.pointer("/entry/value") {
        Some(Value::String(_)) => Ok(()),
        _ => Err(Failure::new(Exit::NotFound, format!("there is no item called {code}"))
            .help("list items with `weal record list --act item.define`")),
    }
}

fn parse_act(bytes: &[u8]) -> Result<Act, Failure> {
    weal_proof::json::check(bytes).map_err(Failure::usage)?;
    serde_json::from_slice(bytes).map_err(|e| {
        Failure::usage(format!("this is no act: {e}"))
            .help("an act looks like {\"record.post\":{...}}; see spec/operations.md")
    })
}

fn ask(command: &WriteCommand) -> Value {
    let WriteCommand::Ask {
        item,
        quantity,
        per_day,
        urgency,
        specification,
        reason,
        beds,
        days,
        use_per_1000_bed_days,
    } = command
    else {
        return Value::Null;
    };
    let asked = match (quantity, per_day) {
        (Some(amount), _) => json!({ "stated": { "amount": amount } }),
        (None, Some(amount)) => json!({ "per_day": { "amount": amount } }),
        (None, None) => json!({ "unbounded": {} }),
    };
    let mut body = Map::new();
    body.insert("item".into(), json!(item));
    body.insert("quantity".into(), asked);
    body.insert("urgency".into(), json!(urgency));
    for (name, value) in [("specification", specification), ("reason", reason)] {
        if let Some(value) = value {
            body.insert(name.into(), json!(value));
        }
    }
    if let Some(beds) = beds {
        let basis = json!({
            "beds": beds,
            "days": days,
            "use_per_1000_bed_days": use_per_1000_bed_days,
            "source": "stated by the one who asks",
        });
        body.insert("basis".into(), basis);
    }
    json!({ "record.post": { "schema": "need", "body": body } })
}

/// `LOT=QUANTITY` lines; a lot is `L-120.0` or a full id.
fn lots(client: &Client, lines: &[String]) -> Result<Value, Failure> {
    let parse = |line: &String| {
        let wrong = || Failure::usage(format!("{line} is not LOT=QUANTITY, such as L-1209.0=40"));
        let (lot, quantity) = line.split_once('=').ok_or_else(wrong)?;
        let (entry, number) = lot.split_once('.').unwrap_or((lot, "0"));
        let quantity: u64 = quantity.parse().map_err(|_| wrong())?;
        let lot = format!("{}.{number}", client.resolve(entry)?);
        Ok(json!({ "lot": lot, "quantity": quantity }))
    };
    lines.iter().map(parse).collect::<Result<Vec<_>, Failure>>().map(Value::Array)
}

fn register(
    cli: &Cli,
    client: &Client,
    (name, names, kind): (&str, &[String], &str),
) -> Result<(), Failure> {
    let network = client.network()?;
    let key_name = keys::name(cli)?;
    if let Some(known) = keys::principal(key_name, &network)? {
        return Err(Failure::error(format!("{key_name} is registered in this book as {known}")));
    }
    let key = keys::load(key_name)?;
    let mut translated = Map::new();
    for pair in names {
        let (language, name) = pair.split_once('=').ok_or_else(|| {
            Failure::usage(format!("{pair} is not LANG=NAME, such as en=Lakeside"))
        })?;
        translated.insert(language.into(), json!(name));
    }
    let act = json!({ "principal.register": {
        "kind": kind,
        "name": name,
        "names": translated,
        "keys": { "keys": [key.public()], "threshold": 1 },
    } });
    let act = parse_act(act.to_string().as_bytes())?;
    let signer = Signer { network, actor: None, mandate: None, keys: vec![key] };
    let Some(id) = sign_and_send(cli, client, &signer, act)? else { return Ok(()) };
    keys::remember(key_name, &network, &id)
}

fn take(
    cli: &Cli,
    client: &Client,
    (item, quantity, pack, claim): (&str, u64, Option<&str>, bool),
) -> Result<(), Failure> {
    let mut line = json!({ "item": item, "quantity": quantity });
    if let (Some(pack), Some(line)) = (pack, line.as_object_mut()) {
        line.insert("pack".into(), json!(client.resolve(pack)?));
    }
    let mut body = json!({ "lines": [line] });
    let mut code = None;
    if claim {
        let mut random = [0; 15];
        getrandom::fill(&mut random).map_err(Failure::error)?;
        let made = codes::claim_code(random);
        if let (Some(hash), Some(body)) = (codes::claim_hash(&made), body.as_object_mut()) {
            body.insert("claim".into(), json!(hash));
        }
        code = Some(made);
    }
    let act = parse_act(json!({ "holding.mint": body }).to_string().as_bytes())?;
    let sent = perform(cli, client, act)?;
    if let (Some(_), Some(code)) = (sent, code) {
        output::note("give this code to the donor; nobody can look it up later:");
        output::line(&code)?;
    }
    Ok(())
}

/// Signs for others to sign too: two people meet where there may be no network, so the book this
/// key registered in last will do.
fn signed(cli: &Cli, client: &Client, act: Act) -> Result<Envelope, Failure> {
    let network = match client.network() {
        Err(failure) if failure.exit == Exit::NoNode => {
            keys::last_network(keys::name(cli)?)?.ok_or(failure)?
        }
        known => known?,
    };
    let signer = keys::signer(cli, network)?;
    let nonce = random_nonce().map_err(Failure::error)?;
    Ok(signer.envelope(act, crate::serve::now(), nonce))
}

fn perform(cli: &Cli, client: &Client, act: Act) -> Result<Option<Hash>, Failure> {
    let signer = keys::signer(cli, client.network()?)?;
    sign_and_send(cli, client, &signer, act)
}

/// Signs an act and sends it; with `--dry-run` only says what would be signed.
pub(crate) fn sign_and_send(
    cli: &Cli,
    client: &Client,
    signer: &Signer,
    act: Act,
) -> Result<Option<Hash>, Failure> {
    let words = sentence::sentence(&act);
    let nonce = random_nonce().map_err(Failure::error)?;
    let envelope = signer.envelope(act, crate::serve::now(), nonce);
    weal_kernel::check_shape(&signer.network, &envelope.to_bytes())?;
    if cli.dry_run {
        output::line(&words)?;
        output::note(&String::from_utf8_lossy(envelope.payload()));
        return Ok(None);
    }
    if !cli.quiet {
        output::note(&format!("signing: {words}"));
    }
    send(cli, client, &envelope.to_bytes()).map(Some)
}

fn send(cli: &Cli, client: &Client, envelope: &[u8]) -> Result<Hash, Failure> {
    let id = Envelope::from_bytes(envelope).map_err(Failure::error)?.id();
    let answer = client.post("/v1/operations", ENVELOPE, envelope, !cli.no_wait)?;
    if cli.output == Format::Table {
        match answer.get("index").and_then(Value::as_u64) {
            Some(index) => output::line(&format!("final, {} ({id})", number(client, index)))?,
            None => {
                output::line(&format!("received ({id}); it could still be lost until it is final"))?
            }
        }
    } else {
        output::line(&pretty(&answer))?;
    }
    Ok(id)
}

/// The number people will quote, once the lists have it; until then that of the bare entry.
fn number(client: &Client, index: u64) -> String {
    for _ in 0..10 {
        let record = client.get(&format!("/v1/records/{index}"), &[]).unwrap_or_default();
        if let Some(number) = record.pointer("/entry/number").and_then(Value::as_str) {
            return number.to_owned();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    codes::number('R', index)
}

fn read(file: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let most = limits::ENVELOPE_BYTES as u64 + 1;
    if file == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes).map_err(Failure::error)?;
    } else {
        let fail = |e| Failure::new(Exit::NotFound, format!("{file}: {e}"));
        let open = std::fs::File::open(file).map_err(fail)?;
        open.take(most).read_to_end(&mut bytes).map_err(fail)?;
    }
    Ok(bytes)
}

/// Adds one's own signature to an envelope, after saying what it stands for.
fn sign(cli: &Cli, file: &std::path::Path) -> Result<(), Failure> {
    let mut envelope =
        Envelope::from_bytes(&read(&file.to_string_lossy())?).map_err(Failure::error)?;
    let payload: weal_kernel::Payload =
        serde_json::from_slice(envelope.payload()).map_err(Failure::error)?;
    let words = sentence::sentence(&payload.act);
    output::line(&words)?;
    if cli.dry_run {
        return Ok(());
    }
    let key = keys::load(keys::name(cli)?)?;
    envelope.sign(&key);
    std::fs::write(file, envelope.to_bytes()).map_err(Failure::error)?;
    output::note(&format!(
        "signed by {} keys; send it with `weal submit {}`",
        envelope.signatures().len(),
        file.display()
    ));
    Ok(())
}
