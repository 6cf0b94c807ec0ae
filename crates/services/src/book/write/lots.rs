//! What there is: items, packs, and the lots of goods and money that come into the book.

use super::goods::Line;
use super::parties::names_text;
use super::{At, Writer, int};
use crate::book::BookError;
use rusqlite::params;
use weal_kernel::holdings::Posting;
use weal_kernel::holdings::op::{Count, DefineItem, DefinePack, Issue, LotId, MeasurePack, Mint};

/// Lots of one operation: more lines than an operation may have.
pub(in crate::book) const LINES: i64 = 64;

impl Writer<'_> {
    /// The number of an item's code; records may use codes that nobody has defined.
    pub(super) fn item(&mut self, code: &str) -> Result<i64, BookError> {
        if let Some(item) = self.memory.items.get(code) {
            return Ok(*item);
        }
        let found = self.first("SELECT id FROM item WHERE code=?", [code], |row| row.get(0))?;
        let item = match found {
            Some(item) => item,
            None => {
                let item = self.memory.next("items").saturating_add(1);
                let sql = "INSERT INTO item VALUES(?1,?2,NULL,?2,'{}','')";
                self.run(sql, params![item, code])?;
                item
            }
        };
        self.memory.items.insert(code.to_owned(), item);
        Ok(item)
    }

    pub(super) fn define_item(&mut self, at: &At, act: &DefineItem) -> Result<(), BookError> {
        let item = self.item(&act.code)?;
        let names = names_text(&act.names);
        let sql = "UPDATE item SET defined=?2, category=?3, names=?4, unit=?5 WHERE id=?1";
        self.run(sql, params![item, at.ix, act.category, names, act.unit])?;
        let row = item.saturating_mul(2).saturating_add(1);
        self.run("DELETE FROM words WHERE rowid=?", [row])?;
        let words = format!("{} {} {}", act.code, act.category, names);
        self.run("INSERT INTO words(rowid, text) VALUES(?,?)", params![row, words])?;
        self.touch("SELECT ix FROM need WHERE item=?", item)?;
        self.touch("SELECT need FROM tally WHERE item=?", item)
    }

    /// Needs to be computed anew.
    pub(super) fn touch(&mut self, sql: &str, value: i64) -> Result<(), BookError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let needs = statement.query_map([value], |row| row.get(0))?;
        self.touched.extend(needs.collect::<Result<Vec<i64>, _>>()?);
        Ok(())
    }

    pub(super) fn define_pack(&mut self, at: &At, act: &DefinePack) -> Result<(), BookError> {
        let item = self.item(&act.item)?;
        let contains = act.contains.map(|contains| int(contains.0));
        let sql = "INSERT INTO pack VALUES(?,?,?,?,?)";
        self.run(sql, params![at.ix, item, act.label, contains, at.actor])?;
        Ok(())
    }

    pub(super) fn measure_pack(&mut self, at: &At, act: &MeasurePack) -> Result<(), BookError> {
        let Some(pack) = self.place(&act.pack)? else { return Ok(()) };
        self.link(pack, at.ix)?;
        self.run("UPDATE pack SET contains=? WHERE ix=?", [int(act.contains.0), pack])?;
        self.touch("SELECT need FROM tally WHERE pack=? AND pack>0", pack)
    }

    /// The number of a lot.
    pub(super) fn lot(&mut self, lot: &LotId) -> Result<i64, BookError> {
        let ix = self.place(&lot.operation)?.unwrap_or(-1);
        Ok(ix.saturating_mul(LINES).saturating_add(i64::from(lot.line)))
    }

    pub(super) fn mint(
        &mut self,
        at: &At,
        act: &Mint,
        postings: &[Posting],
    ) -> Result<(), BookError> {
        for (line, number) in act.lines.iter().zip(0i64..) {
            let item = self.item(&line.item)?;
            let pack = match &line.pack {
                Some(id) => self.place(id)?.unwrap_or(0),
                None => 0,
            };
            let lot = at.ix.saturating_mul(LINES).saturating_add(number);
            let expires = line.expires.map(|expires| int(expires.0));
            let (quantity, label) = (int(line.quantity.0), line.label.as_ref());
            let sql = "INSERT INTO lot VALUES(?,?,?,NULL,NULL,?,?,?)";
            self.run(sql, params![lot, item, pack, quantity, expires, label])?;
        }
        let payment = self.linked(at, act.bought_with.as_ref())?;
        let need = self.linked(at, act.need.as_ref())?;
        let donor = self.linked(at, act.donor.as_ref())?;
        let nth = act.bought_with.is_none().then(|| self.memory.next("gifts"));
        let claim = act.claim.map(|claim| claim.0);
        let lots = i64::try_from(act.lines.len()).unwrap_or(LINES);
        let sql = "INSERT INTO gift VALUES(?,?,?,?,?,?,?,?)";
        self.run(sql, params![at.ix, nth, at.actor, donor, claim, payment, need, lots])?;
        self.book(at, postings).map(|_| ())
    }

    /// Links the entry to an operation it names; returns its place.
    pub(super) fn linked(
        &mut self,
        at: &At,
        id: Option<&weal_kernel::Hash>,
    ) -> Result<Option<i64>, BookError> {
        let Some(id) = id else { return Ok(None) };
        let place = self.place(id)?;
        if let Some(place) = place {
            self.link(place, at.ix)?;
        }
        Ok(place)
    }

    pub(super) fn issue(
        &mut self,
        at: &At,
        act: &Issue,
        postings: &[Posting],
    ) -> Result<(), BookError> {
        let (lot, minor) = (at.ix.saturating_mul(LINES), int(act.minor().unwrap_or_default().0));
        let sql = "INSERT INTO lot VALUES(?,NULL,0,?,?,?,NULL,NULL)";
        self.run(sql, params![lot, act.currency, at.actor, minor])?;
        let holder = self.linked(at, Some(&act.to))?.unwrap_or(at.actor);
        let donor = self.linked(at, act.donor.as_ref())?;
        let nth = self.memory.next("gifts");
        let claim = act.claim.map(|claim| claim.0);
        let sql = "INSERT INTO gift VALUES(?,?,?,?,?,NULL,NULL,1)";
        self.run(sql, params![at.ix, nth, holder, donor, claim])?;
        let sql = "INSERT INTO money VALUES(?1,?2) ON CONFLICT DO UPDATE SET minor=minor+?2";
        self.run(sql, params![act.currency, minor])?;
        self.book(at, postings).map(|_| ())
    }

    pub(super) fn pay(
        &mut self,
        at: &At,
        to: &weal_kernel::Hash,
        postings: &[Posting],
    ) -> Result<(), BookError> {
        self.link_to(at, to)?;
        let lines = self.book(at, postings)?;
        self.link_gifts(at, &lines)
    }

    /// The entry is about the gifts whose lots it moves.
    pub(super) fn link_gifts(&mut self, at: &At, lines: &[Line]) -> Result<(), BookError> {
        lines.iter().try_for_each(|line| self.link(line.lot / LINES, at.ix))
    }

    pub(super) fn count(&mut self, at: &At, act: &Count) -> Result<(), BookError> {
        for line in &act.lines {
            let lot = self.lot(&line.lot)?;
            let account = at.actor.saturating_mul(2);
            let sql = "SELECT quantity FROM holding WHERE account=? AND lot=?";
            let book: i64 = self.first(sql, [account, lot], |row| row.get(0))?.unwrap_or(0);
            let sql = "INSERT OR REPLACE INTO counted VALUES(?,?,?,?,?)";
            self.run(sql, [at.actor, lot, int(line.counted.0), book, at.ix])?;
            self.link(lot / LINES, at.ix)?;
        }
        Ok(())
    }
}
