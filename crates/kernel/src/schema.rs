//! The rules document: which kinds of records there are, and how their bodies look.
//!
//! The kernel knows no kind of record by name; services bring the schemas, genesis fixes them.

use crate::limits;
use crate::refusal::{Refusal, Refused};
use crate::text;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use weal_proof::Hash;

/// Schemas of all records, fixed in genesis by their hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Always `commonweal-rules-v1`.
    pub format: String,
    /// One for each kind of record.
    pub schemas: Vec<Schema>,
    /// How newcomers come in; without it anybody registers without anybody's help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admission: Option<Admission>,
}

/// How newcomers come in: an institution that keeps the book signs their registration too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admission {
    /// How many each institution may bring in within a day (UTC).
    pub newcomers_per_day: u64,
}

/// One kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schema {
    /// Its code, such as `need`.
    pub name: String,
    /// What it is for, in one sentence.
    pub about: String,
    /// The members of its body.
    pub fields: Vec<Field>,
}

/// One member of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Whether it may be left out.
    #[serde(default)]
    pub optional: bool,
    /// What stands there.
    pub kind: Kind,
}

/// What a member holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Kind {
    /// Public text of at most so many characters.
    Text(usize),
    /// A whole number within bounds.
    Whole {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Yes or no.
    Flag,
    /// Milliseconds since 1970.
    Time,
    /// The id of a principal, record, operation or file.
    Id,
    /// A short code such as an item's.
    Code,
    /// One of these words.
    Choice(Vec<String>),
    /// Names by language.
    Names,
    /// Up to 64 values of one kind.
    List(Box<Kind>),
    /// Members inside a member.
    Group(Vec<Field>),
    /// An object with exactly one of these members.
    OneOf(Vec<Field>),
}

/// The format this code reads.
pub const FORMAT: &str = "commonweal-rules-v1";

impl Rules {
    /// The exact text whose hash stands in genesis.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Hash of that text.
    pub fn hash(&self) -> Hash {
        Hash::of(&[&self.to_bytes()])
    }

    /// The schema of this name.
    pub fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name == name)
    }
}

impl Schema {
    /// Accepts a body or says which member does not fit.
    pub fn check(&self, place: &str, body: &Map<String, Value>) -> Result<(), Refused> {
        check_group(place, &self.fields, body)
    }
}

fn check_group(place: &str, fields: &[Field], body: &Map<String, Value>) -> Result<(), Refused> {
    for name in body.keys() {
        if !fields.iter().any(|field| field.name == *name) {
            return Err(Refusal::BodyMismatch.at(format!("{place}/{name}"), "unknown member"));
        }
    }
    for field in fields {
        let place = format!("{place}/{}", field.name);
        match body.get(&field.name) {
            Some(value) => field.kind.check(&place, value)?,
            None if field.optional => {}
            None => return Err(Refusal::BodyMismatch.at(place, "missing")),
        }
    }
    Ok(())
}

impl Kind {
    fn check(&self, place: &str, value: &Value) -> Result<(), Refused> {
        let mismatch = |expected: &str| Err(Refusal::BodyMismatch.at(place, expected));
        match (self, value) {
            (Kind::Text(chars), Value::String(text)) => text::check(place, text, *chars),
            (Kind::Whole { min, max }, value) => match value.as_i64() {
                Some(n) if (*min..=*max).contains(&n) => Ok(()),
                _ => mismatch(&format!("expected a whole number from {min} to {max}")),
            },
            (Kind::Flag, Value::Bool(_)) => Ok(()),
            (Kind::Time, value) if value.as_u64().is_some() => Ok(()),
            (Kind::Id, Value::String(text)) if text.parse::<Hash>().is_ok() => Ok(()),
            (Kind::Code, Value::String(text)) => text::check_code(place, text),
            (Kind::Choice(words), Value::String(word)) if words.contains(word) => Ok(()),
            (Kind::Choice(words), _) => mismatch(&format!("expected one of {}", words.join(", "))),
            (Kind::Names, Value::Object(names)) => check_names(place, names),
            (Kind::List(kind), Value::Array(values)) if values.len() <= limits::LIST => values
                .iter()
                .enumerate()
                .try_for_each(|(at, value)| kind.check(&format!("{place}/{at}"), value)),
            (Kind::List(_), Value::Array(values)) => Err(Refusal::TooMany.at(place, values.len())),
            (Kind::Group(fields), Value::Object(body)) => check_group(place, fields, body),
            (Kind::OneOf(fields), Value::Object(body)) => check_one_of(place, fields, body),
            (kind, _) => mismatch(kind.expectation()),
        }
    }

    fn expectation(&self) -> &'static str {
        match self {
            Kind::Text(_) => "expected a text",
            Kind::Whole { .. } => "expected a whole number",
            Kind::Flag => "expected true or false",
            Kind::Time => "expected milliseconds since 1970",
            Kind::Id => "expected an id of 64 hexadecimal digits",
            Kind::Code => "expected a code",
            Kind::Choice(_) => "expected one of the words",
            Kind::Names => "expected names by language",
            Kind::List(_) => "expected a list",
            Kind::Group(_) | Kind::OneOf(_) => "expected an object",
        }
    }
}

fn check_names(place: &str, names: &Map<String, Value>) -> Result<(), Refused> {
    let names = names
        .iter()
        .map(|(language, name)| Some((language.clone(), name.as_str()?.to_owned())))
        .collect::<Option<_>>()
        .ok_or_else(|| Refusal::BodyMismatch.at(place, "expected names by language"))?;
    text::check_names(place, &names)
}

fn check_one_of(place: &str, fields: &[Field], body: &Map<String, Value>) -> Result<(), Refused> {
    let words = || fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
    let mut members = body.iter();
    let (Some((name, value)), None) = (members.next(), members.next()) else {
        return Err(Refusal::BodyMismatch.at(place, format!("expected one of {}", words())));
    };
    let Some(field) = fields.iter().find(|field| field.name == *name) else {
        return Err(Refusal::BodyMismatch.at(place, format!("expected one of {}", words())));
    };
    field.kind.check(&format!("{place}/{name}"), value)
}

/// A short way to write the schemas that ship.
pub fn field(name: &str, kind: Kind) -> Field {
    Field { name: name.into(), optional: false, kind }
}

/// A member that may be left out.
pub fn optional(name: &str, kind: Kind) -> Field {
    Field { name: name.into(), optional: true, kind }
}
