//! Who is who: keys, guardians, mandates and roles, with what a change of keys ends.

use super::{Case, License, Model, Trust, Verdict, ensure};
use std::collections::BTreeSet;
use weal_kernel::principals::op::{Grant, Guardians, KeySet, Recover, Register, Rotate};
use weal_kernel::{Act, Hash};
use weal_proof::keys::PublicKey;

#[derive(Clone)]
pub(super) struct Person {
    pub(super) keys: KeySet,
    pub(super) guardians: Option<Guardians>,
    /// Guardians before them: until when, and whether all of them must agree.
    pub(super) former: Option<(Guardians, u64, bool)>,
    pub(super) recovery: Option<Recovery>,
    /// Changes of keys: the operations or the time they came after, and from when on they end
    /// grants.
    pub(super) changes: Vec<(Change, u64)>,
}

#[derive(Clone)]
pub(super) struct Recovery {
    pub(super) effective: u64,
    pub(super) keys: KeySet,
    pub(super) guardians: Guardians,
    pub(super) former: bool,
    pub(super) from: u64,
}

#[derive(Clone, Copy)]
pub(super) enum Change {
    /// By the operation of this number.
    Rotation(u64),
    /// By guardians, at this time.
    Recovery(u64),
}

/// When something was granted: the time, and the number of the operation.
#[derive(Clone, Copy)]
pub(super) struct Granted {
    pub(super) time: u64,
    pub(super) number: u64,
}

impl Model {
    pub(super) fn register(&mut self, act: &Register, case: &mut Case<'_>) -> Verdict {
        case.signs_with(&act.keys.keys)?;
        let (keys, guardians) = (act.keys.clone(), act.guardians.clone());
        let (former, recovery, changes) = (None, None, Vec::new());
        let person = Person { keys, guardians, former, recovery, changes };
        self.people.insert(case.id, person);
        case.no_strangers()
    }

