//! Signs an act about a charter and sends it, or writes it down for others to sign.

use super::super::args::Cli;
use super::super::client::Client;
use super::super::keys;
use super::super::output::{self, Exit, Failure};
use super::super::write::sign_and_send;
use super::args::Signing;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use weal_kernel::{Act, Hash};
use weal_services::compose::{Signer, random_nonce};
use weal_services::sentence::sentence;

/// Signs with the key named by `--as` and sends.
pub(crate) fn perform(
    cli: &Cli,
    client: &Client,
    signing: &Signing,
    act: Act,
) -> Result<Option<Hash>, Failure> {
    let network = match client.network() {
        // Who signs for others to sign may have no network where they meet.
        Err(failure) if failure.exit == Exit::NoNode && signing.to_file.is_some() => {
            keys::last_network(keys::name(cli)?)?.ok_or(failure)?
        }
        known => known?,
    };
    let signer = keys::signer(cli, network)?;
    perform_as(cli, client, signing, (signer, act))
}

/// Signs as somebody and sends.
pub(crate) fn perform_as(
    cli: &Cli,
    client: &Client,
    signing: &Signing,
    (mut signer, act): (Signer, Act),
) -> Result<Option<Hash>, Failure> {
    for name in &signing.others {
        signer.keys.push(keys::load(name)?);
    }
    let words = sentence(&act);
    if let Some(path) = signing.to_file.as_ref().filter(|_| !cli.dry_run) {
        confirm(cli, signing, &words)?;
        let nonce = random_nonce().map_err(Failure::error)?;
        let envelope = signer.envelope(act, crate::serve::now(), nonce);
        weal_kernel::check_shape(&signer.network, &envelope.to_bytes())?;
        std::fs::write(path, envelope.to_bytes()).map_err(Failure::error)?;
        let path = path.display();
        output::note(&format!("signed: {words}"));
        output::note(&format!(
            "others add theirs with `weal sign {path} --as KEY`, then `weal submit {path}`"
        ));
        return Ok(None);
    }
    if !cli.dry_run {
        confirm(cli, signing, &words)?;
    }
    sign_and_send(cli, client, &signer, act)
}

/// Asks the person at the terminal whether this is what he wants to sign.
fn confirm(cli: &Cli, signing: &Signing, words: &str) -> Result<(), Failure> {
    if signing.yes || cli.quiet || !std::io::stdin().is_terminal() {
        return Ok(());
    }
    output::note(&format!("You are about to sign: {words}"));
    let _ = write!(std::io::stderr(), "Sign this? [y/N] ");
    let _ = std::io::stderr().flush();
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(Failure::error)?;
    match line.trim().to_lowercase().as_str() {
        "y" | "yes" | "是" => Ok(()),
        _ => Err(Failure::error("nothing was signed").help("--yes signs without asking")),
    }
}

/// An act from its JSON form.
pub(crate) fn act(value: serde_json::Value) -> Result<Act, Failure> {
    serde_json::from_value(value).map_err(|e| Failure::usage(format!("this is no act: {e}")))
}
