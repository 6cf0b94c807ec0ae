//! What each act about principals demands and changes.

use super::op::{Attest, Grant, Limits, Recover, Register, Revoke, RevokeRole, Rotate};
use super::state::{Attestation, Mandate, Principal, Recovery, Used};
use crate::authority::Authority;
use crate::machine::Context;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, keys};
use weal_proof::Hash;

const PLACE: &str = "/act";

impl Register {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        check_guardians(self.guardians.as_ref(), draft)?;
        let entry = Principal {
            kind: self.kind,
            keys: self.keys.clone(),
            guardians: self.guardians.clone(),
            owner: self.owner,
            recovery: None,
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

impl Rotate {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        check_guardians(self.guardians.as_ref(), draft)?;
        let mut principal = known(&at.actor, draft)?;
        principal.keys = self.keys.clone();
        principal.guardians = self.guardians.clone();
        principal.recovery = None;
        draft.put(keys::principal(&at.actor), &principal);
        Ok(())
    }
}

impl Recover {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let mut principal = known(&self.principal, draft)?;
        let Some(guardians) = &principal.guardians else {
            return Err(Refusal::NoGuardians.at("/act/principal.recover/principal", self.principal));
        };
        let effective = at.now.plus(guardians.delay_ms);
        principal.keys = principal.keys_at(at.now).clone();
        principal.recovery = Some(Recovery { keys: self.keys.clone(), effective });
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
        if self.expires <= at.now {
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
