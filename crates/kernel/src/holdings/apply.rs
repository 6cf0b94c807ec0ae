//! What defining, taking in, reserving and counting demand and change.

use super::op::{
    Count, DefineItem, DefinePack, LotId, MeasurePack, Mint, MintLine, Release, Reserve,
};
use super::posting::{Account, Books, Posting};
use super::state::{Asset, Counted, Item, Lot, Pack, Payment, Reservation, Reserved};
use crate::limits;
use crate::machine::Context;
use crate::records::apply::open_record;
use crate::refusal::{Refusal, Refused};
use crate::state::keys;
use crate::units::{Quantity, UnixMillis};
use weal_proof::Hash;

impl DefineItem {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let key = keys::item(&self.code);
        if books.draft.has(&key) {
            return Err(Refusal::ItemExists.at("/act/item.define/code", &self.code));
        }
        let item = Item {
            names: self.names.clone(),
            unit: self.unit.clone(),
            category: self.category.clone(),
            definer: at.actor,
        };
        books.draft.put(key, &item);
        Ok(())
    }
}

fn check_item(place: &str, code: &str, books: &Books<'_, '_>) -> Result<(), Refused> {
    if books.draft.has(&keys::item(code)) {
        return Ok(());
    }
    Err(Refusal::UnknownItem.at(place, code))
}

impl DefinePack {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        check_item("/act/pack.define/item", &self.item, books)?;
        let pack = Pack { item: self.item.clone(), contains: self.contains, definer: at.actor };
        books.draft.put(keys::pack(&at.id), &pack);
        Ok(())
    }
}

impl MeasurePack {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let (place, key) = ("/act/pack.measure/pack", keys::pack(&self.pack));
        let mut pack: Pack =
            books.draft.get(&key).ok_or_else(|| Refusal::UnknownPack.at(place, self.pack))?;
        if pack.definer != at.actor {
            return Err(Refusal::NotYourPack.at(place, self.pack));
        }
        if let Some(contains) = pack.contains {
            return Err(Refusal::PackKnown.at(place, format!("it contains {contains}")));
        }
        pack.contains = Some(self.contains);
        books.draft.put(key, &pack);
        Ok(())
    }
}

impl Mint {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        if let Some(id) = &self.bought_with {
            let payment: Option<Payment> = books.draft.get(&keys::payment(id));
            let involved = payment.is_some_and(|p| p.payer == at.actor || p.payee == at.actor);
            if !involved {
                return Err(Refusal::UnknownPurchase.at("/act/holding.mint/bought_with", id));
            }
        }
        check_need("/act/holding.mint/need", self.need.as_ref(), at.now, books)?;
        for (number, line) in (0u8..).zip(&self.lines) {
            let lot = LotId { operation: at.id, line: number };
            line.decide(lot, at, books)?;
        }
        Ok(())
    }
}

impl MintLine {
    fn decide(&self, lot: LotId, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = format!("/act/holding.mint/lines/{}", lot.line);
        check_item(&place, &self.item, books)?;
        if let Some(id) = &self.pack {
            let pack: Option<Pack> = books.draft.get(&keys::pack(id));
            if pack.is_none_or(|pack| pack.item != self.item) {
                return Err(Refusal::UnknownPack.at(place, id));
            }
        }
        if self.expires.is_some_and(|expires| expires <= at.now) {
            return Err(Refusal::AlreadyExpired.at(place, "expires"));
        }
        let asset = Asset::Goods { item: self.item.clone(), pack: self.pack };
        let entry = Lot { asset, minted: self.quantity, expires: self.expires, ..Lot::default() };
        books.draft.put(keys::lot(&lot.to_string()), &entry);
        let (from, to) = (Account::Source, Account::Held(at.actor));
        books.post(&place, Posting { lot, from, to, quantity: self.quantity })
    }
}

/// A need that is named must be a record that still counts.
pub(crate) fn check_need(
    place: &str,
    need: Option<&Hash>,
    now: UnixMillis,
    books: &Books<'_, '_>,
) -> Result<(), Refused> {
    need.map_or(Ok(()), |need| open_record(place, need, now, books.draft).map(|_| ()))
}

