//! Evidence against validators: one small JSON file for each contradiction, kept for ever.

use crate::limits;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use weal_engine::Evidence;
use weal_proof::Hash;
use weal_proof::hash::to_hex;
use weal_proof::keys::PublicKey;

/// Two votes of one validator that exclude each other, as a file holds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// Always `commonweal-contradiction-v1`.
    pub format: String,
    /// The network's id.
    pub network: Hash,
    /// `conflicting-notarize`, `conflicting-finalize` or `nullify-finalize`.
    pub kind: String,
    /// Who signed both.
    pub validator: PublicKey,
    /// In this epoch.
    pub epoch: u64,
    /// In this view of the epoch.
    pub view: u64,
    /// Both votes with their signatures as the ordering engine encodes them, hex.
    pub votes: String,
}

/// The directory of all evidence.
pub(crate) struct Archive {
    directory: PathBuf,
    network: Hash,
    kept: Mutex<Vec<Contradiction>>,
}

impl Archive {
    /// Reads what was kept before; a damaged file is passed over and said.
    pub(crate) fn open(directory: PathBuf, network: Hash) -> io::Result<Archive> {
        fs::create_dir_all(&directory)?;
        let mut kept = Vec::new();
        for file in fs::read_dir(&directory)? {
            let path = file?.path();
            match read(&path) {
                Some(contradiction) => kept.push(contradiction),
                None => tracing::error!(path = %path.display(), "evidence is damaged"),
            }
        }
        kept.sort_by_key(|c: &Contradiction| (c.epoch, c.view, c.validator));
        Ok(Archive { directory, network, kept: Mutex::new(kept) })
    }

    /// Keeps a contradiction, unless it is known or there are too many.
    pub(crate) fn keep(&self, evidence: Evidence) {
        let Evidence { kind, validator, epoch, view, votes } = evidence;
        let contradiction = Contradiction {
            format: "commonweal-contradiction-v1".into(),
            network: self.network,
            kind: kind.into(),
            validator,
            epoch,
            view,
            votes: to_hex(&votes),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.contains(&contradiction) || kept.len() >= limits::EVIDENCE_FILES {
            return;
        }
        tracing::error!(%validator, kind, epoch, view, "a validator contradicted itself");
        if let Err(error) = write(&self.directory, &contradiction) {
            tracing::warn!(%error, "evidence could not be written");
        }
        kept.push(contradiction);
    }

    /// All that is known.
    pub(crate) fn all(&self) -> Vec<Contradiction> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A file is named by the hash of what is in it, so that damage shows.
fn name(bytes: &[u8]) -> String {
    format!("{}.json", Hash::of(&[bytes]))
}

fn read(path: &Path) -> Option<Contradiction> {
    let bytes = fs::read(path).ok()?;
    let named = path.file_name().and_then(|name| name.to_str()) == Some(name(&bytes).as_str());
    named.then(|| serde_json::from_slice(&bytes).ok()).flatten()
}

fn write(directory: &Path, contradiction: &Contradiction) -> io::Result<()> {
    let bytes = serde_json::to_vec_pretty(contradiction)?;
    let mut file = fs::File::create(directory.join(name(&bytes)))?;
    file.write_all(&bytes)?;
    file.sync_all()
}
