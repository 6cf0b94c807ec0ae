//! Needs: opened, corrected, closed, and computed anew whenever something about them changed.

use super::{At, HIDDEN, Writer, int, whole};
use crate::book::BookError;
use crate::relief::balance::day_of;
use crate::relief::coverage::{Amount, Met, RANK_CLASS, Standing, Sums, Urgency};
use crate::relief::need::NeedBody;
use crate::view::Asked;
use rusqlite::params;
use serde_json::{Map, Value};

/// Where goods for a need are; the numbers stand in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub(super) enum Tally {
    /// Kept for it.
    Reserved = 0,
    /// Sent, and nobody has counted any of the shipment.
    OnTheWay = 1,
    /// Taken by somebody.
    Received = 2,
    /// Sent and not found on arrival.
    InDispute = 3,
}

/// What is kept of a need between changes.
struct Kept {
    item: i64,
    needy: i64,
    rank: i64,
    /// Its record's status now; the standing is that before the present entry.
    closed: i64,
    standing: Standing,
}

/// What a body names, found in the tables.
struct Told {
    item: i64,
    needy: i64,
    one_sided: bool,
    place: Option<String>,
    district: Option<String>,
    basis: Option<String>,
}

/// The one who asks: how many needs, city, district.
type Asker = (i64, Option<String>, Option<String>);

/// Urgency from its number in the tables.
pub(in crate::book) fn urgency(number: i64) -> Urgency {
    let at = usize::try_from(number).unwrap_or(2);
    Urgency::ALL.get(at).copied().unwrap_or_default()
}

/// The kind of quantity and its amount, as numbers.
fn asked_numbers(asked: &Asked) -> (i64, i64) {
    match asked {
        Asked::Stated { amount } => (0, int(*amount)),
        Asked::PerDay { amount } => (1, int(*amount)),
        Asked::Unbounded => (2, 0),
        Asked::Unknown => (3, 0),
    }
}

/// The quantity from its numbers.
pub(in crate::book) fn asked(kind: i64, amount: i64) -> Asked {
    let amount = whole(amount);
    match kind {
        0 => Asked::Stated { amount },
        1 => Asked::PerDay { amount },
        2 => Asked::Unbounded,
        _ => Asked::Unknown,
    }
}

