//! Which roles count: those behind which more keepers stand than may be corrupt together.
//!
//! A role that is recognised hides records and lets money out of charters, so nobody may give it
//! alone. Of `n` keepers the book withstands `f = (n - 1) / 3` that are corrupt; a role is
//! recognised if at least `f + 1` of them must have signed for it, so that an honest one did.
//!
//! How the keepers behind a role are counted, as a numbered program:
//! 1. An issuer with the keys `K`, of which `t` must sign, is backed by the keepers whose owners'
//!    keys `S` are in `K`: at least `t - |K - S|` of them signed, whoever else did.
//! 2. Issuers are taken in an order that loses least: first those of whose keepers the fewest
//!    could have been silent, then those backed by more, then those who attested earlier.
//! 3. An issuer adds as many keepers as are surely none of those who may have been counted before:
//!    its least number, less those of `S` that stood behind an issuer before it.
//! 4. The role is recognised if the sum is at least `f + 1`.
//!
//! The list of a role's issuers is short, and nobody can fill it: an issuer without a keeper does
//! not enter it, of issuers backed by the same keepers alike the latest stands in it, and when it
//! is full those who add nothing to the sum leave it. The others are at most as many as the
//! keepers.

use super::state::{Attestation, Principal};
use crate::limits;
use crate::state::{Draft, Network, keys};
use crate::units::UnixMillis;
use std::collections::BTreeSet;
use weal_proof::Hash;
use weal_proof::keys::PublicKey;

/// The keepers behind what an issuer says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Backing {
    /// Owners' keys of the keepers that can sign for it.
    keepers: BTreeSet<PublicKey>,
    /// How many of them must.
    least: usize,
}

impl Backing {
    /// How many of its keepers may have been silent.
    fn slack(&self) -> usize {
        self.keepers.len().saturating_sub(self.least)
    }
}

impl Network {
    /// How many keepers must stand behind a role: one more than may be corrupt.
    pub fn recognition(&self) -> usize {
        let corrupt = self.validators.len().saturating_sub(1).checked_div(3).unwrap_or(0);
        corrupt.saturating_add(1)
    }

    /// The keepers without whom this principal cannot sign; nothing if it can.
    fn backing(&self, principal: &Principal, now: UnixMillis) -> Option<Backing> {
        let keys = principal.keys_at(now);
        let keepers: BTreeSet<PublicKey> =
            keys.keys.iter().filter(|key| self.is_owner(key)).copied().collect();
        let others = keys.keys.len().saturating_sub(keepers.len());
        let least = usize::from(keys.threshold).saturating_sub(others);
        (least > 0).then_some(Backing { keepers, least })
    }
}

/// What each of these adds to the number of keepers, in the order given.
fn additions(backings: &[Backing]) -> Vec<usize> {
    let mut order: Vec<(usize, &Backing)> = backings.iter().enumerate().collect();
    order.sort_by_key(|(at, backing)| (backing.slack(), std::cmp::Reverse(backing.least), *at));
    let mut seen = BTreeSet::new();
    let mut found = vec![0; backings.len()];
    for (at, backing) in order {
        let known = backing.keepers.iter().filter(|key| seen.contains(*key)).count();
        if let Some(addition) = found.get_mut(at) {
            *addition = backing.least.saturating_sub(known);
        }
        seen.extend(backing.keepers.iter().copied());
    }
    found
}

impl Draft<'_> {
    /// Whether enough keepers stand behind this role now.
    pub(crate) fn has_role(&self, subject: &Hash, role: &str, now: UnixMillis) -> bool {
        let Some(network) = self.get::<Network>(keys::NETWORK) else { return false };
        let issuers: Vec<Hash> = self.get(&keys::role_issuers(subject, role)).unwrap_or_default();
        let backings: Vec<Backing> = issuers
            .iter()
            .filter_map(|issuer| self.attested((subject, role, issuer), &network, now))
            .collect();
        let sum = additions(&backings).into_iter().fold(0usize, usize::saturating_add);
        sum >= network.recognition()
    }

    /// The keepers behind an issuer who attests this role now.
    fn attested(
        &self,
        (subject, role, issuer): (&Hash, &str, &Hash),
        network: &Network,
        now: UnixMillis,
    ) -> Option<Backing> {
        let id: Hash = self.get(&keys::role(subject, role, issuer))?;
        let attestation: Attestation = self.get(&keys::attestation(&id))?;
        if attestation.revoked || attestation.expires <= now {
            return None;
        }
        let principal: Principal = self.get(&keys::principal(issuer))?;
        if principal.is_void(attestation.granted, now) {
            return None;
        }
        network.backing(&principal, now)
    }

    /// Keeps the issuers behind whom keepers stand at hand.
    pub(crate) fn list_issuer(
        &mut self,
        (subject, role, issuer): (&Hash, &str, &Hash),
        now: UnixMillis,
    ) {
        let Some(network) = self.get::<Network>(keys::NETWORK) else { return };
        let Some(own) = self.attested((subject, role, issuer), &network, now) else { return };
        let key = keys::role_issuers(subject, role);
        let issuers: Vec<Hash> = self.get(&key).unwrap_or_default();
        let mut listed: Vec<(Hash, Backing)> = issuers
            .into_iter()
            .filter(|known| known != issuer)
            .filter_map(|known| {
                Some((known, self.attested((subject, role, &known), &network, now)?))
            })
            .filter(|(_, backing)| *backing != own)
            .collect();
        listed.push((*issuer, own));
        if listed.len() > limits::ISSUERS {
            let backings: Vec<Backing> = listed.iter().map(|(_, one)| one.clone()).collect();
            let mut added = additions(&backings).into_iter();
            listed.retain(|_| added.next().is_some_and(|addition| addition > 0));
        }
        let issuers: Vec<Hash> = listed.into_iter().map(|(issuer, _)| issuer).collect();
        self.put(key, &issuers);
    }
}
