//! Who takes part: principals with their keys and roles.

use super::{At, Writer, int};
use crate::book::BookError;
use rusqlite::params;
use std::collections::BTreeMap;
use weal_kernel::principals::op::{
    Attest, KeySet, PrincipalKind, Recover, Register, RevokeRole, Rotate,
};

/// What a party is; the numbers stand in the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i64)]
pub(in crate::book) enum PartyKind {
    /// A registered body.
    Organisation = 0,
    /// A registered person.
    Person = 1,
    /// A registered device. What others describe, a facility, is 3.
    Device = 2,
}

impl PartyKind {
    /// The word people read.
    pub(in crate::book) fn word(kind: i64) -> &'static str {
        match kind {
            0 => "organisation",
            1 => "person",
            2 => "device",
            4 => "charter",
            _ => "facility",
        }
    }
}

/// Names by language, as a party carries them.
pub(super) fn names_text(names: &BTreeMap<String, String>) -> String {
    serde_json::to_string(names).unwrap_or_default()
}

impl Writer<'_> {
    pub(super) fn register(&mut self, at: &At, act: &Register) -> Result<(), BookError> {
        let kind = match act.kind {
            PrincipalKind::Organisation => PartyKind::Organisation,
            PrincipalKind::Person => PartyKind::Person,
            PrincipalKind::Device => PartyKind::Device,
        };
        self.run(
            "INSERT INTO party(id,kind,name,names,since) VALUES(?,?,?,?,?)",
            params![at.ix, kind as i64, act.name, names_text(&act.names), at.time],
        )?;
        self.keys(at.ix, at, &act.keys, at.time)?;
        if let Some(owner) = &act.owner {
            self.link_to(at, owner)?;
        }
        self.index_new_party(at.ix)?;
        self.resolve_name(&act.name, at)
    }

    pub(super) fn rotate(&mut self, at: &At, act: &Rotate) -> Result<(), BookError> {
        self.drop_pending_keys(at.actor, at)?;
        self.keys(at.actor, at, &act.keys, at.time)
    }

    pub(super) fn recover(&mut self, at: &At, act: &Recover) -> Result<(), BookError> {
        let Some(party) = self.place(&act.principal)? else { return Ok(()) };
        self.link(party, at.ix)?;
        let sql = "SELECT payload FROM entry WHERE ix IN (SELECT ix FROM link WHERE target=?1) \
                   AND actor=?1 AND act IN (0,1) ORDER BY ix DESC LIMIT 1";
        let payload: Option<Vec<u8>> = self.first(sql, [party], |row| row.get(0))?;
        let delay = payload.and_then(|payload| guardians_delay(&payload)).unwrap_or(0);
        self.drop_pending_keys(party, at)?;
        self.keys(party, at, &act.keys, at.time.saturating_add(int(delay)))
    }

    /// Keys given by guardians that do not count yet never will.
    fn drop_pending_keys(&self, party: i64, at: &At) -> Result<(), BookError> {
        self.run("DELETE FROM keyset WHERE party=? AND effective>?", [party, at.time])?;
        Ok(())
    }

    fn keys(&self, party: i64, at: &At, set: &KeySet, effective: i64) -> Result<(), BookError> {
        let bytes: Vec<u8> = set.keys.iter().flat_map(|key| key.0).collect();
        let sql = "INSERT OR REPLACE INTO keyset VALUES(?,?,?,?,?)";
        self.run(sql, params![party, at.ix, effective, set.threshold, bytes])?;
        for key in &set.keys {
            self.run("INSERT OR IGNORE INTO key VALUES(?,?,?)", params![key.0, party, at.ix])?;
        }
        Ok(())
    }

    pub(super) fn attest(&mut self, at: &At, act: &Attest) -> Result<(), BookError> {
        let Some(subject) = self.place(&act.subject)? else { return Ok(()) };
        self.link(subject, at.ix)?;
        let sql = "INSERT INTO role VALUES(?,?,?,?,?,0)";
        self.run(sql, params![at.ix, subject, at.actor, act.role, int(act.expires.0)])?;
        Ok(())
    }

    pub(super) fn revoke_role(&mut self, at: &At, act: &RevokeRole) -> Result<(), BookError> {
        let Some(role) = self.place(&act.attestation)? else { return Ok(()) };
        self.link(role, at.ix)?;
        self.run("UPDATE role SET revoked=1 WHERE ix=?", [role])?;
        let subject =
            self.first("SELECT subject FROM role WHERE ix=?", [role], |row| row.get(0))?;
        subject.map_or(Ok(()), |subject| self.link(subject, at.ix))
    }
}

/// How long a recovery waits, from the registration or rotation that named the guardians.
fn guardians_delay(payload: &[u8]) -> Option<u64> {
    use weal_kernel::Act;
    let payload: weal_kernel::Payload = serde_json::from_slice(payload).ok()?;
    let guardians = match payload.act {
        Act::PrincipalRegister(act) => act.guardians,
        Act::PrincipalRotate(act) => act.guardians,
        _ => None,
    };
    guardians.map(|guardians| guardians.delay_ms)
}
