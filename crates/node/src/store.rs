//! Final blocks a mirror fetched from others: one file of records and one of their places.
//!
//! A record is `u32 length, header and body, u32 length, certificate (or nothing), SHA-256 of all
//! before`; `places` holds 8 bytes big-endian for each height from 1 on: where its record begins.
//! A record that does not hash to what it ends with is never given out.

use crate::limits;
use bytes::Bytes;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use weal_engine::Block;
use weal_proof::header::HEADER_BYTES;
use weal_proof::{Hash, Header};

/// A final block, with its own certificate where it has one.
#[derive(Clone)]
pub struct Sealed {
    /// The block.
    pub block: Block,
    /// Its certificate; without it the block is final through a later one.
    pub certificate: Option<Vec<u8>>,
}

impl Sealed {
    /// Appends `u32 length, header and body, u32 length, certificate`.
    pub fn write(&self, out: &mut Vec<u8>) {
        let Block { header, body } = &self.block;
        put_length(out, HEADER_BYTES + body.len());
        out.extend_from_slice(&header.to_bytes());
        out.extend_from_slice(body);
        let certificate = self.certificate.as_deref().unwrap_or_default();
        put_length(out, certificate.len());
        out.extend_from_slice(certificate);
    }

    /// Reads what [`Sealed::write`] wrote; the body must be the one the header names.
    pub fn read(rest: &mut &[u8]) -> Option<Sealed> {
        let block = take(rest, HEADER_BYTES + limits::BODY_BYTES)?;
        let (header, body) = block.split_at_checked(HEADER_BYTES)?;
        let header = Header::from_bytes(header)?;
        if Hash::of(&[body]) != header.body {
            return None;
        }
        let certificate = take(rest, limits::CERTIFICATE_BYTES)?;
        let certificate = (!certificate.is_empty()).then(|| certificate.to_vec());
        let block = Block { header, body: Bytes::copy_from_slice(body) };
        Some(Sealed { block, certificate })
    }
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    out.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
}

fn take<'a>(rest: &mut &'a [u8], max: usize) -> Option<&'a [u8]> {
    let (length, tail) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok().filter(|n| *n <= max)?;
    let (bytes, tail) = tail.split_at_checked(length)?;
    *rest = tail;
    Some(bytes)
}

/// The bytes of a block with the hash that says whether they are still the same.
fn record(block: &Sealed) -> Vec<u8> {
    let mut bytes = Vec::new();
    block.write(&mut bytes);
    let hash = Hash::of(&[&bytes]);
    bytes.extend_from_slice(&hash.0);
    bytes
}

/// The files of a mirror.
pub(crate) struct Store(Mutex<Files>);

struct Files {
    records: File,
    places: File,
    end: u64,
    count: u64,
}

impl Store {
    /// Opens the files; blocks at the end that a crash left unfinished are forgotten.
    pub(crate) fn open(directory: &Path) -> io::Result<Store> {
        std::fs::create_dir_all(directory)?;
        let open = |name| {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false).open(directory.join(name))
        };
        let (records, places) = (open("records")?, open("places")?);
        let mut files = Files { end: records.metadata()?.len(), records, places, count: 0 };
        files.count = files.places.metadata()?.len() / 8;
        while files.count > 0 && files.read(files.count).is_err() {
            files.count -= 1;
        }
        files.places.set_len(files.count * 8)?;
        Ok(Store(Mutex::new(files)))
    }

    /// Height of the last block.
    pub(crate) fn height(&self) -> u64 {
        self.lock().count
    }

    /// Appends blocks that follow the last, and makes them durable.
    pub(crate) fn append(&self, blocks: &[Sealed]) -> io::Result<()> {
        let mut files = self.lock();
        let (mut bytes, mut places) = (Vec::new(), Vec::new());
        for block in blocks {
            places.extend_from_slice(&(files.end + bytes.len() as u64).to_be_bytes());
            bytes.extend_from_slice(&record(block));
        }
        files.records.write_all_at(&bytes, files.end)?;
        files.records.sync_data()?;
        files.places.write_all_at(&places, files.count * 8)?;
        files.places.sync_data()?;
        files.end += bytes.len() as u64;
        files.count += blocks.len() as u64;
        Ok(())
    }

    /// Writes a block again whose record is damaged; the old record stays where it is, unused.
    pub(crate) fn replace(&self, height: u64, block: &Sealed) -> io::Result<()> {
        let mut files = self.lock();
        let at = height.checked_sub(1).filter(|at| *at < files.count);
        let at = at.ok_or_else(|| io::Error::other("there is no such block"))?;
        let bytes = record(block);
        files.records.write_all_at(&bytes, files.end)?;
        files.records.sync_data()?;
        files.places.write_all_at(&files.end.to_be_bytes(), at * 8)?;
        files.places.sync_data()?;
        files.end += bytes.len() as u64;
        Ok(())
    }

    /// The block of this height; an error if the disk gives back something else than was written.
    pub(crate) fn get(&self, height: u64) -> io::Result<Option<Sealed>> {
        let files = self.lock();
        if height == 0 || height > files.count {
            return Ok(None);
        }
        files.read(height).map(Some)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Files> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Files {
    fn place(&self, height: u64) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.places.read_exact_at(&mut bytes, (height - 1) * 8)?;
        Ok(u64::from_be_bytes(bytes))
    }

    /// The bytes of a record, without the hash at its end, which is checked.
    fn record(&self, height: u64) -> io::Result<Vec<u8>> {
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the record is damaged");
        let start = self.place(height)?;
        let mut bytes = Vec::new();
        for max in [HEADER_BYTES + limits::BODY_BYTES, limits::CERTIFICATE_BYTES] {
            let mut length = [0; 4];
            let at = start.checked_add(bytes.len() as u64).ok_or_else(damaged)?;
            self.records.read_exact_at(&mut length, at)?;
            let size = u32::from_be_bytes(length) as usize;
            if size > max {
                return Err(damaged());
            }
            bytes.extend_from_slice(&length);
            let filled = bytes.len();
            bytes.resize(filled + size, 0);
            let part = bytes.get_mut(filled..).unwrap_or_default();
            self.records.read_exact_at(part, at + 4)?;
        }
        let mut hash = [0; 32];
        self.records.read_exact_at(&mut hash, start + bytes.len() as u64)?;
        if Hash::of(&[&bytes]).0 != hash {
            return Err(damaged());
        }
        Ok(bytes)
    }

    fn read(&self, height: u64) -> io::Result<Sealed> {
        let bytes = self.record(height)?;
        let sealed = Sealed::read(&mut bytes.as_slice());
        let fits = |sealed: &Sealed| sealed.block.header.height == height;
        let damaged = || io::Error::new(io::ErrorKind::InvalidData, "the record is another's");
        sealed.filter(fits).ok_or_else(damaged)
    }
}
