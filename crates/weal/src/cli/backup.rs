//! `weal node backup` and `weal node restore`: a whole book in one file, and back.

use super::args::Cli;
use super::founding;
use super::node::{UPSTREAM, config, progress, wait_until_indexed};
use super::output::{self, Exit, Failure, group};
use crate::app::{FirstPage, Ledger as _};
use crate::backup::{self, BackupError, FileSource, Writer};
use crate::serve::{self, Live};
use crate::solo;
use crate::upstream::Upstream;
use clap::Args;
use futures::executor::block_on;
use indicatif::ProgressBar;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use weal_node::{Directory, read_key, write_key};
use weal_proof::Hash;
use weal_proof::genesis::{Genesis, Keeper};
use weal_proof::keys::SecretKey;
use weal_services::book::Reader;

/// `weal node backup`
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The file to make.
    file: PathBuf,
    /// Add what is new to a backup made before.
    #[arg(long = "continue")]
    proceed: bool,
    /// The node to copy from, running; by default the one of --node.
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    from: Option<String>,
    /// Directory of a node that is not running, instead.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// `weal node restore`
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// The backup.
    file: PathBuf,
    /// Directory to make.
    #[arg(long, default_value = "weal-data", env = "WEAL_DATA_DIR")]
    data: PathBuf,
    /// The network's id you trust: a backup of any other book is refused.
    #[arg(long, env = "WEAL_NETWORK")]
    network: Option<Hash>,
    /// A node of this book to follow from then on.
    #[arg(long, value_name = "URL")]
    from: Option<String>,
    /// Key of the one who keeps this book alone, to go on keeping it from the backup's end.
    #[arg(long, value_name = "KEY", conflicts_with = "from")]
    key: Option<PathBuf>,
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Failure {
        match error {
            BackupError::Damaged { .. } | BackupError::Other(..) => {
                Failure::new(Exit::Proof, error)
            }
            BackupError::Cut(..) | BackupError::Format(..) | BackupError::Io(..) => {
                Failure::error(error)
            }
            BackupError::Source(_) => Failure::new(Exit::Proof, error),
        }
    }
}

/// Who gives final blocks.
enum Giver {
    Running(Upstream),
    Directory(Arc<Live>),
}

impl Giver {
    /// The first page and the height of the last final block now.
    fn page(&self) -> Result<(FirstPage, u64), Failure> {
        match self {
            Giver::Running(node) => {
                let get = |path: &str| node.bytes(path).map_err(|e| Failure::new(Exit::NoNode, e));
                let page = FirstPage { genesis: get("/v1/genesis")?, rules: get("/v1/rules")? };
                let status: serde_json::Value =
                    serde_json::from_slice(&get("/v1/status")?).map_err(Failure::error)?;
                Ok((page, status.get("height").and_then(|h| h.as_u64()).unwrap_or_default()))
            }
            Giver::Directory(live) => Ok((live.first_page(), live.node().position().header.height)),
        }
    }

    fn blocks(&self, from: u64) -> Result<Vec<u8>, Failure> {
        match self {
            Giver::Running(node) => {
                let blocks = node.bytes(&format!("/v1/mirror/{from}"));
                blocks.map_err(|e| Failure::new(Exit::NoNode, e))
            }
            Giver::Directory(live) => block_on(live.node().sealed(from)).map_err(Failure::error),
        }
    }
}

/// `weal node backup`
pub(crate) fn make(cli: &Cli, args: &BackupArgs) -> Result<(), Failure> {
    let giver = match &args.data {
        Some(data) => Giver::Directory(stopped(data)?),
        None => Giver::Running(Upstream::new(args.from.as_deref().unwrap_or(&cli.node))),
    };
    let (page, height) = giver.page()?;
    let mut writer = match (args.proceed, args.file.exists()) {
        (true, true) => Writer::proceed(&args.file, &page)?,
        (false, true) => {
            return Err(Failure::error(format!("{} exists", args.file.display()))
                .help("add to it with --continue, or name another file"));
        }
        (_, false) => Writer::create(&args.file, &page)?,
    };
    let bar = progress(height, "blocks");
    // A busy node goes on making blocks: what is final now is enough.
    while writer.height() < height {
        let blocks = giver.blocks(writer.height() + 1)?;
        if blocks.is_empty() {
            break;
        }
        writer.add(&blocks)?;
        bar.set_position(writer.height());
    }
    bar.finish_and_clear();
    let summary = writer.finish()?;
    output::line(&format!(
        "{} holds all blocks up to {}: {} added, {} bytes",
        args.file.display(),
        summary.height,
        group(summary.added),
        group(summary.bytes)
    ))?;
    output::line(&format!("sum {}", summary.hash))?;
    if !cli.quiet {
        output::note("no key is in it: copy validator.key and owner.key to a safe place, once");
    }
    Ok(())
}

/// Opens a directory whose node is not running.
fn stopped(data: &Path) -> Result<Arc<Live>, Failure> {
    let started = serve::start(quiet(data, None)?, false);
    let (live, _) = started.map_err(|e| {
        Failure::error(e).help("if its node is running, leave out --data and name it with --node")
    })?;
    Ok(live)
}

