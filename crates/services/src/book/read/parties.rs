//! Who is who: principals, facilities and mere names, with what each holds and did.

use super::{Cursor, View, bounded, length, whole};
use crate::book::BookError;
use crate::book::write::{LINES, PartyKind, UNSPEAKABLE};
use crate::codes;
use crate::view::{Held, Hidings, MandateLine, Page, Party, PartyPage, Role, StockCount, Usage};
use weal_kernel::Hash;

/// Entries, needs and lots on one party's page.
const ON_PAGE: i64 = 50;
const HOLDINGS: i64 = 200;
/// Words of a search; a name has fewer.
const WORDS: usize = 6;
/// Rows of the index of words that one search looks through: some milliseconds. The oldest come
/// first, so that whoever floods the book with names hides none that was there before.
const SCANNED: u32 = 20_000;
/// Mandates in a party's name or passed on by it, and those it holds; the newest first.
const GIVEN: &str = "(principal=?1 OR granter=?1)";
const HELD: &str = "holder=?1";

/// A mandate as the tables have it.
struct Lent {
    ix: i64,
    principal: i64,
    granter: i64,
    holder: i64,
    parent: Option<i64>,
    expires: i64,
    acts: String,
    limits: String,
    granted: i64,
    revoked: bool,
    used: [i64; 3],
}

