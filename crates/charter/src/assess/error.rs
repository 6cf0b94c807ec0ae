//! Why there is no assessment: one variant for each reason, with its way out.

use crate::actuary::ActuaryError;
use crate::fault::Fault;
use std::fmt;

/// Why there is no assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssessError {
    /// The situation has no cells.
    Empty,
    /// All cells together hold no case.
    NoCases,
    /// A list does not have an entry for each thing that the charter declares.
    Length {
        /// Which list.
        what: &'static str,
        /// How many entries it needs.
        needed: usize,
        /// How many it has.
        found: usize,
    },
    /// A number lies outside what the charter or the calendar allows.
    Range {
        /// Which number.
        what: String,
    },
    /// There is more of something than can be worked through.
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// A rule failed, which its proof excludes for numbers within their ranges.
    Rule(Fault),
    /// The actuary has no answer.
    Actuary(ActuaryError),
    /// A sum grew beyond 128 bits.
    Overflow,
    /// Money came from nowhere or vanished: a fault of this program.
    NotConserved {
        /// The year of the step.
        year: i128,
        /// Its month, from 0.
        month: u32,
    },
}

impl fmt::Display for AssessError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(to, "The situation has no cells; give at least one."),
            Self::NoCases => write!(to, "No cell holds a case; give at least one case."),
            Self::Length { what, needed, found } => write!(
                to,
                "The list of {what} has {found} entries and needs {needed}, as the charter \
                 declares them."
            ),
            Self::Range { what } => {
                write!(to, "{what} lies outside its range; correct it.")
            }
            Self::TooMany { what, limit } => {
                write!(to, "There are too many {what}; give at most {limit}.")
            }
            Self::Rule(fault) => write!(to, "A rule fails: {fault}"),
            Self::Actuary(error) => error.fmt(to),
            Self::Overflow => write!(to, "A sum is beyond 128 bits; use fewer cases."),
            Self::NotConserved { year, month } => write!(
                to,
                "In month {month} of {year} money came from nowhere or vanished; report this."
            ),
        }
    }
}

impl std::error::Error for AssessError {}

impl From<Fault> for AssessError {
    fn from(fault: Fault) -> Self {
        Self::Rule(fault)
    }
}

impl From<ActuaryError> for AssessError {
    fn from(error: ActuaryError) -> Self {
        Self::Actuary(error)
    }
}

/// An answer or the reason why there is none.
pub(super) type Answer<T> = Result<T, AssessError>;
