//! The log as outsiders read it (C2SP tlog-tiles): tiles of hashes, entries, and its checkpoint.
//!
//! Nothing is given out that was not checked first:
//! 1. A tile that is full hashes to the hash one level up, whose tile is checked in the same way.
//! 2. The tile at the right edge hashes to the right edge that the state holds in memory.
//! 3. Entries hash to the tile of leaves.
//! 4. A checkpoint is that of a block with its own certificate.

use crate::archive::Archive;
use crate::chain::Chain;
use crate::hashes::Hashes;
use crate::{body, limits};
use std::sync::PoisonError;
use weal_proof::checkpoint::{Checkpoint, origin};
use weal_proof::keys::SecretKey;
use weal_proof::log::{Frontier, leaf_hash};
use weal_proof::note::{NoteSignature, sign_ed25519};
use weal_proof::tile::{TILE_WIDTH, width_of};
use weal_proof::{Hash, Header};

/// This node's files do not hold what they held when they were written.
#[derive(Debug, thiserror::Error, Clone, PartialEq, Eq)]
#[error("this node's own files are damaged: {0}")]
pub struct Damaged(pub String);

/// What this node says of the log.
#[derive(Debug, Clone)]
pub struct SignedCheckpoint {
    /// Size and head of the log after the newest certified block.
    pub checkpoint: Checkpoint,
    /// This node's signature under it.
    pub signature: NoteSignature,
    /// The block; without certificate only where it is block 0.
    pub header: Header,
}

fn damaged(what: impl Into<String>) -> Damaged {
    Damaged(what.into())
}

/// So many hashes of a tile; `None` if the log has not so many there.
pub(crate) fn tile(
    chain: &Chain,
    level: u8,
    index: u64,
    width: u16,
) -> Result<Option<Vec<Hash>>, Damaged> {
    let frontier = chain.last().frontier;
    let has = width_of(level, index, frontier.size());
    if width == 0 || has.is_none_or(|has| has < width) {
        return Ok(None);
    }
    let hashes = chain.hashes.read().unwrap_or_else(PoisonError::into_inner);
    let mut tile = checked(&hashes, &frontier, level, index)?;
    tile.truncate(usize::from(width));
    Ok(Some(tile))
}

/// A tile as wide as the log makes it, after all that it is hashed into was checked.
fn checked(
    hashes: &Hashes,
    frontier: &Frontier,
    level: u8,
    index: u64,
) -> Result<Vec<Hash>, Damaged> {
    let wrong =
        |level: u8, index: u64| damaged(format!("tile {level}/{index} of the log's hashes"));
    let read = |level: u8, index: u64| {
        let width = width_of(level, index, frontier.size()).ok_or_else(|| wrong(level, index))?;
        hashes.tile(level, index, width).map_err(|_| wrong(level, index))
    };
    let first = read(level, index)?;
    let (mut level, mut index, mut tile) = (level, index, first.clone());
    while tile.len() == usize::from(TILE_WIDTH) {
        let above = read(level + 1, index / u64::from(TILE_WIDTH))?;
        let place = usize::try_from(index % u64::from(TILE_WIDTH)).unwrap_or(usize::MAX);
        if above.get(place) != Some(&edge(&tile).root()) {
            return Err(wrong(level, index));
        }
        (level, index, tile) = (level + 1, index / u64::from(TILE_WIDTH), above);
    }
    let right = right_edge(frontier, level).ok_or_else(|| wrong(level, index))?;
    if edge(&tile).roots() != right {
        return Err(wrong(level, index));
    }
    Ok(first)
}

fn edge(tile: &[Hash]) -> Frontier {
    let mut edge = Frontier::default();
    tile.iter().for_each(|hash| edge.push(*hash));
    edge
}

/// The roots that the last tile of a level adds to the right edge of the whole tree.
fn right_edge(frontier: &Frontier, level: u8) -> Option<&[Hash]> {
    let bits = u32::from(level) * 8;
    let here = frontier.size().checked_shr(bits)?;
    let above = here.checked_shr(8)?.count_ones() as usize;
    let own = (here & 0xff).count_ones() as usize;
    frontier.roots().get(above..above + own)
}

/// Entries from one place on that stand in one block, each after its length in two bytes, and how
/// many; they have these leaves. A bundle of 256 may have 16 MB, so it is given block by block.
pub(crate) async fn entries(
    chain: &Chain,
    archive: &Archive,
    first: u64,
    leaves: &[Hash],
) -> Result<(Vec<u8>, usize), Damaged> {
    let (height, before) = place(chain, first).ok_or_else(|| damaged("the sizes of blocks"))?;
    let wrong = || damaged(format!("block {height}"));
    let block = archive.block(height).await.ok_or_else(wrong)?;
    let envelopes = body::split(&block.body).ok_or_else(wrong)?;
    let skip = usize::try_from(first - before).map_err(|_| wrong())?;
    let (mut bytes, mut count) = (Vec::new(), 0);
    for (entry, leaf) in envelopes.into_iter().skip(skip).zip(leaves) {
        let length = u16::try_from(entry.len()).ok().filter(|_| leaf_hash(entry) == *leaf);
        let length = length.ok_or_else(|| damaged(format!("entry {}", first + count as u64)))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
        count += 1;
    }
    if count == 0 { Err(wrong()) } else { Ok((bytes, count)) }
}

/// The block that holds an entry, and the place of the block's first entry.
pub(crate) fn place(chain: &Chain, index: u64) -> Option<(u64, u64)> {
    let hashes = chain.hashes.read().unwrap_or_else(PoisonError::into_inner);
    let height = hashes.height_of(index)?;
    let before = hashes.size_at(height.checked_sub(1)?)?;
    (before <= index).then_some((height, before))
}

/// What this node says of the log after the newest block with a certificate of its own.
pub(crate) async fn checkpoint(
    chain: &Chain,
    archive: &Archive,
    key: &SecretKey,
) -> Result<SignedCheckpoint, String> {
    let header = certified(chain, archive).await.ok_or("no certified block is at hand yet")?;
    let checkpoint = Checkpoint::new(&header.network, header.log_size, header.log_root);
    let text = checkpoint.to_text();
    let signature = sign_ed25519(&text, &origin(&header.network), key);
    Ok(SignedCheckpoint { checkpoint, signature, header })
}

/// The newest header with a certificate; after a restart it is looked for in the archive.
async fn certified(chain: &Chain, archive: &Archive) -> Option<Header> {
    if let Some(newest) = chain.certified() {
        return Some(newest.header);
    }
    let last = chain.last().header;
    if last.height == 0 {
        return Some(last);
    }
    for back in 0..limits::CERTIFICATE_SEARCH.min(last.height) {
        if let Some((header, _)) = archive.certified(last.height - back).await {
            return Some(header);
        }
    }
    None
}
