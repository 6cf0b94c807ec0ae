//! The log's hashes on disk: one file for every eighth level of the tree, 32 bytes for each node.
//!
//! Level 0 holds the leaves; level 8 the roots of 256 leaves; level 16 the roots of 65,536, and so
//! on: exactly the full tiles of C2SP `tlog-tiles`, one after the other. `blocks` holds the log's
//! size after each block, 8 bytes big-endian. All of it is derived from the archive: it is cut to
//! the last snapshot at start and grows again.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use weal_proof::Hash;
use weal_proof::log::{Frontier, Subtrees};

const TILE: u64 = 256;

/// The hashes of all final operations.
#[derive(Debug)]
pub(crate) struct Hashes {
    directory: PathBuf,
    levels: Vec<Level>,
    blocks: File,
    block_count: u64,
}

/// One file, and its last hashes that make no full tile yet.
#[derive(Debug)]
struct Level {
    file: File,
    count: u64,
    tail: Vec<Hash>,
}

impl Level {
    fn open(path: &Path, count: u64) -> io::Result<Level> {
        let file = open(path)?;
        if file.metadata()?.len() < count * 32 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "hashes are missing"));
        }
        file.set_len(count * 32)?;
        let mut level = Level { file, count, tail: Vec::new() };
        let start = count - count % TILE;
        level.tail = (start..count).map(|at| level.read(at)).collect::<io::Result<_>>()?;
        Ok(level)
    }

    fn read(&self, index: u64) -> io::Result<Hash> {
        let mut bytes = [0; 32];
        self.file.read_exact_at(&mut bytes, index * 32)?;
        Ok(Hash(bytes))
    }

    /// Hashes one after the other, read at once.
    fn read_many(&self, start: u64, count: usize) -> io::Result<Vec<Hash>> {
        let mut bytes = vec![0; count * 32];
        self.file.read_exact_at(&mut bytes, start * 32)?;
        let (hashes, _) = bytes.as_chunks::<32>();
        Ok(hashes.iter().map(|hash| Hash(*hash)).collect())
    }

    /// Appends hashes; the roots of the tiles they fill are returned.
    fn append(&mut self, hashes: &[Hash]) -> io::Result<Vec<Hash>> {
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
        self.file.write_all_at(&bytes, self.count * 32)?;
        let mut roots = Vec::new();
        for hash in hashes {
            self.count += 1;
            self.tail.push(*hash);
            if self.count.is_multiple_of(TILE) {
                let mut tile = Frontier::default();
                self.tail.drain(..).for_each(|hash| tile.push(hash));
                roots.push(tile.root());
            }
        }
        Ok(roots)
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

impl Hashes {
    /// Opens the hashes, cut to so many operations and blocks (genesis not counted).
    pub(crate) fn open(directory: &Path, size: u64, block_count: u64) -> io::Result<Hashes> {
        std::fs::create_dir_all(directory)?;
        let blocks = open(&directory.join("blocks"))?;
        if blocks.metadata()?.len() < block_count * 8 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "block sizes are missing"));
        }
        blocks.set_len(block_count * 8)?;
        let directory = directory.to_owned();
        let mut hashes = Hashes { directory, levels: Vec::new(), blocks, block_count };
        let mut count = size;
        while count > 0 || hashes.levels.is_empty() {
            hashes.add_level(count)?;
            count /= TILE;
        }
        Ok(hashes)
    }

    fn add_level(&mut self, count: u64) -> io::Result<()> {
        let name = format!("level-{:02}", self.levels.len() * 8);
        self.levels.push(Level::open(&self.directory.join(name), count)?);
        Ok(())
    }

    /// Appends one block's leaves.
    pub(crate) fn append(&mut self, leaves: &[Hash]) -> io::Result<()> {
        let mut hashes = leaves.to_vec();
        let mut at = 0;
        while !hashes.is_empty() {
            if at == self.levels.len() {
                self.add_level(0)?;
            }
            let Some(level) = self.levels.get_mut(at) else { break };
            hashes = level.append(&hashes)?;
            at += 1;
        }
        let size = self.size();
        self.blocks.write_all_at(&size.to_be_bytes(), self.block_count * 8)?;
        self.block_count += 1;
        Ok(())
    }

    /// Operations in the log.
    pub(crate) fn size(&self) -> u64 {
        self.levels.first().map_or(0, |level| level.count)
    }

    /// The first hashes of a tile (C2SP `tlog-tiles`); an error if there are not so many.
    pub(crate) fn tile(&self, level: u8, index: u64, width: u16) -> io::Result<Vec<Hash>> {
        let missing = || io::Error::new(io::ErrorKind::UnexpectedEof, "there is no such tile");
        let stored = self.levels.get(usize::from(level)).ok_or_else(missing)?;
        let start = index.checked_mul(TILE).ok_or_else(missing)?;
        let end = start.checked_add(u64::from(width)).ok_or_else(missing)?;
        if end > stored.count {
            return Err(missing());
        }
        stored.read_many(start, usize::from(width))
    }

    /// The log's size after the block of this height.
    pub(crate) fn size_at(&self, height: u64) -> Option<u64> {
        let Some(at) = height.checked_sub(1) else { return Some(0) };
        if at >= self.block_count {
            return None;
        }
        let mut bytes = [0; 8];
        self.blocks.read_exact_at(&mut bytes, at * 8).ok()?;
        Some(u64::from_be_bytes(bytes))
    }

    /// The height of the block that holds the operation at this place.
    pub(crate) fn height_of(&self, index: u64) -> Option<u64> {
        if index >= self.size() {
            return None;
        }
        let (mut low, mut high) = (1, self.block_count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.size_at(middle)? > index { high = middle } else { low = middle + 1 }
        }
        Some(low)
    }
}

