//! Numbers with fifteen places behind the point, held as whole numbers and never wrapping.

use super::error::{ActuaryError, Answer};
use super::limits::ROOT_MAX;
use crate::number::{Rounding, mul_div};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Units in one.
const SCALE: i128 = 1_000_000_000_000_000;
/// Places behind the point.
const PLACES: usize = 15;

/// A number as a whole count of 10⁻¹⁵. The scale is chosen so that annuities over a lifetime err by
/// less than 10⁻¹² while money up to 10²³ minor units still fits. Products and quotients pass
/// through 256 bits, so they overflow only if their result does; each rounds once, half to even.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Scaled(i128);

impl Scaled {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(SCALE);
    /// The smallest step, 10⁻¹⁵.
    pub const STEP: Self = Self(1);

    /// A count of 10⁻¹⁵.
    pub const fn from_raw(raw: i128) -> Self {
        Self(raw)
    }

    /// The count of 10⁻¹⁵.
    pub const fn raw(self) -> i128 {
        self.0
    }

    /// A whole number.
    pub fn whole(number: i128) -> Answer<Self> {
        number.checked_mul(SCALE).map(Self).ok_or(ActuaryError::Overflow)
    }

    /// A small count, which always fits.
    pub fn count(number: u32) -> Self {
        Self(i128::from(number).saturating_mul(SCALE))
    }

    /// `numerator / denominator`.
    pub fn ratio(numerator: i128, denominator: i128) -> Answer<Self> {
        Self(numerator).over(Self(denominator))
    }

    /// The nearest whole number by the named rounding.
    pub fn to_whole(self, rounding: Rounding) -> Answer<i128> {
        mul_div(self.0, 1, SCALE, rounding).ok_or(ActuaryError::Overflow)
    }

    /// The sum.
    pub fn plus(self, other: Self) -> Answer<Self> {
        self.0.checked_add(other.0).map(Self).ok_or(ActuaryError::Overflow)
    }

    /// The difference.
    pub fn minus(self, other: Self) -> Answer<Self> {
        self.0.checked_sub(other.0).map(Self).ok_or(ActuaryError::Overflow)
    }

    /// The product.
    pub fn times(self, other: Self) -> Answer<Self> {
        product_quotient(self.0, other.0, SCALE).map(Self).ok_or(ActuaryError::Overflow)
    }

    /// The product with a whole number, without rounding.
    pub fn times_whole(self, factor: i128) -> Answer<Self> {
        self.0.checked_mul(factor).map(Self).ok_or(ActuaryError::Overflow)
    }

    /// The quotient.
    pub fn over(self, other: Self) -> Answer<Self> {
        if other.0 == 0 {
            return Err(ActuaryError::DivisionByZero);
        }
        product_quotient(self.0, SCALE, other.0).map(Self).ok_or(ActuaryError::Overflow)
    }

    /// The power with a whole exponent, by squaring.
    pub fn power(self, exponent: u32) -> Answer<Self> {
        let (mut result, mut base, mut left) = (Self::ONE, self, exponent);
        while left > 0 {
            if left % 2 == 1 {
                result = result.times(base)?;
            }
            left /= 2;
            if left > 0 {
                base = base.times(base)?;
            }
        }
        Ok(result)
    }

    /// The root of a whole degree of a number not below zero, found by halving: the greatest number
    /// whose power, as [`Scaled::power`] computes it, is not above this one. It is within two steps
    /// for numbers near one and above; roots of very small numbers keep fewer places.
    pub fn root(self, degree: u32) -> Answer<Self> {
        if degree == 0 || degree > ROOT_MAX {
            return Err(ActuaryError::OutOfRange { what: "degree of a root" });
        }
        if self < Self::ZERO {
            return Err(ActuaryError::OutOfRange { what: "number under a root" });
        }
        if self == Self::ZERO {
            return Ok(self);
        }
        let fits = |candidate: Self| match candidate.power(degree) {
            Ok(power) => Ok(power <= self),
            Err(ActuaryError::Overflow) => Ok(false),
            Err(other) => Err(other),
        };
        let (mut low, mut high) = (Self::ZERO, self.max(Self::ONE));
        if fits(high)? {
            return Ok(high);
        }
        while high.minus(low)? > Self::STEP {
            let middle = low.middle(high)?;
            if fits(middle)? { low = middle } else { high = middle }
        }
        Ok(low)
    }

    /// The number halfway to another, rounded down to a whole step.
    pub fn middle(self, other: Self) -> Answer<Self> {
        let width = other.minus(self)?;
        self.plus(Self(width.0.div_euclid(2)))
    }
}

/// `a · b / c` through 256 bits, half to even; nothing for a zero divisor or too large a result.
fn product_quotient(a: i128, b: i128, c: i128) -> Option<i128> {
    if a.checked_mul(b).is_some() {
        return mul_div(a, b, c, Rounding::HalfEven);
    }
    let negative = (a < 0) != (b < 0) && c >= 0 || (a < 0) == (b < 0) && c < 0;
    let divisor = c.unsigned_abs();
    let (low, high) = a.unsigned_abs().carrying_mul(b.unsigned_abs(), 0);
    if high >= divisor {
        return None;
    }
    let (mut rest, mut below, mut quotient) = (high, low, 0u128);
    for _ in 0..u128::BITS {
        let carried = rest >> 127 == 1;
        rest = (rest << 1) | (below >> 127);
        below <<= 1;
        quotient <<= 1;
        if carried || rest >= divisor {
            rest = rest.wrapping_sub(divisor);
            quotient |= 1;
        }
    }
    // Below the divisor, `rest` compared with what is missing to it tells the side of the middle.
    let missing = divisor.wrapping_sub(rest);
    if rest > missing || rest == missing && quotient % 2 == 1 {
        quotient = quotient.checked_add(1)?;
    }
    let size = i128::try_from(quotient).ok()?;
    Some(if negative { size.checked_neg()? } else { size })
}

impl FromStr for Scaled {
    type Err = ActuaryError;

    /// Reads `-12.0345`; places beyond the fifteenth are refused, not rounded.
    fn from_str(text: &str) -> Answer<Self> {
        let wrong = || ActuaryError::NotANumber { text: text.chars().take(40).collect() };
        let (sign, size) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let (whole, places) = size.split_once('.').unwrap_or((size, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(places) || places.len() > PLACES {
            return Err(wrong());
        }
        let padded: String = places.chars().chain(std::iter::repeat('0')).take(PLACES).collect();
        let number = |part: &str| part.parse::<i128>().map_err(|_| wrong());
        let behind = Self(number(&padded)?);
        Self::whole(number(whole)?)?.plus(behind)?.times_whole(sign)
    }
}

impl fmt::Display for Scaled {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        const ONE: u128 = SCALE.unsigned_abs();
        let (whole, behind) = (size / ONE, size % ONE);
        let behind = format!("{behind:015}");
        let behind = behind.trim_end_matches('0');
        let point = if behind.is_empty() { "" } else { "." };
        to.pad(&format!("{sign}{whole}{point}{behind}"))
    }
}

impl TryFrom<String> for Scaled {
    type Error = ActuaryError;

    fn try_from(text: String) -> Answer<Self> {
        text.parse()
    }
}

impl From<Scaled> for String {
    fn from(number: Scaled) -> Self {
        number.to_string()
    }
}
