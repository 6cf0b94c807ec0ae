//! A charter's life: published, reviewed, attested, locked or taken back; parameters and brake.

use super::op::{Attest, Lock, Publish, PullBrake, Remark, Review, SetParameter, Withdraw};
use super::room::Room;
use super::state::{Entry, Moment, Stage};
use crate::limits;
use crate::machine::Context;
use crate::principals::parties::Crowd;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, keys};
use crate::units::UnixMillis;
use weal_charter::Charter;
use weal_charter::model::{Actor, Proof};
use weal_charter::number::{Rounding, mul_div};
use weal_charter::run::Run;
use weal_proof::Hash;

impl Publish {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.publish";
        draft.meter().proof(&self.text);
        let charter = Charter::load(&self.text)
            .map_err(|fault| Refusal::BadCharter.at(format!("{place}/text"), fault))?;
        if !draft.has(&keys::principal(&self.issuer)) {
            return Err(Refusal::UnknownPrincipal.at(format!("{place}/issuer"), self.issuer));
        }
        let named = self.holders(place, &charter, draft)?;
        let text = Hash::of(&[self.text.as_bytes()]);
        let published = Entry::published(&charter, text, (at.actor, self.issuer), at.now);
        let entry = Entry { named, ..published };
        draft.put(keys::charter(&at.id), &entry);
        draft.put(keys::charter_text(&at.id), &self.text);
        Ok(())
    }

    /// Everybody who was named for a role, and a holder at least for each that needs one.
    fn holders(
        &self,
        place: &str,
        charter: &Charter,
        draft: &Draft<'_>,
    ) -> Result<Vec<Vec<Hash>>, Refused> {
        let wrong = |name: &str, found: &str| {
            Err(Refusal::WrongParties.at(format!("{place}/roles/{name}"), found))
        };
        for (name, holders) in &self.roles {
            let role = charter.roles.iter().find(|role| role.name == *name);
            if role.is_none_or(|role| role.proof != Proof::Named) {
                return wrong(name, "the text names no holders of such a role");
            }
            if let Some(holder) = holders.iter().find(|who| !draft.has(&keys::principal(who))) {
                return Err(Refusal::UnknownPrincipal.at(format!("{place}/roles/{name}"), holder));
            }
        }
        let mut named = Vec::with_capacity(charter.roles.len());
        for role in &charter.roles {
            let holders = self.roles.get(&role.name).cloned().unwrap_or_default();
            if role.proof == Proof::Named && holders.is_empty() {
                return wrong(&role.name, "name its holders");
            }
            named.push(holders);
        }
        Ok(named)
    }
}

/// The charter, if it is under review.
fn under_review(place: &str, id: &Hash, draft: &Draft<'_>) -> Result<Room, Refused> {
    let room = Room::enter(place, id, draft)?;
    match room.entry.stage {
        Stage::Review => Ok(room),
        stage => Err(Refusal::WrongStage.at(format!("{place}/charter"), format!("{stage:?}"))),
    }
}

impl Review {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.review";
        let mut room = under_review(place, &self.charter, draft)?;
        match &self.remark {
            Remark::Question { .. } => {
                room.entry.review.questions = room.entry.review.questions.saturating_add(1);
            }
            Remark::Answer { to, .. } => {
                if !draft.has(&keys::operation(to)) {
                    return Err(Refusal::UnknownRecord.at(format!("{place}/remark/to"), to));
                }
            }
            Remark::Defect { rule, inputs, gives, .. } => {
                let place = format!("{place}/remark");
                // A defect sends auditors back; it must not keep a text from being locked for ever.
                if at.now >= room.entry.published.plus_days(room.charter.review_days.max(1)) {
                    return Err(Refusal::WrongStage.at(place, "the review is over"));
                }
                let names = room.charter.program.rules.iter().map(|rule| &rule.name);
                let number = Room::find(&format!("{place}/rule"), rule, names)?;
                let inputs: Vec<i128> = inputs.iter().map(|input| i128::from(*input)).collect();
                let mut run = Run::new(&room.charter.program);
                let found = run.call(number, &inputs);
                draft.meter().steps(run.steps());
                let found = found.map_err(|fault| fault.to_string());
                if found != Ok(i128::from(*gives)) {
                    let found = found.map_or_else(|fault| fault, |found| found.to_string());
                    return Err(Refusal::DefectNotShown.at(place, format!("it gives {found}")));
                }
                let said = keys::said(&self.charter, &at.actor);
                if draft.has(&said) {
                    return Err(Refusal::SaidBefore.at(place, "one defect by one principal"));
                }
                draft.put(said, &at.id);
                room.entry.review.defects = room.entry.review.defects.saturating_add(1);
                room.entry.review.auditors.clear();
            }
        }
        room.leave(draft);
        Ok(())
    }
}

