//! Keys on this machine: one file each, readable by their owner alone.

use super::args::{Cli, KeyCommand};
use super::output::{self, Exit, Failure};
use serde_json::json;
use std::path::PathBuf;
use weal_kernel::Hash;
use weal_node::{DirectoryError, read_key, write_key};
use weal_proof::keys::SecretKey;
use weal_services::compose::Signer;

/// Where keys live: `$WEAL_HOME`, else the user's data directory.
pub(crate) fn home() -> Result<PathBuf, Failure> {
    let from = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(home) = from("WEAL_HOME") {
        return Ok(home);
    }
    if let Some(data) = from("XDG_DATA_HOME") {
        return Ok(data.join("weal"));
    }
    let home = from("HOME").ok_or_else(|| {
        Failure::error("there is no home directory").help("set WEAL_HOME to a directory for keys")
    })?;
    Ok(home.join(".local/share/weal"))
}

fn path(name: &str, ending: &str) -> Result<PathBuf, Failure> {
    if weal_kernel::text::check_code("/", name).is_err() || name.contains("..") {
        return Err(Failure::usage(format!("{name} is no name for a key"))
            .help("use lower-case letters, digits and hyphens"));
    }
    Ok(home()?.join("keys").join(format!("{name}.{ending}")))
}

/// A new random key.
pub(crate) fn random() -> Result<SecretKey, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(Failure::error)?;
    Ok(SecretKey::from_seed(seed))
}

/// Reads a key by its name.
pub(crate) fn load(name: &str) -> Result<SecretKey, Failure> {
    let path = path(name, "key")?;
    if !path.exists() {
        return Err(Failure::new(Exit::NotFound, format!("there is no key called {name}"))
            .help(format!("make one with `weal key new {name}`, or see `weal key list`")));
    }
    read_key(&path).map_err(Failure::error)
}

/// Makes a key and stores it under a name.
pub(crate) fn create(name: &str) -> Result<SecretKey, Failure> {
    let path = path(name, "key")?;
    let parent = path.parent().map(PathBuf::from).unwrap_or_default();
    std::fs::create_dir_all(parent).map_err(Failure::error)?;
    let key = random()?;
    write_key(&path, &key).map_err(|error| match error {
        DirectoryError::Io(_, e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
            Failure::error(format!("there is a key called {name} already"))
                .help("keys are never overwritten: take another name")
        }
        other => Failure::error(other),
    })?;
    Ok(key)
}

/// Who this key acts for in a network, if it was registered from here.
pub(crate) fn principal(name: &str, network: &Hash) -> Result<Option<Hash>, Failure> {
    let path = path(name, "principals")?;
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut found = text.lines().filter_map(|line| line.split_once(' '));
    let found = found.rfind(|(known, _)| known.parse() == Ok(*network));
    Ok(found.and_then(|(_, id)| id.trim().parse().ok()))
}

/// The book this key was registered in last.
pub(crate) fn last_network(name: &str) -> Result<Option<Hash>, Failure> {
    let text = std::fs::read_to_string(path(name, "principals")?).unwrap_or_default();
    let last = text.lines().last().and_then(|line| line.split_once(' '));
    Ok(last.and_then(|(network, _)| network.parse().ok()))
}

/// Remembers who this key acts for in a network.
pub(crate) fn remember(name: &str, network: &Hash, id: &Hash) -> Result<(), Failure> {
    use std::io::Write as _;
    let path = path(name, "principals")?;
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| writeln!(file, "{network} {id}")).map_err(Failure::error)
}

/// The signer named by `--as`.
pub(crate) fn signer(cli: &Cli, network: Hash) -> Result<Signer, Failure> {
    signer_called(name(cli)?, network)
}

/// The signer with this key.
pub(crate) fn signer_called(name: &str, network: Hash) -> Result<Signer, Failure> {
    let key = load(name)?;
    let actor = principal(name, &network)?.ok_or_else(|| {
        Failure::error(format!("the key {name} is not registered in this book"))
            .help(format!("register with `weal register \"Your name\" --as {name}`"))
    })?;
    Ok(Signer::new(network, actor, key))
}

/// The name given with `--as`.
pub(crate) fn name(cli: &Cli) -> Result<&str, Failure> {
    cli.actor.as_deref().ok_or_else(|| {
        Failure::usage("who signs?")
            .help("name a key with --as KEY or WEAL_AS; make one with `weal key new KEY`")
    })
}

/// The names of all keys on this machine.
pub(crate) fn names() -> Result<Vec<String>, Failure> {
    let directory = home()?.join("keys");
    let files = std::fs::read_dir(directory).map(|files| files.flatten().collect());
    let files: Vec<_> = files.unwrap_or_default();
    let names = files.iter().filter_map(|file| {
        let name = file.file_name().into_string().ok()?;
        name.strip_suffix(".key").map(str::to_owned)
    });
    let mut names: Vec<_> = names.collect();
    names.sort();
    Ok(names)
}

/// `weal key ...`
pub(crate) fn run(cli: &Cli, command: &KeyCommand) -> Result<(), Failure> {
    match command {
        KeyCommand::New { name } => {
            let key = create(name)?;
            output::note(&format!(
                "the key {name} was made; keep a copy of {}",
                path(name, "key")?.display()
            ));
            output::line(&key.public().to_string())
        }
        KeyCommand::Show { name } => output::line(&load(name)?.public().to_string()),
        KeyCommand::List => {
            let mut rows = Vec::new();
            for name in names()? {
                rows.push(json!({ "name": name, "public": load(&name)?.public().to_string() }));
            }
            output::rows(cli, &rows, &[("NAME", "/name"), ("PUBLIC KEY", "/public")])
        }
    }
}
