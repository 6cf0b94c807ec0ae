//! Who must sign an operation, and whether they did: the one place where signatures become rights.
//!
//! 1. The actor signs with enough of his keys, or the holder of a mandate signs in his name.
//! 2. Everybody else the operation binds signs too: taker, donor, carrier, owner, guardians, the
//!    institutions that keep the book.
//! 3. Parties are different people: no key that counts for one of them counts for another. Where
//!    several of a kind must sign, those who share a key count once.
//! 4. Whoever takes new keys proves that he has them: all of them sign, so that nobody can list a
//!    key that is another's.
//! 5. Nobody else signs: a stranger's signature would change the entry without adding anything.

use crate::limits;
use crate::machine::Context;
use crate::operation::{Act, Signed};
use crate::principals::admission;
use crate::principals::change::Entitled;
use crate::principals::op::KeySet;
use crate::principals::parties::{Crowd, Sides};
use crate::principals::state::{Mandate, Principal};
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, Network, State, keys};
use crate::units::UnixMillis;
use std::collections::BTreeSet;
use weal_proof::Hash;
use weal_proof::keys::PublicKey;

/// The signatures of one operation, counted against the parties it needs.
pub struct Authority<'a> {
    signed: &'a Signed,
    now: UnixMillis,
    counted: BTreeSet<PublicKey>,
    sides: Sides,
    entitled: Option<Entitled>,
}

impl<'a> Authority<'a> {
    /// Checks the actor's side, and charges the mandate if one is used.
    pub(crate) fn of_actor(
        signed: &'a Signed,
        at: &Context,
        draft: &mut Draft<'_>,
    ) -> Result<Self, Refused> {
        let mut authority = Authority {
            signed,
            now: at.now,
            counted: BTreeSet::new(),
            sides: Sides::default(),
            entitled: None,
        };
        if let Act::PrincipalRegister(register) = &signed.payload.act {
            authority.need_all("/act/principal.register/keys", &register.keys)?;
            authority.sides.begin(at.id, &register.keys);
            authority.need_sponsor(draft)?;
            return Ok(authority);
        }
        match &signed.payload.mandate {
            None => {
                let keys = authority.need_own("/actor", &at.actor, draft)?;
                authority.sides.begin(at.actor, &keys);
            }
            Some(id) => {
                let act = &signed.payload.act;
                authority.need_mandate(id, &at.actor, act, draft)?;
            }
        }
        Ok(authority)
    }

    /// Where the rules say so, an institution that keeps the book brings a newcomer in: it signs
    /// with its validator's key, and the newcomer counts as one of theirs.
    fn need_sponsor(&mut self, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let Some(admission) = draft.state().rules().admission else { return Ok(()) };
        let network: Option<Network> = draft.get(keys::NETWORK);
        let keepers = network.map(|network| network.validators).unwrap_or_default();
        let mut signers = self.signed.envelope.signatures().iter().map(|(key, _)| *key);
        let sponsor = signers
            .find(|key| keepers.iter().any(|keeper| keeper.key == *key))
            .ok_or_else(|| Refusal::NoSponsor.at("/act/principal.register", "no such signature"))?;
        self.counted.insert(sponsor);
        admission::charge(&sponsor, &admission, self.now, draft)
    }

    /// Somebody must have signed with enough of his keys; these are his keys.
    fn need_own(&mut self, place: &str, id: &Hash, draft: &Draft<'_>) -> Result<KeySet, Refused> {
        let principal = known(place, id, draft)?;
        let keys = principal.keys_at(self.now);
        self.need_keys(place, keys)?;
        Ok(keys.clone())
    }

    /// A further party must have signed, with keys of its own.
    pub(crate) fn need(
        &mut self,
        place: &str,
        id: &Hash,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        let keys = self.need_own(place, id, draft)?;
        self.sides.join(place, id, &keys)
    }

    /// A party that signs elsewhere must have keys of its own; an id that nobody has is refused
    /// where it is used.
    pub(crate) fn need_apart(
        &mut self,
        place: &str,
        id: &Hash,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        let principal: Option<Principal> = draft.get(&keys::principal(id));
        match principal {
            Some(principal) => self.sides.join(place, id, principal.keys_at(self.now)),
            None => Ok(()),
        }
    }

    /// A party that gets new keys must have signed with all of them.
    pub(crate) fn need_new_keys(
        &mut self,
        place: &str,
        id: &Hash,
        keys: &KeySet,
    ) -> Result<(), Refused> {
        self.need_all(place, keys)?;
        self.sides.join(place, id, keys)
    }

    /// Each of these keys must have signed.
    pub(crate) fn need_all(&mut self, place: &str, keys: &KeySet) -> Result<(), Refused> {
        let all = u8::try_from(keys.keys.len()).unwrap_or(u8::MAX);
        self.need_keys(place, &KeySet { keys: keys.keys.clone(), threshold: all })
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

    /// Enough of those who may recover a principal must have signed, the actor among them.
    pub(crate) fn need_guardians(
        &mut self,
        place: &str,
        (actor, principal): (&Hash, &Principal),
        new: &KeySet,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        let entitled = principal.clone().at(self.now).entitled(self.now);
        let mut refused = None;
        for one in entitled {
            if !one.has(actor) {
                continue;
            }
            let parties = self.count_guardians(place, &one, new, draft)?;
            if parties >= one.needed {
                self.entitled = Some(one);
                return Ok(());
            }
            let needed = one.needed;
            let found = format!("{parties} of {needed} guardians with keys of their own");
            refused = Some(Refusal::MissingSignature.at(place, found));
        }
        let none = || Refusal::MissingSignature.at(place, "the actor is no guardian");
        Err(refused.unwrap_or_else(none))
    }

    /// How many guardians have signed, none of whom has the new keys too; those who share a key
    /// count once.
    fn count_guardians(
        &mut self,
        place: &str,
        entitled: &Entitled,
        new: &KeySet,
        draft: &Draft<'_>,
    ) -> Result<usize, Refused> {
        let guardians = &entitled.guardians.principals;
        let mut signed = Vec::with_capacity(guardians.len());
        for id in guardians {
            let principal: Option<Principal> = draft.get(&keys::principal(id));
            let Some(principal) = principal else { continue };
            let keys = principal.keys_at(self.now);
            if self.need_keys(place, keys).is_ok() {
                if let Some(key) = keys.keys.iter().find(|key| new.keys.contains(key)) {
                    return Err(Refusal::OneKeyTwoParties.at(place, key));
                }
                signed.push(id);
            }
        }
        Ok(Crowd::default().count(signed.into_iter(), self.now, draft))
    }

    /// The guardians in whose name a recovery is begun.
    pub(crate) fn entitled(&self) -> Option<&Entitled> {
        self.entitled.as_ref()
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
        self.sides.begin(*actor, known("/actor", actor, draft)?.keys_at(self.now));
        let keys = self.need_own("/mandate", &mandate.holder, draft)?;
        self.sides.lend(&keys);
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
            let granter: Option<Principal> = draft.get(&keys::principal(&mandate.granter));
            let void = granter.is_none_or(|granter| granter.is_void(mandate.granted, self.now));
            if mandate.revoked || mandate.expires <= self.now || void {
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

fn known(place: &str, id: &Hash, draft: &Draft<'_>) -> Result<Principal, Refused> {
    let principal = draft.get(&keys::principal(id));
    principal.ok_or_else(|| Refusal::UnknownPrincipal.at(place, id))
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
