//! Whose votes a directory holds: the journal of one key must not be gone on with by another.

use crate::directory::Directory;
use crate::node::NodeError;
use std::fs;
use weal_proof::keys::PublicKey;

/// Holds the key in hexadecimal digits, from the first vote on.
const FILE: &str = "voter";

/// Refuses a key that is not the one whose votes are in this directory.
pub(crate) fn check(directory: &Directory, key: PublicKey) -> Result<(), NodeError> {
    let path = directory.join(FILE);
    let io = |error| NodeError::Io(path.clone(), error);
    match fs::read_to_string(&path) {
        Ok(text) if text.trim() == key.to_string() => Ok(()),
        Ok(text) => Err(NodeError::AnotherVoter { was: text.trim().to_owned(), is: key }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            fs::write(&path, format!("{key}\n")).map_err(io)
        }
        Err(error) => Err(io(error)),
    }
}
