//! Gifts in a list, and goods sent that nobody has counted.

use super::{View, bounded, whole};
use crate::book::BookError;
use crate::codes;
use crate::view::{Difference, Entry, Page};

impl View<'_> {
    pub(in crate::book) fn gifts(
        &self,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page<Entry>, BookError> {
        let gifts = self.counter("gifts")?;
        let mut cursor = self.cursor(cursor, "gifts", (gifts, gifts))?;
        let limit = bounded(limit);
        let many = i64::try_from(limit).unwrap_or(1);
        let sql = "SELECT ix, nth FROM gift WHERE nth<? ORDER BY nth DESC LIMIT ?";
        let found: Vec<(i64, i64)> =
            self.all(sql, [cursor.place.0, many], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let last = found.last().map_or(0, |(_, nth)| *nth);
        cursor.place.0 = last;
        let next = (last > 0 && found.len() == limit).then(|| cursor.write("gifts"));
        let places: Vec<i64> = found.into_iter().map(|(ix, _)| ix).collect();
        Ok(Page { items: self.entries(&places)?, total: whole(cursor.place.1), next })
    }

    /// What is on the way and somebody's to answer for (`giver`), or every difference.
    pub(super) fn differences_of(
        &self,
        giver: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Difference>, BookError> {
        let of_one = "SELECT s.ix, s.giver, s.taker, s.accepted, s.since, h.lot, h.quantity \
                      FROM shipment s JOIN holding h ON h.account=s.ix*2+1 \
                      WHERE s.giver=?1 AND s.rest>0 ORDER BY s.ix, h.lot LIMIT ?2";
        let of_all = "SELECT s.ix, s.giver, s.taker, s.accepted, s.since, h.lot, h.quantity \
                      FROM shipment s INDEXED BY shipment_open JOIN holding h \
                      ON h.account=s.ix*2+1 WHERE s.rest>0 AND s.accepted=1 AND ?1<0 \
                      ORDER BY s.ix, h.lot LIMIT ?2";
        let sql = if giver.is_some() { of_one } else { of_all };
        let rows: Vec<([i64; 6], bool)> = self.all(sql, [giver.unwrap_or(-1), limit], |row| {
            let numbers =
                [row.get(0)?, row.get(1)?, row.get(2)?, row.get(4)?, row.get(5)?, row.get(6)?];
            Ok((numbers, row.get(3)?))
        })?;
        let mut differences = Vec::with_capacity(rows.len());
        for ([ix, giver, taker, since, lot, quantity], partly_accepted) in rows {
            let Some(lot) = self.lot(lot)? else { continue };
            differences.push(Difference {
                shipment: codes::number('S', whole(ix)),
                giver: self.party_name(giver)?,
                taker: self.party_name(taker)?,
                item: lot.item.map(|item| self.item(item)).transpose()?.unwrap_or_default(),
                quantity: whole(quantity),
                unit: self.unit(&lot)?,
                since_ms: whole(since),
                partly_accepted,
            });
        }
        Ok(differences)
    }

    pub(in crate::book) fn differences(&self, limit: u32) -> Result<Vec<Difference>, BookError> {
        self.differences_of(None, i64::from(limit.clamp(1, 1_000)))
    }
}
