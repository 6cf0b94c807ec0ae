//! A gift followed to its last hand: the movements come from the tables, the names go to people.

use super::{Lot, View, whole};
use crate::book::BookError;
use crate::book::write::{LINES, LOST, SOURCE, USED, act_number};
use crate::codes;
use crate::relief::grade;
use crate::relief::trace::{self, Hand, Leg, Move, Moves, Node, Place, Remain, Way};
use crate::view::{Flow, FlowNode, Interval, Party, Share, Trace};
use std::collections::{BTreeMap, BTreeSet};
use weal_kernel::units::{currency_digits, parse_amount};
use weal_kernel::{Act, Hash};

/// A custodian who neither moves nor uses a gift for so long is where its trail ends.
const TRAIL_MS: u64 = 14 * 24 * 60 * 60 * 1000;

impl Moves for View<'_> {
    type Error = BookError;

    fn of_lot(&self, lot: i64) -> Result<Vec<Move>, BookError> {
        let sql = "SELECT ix, nth, source, target, quantity FROM move WHERE lot=? ORDER BY ix, nth";
        self.all(sql, [lot], |row| {
            Ok(Move {
                ix: row.get(0)?,
                nth: row.get(1)?,
                lot,
                source: place(row.get(2)?),
                target: place(row.get(3)?),
                quantity: whole(row.get(4)?),
            })
        })
    }

    fn is_money(&self, lot: i64) -> Result<bool, BookError> {
        Ok(self.lot(lot)?.is_some_and(|lot| lot.currency.is_some()))
    }

    fn bought_with(&self, payment: i64) -> Result<Vec<i64>, BookError> {
        let sql = "SELECT ix, lots FROM gift WHERE payment=? ORDER BY ix";
        let mints: Vec<(i64, i64)> =
            self.all(sql, [payment], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(mints.into_iter().flat_map(|(ix, lots)| lots_of(ix, lots)).collect())
    }
}

fn lots_of(ix: i64, lots: i64) -> impl Iterator<Item = i64> {
    (0..lots).map(move |line| ix.saturating_mul(LINES).saturating_add(line))
}

/// The place an account number means.
fn place(account: i64) -> Place {
    match account {
        SOURCE => Place::Source,
        USED => Place::Used,
        LOST => Place::Lost,
        account if account % 2 == 0 => Place::Held(account / 2),
        account => Place::Transit(account / 2),
    }
}

/// What a gift consists of, and the unit its sums are in.
struct Gift {
    lots: Vec<Lot>,
    worth: Vec<(i64, u64)>,
    unit: String,
    digits: u32,
    money: bool,
}

