//! `weal node`: founds a book, runs a node, mirrors or joins a book, rebuilds the read model.

use super::args::{Cli, NodeCommand, RunArgs};
use super::client::Client;
use super::output::{self, Failure};
use super::{backup, doctor, founding, keys, network};
use crate::door::DoorLimits;
use crate::upstream::Upstream;
use crate::{metrics, serve, solo};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use weal_node::{Config, Directory, Source};
use weal_services::book::Reader;

/// Where a mirror remembers whom it follows.
pub(crate) const UPSTREAM: &str = "upstream";

/// Runs the command.
pub(crate) fn run(cli: &Cli, command: &NodeCommand) -> Result<(), Failure> {
    match command {
        NodeCommand::Key { data, name, address, web } => {
            founding::key(&data.data, name, address, web)
        }
        NodeCommand::Init { data, name, founders, genesis, epoch_blocks, approval_percent } => {
            let numbers = (*epoch_blocks, *approval_percent);
            founding::init(&data.data, name, (founders, genesis.as_deref()), numbers)
        }
        NodeCommand::Run(run) => run_node(run),
        NodeCommand::Follow { from, run } => {
            follow(from, run)?;
            run_node(run)
        }
        NodeCommand::Join { from, name, address, web, run } => {
            follow(from, run)?;
            propose(cli, from, run, (name, address, web))?;
            run_node(run)
        }
        NodeCommand::Peers => network::peers(cli),
        NodeCommand::Doctor { data } => doctor::run(&data.data),
        NodeCommand::Backup(args) => backup::make(cli, args),
        NodeCommand::Restore(args) => backup::restore(args),
        NodeCommand::Reindex { data } => reindex(&data.data),
    }
}

/// Fetches the book's first page, and remembers from whom.
fn follow(from: &str, run: &RunArgs) -> Result<(), Failure> {
    let data = &run.data.data;
    network::fetch_book(&Upstream::new(from), data)?;
    let directory = Directory::open(data).map_err(Failure::error)?;
    std::fs::write(data.join(UPSTREAM), format!("{from}\n")).map_err(Failure::error)?;
    output::note(&format!("book \"{}\", network {}", directory.genesis.name, directory.network));
    output::note("compare this id with one you have from elsewhere, by telephone or in print");
    Ok(())
}

/// Proposes this institution, unless it keeps the book or is proposed already.
fn propose(
    cli: &Cli,
    from: &str,
    run: &RunArgs,
    (name, address, web): (&str, &str, &str),
) -> Result<(), Failure> {
    let keeper = founding::keeper(&run.data.data, name, address, web)?;
    let proposed = network::propose_self(cli, &Client::new(from), &run.data.data, keeper)?;
    if let Some(id) = proposed {
        output::note(&format!("proposal {id}: the institutions answer it in public"));
        output::note("each approves with `weal network approve`; until then this node mirrors");
    }
    Ok(())
}

/// Makes a book whose only keeper is a new key in its directory.
pub(crate) fn create(path: &Path, name: &str) -> Result<Directory, Failure> {
    solo::create(path, name, &keys::random()?).map_err(Failure::error)
}

/// Opens a directory for the engine of this process.
pub(crate) fn config(path: &Path, heartbeat: Duration) -> Result<Config, Failure> {
    solo::config(path, heartbeat).map_err(Failure::error)
}

/// A runtime for the faces.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    // What blocks is bounded by the door; these are threads that the system must give.
    builder.worker_threads(2).max_blocking_threads(64).enable_all().build().map_err(Failure::error)
}

fn run_node(run: &RunArgs) -> Result<(), Failure> {
    let files = weal_node::raise_files().map_err(Failure::error)?;
    let limits = DoorLimits { proxies: run.proxies.clone(), ..DoorLimits::for_files(files) };
    let heartbeat = Duration::from_secs(run.heartbeat.clamp(1, 3600));
    let upstream = std::fs::read_to_string(run.data.data.join(UPSTREAM)).ok();
    let upstream = upstream.map(|from| Box::new(Upstream::new(from.trim())) as Box<dyn Source>);
    let config = solo::joined(&run.data.data, heartbeat, run.peers_listen, upstream);
    let (live, reader) =
        serve::start(config.map_err(Failure::error)?, false).map_err(Failure::error)?;
    live.allow_newcomers(run.newcomers);
    super::witness::ask(&run.witness, &live)?;
    let listen = run.listen;
    runtime()?.block_on(async {
        let listener = serve::listen(listen).await.map_err(Failure::error)?;
        if let Some(address) = run.metrics {
            let served = metrics::serve(address, live.clone()).await;
            served.map_err(|e| Failure::error(format!("--metrics {address}: {e}")))?;
        }
        let position = live.node().position();
        output::note(&format!(
            "block {}, {} entries; pages at http://{listen}/",
            position.header.height, position.header.log_size
        ));
        serve::serve(listener, (live, reader), limits).await.map_err(Failure::error)
    })
}

fn reindex(data: &Path) -> Result<(), Failure> {
    let directory = Directory::open(data).map_err(Failure::error)?;
    let book = directory.join("book");
    if book.exists() {
        std::fs::remove_dir_all(&book).map_err(Failure::error)?;
    }
    let bar = progress(0, "blocks");
    let (live, reader) =
        serve::start(config(data, Duration::from_secs(3600))?, false).map_err(Failure::error)?;
    wait_until_indexed(&live, &reader, &bar)?;
    bar.finish_and_clear();
    let entries = live.node().position().header.log_size;
    output::line(&format!("the read model was rebuilt from {} entries", output::group(entries)))
}

/// Waits until the read model has followed all final blocks.
pub(crate) fn wait_until_indexed(
    live: &Arc<serve::Live>,
    reader: &Reader,
    bar: &indicatif::ProgressBar,
) -> Result<(), Failure> {
    loop {
        if let Some(reason) = live.node().failed() {
            return Err(Failure::error(reason));
        }
        let position = live.node().position();
        bar.set_length(position.header.height);
        bar.set_position(position.followed);
        if position.followed >= position.header.height {
            reader.height().map_err(Failure::error)?;
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A progress bar on stderr; silent where nobody looks.
pub(crate) fn progress(length: u64, unit: &str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(length);
    let template = format!("{{msg}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit} {{eta}}");
    if let Ok(style) = indicatif::ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
}
