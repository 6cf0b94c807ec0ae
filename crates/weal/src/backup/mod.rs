//! A backup: all final blocks of a book with their certificates in one file. No key is in it.
//!
//! The format `weal-backup-v1`; numbers are unsigned and big-endian:
//! 1. One line of JSON ends with a newline: `{"format":"weal-backup-v1","genesis":"...",
//!    "rules":"..."}`, the exact texts of the book's first page.
//! 2. Parts follow, each `u32 length, blocks, 32 bytes`. Blocks are as [`weal_node::Sealed::write`]
//!    writes them, without a gap from height 1 on.
//! 3. The 32 bytes are the SHA-256 of the 32 bytes that end the part before, the length and the
//!    blocks; before the first part stands the SHA-256 of the line.
//! 4. A part of length 0 ends the file. So its last 32 bytes are a hash of all, and a file that
//!    was cut off is known as such; what is whole of it can be used and continued.
//!
//! The hashes find damage and its place. They are no proof: whoever restores a backup checks every
//! certificate and every signature as a mirror does.

mod reader;
mod source;
mod writer;

pub use reader::{Opened, Parts, open};
pub use source::FileSource;
pub use writer::{Summary, Writer};

use crate::app::FirstPage;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use weal_proof::Hash;

const FORMAT: &str = "weal-backup-v1";
/// Bytes of the first line: a genesis text and a rules document with room to spare.
const LINE_BYTES: u64 = 4 << 20;
/// Bytes of one part: what a node gives at once, and the blocks it may end with.
const PART_BYTES: u32 = 64 << 20;

/// Why a backup cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, #[source] std::io::Error),
    /// It is no backup at all.
    #[error("{0} is no backup of this kind: {1}")]
    Format(PathBuf, String),
    /// It is a backup of something else.
    #[error("{0} is a backup of another book, {1}")]
    Other(PathBuf, Hash),
    /// What it holds was changed.
    #[error("{path} is damaged between bytes {from} and {to}: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where the damage begins at the earliest.
        from: u64,
        /// And ends at the latest.
        to: u64,
        /// What is wrong there.
        what: String,
    },
    /// The file ends too early.
    #[error("{0} was cut off after block {1}; `weal node backup --continue` completes it")]
    Cut(PathBuf, u64),
    /// Who gives the blocks does not, or gives what does not fit.
    #[error("{0}")]
    Source(String),
}

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    format: String,
    genesis: String,
    rules: String,
}

impl Line {
    fn of(page: &FirstPage) -> Result<Vec<u8>, BackupError> {
        let text = |bytes: &[u8]| {
            let text = std::str::from_utf8(bytes).map(str::to_owned);
            text.map_err(|_| BackupError::Source("the first page of the book is no text".into()))
        };
        let (genesis, rules) = (text(&page.genesis)?, text(&page.rules)?);
        let line = Line { format: FORMAT.into(), genesis, rules };
        let mut bytes =
            serde_json::to_vec(&line).map_err(|e| BackupError::Source(e.to_string()))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// What ends a part: it stands for all that comes before, too.
fn chain(before: &Hash, blocks: &[u8]) -> Hash {
    let length = u32::try_from(blocks.len()).unwrap_or(u32::MAX).to_be_bytes();
    Hash::of(&[&before.0, &length, blocks])
}

#[cfg(test)]
mod tests;
