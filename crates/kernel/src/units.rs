//! A type for every number with a unit, so that packs, minor units and times never mix.

use crate::limits;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Milliseconds of a day.
pub const DAY_MS: u64 = 86_400_000;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct UnixMillis(pub u64);

impl UnixMillis {
    /// This time moved into the future.
    pub fn plus(self, milliseconds: u64) -> UnixMillis {
        UnixMillis(self.0.saturating_add(milliseconds))
    }

    /// This time so many days later.
    pub fn plus_days(self, days: u64) -> UnixMillis {
        self.plus(days.saturating_mul(DAY_MS))
    }

    /// How many days, begun ones counted, lie between this time and a later one.
    pub fn days_until(self, later: UnixMillis) -> u64 {
        later.0.saturating_sub(self.0).div_ceil(DAY_MS)
    }
}

/// A count of packs or base units, or of minor units of money: always of one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(transparent)]
pub struct Quantity(pub u64);

impl Quantity {
    /// Sum, or `None` beyond what a holding can hold.
    pub fn plus(self, other: Quantity) -> Option<Quantity> {
        self.0.checked_add(other.0).filter(|sum| *sum <= limits::MINOR).map(Quantity)
    }

    /// Difference, or `None` below zero.
    pub fn minus(self, other: Quantity) -> Option<Quantity> {
        self.0.checked_sub(other.0).map(Quantity)
    }

    /// Whether nothing is left.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Digits after the point of a currency (ISO 4217).
pub fn currency_digits(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "UGX" | "XAF" | "XOF" | "XPF" | "RWF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// Whether the text is a currency code of three capital letters.
pub fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|c| c.is_ascii_uppercase())
}

/// Reads an amount written exactly as the currency is: `"10.00"` for CNY, `"10"` for JPY.
pub fn parse_amount(text: &str, currency: &str) -> Option<Quantity> {
    let digits = usize::try_from(currency_digits(currency)).ok()?;
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (text, ""),
    };
    let plain = |part: &str| part.bytes().all(|c| c.is_ascii_digit());
    let leading = whole.is_empty() || (whole.len() > 1 && whole.starts_with('0'));
    let point = text.contains('.') != (digits > 0);
    if leading || point || fraction.len() != digits || !plain(whole) || !plain(fraction) {
        return None;
    }
    let minor = format!("{whole}{fraction}").parse::<u64>().ok()?;
    (1..=limits::MINOR).contains(&minor).then_some(Quantity(minor))
}

/// Writes an amount as [`parse_amount`] reads it.
pub fn format_amount(amount: Quantity, currency: &str) -> String {
    let digits = usize::try_from(currency_digits(currency)).unwrap_or(0);
    let text = format!("{:0>width$}", amount.0, width = digits.saturating_add(1));
    if digits == 0 {
        return text;
    }
    let (whole, fraction) = text.split_at(text.len().saturating_sub(digits));
    format!("{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_back_what_they_write() {
        for (text, currency, minor) in
            [("10.00", "CNY", 1000), ("0.05", "USD", 5), ("7", "JPY", 7), ("1.234", "KWD", 1234)]
        {
            assert_eq!(parse_amount(text, currency), Some(Quantity(minor)));
            assert_eq!(format_amount(Quantity(minor), currency), text);
        }
    }

    #[test]
    fn sloppy_amounts_are_refused() {
        let sloppy =
            ["10", "10.0", "010.00", "-1.00", "1e3", "0.00", ".50", "1,000.00", " 1.00", "+1.00"];
        for text in sloppy {
            assert_eq!(parse_amount(text, "CNY"), None, "{text}");
        }
        assert_eq!(parse_amount("10000000000000.01", "CNY"), None);
        assert_eq!(parse_amount("10000000000000.00", "CNY"), Some(Quantity(limits::MINOR)));
    }
}
