//! A book with one keeper: the embedded default, the demonstration and the bench start here.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use weal_node::{Config, Directory, DirectoryError, write_key};
use weal_proof::genesis::Genesis;
use weal_proof::keys::SecretKey;
use weal_services::schemas;

/// Makes a book whose only keeper has this key, and stores the key beside it.
pub fn create(path: &Path, name: &str, key: &SecretKey) -> Result<Directory, DirectoryError> {
    let rules = schemas::rules();
    let genesis = Genesis::alone(name, crate::serve::now().0, key.public(), rules.hash());
    let directory = Directory::create(path, &genesis, &rules)?;
    write_key(&directory.join("validator.key"), key)?;
    Ok(directory)
}

/// Opens a directory for a node in this process.
pub fn config(path: &Path, heartbeat: Duration) -> Result<Config, DirectoryError> {
    let directory = Directory::open(path)?;
    let key = directory.key()?;
    Ok(Config {
        directory,
        key,
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        heartbeat,
        checkers: 2,
        upstream: None,
    })
}
