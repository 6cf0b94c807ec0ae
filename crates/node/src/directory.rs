//! A node's directory: what stands where, and who may use it.
//!
//! `genesis.json` and `rules.json` are the book's first page; `validator.key` is this node's
//! secret. `engine/` is the archive, the log of record. `log/`, `state/` and whatever a follower
//! keeps are derived from it and can be removed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weal_kernel::Rules;
use weal_proof::genesis::{Genesis, GenesisError, network_id};
use weal_proof::hash::{from_hex, to_hex};
use weal_proof::keys::SecretKey;
use weal_proof::{Hash, json};

/// A node's directory with its first page read.
#[derive(Debug, Clone)]
pub struct Directory {
    path: PathBuf,
    /// The exact genesis text.
    pub genesis_text: Vec<u8>,
    /// What it says.
    pub genesis: Genesis,
    /// Its hash.
    pub network: Hash,
    /// The rules document it names.
    pub rules: Arc<Rules>,
}

/// Why a directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// Nothing there.
    #[error("there is no book in {0}: make one with `weal node init`, or name another directory")]
    Missing(PathBuf),
    /// Something there already.
    #[error("there is a book in {0} already")]
    Exists(PathBuf),
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, #[source] io::Error),
    /// The genesis text is malformed.
    #[error("genesis.json: {0}")]
    Genesis(#[from] GenesisError),
    /// The rules document is not the one genesis names.
    #[error("rules.json is not the document that genesis.json names; restore it from a backup")]
    Rules,
    /// The key file is malformed.
    #[error("{0} does not hold a key of 64 hexadecimal digits")]
    Key(PathBuf),
}

impl Directory {
    /// Makes a new book in an empty or missing directory.
    pub fn create(path: &Path, genesis: &Genesis, rules: &Rules) -> Result<Self, DirectoryError> {
        Self::begin(path, &genesis.to_bytes(), rules)
    }

    /// Makes a directory for a book with this exact genesis text.
    pub fn begin(path: &Path, genesis: &[u8], rules: &Rules) -> Result<Self, DirectoryError> {
        if path.join("genesis.json").exists() {
            return Err(DirectoryError::Exists(path.to_owned()));
        }
        fs::create_dir_all(path).map_err(|e| DirectoryError::Io(path.to_owned(), e))?;
        write(&path.join("rules.json"), &rules.to_bytes())?;
        write(&path.join("genesis.json"), genesis)?;
        Self::open(path)
    }

    /// Opens a directory that holds a book.
    pub fn open(path: &Path) -> Result<Self, DirectoryError> {
        let file = path.join("genesis.json");
        if !file.exists() {
            return Err(DirectoryError::Missing(path.to_owned()));
        }
        let genesis_text = read(&file)?;
        let genesis = Genesis::from_bytes(&genesis_text)?;
        let rules_text = read(&path.join("rules.json"))?;
        if Hash::of(&[&rules_text]) != genesis.rules || json::check(&rules_text).is_err() {
            return Err(DirectoryError::Rules);
        }
        let rules = serde_json::from_slice(&rules_text).map_err(|_| DirectoryError::Rules)?;
        let network = network_id(&genesis_text);
        let (path, rules) = (path.to_owned(), Arc::new(rules));
        Ok(Directory { path, genesis_text, genesis, network, rules })
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A place inside it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The validator's key.
    pub fn key(&self) -> Result<SecretKey, DirectoryError> {
        read_key(&self.join("validator.key"))
    }
}

/// Reads a secret key of 64 hexadecimal digits.
pub fn read_key(path: &Path) -> Result<SecretKey, DirectoryError> {
    let text = read(path)?;
    let text = String::from_utf8(text).unwrap_or_default();
    let seed = from_hex(text.trim()).and_then(|bytes| bytes.try_into().ok());
    seed.map(SecretKey::from_seed).ok_or_else(|| DirectoryError::Key(path.to_owned()))
}

/// Writes a secret key so that only its owner can read it; never over another file.
pub fn write_key(path: &Path, key: &SecretKey) -> Result<(), DirectoryError> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let fail = |e| DirectoryError::Io(path.to_owned(), e);
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path).map_err(fail)?;
    writeln!(file, "{}", to_hex(&key.seed())).and_then(|()| file.sync_all()).map_err(fail)
}

fn read(path: &Path) -> Result<Vec<u8>, DirectoryError> {
    fs::read(path).map_err(|e| DirectoryError::Io(path.to_owned(), e))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), DirectoryError> {
    let fail = |e| DirectoryError::Io(path.to_owned(), e);
    let mut file = fs::File::create(path).map_err(fail)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(fail)
}