impl Subtrees for Hashes {
    fn subtree(&self, level: u32, index: u64) -> Option<Hash> {
        let stored = self.levels.get(usize::try_from(level / 8).ok()?)?;
        let width = 1u64 << (level % 8);
        let (start, end) = (index.checked_mul(width)?, index.checked_add(1)?.checked_mul(width)?);
        if end > stored.count {
            return None;
        }
        let mut tree = Frontier::default();
        let hashes = stored.read_many(start, usize::try_from(width).ok()?).ok()?;
        hashes.into_iter().for_each(|hash| tree.push(hash));
        Some(tree.root())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use weal_proof::log::{inclusion_path, leaf_hash, verify_inclusion};

    #[test]
    fn every_operation_is_found_with_its_path_after_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let mut hashes = Hashes::open(directory.path(), 0, 0).unwrap();
        let mut frontier = Frontier::default();
        let leaf = |i: u64| leaf_hash(&i.to_be_bytes());
        let (mut size, mut blocks) = (0u64, 0u64);
        for block in 0..70u64 {
            let leaves: Vec<_> = (size..size + block % 23).map(leaf).collect();
            leaves.iter().for_each(|leaf| frontier.push(*leaf));
            hashes.append(&leaves).unwrap();
            (size, blocks) = (size + block % 23, blocks + 1);
        }
        drop(hashes);
        let hashes = Hashes::open(directory.path(), size, blocks).unwrap();
        for index in 0..size {
            let path = inclusion_path(&hashes, index, size).unwrap();
            assert!(verify_inclusion(leaf(index), index, size, &path, &frontier.root()));
            let height = hashes.height_of(index).unwrap();
            assert!(hashes.size_at(height).unwrap() > index);
            assert!(hashes.size_at(height - 1).unwrap() <= index);
        }
        assert_eq!(hashes.height_of(size), None);
    }

    #[test]
    fn missing_hashes_are_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let mut hashes = Hashes::open(directory.path(), 0, 0).unwrap();
        hashes.append(&[leaf_hash(b"a")]).unwrap();
        drop(hashes);
        assert!(Hashes::open(directory.path(), 2, 1).is_err());
        assert!(Hashes::open(directory.path(), 0, 0).is_ok());
    }
}
