//! How goods and money move: custody, shipments, reservations, and what each does for a need.

use super::needs::Tally;
use super::pending::add;
use super::{At, Writer, int};
use crate::book::BookError;
use rusqlite::params;
use std::collections::BTreeSet;
use weal_kernel::Hash;
use weal_kernel::holdings::op::{Accept, Consume, Dispatch, HandOver, Release, Reserve, WriteOff};
use weal_kernel::holdings::{Account, Posting};

/// Bytes of a key, and of a key with its signature, as entries keep them.
const KEY: usize = 32;
const SIGNATURE: usize = 96;
/// Outside the book.
pub(in crate::book) const SOURCE: i64 = -1;
/// Used, or redeemed.
pub(in crate::book) const USED: i64 = -2;
/// Written off.
pub(in crate::book) const LOST: i64 = -3;

/// One movement as the tables have it. Accounts are `2 * party` in custody and
/// `2 * shipment + 1` on the way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) lot: i64,
    item: Option<i64>,
    pack: i64,
    source: i64,
    target: i64,
    quantity: i64,
}

impl Line {
    fn for_tally(&self, sign: i64) -> Option<(i64, i64, i64)> {
        self.item.map(|item| (item, self.pack, self.quantity.saturating_mul(sign)))
    }
}

/// A shipment as the tables have it.
struct Shipment {
    ix: i64,
    giver: i64,
    taker: i64,
    need: Option<i64>,
    accepted: bool,
    /// Whether giver and taker signed with keys of their own.
    both: bool,
    rest: i64,
}

impl Shipment {
    /// Where its goods stand for the need.
    fn tally(&self) -> Tally {
        if self.accepted { Tally::InDispute } else { Tally::OnTheWay }
    }
}

/// Whether somebody is named who is neither of the two: only a third hand is a witness.
fn is_third(party: Option<i64>, others: [i64; 2]) -> bool {
    party.is_some_and(|party| !others.contains(&party))
}

/// How an entry is about a shipment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    /// The taker counted.
    Counted {
        /// With papers or photos.
        evidence: bool,
        /// With keys none of which had signed when the goods were sent.
        other_hand: bool,
    },
    /// What was still on the way is settled.
    Settled,
}

