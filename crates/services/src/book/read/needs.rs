//! Needs: lists that keep their order while entries arrive, and the page of one.

use super::{View, bounded, length, whole};
use crate::book::BookError;
use crate::book::write::{HIDDEN, asked, urgency};
use crate::codes;
use crate::relief::coverage::{Amount, Met, RANK_CLASS, RANK_URGENCY, Standing};
use crate::view::{Asked, Coverage, ItemName, Need, NeedFilter, NeedPage, Page, Party};
use rusqlite::{Row, params};

/// Entries of one need's history.
const HISTORY: i64 = 500;

const COLUMNS: &str = "SELECT n.ix,n.item,n.needy,n.one_sided,n.place,n.urgency,n.asked,n.amount,\
    n.bound,n.stated,n.updated,n.closed,n.specification,n.reason,n.basis,r.author,\
    r.corroborated,r.disputed,n.reserved,n.reserved_unknown,n.way,n.way_unknown,n.received,\
    n.received_unknown,n.dispute,n.dispute_unknown FROM need n JOIN record r ON r.ix=n.ix";

/// A need as the tables have it.
struct Kept {
    ix: i64,
    item: i64,
    needy: i64,
    one_sided: bool,
    place: Option<String>,
    asked: Asked,
    stated: i64,
    updated: i64,
    hidden: bool,
    specification: Option<String>,
    reason: Option<String>,
    basis: Option<String>,
    author: i64,
    corroborated: i64,
    disputed: i64,
    standing: Standing,
}

fn kept(row: &Row<'_>) -> Result<Kept, rusqlite::Error> {
    let amount = |at: usize| -> Result<Amount, rusqlite::Error> {
        let unknown = at.saturating_add(1);
        Ok(Amount { known: whole(row.get(at)?), unknown: whole(row.get(unknown)?) })
    };
    let met = Met {
        reserved: amount(18)?,
        on_the_way: amount(20)?,
        received: amount(22)?,
        in_dispute: amount(24)?,
    };
    let closed: i64 = row.get(11)?;
    let bound: Option<i64> = row.get(8)?;
    Ok(Kept {
        ix: row.get(0)?,
        item: row.get(1)?,
        needy: row.get(2)?,
        one_sided: row.get(3)?,
        place: row.get(4)?,
        asked: asked(row.get(6)?, row.get(7)?),
        stated: row.get(9)?,
        updated: row.get(10)?,
        hidden: closed == HIDDEN,
        specification: row.get(12)?,
        reason: row.get(13)?,
        basis: row.get(14)?,
        author: row.get(15)?,
        corroborated: row.get(16)?,
        disputed: row.get(17)?,
        standing: Standing {
            bound: bound.map(whole),
            urgency: urgency(row.get(5)?),
            closed: closed > 0,
            met,
        },
    })
}

