//! What each act with records demands and changes.

use super::op::{Post, Respond, ResponseKind};
use super::state::{Record, Stance, Status};
use crate::machine::Context;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, keys};
use serde_json::{Map, Value};
use weal_proof::Hash;

/// The role whose holders may hide records.
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

/// A record that counts: known, and neither withdrawn, superseded nor hidden.
pub(crate) fn open_record(place: &str, id: &Hash, draft: &Draft<'_>) -> Result<Record, Refused> {
    let record: Option<Record> = draft.get(&keys::record(id));
    let record = record.ok_or_else(|| Refusal::UnknownRecord.at(place, id))?;
    match record.status {
        Status::Open => Ok(record),
        closed => Err(Refusal::RecordClosed.at(place, format!("{closed:?}"))),
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
        let closed = match self.kind {
            ResponseKind::Hide => record.status == Status::Hidden,
            _ => record.status != Status::Open,
        };
        if closed {
            return Err(Refusal::RecordClosed.at(place, format!("{:?}", record.status)));
        }
        let own = record.author == at.actor;
        match self.kind {
            ResponseKind::Corroborate | ResponseKind::Dispute
                if own || record.author == at.signer =>
            {
                return Err(Refusal::OwnRecord.at(place, self.record));
            }
            ResponseKind::Corroborate | ResponseKind::Dispute => {
                self.take_stance(&mut record, at, draft)?;
            }
            ResponseKind::Hide => self.check_legal_basis(own, at, draft)?,
            _ if !own => return Err(Refusal::NotTheAuthor.at(place, at.actor)),
            ResponseKind::Correct | ResponseKind::Supersede | ResponseKind::Withdraw => {}
        }
        self.change(&mut record, at, draft)?;
        draft.put(key, &record);
        Ok(())
    }

    fn change(&self, record: &mut Record, at: &Context, draft: &Draft<'_>) -> Result<(), Refused> {
        match self.kind {
            ResponseKind::Correct => {
                let body = self.body.clone().unwrap_or_default();
                check_body(&record.schema, "/act/record.respond/body", &body, draft)?;
                record.head = at.id;
                (record.corroborated, record.disputed) = (0, 0);
            }
            ResponseKind::Supersede => {
                let (place, by) = ("/act/record.respond/by", self.by.unwrap_or(Hash::ZERO));
                let successor = open_record(place, &by, draft)?;
                if successor.author != record.author || by == self.record {
                    return Err(Refusal::UnknownRecord.at(place, by));
                }
                record.status = Status::Superseded;
                record.superseded_by = Some(by);
            }
            ResponseKind::Withdraw => record.status = Status::Withdrawn,
            ResponseKind::Hide => record.status = Status::Hidden,
            ResponseKind::Corroborate | ResponseKind::Dispute => {}
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

    fn check_legal_basis(&self, own: bool, at: &Context, draft: &Draft<'_>) -> Result<(), Refused> {
        if own || draft.has_role(&at.actor, LEGAL_AUTHORITY, at.now) {
            return Ok(());
        }
        Err(Refusal::NoLegalBasis.at("/act/record.respond/kind", at.actor))
    }
}