    pub(super) fn keys_of(&self, id: &Hash, now: u64) -> Result<KeySet, &'static str> {
        let person = self.people.get(id).ok_or("nobody")?;
        Ok(person.clone().at(now).keys)
    }

    pub(super) fn granted(&self, case: &Case<'_>) -> Granted {
        Granted { time: case.now, number: self.seen.len() as u64 }
    }

    /// Whether somebody's later keys still stand by what he granted.
    pub(super) fn stands_by(&self, id: &Hash, granted: Granted, now: u64) -> bool {
        let Some(person) = self.people.get(id) else { return false };
        person.clone().at(now).changes.iter().all(|(change, from)| {
            let before = match change {
                Change::Rotation(number) => granted.number < *number,
                Change::Recovery(time) => granted.time < *time,
            };
            !before || granted.time < *from
        })
    }

    /// Whether two principals share a key, also by way of others of the list.
    pub(super) fn are_one(&self, one: &Hash, other: &Hash, among: &[Hash], now: u64) -> bool {
        let mut together = BTreeSet::from([*one]);
        for _ in among {
            for id in among {
                let Ok(keys) = self.keys_of(id, now) else { continue };
                let shares = together.iter().any(|known| {
                    self.keys_of(known, now)
                        .is_ok_and(|k| k.keys.iter().any(|k| keys.keys.contains(k)))
                });
                if shares {
                    together.insert(*id);
                }
            }
        }
        together.contains(other)
    }

    /// How many of a list are different people.
    pub(super) fn different(&self, list: &[Hash], now: u64) -> usize {
        let first = |at: &usize| (0..*at).all(|b| !self.are_one(&list[b], &list[*at], list, now));
        (0..list.len()).filter(first).count()
    }

    fn rotate(&mut self, act: &Rotate, case: &mut Case<'_>) -> Verdict {
        case.signs_with(&act.keys.keys)?;
        let from = act.keep_before.map_or(0, |time| time.0);
        ensure(from <= case.now, "kept too late")?;
        let number = self.seen.len() as u64;
        let mut person = self.people[&case.actor].clone().at(case.now);
        let answered = person.recovery.as_ref().is_some_and(|r| !r.former);
        let changed = act.guardians != person.guardians;
        match person.guardians.clone() {
            _ if person.formers(case.now).is_some() => {}
            Some(before) if answered || changed => {
                let until = case.now + before.delay_ms.max(30 * 24 * 60 * 60 * 1000);
                person.former = Some((before, until, answered));
            }
            _ => person.former = None,
        }
        if answered {
            person.recovery = None;
        }
        person.guardians = act.guardians.clone();
        person.keys = act.keys.clone();
        person.changes.push((Change::Rotation(number), from));
        self.people.insert(case.actor, person);
        Ok(())
    }

    fn recover(&mut self, act: &Recover, case: &mut Case<'_>) -> Verdict {
        case.signs_with(&act.keys.keys)?;
        case.apart(&act.principal, &act.keys.keys)?;
        let from = act.keep_before.map_or(0, |time| time.0);
        ensure(from <= case.now, "kept too late")?;
        let person = self.people.get(&act.principal).ok_or("nobody")?;
        let mut person = person.clone().at(case.now);
        let former = person.formers(case.now).map(|(guardians, all)| {
            let all = all.then_some(guardians.principals.len());
            let needed = all.unwrap_or(usize::from(guardians.threshold));
            (guardians, needed, true)
        });
        let present = person.guardians.clone().map(|guardians| {
            let needed = usize::from(guardians.threshold);
            (guardians, needed, false)
        });
        let mut chosen = None;
        for (guardians, needed, former) in former.into_iter().chain(present) {
            if chosen.is_none()
                && guardians.principals.contains(&case.actor)
                && self.agreeing(&guardians, &act.keys, case)? >= needed
            {
                chosen = Some((guardians, former));
            }
        }
        let (guardians, former) = chosen.ok_or("too few guardians")?;
        let stands = person.recovery.as_ref().is_some_and(|r| r.former);
        ensure(former || !stands, "former guardians are at it")?;
        let effective = case.now + guardians.delay_ms;
        let keys = act.keys.clone();
        person.recovery = Some(Recovery { effective, keys, guardians, former, from });
        self.people.insert(act.principal, person);
        Ok(())
    }

    pub(super) fn people(&mut self, act: &Act, case: &mut Case<'_>) -> Verdict {
        match act {
            Act::PrincipalRotate(act) => self.rotate(act, case),
            Act::PrincipalRecover(act) => self.recover(act, case),
            Act::MandateGrant(act) => self.grant(act, case),
            Act::MandateRevoke(act) => {
                let trust = self.trusts.get_mut(&act.mandate).ok_or("no such mandate")?;
                ensure([trust.granter, trust.principal].contains(&case.actor), "not his")?;
                trust.revoked = true;
                Ok(())
            }
            Act::RoleAttest(act) => {
                ensure(self.people.contains_key(&act.subject), "nobody")?;
                ensure(act.subject != case.actor && act.subject != case.hand, "himself")?;
                ensure(act.expires.0 > case.now, "ended")?;
                let license = License {
                    issuer: case.actor,
                    subject: act.subject,
                    expires: act.expires.0,
                    revoked: false,
                    granted: self.granted(case),
                };
                self.licenses.push((case.id, license));
                self.list(&act.subject, &case.actor, case.now);
                Ok(())
            }
            Act::RoleRevoke(act) => {
                let found = self.licenses.iter_mut().find(|(id, _)| *id == act.attestation);
                let (_, license) = found.ok_or("no such attestation")?;
                ensure(license.issuer == case.actor, "of another issuer")?;
                license.revoked = true;
                Ok(())
            }
            _ => Err("not about people"),
        }
    }

    /// How many guardians who are different people agree, none of whom has the new keys.
    pub(super) fn agreeing(
        &self,
        guardians: &Guardians,
        new: &KeySet,
        case: &mut Case<'_>,
    ) -> Result<usize, &'static str> {
        let mut agree = Vec::new();
        for guard in &guardians.principals {
            let keys = self.keys_of(guard, case.now)?;
            if case.signs(&keys).is_ok() {
                ensure(keys.keys.iter().all(|key| !new.keys.contains(key)), "a guardian's key")?;
                agree.push(*guard);
            }
        }
        Ok(self.different(&agree, case.now))
    }

    /// The keepers who can sign for somebody, and how many of them must; nothing if none must.
    pub(super) fn keepers_behind(&self, id: &Hash, now: u64) -> Option<(Vec<PublicKey>, usize)> {
        let keys = self.keys_of(id, now).ok()?;
        let (mut keepers, others): (Vec<_>, Vec<_>) =
            keys.keys.iter().copied().partition(|key| self.keeping.is_owner(key));
        keepers.sort_unstable();
        let least = usize::from(keys.threshold).checked_sub(others.len())?;
        (least > 0).then_some((keepers, least))
    }

    /// The keepers behind the last word of an issuer about somebody, if it still holds.
    pub(super) fn keepers_of(
        &self,
        issuer: &Hash,
        subject: &Hash,
        now: u64,
    ) -> Option<(Vec<PublicKey>, usize)> {
        let about = |license: &&License| license.issuer == *issuer && license.subject == *subject;
        let last = self.licenses.iter().map(|(_, license)| license).rfind(about)?;
        if last.revoked || last.expires <= now || !self.stands_by(issuer, last.granted, now) {
            return None;
        }
        self.keepers_behind(issuer, now)
    }

    pub(super) fn list(&mut self, subject: &Hash, issuer: &Hash, now: u64) {
        let Some(own) = self.keepers_of(issuer, subject, now) else { return };
        let mut list = self.listed.get(subject).cloned().unwrap_or_default();
        list.retain(|known| {
            let theirs = self.keepers_of(known, subject, now);
            known != issuer && theirs.is_some_and(|theirs| theirs != own)
        });
        list.push(*issuer);
        self.listed.insert(*subject, list);
    }

    pub(super) fn grant(&mut self, act: &Grant, case: &Case<'_>) -> Verdict {
        ensure(self.people.contains_key(&act.to), "nobody")?;
        ensure(act.expires.0 > case.now, "ended")?;
        ensure(act.expires.0 <= case.now + 366 * 24 * 60 * 60 * 1000, "too long")?;
        ensure(!act.acts.is_empty(), "no acts")?;
        let mut principal = case.actor;
        if let Some(id) = act.parent {
            let parent = self.trusts.get(&id).ok_or("no such mandate")?;
            ensure(parent.grant.to == case.actor, "mandate of another")?;
            ensure(act.acts.iter().all(|name| parent.grant.acts.contains(name)), "wider acts")?;
            ensure(act.expires <= parent.grant.expires, "longer")?;
            ensure(act.onward < parent.grant.onward, "further")?;
            let (mine, theirs) = (&act.limits, &parent.grant.limits);
            let narrow = |mine: Option<u64>, theirs: Option<u64>| {
                mine.unwrap_or(u64::MAX) <= theirs.unwrap_or(u64::MAX)
            };
            ensure(narrow(mine.operations, theirs.operations), "more often")?;
            ensure(narrow(mine.quantity, theirs.quantity), "more goods")?;
            ensure(narrow(mine.amount_minor, theirs.amount_minor), "more money")?;
            principal = parent.principal;
            let mut above = Some(id);
            while let Some(id) = above {
                let trust = self.trusts.get(&id).ok_or("no such mandate")?;
                ensure(!trust.revoked && trust.grant.expires.0 > case.now, "mandate ended")?;
                ensure(self.stands_by(&trust.granter, trust.granted, case.now), "void")?;
                above = trust.grant.parent;
            }
        }
        let (operations, goods, money) = (0, 0, 0);
        let (granter, grant) = (case.actor, act.clone());
        let (revoked, granted) = (false, self.granted(case));
        let trust = Trust { principal, granter, grant, operations, goods, money, revoked, granted };
        self.trusts.insert(case.id, trust);
        Ok(())
    }

    /// Whether more keepers than a third say that he may hide records.
    pub(super) fn is_the_law(&self, id: &Hash, now: u64) -> bool {
        let list = self.listed.get(id).cloned().unwrap_or_default();
        let mut behind: Vec<_> =
            list.iter().filter_map(|issuer| self.keepers_of(issuer, id, now)).collect();
        // Those of whom nobody may have been silent come first, then the larger ones.
        behind.sort_by_key(|(keepers, least)| (keepers.len() - least, usize::MAX - least));
        let (mut sum, mut seen) = (0, BTreeSet::new());
        for (keepers, least) in behind {
            let known = keepers.iter().filter(|key| seen.contains(*key)).count();
            sum += least.saturating_sub(known);
            seen.extend(keepers);
        }
        sum > (self.keeping.now.len() - 1) / 3
    }
}

impl Person {
    /// The same once a recovery that is due has been carried out.
    pub(super) fn at(mut self, now: u64) -> Person {
        if self.recovery.as_ref().is_none_or(|recovery| recovery.effective > now) {
            return self;
        }
        let recovery = self.recovery.take().unwrap();
        self.keys = recovery.keys;
        self.guardians = Some(recovery.guardians);
        self.changes.push((Change::Recovery(recovery.effective), recovery.from));
        if recovery.former {
            self.former = None;
        }
        self
    }

    /// Guardians before the present ones who still have a say, and whether all must agree.
    pub(super) fn formers(&self, now: u64) -> Option<(Guardians, bool)> {
        let begun = self.recovery.as_ref().is_some_and(|recovery| recovery.former);
        let (guardians, until, all) = self.former.clone()?;
        (begun || now < until).then_some((guardians, all))
    }
}
