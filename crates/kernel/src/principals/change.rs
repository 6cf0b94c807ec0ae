//! Keys that change: what old keys granted, and who may still give new ones.
//!
//! **What a change of keys ends.** Keys are changed when they may be in wrong hands, so new keys
//! do not stand by what the old ones granted: mandates, and roles that others hold by their word.
//! Whoever knows when the wrong hands came says so (`keep_before`): what was granted earlier
//! stays. A grant carries the time and the number of changes before it; a change leaves a
//! [`Void`], which names both, so that also within one block it is clear what came before the
//! change. At most [`limits::VOIDS`] are kept: one that another covers goes, and where there are
//! more the two oldest become one that covers both. So a list that is full ends more, never less.
//!
//! **Why guardians stay after they were changed.** A thief who has the keys can change the
//! guardians too; if that put an end to the old ones at once, guardians would help against loss
//! only. If old guardians stayed for ever, nobody could ever part from them. So:
//! 1. When guardians are changed, those before stay for their delay, at least
//!    [`limits::FORMER_MS`], as *former* guardians. Changes within that time do not displace
//!    them: of all whom a thief names one after the other, none becomes a former guardian.
//! 2. A recovery by former guardians is not ended by a change of keys: the keys that could end it
//!    came after them. Nor do the present guardians begin another meanwhile.
//! 3. A change of keys ends a recovery by present guardians: so the owner objects when some of them
//!    conspire. But a thief can object too. So whoever answers a recovery by a change of keys
//!    leaves the guardians as former ones of whom **all** must begin again: a conspiracy of a
//!    threshold is over, a theft that all guardians see is not.
//! 4. When a recovery by former guardians counts, they are the guardians again, and those whom the
//!    thief named are not even former ones.
//!
//! What this leaves open: an owner who parts from guardians of whom a threshold conspires, before
//! they began, is exposed to them for the time of rule 1. It is safer to wait until they begin, and
//! then to object.

use super::op::{Guardians, KeySet};
use super::state::{Principal, Recovery};
use crate::limits;
use crate::units::UnixMillis;
use serde::{Deserialize, Serialize};
use weal_proof::Hash;

/// When somebody granted something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// Block time.
    pub at: UnixMillis,
    /// How often the granter's keys had been changed.
    pub changes: u64,
}

/// What one change of keys ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Void {
    /// Grants from this time on...
    pub from: UnixMillis,
    /// ...made when keys had been changed at most so often.
    pub changes: u64,
}

impl Void {
    fn covers(&self, granted: Granted) -> bool {
        granted.changes <= self.changes && granted.at >= self.from
    }
}

/// Guardians before the present ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// Who.
    pub guardians: Guardians,
    /// Until when they may begin a recovery.
    pub until: UnixMillis,
    /// Whether all of them must, because the keys were changed in answer to a recovery of theirs.
    pub all: bool,
}

/// Guardians who may begin a recovery, and how many of them must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entitled {
    pub(crate) guardians: Guardians,
    pub(crate) needed: usize,
    pub(crate) former: bool,
}

impl Principal {
    fn has_recovered(&self, now: UnixMillis) -> Option<&Recovery> {
        self.recovery.as_ref().filter(|recovery| recovery.effective <= now)
    }

    /// The keys that count at this time.
    pub fn keys_at(&self, now: UnixMillis) -> &KeySet {
        self.has_recovered(now).map_or(&self.keys, |recovery| &recovery.keys)
    }

    /// How a grant made at this time is dated.
    pub fn grants_at(&self, now: UnixMillis) -> Granted {
        let recovered = u64::from(self.has_recovered(now).is_some());
        Granted { at: now, changes: self.changes.saturating_add(recovered) }
    }

    /// Whether the keys that count now stand by a grant no more.
    pub fn is_void(&self, granted: Granted, now: UnixMillis) -> bool {
        let recovered = self.has_recovered(now);
        let last = recovered.map(|r| Void { from: r.from, changes: self.changes });
        self.voids.iter().chain(&last).any(|void| void.covers(granted))
    }

    /// The principal with a recovery that counts carried out.
    pub(crate) fn at(mut self, now: UnixMillis) -> Principal {
        if self.has_recovered(now).is_none() {
            return self;
        }
        if let Some(recovery) = self.recovery.take() {
            self.change_keys(recovery.keys, recovery.from);
            self.guardians = Some(recovery.guardians);
            if recovery.former {
                self.former = None;
            }
        }
        self
    }

    /// New keys, which stand by nothing that was granted from a time on.
    pub(crate) fn change_keys(&mut self, keys: KeySet, from: UnixMillis) {
        self.voids.retain(|void| void.from < from);
        self.voids.push(Void { from, changes: self.changes });
        if self.voids.len() > limits::VOIDS {
            let oldest = self.voids.remove(0);
            if let Some(next) = self.voids.first_mut() {
                next.from = oldest.from;
            }
        }
        self.changes = self.changes.saturating_add(1);
        self.keys = keys;
    }

    /// Guardians before the present ones, if they may still begin a recovery or have begun one.
    fn former_at(&self, now: UnixMillis) -> Option<&Former> {
        let begun = self.recovery.as_ref().is_some_and(|recovery| recovery.former);
        self.former.as_ref().filter(|former| begun || now < former.until)
    }

    /// Puts other guardians in the place of these, who may stay as former ones; ends their
    /// recovery.
    pub(crate) fn change_guardians(&mut self, guardians: Option<Guardians>, now: UnixMillis) {
        let answered = self.recovery.as_ref().is_some_and(|recovery| !recovery.former);
        if self.former_at(now).is_none() {
            let before = self.guardians.take();
            let before = before.filter(|before| answered || Some(before) != guardians.as_ref());
            self.former = before.map(|before| {
                let until = now.plus(before.delay_ms.max(limits::FORMER_MS));
                Former { guardians: before, until, all: answered }
            });
        }
        self.guardians = guardians;
        self.recovery = self.recovery.take().filter(|recovery| recovery.former);
    }

    /// Those who may begin a recovery now, the former guardians first.
    pub(crate) fn entitled(&self, now: UnixMillis) -> Vec<Entitled> {
        let former = self.former_at(now).map(|former| Entitled {
            needed: match former.all {
                true => former.guardians.principals.len(),
                false => usize::from(former.guardians.threshold),
            },
            guardians: former.guardians.clone(),
            former: true,
        });
        let present = self.guardians.as_ref().map(|guardians| Entitled {
            needed: usize::from(guardians.threshold),
            guardians: guardians.clone(),
            former: false,
        });
        former.into_iter().chain(present).collect()
    }
}

impl Entitled {
    pub(crate) fn has(&self, id: &Hash) -> bool {
        self.guardians.principals.contains(id)
    }
}