impl View<'_> {
    /// The first gift with this claim hash.
    pub(super) fn claimed(&self, hash: &Hash) -> Result<Option<i64>, BookError> {
        let sql = "SELECT MIN(ix) FROM gift WHERE claim=?";
        Ok(self.first(sql, [hash.0], |row| row.get(0))?.flatten())
    }

    /// The gift a claim code, a claim hash, a number, an id or a lot's name leads to; for a lot,
    /// its line alone.
    fn find_gift(&self, code: &str) -> Result<Option<(i64, Option<i64>)>, BookError> {
        let code = code.trim();
        if let Some(hash) = codes::claim_hash(code)
            && let Some(ix) = self.claimed(&hash)?
        {
            return Ok(Some((ix, None)));
        }
        if let Ok(hash) = code.to_ascii_lowercase().parse::<Hash>()
            && let Some(ix) = self.claimed(&hash)?
        {
            return Ok(Some((ix, None)));
        }
        let (code, line) = match code.split_once('.') {
            Some((code, line)) => (code, line.parse::<i64>().ok()),
            None => (code, None),
        };
        Ok(self.find(code)?.map(|(_, ix)| (ix, line)))
    }

    /// The lots of a gift. Sums are in the unit of its first line; lines that cannot be put into
    /// that unit are followed too, but not summed.
    fn gift(&self, ix: i64, line: Option<i64>) -> Result<Option<Gift>, BookError> {
        let sql = "SELECT lots FROM gift WHERE ix=?";
        let Some(count) = self.first(sql, [ix], |row| row.get(0))? else { return Ok(None) };
        let mut lots = Vec::new();
        for (lot, number) in lots_of(ix, count).zip(0i64..) {
            if line.is_none_or(|line| line == number) {
                lots.extend(self.lot(lot)?);
            }
        }
        let Some(first) = lots.first() else { return Ok(None) };
        let money = first.currency.is_some();
        let digits = first.currency.as_deref().map_or(0, currency_digits);
        let one_pack = lots.iter().all(|lot| lot.item != first.item || lot.pack == first.pack);
        let known = |lot: &Lot| lot.pack == 0 || lot.contains.is_some();
        let all_known = lots.iter().all(|lot| lot.item != first.item || known(lot));
        let in_base = !money && !one_pack && all_known;
        let worth = |lot: &Lot| match lot {
            lot if in_base && lot.item == first.item => lot.base(lot.minted).known,
            lot if lot.item == first.item && lot.pack == first.pack => lot.minted,
            _ => 0,
        };
        let worth = lots.iter().map(|lot| (lot.id, worth(lot))).collect();
        let unit = match first.item {
            Some(item) if in_base => self.item(item)?.unit,
            _ => self.unit(first)?,
        };
        Ok(Some(Gift { lots, worth, unit, digits, money }))
    }

    pub(in crate::book) fn trace(&self, code: &str) -> Result<Option<Trace>, BookError> {
        let Some((ix, line)) = self.find_gift(code)? else { return Ok(None) };
        let Some(gift) = self.gift(ix, line)? else { return Ok(None) };
        let way = trace::follow(self, &gift.worth)?;
        let sql = "SELECT custodian, donor FROM gift WHERE ix=?";
        let people: Option<(i64, Option<i64>)> =
            self.first(sql, [ix], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (custodian, donor) = people.unwrap_or_default();
        let donor = donor.map(|donor| self.party_name(donor)).transpose()?.unwrap_or_default();
        let item = gift.lots.first().and_then(|lot| lot.item);
        let mut answer = Trace {
            number: codes::number('G', whole(ix)),
            id: self.id_text(ix)?,
            kind: if gift.money { "money" } else { "goods" }.into(),
            custodian: self.party_name(custodian)?,
            item: item.map(|item| self.item(item)).transpose()?,
            given: gift.worth.iter().fold(0, |sum, (_, worth)| sum.saturating_add(*worth)),
            unit: gift.unit.clone(),
            digits: gift.digits,
            given_ms: self.time_of(ix)?,
            ..Trace::default()
        };
        self.share_out(&gift, &way, (custodian, &mut answer))?;
        answer.nodes = self.nodes(&way, &donor)?;
        answer.donor = donor;
        answer.flows = flows(&way);
        let steps: Vec<i64> = way.steps.iter().copied().collect();
        answer.steps = self.entries(&steps)?;
        let taking_in = answer.steps.first().map_or(grade::ONE_SIDED, |entry| entry.grade);
        answer.grade = self.way_grade(&way, taking_in)?;
        Ok(Some(answer))
    }

    /// The block time of an entry.
    pub(super) fn time_of(&self, ix: i64) -> Result<u64, BookError> {
        let sql = "SELECT b.time FROM entry e JOIN block b ON b.height=e.height WHERE e.ix=?";
        Ok(self.first(sql, [ix], |row| row.get(0))?.map_or(0, whole))
    }

    /// Lists where it all is, and sums it up.
    fn share_out(
        &self,
        gift: &Gift,
        way: &Way,
        (custodian, answer): (i64, &mut Trace),
    ) -> Result<(), BookError> {
        let mut shares: BTreeMap<(i64, &'static str, i64, Option<String>), Share> = BTreeMap::new();
        // Who has used some of this very gift is where it was meant to go.
        let used = way.remains.iter().filter(|remain| remain.place == Place::Used);
        let users: BTreeSet<i64> = used.map(|remain| remain.party).collect();
        for remain in &way.remains {
            if gift.money && remain.worth == 0 {
                continue;
            }
            let Some(lot) = self.lot(remain.lot)? else { continue };
            let (since, ward) = (self.time_of(remain.since)?, self.ward(remain)?);
            let state = state(remain, &lot);
            let last_hand = match remain.place {
                // Who takes a gift of money out as cash himself passes nothing on.
                Place::Used => lot.currency.is_none() || remain.party != custodian,
                Place::Held(party) => {
                    lot.currency.is_none() && (users.contains(&party) || self.has_asked(party)?)
                }
                _ => false,
            };
            let sum = match remain.place {
                Place::Lost => &mut answer.lost,
                _ if last_hand => &mut answer.reached,
                _ => &mut answer.open,
            };
            *sum = sum.saturating_add(remain.worth);
            let old = whole(self.now).saturating_sub(since) > TRAIL_MS;
            answer.trail_ends |= match remain.place {
                Place::Held(_) => !last_hand && old,
                Place::Used => !last_hand,
                _ => false,
            };
            let (quantity, unit) = if gift.money {
                (remain.worth, gift.unit.clone())
            } else {
                (remain.quantity, self.unit(&lot)?)
            };
            let base = self.base_share(way, &lot, remain)?;
            let key = (remain.lot, state, remain.party, ward.clone());
            let share = shares.entry(key).or_insert(Share {
                state: state.into(),
                party: self.party_name(remain.party)?,
                quantity: 0,
                unit,
                item: lot.item.map(|item| self.item(item)).transpose()?,
                base: Interval::exactly(0),
                ward,
                since_ms: since,
            });
            share.quantity = share.quantity.saturating_add(quantity);
            share.base = share.base.plus(base);
            share.since_ms = share.since_ms.max(since);
        }
        answer.shares = shares.into_values().collect();
        answer.shares.sort_by_key(|share| share.since_ms);
        Ok(())
    }

    /// The goods of a share in base units. Of goods bought with several gifts, the part that this
    /// gift paid for: between the two whole numbers around it.
    fn base_share(&self, way: &Way, lot: &Lot, remain: &Remain) -> Result<Interval, BookError> {
        if lot.currency.is_some() {
            return Ok(Interval::exactly(0));
        }
        let all = lot.base(remain.quantity).interval();
        let Some(payment) = way.payments.get(&lot.id) else { return Ok(all) };
        let paid = way.paid.get(payment).copied().unwrap_or(0);
        let total = self.paid_in_all(*payment)?;
        let part = |quantity: u64, round: u128| {
            let product = u128::from(quantity).saturating_mul(u128::from(paid));
            let sum = product.saturating_add(round.saturating_mul(u128::from(total) - 1));
            u64::try_from(sum / u128::from(total)).unwrap_or(u64::MAX)
        };
        Ok(Interval { low: part(all.low, 0), high: all.high.map(|high| part(high, 1)) })
    }

    /// The sum of a payment in minor units, over all gifts it was made from; never 0.
    fn paid_in_all(&self, payment: i64) -> Result<u64, BookError> {
        let Some(stored) = self.stored(payment)? else { return Ok(1) };
        let payload: Result<weal_kernel::Payload, _> = serde_json::from_slice(&stored.payload);
        let Ok(Act::MoneyPay(pay)) = payload.map(|payload| payload.act) else { return Ok(1) };
        let mut total = 0u64;
        for line in &pay.lines {
            let lot = self.lot(self.lot_number(&line.lot)?)?;
            let currency = lot.and_then(|lot| lot.currency).unwrap_or_default();
            let minor = parse_amount(&line.amount, &currency).unwrap_or_default();
            total = total.saturating_add(minor.0);
        }
        Ok(total.max(1))
    }

    /// The ward or household that used it.
    fn ward(&self, remain: &Remain) -> Result<Option<String>, BookError> {
        if remain.place != Place::Used {
            return Ok(None);
        }
        let entry = self.entries(&[remain.since])?.into_iter().next();
        let used = entry.filter(|entry| entry.act == "holding.consume");
        Ok(used.and_then(|entry| entry.text))
    }

    /// Whether a party asks for goods itself: what it holds has reached the one it was meant for.
    fn has_asked(&self, party: i64) -> Result<bool, BookError> {
        let sql = "SELECT needs>0 FROM party WHERE id=?";
        Ok(self.first(sql, [party], |row| row.get(0))?.unwrap_or(false))
    }

    fn nodes(&self, way: &Way, donor: &Party) -> Result<Vec<FlowNode>, BookError> {
        way.nodes
            .iter()
            .map(|node| {
                let party = match node.hand {
                    Hand::Gift => donor.clone(),
                    _ => self.party_name(node.party)?,
                };
                let column = u8::try_from(node.column).unwrap_or(u8::MAX);
                Ok(FlowNode { column, party, state: hand(node).into(), quantity: node.worth })
            })
            .collect()
    }

    fn way_grade(&self, way: &Way, taking_in: u8) -> Result<u8, BookError> {
        let resolve = act_number("holding.resolve");
        let mut grades = Vec::with_capacity(way.legs.len());
        for Leg { ix, shipment } in &way.legs {
            let sql = "SELECT act FROM entry WHERE ix=?";
            let act: Option<i64> = self.first(sql, [*ix], |row| row.get(0))?;
            // Settling a difference is signed by both, whatever the shipment's papers.
            let grade = if act == resolve { grade::BOTH } else { self.shipment_grade(*shipment)? };
            grades.push(grade);
        }
        Ok(grade::way(taking_in, &grades))
    }
}

fn hand(node: &Node) -> &'static str {
    match node.hand {
        Hand::Gift => "gift",
        Hand::Held | Hand::Kept => "held",
        Hand::OnTheWay => "on_the_way",
        Hand::Used => "used",
        Hand::Lost => "lost",
        Hand::Spent => "spent",
    }
}

fn state(remain: &Remain, lot: &Lot) -> &'static str {
    match remain.place {
        Place::Held(_) | Place::Source => "held",
        Place::Transit(_) => "on_the_way",
        Place::Used if lot.currency.is_some() => "redeemed",
        Place::Used => "used",
        Place::Lost => "lost",
    }
}

fn flows(way: &Way) -> Vec<Flow> {
    let flows = way.flows.iter();
    flows.map(|((from, to), worth)| Flow { from: *from, to: *to, quantity: *worth }).collect()
}
