//! Makes a backup, or continues one, from whoever gives final blocks.

use super::reader::open;
use super::{BackupError, Line, PART_BYTES, chain};
use crate::app::FirstPage;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use weal_node::Sealed;
use weal_proof::genesis::network_id;
use weal_proof::{Hash, Header};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Height of the last block in the file.
    pub height: u64,
    /// Blocks that were added this time.
    pub added: u64,
    /// Size of the file.
    pub bytes: u64,
    /// What ends the file, a hash of all of it.
    pub hash: Hash,
}

/// A backup that is being written.
pub struct Writer {
    path: PathBuf,
    file: File,
    before: Hash,
    bytes: u64,
    last: Option<Header>,
    begun_at: u64,
}

impl Writer {
    /// Begins a new file; there must be none.
    pub fn create(path: &Path, page: &FirstPage) -> Result<Writer, BackupError> {
        let fail = |e| BackupError::Io(path.to_owned(), e);
        let line = Line::of(page)?;
        let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(fail)?;
        file.write_all(&line).map_err(fail)?;
        let (path, before, bytes) = (path.to_owned(), Hash::of(&[&line]), line.len() as u64);
        Ok(Writer { path, file, before, bytes, last: None, begun_at: 0 })
    }

    /// Goes on with a file whose parts are all good; what was left unfinished is cut off.
    pub fn proceed(path: &Path, page: &FirstPage) -> Result<Writer, BackupError> {
        let fail = |e| BackupError::Io(path.to_owned(), e);
        let opened = open(path)?;
        if opened.network != network_id(&page.genesis) {
            return Err(BackupError::Other(path.to_owned(), opened.network));
        }
        let mut parts = opened.parts;
        let (mut before, mut bytes) = (parts.before, parts.offset);
        loop {
            match parts.next_part() {
                Ok(Some(_)) => (before, bytes) = (parts.before, parts.offset),
                Ok(None) | Err(BackupError::Cut(..)) => break,
                Err(error) => return Err(error),
            }
        }
        let file = OpenOptions::new().append(true).open(path).map_err(fail)?;
        file.set_len(bytes).map_err(fail)?;
        let (path, begun_at) = (path.to_owned(), parts.height());
        Ok(Writer { path, file, before, bytes, last: parts.last, begun_at })
    }

    /// Height of the last block in the file.
    pub fn height(&self) -> u64 {
        self.last.as_ref().map_or(0, |header| header.height)
    }

    /// Adds blocks that follow the last one.
    pub fn add(&mut self, blocks: &[u8]) -> Result<(), BackupError> {
        let mut rest = blocks;
        while !rest.is_empty() {
            let height = self.height() + 1;
            let wrong = || BackupError::Source(format!("block {height} was not given as it is"));
            let header = Sealed::read(&mut rest).ok_or_else(wrong)?.block.header;
            let parent = self.last.as_ref().map(Header::digest);
            if header.height != height || parent.is_some_and(|parent| parent != header.parent) {
                return Err(wrong());
            }
            self.last = Some(header);
        }
        if blocks.len() > PART_BYTES as usize {
            return Err(BackupError::Source("too many blocks were given at once".into()));
        }
        self.part(blocks)
    }

    /// Ends the file and makes it durable.
    pub fn finish(mut self) -> Result<Summary, BackupError> {
        self.part(&[])?;
        self.file.sync_all().map_err(|e| BackupError::Io(self.path.clone(), e))?;
        let (height, bytes, hash) = (self.height(), self.bytes, self.before);
        Ok(Summary { height, added: height - self.begun_at, bytes, hash })
    }

    fn part(&mut self, blocks: &[u8]) -> Result<(), BackupError> {
        let length = u32::try_from(blocks.len()).unwrap_or(u32::MAX).to_be_bytes();
        let hash = chain(&self.before, blocks);
        let whole = [&length[..], blocks, &hash.0].concat();
        self.file.write_all(&whole).map_err(|e| BackupError::Io(self.path.clone(), e))?;
        self.before = hash;
        self.bytes += whole.len() as u64;
        Ok(())
    }
}
