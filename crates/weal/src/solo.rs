//! Books as one machine begins and opens them: alone, with other founders, or as a mirror.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use weal_node::{Config, Directory, DirectoryError, Source, write_key};
use weal_proof::genesis::Genesis;
use weal_proof::keys::SecretKey;
use weal_services::schemas;

/// Makes a book whose only keeper has this key, and stores the key beside it.
pub fn create(path: &Path, name: &str, key: &SecretKey) -> Result<Directory, DirectoryError> {
    let rules = schemas::founding();
    let genesis = Genesis::alone(name, crate::serve::now().0, key.public(), rules.hash());
    let directory = Directory::create(path, &genesis, &rules)?;
    write_key(&directory.join("validator.key"), key)?;
    Ok(directory)
}

/// Opens a directory for a node in this process that others cannot reach.
pub fn config(path: &Path, heartbeat: Duration) -> Result<Config, DirectoryError> {
    let nobody = SocketAddr::from(([127, 0, 0, 1], 0));
    joined(path, heartbeat, Some(nobody), None)
}

/// Opens a directory for a node that others reach at `listen`, by default at the port that the
/// genesis text names, and that follows `upstream` while it is no keeper.
pub fn joined(
    path: &Path,
    heartbeat: Duration,
    listen: Option<SocketAddr>,
    upstream: Option<Box<dyn Source>>,
) -> Result<Config, DirectoryError> {
    let directory = Directory::open(path)?;
    let key = directory.key()?;
    let own = directory.genesis.validators.iter().find(|keeper| keeper.key == key.public());
    let port = own.and_then(|keeper| keeper.address.rsplit_once(':')?.1.parse().ok());
    let alone = directory.genesis.validators.len() == 1;
    let everywhere = if alone { [127, 0, 0, 1] } else { [0, 0, 0, 0] };
    let listen = listen.unwrap_or(SocketAddr::from((everywhere, port.unwrap_or(0))));
    Ok(Config { directory, key, listen, heartbeat, checkers: 2, upstream })
}