/// A node in this process that follows a file, or nobody.
fn quiet(data: &Path, file: Option<&Path>) -> Result<weal_node::Config, Failure> {
    let heartbeat = Duration::from_secs(3600);
    let voting = !data.join("mirror").exists() || data.join("mirror/floor").exists();
    if voting && file.is_none() {
        return config(data, heartbeat);
    }
    let source = FileSource::new(file.unwrap_or(Path::new("")));
    let nobody = SocketAddr::from(([127, 0, 0, 1], 0));
    solo::joined(data, heartbeat, Some(nobody), Some(Box::new(source))).map_err(Failure::error)
}

/// `weal node restore`
pub(crate) fn restore(args: &RestoreArgs) -> Result<(), Failure> {
    let key = args.key.as_deref().map(read_key).transpose().map_err(Failure::error)?;
    let height = look_through(args)?;
    let directory = begin(args)?;
    let bar = progress(height, "blocks");
    let config = quiet(&args.data, Some(&args.file))?;
    let (live, reader) = serve::start(config, false).map_err(Failure::error)?;
    take_all(&live, &reader, &bar, height).map_err(|failure| {
        let at = live.node().position().header.height;
        let data = args.data.display();
        failure.help(format!("{data} holds what is good, up to block {at}; remove it"))
    })?;
    bar.finish_and_clear();
    let header = live.node().position().header;
    output::line(&format!(
        "restored {} with {} entries up to block {}",
        args.data.display(),
        group(header.log_size),
        header.height
    ))?;
    output::line(&format!("network    {}", directory.network))?;
    output::line(&format!("log root   {}", header.log_root))?;
    output::line(&format!("state root {}", header.state_root))?;
    let alone = key.as_ref().map(|key| keeps_alone(&live, key));
    drop((live, reader));
    go_on(args, &directory, key.as_ref(), alone)
}

/// Reads the whole file; gives the height up to which it can be restored.
fn look_through(args: &RestoreArgs) -> Result<u64, Failure> {
    let mut opened = backup::open(&args.file)?;
    if args.network.is_some_and(|network| network != opened.network) {
        return Err(BackupError::Other(args.file.clone(), opened.network).into());
    }
    while opened.parts.next_part()?.is_some() {}
    match opened.parts.certified() {
        0 => Err(Failure::error("there is no certified block in this backup")),
        height => Ok(height),
    }
}

/// Writes the first page and keys of a mirror.
fn begin(args: &RestoreArgs) -> Result<Directory, Failure> {
    if args.data.join("genesis.json").exists() || args.data.join("validator.key").exists() {
        return Err(Failure::error(format!("there is a node in {} already", args.data.display()))
            .help("a backup is restored into a new directory"));
    }
    let page = backup::open(&args.file)?.page;
    let genesis = Genesis::from_bytes(&page.genesis).map_err(Failure::error)?;
    if Hash::of(&[&page.rules]) != genesis.rules {
        return Err(Failure::new(Exit::Proof, "its rules are not those its genesis text names"));
    }
    let rules = serde_json::from_slice(&page.rules).map_err(Failure::error)?;
    founding::make_keys(&args.data)?;
    Directory::begin(&args.data, &page.genesis, &rules).map_err(Failure::error)
}

/// Waits until the mirror has checked and taken everything.
fn take_all(
    live: &Arc<Live>,
    reader: &Reader,
    bar: &ProgressBar,
    height: u64,
) -> Result<(), Failure> {
    loop {
        let at = live.node().position().header.height;
        bar.set_position(at);
        if at >= height {
            return wait_until_indexed(live, reader, bar);
        }
        if let Some(reason) = live.node().failed().or_else(|| live.node().standing().trouble) {
            return Err(Failure::new(Exit::Proof, format!("after block {at}: {reason}")));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether nobody but this key keeps the book, now and next.
fn keeps_alone(live: &Live, key: &SecretKey) -> bool {
    let only = |keepers: &[Keeper]| matches!(keepers, [one] if one.key == key.public());
    live.node().state().keeping().is_some_and(|n| only(&n.validators) && only(&n.next))
}

/// Says, or does, what lets the directory go on.
fn go_on(
    args: &RestoreArgs,
    directory: &Directory,
    key: Option<&SecretKey>,
    alone: Option<bool>,
) -> Result<(), Failure> {
    let data = args.data.display();
    match (key, alone, &args.from) {
        (Some(key), Some(true), _) => {
            weal_node::reseat(directory).map_err(Failure::error)?;
            // Who keeps a book alone has one key for everything.
            for name in ["validator.key", "owner.key"] {
                std::fs::remove_file(directory.join(name)).map_err(Failure::error)?;
            }
            write_key(&directory.join("validator.key"), key).map_err(Failure::error)?;
            output::note("entries after the backup are lost, also those that have receipts");
            output::note(&format!("go on with `weal node run --data {data}`"));
        }
        (Some(_), ..) => {
            return Err(Failure::error("this key does not keep the book alone").help(format!(
                "{data} is a mirror now: `weal node follow --from URL --data {data}`, and ask \
                 for its new key with `weal network rekey`"
            )));
        }
        (None, _, Some(from)) => {
            std::fs::write(args.data.join(UPSTREAM), format!("{from}\n"))
                .map_err(Failure::error)?;
            output::note(&format!("it follows {from}: `weal node run --data {data}`"));
        }
        (None, _, None) => {
            output::note(&format!("follow the book: `weal node follow --from URL --data {data}`"));
        }
    }
    Ok(())
}
