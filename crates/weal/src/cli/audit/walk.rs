//! A walk over a whole log: every entry, every hash, up to the head.
//!
//! 1. Threads fetch entries, 256 at a time. Each must be a canonical envelope of this book, of a
//!    known shape, with signatures that all hold; and hash to what the tile of leaves says.
//! 2. In the order of the log, leaves make the tree. The first thing that is wrong ends the walk.
//! 3. Every tile above must hold the hashes that follow from those below.
//! 4. The head must be the one that was signed.

use super::place::{Place, name};
use crate::cli::output::{Exit, Failure, group};
use indicatif::ProgressBar;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use weal_proof::checkpoint::Checkpoint;
use weal_proof::log::{Frontier, leaf_hash};
use weal_proof::tile::{TILE_WIDTH, Tile, width_of};
use weal_proof::{Envelope, Hash};

/// Threads: enough to hide the way to a far node, few enough not to be a burden to it.
const THREADS: usize = 4;
/// Parts that may wait for an earlier one.
const WAITING: usize = 64;

/// The leaves of one part of the log, or what is wrong with it.
type Part = (u64, Result<Vec<Hash>, Failure>);

/// What was walked over.
pub(super) struct Walked {
    pub(super) entries: u64,
    pub(super) signatures: u64,
    pub(super) tiles: u64,
}

struct Walk<'a> {
    place: &'a Place,
    network: Hash,
    size: u64,
    parts: u64,
    next: AtomicU64,
    over: AtomicBool,
    signatures: AtomicU64,
    tiles: AtomicU64,
}

/// Checks the whole log of a checkpoint.
pub(super) fn walk(
    place: &Place,
    network: Hash,
    checkpoint: &Checkpoint,
    bar: &ProgressBar,
) -> Result<Walked, Failure> {
    let (size, parts) = (checkpoint.size, checkpoint.size.div_ceil(u64::from(TILE_WIDTH)));
    let (next, over) = (AtomicU64::new(0), AtomicBool::new(false));
    let (signatures, tiles) = (AtomicU64::new(0), AtomicU64::new(0));
    let walk = Walk { place, network, size, parts, next, over, signatures, tiles };
    bar.set_length(size);
    let (tree, level) = walk.leaves(bar)?;
    walk.levels_above(level)?;
    if tree.root() != checkpoint.root {
        let told = "the entries make another head than the checkpoint says";
        return Err(Failure::new(Exit::Proof, format!("{told}: {}", tree.root())));
    }
    let (signatures, tiles) = (walk.signatures.into_inner(), walk.tiles.into_inner());
    Ok(Walked { entries: size, signatures, tiles })
}