impl Writer<'_> {
    /// Notes when the present entry happened, if that was before its block's time.
    pub(super) fn happened(&mut self, at: &At, occurred: Option<weal_kernel::units::UnixMillis>) {
        self.when = occurred.map_or(at.time, |occurred| int(occurred.0).min(at.time));
    }

    pub(super) fn open_need(
        &mut self,
        at: &At,
        body: &Map<String, Value>,
    ) -> Result<(), BookError> {
        let body = NeedBody::read(body);
        let standing =
            Standing { bound: body.bound(), urgency: body.urgency, ..Standing::default() };
        let told = self.told(at, at.actor, &body)?;
        let sql = "INSERT INTO need(ix,item,needy,one_sided,place,city,urgency,asked,amount,\
                   bound,specification,reason,basis,own_place,stated,updated,changed,closed,rank,\
                   reserved,reserved_unknown,way,way_unknown,received,received_unknown,dispute,\
                   dispute_unknown) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,\
                   ?15,?1,0,?16,0,0,0,0,0,0,0,0)";
        let (asked, amount) = asked_numbers(&body.asked);
        self.run(
            sql,
            params![
                at.ix,
                told.item,
                told.needy,
                told.one_sided,
                told.place,
                told.district,
                body.urgency as i64,
                asked,
                amount,
                body.bound().map(int),
                body.specification,
                body.reason,
                told.basis,
                body.place.is_some(),
                self.when,
                int(standing.rank())
            ],
        )?;
        let done = standing.is_done();
        let day = self.days.entry(int(day_of(whole(self.when)))).or_default();
        day.0 = day.0.saturating_add(1);
        day.1 = day.1.saturating_add(i64::from(done));
        self.memory.add("needs", 1);
        self.sums_of(told.item)?.add(&standing.sums());
        Ok(())
    }

    /// Finds what a body names, and counts the need with the one who asks.
    fn told(&mut self, at: &At, author: i64, body: &NeedBody) -> Result<Told, BookError> {
        let item = self.item(&body.item)?;
        let facility = match &body.facility {
            Some(id) => self.place(id)?,
            None => None,
        };
        let sql = "UPDATE party SET needs=needs+1 WHERE id=? RETURNING needs, city, district";
        let mut needy = facility.unwrap_or(author);
        let mut found = self.asker(sql, needy)?;
        if found.is_none() {
            needy = author;
            found = self.asker(sql, needy)?;
        }
        let (needs, city, district) = found.unwrap_or_default();
        if needs == 1 {
            self.memory.add("needy", 1);
        }
        self.link(needy, at.ix)?;
        let one_sided = body.facility.is_some() && facility != Some(author);
        let basis = body.derived.as_ref().map(|d| serde_json::to_string(d).unwrap_or_default());
        let place = body.place.clone().or(city).or(district.clone());
        Ok(Told { item, needy, one_sided, place, district, basis })
    }

    fn asker(&self, sql: &str, party: i64) -> Result<Option<Asker>, BookError> {
        self.first(sql, [party], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    pub(super) fn correct_need(
        &mut self,
        at: &At,
        ix: i64,
        body: &Map<String, Value>,
    ) -> Result<(), BookError> {
        let Some(kept) = self.kept(ix)? else { return Ok(()) };
        let none = Sums::default();
        self.sums_of(kept.item)?.change(&kept.standing.sums(), &none);
        let sql = "UPDATE party SET needs=needs-1 WHERE id=? RETURNING needs";
        if self.first(sql, [kept.needy], |row| row.get::<_, i64>(0))? == Some(0) {
            self.memory.add("needy", -1);
        }
        let body = NeedBody::read(body);
        let sql = "SELECT author FROM record WHERE ix=?";
        let author = self.first(sql, [ix], |row| row.get(0))?.unwrap_or(at.actor);
        let told = self.told(at, author, &body)?;
        let (asked, amount) = asked_numbers(&body.asked);
        self.run(
            "UPDATE need SET item=?2,needy=?3,one_sided=?4,place=?5,city=?6,urgency=?7,asked=?8,\
             amount=?9,bound=?10,specification=?11,reason=?12,basis=?13,own_place=?14 WHERE ix=?1",
            params![
                ix,
                told.item,
                told.needy,
                told.one_sided,
                told.place,
                told.district,
                body.urgency as i64,
                asked,
                amount,
                body.bound().map(int),
                body.specification,
                body.reason,
                told.basis,
                body.place.is_some()
            ],
        )?;
        let standing = Standing { bound: body.bound(), urgency: body.urgency, ..kept.standing };
        self.sums_of(told.item)?.add(&standing.sums());
        self.count_done(kept.standing.is_done(), standing.is_done());
        self.touched.insert(ix);
        Ok(())
    }

    /// The places of needs after their facility's description changed.
    pub(super) fn replace_places(&mut self, facility: i64) -> Result<(), BookError> {
        let sql = "UPDATE need SET city=p.district, \
                   place=iif(own_place, place, ifnull(p.city, p.district)) \
                   FROM (SELECT id, iif(hidden=1, NULL, city) AS city, \
                   iif(hidden=1, NULL, district) AS district FROM party) p \
                   WHERE p.id=?1 AND need.needy=?1";
        self.run(sql, [facility])?;
        Ok(())
    }

    fn count_done(&mut self, before: bool, after: bool) {
        let change = i64::from(after).saturating_sub(i64::from(before));
        if change != 0 {
            let day = self.days.entry(int(day_of(whole(self.when)))).or_default();
            day.1 = day.1.saturating_add(change);
        }
    }

    /// Adds goods to a need's tally, or takes them out.
    pub(super) fn tally(
        &mut self,
        need: i64,
        kind: Tally,
        taker: i64,
        line: (i64, i64, i64),
    ) -> Result<(), BookError> {
        let (item, pack, quantity) = line;
        let sql = "INSERT INTO tally VALUES(?1,?2,?3,?4,?5,?6) ON CONFLICT DO UPDATE \
                   SET quantity=quantity+?6";
        self.run(sql, [need, kind as i64, taker, item, pack, quantity])?;
        self.touched.insert(need);
        Ok(())
    }

    fn kept(&self, ix: i64) -> Result<Option<Kept>, BookError> {
        let sql = "SELECT item,needy,rank,bound,urgency,closed,reserved,reserved_unknown,way,\
                   way_unknown,received,received_unknown,dispute,dispute_unknown \
                   FROM need WHERE ix=?";
        self.first(sql, [ix], |row| {
            let amount = |at: usize| -> Result<Amount, rusqlite::Error> {
                let unknown = at.saturating_add(1);
                Ok(Amount { known: whole(row.get(at)?), unknown: whole(row.get(unknown)?) })
            };
            let met = Met {
                reserved: amount(6)?,
                on_the_way: amount(8)?,
                received: amount(10)?,
                in_dispute: amount(12)?,
            };
            let bound: Option<i64> = row.get(3)?;
            let rank: i64 = row.get(2)?;
            // The rank still says whether it was closed before this entry.
            let was_closed = whole(rank) >= 2 * RANK_CLASS;
            let standing = Standing {
                bound: bound.map(whole),
                urgency: urgency(row.get(4)?),
                closed: was_closed,
                met,
            };
            let (item, needy) = (row.get(0)?, row.get(1)?);
            Ok(Kept { item, needy, rank, closed: row.get(5)?, standing })
        })
    }

    /// Computes all needs that were touched.
    pub(super) fn refresh_needs(&mut self, ix: i64) -> Result<(), BookError> {
        for need in std::mem::take(&mut self.touched) {
            self.refresh(need, ix)?;
        }
        Ok(())
    }

    fn refresh(&mut self, need: i64, ix: i64) -> Result<(), BookError> {
        let Some(kept) = self.kept(need)? else { return Ok(()) };
        let met = self.met(need, kept.item, kept.needy)?;
        let standing = Standing { met, closed: kept.closed > 0, ..kept.standing };
        let mut rank = int(standing.rank());
        if kept.closed == HIDDEN {
            rank = rank.saturating_add(int(RANK_CLASS));
        }
        if rank != kept.rank {
            let sql = "INSERT OR IGNORE INTO need_was VALUES(?,?,?)";
            self.run(sql, [need, ix, kept.rank])?;
            let sql = "UPDATE need SET rank=?, changed=? WHERE ix=?";
            self.run(sql, [rank, ix, need])?;
        }
        self.run(
            "UPDATE need SET updated=?2,reserved=?3,reserved_unknown=?4,way=?5,way_unknown=?6,\
             received=?7,received_unknown=?8,dispute=?9,dispute_unknown=?10 WHERE ix=?1",
            params![
                need,
                self.when,
                int(met.reserved.known),
                int(met.reserved.unknown),
                int(met.on_the_way.known),
                int(met.on_the_way.unknown),
                int(met.received.known),
                int(met.received.unknown),
                int(met.in_dispute.known),
                int(met.in_dispute.unknown)
            ],
        )?;
        self.sums_of(kept.item)?.change(&kept.standing.sums(), &standing.sums());
        self.count_done(kept.standing.is_done(), standing.is_done());
        Ok(())
    }

    /// What is where for a need: goods of its class only, received only by the one who asked.
    fn met(&self, need: i64, item: i64, needy: i64) -> Result<Met, BookError> {
        let sql = "SELECT t.kind, t.party, t.pack, t.quantity, p.contains FROM tally t \
                   JOIN item i ON i.id=t.item LEFT JOIN pack p ON p.ix=t.pack \
                   WHERE t.need=?1 AND t.quantity>0 \
                   AND i.category=(SELECT category FROM item WHERE id=?2)";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut rows = statement.query([need, item])?;
        let mut met = Met::default();
        while let Some(row) = rows.next()? {
            let (kind, taker, pack): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let contains: Option<i64> = row.get(4)?;
            let contains = if pack == 0 { Some(1) } else { contains.map(whole) };
            let amount = Amount::of(whole(row.get(3)?), contains);
            let place = match kind {
                0 => &mut met.reserved,
                1 => &mut met.on_the_way,
                2 if self.receives_for(taker, needy)? => &mut met.received,
                2 => continue,
                _ => &mut met.in_dispute,
            };
            *place = place.plus(amount);
        }
        Ok(met)
    }
}
