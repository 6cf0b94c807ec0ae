//! Blocks: lists of those with entries, and one with its entries.

use super::{View, bounded, int, whole};
use crate::book::BookError;
use crate::view::{BlockLine, Entry, Page};
use rusqlite::Row;
use weal_kernel::Hash;

const COLUMNS: &str = "SELECT height,digest,time,proposer,first,entries,log_root,state_root,\
                       signed,nth FROM block";

fn line(row: &Row<'_>) -> Result<(BlockLine, Option<i64>), rusqlite::Error> {
    let hash = |at: usize| Ok::<_, rusqlite::Error>(Hash(row.get(at)?).to_string());
    let line = BlockLine {
        height: whole(row.get(0)?),
        digest: hash(1)?,
        time_ms: whole(row.get(2)?),
        proposer: hash(3)?,
        first_index: whole(row.get(4)?),
        entries: whole(row.get(5)?),
        log_root: hash(6)?,
        state_root: hash(7)?,
        signed: whole(row.get(8)?),
    };
    Ok((line, row.get(9)?))
}

impl View<'_> {
    pub(in crate::book) fn blocks(
        &self,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<BlockLine>, BookError> {
        let blocks = self.counter("blocks")?;
        let mut cursor = self.cursor(cursor, "blocks", (blocks, blocks))?;
        let limit = bounded(limit);
        let sql = format!("{COLUMNS} WHERE nth<? ORDER BY nth DESC LIMIT ?");
        let many = i64::try_from(limit).unwrap_or(1);
        let found = self.all(&sql, [cursor.place.0, many], line)?;
        let last = found.last().and_then(|(_, nth)| *nth).unwrap_or(0);
        cursor.place.0 = last;
        let next = (last > 0 && found.len() == limit).then(|| cursor.write("blocks"));
        let items = found.into_iter().map(|(line, _)| line).collect();
        Ok(Page { items, total: whole(cursor.place.1), next })
    }

    pub(in crate::book) fn block(
        &self,
        height: u64,
    ) -> Result<Option<(BlockLine, Vec<Entry>)>, BookError> {
        let sql = format!("{COLUMNS} WHERE height=?");
        let Some((line, _)) = self.first(&sql, [int(height)], line)? else { return Ok(None) };
        let first = int(line.first_index);
        let end = first.saturating_add(int(line.entries));
        let places: Vec<i64> = (first..end).collect();
        Ok(Some((line, self.entries(&places)?)))
    }

    /// One block without its entries.
    pub(super) fn block_line(
        &self,
        height: u64,
    ) -> Result<Option<(BlockLine, Option<i64>)>, BookError> {
        let sql = format!("{COLUMNS} WHERE height=?");
        self.first(&sql, [int(height)], line)
    }

    /// The height of the block with this digest.
    pub(super) fn height_of(&self, digest: &Hash) -> Result<Option<i64>, BookError> {
        self.first("SELECT height FROM block WHERE digest=?", [digest.0], |row| row.get(0))
    }
}