impl Writer<'_> {
    fn account(&mut self, account: &Account) -> Result<i64, BookError> {
        let place = |ix: Option<i64>| ix.unwrap_or(0).saturating_mul(2);
        Ok(match account {
            Account::Held(id) => place(self.place(id)?),
            Account::Transit(id) => place(self.place(id)?).saturating_add(1),
            Account::Source => SOURCE,
            Account::Used => USED,
            Account::Lost => LOST,
        })
    }

    /// Books the movements of an entry.
    pub(super) fn book(&mut self, at: &At, postings: &[Posting]) -> Result<Vec<Line>, BookError> {
        let mut lines = Vec::with_capacity(postings.len());
        for (posting, nth) in postings.iter().zip(0i64..) {
            let lot = self.lot(&posting.lot)?;
            let sql = "SELECT item, pack FROM lot WHERE id=?";
            let (item, pack) =
                self.first(sql, [lot], |row| Ok((row.get(0)?, row.get(1)?)))?.unwrap_or((None, 0));
            let (source, target) = (self.account(&posting.from)?, self.account(&posting.to)?);
            let line = Line { lot, item, pack, source, target, quantity: int(posting.quantity.0) };
            self.take_out(&line)?;
            self.put_in(at, &line)?;
            let sql = "INSERT INTO move VALUES(?,?,?,?,?,?)";
            self.run(sql, [lot, at.ix, nth, source, target, line.quantity])?;
            lines.push(line);
        }
        Ok(lines)
    }

    fn take_out(&mut self, line: &Line) -> Result<(), BookError> {
        if line.source < 0 {
            return Ok(());
        }
        let sql = "DELETE FROM holding WHERE account=? AND lot=? AND quantity<=?";
        let key = [line.source, line.lot, line.quantity];
        if self.run(sql, key)? == 0 {
            let sql = "UPDATE holding SET quantity=quantity-?3 WHERE account=?1 AND lot=?2";
            self.run(sql, key)?;
        }
        self.custody(line, line.source, false)
    }

    fn put_in(&mut self, at: &At, line: &Line) -> Result<(), BookError> {
        if line.target < 0 {
            return Ok(());
        }
        let sql = "INSERT INTO holding VALUES(?1,?2,?3,?4) ON CONFLICT DO UPDATE \
                   SET quantity=quantity+?3, since=?4";
        self.run(sql, [line.target, line.lot, line.quantity, at.time])?;
        self.custody(line, line.target, true)
    }

    /// Sums what a principal took in and gave out, by item and pack.
    fn custody(&mut self, line: &Line, account: i64, comes_in: bool) -> Result<(), BookError> {
        let Some(item) = line.item.filter(|_| account % 2 == 0) else { return Ok(()) };
        let (taken_in, issued) = if comes_in { (line.quantity, 0) } else { (0, line.quantity) };
        let (lines_in, lines_out) = (i64::from(comes_in), i64::from(!comes_in));
        let key = [account / 2, item, line.pack];
        let custody = self.pending.custody.entry(key).or_insert([0, 0, 0, 0, self.when, self.when]);
        let [sums @ .., first, last] = custody;
        add(sums, [taken_in, issued, lines_in, lines_out]);
        (*first, *last) = ((*first).min(self.when), (*last).max(self.when));
        Ok(())
    }

    pub(super) fn reserve(&mut self, at: &At, act: &Reserve) -> Result<(), BookError> {
        let lot = self.lot(&act.line.lot)?;
        let Some(need) = self.linked(at, Some(&act.need))? else { return Ok(()) };
        let (quantity, until) = (int(act.line.quantity.0), int(act.until.0));
        let sql = "INSERT INTO reservation VALUES(?,?,?,?,?,?)";
        self.run(sql, [at.ix, need, lot, at.actor, quantity, until])?;
        self.tally_reserved(need, lot, quantity)
    }

    fn tally_reserved(&mut self, need: i64, lot: i64, change: i64) -> Result<(), BookError> {
        let sql = "SELECT item, pack FROM lot WHERE id=?";
        let found = self.first(sql, [lot], |row| Ok((row.get(0)?, row.get(1)?)))?;
        match found {
            Some((Some(item), pack)) => self.tally(need, Tally::Reserved, 0, (item, pack, change)),
            _ => Ok(()),
        }
    }

    pub(super) fn release(&mut self, at: &At, act: &Release) -> Result<(), BookError> {
        let Some(ix) = self.linked(at, Some(&act.reservation))? else { return Ok(()) };
        self.use_reservation(at, ix, None, i64::MAX)
    }

    /// Takes up to `quantity` of a lot (of any, without one) out of a reservation.
    fn use_reservation(
        &mut self,
        at: &At,
        ix: i64,
        lot: Option<i64>,
        quantity: i64,
    ) -> Result<(), BookError> {
        let sql = "SELECT need, lot, rest FROM reservation WHERE ix=? AND rest>0 AND until>?";
        let found = self.first(sql, [ix, at.time], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        })?;
        let Some((need, kept, rest)) = found.filter(|(_, kept, _)| lot.is_none_or(|l| l == *kept))
        else {
            return Ok(());
        };
        let used = rest.min(quantity);
        self.run("UPDATE reservation SET rest=rest-? WHERE ix=?", [used, ix])?;
        self.link(need, at.ix)?;
        self.tally_reserved(need, kept, used.saturating_neg())
    }

    /// Reservations that are over by the time of a block.
    pub(super) fn end_reservations(&mut self, now: i64) -> Result<(), BookError> {
        let sql = "SELECT ix, need, lot, rest FROM reservation WHERE rest>0 AND until<=?";
        let ended: Vec<[i64; 4]> = {
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement
                .query_map([now], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?;
            rows.collect::<Result<_, _>>()?
        };
        for [ix, need, lot, rest] in ended {
            self.run("UPDATE reservation SET rest=0 WHERE ix=?", [ix])?;
            self.tally_reserved(need, lot, rest.saturating_neg())?;
        }
        Ok(())
    }

    pub(super) fn dispatch(
        &mut self,
        at: &At,
        act: &Dispatch,
        postings: &[Posting],
    ) -> Result<(), BookError> {
        let taker = self.linked(at, Some(&act.to))?.unwrap_or(0);
        let need = self.linked(at, act.need.as_ref())?;
        let carrier = self.linked(at, act.carrier.as_ref())?;
        let lines = self.book(at, postings)?;
        self.use_reserved(at, act.reservation.as_ref(), &lines)?;
        let rest = i64::try_from(lines.len()).unwrap_or(0);
        let sql = "INSERT INTO shipment VALUES(?,?,?,?,0,?,?,?,?,0)";
        let carried = is_third(carrier, [at.actor, taker]);
        let evidence = !act.evidence.is_empty();
        self.run(sql, params![at.ix, at.actor, taker, need, rest, at.time, carried, evidence])?;
        self.memory.add("shipments_open", i64::from(rest > 0));
        if let Some(need) = need {
            for line in lines.iter().filter_map(|line| line.for_tally(1)) {
                self.tally(need, Tally::OnTheWay, 0, line)?;
            }
        }
        self.link_gifts(at, &lines)
    }

    fn use_reserved(
        &mut self,
        at: &At,
        reservation: Option<&Hash>,
        lines: &[Line],
    ) -> Result<(), BookError> {
        let Some(ix) = self.linked(at, reservation)? else { return Ok(()) };
        for line in lines.iter().filter(|line| line.source >= 0) {
            self.use_reservation(at, ix, Some(line.lot), line.quantity)?;
        }
        Ok(())
    }

    fn shipment(&mut self, at: &At, id: &Hash) -> Result<Option<Shipment>, BookError> {
        let Some(ix) = self.linked(at, Some(id))? else { return Ok(None) };
        let sql = "SELECT giver, taker, need, accepted, rest, both FROM shipment WHERE ix=?";
        let shipment = self.first(sql, [ix], |row| {
            Ok(Shipment {
                ix,
                giver: row.get(0)?,
                taker: row.get(1)?,
                need: row.get(2)?,
                accepted: row.get(3)?,
                rest: row.get(4)?,
                both: row.get(5)?,
            })
        })?;
        if let Some(shipment) = &shipment {
            self.link(shipment.giver, at.ix)?;
            self.link(shipment.taker, at.ix)?;
            if let Some(need) = shipment.need {
                self.link(need, at.ix)?;
            }
        }
        Ok(shipment)
    }

    pub(super) fn accept(
        &mut self,
        at: &At,
        act: &Accept,
        postings: &[Posting],
    ) -> Result<(), BookError> {
        let evidence = !act.evidence.is_empty();
        let sent = self.place(&act.shipment)?.unwrap_or(-1);
        let other_hand = self.signers(sent)?.is_disjoint(&self.signers(at.ix)?);
        let arrival = Arrival::Counted { evidence, other_hand };
        self.arrive(at, &act.shipment, postings, arrival)
    }

    /// The keys that signed an entry.
    fn signers(&self, ix: i64) -> Result<BTreeSet<Vec<u8>>, BookError> {
        let sql = "SELECT signatures FROM entry WHERE ix=?";
        let signatures: Option<Vec<u8>> = self.first(sql, [ix], |row| row.get(0))?;
        let signatures = signatures.unwrap_or_default();
        let keys = signatures.chunks(SIGNATURE).filter_map(|one| one.get(..KEY));
        Ok(keys.map(<[u8]>::to_vec).collect())
    }

    pub(super) fn resolve(
        &mut self,
        at: &At,
        shipment: &Hash,
        postings: &[Posting],
    ) -> Result<(), BookError> {
        self.arrive(at, shipment, postings, Arrival::Settled)
    }

    pub(super) fn write_off(
        &mut self,
        at: &At,
        act: &WriteOff,
        postings: &[Posting],
    ) -> Result<(), BookError> {
        if let Some(shipment) = &act.shipment {
            return self.arrive(at, shipment, postings, Arrival::Settled);
        }
        let lines = self.book(at, postings)?;
        self.link_gifts(at, &lines)
    }

    /// Goods leave a shipment: to the taker, back to the giver, or for good.
    fn arrive(
        &mut self,
        at: &At,
        shipment: &Hash,
        postings: &[Posting],
        arrival: Arrival,
    ) -> Result<(), BookError> {
        let lines = self.book(at, postings)?;
        self.link_gifts(at, &lines)?;
        let Some(shipment) = self.shipment(at, shipment)? else { return Ok(()) };
        if let Some(need) = shipment.need {
            for line in &lines {
                let (Some(out), Some(into)) = (line.for_tally(-1), line.for_tally(1)) else {
                    continue;
                };
                self.tally(need, shipment.tally(), 0, out)?;
                if line.target == shipment.taker.saturating_mul(2) {
                    self.tally(need, Tally::Received, shipment.taker, into)?;
                }
            }
        }
        self.settle(&shipment, arrival)
    }

    /// Counts what is still on the way, and notes that part of it arrived.
    fn settle(&mut self, shipment: &Shipment, arrival: Arrival) -> Result<(), BookError> {
        let account = shipment.ix.saturating_mul(2).saturating_add(1);
        let rest: Vec<(Option<i64>, i64, i64)> = {
            let sql = "SELECT l.item, l.pack, h.quantity FROM holding h JOIN lot l ON l.id=h.lot \
                       WHERE h.account=?";
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement
                .query_map([account], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let counted = matches!(arrival, Arrival::Counted { .. });
        if let (true, false, Some(need)) = (counted, shipment.accepted, shipment.need) {
            for (item, pack, quantity) in &rest {
                let Some(item) = *item else { continue };
                self.tally(need, Tally::OnTheWay, 0, (item, *pack, quantity.saturating_neg()))?;
                self.tally(need, Tally::InDispute, 0, (item, *pack, *quantity))?;
            }
        }
        let (evidence, other_hand) = match arrival {
            Arrival::Counted { evidence, other_hand } => (evidence, other_hand),
            Arrival::Settled => (false, false),
        };
        let both = shipment.both || other_hand;
        let accepted = shipment.accepted || counted;
        let left = i64::try_from(rest.len()).unwrap_or(0);
        let sql = "UPDATE shipment SET accepted=?2, rest=?3, evidence=max(evidence,?4), both=?5 \
                   WHERE ix=?1";
        self.run(sql, params![shipment.ix, accepted, left, evidence, both])?;
        self.count_open((shipment.accepted, shipment.rest), (accepted, left));
        Ok(())
    }

    /// Keeps the numbers of shipments on the way and of differences.
    fn count_open(&mut self, before: (bool, i64), after: (bool, i64)) {
        let on_the_way = |(accepted, rest): (bool, i64)| i64::from(!accepted && rest > 0);
        let differing = |(accepted, rest): (bool, i64)| if accepted { rest } else { 0 };
        let change = on_the_way(after).saturating_sub(on_the_way(before));
        self.memory.add("shipments_open", change);
        let change = differing(after).saturating_sub(differing(before));
        self.memory.add("differences_open", change);
    }

    pub(super) fn hand_over(
        &mut self,
        at: &At,
        act: &HandOver,
        postings: &[Posting],
    ) -> Result<(), BookError> {
        let taker = self.linked(at, Some(&act.taker))?.unwrap_or(0);
        let need = self.linked(at, act.need.as_ref())?;
        let carrier = self.linked(at, act.carrier.as_ref())?;
        let lines = self.book(at, postings)?;
        self.use_reserved(at, act.reservation.as_ref(), &lines)?;
        let missing: Vec<&Line> = lines.iter().filter(|line| line.target % 2 != 0).collect();
        let rest = i64::try_from(missing.len()).unwrap_or(0);
        let sql = "INSERT INTO shipment VALUES(?,?,?,?,1,?,?,?,?,1)";
        let carried = is_third(carrier, [at.actor, taker]);
        let evidence = !act.evidence.is_empty();
        self.run(sql, params![at.ix, at.actor, taker, need, rest, at.time, carried, evidence])?;
        self.memory.add("differences_open", rest);
        if let Some(need) = need {
            for line in &lines {
                let Some(tally) = line.for_tally(1) else { continue };
                if line.target % 2 != 0 {
                    self.tally(need, Tally::InDispute, 0, tally)?;
                } else {
                    self.tally(need, Tally::Received, taker, tally)?;
                }
            }
        }
        self.link_gifts(at, &lines)
    }

    pub(super) fn consume(
        &mut self,
        at: &At,
        act: &Consume,
        postings: &[Posting],
    ) -> Result<(), BookError> {
        self.linked(at, act.need.as_ref())?;
        let lines = self.book(at, postings)?;
        self.link_gifts(at, &lines)
    }
}
