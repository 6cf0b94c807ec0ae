//! A range of whole numbers, and the inputs that bound it.

use crate::number::{Rounding, floor_div, mul_div};

/// All numbers from `low` to `high`, and what is known of them besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub low: i128,
    /// The most.
    pub high: i128,
    /// The inputs that it never exceeds, a bit each.
    under: u64,
    /// The inputs that never exceed it.
    over: u64,
}

/// A failure that some number in the ranges brings about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    Overflow,
    Zero,
}

fn bit(number: u32) -> u64 {
    1u64.checked_shl(number).unwrap_or(0)
}

impl Range {
    /// One number.
    pub fn only(value: i128) -> Range {
        Range { low: value, high: value, under: 0, over: 0 }
    }

    /// All numbers between two.
    pub fn between(low: i128, high: i128) -> Range {
        Range { low, high, under: 0, over: 0 }
    }

    /// An input.
    pub(crate) fn input(number: u32, low: i128, high: i128) -> Range {
        Range { low, high, under: bit(number), over: bit(number) }
    }

    /// Whether it never exceeds this input.
    pub fn is_at_most(&self, input: u32) -> bool {
        self.under & bit(input) != 0
    }

    /// Whether it never exceeds the other.
    pub(crate) fn never_above(&self, other: &Range) -> bool {
        self.high <= other.low || self.under & other.over != 0
    }

    /// One of the two.
    pub(crate) fn or(&self, other: &Range) -> Range {
        Range {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            under: self.under & other.under,
            over: self.over & other.over,
        }
    }

    /// The numbers of this range that lie in another too.
    pub(crate) fn within(&self, low: i128, high: i128) -> Option<Range> {
        let (low, high) = (self.low.max(low), self.high.min(high));
        (low <= high).then_some(Range { low, high, ..*self })
    }

    /// It is known not to exceed the other, which is known to reach it.
    pub(crate) fn order(lesser: &mut Range, greater: &mut Range) {
        let (under, over) = (greater.under, lesser.over);
        lesser.under |= under;
        greater.over |= over;
    }

    pub(crate) fn smaller(&self, other: &Range) -> Range {
        Range {
            low: self.low.min(other.low),
            high: self.high.min(other.high),
            under: self.under | other.under,
            over: self.over & other.over,
        }
    }

    pub(crate) fn larger(&self, other: &Range) -> Range {
        Range {
            low: self.low.max(other.low),
            high: self.high.max(other.high),
            under: self.under & other.under,
            over: self.over | other.over,
        }
    }

    pub(crate) fn negative(&self) -> Option<Range> {
        Some(Range::between(self.high.checked_neg()?, self.low.checked_neg()?))
    }

    pub(crate) fn absolute(&self) -> Option<Range> {
        if self.low >= 0 {
            return Some(*self);
        }
        let (a, b) = (self.low.checked_abs()?, self.high.checked_abs()?);
        let low = if self.high >= 0 { 0 } else { a.min(b) };
        Some(Range::between(low, a.max(b)))
    }

    pub(crate) fn plus(&self, other: &Range) -> Option<Range> {
        let low = self.low.checked_add(other.low)?;
        let high = self.high.checked_add(other.high)?;
        let keep = |keeps: bool, bits: u64| if keeps { bits } else { 0 };
        let under = keep(other.high <= 0, self.under) | keep(self.high <= 0, other.under);
        let over = keep(other.low >= 0, self.over) | keep(self.low >= 0, other.over);
        Some(Range { low, high, under, over })
    }

    pub(crate) fn minus(&self, other: &Range) -> Option<Range> {
        let low = self.low.checked_sub(other.high)?;
        let high = self.high.checked_sub(other.low)?;
        let under = if other.low >= 0 { self.under } else { 0 };
        let over = if other.high <= 0 { self.over } else { 0 };
        // What is taken from a number that reaches it leaves nothing below zero.
        let low = if other.never_above(self) { low.max(0) } else { low };
        Some(Range { low, high, under, over })
    }

    pub(crate) fn times(&self, other: &Range) -> Option<Range> {
        let (low, high) = corners(self, other, |a, b| a.checked_mul(b))?;
        let grows = self.low >= 0 && other.low >= 1;
        Some(Range { low, high, under: 0, over: if grows { self.over } else { 0 } })
    }

    pub(crate) fn divided(&self, other: &Range) -> Result<Range, Failure> {
        if other.low <= 0 && other.high >= 0 {
            return Err(Failure::Zero);
        }
        let (low, high) = corners(self, other, floor_div).ok_or(Failure::Overflow)?;
        let shrinks = self.low >= 0 && other.low >= 1;
        Ok(Range { low, high, under: if shrinks { self.under } else { 0 }, over: 0 })
    }

    pub(crate) fn rest(&self, other: &Range) -> Result<Range, Failure> {
        if other.low <= 0 && other.high >= 0 {
            return Err(Failure::Zero);
        }
        let shrinks = self.low >= 0 && other.low >= 1;
        let under = if shrinks { self.under } else { 0 };
        let (low, high) = match other.low > 0 {
            true => (0, other.high.saturating_sub(1)),
            false => (other.low.saturating_add(1), 0),
        };
        let high = if shrinks { high.min(self.high) } else { high };
        Ok(Range { low, high, under, over: 0 })
    }

    /// `self · b / c`.
    pub(crate) fn mul_div(&self, b: &Range, c: &Range, how: Rounding) -> Result<Range, Failure> {
        if c.low <= 0 && c.high >= 0 {
            return Err(Failure::Zero);
        }
        let mut ends: Option<(i128, i128)> = None;
        for a in [self.low, self.high] {
            for b in [b.low, b.high] {
                for c in [c.low, c.high] {
                    let value = mul_div(a, b, c, how).ok_or(Failure::Overflow)?;
                    let (low, high) = ends.unwrap_or((value, value));
                    ends = Some((low.min(value), high.max(value)));
                }
            }
        }
        let (low, high) = ends.unwrap_or_default();
        // A proper fraction of a number does not exceed it, however it is rounded.
        let proper = |part: &Range, whole: &Range| {
            part.low >= 0 && whole.low >= 0 && c.low >= 1 && part.never_above(c)
        };
        let mut under = 0;
        if proper(b, self) {
            under |= self.under;
        }
        if proper(self, b) {
            under |= b.under;
        }
        let high = match under {
            0 => high,
            _ if proper(b, self) => high.min(self.high),
            _ => high.min(b.high),
        };
        Ok(Range { low, high, under, over: 0 })
    }
}

/// The least and the most that an operation gives at the ends of two ranges.
fn corners(
    a: &Range,
    b: &Range,
    operation: impl Fn(i128, i128) -> Option<i128>,
) -> Option<(i128, i128)> {
    let first = operation(a.low, b.low)?;
    let (mut low, mut high) = (first, first);
    for (a, b) in [(a.low, b.high), (a.high, b.low), (a.high, b.high)] {
        let value = operation(a, b)?;
        (low, high) = (low.min(value), high.max(value));
    }
    Some((low, high))
}
