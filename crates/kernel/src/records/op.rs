//! What can be said with records.

use crate::limits;
use crate::network::op::CitedOperation;
use crate::refusal::{Refusal, Refused};
use crate::text;
use crate::units::UnixMillis;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use weal_proof::Hash;

/// A statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Which kind of record.
    pub schema: String,
    /// What is stated, as the schema says.
    pub body: Map<String, Value>,
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred: Option<UnixMillis>,
    /// Hashes of photos, papers and other files kept beside the log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Hash>,
    /// Operations of other networks, cited in this book before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cites: Vec<CitedOperation>,
}

/// What somebody says about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseKind {
    /// Another knows it to be so.
    Corroborate,
    /// Another says it is not so.
    Dispute,
    /// The author gives a better body; the first one stays visible.
    Correct,
    /// The author points to the record that takes its place.
    Supersede,
    /// The author takes it back.
    Withdraw,
    /// A legal authority hides it from view for a time, saying on what basis.
    Hide,
    /// A legal authority ends a hiding, saying why.
    Show,
}

/// A response to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Respond {
    /// The record.
    pub record: Hash,
    /// What is said.
    pub kind: ResponseKind,
    /// Why, in words. Needed to dispute, withdraw, hide (there it is the legal basis) and show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The better body, when correcting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Map<String, Value>>,
    /// The record that takes its place, when superseding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Hash>,
    /// When the hiding ends by itself, when hiding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixMillis>,
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred: Option<UnixMillis>,
    /// Hashes of files kept beside the log.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Hash>,
}

fn check_evidence(place: &str, evidence: &[Hash]) -> Result<(), Refused> {
    if evidence.len() > limits::EVIDENCE {
        return Err(Refusal::TooMany.at(format!("{place}/evidence"), evidence.len()));
    }
    Ok(())
}

fn check_size(place: &str, body: &Map<String, Value>) -> Result<(), Refused> {
    let length = serde_json::to_vec(body).map_or(usize::MAX, |bytes| bytes.len());
    if length > limits::BODY_BYTES {
        return Err(Refusal::TooLong.at(format!("{place}/body"), format!("{length} bytes")));
    }
    Ok(())
}

impl Post {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        text::check_code(&format!("{place}/schema"), &self.schema)?;
        check_evidence(place, &self.evidence)?;
        if self.cites.len() > limits::CITES {
            return Err(Refusal::TooMany.at(format!("{place}/cites"), self.cites.len()));
        }
        check_size(place, &self.body)
    }
}

impl Respond {
    pub(crate) fn check_shape(&self, place: &str) -> Result<(), Refused> {
        use ResponseKind::{Correct, Dispute, Hide, Show, Supersede, Withdraw};
        let needs_reason = matches!(self.kind, Dispute | Withdraw | Hide | Show);
        let fits = (!needs_reason || self.reason.is_some())
            && (self.kind == Correct) == self.body.is_some()
            && (self.kind == Supersede) == self.by.is_some()
            && (self.kind == Hide) == self.until.is_some();
        if !fits {
            return Err(Refusal::WrongResponse.at(place, "reason, body, by or until"));
        }
        let reason = format!("{place}/reason");
        text::check_optional(&reason, self.reason.as_ref(), limits::LONG_TEXT_CHARS)?;
        check_evidence(place, &self.evidence)?;
        self.body.as_ref().map_or(Ok(()), |body| check_size(place, body))
    }
}
