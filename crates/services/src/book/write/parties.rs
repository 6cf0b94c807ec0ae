//! Who takes part: principals with their keys and roles.

use super::{At, Writer, int};
use crate::book::BookError;
use rusqlite::params;
use std::collections::BTreeMap;
use weal_kernel::principals::op::{
    Attest, Guardians, KeySet, PrincipalKind, Recover, Register, RevokeRole, Rotate,
};
use weal_kernel::units::UnixMillis;

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

/// Changes of keys that are looked through for those who named guardians.
const CHANGES: i64 = 64;

/// Since when keys count.
struct Set {
    effective: i64,
    /// What was granted before that time stays valid; nothing of it for a registration.
    keep: Option<i64>,
    /// Whether guardians gave them who had been replaced.
    former: bool,
}

/// From when on a change of keys ends what was granted: everything, if it keeps nothing.
fn keep(before: Option<UnixMillis>) -> Option<i64> {
    Some(before.map_or(0, |time| int(time.0)))
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
        let set = Set { effective: at.time, keep: None, former: false };
        self.keys(at.ix, at, &act.keys, &set)?;
        if let Some(owner) = &act.owner {
            self.link_to(at, owner)?;
        }
        self.index_new_party(at.ix)?;
        self.resolve_name(&act.name, at)
    }

    pub(super) fn rotate(&mut self, at: &At, act: &Rotate) -> Result<(), BookError> {
        // A recovery by former guardians stands, whatever keys come after them.
        let sql = "DELETE FROM keyset WHERE party=? AND effective>? AND former=0";
        self.run(sql, [at.actor, at.time])?;
        let set = Set { effective: at.time, keep: keep(act.keep_before), former: false };
        self.keys(at.actor, at, &act.keys, &set)
    }

    pub(super) fn recover(&mut self, at: &At, act: &Recover) -> Result<(), BookError> {
        let Some(party) = self.place(&act.principal)? else { return Ok(()) };
        self.link(party, at.ix)?;
        let (delay, former) = self.recovering(party, at)?;
        let sql = "DELETE FROM keyset WHERE party=? AND effective>?";
        self.run(sql, [party, at.time])?;
        let effective = at.time.saturating_add(int(delay));
        self.keys(party, at, &act.keys, &Set { effective, keep: keep(act.keep_before), former })
    }

    /// How long the recovery waits that this entry begins, and whether those who signed it had been
    /// replaced: the newest change of guardians before it that named the actor.
    fn recovering(&self, party: i64, at: &At) -> Result<(u64, bool), BookError> {
        let sql = "SELECT payload FROM entry WHERE ix IN (SELECT ix FROM link WHERE target=?1) \
                   AND actor=?1 AND act IN (0,1) ORDER BY ix DESC LIMIT ?2";
        let payloads: Vec<Vec<u8>> = {
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([party, CHANGES], |row| row.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        let sql = "SELECT id FROM entry WHERE ix=?";
        let actor: Option<[u8; 32]> = self.first(sql, [at.actor], |row| row.get(0))?;
        let actor = weal_kernel::Hash(actor.unwrap_or_default());
        let named = payloads.iter().map(|payload| guardians_of(payload));
        for (number, guardians) in named.enumerate() {
            if let Some(guardians) = guardians.filter(|g| g.principals.contains(&actor)) {
                return Ok((guardians.delay_ms, number > 0));
            }
        }
        Ok((0, false))
    }

    fn keys(&self, party: i64, at: &At, keys: &KeySet, set: &Set) -> Result<(), BookError> {
        let bytes: Vec<u8> = keys.keys.iter().flat_map(|key| key.0).collect();
        let sql = "INSERT OR REPLACE INTO keyset VALUES(?,?,?,?,?,?,?)";
        let Set { effective, keep, former } = set;
        self.run(sql, params![party, at.ix, effective, keys.threshold, bytes, keep, former])?;
        for key in &keys.keys {
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

/// The guardians that a registration or a change of keys named.
fn guardians_of(payload: &[u8]) -> Option<Guardians> {
    use weal_kernel::Act;
    let payload: weal_kernel::Payload = serde_json::from_slice(payload).ok()?;
    match payload.act {
        Act::PrincipalRegister(act) => act.guardians,
        Act::PrincipalRotate(act) => act.guardians,
        _ => None,
    }
}
