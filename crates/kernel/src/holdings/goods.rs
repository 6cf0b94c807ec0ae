//! What moving, using and losing goods demand and change.

use super::apply::{check_free, check_need};
use super::op::{
    Accept, Consume, Dispatch, HandOver, LotId, LotLine, Resolve, ResolveLine, WriteOff,
};
use super::posting::{Account, Books, Posting};
use super::state::{Reservation, Shipment};
use crate::machine::Context;
use crate::refusal::{Refusal, Refused};
use crate::state::keys;
use crate::units::Quantity;
use weal_proof::Hash;

/// Refuses a party who would deal with himself: as the actor, or by signing for the actor.
pub(crate) fn check_hands(place: &str, other: &Hash, at: &Context) -> Result<(), Refused> {
    if [at.actor, at.signer].contains(other) {
        return Err(Refusal::SameHands.at(place, other));
    }
    Ok(())
}

/// A reservation that is named is the actor's, of goods that move here, and for the need named.
fn check_reservation<'a>(
    place: &str,
    (reservation, need): (Option<&Hash>, Option<&Hash>),
    mut lots: impl Iterator<Item = &'a LotId>,
    at: &Context,
    books: &Books<'_, '_>,
) -> Result<(), Refused> {
    let Some(id) = reservation else { return Ok(()) };
    let entry: Option<Reservation> = books.draft.get(&keys::reservation(id));
    let fits = entry.is_some_and(|entry| {
        entry.holder == at.actor
            && need.is_none_or(|need| *need == entry.need)
            && lots.any(|lot| *lot == entry.lot)
    });
    if fits {
        return Ok(());
    }
    Err(Refusal::UnknownReservation.at(format!("{place}/reservation"), id))
}

impl Dispatch {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/holding.dispatch";
        check_hands(place, &self.to, at)?;
        if !books.draft.has(&keys::principal(&self.to)) {
            return Err(Refusal::UnknownPrincipal.at(format!("{place}/to"), self.to));
        }
        check_need(&format!("{place}/need"), self.need.as_ref(), at.now, books)?;
        let kept = (self.reservation.as_ref(), self.need.as_ref());
        check_reservation(place, kept, self.lines.iter().map(|line| &line.lot), at, books)?;
        for (number, line) in self.lines.iter().enumerate() {
            let place = format!("{place}/lines/{number}");
            let lot = books.lot(&place, &line.lot)?;
            lot.check_goods(&place)?;
            lot.check_date(&place, at.now)?;
            let wanted = (&line.lot, line.quantity);
            check_free(&place, wanted, self.reservation.as_ref(), at, books)?;
            let (from, to) = (Account::Held(at.actor), Account::Transit(at.id));
            let quantity = line.quantity;
            books.post(&place, Posting { lot: line.lot, from, to, quantity })?;
        }
        let entry = Shipment { giver: at.actor, taker: self.to };
        books.draft.put(keys::shipment(&at.id), &entry);
        Ok(())
    }
}

fn shipment(place: &str, id: &Hash, books: &Books<'_, '_>) -> Result<Shipment, Refused> {
    let entry = books.draft.get(&keys::shipment(id));
    entry.ok_or_else(|| Refusal::UnknownShipment.at(place, id))
}

/// Moves goods out of a shipment; more than is still on the way is refused.
fn leave_transit(
    place: &str,
    shipment: &Hash,
    line: &LotLine,
    to: Account,
    books: &mut Books<'_, '_>,
) -> Result<(), Refused> {
    let from = Account::Transit(*shipment);
    let open = books.holding(&line.lot, &from).quantity;
    if open < line.quantity {
        let found = format!("{} counted, {open} on the way", line.quantity);
        return Err(Refusal::MoreThanSent.at(place, found));
    }
    books.post(place, Posting { lot: line.lot, from, to, quantity: line.quantity })
}

impl Accept {
    /// Who sent what is accepted, if there is such a shipment.
    pub(crate) fn giver(&self, books: &Books<'_, '_>) -> Option<Hash> {
        let parties: Option<Shipment> = books.draft.get(&keys::shipment(&self.shipment));
        parties.map(|parties| parties.giver)
    }

    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/holding.accept/shipment";
        let parties = shipment(place, &self.shipment, books)?;
        if parties.taker != at.actor {
            return Err(Refusal::NotTheTaker.at(place, at.actor));
        }
        check_hands(place, &parties.giver, at)?;
        for (number, line) in self.lines.iter().enumerate() {
            let place = format!("/act/holding.accept/lines/{number}");
            leave_transit(&place, &self.shipment, line, Account::Held(at.actor), books)?;
        }
        Ok(())
    }
}