impl Walk<'_> {
    /// Steps 1 and 2: the tree, and the roots of full tiles of leaves.
    fn leaves(&self, bar: &ProgressBar) -> Result<(Frontier, Vec<Hash>), Failure> {
        let (give, parts) = sync_channel(WAITING);
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                let give = give.clone();
                scope.spawn(move || self.fetch(&give));
            }
            drop(give);
            let told = self.put_together(&parts, bar);
            self.over.store(true, Ordering::Relaxed);
            drop(parts);
            told
        })
    }

    fn fetch(&self, give: &SyncSender<Part>) {
        while !self.over.load(Ordering::Relaxed) {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.parts || give.send((index, self.part(index))).is_err() {
                break;
            }
        }
    }

    fn put_together(
        &self,
        parts: &Receiver<Part>,
        bar: &ProgressBar,
    ) -> Result<(Frontier, Vec<Hash>), Failure> {
        let (mut tree, mut above) = (Frontier::default(), Vec::new());
        let (mut early, mut next) = (BTreeMap::new(), 0);
        while next < self.parts {
            let part = match early.remove(&next) {
                Some(part) => part,
                None => {
                    let lost = || Failure::error("a thread ended");
                    let (index, part) = parts.recv().map_err(|_| lost())?;
                    early.insert(index, part);
                    continue;
                }
            };
            let leaves: Vec<Hash> = part?;
            if leaves.len() == usize::from(TILE_WIDTH) {
                above.push(root(&leaves));
            }
            leaves.into_iter().for_each(|leaf| tree.push(leaf));
            bar.set_position(tree.size());
            next += 1;
        }
        Ok((tree, above))
    }

    /// One part of the log; a copy that is damaged is fetched again.
    fn part(&self, index: u64) -> Result<Vec<Hash>, Failure> {
        match (self.part_from(self.place, index), self.place) {
            (Err(failure), Place::Copy { from, .. }) if failure.exit == Exit::Proof => {
                self.part_from(from, index)
            }
            (told, _) => told,
        }
    }

    fn part_from(&self, place: &Place, index: u64) -> Result<Vec<Hash>, Failure> {
        let width = width_of(0, index, self.size).unwrap_or(0);
        let bundle = Tile::Entries { index, width };
        let bytes = place.tile(bundle)?;
        let (entries, used) = split(&bytes, width).ok_or_else(|| {
            wrong(&bundle, format!("it does not hold {width} entries after their lengths"))
        })?;
        let first = index * u64::from(TILE_WIDTH);
        let mut leaves = Vec::with_capacity(entries.len());
        for (at, entry) in (first..).zip(entries) {
            let signatures = check_entry(&self.network, entry)
                .map_err(|why| wrong(&bundle, format!("entry {}: {why}", group(at))))?;
            self.signatures.fetch_add(signatures, Ordering::Relaxed);
            leaves.push(leaf_hash(entry));
        }
        let tile = Tile::Hashes { level: 0, index, width };
        let hashes = hashes(&place.tile(tile)?, width);
        let hashes = hashes.ok_or_else(|| wrong(&tile, "it is no list of hashes".into()))?;
        if let Some(at) = leaves.iter().zip(&hashes).position(|(leaf, hash)| leaf != hash) {
            let at = group(first + at as u64);
            return Err(wrong(&tile, format!("entry {at} does not hash to what it says")));
        }
        self.tiles.fetch_add(2, Ordering::Relaxed);
        self.place.keep(bundle, bytes.get(..used).unwrap_or_default())?;
        self.keep_hashes(tile, &hashes)?;
        Ok(leaves)
    }

    fn keep_hashes(&self, tile: Tile, hashes: &[Hash]) -> Result<(), Failure> {
        let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
        self.place.keep(tile, &bytes)
    }

    /// Step 3.
    fn levels_above(&self, mut level: Vec<Hash>) -> Result<(), Failure> {
        let mut number = 1;
        while !level.is_empty() {
            let mut above = Vec::new();
            for (index, known) in (0..).zip(level.chunks(usize::from(TILE_WIDTH))) {
                let width = u16::try_from(known.len()).unwrap_or(TILE_WIDTH);
                let tile = Tile::Hashes { level: number, index, width };
                self.check_above(self.place, tile, known).or_else(|failure| match self.place {
                    Place::Copy { from, .. } => self.check_above(from, tile, known),
                    _ => Err(failure),
                })?;
                self.keep_hashes(tile, known)?;
                if width == TILE_WIDTH {
                    above.push(root(known));
                }
            }
            (level, number) = (above, number + 1);
        }
        Ok(())
    }

    fn check_above(&self, place: &Place, tile: Tile, known: &[Hash]) -> Result<(), Failure> {
        let width = u16::try_from(known.len()).unwrap_or(TILE_WIDTH);
        let found = hashes(&place.tile(tile)?, width);
        let found = found.ok_or_else(|| wrong(&tile, "it is no list of hashes".into()))?;
        if let Some(at) = known.iter().zip(&found).position(|(known, found)| known != found) {
            return Err(wrong(&tile, format!("hash {at} does not follow from the tiles below")));
        }
        self.tiles.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn wrong(tile: &Tile, why: String) -> Failure {
    Failure::new(Exit::Proof, format!("{}: {why}", name(tile)))
}

fn root(hashes: &[Hash]) -> Hash {
    let mut tree = Frontier::default();
    hashes.iter().for_each(|hash| tree.push(*hash));
    tree.root()
}

/// So many hashes; a full tile in the place of a partial one holds more.
pub(super) fn hashes(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    let full = hashes.len() == usize::from(TILE_WIDTH);
    let fits = rest.is_empty() && (full || hashes.len() == usize::from(width));
    fits.then(|| hashes.iter().take(usize::from(width)).map(|hash| Hash(*hash)).collect())
}

/// So many entries and the bytes they take; a full bundle in the place of a partial one has more.
fn split(bytes: &[u8], width: u16) -> Option<(Vec<&[u8]>, usize)> {
    let (mut rest, mut entries, mut used) = (bytes, Vec::new(), 0);
    while let Some((length, tail)) = rest.split_first_chunk::<2>() {
        let (entry, tail) = tail.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        rest = tail;
        if entries.len() == usize::from(width) {
            used = bytes.len() - rest.len();
        }
    }
    let full = entries.len() == usize::from(TILE_WIDTH);
    let fits = rest.is_empty() && (full || entries.len() == usize::from(width));
    entries.truncate(usize::from(width));
    fits.then_some((entries, used))
}

/// Whether an entry is one that the log may hold; how many signatures it has.
fn check_entry(network: &Hash, bytes: &[u8]) -> Result<u64, String> {
    let envelope = Envelope::from_bytes(bytes).map_err(|e| e.to_string())?;
    if envelope.to_bytes() != bytes {
        return Err("it is not written in the one canonical way".into());
    }
    let signed = weal_kernel::check_envelope(network, envelope).map_err(|e| e.to_string())?;
    let signatures = signed.envelope.signatures().len() as u64;
    if signatures == 0 {
        return Err("nobody signed it".into());
    }
    let verified = signed.envelope.verify();
    verified.map_err(|key| format!("the signature of key {key} is wrong"))?;
    Ok(signatures)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_bundle_that_is_cut_or_has_more_or_less_than_asked_for_is_none() {
        let entry = |text: &[u8]| [&(text.len() as u16).to_be_bytes()[..], text].concat();
        let two = [entry(b"abc"), entry(b"")].concat();
        assert_eq!(split(&two, 2).unwrap(), (vec![&b"abc"[..], b""], 7));
        for width in [0, 1, 3, 256] {
            assert!(split(&two, width).is_none(), "{width}");
        }
        for cut in 1..two.len() {
            assert!(split(&two[..cut], 2).is_none(), "{cut}");
        }
        let full = entry(b"abc").repeat(256);
        assert_eq!(split(&full, 2).unwrap(), (vec![&b"abc"[..]; 2], 10));
        assert!(split(&entry(b"abc").repeat(257), 256).is_none());
    }

    #[test]
    fn a_tile_has_as_many_hashes_as_asked_for_or_all() {
        assert_eq!(hashes(&[0; 64], 2).unwrap().len(), 2);
        assert_eq!(hashes(&[0; 32 * 256], 2).unwrap().len(), 2);
        for (bytes, width) in [(64, 1), (64, 3), (65, 2), (32 * 257, 256), (0, 1)] {
            assert!(hashes(&vec![0; bytes], width).is_none(), "{bytes}");
        }
    }
}
