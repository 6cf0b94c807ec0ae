//! The first page: how far everything is met, and what happened last.

use super::{View, whole};
use crate::book::BookError;
use crate::book::write::{OUT, read_sums};
use crate::relief::balance::date_text;
use crate::relief::coverage::{Amount, Sums};
use crate::view::{Day, ItemCoverage, Overview};
use std::collections::BTreeMap;
use weal_kernel::units::{Quantity, format_amount};

/// Newest entries on the first page.
const LATEST: i64 = 12;

/// One class of items while it is summed up.
#[derive(Default)]
struct Class {
    sums: Sums,
    /// Asked, needs and number of the item it is shown by.
    shown: (u64, u64, i64),
    issued: Amount,
    unread: bool,
}

impl View<'_> {
    pub(in crate::book) fn overview(&self) -> Result<Overview, BookError> {
        let classes = self.classes()?;
        let mut all = Sums::default();
        for class in classes.values() {
            all.add(&class.sums);
        }
        let sql = "SELECT ix FROM entry ORDER BY ix DESC LIMIT ?";
        let latest: Vec<i64> = self.all(sql, [LATEST], |row| row.get(0))?;
        let count = |name: &str| Ok::<u64, BookError>(whole(self.counter(name)?));
        Ok(Overview {
            mean_percent: all.mean_percent(),
            open_needs: all.open(),
            critical_needs: all.critical(),
            all_needs: count("needs")?,
            needy: count("needy")?,
            shipments_open: count("shipments_open")?,
            differences_open: count("differences_open")?,
            gifts: count("gifts")?,
            money_given: self.money_given()?,
            entries: whole(self.size),
            items: self.item_coverage(classes)?,
            latest: self.entries(&latest)?,
            days: self.days()?,
        })
    }

    fn classes(&self) -> Result<BTreeMap<String, Class>, BookError> {
        let sql = "SELECT i.category, s.item, s.numbers FROM sums s JOIN item i ON i.id=s.item";
        let rows: Vec<(String, i64, Vec<u8>)> =
            self.all(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut classes: BTreeMap<String, Class> = BTreeMap::new();
        for (category, item, numbers) in rows {
            let sums = read_sums(&numbers);
            if sums.standing() == 0 {
                continue;
            }
            let class = classes.entry(category).or_default();
            class.sums.add(&sums);
            class.shown = class.shown.max((sums.asked(), sums.standing(), item));
        }
        let sql = "SELECT i.category, SUM(s.quantity), SUM(s.unread), s.pack, p.contains \
                   FROM stated s JOIN item i ON i.id=s.item LEFT JOIN pack p ON p.ix=s.pack \
                   WHERE s.direction=? GROUP BY s.item, s.pack";
        let rows: Vec<(String, i64, i64, i64, Option<i64>)> = self.all(sql, [OUT], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })?;
        for (category, quantity, unread, pack, contains) in rows {
            let Some(class) = classes.get_mut(&category) else { continue };
            let contains = if pack == 0 { Some(1) } else { contains.map(whole) };
            class.issued = class.issued.plus(Amount::of(whole(quantity), contains));
            class.unread |= unread > 0;
        }
        Ok(classes)
    }

    fn item_coverage(
        &self,
        classes: BTreeMap<String, Class>,
    ) -> Result<Vec<ItemCoverage>, BookError> {
        let mut items = Vec::with_capacity(classes.len());
        for class in classes.into_values() {
            let mut stated_issued = class.issued.interval();
            if class.unread {
                stated_issued.high = None;
            }
            items.push(ItemCoverage {
                item: self.item(class.shown.2)?,
                needs: class.sums.open(),
                unbounded: class.sums.unbounded(),
                asked: class.sums.asked(),
                received: class.sums.received().interval(),
                on_the_way: class.sums.on_the_way().interval(),
                reserved: class.sums.reserved().interval(),
                stated_issued,
                percent: class.sums.percent(),
            });
        }
        // Scarcest first; those without any bound last, the most asked first among equals.
        items.sort_by_key(|class| {
            (class.percent.map_or(101, u64::from), std::cmp::Reverse(class.needs))
        });
        Ok(items)
    }

    fn money_given(&self) -> Result<Vec<String>, BookError> {
        let sql = "SELECT currency, minor FROM money ORDER BY currency";
        self.all(sql, [], |row| {
            let (currency, minor): (String, i64) = (row.get(0)?, row.get(1)?);
            Ok(format!("{} {currency}", format_amount(Quantity(whole(minor)), &currency)))
        })
    }

    fn days(&self) -> Result<Vec<Day>, BookError> {
        let rows: Vec<(i64, i64, i64)> =
            self.all("SELECT day, opened, closed FROM day ORDER BY day", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
        let (mut opened, mut closed) = (0i64, 0i64);
        let days = rows.into_iter().map(|(day, more, done)| {
            opened = opened.saturating_add(more);
            closed = closed.saturating_add(done);
            Day { date: date_text(whole(day)), opened: whole(opened), closed: whole(closed) }
        });
        Ok(days.collect())
    }
}
