//! `weal verify`: checks a receipt or a conviction with the `proof` crate alone.

use super::args::{Cli, Format, VerifyArgs};
use super::client::{Client, path};
use super::conviction;
use super::output::{self, Exit, Failure};
use serde_json::json;
use std::io::Read as _;
use std::path::Path;
use weal_proof::conviction::Conviction;
use weal_proof::receipt::{Proven, ReceiptError, SinceError};
use weal_proof::{Hash, Receipt, limits};

/// Runs the command.
pub(crate) fn run(cli: &Cli, args: &VerifyArgs) -> Result<(), Failure> {
    let bytes = read(cli, args)?;
    if Conviction::is_meant(&bytes) {
        return conviction::run(cli, args, &bytes);
    }
    let receipt = Receipt::from_bytes(&bytes).map_err(refuse)?;
    let proven = match &args.since {
        Some(path) => receipt.check_after(&earlier(path)?),
        None => receipt.check(),
    };
    let proven = proven.map_err(refuse)?;
    is_known(args, &proven.header.network)?;
    report(cli, args, &receipt, &proven)
}

/// Whether the book is the one that was asked for.
pub(crate) fn is_known(args: &VerifyArgs, network: &Hash) -> Result<(), Failure> {
    let Some(known) = &args.network else { return Ok(()) };
    let known: Hash = known.parse().map_err(|e| Failure::usage(format!("--network: {e}")))?;
    if known != *network {
        return Err(Failure::new(Exit::Proof, "the file is of another book")
            .help(format!("it names the network {network}")));
    }
    Ok(())
}

fn earlier(path: &Path) -> Result<Receipt, Failure> {
    let file = std::fs::File::open(path)
        .map_err(|e| Failure::new(Exit::NotFound, format!("{}: {e}", path.display())))?;
    let mut bytes = Vec::new();
    let most = limits::RECEIPT_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(Failure::error)?;
    Receipt::from_bytes(&bytes)
        .map_err(|error| Failure::new(Exit::Proof, format!("--since {}: {error}", path.display())))
}

fn refuse(error: ReceiptError) -> Failure {
    if let ReceiptError::Since(SinceError::Sets(_) | SinceError::Block(_)) = &error {
        return Failure::new(Exit::Proof, format!("not proven: {error}")).help(
            "one of the two receipts is false: keep both, and show them to those who keep the book",
        );
    }
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
            "validators": proven.validators.len(),
            "set": proven.sets.count(),
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
    output::line(&format!("ok  block      {} of {at}", header.height))?;
    output::line(&format!("ok  final      signed by {}", signed_by(proven)))?;
    if let Some(path) = &args.since {
        output::line(&format!("ok  since      one history with {}", path.display()))?;
    }
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

/// Who made the block final; which set they are only where there was more than one.
fn signed_by(proven: &Proven) -> String {
    let (signed, of) = (proven.validators_signed, proven.validators.len());
    let set = match proven.sets.count() {
        1 => String::new(),
        count => format!(" (set {count} since genesis)"),
    };
    format!("{signed} of {of} institutions{set}")
}
