//! The book people search and read: a pure function of the final log, kept in SQLite.
//!
//! It can be deleted at any time; a node rebuilds it from the log (`weal node reindex`). Two books
//! of the same log answer alike, however its blocks were grouped while they were followed.

mod cursor;
mod read;
mod seal;
mod tables;
#[cfg(test)]
mod tests;
mod write;

use crate::view::{
    Balance, BlockLine, CharterEvent, CharterRow, Difference, Entry, Hit, Need, NeedFilter,
    NeedPage, Overview, Page, Party, PartyPage, PassRow, PaymentRow, Proposal, RecordPage, Trace,
    Unresolved,
};
use read::Pool;
use rusqlite::{Connection, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weal_kernel::block::FinalBlock;
use weal_proof::Hash;
use write::{Memory, Writer};

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
pub struct Book {
    connection: Connection,
    path: PathBuf,
    memory: Memory,
}

impl Book {
    /// Opens or creates the book in a directory. A book of another version of this code, or one
    /// that is damaged, is removed and begun anew: its height is then 0, and the log is read again.
    pub fn open(directory: &Path) -> Result<Book, BookError> {
        let connection = tables::open(directory)?;
        let memory = Memory::load(&connection)?;
        Ok(Book { connection, path: tables::file(directory), memory })
    }

    /// Height of the last block followed; 0 at the start.
    pub fn height(&self) -> Result<u64, BookError> {
        Ok(write::whole(self.memory.get("height")))
    }

    /// Follows blocks, in order, in one transaction. Blocks followed before are passed over.
    pub fn follow(&mut self, blocks: &[FinalBlock]) -> Result<(), BookError> {
        let followed = self.write(blocks);
        if followed.is_err() {
            // What was remembered of blocks that are not in the tables must not be believed.
            self.memory = Memory::load(&self.connection)?;
        }
        followed
    }

    fn write(&mut self, blocks: &[FinalBlock]) -> Result<(), BookError> {
        let mut height = self.height()?;
        let new = blocks.iter().position(|block| block.header.height > height);
        let Some(blocks) = new.and_then(|start| blocks.get(start..)) else { return Ok(()) };
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        let mut writer = Writer::new(&transaction, &mut self.memory);
        for block in blocks {
            let expected = height.saturating_add(1);
            if block.header.height != expected {
                return Err(BookError::Order { expected, got: block.header.height });
            }
            writer.block(block)?;
            height = expected;
        }
        writer.finish()?;
        transaction.commit()?;
        Ok(())
    }

    /// A reader for another thread.
    pub fn reader(&self) -> Result<Reader, BookError> {
        Ok(Reader { pool: Arc::new(Pool::new(self.path.clone())) })
    }
}

impl Drop for Book {
    fn drop(&mut self) {
        // Only a book that is whole in its one file can be sealed.
        let written = "PRAGMA wal_checkpoint(TRUNCATE)";
        let busy = self.connection.query_row(written, [], |row| row.get::<_, i64>(0));
        if matches!(busy, Ok(0))
            && let Err(error) = seal::put(&self.path)
        {
            tracing::warn!(%error, "the read model could not be sealed");
        }
    }
}

/// Reads the book. Cloning shares a pool of read-only connections. Every answer is of one block;
/// calls block for some milliseconds, so handlers of requests make them from `spawn_blocking`.
#[derive(Debug, Clone)]
pub struct Reader {
    pool: Arc<Pool>,
}

impl Reader {
    /// Height of the last block followed.
    pub fn height(&self) -> Result<u64, BookError> {
        self.pool.ask(|view| Ok(view.height()))
    }

    /// The first page.
    pub fn overview(&self) -> Result<Overview, BookError> {
        self.pool.ask(|view| view.overview())
    }

    /// Needs that match, most urgent and least covered first. `limit` is 1 to 200.
    pub fn needs(
        &self,
        filter: &NeedFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Need>, BookError> {
        self.pool.ask(|view| view.needs(filter, cursor, limit))
    }

    /// Words to filter needs by: places, and item classes.
    pub fn need_choices(&self) -> Result<(Vec<String>, Vec<crate::view::ItemName>), BookError> {
        self.pool.ask(|view| view.need_choices())
    }

    /// One need, by number or id.
    pub fn need(&self, number: &str) -> Result<Option<NeedPage>, BookError> {
        self.pool.ask(|view| view.need(number))
    }

    /// A gift, by claim code, number or id.
    pub fn trace(&self, code: &str) -> Result<Option<Trace>, BookError> {
        self.pool.ask(|view| view.trace(code))
    }

    /// Newest gifts.
    pub fn gifts(&self, cursor: Option<&str>, limit: u32) -> Result<Page<Entry>, BookError> {
        self.pool.ask(|view| view.gifts(cursor, limit))
    }

    /// Organisations, people and facilities, by name.
    pub fn parties(
        &self,
        text: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Party>, BookError> {
        self.pool.ask(|view| view.parties(text, cursor, limit))
    }

    /// One of them, by number or id.
    pub fn party(&self, number: &str) -> Result<Option<PartyPage>, BookError> {
        self.pool.ask(|view| view.party(number))
    }

    /// Entries, newest first; `act` narrows to one act such as `holding.accept`.
    pub fn records(
        &self,
        act: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Entry>, BookError> {
        self.pool.ask(|view| view.records(act, cursor, limit))
    }

    /// Entries after a place in the log, oldest first: what a live page has not seen.
    pub fn entries_after(&self, index: Option<u64>, limit: u32) -> Result<Vec<Entry>, BookError> {
        self.pool.ask(|view| view.entries_after(index, limit))
    }

    /// One entry, by place in the log, number or id.
    pub fn record(&self, number: &str) -> Result<Option<RecordPage>, BookError> {
        self.pool.ask(|view| view.record(number))
    }

    /// Blocks, newest first; those without entries are left out.
    pub fn blocks(&self, cursor: Option<&str>, limit: u32) -> Result<Page<BlockLine>, BookError> {
        self.pool.ask(|view| view.blocks(cursor, limit))
    }

    /// One block with its entries.
    pub fn block(&self, height: u64) -> Result<Option<(BlockLine, Vec<Entry>)>, BookError> {
        self.pool.ask(|view| view.block(height))
    }

    /// Mass balance by custodian and item.
    pub fn balances(&self) -> Result<Vec<Balance>, BookError> {
        self.pool.ask(|view| view.balances())
    }

    /// Names in statements that lead to nobody, most used first.
    pub fn unresolved(
        &self,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Unresolved>, BookError> {
        self.pool.ask(|view| view.unresolved(cursor, limit))
    }

    /// Differences nobody has explained, oldest first.
    pub fn differences(&self, limit: u32) -> Result<Vec<Difference>, BookError> {
        self.pool.ask(|view| view.differences(limit))
    }

    /// The newest 200 proposals to change the network, newest first, without their outcomes:
    /// `Proposal::judge` fills them in.
    pub fn proposals(&self) -> Result<Vec<Proposal>, BookError> {
        self.pool.ask(|view| view.proposals())
    }

    /// The newest charters, newest first.
    pub fn charters(&self) -> Result<Vec<CharterRow>, BookError> {
        self.pool.ask(|view| view.charters())
    }

    /// A charter by its id or the beginning of it.
    pub fn charter(&self, id: &str) -> Result<Option<CharterRow>, BookError> {
        self.pool.ask(|view| view.charter(id))
    }

    /// What a charter paid, the newest first: of one case or of all, before this payment.
    pub fn payments(
        &self,
        charter: &Hash,
        case: Option<u64>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<PaymentRow>, BookError> {
        self.pool.ask(|view| view.payments(charter, case, before, limit))
    }

    /// The cases in which somebody takes part: charters and numbers.
    pub fn cases_of(&self, party: &Hash) -> Result<Vec<(Hash, u64)>, BookError> {
        self.pool.ask(|view| view.cases_of(party))
    }

    /// Who these are, in the same order; nobody for an id that leads nowhere.
    pub fn who(&self, ids: &[Hash]) -> Result<Vec<Party>, BookError> {
        self.pool.ask(|view| view.who(ids))
    }

    /// Parts of a case that were passed on, the newest first.
    pub fn passes(&self, charter: &Hash, case: u64) -> Result<Vec<PassRow>, BookError> {
        self.pool.ask(|view| view.passes(charter, case))
    }

    /// What was said and done about a charter, the newest first.
    pub fn charter_story(&self, charter: &Hash) -> Result<Vec<CharterEvent>, BookError> {
        self.pool.ask(|view| view.charter_story(charter))
    }

    /// Whatever a number, code, hash or words lead to.
    pub fn search(&self, text: &str) -> Result<Vec<Hit>, BookError> {
        self.pool.ask(|view| view.search(text))
    }

    /// Place in the log of an operation.
    pub fn index_of(&self, id: &Hash) -> Result<Option<u64>, BookError> {
        self.pool.ask(|view| Ok(view.index_of(id)?.map(write::whole)))
    }
}
