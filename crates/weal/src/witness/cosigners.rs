//! The newest cosignature of each witness, kept in the node's directory.
//!
//! `witness/HASH.json`, one file for each witness: its verifier key, the signed checkpoint with its
//! cosignature, and the block. A file that does not hold what it says is not used.

use super::limits::OLDER_MS;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use weal_proof::Hash;
use weal_proof::checkpoint::Checkpoint;
use weal_proof::note::{NoteError, NoteSignature, SignedNote, VerifierKey};

/// What a node shows of the log: its own signature, and those of witnesses on the same text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Size and head.
    pub checkpoint: Checkpoint,
    /// Height of a block that has them.
    pub height: u64,
    /// Its time, milliseconds since 1970.
    pub time_ms: u64,
    /// The node's signature.
    pub signature: NoteSignature,
    /// Those of witnesses.
    pub cosignatures: Vec<Cosignature>,
}

/// What a witness signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// Its signature line.
    pub line: NoteSignature,
    /// When it signed, seconds since 1970.
    pub time_s: u64,
}

impl Head {
    /// The signed note.
    pub fn note(&self) -> Result<String, NoteError> {
        let mut signatures = vec![self.signature.clone()];
        signatures.extend(self.cosignatures.iter().map(|c| c.line.clone()));
        SignedNote { text: self.checkpoint.to_text(), signatures }.to_text()
    }
}

/// The cosignatures of all witnesses.
#[derive(Debug)]
pub struct Cosigners {
    directory: PathBuf,
    kept: Mutex<BTreeMap<String, Head>>,
}

/// A file of the directory.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    witness: String,
    note: String,
    height: u64,
    time_ms: u64,
}

impl Cosigners {
    /// What a directory holds; it need not exist yet.
    pub fn open(directory: &Path, origin: &str) -> Self {
        let files = std::fs::read_dir(directory).into_iter().flatten().flatten();
        let kept = files.filter_map(|file| read(&file.path(), origin)).collect();
        Cosigners { directory: directory.to_owned(), kept: Mutex::new(kept) }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Head>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Size of the checkpoint that this witness cosigned last.
    pub fn size(&self, witness: &VerifierKey) -> Option<u64> {
        self.lock().get(&witness.to_string()).map(|head| head.checkpoint.size)
    }

    /// Whether this witness cosigned exactly this checkpoint.
    pub fn has(&self, witness: &VerifierKey, checkpoint: &Checkpoint) -> bool {
        self.lock().get(&witness.to_string()).is_some_and(|head| head.checkpoint == *checkpoint)
    }

    /// Keeps what a witness signed, and makes it durable.
    pub fn keep(
        &self,
        witness: &VerifierKey,
        head: &Head,
        cosignature: Cosignature,
    ) -> io::Result<()> {
        let head = Head { cosignatures: vec![cosignature], ..head.clone() };
        let name = witness.to_string();
        let note = head.note().map_err(io::Error::other)?;
        let Head { height, time_ms, .. } = head;
        let stored = Stored { witness: name.clone(), note, height, time_ms };
        let bytes = serde_json::to_vec_pretty(&stored)?;
        std::fs::create_dir_all(&self.directory)?;
        let file = format!("{}.json", Hash::of(&[name.as_bytes()]));
        write_durably(&self.directory, &file, &bytes)?;
        self.lock().insert(name, head);
        Ok(())
    }

    /// What to show where this is the newest: the newest checkpoint that a witness cosigned, if it
    /// is hardly older, with all cosignatures on it; else the newest without any.
    pub fn over(&self, newest: Head) -> Head {
        let mut kept = self.lock();
        for head in kept.values_mut().filter(|head| head.checkpoint == newest.checkpoint) {
            // It was the newest until now, however long ago it was signed.
            (head.height, head.time_ms) = (newest.height, newest.time_ms);
        }
        let fresh = |head: &&Head| {
            let same_log = head.checkpoint.origin == newest.checkpoint.origin;
            let before = head.checkpoint.size < newest.checkpoint.size;
            let fresh = head.time_ms.saturating_add(OLDER_MS) >= newest.time_ms;
            head.checkpoint == newest.checkpoint || (same_log && before && fresh)
        };
        let Some(best) = kept.values().filter(fresh).max_by_key(|head| head.checkpoint.size) else {
            return newest;
        };
        let same = kept.values().filter(|head| head.checkpoint == best.checkpoint);
        let cosignatures = same.flat_map(|head| head.cosignatures.clone()).collect();
        Head { cosignatures, ..best.clone() }
    }
}

fn read(path: &Path, origin: &str) -> Option<(String, Head)> {
    let stored: Stored = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    let key: VerifierKey = stored.witness.parse().ok()?;
    let note = SignedNote::from_bytes(stored.note.as_bytes()).ok()?;
    let checkpoint = Checkpoint::from_text(&note.text).ok()?;
    if checkpoint.origin != origin || checkpoint.to_text() != note.text {
        return None;
    }
    let cosignature = newest(&note, &key)?;
    let signature = note.signatures.iter().find(|line| line.name == origin)?.clone();
    let Stored { witness, height, time_ms, .. } = stored;
    let cosignatures = vec![cosignature];
    Some((witness, Head { checkpoint, height, time_ms, signature, cosignatures }))
}

/// The newest signature of a witness under a note, if all that it signed there hold.
pub(super) fn newest(note: &SignedNote, key: &VerifierKey) -> Option<Cosignature> {
    let time_s = note.verify_cosignature(key).ok()?;
    let own = |line: &&NoteSignature| {
        let time = line.bytes.first_chunk::<8>().map(|time| u64::from_be_bytes(*time));
        line.name == key.name && line.key_id == key.key_id() && time == Some(time_s)
    };
    let line = note.signatures.iter().find(own)?.clone();
    Some(Cosignature { line, time_s })
}

/// Writes a file so that after a crash it holds either what was there before or all of this.
pub(super) fn write_durably(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let draft = directory.join(format!("{name}.new"));
    let mut file = File::create(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&draft, directory.join(name))?;
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use weal_proof::checkpoint::origin;
    use weal_proof::keys::SecretKey;
    use weal_proof::note::{sign_cosignature, sign_ed25519};

    fn head(size: u64, time_ms: u64) -> Head {
        let network = Hash::of(&[b"book"]);
        let checkpoint = Checkpoint::new(&network, size, Hash::of(&[&size.to_be_bytes()]));
        let log = SecretKey::from_seed([1; 32]);
        let signature = sign_ed25519(&checkpoint.to_text(), &origin(&network), &log);
        Head { checkpoint, height: size, time_ms, signature, cosignatures: Vec::new() }
    }

    fn witness(seed: u8) -> (SecretKey, VerifierKey) {
        let key = SecretKey::from_seed([seed; 32]);
        let vkey = VerifierKey::cosignature(&format!("witness.example/{seed}"), key.public());
        (key, vkey)
    }

    fn cosign(seed: u8, head: &Head) -> Cosignature {
        let (key, vkey) = witness(seed);
        let line = sign_cosignature(&head.checkpoint.to_text(), &vkey.name, &key, 9);
        Cosignature { line, time_s: 9 }
    }

    #[test]
    fn a_cosignature_counts_for_exactly_its_text_and_survives_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let old = head(7, 1_000);
        let name = old.checkpoint.origin.clone();
        let kept = Cosigners::open(directory.path(), &name);
        for seed in [2, 3] {
            kept.keep(&witness(seed).1, &old, cosign(seed, &old)).unwrap();
        }
        drop(kept);
        let kept = Cosigners::open(directory.path(), &name);
        assert_eq!(kept.over(old.clone()).cosignatures.len(), 2);
        assert_eq!(kept.size(&witness(2).1), Some(7));
        let new = head(8, 2_000);
        kept.keep(&witness(3).1, &new, cosign(3, &new)).unwrap();
        let shown = kept.over(head(9, 3_000));
        assert_eq!((shown.checkpoint.size, shown.cosignatures.len()), (8, 1));
        let note = SignedNote::from_bytes(shown.note().unwrap().as_bytes()).unwrap();
        assert_eq!(note.verify_cosignature(&witness(3).1), Ok(9));
    }

