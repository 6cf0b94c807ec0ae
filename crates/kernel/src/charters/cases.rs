//! Cases: opened, stated, named anew, passed on, vouched for.

use super::op::{NameParty, Open, Pass, Share, StateField, Vouch};
use super::room::Room;
use super::state::{Case, Moment, Shown};
use crate::authority::Authority;
use crate::holdings::goods::check_hands;
use crate::holdings::money::read_line;
use crate::holdings::posting::{Account, Books, Posting};
use crate::limits;
use crate::machine::Context;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, keys};
use weal_charter::model::Actor;
use weal_proof::Hash;

impl Open {
    /// The parties that the text wants to sign, sign.
    pub(crate) fn need_others(
        &self,
        authority: &mut Authority<'_>,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        let room = Room::enter_running("/act/charter.open", &self.charter, draft)?;
        for party in room.charter.parties.iter().filter(|party| party.signs) {
            for share in self.parties.get(&party.name).into_iter().flatten() {
                let place = format!("/act/charter.open/parties/{}", party.name);
                authority.need(&place, &share.principal, draft)?;
            }
        }
        Ok(())
    }

    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.open";
        let mut room = Room::enter_running(place, &self.charter, draft)?;
        let openers: Vec<_> = room.charter.opened_by.iter().map(|r| Actor::Role(*r)).collect();
        if !openers.is_empty() {
            room.need(place, &openers, None, (at, draft))?;
        }
        let parties = self.read_parties(place, &room, at, draft)?;
        let case = Case {
            fields: self.read_fields(place, &room)?,
            counters: vec![0; room.charter.counters.len()],
            pots: vec![0; room.charter.pots.len()],
            opened: Moment::of(at.now).month,
            last: vec![0; room.charter.flows.len()],
            shown: Vec::new(),
            asked: Vec::new(),
            ended: false,
            reference: self.reference.clone(),
            parties,
        };
        if room.charter.is_unique {
            self.pledge(&room, &case, at, draft)?;
        }
        let number = room.entry.cases;
        room.entry.cases = number.saturating_add(1);
        room.entry.open = room.entry.open.saturating_add(1);
        room.save_case(number, &case, draft);
        draft.put(keys::opened(&at.id), &(self.charter, number));
        room.leave(draft);
        Ok(())
    }

    /// One document backs one case, in this charter and all others.
    fn pledge(
        &self,
        room: &Room,
        case: &Case,
        at: &Context,
        draft: &mut Draft<'_>,
    ) -> Result<(), Refused> {
        let place = "/act/charter.open/reference";
        let Some(reference) = &self.reference else {
            return Err(Refusal::PledgedBefore.at(place, "name the document behind the case"));
        };
        let signs = room.charter.parties.iter().position(|party| party.signs).unwrap_or(0);
        let debtors = case.parties.get(signs).map_or(&[][..], |shares| shares);
        if debtors.is_empty() {
            return Err(Refusal::WrongParties.at(place, "nobody signs for the document"));
        }
        let document = Hash::of(&[plain(reference).as_bytes()]);
        for (debtor, _) in debtors {
            let key = keys::pledge(debtor, &document);
            if let Some(before) = draft.get::<Hash>(&key) {
                return Err(Refusal::PledgedBefore.at(place, before));
            }
            draft.put(key, &at.id);
        }
        Ok(())
    }

    fn read_fields(&self, place: &str, room: &Room) -> Result<Vec<i64>, Refused> {
        let mut values = Vec::with_capacity(room.charter.fields.len());
        for name in self.fields.keys() {
            let names = room.charter.fields.iter().map(|field| &field.name);
            Room::find(&format!("{place}/fields"), name, names)?;
        }
        for field in &room.charter.fields {
            let place = format!("{place}/fields/{}", field.name);
            let own = field.set_by == Actor::Anyone;
            let value = match (self.fields.get(&field.name), own) {
                (Some(value), true) => *value,
                // What an office states begins with the least that it may be.
                (None, false) => i64::try_from(field.low).unwrap_or(0),
                (Some(_), false) => return Err(Refusal::NotForYou.at(place, "an office states it")),
                (None, true) => return Err(Refusal::OutOfRange.at(place, "it is missing")),
            };
            check_range(&place, value, field.low, field.high)?;
            values.push(value);
        }
        Ok(values)
    }

    fn read_parties(
        &self,
        place: &str,
        room: &Room,
        at: &Context,
        draft: &Draft<'_>,
    ) -> Result<Vec<Vec<(Hash, u64)>>, Refused> {
        for name in self.parties.keys() {
            let names = room.charter.parties.iter().map(|party| &party.name);
            Room::find(&format!("{place}/parties"), name, names)?;
        }
        let mut parties = Vec::with_capacity(room.charter.parties.len());
        for (number, party) in room.charter.parties.iter().enumerate() {
            let place = format!("{place}/parties/{}", party.name);
            let named = self.parties.get(&party.name);
            if party.opens {
                if named.is_some() {
                    return Err(Refusal::WrongParties.at(place, "the actor is this party"));
                }
                parties.push(vec![(at.actor, 1)]);
                continue;
            }
            let shares = named.cloned().unwrap_or_default();
            parties.push(read_shares(&place, room, number, &shares, draft)?);
        }
        Ok(parties)
    }
}

