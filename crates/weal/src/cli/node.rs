//! `weal node`: makes a book, runs a node, rebuilds the read model.

use super::args::NodeCommand;
use super::keys;
use super::output::{self, Failure};
use crate::{serve, solo};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use weal_node::{Config, Directory};
use weal_services::book::Reader;

/// Runs the command.
pub(crate) fn run(command: &NodeCommand) -> Result<(), Failure> {
    match command {
        NodeCommand::Init { data, name } => {
            let directory = create(data, name)?;
            output::line(&format!("a new book was made in {}", data.display()))?;
            output::line(&format!("network {}", directory.network))?;
            output::note(&format!("run it with `weal node run --data {}`", data.display()));
            Ok(())
        }
        NodeCommand::Run { data, listen, heartbeat } => {
            run_node(data, *listen, Duration::from_secs((*heartbeat).clamp(1, 3600)))
        }
        NodeCommand::Reindex { data } => reindex(data),
    }
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
    builder.worker_threads(2).enable_all().build().map_err(Failure::error)
}

fn run_node(data: &Path, listen: SocketAddr, heartbeat: Duration) -> Result<(), Failure> {
    let (live, reader) = serve::start(config(data, heartbeat)?, false).map_err(Failure::error)?;
    runtime()?.block_on(async {
        let listener = serve::listen(listen).await.map_err(Failure::error)?;
        let position = live.node().position();
        output::note(&format!(
            "block {}, {} entries; pages at http://{listen}/",
            position.header.height, position.header.log_size
        ));
        serve::serve(listener, live, reader).await.map_err(Failure::error)
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