impl View<'_> {
    /// Somebody by number: a party, or a name (negative) that may lead to one.
    pub(super) fn party_name(&self, id: i64) -> Result<Party, BookError> {
        if let Some(known) = self.parties.borrow().get(&id) {
            return Ok(known.clone());
        }
        let party = if id < 0 { self.mere_name(id)? } else { self.known_party(id)? };
        self.parties.borrow_mut().insert(id, party.clone());
        Ok(party)
    }

    fn known_party(&self, id: i64) -> Result<Party, BookError> {
        let sql = "SELECT p.kind, p.name, p.names, p.hidden, e.id FROM party p \
                   JOIN entry e ON e.ix=p.id WHERE p.id=?";
        let found = self.first(sql, [id], |row| {
            let (kind, hidden): (i64, i64) = (row.get(0)?, row.get(3)?);
            let names: String = row.get(2)?;
            let (name, names) = if hidden == UNSPEAKABLE {
                Default::default()
            } else {
                (row.get(1)?, serde_json::from_str(&names).unwrap_or_default())
            };
            Ok(Party {
                number: codes::number('P', whole(id)),
                id: Hash(row.get(4)?).to_string(),
                name,
                names,
                kind: PartyKind::word(kind).into(),
            })
        })?;
        Ok(found.unwrap_or_default())
    }

    fn mere_name(&self, id: i64) -> Result<Party, BookError> {
        let sql = "SELECT text, party FROM name WHERE id=?";
        let found: Option<(String, Option<i64>)> =
            self.first(sql, [id.saturating_neg()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        match found {
            Some((_, Some(party))) => self.party_name(party),
            Some((name, None)) => Ok(Party { name, kind: "name".into(), ..Party::default() }),
            None => Ok(Party::default()),
        }
    }

    /// Whoever a name in a statement leads to.
    pub(super) fn named(&self, text: &str) -> Result<Party, BookError> {
        let sql = "SELECT id FROM name WHERE text=?";
        let found: Option<i64> = self.first(sql, [text], |row| row.get(0))?;
        match found {
            Some(id) => self.party_name(id.saturating_neg()),
            None => Ok(Party { name: text.into(), kind: "name".into(), ..Party::default() }),
        }
    }

    /// Whoever an id names; an id that leads nowhere is nobody.
    pub(super) fn identified(&self, id: &Hash) -> Result<Option<Party>, BookError> {
        match self.index_of(id)? {
            Some(ix) => Ok(Some(self.party_name(ix)?).filter(|party| !party.kind.is_empty())),
            None => Ok(None),
        }
    }

    pub(in crate::book) fn parties(
        &self,
        text: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Party>, BookError> {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        let list = format!("parties:{}", text.unwrap_or_default());
        let cursor = self.cursor(cursor, &list, (-1, 0))?;
        let Some(text) = text else { return self.all_parties(&cursor, limit) };
        let mut found: Vec<(String, i64)> = Vec::new();
        for party in self.parties_with(text)? {
            let sql = "SELECT name FROM party WHERE id=? AND hidden=0 AND kind<>4 AND id<?";
            let name = self.first(sql, [party, cursor.size], |row| row.get(0))?;
            found.extend(name.map(|name: String| (name, party)));
        }
        found.sort();
        let reached = self.first("SELECT name FROM party WHERE id=?", [cursor.place.0], |row| {
            row.get::<_, String>(0)
        })?;
        let reached = reached.map(|name| (name, cursor.place.0));
        let start = reached.map_or(0, |reached| found.partition_point(|known| *known <= reached));
        let end = start.saturating_add(bounded(limit)).min(found.len());
        let part = found.get(start..end).unwrap_or_default();
        let next = part
            .last()
            .filter(|_| end < found.len())
            .map(|(_, id)| Cursor { place: (*id, 0), ..cursor }.write(&list));
        let items = part.iter().map(|(_, id)| self.party_name(*id)).collect::<Result<_, _>>()?;
        Ok(Page { items, total: length(found.len()), next })
    }

    /// As [`Self::parties`], without words: straight from the index of names.
    fn all_parties(&self, cursor: &Cursor, limit: u32) -> Result<Page<Party>, BookError> {
        // Kind 4 is a charter: it holds money and is nobody.
        let sql = "SELECT COUNT(*) FROM party WHERE hidden=0 AND kind<>4 AND id<?";
        let total = self.first(sql, [cursor.size], |row| row.get(0))?.map_or(0, whole);
        let limit = bounded(limit);
        let many = i64::try_from(limit).unwrap_or(1).saturating_add(1);
        let sql = "SELECT id FROM party WHERE (name, id) > \
                   (ifnull((SELECT name FROM party WHERE id=?1), ''), ?1) AND hidden=0 \
                   AND kind<>4 AND id<?2 ORDER BY name, id LIMIT ?3";
        let key = [cursor.place.0, cursor.size, many];
        let mut found: Vec<i64> = self.all(sql, key, |row| row.get(0))?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found
            .last()
            .filter(|_| more)
            .map(|id| Cursor { place: (*id, 0), ..*cursor }.write("parties:"));
        let items = found.into_iter().map(|id| self.party_name(id)).collect::<Result<_, _>>()?;
        Ok(Page { items, total, next })
    }

    pub(in crate::book) fn party(&self, number: &str) -> Result<Option<PartyPage>, BookError> {
        let Some((letter, id)) = self.find(number)? else { return Ok(None) };
        if letter.is_some_and(|letter| letter != 'P') {
            return Ok(None);
        }
        let sql = "SELECT since, ifnull(city, district), hidden FROM party WHERE id=?";
        let found: Option<(i64, Option<String>, i64)> =
            self.first(sql, [id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let Some((since, place, hidden)) = found else { return Ok(None) };
        let hidden = hidden == UNSPEAKABLE;
        let (keys, threshold) = self.keys(id)?;
        let mut page = PartyPage {
            party: self.party_name(id)?,
            since_ms: whole(since),
            place: place.filter(|_| !hidden).unwrap_or_default(),
            keys,
            threshold,
            roles: self.roles(id)?,
            hidings: self.hidings_by(id)?,
            given: self.mandates(GIVEN, id)?,
            held: self.mandates(HELD, id)?,
            aliases: Vec::new(),
            holdings: self.holdings(id)?,
            differences: self.differences_of(Some(id), HOLDINGS)?,
            counts: self.counts(id)?,
            needs: self.needs_of(id, ON_PAGE)?,
            entries: self.entries_about(id)?,
        };
        if !hidden {
            let sql = "SELECT DISTINCT a.text FROM alias a JOIN record r ON r.ix=a.ix \
                       WHERE a.party=? AND r.status=0 ORDER BY a.text";
            page.aliases = self.all(sql, [id], |row| row.get(0))?;
        }
        Ok(Some(page))
    }

    /// Keys that count now, and how many must sign.
    fn keys(&self, party: i64) -> Result<(Vec<String>, u8), BookError> {
        let sql = "SELECT keys, threshold FROM keyset WHERE party=? AND effective<=? \
                   ORDER BY effective DESC, ix DESC LIMIT 1";
        let found: Option<(Vec<u8>, u8)> =
            self.first(sql, [party, self.now], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((keys, threshold)) = found else { return Ok((Vec::new(), 0)) };
        let (keys, _) = keys.as_chunks::<32>();
        Ok((keys.iter().map(|key| Hash(*key).to_string()).collect(), threshold))
    }

    fn roles(&self, party: i64) -> Result<Vec<Role>, BookError> {
        let sql = "SELECT r.role, r.issuer, r.expires, r.revoked, r.ix, b.time FROM role r \
                   JOIN entry e ON e.ix=r.ix JOIN block b ON b.height=e.height \
                   WHERE r.subject=? ORDER BY r.ix";
        let rows: Vec<(String, i64, i64, bool, i64, i64)> = self.all(sql, [party], |row| {
            let (ix, granted) = (row.get(4)?, row.get(5)?);
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, ix, granted))
        })?;
        rows.into_iter()
            .map(|(role, issuer, expires, revoked, ix, granted)| {
                let void = self.is_void(issuer, ix, granted)?;
                let issuer = self.party_name(issuer)?;
                Ok(Role { role, issuer, expires_ms: whole(expires), revoked, void })
            })
            .collect()
    }

    fn lent(&self, which: &str, id: i64, most: i64) -> Result<Vec<Lent>, BookError> {
        let sql = format!(
            "SELECT ix,principal,granter,holder,parent,expires,acts,limits,granted,revoked,\
             operations,quantity,minor FROM mandate WHERE {which} ORDER BY ix DESC LIMIT ?2"
        );
        self.all(&sql, [id, most], |row| {
            Ok(Lent {
                ix: row.get(0)?,
                principal: row.get(1)?,
                granter: row.get(2)?,
                holder: row.get(3)?,
                parent: row.get(4)?,
                expires: row.get(5)?,
                acts: row.get(6)?,
                limits: row.get(7)?,
                granted: row.get(8)?,
                revoked: row.get(9)?,
                used: [row.get(10)?, row.get(11)?, row.get(12)?],
            })
        })
    }

    fn mandates(&self, which: &str, id: i64) -> Result<Vec<MandateLine>, BookError> {
        let found = self.lent(which, id, ON_PAGE)?;
        found
            .into_iter()
            .map(|lent| {
                let limits: weal_kernel::principals::op::Limits =
                    serde_json::from_str(&lent.limits).unwrap_or_default();
                let [operations, quantity, minor] = lent.used.map(whole);
                Ok(MandateLine {
                    number: codes::number('R', whole(lent.ix)),
                    principal: self.party_name(lent.principal)?,
                    granter: self.party_name(lent.granter)?,
                    holder: self.party_name(lent.holder)?,
                    acts: serde_json::from_str(&lent.acts).unwrap_or_default(),
                    operations: Usage { used: operations, limit: limits.operations },
                    quantity: Usage { used: quantity, limit: limits.quantity },
                    amount_minor: Usage { used: minor, limit: limits.amount_minor },
                    since_ms: whole(lent.granted),
                    expires_ms: whole(lent.expires),
                    state: self.state_of(&lent)?.into(),
                })
            })
            .collect()
    }

    /// What a mandate is worth, by it and all it comes from.
    fn state_of(&self, lent: &Lent) -> Result<&'static str, BookError> {
        let mut state = self.own_state(lent)?;
        let mut above = lent.parent;
        // A chain has at most as many links as delegation allows; the kernel refuses longer ones.
        while let (Some(parent), "live") = (above, state) {
            let Some(next) = self.lent("ix=?1", parent, 1)?.pop() else { break };
            state = self.own_state(&next)?;
            above = next.parent;
        }
        Ok(state)
    }

    fn own_state(&self, lent: &Lent) -> Result<&'static str, BookError> {
        if lent.revoked {
            return Ok("revoked");
        }
        if self.is_void(lent.granter, lent.ix, lent.granted)? {
            return Ok("void");
        }
        Ok(if lent.expires <= self.now { "expired" } else { "live" })
    }

    /// Whether a change of keys of the granter that counts ended what he granted in this entry.
    fn is_void(&self, granter: i64, ix: i64, granted: i64) -> Result<bool, BookError> {
        let sql = "SELECT 1 FROM keyset WHERE party=?1 AND effective<=?2 AND keep<=?3 \
                   AND (effective>?3 OR (effective=?3 AND ix>?4)) LIMIT 1";
        Ok(self.first(sql, [granter, self.now, granted, ix], |_| Ok(()))?.is_some())
    }

    /// How often a party has hidden records.
    fn hidings_by(&self, party: i64) -> Result<Hidings, BookError> {
        let sql = "SELECT COUNT(*), COUNT(*)-COUNT(ended) FROM hiding WHERE office=?";
        let found = self.first(sql, [party], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (all, now): (i64, i64) = found.unwrap_or_default();
        Ok(Hidings { all: whole(all), now: whole(now) })
    }

    fn holdings(&self, party: i64) -> Result<Vec<Held>, BookError> {
        let sql = "SELECT lot, quantity FROM holding WHERE account=? ORDER BY lot LIMIT ?";
        let account = party.saturating_mul(2);
        let rows: Vec<(i64, i64)> =
            self.all(sql, [account, HOLDINGS], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut holdings = Vec::with_capacity(rows.len());
        for (id, quantity) in rows {
            let Some(lot) = self.lot(id)? else { continue };
            let quantity = whole(quantity);
            holdings.push(Held {
                lot: lot_text(id),
                lot_id: format!("{}.{}", self.id_text(id / LINES)?, id % LINES),
                item: lot.item.map(|item| self.item(item)).transpose()?,
                quantity,
                unit: self.unit(&lot)?,
                base: lot.base(quantity).interval(),
                expires_ms: lot.expires,
            });
        }
        Ok(holdings)
    }

    fn counts(&self, party: i64) -> Result<Vec<StockCount>, BookError> {
        let sql = "SELECT lot, counted, book, ix FROM counted WHERE party=? \
                   ORDER BY ix DESC, lot LIMIT ?";
        let rows: Vec<[i64; 4]> = self.all(sql, [party, HOLDINGS], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
        })?;
        let mut counts = Vec::with_capacity(rows.len());
        for [id, counted, book, ix] in rows {
            let Some(lot) = self.lot(id)? else { continue };
            counts.push(StockCount {
                number: codes::number('R', whole(ix)),
                lot: lot_text(id),
                item: lot.item.map(|item| self.item(item)).transpose()?.unwrap_or_default(),
                counted: whole(counted),
                book: whole(book),
                unit: self.unit(&lot)?,
                time_ms: self.time_of(ix)?,
            });
        }
        Ok(counts)
    }

    /// Entries a party signed or that are about it, newest first; also under names that lead to it.
    fn entries_about(&self, party: i64) -> Result<Vec<crate::view::Entry>, BookError> {
        let sql = "SELECT ix FROM link WHERE target=?1 UNION SELECT ix FROM link \
                   WHERE target IN (SELECT -id FROM name WHERE party=?1) \
                   ORDER BY ix DESC LIMIT ?2";
        let plain = "SELECT ix FROM link WHERE target=?1 ORDER BY ix DESC LIMIT ?2";
        let sql_names = "SELECT 1 FROM name WHERE party=? LIMIT 1";
        let named = self.first(sql_names, [party], |_| Ok(()))?.is_some();
        let sql = if named { sql } else { plain };
        let places: Vec<i64> = self.all(sql, [party, ON_PAGE], |row| row.get(0))?;
        self.entries(&places)
    }

    /// Parties whose names hold these words.
    pub(super) fn parties_with(&self, text: &str) -> Result<Vec<i64>, BookError> {
        let rows = self.rows_with(text)?;
        Ok(rows.into_iter().filter(|row| row % 2 == 0).map(|row| row / 2).collect())
    }

    /// Items whose names hold these words.
    pub(super) fn items_with(&self, text: &str) -> Result<Vec<i64>, BookError> {
        let rows = self.rows_with(text)?;
        Ok(rows.into_iter().filter(|row| row % 2 != 0).map(|row| row / 2).collect())
    }

    /// Rows of the index of words that hold all these words; the last answer is remembered, since
    /// one search asks for parties and for items.
    fn rows_with(&self, text: &str) -> Result<Vec<i64>, BookError> {
        if let Some((known, rows)) = &*self.found.borrow()
            && known == text
        {
            return Ok(rows.clone());
        }
        let rows = self.read_rows_with(text)?;
        *self.found.borrow_mut() = Some((text.to_owned(), rows.clone()));
        Ok(rows)
    }

    /// Words of three characters and more are found by the index; shorter ones are looked for in
    /// the rows that hold the longer ones, and if there are none, once through the oldest rows.
    fn read_rows_with(&self, text: &str) -> Result<Vec<i64>, BookError> {
        let mut words: Vec<&str> = text.split_whitespace().take(WORDS).collect();
        words.sort_unstable();
        words.dedup();
        let (long, short): (Vec<_>, Vec<_>) =
            words.into_iter().partition(|word| word.chars().count() >= 3);
        let quoted = |word: &&str| format!("\"{}\"", word.replace('"', "\"\""));
        let phrases: Vec<String> = long.iter().map(quoted).collect();
        let matching = if long.is_empty() { "?1 = ''" } else { "words MATCH ?1" };
        let held = " AND instr(text, lower(?)) > 0".repeat(short.len());
        let sql = format!(
            "SELECT rowid FROM (SELECT rowid, lower(text) AS text FROM words WHERE {matching} \
             ORDER BY rowid LIMIT {SCANNED}) WHERE 1=1{held} ORDER BY rowid"
        );
        if long.is_empty() && short.is_empty() {
            return Ok(Vec::new());
        }
        let phrases = phrases.join(" ");
        let values = std::iter::once(phrases.as_str()).chain(short);
        self.all(&sql, rusqlite::params_from_iter(values), |row| row.get(0))
    }
}

/// A lot's number, as people read it.
fn lot_text(lot: i64) -> String {
    format!("{}.{}", codes::number('L', whole(lot / LINES)), lot % LINES)
}
