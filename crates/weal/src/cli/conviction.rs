//! `weal verify` of a conviction: who signed two final blocks that cannot both be.

use super::args::{Cli, Format, VerifyArgs};
use super::output::{self, Exit, Failure};
use super::verify;
use serde_json::{Value, json};
use weal_proof::conviction::{Contradiction, Convicted, Conviction, ConvictionError};
use weal_proof::keys::PublicKey;

/// Checks and reports; success means that the conviction holds.
pub(crate) fn run(cli: &Cli, args: &VerifyArgs, bytes: &[u8]) -> Result<(), Failure> {
    if args.since.is_some() {
        return Err(Failure::usage("--since is for receipts; a conviction needs no other file"));
    }
    let checked = Conviction::from_bytes(bytes).and_then(|conviction| conviction.check());
    let convicted = checked.map_err(refuse)?;
    verify::is_known(args, &convicted.headers[0].network)?;
    tell(cli, &convicted)?;
    if args.network.is_none() && !cli.quiet && cli.output == Format::Table {
        output::note("compare the network's id with the one you know, or give it with --network");
    }
    Ok(())
}

/// Says who is convicted, in the format asked for.
pub(crate) fn tell(cli: &Cli, convicted: &Convicted) -> Result<(), Failure> {
    match cli.output {
        Format::Table => report(cli, convicted),
        _ => output::one(cli, &value(convicted), &[]),
    }
}

fn refuse(error: ConvictionError) -> Failure {
    Failure::new(Exit::Proof, format!("nobody is convicted: {error}"))
}

/// The name that the genesis text gives to a key; later institutions have none there.
fn name(convicted: &Convicted, key: &PublicKey) -> Option<String> {
    let keeper = convicted.genesis.validators.iter().find(|keeper| keeper.key == *key);
    keeper.map(|keeper| keeper.name.clone())
}

fn value(convicted: &Convicted) -> Value {
    let [one, other] = &convicted.headers;
    let named = |key: &PublicKey| json!({ "key": key, "name": name(convicted, key) });
    let contradiction = match convicted.contradiction {
        Contradiction::Height => "height",
        Contradiction::LogSize => "log-size",
    };
    json!({
        "verdict": "convicted",
        "network": one.network,
        "book": convicted.genesis.name,
        "heights": [one.height, other.height],
        "contradiction": contradiction,
        "validators": convicted.validators.len(),
        "at_least": convicted.at_least,
        "signed_both": convicted.signed_both.iter().map(named).collect::<Vec<_>>(),
        "each": convicted.each,
    })
}

fn report(cli: &Cli, convicted: &Convicted) -> Result<(), Failure> {
    let [one, other] = &convicted.headers;
    let network = one.network;
    output::line(&format!("ok  book       {} (network {network})", convicted.genesis.name))?;
    output::line(&format!("ok  blocks     {} and {}, both final", one.height, other.height))?;
    let why = match convicted.contradiction {
        Contradiction::Height => "two different blocks of one height".to_owned(),
        Contradiction::LogSize => format!("two different logs of {} entries", one.log_size),
    };
    output::line(&format!("ok  false      {why}"))?;
    let word = if convicted.each { "convicted" } else { "signed both" };
    for key in &convicted.signed_both {
        let name = name(convicted, key).unwrap_or_else(|| "an institution".into());
        output::line(&format!("{word}: {name}, key {key}"))?;
    }
    let (at_least, of) = (convicted.at_least, convicted.validators.len());
    output::line(&format!("at least {at_least} of {of} institutions broke the rules"))?;
    if !convicted.each && !cli.quiet {
        output::note(
            "the blocks were signed in two votes: who signed both may have been deceived by others",
        );
    }
    Ok(())
}