impl Reserve {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/holding.reserve";
        let lot = books.lot(place, &self.line.lot)?;
        lot.check_goods(place)?;
        lot.check_date(place, at.now)?;
        check_need(&format!("{place}/need"), Some(&self.need), at.now, books)?;
        if self.until <= at.now || self.until > at.now.plus(limits::RESERVATION_MS) {
            return Err(Refusal::BadReservation.at(format!("{place}/until"), self.until.0));
        }
        let account = Account::Held(at.actor);
        let mut holding = books.holding(&self.line.lot, &account);
        let free = holding.free(at.now);
        if free < self.line.quantity {
            let found = format!("{} asked, {free} free", self.line.quantity);
            return Err(Refusal::NotEnough.at(place, found));
        }
        holding.drop_ended(at.now);
        if holding.reserved.len() >= limits::RESERVATIONS {
            return Err(Refusal::TooManyReservations.at(place, holding.reserved.len()));
        }
        let quantity = self.line.quantity;
        holding.reserved.push(Reserved { id: at.id, quantity, until: self.until });
        books.put_holding(&self.line.lot, &account, &holding);
        let entry = Reservation { holder: at.actor, lot: self.line.lot, need: self.need };
        books.draft.put(keys::reservation(&at.id), &entry);
        Ok(())
    }
}

impl Release {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/holding.release/reservation";
        let entry: Option<Reservation> = books.draft.get(&keys::reservation(&self.reservation));
        let Some(entry) = entry.filter(|entry| entry.holder == at.actor) else {
            return Err(Refusal::UnknownReservation.at(place, self.reservation));
        };
        let account = Account::Held(at.actor);
        let mut holding = books.holding(&entry.lot, &account);
        holding.drop_ended(at.now);
        let before = holding.reserved.len();
        holding.reserved.retain(|r| r.id != self.reservation);
        if holding.reserved.len() == before {
            return Err(Refusal::UnknownReservation.at(place, self.reservation));
        }
        books.put_holding(&entry.lot, &account, &holding);
        Ok(())
    }
}

impl Count {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        for (number, line) in self.lines.iter().enumerate() {
            let place = format!("/act/holding.count/lines/{number}");
            books.lot(&place, &line.lot)?.check_goods(&place)?;
            let book = books.holding(&line.lot, &Account::Held(at.actor)).quantity;
            let entry = Counted { counted: line.counted, book, at: at.now };
            books.draft.put(keys::count(&line.lot.to_string(), &at.actor), &entry);
        }
        Ok(())
    }
}

impl Lot {
    /// Refuses money where goods are meant.
    pub(crate) fn check_goods(&self, place: &str) -> Result<(), Refused> {
        match self.asset {
            Asset::Goods { .. } => Ok(()),
            Asset::Money { .. } => Err(Refusal::MoneyIsNotGoods.at(place, "a lot of money")),
        }
    }

    /// Refuses goods past their date.
    pub(crate) fn check_date(&self, place: &str, now: UnixMillis) -> Result<(), Refused> {
        match self.expires {
            Some(expires) if expires <= now => Err(Refusal::LotExpired.at(place, expires.0)),
            _ => Ok(()),
        }
    }
}

/// Takes what is needed out of a reservation, and checks that the rest of the move is free.
pub(crate) fn check_free(
    place: &str,
    line: (&LotId, Quantity),
    reservation: Option<&Hash>,
    at: &Context,
    books: &mut Books<'_, '_>,
) -> Result<(), Refused> {
    let (lot, quantity) = line;
    let account = Account::Held(at.actor);
    let mut holding = books.holding(lot, &account);
    holding.drop_ended(at.now);
    let mut kept = Quantity(0);
    if let Some(own) = holding.reserved.iter_mut().find(|r| Some(&r.id) == reservation) {
        kept = own.quantity.min(quantity);
        own.quantity = own.quantity.minus(kept).unwrap_or_default();
    }
    let others = quantity.minus(kept).unwrap_or_default();
    let free_before = holding.free(at.now).minus(kept).unwrap_or_default();
    if free_before < others {
        let found = format!("{quantity} asked, {} held, {free_before} free", holding.quantity);
        return Err(Refusal::NotEnough.at(place, found));
    }
    holding.reserved.retain(|r| !r.quantity.is_zero());
    books.put_holding(lot, &account, &holding);
    Ok(())
}
