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
            match fs::read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
                Some(contradiction) => kept.push(contradiction),
                None => tracing::warn!(path = %path.display(), "evidence cannot be read"),
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
        let name = format!("{epoch:010}-{view:010}-{kind}-{validator}.json");
        if let Err(error) = write(&self.directory.join(name), &contradiction) {
            tracing::warn!(%error, "evidence could not be written");
        }
        kept.push(contradiction);
    }

    /// All that is known.
    pub(crate) fn all(&self) -> Vec<Contradiction> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn write(path: &Path, contradiction: &Contradiction) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(&serde_json::to_vec_pretty(contradiction)?)?;
    file.sync_all()
}
