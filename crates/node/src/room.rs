//! Room on the disk: a node that is nearly full takes nothing more while it can still say so.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer of the system is believed.
const FRESH: Duration = Duration::from_millis(500);

/// Watches the free space below a directory.
#[derive(Debug)]
pub(crate) struct Room {
    path: PathBuf,
    needed_bytes: u64,
    last: Mutex<Option<(Instant, u64)>>,
}

/// Bytes that may still be written to the disk of this path.
pub fn free_bytes(path: &Path) -> Option<u64> {
    let answer = rustix::fs::statvfs(path).ok()?;
    Some(answer.f_bavail.saturating_mul(answer.f_frsize))
}

impl Room {
    pub(crate) fn new(path: &Path, needed_bytes: u64) -> Self {
        Room { path: path.to_owned(), needed_bytes, last: Mutex::new(None) }
    }

    /// Says how much is left if that is too little. A system that does not answer is not held
    /// against anybody: the engine stops by itself when it cannot write.
    pub(crate) fn shortage(&self) -> Option<String> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let free = match *last {
            Some((at, free)) if at.elapsed() < FRESH => free,
            _ => {
                let free = free_bytes(&self.path)?;
                *last = Some((Instant::now(), free));
                free
            }
        };
        let megabytes = |bytes: u64| bytes >> 20;
        (free < self.needed_bytes).then(|| {
            let (free, needed) = (megabytes(free), megabytes(self.needed_bytes));
            format!("the disk is nearly full: {free} MB free, {needed} MB needed; make room")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nearly_full_disk_is_told_before_it_is_full() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(Room::new(directory.path(), 1).shortage(), None);
        let reason = Room::new(directory.path(), u64::MAX).shortage().unwrap();
        assert!(reason.contains("nearly full"), "{reason}");
    }
}
