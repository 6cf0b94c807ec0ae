//! The seal of a book that was closed: a hash of its file, so that a disk that changes a byte is
//! found out before the byte is shown to anybody.
//!
//! 1. A book that is closed in order writes back all it has, and then its seal.
//! 2. A book that is opened is compared with its seal; if it differs, the log builds it anew.
//! 3. The seal goes when the book is opened: after a crash there is none, and SQLite's own journal
//!    is trusted.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use weal_proof::Hash;

/// Bytes hashed at a time; the seal is the hash of these hashes.
const PART: usize = 1 << 20;

fn file(book: &Path) -> PathBuf {
    book.with_extension("seal")
}

fn digest(book: &Path) -> io::Result<Hash> {
    let mut input = File::open(book)?;
    let (mut part, mut hashes) = (vec![0; PART], Vec::new());
    loop {
        let mut filled = 0;
        while let Some(rest) = part.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match input.read(rest)? {
                0 => break,
                count => filled += count,
            }
        }
        if filled == 0 {
            return Ok(Hash::of(&[&hashes]));
        }
        let hash = Hash::of(&[part.get(..filled).unwrap_or_default()]);
        hashes.extend_from_slice(&hash.0);
    }
}

/// Seals a file that nobody writes any more.
pub(super) fn put(book: &Path) -> io::Result<()> {
    std::fs::write(file(book), digest(book)?.to_string())
}

/// Whether the file is what was sealed, or was not sealed; takes the seal away.
pub(super) fn lift(book: &Path) -> bool {
    let Ok(seal) = std::fs::read_to_string(file(book)) else { return true };
    let good = digest(book).is_ok_and(|digest| digest.to_string() == seal);
    // A seal that stays would be taken for one of what is written from now on.
    std::fs::remove_file(file(book)).is_ok() && good
}
