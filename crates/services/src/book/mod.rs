//! The book people search and read: a pure function of the final log, kept in SQLite.
//!
//! It can be deleted at any time; a node rebuilds it from the log (`weal node reindex`).

use crate::view::{
    Balance, BlockLine, Difference, Entry, Hit, Need, NeedFilter, NeedPage, Overview, Page, Party,
    PartyPage, RecordPage, Trace, Unresolved,
};
use std::path::Path;
use weal_kernel::block::FinalBlock;
use weal_proof::Hash;

/// Why the book cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// SQLite said no.
    #[error("the read model could not be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A cursor that this code did not write.
    #[error("the cursor is not one of this list")]
    Cursor,
    /// A block out of order.
    #[error("block {got} was given where {expected} was expected")]
    Order {
        /// The height that follows.
        expected: u64,
        /// The height given.
        got: u64,
    },
}

/// The writer: follows the log, block by block.
#[derive(Debug)]
pub struct Book {}

impl Book {
    /// Opens or creates the book in a directory.
    pub fn open(_directory: &Path) -> Result<Book, BookError> {
        Ok(Book {})
    }

    /// Height of the last block followed; 0 at the start.
    pub fn height(&self) -> Result<u64, BookError> {
        Ok(0)
    }

    /// Follows blocks, in order, in one transaction. Blocks followed before are passed over.
    pub fn follow(&mut self, _blocks: &[FinalBlock]) -> Result<(), BookError> {
        Ok(())
    }

    /// A reader for another thread.
    pub fn reader(&self) -> Result<Reader, BookError> {
        Ok(Reader {})
    }
}

/// Reads the book. Cloning shares a pool of read-only connections.
#[derive(Debug, Clone)]
pub struct Reader {}

impl Reader {
    /// Height of the last block followed.
    pub fn height(&self) -> Result<u64, BookError> {
        Ok(0)
    }

    /// The first page.
    pub fn overview(&self) -> Result<Overview, BookError> {
        Ok(Overview::default())
    }

    /// Needs that match, most urgent and least covered first. `limit` is 1 to 200.
    pub fn needs(
        &self,
        _filter: &NeedFilter,
        _cursor: Option<&str>,
        _limit: u32,
    ) -> Result<Page<Need>, BookError> {
        Ok(Page { items: Vec::new(), total: 0, next: None })
    }

    /// Words to filter needs by: places, and item classes.
    pub fn need_choices(&self) -> Result<(Vec<String>, Vec<crate::view::ItemName>), BookError> {
        Ok((Vec::new(), Vec::new()))
    }

    /// One need, by number or id.
    pub fn need(&self, _number: &str) -> Result<Option<NeedPage>, BookError> {
        Ok(None)
    }

    /// A gift, by claim code, number or id.
    pub fn trace(&self, _code: &str) -> Result<Option<Trace>, BookError> {
        Ok(None)
    }

    /// Newest gifts.
    pub fn gifts(&self, _cursor: Option<&str>, _limit: u32) -> Result<Page<Entry>, BookError> {
        Ok(Page { items: Vec::new(), total: 0, next: None })
    }

    /// Organisations, people and facilities, by name.
    pub fn parties(
        &self,
        _text: Option<&str>,
        _cursor: Option<&str>,
        _limit: u32,
    ) -> Result<Page<Party>, BookError> {
        Ok(Page { items: Vec::new(), total: 0, next: None })
    }

    /// One of them, by number or id.
    pub fn party(&self, _number: &str) -> Result<Option<PartyPage>, BookError> {
        Ok(None)
    }

    /// Entries, newest first; `act` narrows to one act such as `holding.accept`.
    pub fn records(
        &self,
        _act: Option<&str>,
        _cursor: Option<&str>,
        _limit: u32,
    ) -> Result<Page<Entry>, BookError> {
        Ok(Page { items: Vec::new(), total: 0, next: None })
    }

    /// Entries after a place in the log, oldest first: what a live page has not seen.
    pub fn entries_after(&self, _index: Option<u64>, _limit: u32) -> Result<Vec<Entry>, BookError> {
        Ok(Vec::new())
    }

    /// One entry, by place in the log, number or id.
    pub fn record(&self, _number: &str) -> Result<Option<RecordPage>, BookError> {
        Ok(None)
    }

    /// Blocks, newest first; those without entries are left out.
    pub fn blocks(&self, _cursor: Option<&str>, _limit: u32) -> Result<Page<BlockLine>, BookError> {
        Ok(Page { items: Vec::new(), total: 0, next: None })
    }

    /// One block with its entries.
    pub fn block(&self, _height: u64) -> Result<Option<(BlockLine, Vec<Entry>)>, BookError> {
        Ok(None)
    }

    /// Mass balance by custodian and item.
    pub fn balances(&self) -> Result<Vec<Balance>, BookError> {
        Ok(Vec::new())
    }

    /// Names in statements that lead to nobody, most used first.
    pub fn unresolved(&self, _cursor: Option<&str>, _limit: u32) -> Result<Page<Unresolved>, BookError> {
        Ok(Page { items: Vec::new(), total: 0, next: None })
    }

    /// Differences nobody has explained, oldest first.
    pub fn differences(&self, _limit: u32) -> Result<Vec<Difference>, BookError> {
        Ok(Vec::new())
    }

    /// Whatever a number, code, hash or words lead to.
    pub fn search(&self, _text: &str) -> Result<Vec<Hit>, BookError> {
        Ok(Vec::new())
    }

    /// Place in the log of an operation.
    pub fn index_of(&self, _id: &Hash) -> Result<Option<u64>, BookError> {
        Ok(None)
    }
}
