//! `weal witness`: cosigns what logs say of themselves, as long as they only grow; and whom a node
//! asks for that.

use super::keys;
use super::node::runtime;
use super::output::{self, Failure};
use crate::door::{self, DoorLimits};
use crate::serve::{self, Live};
use crate::witness::limits::WITNESSES;
use crate::witness::server::{Server, router};
use crate::witness::{Witness, asking};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use weal_node::{read_key, write_key};
use weal_proof::note::{KeyKind, VerifierKey, is_name};

/// `weal witness`
#[derive(Debug, Args)]
pub(crate) struct ServerArgs {
    /// Directory of the witness: its key, and what it signed last.
    #[arg(long, default_value = "weal-witness", env = "WEAL_WITNESS_DIR")]
    data: PathBuf,
    /// Address to answer at.
    #[arg(long, default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    /// Key of a log to cosign, repeated for each; a node shows its own at /log/keeper.vkey.
    #[arg(long = "log", value_name = "VKEY")]
    logs: Vec<String>,
    /// Name in its signatures, such as witness.example.org; without it, one made from its key.
    #[arg(long)]
    name: Option<String>,
}

/// Whom a node asks to cosign.
#[derive(Debug, Args)]
pub(crate) struct WitnessArgs {
    /// Witness to ask for cosignatures, repeated for each.
    #[arg(long = "witness", value_name = "VKEY@URL")]
    pub(crate) witnesses: Vec<Witness>,
}

/// Asks the witnesses as long as the node runs.
pub(crate) fn ask(args: &WitnessArgs, live: &Arc<Live>) -> Result<(), Failure> {
    if args.witnesses.len() > WITNESSES {
        return Err(Failure::usage(format!("--witness: at most {WITNESSES}")));
    }
    if !args.witnesses.is_empty() {
        asking::start(live, args.witnesses.clone()).map_err(Failure::error)?;
    }
    Ok(())
}

/// Runs the command.
pub(crate) fn run(args: &ServerArgs) -> Result<(), Failure> {
    let server = server(args)?;
    let limits = DoorLimits::for_files(weal_node::raise_files().map_err(Failure::error)?);
    runtime()?.block_on(async {
        let listener = serve::listen(args.listen).await.map_err(Failure::error)?;
        let address = listener.local_addr().map_err(Failure::error)?;
        output::line(&format!("{}@http://{address}", server.vkey()))?;
        output::note(&format!("a witness of {} keys answers at {address}", args.logs.len()));
        output::note("give a node the line above with --witness; Ctrl-C ends it");
        tokio::select! {
            never = door::serve(listener, router(server), limits) => match never {},
            () = serve::asked_to_stop() => Ok(()),
        }
    })
}

/// A witness with the key in its directory, which is made at the first start.
fn server(args: &ServerArgs) -> Result<Arc<Server>, Failure> {
    if args.logs.is_empty() {
        return Err(Failure::usage("a witness cosigns only logs that it knows: give --log"));
    }
    let log = |text: &String| {
        let key: Result<VerifierKey, _> = text.trim().parse();
        key.ok().filter(|key| key.kind == KeyKind::Ed25519).ok_or_else(|| {
            Failure::usage(format!("--log {text}: this is no key of a log (type 0x01)"))
        })
    };
    let logs: Vec<_> = args.logs.iter().map(log).collect::<Result<_, _>>()?;
    std::fs::create_dir_all(&args.data).map_err(Failure::error)?;
    let path = args.data.join("witness.key");
    if !path.exists() {
        write_key(&path, &keys::random()?).map_err(Failure::error)?;
    }
    let key = read_key(&path).map_err(Failure::error)?;
    let short = key.public().to_string().chars().take(16).collect::<String>();
    let name = args.name.clone().unwrap_or_else(|| format!("commonweal-witness/{short}"));
    if !is_name(&name) {
        return Err(Failure::usage("--name: a name has no white space and no plus"));
    }
    Ok(Server::new(name, key, logs, args.data.clone()))
}