/// A reference as it counts: written differently it is the same document. Letters and digits are
/// kept, in lower case; those of full width, as Chinese keyboards write them, are like any other.
fn plain(reference: &str) -> String {
    let narrow = |c: char| match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide.saturating_sub(0xFEE0)).unwrap_or(c),
        _ => c,
    };
    let kept: String = reference.chars().map(narrow).filter(|c| c.is_alphanumeric()).collect();
    kept.to_lowercase()
}

fn check_range(place: &str, value: i64, low: i128, high: i128) -> Result<(), Refused> {
    if (low..=high).contains(&i128::from(value)) {
        return Ok(());
    }
    Err(Refusal::OutOfRange.at(place, format!("{value} is not within {low} to {high}")))
}

/// The principals of a party: known, and one where the text wants one.
fn read_shares(
    place: &str,
    room: &Room,
    party: usize,
    shares: &[Share],
    draft: &Draft<'_>,
) -> Result<Vec<(Hash, u64)>, Refused> {
    let Some(party) = room.charter.parties.get(party) else { return Ok(Vec::new()) };
    let may_lack = party.many || party.set_by.is_some();
    let counts = if party.many { 0..=limits::SHARES } else { usize::from(!may_lack)..=1 };
    if !counts.contains(&shares.len()) {
        let found = format!("{} named, one is wanted", shares.len());
        return Err(Refusal::WrongParties.at(place, found));
    }
    for share in shares {
        if !draft.has(&keys::principal(&share.principal)) {
            return Err(Refusal::UnknownPrincipal.at(place, share.principal));
        }
    }
    Ok(shares.iter().map(|share| (share.principal, share.weight)).collect())
}

impl StateField {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.state";
        let room = Room::enter_running(place, &self.charter, draft)?;
        let names = room.charter.fields.iter().map(|field| &field.name);
        let number = Room::find(&format!("{place}/field"), &self.field, names)?;
        let Some(field) = room.charter.fields.get(number) else { return Ok(()) };
        let mut case = room.case(place, self.case, draft)?;
        match field.set_by {
            Actor::Role(_) => room.need(place, &[field.set_by], Some(&case), (at, draft))?,
            _ => {
                let found = "it was stated when the case was opened, and stands";
                return Err(Refusal::NotForYou.at(format!("{place}/field"), found));
            }
        }
        check_range(&format!("{place}/value"), self.value, field.low, field.high)?;
        if let Some(entry) = case.fields.get_mut(number) {
            *entry = self.value;
        }
        room.save_case(self.case, &case, draft);
        Ok(())
    }
}

