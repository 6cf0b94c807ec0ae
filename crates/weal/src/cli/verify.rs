//! `weal verify`: checks a receipt with the `proof` crate alone.

use super::args::{Cli, Format, VerifyArgs};
use super::client::{Client, path};
use super::output::{self, Exit, Failure};
use serde_json::json;
use std::io::Read as _;
use weal_proof::receipt::{Proven, ReceiptError};
use weal_proof::{Hash, Receipt, limits};

/// Runs the command.
pub(crate) fn run(cli: &Cli, args: &VerifyArgs) -> Result<(), Failure> {
    let bytes = read(cli, args)?;
    let checked = Receipt::from_bytes(&bytes).and_then(|receipt| receipt.check());
    let proven = checked.map_err(refuse)?;
    if let Some(known) = &args.network {
        let known: Hash = known.parse().map_err(|e| Failure::usage(format!("--network: {e}")))?;
        if known != proven.header.network {
            return Err(Failure::new(Exit::Proof, "the receipt is of another book")
                .help(format!("it names the network {}", proven.header.network)));
        }
    }
    let receipt = Receipt::from_bytes(&bytes).map_err(refuse)?;
    report(cli, args, &receipt, &proven)
}

fn refuse(error: ReceiptError) -> Failure {
    Failure::new(Exit::Proof, format!("not proven: {error}")).help(
        "fetch the receipt again; if it fails again, ask another institution that keeps the book",
    )
}

fn read(cli: &Cli, args: &VerifyArgs) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let most = limits::RECEIPT_BYTES as u64 + 1;
    if args.receipt == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes).map_err(Failure::error)?;
        return Ok(bytes);
    }
    match std::fs::File::open(&args.receipt) {
        Ok(file) => {
            file.take(most).read_to_end(&mut bytes).map_err(Failure::error)?;
            Ok(bytes)
        }
        Err(_) if !args.offline && !args.receipt.contains(['/', '.']) => fetch(cli, &args.receipt),
        Err(e) => Err(Failure::new(Exit::NotFound, format!("{}: {e}", args.receipt))),
    }
}

fn fetch(cli: &Cli, entry: &str) -> Result<Vec<u8>, Failure> {
    let client = Client::new(&cli.node);
    let id = if weal_services::codes::parse_claim(entry).is_some() {
        let trace = client.get(&path("/v1/gifts/", entry, "/trace"), &[])?;
        trace.get("id").and_then(|id| id.as_str()).unwrap_or_default().to_owned()
    } else {
        client.resolve(entry)?.to_string()
    };
    let receipt = client.get(&format!("/v1/operations/{id}/receipt"), &[])?;
    Ok(receipt.to_string().into_bytes())
}

fn report(cli: &Cli, args: &VerifyArgs, receipt: &Receipt, proven: &Proven) -> Result<(), Failure> {
    let payload = String::from_utf8_lossy(proven.envelope.payload()).into_owned();
    if cli.output != Format::Table {
        let value = json!({
            "verdict": "proven",
            "network": proven.header.network,
            "book": proven.genesis.name,
            "height": proven.header.height,
            "time_ms": proven.header.time_ms,
            "index": receipt.index,
            "operation": proven.operation,
            "validators": proven.genesis.validators.len(),
            "validators_signed": proven.validators_signed,
            "signatures": proven.envelope.signatures().len(),
            "payload": payload,
            "state": receipt.state,
        });
        return output::one(cli, &value, &[]);
    }
    let header = &proven.header;
    let at = output::time(header.time_ms);
    output::line(&format!("ok  book       {} (network {})", proven.genesis.name, header.network))?;
    let of = proven.genesis.validators.len();
    output::line(&format!("ok  block      {} of {at}", header.height))?;
    output::line(&format!(
        "ok  final      signed by {} of {of} institutions",
        proven.validators_signed
    ))?;
    output::line(&format!("ok  entry      {} of {} in the log", receipt.index, header.log_size))?;
    let count = proven.envelope.signatures().len();
    output::line(&format!("ok  signatures {count} valid over the text below"))?;
    for entry in &receipt.state {
        let value = entry.value.as_deref().unwrap_or("no such entry");
        output::line(&format!("ok  state      {} = {value}", entry.key))?;
    }
    if !cli.quiet {
        output::line(&payload)?;
        if args.network.is_none() {
            output::note(
                "compare the network's id with the one you know, or give it with --network",
            );
        }
    }
    Ok(())
}