impl View<'_> {
    fn show(&self, need: Kept) -> Result<(Need, Option<String>), BookError> {
        let id = self.id_text(need.ix)?;
        let number = codes::number('N', whole(need.ix));
        let stated_by = self.party_name(need.author)?;
        let status = need.standing.status().to_owned();
        let (stated_ms, updated_ms) = (whole(need.stated), whole(need.updated));
        let shown = if need.hidden {
            Need {
                number,
                id,
                item: ItemName::default(),
                specification: None,
                needy: Party::default(),
                place: String::new(),
                stated_by,
                one_sided: false,
                urgency: String::new(),
                asked: Asked::Unknown,
                derived: None,
                coverage: Coverage::default(),
                status,
                corroborated: 0,
                disputed: 0,
                stated_ms,
                updated_ms,
            }
        } else {
            let basis = need.basis.as_deref();
            Need {
                number,
                id,
                item: self.item(need.item)?,
                specification: need.specification,
                needy: self.party_name(need.needy)?,
                place: need.place.unwrap_or_default(),
                stated_by,
                one_sided: need.one_sided,
                urgency: need.standing.urgency.word().into(),
                asked: need.asked,
                derived: basis.and_then(|basis| serde_json::from_str(basis).ok()),
                coverage: need.standing.coverage(),
                status,
                corroborated: whole(need.corroborated),
                disputed: whole(need.disputed),
                stated_ms,
                updated_ms,
            }
        };
        Ok((shown, need.reason.filter(|_| !need.hidden)))
    }

    pub(super) fn need_at(&self, ix: i64) -> Result<Option<(Need, Option<String>)>, BookError> {
        let sql = format!("{COLUMNS} WHERE n.ix=?");
        let found = self.first(&sql, [ix], kept)?;
        found.map(|need| self.show(need)).transpose()
    }

    pub(in crate::book) fn need(&self, number: &str) -> Result<Option<NeedPage>, BookError> {
        let Some((letter, ix)) = self.find(number)? else { return Ok(None) };
        if letter.is_some_and(|letter| letter != 'N') {
            return Ok(None);
        }
        let Some((need, reason)) = self.need_at(ix)? else { return Ok(None) };
        let sql = "SELECT ix FROM link WHERE target=?1 AND ix>?1 ORDER BY ix LIMIT ?2";
        let mut places = vec![ix];
        places.extend(self.all(sql, [ix, HISTORY], |row| row.get::<_, i64>(0))?);
        Ok(Some(NeedPage { need, reason, history: self.entries(&places)? }))
    }

    /// Needs of one party, open first.
    pub(super) fn needs_of(&self, party: i64, limit: i64) -> Result<Vec<Need>, BookError> {
        let sql =
            format!("{COLUMNS} WHERE n.needy=? AND n.closed<>3 ORDER BY n.rank, n.ix LIMIT ?");
        let found = self.all(&sql, [party, limit], kept)?;
        found.into_iter().map(|need| Ok(self.show(need)?.0)).collect()
    }

    /// Ranks and places of all needs that match, as they stood when the log had `size` entries.
    fn ranked(&self, filter: &NeedFilter, size: i64) -> Result<Vec<(i64, i64)>, BookError> {
        let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let mut rows: Vec<(i64, i64, i64)> = match text {
            None => self.matching(filter)?,
            Some(text) => self.matching_text(filter, text)?,
        };
        rows.retain(|(ix, _, _)| *ix < size);
        let wanted = filter.urgency.as_deref();
        let mut ranked = Vec::with_capacity(rows.len());
        for (ix, rank, changed) in rows {
            let rank = if changed >= size { self.rank_then(ix, rank, size)? } else { rank };
            let (class, rest) = (whole(rank) / RANK_CLASS, whole(rank) % RANK_CLASS);
            let word = urgency(i64::try_from(rest / RANK_URGENCY).unwrap_or(2)).word();
            if (!filter.open || class == 0) && wanted.is_none_or(|wanted| wanted == word) {
                ranked.push((rank, ix));
            }
        }
        ranked.sort_unstable();
        Ok(ranked)
    }

    /// The rank a need had when the log had `size` entries.
    fn rank_then(&self, ix: i64, now: i64, size: i64) -> Result<i64, BookError> {
        let sql = "SELECT rank FROM need_was WHERE need=? AND until>=? ORDER BY until LIMIT 1";
        Ok(self.first(sql, [ix, size], |row| row.get(0))?.unwrap_or(now))
    }

    fn matching(&self, filter: &NeedFilter) -> Result<Vec<(i64, i64, i64)>, BookError> {
        let sql = "SELECT ix, rank, changed FROM need INDEXED BY need_rank WHERE rank<3000000 \
                   AND (?1 IS NULL OR item IN (SELECT id FROM item WHERE code=?1 OR category=?1)) \
                   AND (?2 IS NULL OR place=?2 OR city=?2)";
        let values = params![filter.item, filter.place];
        self.all(sql, values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// As [`Self::matching`], with words in the name of the needy, the item or the specification.
    fn matching_text(
        &self,
        filter: &NeedFilter,
        text: &str,
    ) -> Result<Vec<(i64, i64, i64)>, BookError> {
        let numbers = |found: Vec<i64>| {
            let texts: Vec<String> = found.iter().map(i64::to_string).collect();
            format!("[{}]", texts.join(","))
        };
        let parties = numbers(self.parties_with(text)?);
        let items = numbers(self.items_with(text)?);
        let sql = "SELECT ix, rank, changed FROM need WHERE rank<3000000 \
                   AND (?1 IS NULL OR item IN (SELECT id FROM item WHERE code=?1 OR category=?1)) \
                   AND (?2 IS NULL OR place=?2 OR city=?2) \
                   AND (needy IN (SELECT value FROM json_each(?3)) \
                   OR item IN (SELECT value FROM json_each(?4)) \
                   OR instr(lower(specification), lower(?5)) > 0)";
        let values = params![filter.item, filter.place, parties, items, text];
        self.all(sql, values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    pub(in crate::book) fn needs(
        &self,
        filter: &NeedFilter,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Need>, BookError> {
        let list = format!("needs:{}", serde_json::to_string(filter).unwrap_or_default());
        let cursor = self.cursor(cursor, &list, (-1, -1))?;
        let ranked = self.ranked(filter, cursor.size)?;
        let start = ranked.partition_point(|place| *place <= cursor.place);
        let end = start.saturating_add(bounded(limit)).min(ranked.len());
        let part = ranked.get(start..end).unwrap_or_default();
        let next = part
            .last()
            .filter(|_| end < ranked.len())
            .map(|place| super::Cursor { place: *place, ..cursor }.write(&list));
        let mut items = Vec::with_capacity(part.len());
        for (_, ix) in part {
            items.extend(self.need_at(*ix)?.map(|(need, _)| need));
        }
        Ok(Page { items, total: length(ranked.len()), next })
    }

    pub(in crate::book) fn need_choices(&self) -> Result<(Vec<String>, Vec<ItemName>), BookError> {
        let sql = "SELECT DISTINCT place FROM need INDEXED BY need_rank \
                   WHERE rank<3000000 AND place IS NOT NULL ORDER BY place";
        let places = self.all(sql, [], |row| row.get(0))?;
        let sql = "SELECT DISTINCT item FROM need INDEXED BY need_rank WHERE rank<3000000";
        let used: Vec<i64> = self.all(sql, [], |row| row.get(0))?;
        let mut classes: Vec<ItemName> = Vec::new();
        for item in used {
            let name = self.item(item)?;
            match classes.iter_mut().find(|known| known.category == name.category) {
                // A class is shown by the item of the same code, else by its first one.
                Some(known) if name.code == name.category || name.code < known.code => {
                    if known.code != known.category {
                        *known = name;
                    }
                }
                Some(_) => {}
                None => classes.push(name),
            }
        }
        classes.sort_by(|a, b| a.category.cmp(&b.category));
        Ok((places, classes))
    }
}
