//! A backup as the node that a mirror follows: it gives its blocks and takes no operations.

use super::reader::{Parts, open};
use std::path::{Path, PathBuf};
use weal_node::{Sealed, Source};

/// The blocks of a backup, in order.
pub struct FileSource {
    path: PathBuf,
    parts: Option<Parts>,
}

impl FileSource {
    /// The backup at this path.
    pub fn new(path: &Path) -> FileSource {
        FileSource { path: path.to_owned(), parts: None }
    }

    fn read(&mut self, from: u64) -> Result<Vec<u8>, super::BackupError> {
        if self.parts.as_ref().is_some_and(|parts| from <= parts.height()) {
            self.parts = None;
        }
        let parts = match &mut self.parts {
            Some(parts) => parts,
            none => none.insert(open(&self.path)?.parts),
        };
        while let Some(blocks) = parts.next_part()? {
            if from <= parts.height() {
                return Ok(skip(&blocks, from).to_vec());
            }
        }
        Ok(Vec::new())
    }
}

/// The blocks from this height on.
fn skip(blocks: &[u8], from: u64) -> &[u8] {
    let mut rest = blocks;
    loop {
        let mut after = rest;
        match Sealed::read(&mut after) {
            Some(sealed) if sealed.block.header.height < from => rest = after,
            _ => return rest,
        }
    }
}

impl Source for FileSource {
    fn blocks(&mut self, from: u64) -> Result<Vec<u8>, String> {
        self.read(from).map_err(|error| {
            self.parts = None;
            error.to_string()
        })
    }

    fn outbox(&mut self) -> Box<dyn FnMut(bytes::Bytes) + Send> {
        Box::new(drop)
    }
}