impl HandOver {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/holding.hand_over";
        check_hands(place, &self.taker, at)?;
        check_need(&format!("{place}/need"), self.need.as_ref(), at.now, books)?;
        let kept = (self.reservation.as_ref(), self.need.as_ref());
        check_reservation(place, kept, self.lines.iter().map(|line| &line.lot), at, books)?;
        for (number, line) in self.lines.iter().enumerate() {
            let place = format!("{place}/lines/{number}");
            let lot = books.lot(&place, &line.lot)?;
            lot.check_goods(&place)?;
            lot.check_date(&place, at.now)?;
            let wanted = (&line.lot, line.given);
            check_free(&place, wanted, self.reservation.as_ref(), at, books)?;
            let from = Account::Held(at.actor);
            let missing = line.given.minus(line.counted).unwrap_or_default();
            let sides =
                [(Account::Held(self.taker), line.counted), (Account::Transit(at.id), missing)];
            for (to, quantity) in sides {
                books.post(&place, Posting { lot: line.lot, from, to, quantity })?;
            }
        }
        let entry = Shipment { giver: at.actor, taker: self.taker };
        books.draft.put(keys::shipment(&at.id), &entry);
        Ok(())
    }
}

impl Resolve {
    /// The party that must sign besides the actor.
    pub(crate) fn other_party(&self, at: &Context, books: &Books<'_, '_>) -> Result<Hash, Refused> {
        let place = "/act/holding.resolve/shipment";
        let parties = shipment(place, &self.shipment, books)?;
        let other = match at.actor {
            actor if actor == parties.giver => parties.taker,
            actor if actor == parties.taker => parties.giver,
            _ => return Err(Refusal::NotAParty.at(place, at.actor)),
        };
        check_hands(place, &other, at)?;
        Ok(other)
    }

    pub(crate) fn decide(&self, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let parties = shipment("/act/holding.resolve/shipment", &self.shipment, books)?;
        for (number, line) in self.lines.iter().enumerate() {
            let place = format!("/act/holding.resolve/lines/{number}");
            for (owner, quantity) in line.sides(&parties) {
                let part = LotLine { lot: line.lot, quantity };
                leave_transit(&place, &self.shipment, &part, Account::Held(owner), books)?;
            }
        }
        Ok(())
    }
}

impl ResolveLine {
    fn sides(&self, parties: &Shipment) -> [(Hash, Quantity); 2] {
        [(parties.giver, self.to_giver), (parties.taker, self.to_taker)]
    }
}

impl WriteOff {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/holding.write_off";
        if let Some(id) = &self.shipment
            && shipment(place, id, books)?.giver != at.actor
        {
            return Err(Refusal::NotTheCustodian.at(format!("{place}/shipment"), id));
        }
        for (number, line) in self.lines.iter().enumerate() {
            let place = format!("{place}/lines/{number}");
            books.lot(&place, &line.lot)?.check_goods(&place)?;
            match &self.shipment {
                Some(id) => leave_transit(&place, id, line, Account::Lost, books)?,
                None => leave_store(&place, line, Account::Lost, at, books)?,
            }
        }
        Ok(())
    }
}

/// Moves free goods out of the actor's custody.
fn leave_store(
    place: &str,
    line: &LotLine,
    to: Account,
    at: &Context,
    books: &mut Books<'_, '_>,
) -> Result<(), Refused> {
    check_free(place, (&line.lot, line.quantity), None, at, books)?;
    let from = Account::Held(at.actor);
    books.post(place, Posting { lot: line.lot, from, to, quantity: line.quantity })
}

impl Consume {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/holding.consume";
        for (number, line) in self.lines.iter().enumerate() {
            let place = format!("{place}/lines/{number}");
            let lot = books.lot(&place, &line.lot)?;
            lot.check_goods(&place)?;
            lot.check_date(&place, at.now)?;
            leave_store(&place, line, Account::Used, at, books)?;
        }
        Ok(())
    }
}
