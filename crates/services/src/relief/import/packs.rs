//! What a pack holds, where two readings agree; unknown otherwise, never a guess.
//!
//! A wrong unit is a false accusation: `80箱*100`, read as 8,000 in a pack, once made a custodian
//! issue more than he had received. So the content of a pack is known only if
//! 1. the specification itself says so: it ends in `50套/件`, where 套 counts exactly one of the item
//!    and 件 is the unit of the line, and nothing else in it counts per something; or, for goods
//!    that are worn, it is a bare product such as `3*160` or `3*125只`; and
//! 2. the estimate in the list, divided by the quantity, is the same whole number.

use super::items::Item;
use weal_kernel::limits::PACK_CONTENT;

/// How much of the item one unit of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Exactly one.
    One,
    /// So many.
    Holds(u64),
    /// Nobody can say.
    Unknown,
}

/// What a line says about its unit.
pub(crate) struct Said<'a> {
    pub(crate) item: &'static Item,
    pub(crate) specification: &'a str,
    pub(crate) unit: &'a str,
    pub(crate) quantity: Option<u64>,
    pub(crate) estimate: &'a str,
    /// How the list came to its estimate.
    pub(crate) how: &'a str,
}

impl Said<'_> {
    /// The unit of the line.
    pub(crate) fn unit(&self) -> Unit {
        if self.item.is_one(self.unit) {
            return Unit::One;
        }
        match (self.in_words(), self.estimated()) {
            (Some(content), Some(estimate)) if content == estimate => Unit::Holds(content),
            _ => Unit::Unknown,
        }
    }

    /// The list's own estimate for one unit, if it is one for a pack.
    pub(crate) fn estimated(&self) -> Option<u64> {
        let quantity = self.quantity.filter(|quantity| *quantity > 0)?;
        let pieces = self.estimate.parse::<u64>().ok()?;
        let packed = matches!(self.how, "spec-n-per-pack" | "spec-a-by-b");
        (packed && pieces % quantity == 0).then_some(pieces / quantity)
    }

    /// What the specification says one unit holds.
    fn in_words(&self) -> Option<u64> {
        let content = per_unit(self.specification, self.unit, self.item)
            .or_else(|| product(self.specification, self.item))?;
        (1..=PACK_CONTENT).contains(&content).then_some(content)
    }
}

/// Reads `…，50套/件` for lines counted in 件.
fn per_unit(specification: &str, unit: &str, item: &Item) -> Option<u64> {
    let mut halves = specification.split('/');
    let (Some(before), Some(after), None) = (halves.next(), halves.next(), halves.next()) else {
        return None;
    };
    if unit.is_empty() || after.trim() != unit {
        return None;
    }
    let word = before.rsplit(|c: char| c.is_ascii_digit()).next()?;
    let rest = before.strip_suffix(word)?;
    let digits = rest.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    let front = rest.strip_suffix(digits)?;
    if !item.is_one_inside(word.trim()) || digits.starts_with('0') || !ends_a_phrase(front, digits)
    {
        return None;
    }
    digits.parse().ok()
}

/// Whether what stands before a number is a phrase of its own: not a factor, a decimal point, a
/// range, a model's name or the first half of `1,000`.
fn ends_a_phrase(front: &str, digits: &str) -> bool {
    let mut back = front.chars().rev();
    match back.next() {
        None => true,
        Some(',') => !(digits.len() == 3 && back.next().is_some_and(|c| c.is_ascii_digit())),
        Some(c) => matches!(c, ' ' | '，' | '、' | ';' | '；' | ')' | '）' | '\u{3000}'),
    }
}

/// Reads `3*160` and `3*125只`, for goods that are worn.
fn product(specification: &str, item: &Item) -> Option<u64> {
    let (left, right) = specification.split_once(['*', '×', 'x', 'X'])?;
    let digits: String = right.chars().take_while(char::is_ascii_digit).collect();
    let word = right.strip_prefix(digits.as_str())?;
    if !item.worn || !(word.is_empty() || item.is_one(word)) {
        return None;
    }
    let factor = |text: &str| text.parse::<u64>().ok().filter(|_| !text.starts_with('0'));
    factor(left)?.checked_mul(factor(&digits)?)
}

#[cfg(test)]
mod tests {
    use super::super::items::item;
    use super::*;

    fn check(code: &str, specification: &str, unit: &str, per_unit: u64, expected: Unit) {
        let estimate = (per_unit * 7).to_string();
        let said = Said {
            item: item(code).unwrap(),
            specification,
            unit,
            quantity: Some(7),
            estimate: if per_unit == 0 { "" } else { &estimate },
            how: if per_unit == 0 { "pack-size-unknown" } else { "spec-n-per-pack" },
        };
        assert_eq!(said.unit(), expected, "{code} {specification} {unit} {per_unit}");
    }

    #[test]
    fn a_content_that_both_readings_give_is_known() {
        check("coverall", "50套/件", "件", 50, Unit::Holds(50));
        check("coverall", "L,50套/件", "件", 50, Unit::Holds(50));
        check("coverall", "600PLNS XL号，100套/件", "件", 100, Unit::Holds(100));
        check("gown", "45件/箱", "箱", 45, Unit::Holds(45));
        check("mask", "3*160", "件", 480, Unit::Holds(480));
        check("mask", "2*125只", "件", 250, Unit::Holds(250));
        check("mask", "17.5*9.5cm 三层，2000只/件", "件", 2000, Unit::Holds(2000));
        check("mask", "", "只", 0, Unit::One);
        check("gloves", "", "双", 0, Unit::One);
    }

    #[test]
    fn everything_else_stays_unknown() {
        check("goggles", "80箱*100", "件", 8_000, Unit::Unknown);
        check("goggles", "80箱*100", "件", 100, Unit::Unknown);
        check("goggles", "200个/箱", "件", 200, Unit::Unknown);
        check("gloves", "100支*4盒/箱", "箱", 4, Unit::Unknown);
        check("gloves", "500个/件", "件", 500, Unit::Unknown);
        check("gloves", "", "只", 1, Unit::Unknown);
        check("mask", "36盒/箱", "箱", 36, Unit::Unknown);
        check("mask", "100只/袋 7袋/件", "件", 100, Unit::Unknown);
        check("mask", "1,000只/件", "件", 1000, Unit::Unknown);
        check("mask", "50只/盒", "盒", 49, Unit::Unknown);
        check("mask", "50只/盒", "盒", 0, Unit::Unknown);
        check("mask", "", "小箱", 0, Unit::Unknown);
        check("mask", "", "", 0, Unit::Unknown);
        check("food", "7*10CM", "盒", 70, Unit::Unknown);
        check("medicine", "39×18", "件", 702, Unit::Unknown);
        check("disinfectant", "3*5kg", "箱", 15, Unit::Unknown);
        check("disinfectant", "", "升", 1, Unit::Unknown);
    }
}
