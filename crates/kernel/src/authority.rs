//! Who must sign an operation, and whether they did: the one place where signatures become rights.
//!
//! 1. The actor signs with enough of his keys, or the holder of a mandate signs in his name.
//! 2. Everybody else the operation binds signs too: taker, donor, carrier, owner, guardians, the
//!    institutions that keep the book.
//! 3. Nobody else signs: a stranger's signature would change the entry without adding anything.

use crate::limits;
use crate::machine::Context;
use crate::operation::{Act, Signed};
use crate::principals::op::KeySet;
use crate::principals::state::{Mandate, Principal};
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, State, keys};
use crate::units::UnixMillis;
use std::collections::BTreeSet;
use weal_proof::Hash;
use weal_proof::keys::PublicKey;

/// The signatures of one operation, counted against the parties it needs.
pub struct Authority<'a> {
    signed: &'a Signed,
    now: UnixMillis,
    counted: BTreeSet<PublicKey>,
}

impl<'a> Authority<'a> {
    /// Checks the actor's side, and charges the mandate if one is used.
    pub(crate) fn of_actor(
        signed: &'a Signed,
        at: &Context,
        draft: &mut Draft<'_>,
    ) -> Result<Self, Refused> {
        let mut authority = Authority { signed, now: at.now, counted: BTreeSet::new() };
        if let Act::PrincipalRegister(register) = &signed.payload.act {
            authority.need_keys("/act/principal.register/keys", &register.keys)?;
            return Ok(authority);
        }
        match &signed.payload.mandate {
            None => authority.need("/actor", &at.actor, draft)?,
            Some(id) => {
                let act = &signed.payload.act;
                authority.need_mandate(id, &at.actor, act, draft)?;
            }
        }
        Ok(authority)
    }

    /// A further party must have signed.
    pub(crate) fn need(
        &mut self,
        place: &str,
        id: &Hash,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        let principal: Principal = draft
            .get(&keys::principal(id))
            .ok_or_else(|| Refusal::UnknownPrincipal.at(place, id))?;
        self.need_keys(place, principal.keys_at(self.now))
    }

    /// Enough of these keys must have signed.
    pub(crate) fn need_keys(&mut self, place: &str, keys: &KeySet) -> Result<(), Refused> {
        let signers: Vec<_> = keys.keys.iter().filter(|key| self.signed.signed_by(key)).collect();
        if signers.len() < usize::from(keys.threshold) {
            let found = format!("{} of {} signatures", signers.len(), keys.threshold);
            return Err(Refusal::MissingSignature.at(place, found));
        }
        self.counted.extend(signers);
        Ok(())
    }

    /// This key must have signed.
    pub(crate) fn need_key(&mut self, place: &str, key: &PublicKey) -> Result<(), Refused> {
        self.need_keys(place, &KeySet { keys: vec![*key], threshold: 1 })
    }

    /// Enough of these principals must have signed.
    pub(crate) fn need_some(
        &mut self,
        place: &str,
        principals: &[Hash],
        threshold: u8,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        let mut signed = 0u8;
        for id in principals {
            if self.need(place, id, draft).is_ok() {
                signed = signed.saturating_add(1);
            }
        }
        if signed < threshold {
            let found = format!("{signed} of {threshold} guardians");
            return Err(Refusal::MissingSignature.at(place, found));
        }
        Ok(())
    }

    /// Nobody signed who was not needed.
    pub(crate) fn finish(self) -> Result<(), Refused> {
        let strange =
            self.signed.envelope.signatures().iter().find(|(key, _)| !self.counted.contains(key));
        match strange {
            Some((key, _)) => Err(Refusal::StrangeSignature.at("/signatures", key)),
            None => Ok(()),
        }
    }

    fn need_mandate(
        &mut self,
        id: &Hash,
        actor: &Hash,
        act: &Act,
        draft: &mut Draft<'_>,
    ) -> Result<(), Refused> {
        let mandate: Mandate = draft
            .get(&keys::mandate(id))
            .ok_or_else(|| Refusal::UnknownMandate.at("/mandate", id))?;
        if mandate.principal != *actor || !mandate.acts.iter().any(|name| name == act.name()) {
            return Err(Refusal::MandateNotForThis.at("/mandate", act.name()));
        }
        self.check_chain("/mandate", id, draft)?;
        self.need("/mandate", &mandate.holder, draft)?;
        self.charge(id, actor, act, draft)
    }

    /// The mandate and all it comes from are alive.
    pub(crate) fn check_chain(
        &self,
        place: &str,
        id: &Hash,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        for (id, mandate) in chain(place, id, draft)? {
            if mandate.revoked || mandate.expires <= self.now {
                return Err(Refusal::MandateEnded.at(place, id));
            }
        }
        Ok(())
    }

    /// Counts this use against the mandate and all it comes from.
    fn charge(
        &self,
        id: &Hash,
        actor: &Hash,
        act: &Act,
        draft: &mut Draft<'_>,
    ) -> Result<(), Refused> {
        let (quantity, amount_minor) = act.moved(actor, draft.state());
        for (id, mut mandate) in chain("/mandate", id, draft)? {
            let used = &mut mandate.used;
            used.operations = used.operations.saturating_add(1);
            used.quantity = used.quantity.saturating_add(quantity);
            used.amount_minor = used.amount_minor.saturating_add(amount_minor);
            let over = |used: u64, limit: Option<u64>| limit.is_some_and(|limit| used > limit);
            if over(used.operations, mandate.limits.operations)
                || over(used.quantity, mandate.limits.quantity)
                || over(used.amount_minor, mandate.limits.amount_minor)
            {
                return Err(Refusal::MandateUsedUp.at("/mandate", id));
            }
            draft.put(keys::mandate(&id), &mandate);
        }
        Ok(())
    }
}

impl State {
    /// Whether one who may speak for the actor has signed: a key of theirs that counts now, or one
    /// of the holder of the mandate used. It is a first look, so that nobody fills a sender's place
    /// in their name; what an operation needs in all is checked with its rights.
    pub fn is_vouched_for(&self, signed: &Signed, now: UnixMillis) -> bool {
        let mandate: Option<Mandate> =
            signed.payload.mandate.and_then(|id| self.get(&keys::mandate(&id)));
        let speaker = mandate.map_or_else(|| signed.actor(), |mandate| mandate.holder);
        let principal = self.principal(&speaker);
        principal.is_some_and(|principal| {
            principal.keys_at(now).keys.iter().any(|key| signed.signed_by(key))
        })
    }
}

/// A mandate and all it comes from. A chain longer than delegation allows is refused.
fn chain(place: &str, id: &Hash, draft: &Draft<'_>) -> Result<Vec<(Hash, Mandate)>, Refused> {
    let mut links = Vec::new();
    let mut next = Some(*id);
    while let Some(id) = next {
        let mandate: Option<Mandate> = draft.get(&keys::mandate(&id));
        match mandate {
            Some(mandate) if links.len() <= usize::from(limits::MANDATE_DEPTH) => {
                next = mandate.parent;
                links.push((id, mandate));
            }
            _ => return Err(Refusal::UnknownMandate.at(place, id)),
        }
    }
    Ok(links)
}
