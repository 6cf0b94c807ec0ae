//! Snapshots of the state: where a restart begins instead of genesis.
//!
//! `"WEALSNP1"`, the header (256 bytes), the number of log roots and the roots, the number of
//! entries, then for each entry key length, key, value length, value; last the SHA-256 of all
//! before. Numbers are 4 (lengths) or 8 bytes, big-endian. A file appears under its name only when
//! it is complete; a damaged one is passed over.

use sha256::Hasher;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weal_kernel::{Rules, State};
use weal_proof::header::HEADER_BYTES;
use weal_proof::log::Frontier;
use weal_proof::{Hash, Header};

const MAGIC: &[u8; 8] = b"WEALSNP1";
const KEPT: usize = 3;

/// A state with the block it is the state after.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) header: Header,
    pub(crate) frontier: Frontier,
    pub(crate) state: State,
}

/// Writes a snapshot and removes those that are too old.
pub(crate) fn save(directory: &Path, snapshot: &Snapshot) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    let unfinished = directory.join("unfinished");
    let mut out = Hasher::new(BufWriter::new(File::create(&unfinished)?));
    out.write_all(MAGIC)?;
    out.write_all(&snapshot.header.to_bytes())?;
    write_number(&mut out, snapshot.frontier.roots().len() as u64)?;
    for root in snapshot.frontier.roots() {
        out.write_all(&root.0)?;
    }
    write_number(&mut out, snapshot.state.len())?;
    let mut result = Ok(());
    snapshot.state.each_entry(&mut |key, value| {
        if result.is_ok() {
            result =
                write_bytes(&mut out, key.as_bytes()).and_then(|()| write_bytes(&mut out, value));
        }
    });
    result?;
    out.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::rename(&unfinished, directory.join(name(snapshot.header.height)))?;
    File::open(directory)?.sync_all()?;
    for (_, old) in list(directory)?.into_iter().rev().skip(KEPT) {
        fs::remove_file(old)?;
    }
    Ok(())
}

/// The newest good snapshot up to this height.
pub(crate) fn load(
    directory: &Path,
    network: Hash,
    rules: &Arc<Rules>,
    height_max: u64,
) -> Option<Snapshot> {
    let files = list(directory).unwrap_or_default();
    let fitting = files.into_iter().rev().filter(|(height, _)| *height <= height_max);
    for (height, path) in fitting {
        match read(&path, network, rules) {
            Ok(snapshot) if snapshot.header.height == height => return Some(snapshot),
            Ok(_) => tracing::warn!(height, "a snapshot has another height than its name"),
            Err(reason) => tracing::warn!(height, %reason, "a snapshot is damaged"),
        }
    }
    None
}

fn name(height: u64) -> String {
    format!("state-{height:020}")
}

fn list(directory: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut files = Vec::new();
    for file in fs::read_dir(directory)? {
        let path = file?.path();
        let height = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_prefix("state-").and_then(|digits| digits.parse().ok()));
        files.extend(height.map(|height| (height, path)));
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path, network: Hash, rules: &Arc<Rules>) -> io::Result<Snapshot> {
    let damaged = |what: &'static str| io::Error::new(io::ErrorKind::InvalidData, what);
    let mut input = Hasher::new(BufReader::new(File::open(path)?));
    if read_array::<8>(&mut input)? != *MAGIC {
        return Err(damaged("not a snapshot"));
    }
    let header = Header::from_bytes(&read_array::<HEADER_BYTES>(&mut input)?)
        .ok_or_else(|| damaged("the header is malformed"))?;
    let roots = (0..read_number(&mut input)?.min(64))
        .map(|_| read_array::<32>(&mut input).map(Hash))
        .collect::<io::Result<Vec<_>>>()?;
    let frontier = Frontier::from_parts(header.log_size, roots)
        .filter(|frontier| frontier.root() == header.log_root)
        .ok_or_else(|| damaged("the log roots are not those of the header"))?;
    let count = read_number(&mut input)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        let key = String::from_utf8(read_bytes(&mut input)?);
        entries.push((key.map_err(|_| damaged("a key is not text"))?, read_bytes(&mut input)?));
    }
    if !input.ends_with_its_hash()? {
        return Err(damaged("the file's hash is wrong"));
    }
    let state = State::restore(network, rules.clone(), entries);
    if state.root() != header.state_root || header.network != network {
        return Err(damaged("the state is not that of the header"));
    }
    Ok(Snapshot { header, frontier, state })
}

fn write_number(out: &mut impl Write, number: u64) -> io::Result<()> {
    out.write_all(&number.to_be_bytes())
}

fn write_bytes(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(bytes)
}

fn read_array<const N: usize>(input: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_number(input: &mut impl Read) -> io::Result<u64> {
    read_array::<8>(input).map(u64::from_be_bytes)
}

/// No key or value is longer than an envelope; a damaged length must not ask for gigabytes.
fn read_bytes(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = u32::from_be_bytes(read_array::<4>(input)?) as usize;
    if length > weal_proof::limits::ENVELOPE_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "an entry is too long"));
    }
    let mut bytes = vec![0; length];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Hashing while reading or writing.
mod sha256 {
    use sha2::{Digest, Sha256};
    use std::io::{self, Read, Write};

    pub(super) struct Hasher<T> {
        inner: T,
        digest: Sha256,
    }

    impl<T> Hasher<T> {
        pub(super) fn new(inner: T) -> Self {
            Hasher { inner, digest: Sha256::new() }
        }
    }

    impl<T: Write> Hasher<T> {
        /// Appends the hash of all that was written.
        pub(super) fn finish(mut self) -> io::Result<T> {
            let hash: [u8; 32] = self.digest.finalize().into();
            self.inner.write_all(&hash)?;
            Ok(self.inner)
        }
    }

    impl<T: Read> Hasher<T> {
        /// Whether what is left is the hash of all that was read.
        pub(super) fn ends_with_its_hash(mut self) -> io::Result<bool> {
            let hash: [u8; 32] = self.digest.finalize().into();
            let mut rest = Vec::new();
            self.inner.by_ref().take(33).read_to_end(&mut rest)?;
            Ok(rest == hash)
        }
    }

    impl<T: Write> Write for Hasher<T> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let written = self.inner.write(bytes)?;
            self.digest.update(bytes.get(..written).unwrap_or_default());
            Ok(written)
        }
        fn flush(&mut self) -> io::Result<()> {
            self.inner.flush()
        }
    }

    impl<T: Read> Read for Hasher<T> {
        fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
            let count = self.inner.read(bytes)?;
            self.digest.update(bytes.get(..count).unwrap_or_default());
            Ok(count)
        }
    }
}
