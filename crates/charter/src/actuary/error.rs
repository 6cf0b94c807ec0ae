//! Why the actuary gives no answer: one variant for each reason, with its way out.

use std::fmt;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActuaryError {
    /// A result lies beyond 128 bits.
    Overflow,
    /// Something is divided by zero.
    DivisionByZero,
    /// A number lies outside what the formula means anything for.
    OutOfRange {
        /// Which number.
        what: &'static str,
    },
    /// A text is not a decimal number with at most 15 places.
    NotANumber {
        /// The text.
        text: String,
    },
    /// A line of a life table cannot be read.
    Line {
        /// The line, the first being 1.
        line: usize,
        /// What is wrong there.
        why: &'static str,
    },
    /// A life table does not say in its first line where it comes from.
    NoSource,
    /// An age lies outside the life table.
    Age {
        /// The age.
        age: u32,
    },
    /// A size is above its limit.
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// Two lists that go year by year have different lengths.
    LengthsDiffer,
}

impl fmt::Display for ActuaryError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overflow => {
                write!(to, "A result is beyond 128 bits; use larger units or fewer years.")
            }
            Self::DivisionByZero => {
                write!(to, "Something is divided by zero; give a number other than zero.")
            }
            Self::OutOfRange { what } => {
                write!(to, "The {what} is outside what the formula means; correct it.")
            }
            Self::NotANumber { text } => {
                write!(to, "\"{text}\" is no decimal number; write it as 0.0125.")
            }
            Self::Line { line, why } => write!(to, "Line {line} of the life table: {why}."),
            Self::NoSource => {
                write!(to, "The life table has no source; name it in a first line after #.")
            }
            Self::Age { age } => {
                write!(to, "Age {age} is not in the life table; use a table that holds it.")
            }
            Self::TooMany { what, limit } => {
                write!(to, "There are too many {what}; give at most {limit}.")
            }
            Self::LengthsDiffer => {
                write!(to, "Two yearly lists differ in length; give one entry for each year.")
            }
        }
    }
}

impl std::error::Error for ActuaryError {}

/// An answer or the reason why there is none.
pub(crate) type Answer<T> = Result<T, ActuaryError>;

/// Refuses a size above its limit.
pub(crate) fn at_most(what: &'static str, count: u32, limit: u32) -> Answer<()> {
    if count > limit {
        return Err(ActuaryError::TooMany { what, limit: u64::from(limit) });
    }
    Ok(())
}

/// Refuses a list of years above the limit.
pub(crate) fn years_of<T>(list: &[T]) -> Answer<u32> {
    let years = u32::try_from(list.len()).unwrap_or(u32::MAX);
    at_most("years", years, super::limits::YEARS_MAX)?;
    Ok(years)
}
