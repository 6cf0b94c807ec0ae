//! Published lists: mass balances, and names that lead to nobody.

use super::{View, bounded, length, whole};
use crate::book::BookError;
use crate::book::write::IN;
use crate::relief::balance::{self, Days, Lines};
use crate::relief::coverage::Amount;
use crate::view::{Balance, Interval, ItemName, Page, Unresolved};
use std::collections::BTreeMap;

/// Lines of one custodian about one class of items.
#[derive(Default)]
struct Lists {
    item: i64,
    lines: [Vec<Lines>; 2],
}

/// A principal's own sums of one class of items.
struct Custody {
    item: i64,
    taken_in: Amount,
    issued: Amount,
    lines: (u64, u64),
    unknown: (u64, u64),
    days: (i64, i64),
}

impl View<'_> {
    pub(in crate::book) fn balances(&self) -> Result<Vec<Balance>, BookError> {
        let mut balances = self.stated_balances()?;
        balances.extend(self.kept_balances()?);
        Ok(balances)
    }

    /// Balances of published lists.
    fn stated_balances(&self) -> Result<Vec<Balance>, BookError> {
        let sql = "SELECT s.direction, s.custodian, n.party, i.category, s.item, s.day, \
                   s.quantity, s.lines, s.unread, s.pack, p.contains, p.label FROM stated s \
                   JOIN name n ON n.id=s.custodian JOIN item i ON i.id=s.item \
                   LEFT JOIN pack p ON p.ix=s.pack WHERE s.lines>0";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut lists: BTreeMap<(i64, String), Lists> = BTreeMap::new();
        let mut days: BTreeMap<i64, [Option<Days>; 2]> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (direction, name): (i64, i64) = (row.get(0)?, row.get(1)?);
            // A name that leads to a party stands together with the party's other names.
            let custodian = row.get::<_, Option<i64>>(2)?.unwrap_or(name.saturating_neg());
            let side = if direction == IN { 0 } else { 1 };
            let pack: i64 = row.get(9)?;
            let contains: Option<i64> = row.get(10)?;
            let lines = Lines {
                day: whole(row.get(5)?),
                quantity: whole(row.get(6)?),
                contains: if pack == 0 { Some(1) } else { contains.map(whole) },
                label: row.get::<_, Option<String>>(11)?.unwrap_or_default(),
                lines: whole(row.get(7)?),
                unread: whole(row.get(8)?),
            };
            let known = days.entry(custodian).or_default();
            if let Some(known) = known.get_mut(side) {
                let day = lines.day;
                let span = known.get_or_insert(Days { first: day, last: day });
                *span = Days { first: span.first.min(day), last: span.last.max(day) };
            }
            let list = lists.entry((custodian, row.get(3)?)).or_default();
            list.item = row.get(4)?;
            if let Some(list) = list.lines.get_mut(side) {
                list.push(lines);
            }
        }
        let mut balances = Vec::new();
        for ((custodian, category), list) in lists {
            let Some([Some(days_in), Some(days_out)]) = days.get(&custodian) else { continue };
            let [taken_in, issued] = &list.lines;
            if taken_in.is_empty() && issued.is_empty() {
                continue;
            }
            let compared = balance::compare((taken_in, *days_in), (issued, *days_out));
            let Some(verdict) = compared else { continue };
            balances.push(Balance {
                custodian: self.party_name(custodian)?,
                item: self.class(&category, list.item)?,
                from: balance::date_text(verdict.from),
                to: balance::date_text(verdict.to),
                before: verdict.before,
                taken_in: verdict.taken_in,
                issued: verdict.issued,
                lines_in: verdict.lines.0,
                lines_out: verdict.lines.1,
                unknown_in: verdict.unknown.0,
                unknown_out: verdict.unknown.1,
                verdict: verdict.word.into(),
                short_by: verdict.short_by,
                would_decide: verdict.would_decide,
            });
        }
        Ok(balances)
    }

    /// The item a class is shown by: the one of the same code, else one of the lines.
    fn class(&self, category: &str, item: i64) -> Result<ItemName, BookError> {
        let sql = "SELECT id FROM item WHERE category=?1 ORDER BY code<>?1, defined IS NULL, code \
                   LIMIT 1";
        let shown = self.first(sql, [category], |row| row.get(0))?;
        self.item(shown.unwrap_or(item))
    }

    /// Balances of what principals hold in the book itself: conserved by the kernel.
    fn kept_balances(&self) -> Result<Vec<Balance>, BookError> {
        let sql = "SELECT c.party, i.category, c.item, c.taken_in, c.issued, c.lines_in, \
                   c.lines_out, c.first, c.last, c.pack, p.contains FROM custody c \
                   JOIN item i ON i.id=c.item LEFT JOIN pack p ON p.ix=c.pack";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut sums: BTreeMap<(i64, String), Custody> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let pack: i64 = row.get(9)?;
            let contains: Option<i64> = row.get(10)?;
            let contains = if pack == 0 { Some(1) } else { contains.map(whole) };
            let days: (i64, i64) = (row.get(7)?, row.get(8)?);
            let sum = sums.entry((row.get(0)?, row.get(1)?)).or_insert(Custody {
                item: row.get(2)?,
                taken_in: Amount::default(),
                issued: Amount::default(),
                lines: (0, 0),
                unknown: (0, 0),
                days,
            });
            let lines = (whole(row.get(5)?), whole(row.get(6)?));
            let unknown = if contains.is_none() { lines } else { (0, 0) };
            sum.taken_in = sum.taken_in.plus(Amount::of(whole(row.get(3)?), contains));
            sum.issued = sum.issued.plus(Amount::of(whole(row.get(4)?), contains));
            sum.lines = (sum.lines.0.saturating_add(lines.0), sum.lines.1.saturating_add(lines.1));
            let known = sum.unknown;
            sum.unknown = (known.0.saturating_add(unknown.0), known.1.saturating_add(unknown.1));
            sum.days = (sum.days.0.min(days.0), sum.days.1.max(days.1));
        }
        let mut balances = Vec::with_capacity(sums.len());
        for ((party, category), sum) in sums {
            let date = |time: i64| balance::date_text(balance::day_of(whole(time)));
            balances.push(Balance {
                custodian: self.party_name(party)?,
                item: self.class(&category, sum.item)?,
                from: date(sum.days.0),
                to: date(sum.days.1),
                before: Interval::exactly(0),
                taken_in: sum.taken_in.interval(),
                issued: sum.issued.interval(),
                lines_in: sum.lines.0,
                lines_out: sum.lines.1,
                unknown_in: sum.unknown.0,
                unknown_out: sum.unknown.1,
                verdict: "consistent".into(),
                ..Balance::default()
            });
        }
        Ok(balances)
    }

    pub(in crate::book) fn unresolved(
        &self,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Unresolved>, BookError> {
        let cursor = self.cursor(cursor, "unresolved", (i64::MIN, i64::MIN))?;
        let found = self.unresolved_then(cursor.size)?;
        let start = found.partition_point(|place| *place <= cursor.place);
        let end = start.saturating_add(bounded(limit)).min(found.len());
        let part = found.get(start..end).unwrap_or_default();
        let next = part
            .last()
            .filter(|_| end < found.len())
            .map(|place| super::Cursor { place: *place, ..cursor }.write("unresolved"));
        let mut items = Vec::with_capacity(part.len());
        for (lines, name) in part {
            let sql = "SELECT n.text, (SELECT ifnull(SUM(k.lines), 0) FROM name_pack k \
                       JOIN pack p ON p.ix=k.pack WHERE k.name=n.id AND p.contains IS NULL) \
                       FROM name n WHERE n.id=?";
            let shown = self.first(sql, [name], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let Some((name, unknown)) = shown else { continue };
            let unknown_packs = whole(unknown);
            items.push(Unresolved { name, lines: whole(lines.saturating_neg()), unknown_packs });
        }
        Ok(Page { items, total: length(found.len()), next })
    }

    /// Names that led nowhere when the log had `size` entries, most used first, with the number
    /// of lines (negative) that used them then.
    fn unresolved_then(&self, size: i64) -> Result<Vec<(i64, i64)>, BookError> {
        let now = "SELECT -lines, id FROM name WHERE party IS NULL AND lines>0 \
                   ORDER BY -lines, id";
        if size >= self.size {
            return self.all(now, [], |row| Ok((row.get(0)?, row.get(1)?)));
        }
        let then = "SELECT -(SELECT COUNT(*) FROM link WHERE target=-n.id AND ix<?1) AS used, n.id \
                    FROM name n WHERE n.first<?1 AND n.lines>0 \
                    AND (n.party IS NULL OR n.resolved>=?1) AND used<0 ORDER BY used, n.id";
        self.all(then, [size], |row| Ok((row.get(0)?, row.get(1)?)))
    }
}
