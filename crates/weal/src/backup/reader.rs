//! Reads a backup part by part, and says where it is damaged.

use super::{BackupError, FORMAT, LINE_BYTES, Line, PART_BYTES, chain};
use crate::app::FirstPage;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use weal_node::Sealed;
use weal_proof::genesis::network_id;
use weal_proof::header::HEADER_BYTES;
use weal_proof::{Hash, Header};

/// A backup whose first line is read.
pub struct Opened {
    /// The first page of its book.
    pub page: FirstPage,
    /// The id of its network.
    pub network: Hash,
    /// What follows.
    pub parts: Parts,
}

/// The parts of a backup, one after the other.
pub struct Parts {
    path: PathBuf,
    file: BufReader<File>,
    /// What ends the part before.
    pub(super) before: Hash,
    /// Where the next part begins.
    pub(super) offset: u64,
    /// Header of the last block that was read.
    pub(super) last: Option<Header>,
    /// Height of the last block that was read with a certificate of its own.
    certified: u64,
    ended: bool,
}

/// Opens a backup.
pub fn open(path: &Path) -> Result<Opened, BackupError> {
    let fail = |e| BackupError::Io(path.to_owned(), e);
    let mut file = BufReader::new(File::open(path).map_err(fail)?);
    let mut bytes = Vec::new();
    file.by_ref().take(LINE_BYTES).read_until(b'\n', &mut bytes).map_err(fail)?;
    let other = |what: &str| BackupError::Format(path.to_owned(), what.to_owned());
    let line: Line =
        serde_json::from_slice(&bytes).map_err(|_| other("its first line cannot be read"))?;
    if line.format != FORMAT {
        return Err(other(&format!("it is {}, not {FORMAT}", line.format)));
    }
    let (before, offset) = (Hash::of(&[&bytes]), bytes.len() as u64);
    let page = FirstPage { genesis: line.genesis.into(), rules: line.rules.into() };
    let network = network_id(&page.genesis);
    let path = path.to_owned();
    let parts = Parts { path, file, before, offset, last: None, certified: 0, ended: false };
    Ok(Opened { page, network, parts })
}

impl Parts {
    /// Height of the last block that was read.
    pub fn height(&self) -> u64 {
        self.last.as_ref().map_or(0, |header| header.height)
    }

    /// Height of the last block that was read and has a certificate of its own.
    pub fn certified(&self) -> u64 {
        self.certified
    }

    /// Bytes read so far.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The blocks of the next part; `None` at the end of the whole file.
    pub fn next_part(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        if self.ended {
            return Ok(None);
        }
        let (mut length, mut hash) = ([0; 4], [0; 32]);
        self.fill(&mut length)?;
        let length = u32::from_be_bytes(length);
        let end = self.offset + 4 + u64::from(length) + 32;
        if length > PART_BYTES {
            return Err(self.damage(self.offset, self.offset + 4, "a length is too great"));
        }
        let mut blocks = vec![0; length as usize];
        self.fill(&mut blocks)?;
        self.fill(&mut hash)?;
        if chain(&self.before, &blocks).0 != hash {
            return Err(self.locate(&blocks));
        }
        let begin = self.offset;
        (self.before, self.offset) = (Hash(hash), end);
        if length == 0 {
            let rest = self.file.fill_buf().map_err(|e| BackupError::Io(self.path.clone(), e))?;
            self.ended = rest.is_empty();
            return match self.ended {
                true => Ok(None),
                false => Err(self.damage(end, end, "something follows the end")),
            };
        }
        match walk(&blocks, self.last.clone()) {
            Ok((last, certified)) => {
                self.last = last;
                self.certified = self.certified.max(certified);
                Ok(Some(blocks))
            }
            Err((from, to, what)) => Err(self.damage(begin + 4 + from, begin + 4 + to, &what)),
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), BackupError> {
        self.file.read_exact(bytes).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => BackupError::Cut(self.path.clone(), self.height()),
            _ => self.fail(error),
        })
    }

    fn fail(&self, error: io::Error) -> BackupError {
        BackupError::Io(self.path.clone(), error)
    }

    fn damage(&self, from: u64, to: u64, what: &str) -> BackupError {
        BackupError::Damaged { path: self.path.clone(), from, to, what: what.to_owned() }
    }

    /// Where in these blocks the damage is, as narrow as can be told.
    fn locate(&self, blocks: &[u8]) -> BackupError {
        let begin = self.offset + 4;
        match walk(blocks, self.last.clone()) {
            // The length of the part itself may be what was changed.
            Err((0, to, what)) => self.damage(self.offset, begin + to, &what),
            Err((from, to, what)) => self.damage(begin + from, begin + to, &what),
            Ok((last, _)) => {
                let (first, last) = (self.height() + 1, last.map_or(0, |header| header.height));
                let what = format!("a certificate or the sum of blocks {first} to {last}");
                self.damage(begin, begin + blocks.len() as u64 + 32, &what)
            }
        }
    }
}

/// Follows blocks; gives the last header and the last certified height, or from where to where
/// something is wrong, and what.
fn walk(
    blocks: &[u8],
    mut last: Option<Header>,
) -> Result<(Option<Header>, u64), (u64, u64, String)> {
    let (mut rest, mut certified, mut before) = (blocks, 0, 0);
    while !rest.is_empty() {
        let (at, begin) = ((blocks.len() - rest.len()) as u64, rest);
        let height = last.as_ref().map_or(1, |header| header.height + 1);
        let Some(sealed) = Sealed::read(&mut rest) else {
            return Err(match changed_block(begin) {
                Some(length) => (at, at + length, format!("block {height} is not what it was")),
                None => (0, blocks.len() as u64, format!("a length at or before block {height}")),
            });
        };
        let header = sealed.block.header;
        let to = (blocks.len() - rest.len()) as u64;
        if header.height != height {
            return Err((at, to, format!("block {} stands for block {height}", header.height)));
        }
        if last.is_some_and(|last| header.parent != last.digest()) {
            return Err((before, to, format!("block {} or {height} was changed", height - 1)));
        }
        if sealed.certificate.is_some() {
            certified = height;
        }
        (last, before) = (Some(header), at);
    }
    Ok((last, certified))
}

/// The bytes of the first block, if it is whole and its header names another body.
fn changed_block(bytes: &[u8]) -> Option<u64> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length);
    let block = rest.get(..usize::try_from(length).ok()?)?;
    let (header, body) = block.split_at_checked(HEADER_BYTES)?;
    let changed = Header::from_bytes(header)?.body != Hash::of(&[body]);
    changed.then_some(4 + u64::from(length))
}
