//! Who is one party: a key stands for one, however many names it was given.
//!
//! Anybody can register many principals; what two of them say counts twice only if no key could
//! have said both.

use super::op::KeySet;
use super::state::Principal;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, keys};
use crate::units::UnixMillis;
use std::collections::{BTreeMap, BTreeSet};
use weal_proof::Hash;
use weal_proof::keys::PublicKey;

/// One side of an operation: a party, and all keys that count for it now.
#[derive(Debug)]
struct Side {
    id: Hash,
    keys: BTreeSet<PublicKey>,
}

/// The sides of one operation. No key stands on two of them.
#[derive(Debug, Default)]
pub(crate) struct Sides(Vec<Side>);

impl Sides {
    /// The first side: the actor, with keys of his own.
    pub(crate) fn begin(&mut self, actor: Hash, keys: &KeySet) {
        self.0.push(Side { id: actor, keys: keys.keys.iter().copied().collect() });
    }

    /// Whoever acts for the actor by mandate stands on his side, and on no other.
    pub(crate) fn lend(&mut self, keys: &KeySet) {
        if let Some(side) = self.0.first_mut() {
            side.keys.extend(&keys.keys);
        }
    }

    /// A further side, apart from all others. Who is a party already is no further side.
    pub(crate) fn join(&mut self, place: &str, id: &Hash, keys: &KeySet) -> Result<(), Refused> {
        if self.0.iter().any(|side| side.id == *id) {
            return Ok(());
        }
        let mut keys_here = keys.keys.iter();
        let shared = keys_here.find(|key| self.0.iter().any(|side| side.keys.contains(key)));
        if let Some(key) = shared {
            return Err(Refusal::OneKeyTwoParties.at(place, key));
        }
        self.0.push(Side { id: *id, keys: keys.keys.iter().copied().collect() });
        Ok(())
    }
}

/// Principals put together that share a key, also by way of a third.
#[derive(Debug, Default)]
pub(crate) struct Crowd {
    /// Each principal seen, and one with which it shares a key; those who lead name themselves.
    leads: BTreeMap<Hash, Hash>,
    of_key: BTreeMap<PublicKey, Hash>,
}

impl Crowd {
    /// The one principal that stands for this one and all who share keys with it; nobody for an id
    /// that nobody has.
    pub(crate) fn party(&mut self, id: &Hash, now: UnixMillis, draft: &Draft<'_>) -> Option<Hash> {
        if !self.leads.contains_key(id) {
            let principal: Principal = draft.get(&keys::principal(id))?;
            self.add(*id, principal.keys_at(now));
        }
        Some(self.lead(*id))
    }

    fn add(&mut self, id: Hash, keys: &KeySet) {
        self.leads.insert(id, id);
        for key in &keys.keys {
            let known = *self.of_key.entry(*key).or_insert(id);
            let (one, other) = (self.lead(known), self.lead(id));
            if one != other {
                self.leads.insert(other, one);
            }
        }
    }

    /// Follows who stands for whom to the end, and shortens the way for the next who asks.
    fn lead(&mut self, id: Hash) -> Hash {
        let mut at = id;
        while let Some(next) = self.leads.get(&at).copied().filter(|next| *next != at) {
            let further = self.leads.get(&next).copied().unwrap_or(next);
            self.leads.insert(at, further);
            at = further;
        }
        at
    }

    /// How many different parties these are.
    pub(crate) fn count<'h>(
        &mut self,
        ids: impl Iterator<Item = &'h Hash>,
        now: UnixMillis,
        draft: &Draft<'_>,
    ) -> usize {
        // Everybody is added before anybody is counted: a later one can join two earlier ones.
        let ids: Vec<&Hash> = ids.filter(|id| self.party(id, now, draft).is_some()).collect();
        let parties: BTreeSet<Hash> = ids.into_iter().map(|id| self.lead(*id)).collect();
        parties.len()
    }
}
