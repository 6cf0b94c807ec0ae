//! Explains funds: what a charter promises, holds, paid and owes, in words anybody can check.
//!
//! 1. [`Library`] keeps each published text read and proved, because a text never changes.
//! 2. [`Fund`] puts text, state and book side by side; everything else is read off it.
//! 3. [`judge`] makes cells of all cases and asks whether the fund can pay what it promises.
//! 4. [`outlook`] runs the same rules for one case, as if it stood at later ages.
//!
//! Nothing here writes, and nothing decides: the ledger is the only authority on what is paid.

pub mod cases;
pub mod check;
pub mod compare;
pub mod judge;
mod library;
pub mod members;
pub mod outlook;
mod page;
pub mod payments;
mod rules;
mod sight;
pub mod templates;
pub mod view;

pub use library::{Known, Library};

use crate::book::{BookError, Reader};
use crate::view::CharterRow;
use std::sync::Arc;
use weal_charter::Charter;
use weal_kernel::charters::state::{Entry, Moment, Stage};
use weal_kernel::units::{Quantity, UnixMillis, currency_digits, format_amount};
use weal_kernel::{Hash, State};

/// A charter as it stands: its text, its entry in the state, and its row in the book.
pub struct Fund {
    /// Its id.
    pub id: Hash,
    /// As it was published.
    pub row: CharterRow,
    /// What the state keeps of it.
    pub entry: Entry,
    /// Its text, read and proved.
    pub known: Arc<Known>,
}

/// Everything a question about funds is answered from.
pub struct Desk<'a> {
    /// Lists and names.
    pub reader: &'a Reader,
    /// The state after the last final block.
    pub state: &'a State,
    /// Texts that were read before.
    pub library: &'a Library,
    /// Time of the last block.
    pub now: UnixMillis,
    /// Its height.
    pub height: u64,
}

impl Desk<'_> {
    /// A fund by its number, its id, or the beginning of its id.
    pub fn fund(&self, id: &str) -> Result<Option<Fund>, BookError> {
        Ok(self.reader.charter(id)?.and_then(|row| self.open(row)))
    }

    /// A row of the book with what the state has of it; nothing if the state has not got it.
    pub fn open(&self, row: CharterRow) -> Option<Fund> {
        let id: Hash = row.id.parse().ok()?;
        let entry = self.state.charter(&id)?;
        let known = self.library.read(&row.text)?;
        Some(Fund { id, row, entry, known })
    }

    /// The day of the last block, as rules see it.
    pub fn moment(&self) -> Moment {
        Moment::of(self.now)
    }
}

impl Fund {
    /// What the text means.
    pub fn charter(&self) -> &Charter {
        &self.known.proved.charter
    }

    /// Minor units as money with its currency: `12.00 CNY`.
    pub fn money(&self, minor: u64) -> String {
        money(minor, &self.entry.currency)
    }

    /// As [`Fund::money`], for what rules give.
    pub fn money_of(&self, minor: i128) -> String {
        let sign = if minor < 0 { "-" } else { "" };
        let size = u64::try_from(minor.unsigned_abs()).unwrap_or(u64::MAX);
        format!("{sign}{}", money(size, &self.entry.currency))
    }
}

/// Minor units of a currency as money.
pub fn money(minor: u64, currency: &str) -> String {
    format!("{} {currency}", format_amount(Quantity(minor), currency))
}

/// Digits behind the point of a currency.
pub fn digits(currency: &str) -> u32 {
    currency_digits(currency)
}

/// A month counted from the year 0, as `2026-08`.
pub fn month(number: u32) -> String {
    format!("{:04}-{:02}", number / 12, number % 12 + 1)
}

/// Days since 1970-01-01, as `2026-08-11`; nothing for a number that is no day.
pub fn day(number: i128) -> Option<String> {
    let days = i64::try_from(number).ok().filter(|days| (0..=194_000).contains(days))?;
    let date = time::Date::from_julian_day(i32::try_from(days.checked_add(2_440_588)?).ok()?);
    date.ok()
        .map(|date| format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

/// The word for a stage.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Review => "review",
        Stage::Running => "running",
        Stage::Withdrawn => "withdrawn",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_are_told_as_the_calendar_does() {
        assert_eq!(day(20_676).as_deref(), Some("2026-08-11"));
        assert_eq!(day(0).as_deref(), Some("1970-01-01"));
        assert_eq!(day(-1), None);
        assert_eq!(month(2026 * 12 + 7), "2026-08");
        assert_eq!(money(1_250, "CNY"), "12.50 CNY");
    }
}