    #[test]
    fn a_cosigned_checkpoint_is_shown_for_a_minute_after_it_was_the_newest() {
        let directory = tempfile::tempdir().unwrap();
        let old = head(7, 1_000);
        let kept = Cosigners::open(directory.path(), &old.checkpoint.origin);
        kept.keep(&witness(2).1, &old, cosign(2, &old)).unwrap();
        // Long silence: the checkpoint is the same, so it is not old.
        assert_eq!(kept.over(head(7, 9_000_000)).cosignatures.len(), 1);
        let newer = |time_ms: u64| kept.over(head(8, time_ms)).checkpoint.size;
        assert_eq!(newer(9_000_000 + OLDER_MS), 7);
        assert_eq!(newer(9_000_001 + OLDER_MS), 8);
    }

    #[test]
    fn a_file_that_does_not_hold_what_it_says_is_not_used() {
        let directory = tempfile::tempdir().unwrap();
        let old = head(7, 1_000);
        let kept = Cosigners::open(directory.path(), &old.checkpoint.origin);
        kept.keep(&witness(2).1, &old, cosign(2, &old)).unwrap();
        let file = std::fs::read_dir(directory.path()).unwrap().next().unwrap().unwrap().path();
        let good = std::fs::read_to_string(&file).unwrap();
        let other = cosign(3, &old);
        let open = || Cosigners::open(directory.path(), &old.checkpoint.origin);
        assert_eq!(open().size(&witness(2).1), Some(7));
        for bad in ["", "{}", &good.replace("\\n7\\n", "\\n8\\n"), &good[..good.len() / 2]] {
            std::fs::write(&file, bad).unwrap();
            assert_eq!(open().size(&witness(2).1), None);
        }
        std::fs::write(&file, &good).unwrap();
        assert_eq!(Cosigners::open(directory.path(), "other").size(&witness(2).1), None);
        // A signature of somebody else is refused when the file is read again.
        kept.keep(&witness(2).1, &old, other).unwrap();
        assert_eq!(open().size(&witness(2).1), None);
    }
}
