//! What is wrong with a text, and where.

use serde::Serialize;
use std::fmt;

/// A place in a text, counted from 1 as editors do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The character in it.
    pub column: u32,
}

/// The kinds of faults; each has a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The text is not of this language.
    Syntax,
    /// Something is too long, too deep or too many.
    Limit,
    /// A name is unknown, taken or not allowed.
    Name,
    /// A number stands where yes or no is needed, or the other way round.
    Type,
    /// A declaration lacks something, or contradicts another.
    Declaration,
    /// A whole number grows beyond 128 bits.
    Overflow,
    /// A division by zero.
    Zero,
    /// A table has no such place.
    Index,
    /// A rule works longer than rules may.
    Steps,
    /// A worked example does not hold, or a rule has none.
    Example,
    /// It cannot be proved that the rules keep to what is declared.
    Unproven,
}

impl Kind {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Syntax => "TEXT-01",
            Kind::Limit => "TEXT-02",
            Kind::Name => "TEXT-03",
            Kind::Type => "TEXT-04",
            Kind::Declaration => "TEXT-05",
            Kind::Overflow => "TEXT-06",
            Kind::Zero => "TEXT-07",
            Kind::Index => "TEXT-08",
            Kind::Steps => "TEXT-09",
            Kind::Example => "TEXT-10",
            Kind::Unproven => "TEXT-11",
        }
    }
}

/// One thing that is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What kind of fault.
    pub kind: Kind,
    /// Where.
    pub place: Place,
    /// What was found, and what to do instead.
    pub reason: String,
}

impl Fault {
    /// A fault at a place.
    pub fn new(kind: Kind, place: Place, reason: impl Into<String>) -> Fault {
        Fault { kind, place, reason: reason.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self.place;
        write!(f, "{}: line {line}, column {column}: {}", self.kind.code(), self.reason)
    }
}

impl std::error::Error for Fault {}

/// The answer, or what is wrong.
pub type Result<T, E = Fault> = std::result::Result<T, E>;
