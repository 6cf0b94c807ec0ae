//! What each act with records demands and changes.

use super::op::{Post, Respond, ResponseKind};
use super::state::{Hiding, Record, Stance, Status};
use crate::limits;
use crate::machine::Context;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, keys};
use crate::units::UnixMillis;
use serde_json::{Map, Value};
use weal_proof::Hash;

/// The role whose holders may hide records and show them again.
pub const LEGAL_AUTHORITY: &str = "legal-authority";

fn check_body(
    schema: &str,
    place: &str,
    body: &Map<String, Value>,
    draft: &Draft<'_>,
) -> Result<(), Refused> {
    let rules = draft.state().rules();
    let schema = rules
        .schema(schema)
        .ok_or_else(|| Refusal::UnknownSchema.at("/act/record.post/schema", schema))?;
    schema.check(place, body)
}

/// A record that counts: known, and neither withdrawn, superseded nor hidden now.
pub(crate) fn open_record(
    place: &str,
    id: &Hash,
    now: UnixMillis,
    draft: &Draft<'_>,
) -> Result<Record, Refused> {
    let record: Option<Record> = draft.get(&keys::record(id));
    let record = record.ok_or_else(|| Refusal::UnknownRecord.at(place, id))?;
    record.check_open(place)?;
    record.check_shown(place, now)?;
    Ok(record)
}

impl Record {
    /// Its author neither took it back nor put another in its place.
    fn check_open(&self, place: &str) -> Result<(), Refused> {
        match self.status {
            Status::Open => Ok(()),
            closed => Err(Refusal::RecordClosed.at(place, format!("{closed:?}"))),
        }
    }

    fn check_shown(&self, place: &str, now: UnixMillis) -> Result<(), Refused> {
        match self.hiding(now) {
            None => Ok(()),
            Some(hiding) => {
                let found = format!("hidden by {} until {}", hiding.by, hiding.until.0);
                Err(Refusal::RecordClosed.at(place, found))
            }
        }
    }
}

impl Post {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        check_body(&self.schema, "/act/record.post/body", &self.body, draft)?;
        for (at, cited) in self.cites.iter().enumerate() {
            cited.check(&format!("/act/record.post/cites/{at}"), draft)?;
        }
        let record = Record {
            schema: self.schema.clone(),
            author: at.actor,
            status: Status::Open,
            hidden: None,
            head: at.id,
            corroborated: 0,
            disputed: 0,
            superseded_by: None,
        };
        draft.put(keys::record(&at.id), &record);
        Ok(())
    }
}

impl Respond {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/record.respond/record";
        let key = keys::record(&self.record);
        let mut record: Record =
            draft.get(&key).ok_or_else(|| Refusal::UnknownRecord.at(place, self.record))?;
        self.check_right(place, &record, at, draft)?;
        self.change(&mut record, at, draft)?;
        draft.put(key, &record);
        Ok(())
    }

    /// Who may say this about the record as it stands. A hiding keeps words from view; it does not
    /// keep their author from bettering them or taking them back.
    fn check_right(
        &self,
        place: &str,
        record: &Record,
        at: &Context,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        let own = record.author == at.actor;
        match self.kind {
            ResponseKind::Corroborate | ResponseKind::Dispute => {
                record.check_open(place)?;
                record.check_shown(place, at.now)?;
                if own || record.author == at.signer {
                    return Err(Refusal::OwnRecord.at(place, self.record));
                }
                Ok(())
            }
            ResponseKind::Correct | ResponseKind::Supersede | ResponseKind::Withdraw => {
                record.check_open(place)?;
                if own { Ok(()) } else { Err(Refusal::NotTheAuthor.at(place, at.actor)) }
            }
            ResponseKind::Hide => self.check_hide(place, record, at, draft),
            ResponseKind::Show => {
                let hiding = record.hiding(at.now);
                let hiding = hiding.ok_or_else(|| Refusal::NotHidden.at(place, self.record))?;
                check_legal_basis(own && hiding.by == at.actor, at, draft)
            }
        }
    }

    /// Authors hide their own words, a legal authority anybody's; it may do so again, to set
    /// another end or to take over from an author who could show them at will.
    fn check_hide(
        &self,
        place: &str,
        record: &Record,
        at: &Context,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        let until = self.until.unwrap_or_default();
        if until <= at.now || until > at.now.plus(limits::HIDING_MS) {
            return Err(Refusal::HidingEnds.at("/act/record.respond/until", until.0));
        }
        let own = record.author == at.actor;
        check_legal_basis(own && record.hiding(at.now).is_none(), at, draft).map_err(|refused| {
            match record.check_shown(place, at.now) {
                Err(hidden) if own => hidden,
                _ => refused,
            }
        })
    }

    fn change(
        &self,
        record: &mut Record,
        at: &Context,
        draft: &mut Draft<'_>,
    ) -> Result<(), Refused> {
        match self.kind {
            ResponseKind::Correct => {
                let body = self.body.clone().unwrap_or_default();
                check_body(&record.schema, "/act/record.respond/body", &body, draft)?;
                record.head = at.id;
                (record.corroborated, record.disputed) = (0, 0);
            }
            ResponseKind::Supersede => {
                let (place, by) = ("/act/record.respond/by", self.by.unwrap_or(Hash::ZERO));
                let successor = open_record(place, &by, at.now, draft)?;
                if successor.author != record.author || by == self.record {
                    return Err(Refusal::UnknownRecord.at(place, by));
                }
                record.status = Status::Superseded;
                record.superseded_by = Some(by);
            }
            ResponseKind::Withdraw => record.status = Status::Withdrawn,
            ResponseKind::Hide => {
                let until = self.until.unwrap_or_default();
                record.hidden = Some(Hiding { by: at.actor, basis: at.id, until });
            }
            ResponseKind::Show => record.hidden = None,
            ResponseKind::Corroborate | ResponseKind::Dispute => {
                self.take_stance(record, at, draft)?;
            }
        }
        Ok(())
    }

    fn take_stance(
        &self,
        record: &mut Record,
        at: &Context,
        draft: &mut Draft<'_>,
    ) -> Result<(), Refused> {
        let key = keys::stance(&self.record, &at.actor);
        let before: Option<Stance> = draft.get(&key);
        let before = before.filter(|stance| stance.head == record.head);
        if before.is_some_and(|stance| stance.kind == self.kind) {
            return Err(Refusal::SaidBefore.at("/act/record.respond/kind", self.record));
        }
        let (corroborates, disputes) = match self.kind {
            ResponseKind::Corroborate => (1, 0),
            _ => (0, 1),
        };
        if before.is_some() {
            record.corroborated = record.corroborated.saturating_sub(disputes);
            record.disputed = record.disputed.saturating_sub(corroborates);
        }
        record.corroborated = record.corroborated.saturating_add(corroborates);
        record.disputed = record.disputed.saturating_add(disputes);
        draft.put(key, &Stance { kind: self.kind, head: record.head });
        Ok(())
    }
}

fn check_legal_basis(may: bool, at: &Context, draft: &Draft<'_>) -> Result<(), Refused> {
    if may || draft.has_role(&at.actor, LEGAL_AUTHORITY, at.now) {
        return Ok(());
    }
    Err(Refusal::NoLegalBasis.at("/act/record.respond/kind", at.actor))
}
