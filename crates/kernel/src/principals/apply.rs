//! What each act about principals demands and changes.

use super::change::Entitled;
use super::op::{Attest, Grant, Limits, Recover, Register, Revoke, RevokeRole, Rotate};
use super::state::{Attestation, Mandate, Principal, Recovery, Used};
use crate::authority::Authority;
use crate::limits;
use crate::machine::Context;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, keys};
use crate::units::UnixMillis;
use weal_proof::Hash;

const PLACE: &str = "/act";

impl Register {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        check_guardians(self.guardians.as_ref(), draft)?;
        let entry = Principal {
            kind: self.kind,
            keys: self.keys.clone(),
            guardians: self.guardians.clone(),
            former: None,
            owner: self.owner,
            recovery: None,
            changes: 0,
            voids: Vec::new(),
        };
        draft.put(keys::principal(&at.id), &entry);
        Ok(())
    }
}

fn check_guardians(
    guardians: Option<&super::op::Guardians>,
    draft: &Draft<'_>,
) -> Result<(), Refused> {
    let principals = guardians.map(|g| g.principals.as_slice()).unwrap_or_default();
    match principals.iter().find(|id| !draft.has(&keys::principal(id))) {
        Some(id) => Err(Refusal::BadGuardians.at(PLACE, format!("{id} is not registered"))),
        None => Ok(()),
    }
}

/// From when on grants are void. Nobody stands by grants that are still to come.
fn void_from(
    act: &str,
    keep_before: Option<UnixMillis>,
    at: &Context,
) -> Result<UnixMillis, Refused> {
    let from = keep_before.unwrap_or_default();
    if from > at.now {
        return Err(Refusal::KeptTooLate.at(format!("{PLACE}/{act}/keep_before"), from.0));
    }
    Ok(from)
}

impl Rotate {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        check_guardians(self.guardians.as_ref(), draft)?;
        let from = void_from("principal.rotate", self.keep_before, at)?;
        let mut principal = known(&at.actor, draft)?.at(at.now);
        principal.change_guardians(self.guardians.clone(), at.now);
        principal.change_keys(self.keys.clone(), from);
        draft.put(keys::principal(&at.actor), &principal);
        Ok(())
    }
}

impl Recover {
    pub(crate) fn decide(
        &self,
        at: &Context,
        authority: &Authority,
        draft: &mut Draft<'_>,
    ) -> Result<(), Refused> {
        let place = "/act/principal.recover/principal";
        let mut principal = known(&self.principal, draft)?.at(at.now);
        let from = void_from("principal.recover", self.keep_before, at)?;
        let Some(Entitled { guardians, former, .. }) = authority.entitled().cloned() else {
            return Err(Refusal::NoGuardians.at(place, self.principal));
        };
        if !former && principal.recovery.as_ref().is_some_and(|recovery| recovery.former) {
            return Err(Refusal::RecoveryStands.at(place, self.principal));
        }
        let effective = at.now.plus(guardians.delay_ms);
        let keys = self.keys.clone();
        principal.recovery = Some(Recovery { keys, effective, guardians, former, from });
        draft.put(keys::principal(&self.principal), &principal);
        Ok(())
    }
}

fn known(id: &Hash, draft: &Draft<'_>) -> Result<Principal, Refused> {
    draft.get(&keys::principal(id)).ok_or_else(|| Refusal::UnknownPrincipal.at(PLACE, id))
}

impl Grant {
    pub(crate) fn decide(
        &self,
        at: &Context,
        authority: &Authority,
        draft: &mut Draft<'_>,
    ) -> Result<(), Refused> {
        known(&self.to, draft)?;
        if self.expires <= at.now || self.expires > at.now.plus(limits::MANDATE_MS) {
            return Err(Refusal::MandateBad.at("/act/mandate.grant/expires", self.expires.0));
        }
        let mut principal = at.actor;
        if let Some(id) = &self.parent {
            let parent: Mandate = draft
                .get(&keys::mandate(id))
                .ok_or_else(|| Refusal::UnknownMandate.at("/act/mandate.grant/parent", id))?;
            if parent.holder != at.actor {
                return Err(Refusal::MandateNotForThis.at("/act/mandate.grant/parent", id));
            }
            authority.check_chain("/act/mandate.grant/parent", id, draft)?;
            self.check_not_wider(&parent)?;
            principal = parent.principal;
        }
        let mandate = Mandate {
            principal,
            granter: at.actor,
            holder: self.to,
            acts: self.acts.clone(),
            limits: self.limits.clone(),
            used: Used::default(),
            expires: self.expires,
            onward: self.onward,
            parent: self.parent,
            revoked: false,
            granted: known(&at.actor, draft)?.grants_at(at.now),
        };
        draft.put(keys::mandate(&at.id), &mandate);
        Ok(())
    }

    fn check_not_wider(&self, parent: &Mandate) -> Result<(), Refused> {
        let wider = |what: &str| Err(Refusal::MandateWidened.at("/act/mandate.grant", what));
        if let Some(act) = self.acts.iter().find(|act| !parent.acts.contains(act)) {
            return wider(act);
        }
        if self.expires > parent.expires {
            return wider("expires");
        }
        if self.onward >= parent.onward {
            return wider("onward");
        }
        if self.limits.is_wider_than(&parent.limits) {
            return wider("limits");
        }
        Ok(())
    }
}

impl Limits {
    fn is_wider_than(&self, other: &Limits) -> bool {
        let wider = |mine: Option<u64>, other: Option<u64>| match (mine, other) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(mine), Some(other)) => mine > other,
        };
        wider(self.operations, other.operations)
            || wider(self.quantity, other.quantity)
            || wider(self.amount_minor, other.amount_minor)
    }
}

impl Revoke {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/mandate.revoke/mandate";
        let mut mandate: Mandate = draft
            .get(&keys::mandate(&self.mandate))
            .ok_or_else(|| Refusal::UnknownMandate.at(place, self.mandate))?;
        if at.actor != mandate.granter && at.actor != mandate.principal {
            return Err(Refusal::MandateNotYours.at(place, self.mandate));
        }
        mandate.revoked = true;
        draft.put(keys::mandate(&self.mandate), &mandate);
        Ok(())
    }
}

impl Attest {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        known(&self.subject, draft)?;
        if self.subject == at.actor || self.subject == at.signer {
            return Err(Refusal::SelfAttested.at("/act/role.attest/subject", self.subject));
        }
        if self.expires <= at.now {
            return Err(Refusal::RoleEnds.at("/act/role.attest/expires", self.expires.0));
        }
        let attestation = Attestation {
            issuer: at.actor,
            subject: self.subject,
            role: self.role.clone(),
            expires: self.expires,
            revoked: false,
            granted: known(&at.actor, draft)?.grants_at(at.now),
        };
        draft.put(keys::attestation(&at.id), &attestation);
        draft.put(keys::role(&self.subject, &self.role, &at.actor), &at.id);
        draft.list_issuer((&self.subject, &self.role, &at.actor), at.now);
        Ok(())
    }
}

impl RevokeRole {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let key = keys::attestation(&self.attestation);
        let found: Option<Attestation> = draft.get(&key);
        match found {
            Some(mut attestation) if attestation.issuer == at.actor => {
                attestation.revoked = true;
                draft.put(key, &attestation);
                Ok(())
            }
            _ => {
                Err(Refusal::UnknownAttestation
                    .at("/act/role.revoke/attestation", self.attestation))
            }
        }
    }
}
