//! The readers: one consistent look at the book for each question.

mod blocks;
mod charters;
mod entries;
mod goods;
mod needs;
mod network;
mod overview;
mod parties;
mod search;
mod statements;
mod story;
mod trace;

use super::cursor::Cursor;
use super::write::{int, key8, whole};
use super::{BookError, tables};
use crate::codes;
use crate::relief::coverage::Amount;
use crate::view::{ItemName, Party};
use rusqlite::{Connection, OptionalExtension, params};
use std::cell::RefCell;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use weal_kernel::Hash;

/// Connections kept open between questions; more are opened when needed and closed again.
const IDLE: usize = 8;
/// Entries of one list at the most.
pub(super) const LIMIT: u32 = 200;

/// Read-only connections, shared by all readers of a book.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    pub(super) fn new(path: PathBuf) -> Pool {
        Pool { path, idle: Mutex::new(Vec::new()) }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the book in one read transaction.
    pub(super) fn ask<T>(
        &self,
        question: impl FnOnce(&View<'_>) -> Result<T, BookError>,
    ) -> Result<T, BookError> {
        let known = self.idle().pop();
        let connection = match known {
            Some(connection) => connection,
            None => tables::open_reader(&self.path)?,
        };
        let answer = {
            let transaction = connection.unchecked_transaction()?;
            let view = View::new(&transaction)?;
            let answer = question(&view);
            drop(view);
            transaction.finish()?;
            answer
        };
        let mut idle = self.idle();
        if idle.len() < IDLE {
            idle.push(connection);
        }
        answer
    }
}

/// One look at the book: everything read through it is of the same block.
pub(super) struct View<'c> {
    connection: &'c Connection,
    /// Entries in the log.
    size: i64,
    /// Last block followed.
    height: i64,
    /// Its time.
    now: i64,
    parties: RefCell<HashMap<i64, Party>>,
    items: RefCell<HashMap<i64, ItemName>>,
    /// The words looked for last, and the rows that hold them.
    found: RefCell<Option<(String, Vec<i64>)>>,
}

/// A lot as it is shown.
#[derive(Debug, Clone)]
struct Lot {
    id: i64,
    item: Option<i64>,
    pack: i64,
    contains: Option<u64>,
    label: Option<String>,
    currency: Option<String>,
    minted: u64,
    expires: Option<u64>,
}

impl Lot {
    /// A quantity of it in base units.
    fn base(&self, quantity: u64) -> Amount {
        let contains = if self.pack == 0 { Some(1) } else { self.contains };
        Amount::of(quantity, contains)
    }
}

impl<'c> View<'c> {
    fn new(connection: &'c Connection) -> Result<View<'c>, BookError> {
        let (parties, items) = Default::default();
        let found = RefCell::default();
        let mut view = View { connection, size: 0, height: 0, now: 0, parties, items, found };
        view.size = view.counter("size")?;
        view.height = view.counter("height")?;
        view.now = view.counter("time")?;
        Ok(view)
    }

    pub(super) fn height(&self) -> u64 {
        whole(self.height)
    }

    fn counter(&self, name: &str) -> Result<i64, BookError> {
        let sql = "SELECT value FROM counter WHERE name=?";
        Ok(self.first(sql, [name], |row| row.get(0))?.unwrap_or(0))
    }

    fn first<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnOnce(&rusqlite::Row<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Option<T>, BookError> {
        Ok(self.connection.prepare_cached(sql)?.query_row(values, read).optional()?)
    }

    fn all<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Vec<T>, BookError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(values, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The place in the log of an operation.
    pub(super) fn index_of(&self, id: &Hash) -> Result<Option<i64>, BookError> {
        let sql = "SELECT ix FROM entry WHERE key8=? AND id=?";
        self.first(sql, params![key8(id), id.0], |row| row.get(0))
    }

    fn id_text(&self, ix: i64) -> Result<String, BookError> {
        let sql = "SELECT id FROM entry WHERE ix=?";
        let id: Option<[u8; 32]> = self.first(sql, [ix], |row| row.get(0))?;
        Ok(id.map(|id| Hash(id).to_string()).unwrap_or_default())
    }

    /// What a number, an id or a plain place in the log leads to.
    pub(super) fn find(&self, text: &str) -> Result<Option<(Option<char>, i64)>, BookError> {
        let text = text.trim();
        if let Ok(id) = text.to_ascii_lowercase().parse::<Hash>() {
            return Ok(self.index_of(&id)?.map(|ix| (None, ix)));
        }
        if let Some((letter, index)) = codes::parse_number(text) {
            let ix = int(index);
            return Ok((ix < self.size).then_some((Some(letter), ix)));
        }
        let plain = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
        let index = text.parse::<u64>().ok().filter(|_| plain).map(int);
        Ok(index.filter(|ix| *ix < self.size).map(|ix| (None, ix)))
    }

    fn item(&self, item: i64) -> Result<ItemName, BookError> {
        if let Some(known) = self.items.borrow().get(&item) {
            return Ok(known.clone());
        }
        let sql = "SELECT code, category, names, unit FROM item WHERE id=?";
        let found = self.first(sql, [item], |row| {
            let names: String = row.get(2)?;
            Ok(ItemName {
                code: row.get(0)?,
                category: row.get(1)?,
                names: serde_json::from_str(&names).unwrap_or_default(),
                unit: row.get(3)?,
            })
        })?;
        let name = found.unwrap_or_default();
        self.items.borrow_mut().insert(item, name.clone());
        Ok(name)
    }

    fn item_of_code(&self, code: &str) -> Result<ItemName, BookError> {
        let found = self.first("SELECT id FROM item WHERE code=?", [code], |row| row.get(0))?;
        match found {
            Some(item) => self.item(item),
            None => {
                Ok(ItemName { code: code.into(), category: code.into(), ..ItemName::default() })
            }
        }
    }

    fn lot(&self, lot: i64) -> Result<Option<Lot>, BookError> {
        let sql = "SELECT l.item, l.pack, p.contains, p.label, l.currency, l.minted, l.expires \
                   FROM lot l LEFT JOIN pack p ON p.ix=l.pack WHERE l.id=?";
        self.first(sql, [lot], |row| {
            Ok(Lot {
                id: lot,
                item: row.get(0)?,
                pack: row.get(1)?,
                contains: row.get::<_, Option<i64>>(2)?.map(whole),
                label: row.get(3)?,
                currency: row.get(4)?,
                minted: whole(row.get(5)?),
                expires: row.get::<_, Option<i64>>(6)?.map(whole),
            })
        })
    }

    /// What a lot's quantities count: the pack's label, the item's unit, or the currency.
    fn unit(&self, lot: &Lot) -> Result<String, BookError> {
        match (&lot.currency, &lot.label, lot.item) {
            (Some(currency), _, _) => Ok(currency.clone()),
            (None, Some(label), _) => Ok(label.clone()),
            (None, None, Some(item)) => Ok(self.item(item)?.unit),
            (None, None, None) => Ok(String::new()),
        }
    }

    /// Begins or continues a list.
    fn cursor(
        &self,
        text: Option<&str>,
        list: &str,
        start: (i64, i64),
    ) -> Result<Cursor, BookError> {
        match text {
            Some(text) => Cursor::read(text, list),
            None => Ok(Cursor { size: self.size, place: start }),
        }
    }
}

/// A limit within bounds.
pub(super) fn bounded(limit: u32) -> usize {
    usize::try_from(limit.clamp(1, LIMIT)).unwrap_or(1)
}

/// A length as a number in an answer.
fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