impl NameParty {
    /// A party that signs when a case is opened signs when it is named anew.
    pub(crate) fn need_others(
        &self,
        authority: &mut Authority<'_>,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        let room = Room::enter_running("/act/charter.name", &self.charter, draft)?;
        let party = room.charter.parties.iter().find(|party| party.name == self.party);
        for share in self.people.iter().filter(|_| party.is_some_and(|party| party.signs)) {
            authority.need("/act/charter.name/people", &share.principal, draft)?;
        }
        Ok(())
    }

    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.name";
        let room = Room::enter_running(place, &self.charter, draft)?;
        let names = room.charter.parties.iter().map(|party| &party.name);
        let number = Room::find(&format!("{place}/party"), &self.party, names)?;
        let mut case = room.case(place, self.case, draft)?;
        let by = room.charter.parties.get(number).and_then(|party| party.set_by);
        let Some(by) = by else {
            let found = "the text lets nobody change this party";
            return Err(Refusal::NotForYou.at(format!("{place}/party"), found));
        };
        room.need(place, &[by], Some(&case), (at, draft))?;
        let shares = read_shares(&format!("{place}/people"), &room, number, &self.people, draft)?;
        if let Some(entry) = case.parties.get_mut(number) {
            *entry = shares;
        }
        room.save_case(self.case, &case, draft);
        Ok(())
    }
}

impl Pass {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/charter.pass";
        let room = Room::enter_running(place, &self.charter, books.draft)?;
        let names = room.charter.parties.iter().map(|party| &party.name);
        let number = Room::find(&format!("{place}/party"), &self.party, names)?;
        let mut case = room.case(place, self.case, books.draft)?;
        let passes = room.charter.parties.get(number).is_some_and(|party| party.passes);
        let Some(shares) = case.parties.get_mut(number).filter(|_| passes) else {
            let found = "the text lets nobody pass this place on";
            return Err(Refusal::NotForYou.at(format!("{place}/party"), found));
        };
        check_hands(&format!("{place}/to"), &self.to, at)?;
        let own = shares.iter_mut().find(|(who, _)| *who == at.actor);
        let Some((_, own)) = own.filter(|(_, weight)| *weight >= self.weight) else {
            return Err(Refusal::NotEnough.at(format!("{place}/weight"), self.weight));
        };
        *own = own.saturating_sub(self.weight);
        match shares.iter_mut().find(|(who, _)| *who == self.to) {
            Some((_, weight)) => *weight = weight.saturating_add(self.weight),
            None => shares.push((self.to, self.weight)),
        }
        shares.retain(|(_, weight)| *weight > 0);
        if shares.len() > limits::SHARES {
            return Err(Refusal::TooMany.at(format!("{place}/to"), shares.len()));
        }
        for (number, line) in self.price.iter().enumerate() {
            let place = format!("{place}/price/{number}");
            let (_, _, quantity) = read_line(&place, line, books)?;
            let (from, to) = (Account::Held(self.to), Account::Held(at.actor));
            books.post(&place, Posting { lot: line.lot, from, to, quantity })?;
        }
        room.save_case(self.case, &case, books.draft);
        Ok(())
    }
}

impl Vouch {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.vouch";
        let room = Room::enter_running(place, &self.charter, draft)?;
        let names = room.charter.evidence.iter().map(|evidence| &evidence.name);
        let number = Room::find(&format!("{place}/evidence"), &self.evidence, names)?;
        let Some(evidence) = room.charter.evidence.get(number) else { return Ok(()) };
        let mut case = room.case(place, self.case, draft)?;
        let short = u32::try_from(number).unwrap_or(u32::MAX);
        let mine = |shown: &Shown| shown.evidence == short && shown.by == at.actor;
        let known = case.shown.iter().any(mine);
        if self.retract {
            if !known {
                return Err(Refusal::EvidenceMissing.at(place, "nothing to take back"));
            }
            case.shown.retain(|shown| !mine(shown));
        } else {
            room.need(place, &[evidence.by], Some(&case), (at, draft))?;
            if known {
                return Err(Refusal::SaidBefore.at(place, &evidence.name));
            }
            let alike = case.shown.iter().filter(|shown| shown.evidence == short).count();
            if alike >= limits::SHOWN {
                return Err(Refusal::TooMany.at(place, alike));
            }
            case.shown.push(Shown { evidence: short, by: at.actor, at: at.now });
        }
        room.save_case(self.case, &case, draft);
        Ok(())
    }
}