impl Attest {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.attest";
        let mut room = under_review(place, &self.charter, draft)?;
        if self.text != room.entry.text {
            return Err(Refusal::WrongText.at(format!("{place}/text"), room.entry.text));
        }
        if room.entry.author == at.actor || room.entry.author == at.signer {
            return Err(Refusal::SelfAttested.at(place, "the author is no auditor of his text"));
        }
        if room.entry.review.auditors.contains(&at.actor) {
            return Err(Refusal::SaidBefore.at(place, at.actor));
        }
        if room.entry.review.auditors.len() >= limits::AUDITORS {
            return Err(Refusal::TooMany.at(place, room.entry.review.auditors.len()));
        }
        room.entry.review.auditors.push(at.actor);
        room.leave(draft);
        Ok(())
    }
}

impl Room {
    /// Auditors who stand for the text: those who share a key count once, and those who share one
    /// with the author do not count.
    fn audits(&self, now: UnixMillis, draft: &Draft<'_>) -> u64 {
        let mut crowd = Crowd::default();
        let auditors = &self.entry.review.auditors;
        let all = crowd.count(auditors.iter().chain([&self.entry.author]), now, draft);
        u64::try_from(all.saturating_sub(1)).unwrap_or(u64::MAX)
    }
}

impl Lock {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.lock/charter";
        let mut room = under_review("/act/charter.lock", &self.charter, draft)?;
        let over = room.entry.published.plus_days(room.charter.review_days);
        if at.now < over {
            let days = at.now.days_until(over);
            return Err(Refusal::CannotLock.at(place, format!("{days} days of review are left")));
        }
        let audits = room.audits(at.now, draft);
        if audits < room.charter.audits {
            let found =
                format!("{audits} of {} auditors since the last defect", room.charter.audits);
            return Err(Refusal::CannotLock.at(place, found));
        }
        room.entry.stage = Stage::Running;
        room.entry.locked = Some(at.now);
        room.entry.calendar.month = Moment::of(at.now).month;
        room.leave(draft);
        Ok(())
    }
}

impl Withdraw {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.withdraw";
        let mut room = under_review(place, &self.charter, draft)?;
        if room.entry.author != at.actor {
            return Err(Refusal::NotForYou.at(place, "only the author takes a text back"));
        }
        room.entry.stage = Stage::Withdrawn;
        room.leave(draft);
        Ok(())
    }
}

impl SetParameter {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.set";
        let mut room = Room::enter_running(place, &self.charter, draft)?;
        let names = room.charter.parameters.iter().map(|parameter| &parameter.name);
        let number = Room::find(&format!("{place}/parameter"), &self.parameter, names)?;
        let Some(parameter) = room.charter.parameters.get(number) else { return Ok(()) };
        room.need(place, &[Actor::Role(parameter.set_by)], None, (at, draft))?;
        let place = format!("{place}/value");
        let (low, high) = (parameter.low, parameter.high);
        let value = i128::from(self.value);
        if value < low || value > high {
            return Err(Refusal::OutOfRange.at(place, format!("{low} to {high}")));
        }
        let Some((before, set)) = room.entry.parameters.get(number).copied() else {
            return Ok(());
        };
        if set.0 > 0 && at.now < set.plus_days(parameter.every_days) {
            let found = format!("every {} days", parameter.every_days);
            return Err(Refusal::ChangedTooMuch.at(place, found));
        }
        if let Some(permille) = parameter.change_permille {
            let before = i128::from(before);
            let most = mul_div(before.saturating_abs(), permille, 1000, Rounding::Floor);
            let change = value.saturating_sub(before).saturating_abs();
            if change > most.unwrap_or(0) {
                let found = format!("{before} changes by at most {}", most.unwrap_or(0));
                return Err(Refusal::ChangedTooMuch.at(place, found));
            }
        }
        if let Some(entry) = room.entry.parameters.get_mut(number) {
            *entry = (self.value, at.now);
        }
        room.leave(draft);
        Ok(())
    }
}

impl PullBrake {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/charter.brake";
        let mut room = Room::enter_running(place, &self.charter, draft)?;
        let number = room.flow(place, &self.flow)?;
        let brake = room.charter.brake.clone().filter(|brake| brake.flows.contains(&number));
        let Some(brake) = brake else {
            let found = "the text lets nobody delay this flow";
            return Err(Refusal::UnknownName.at(format!("{place}/flow"), found));
        };
        room.need(place, &[Actor::Role(brake.by)], None, (at, draft))?;
        let used = room.entry.brake_days.saturating_add(self.days);
        if used > brake.days {
            let left = brake.days.saturating_sub(room.entry.brake_days);
            return Err(Refusal::BrakeUsedUp.at(format!("{place}/days"), format!("{left} left")));
        }
        room.entry.brake_days = used;
        if let Some(state) = room.entry.flows.get_mut(number) {
            let from = state.braked.unwrap_or(at.now).max(at.now);
            state.braked = Some(from.plus_days(self.days));
        }
        room.leave(draft);
        Ok(())
    }
}
