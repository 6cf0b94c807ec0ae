//! Checked whole numbers: the one product-and-quotient with a named rounding, and fair splitting.

use serde::{Deserialize, Serialize};

/// Where a fraction goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest, and from the middle to the even neighbour.
    #[default]
    HalfEven,
    /// To the nearest, and from the middle away from zero.
    HalfUp,
    /// Down.
    Floor,
    /// Up.
    Ceil,
}

/// The quotient rounded down, as Python's `//`; nothing for a zero divisor or an overflow.
pub fn floor_div(a: i128, b: i128) -> Option<i128> {
    let quotient = a.checked_div(b)?;
    let inexact = a.checked_rem(b)? != 0;
    if inexact && (a < 0) != (b < 0) { quotient.checked_sub(1) } else { Some(quotient) }
}

/// The remainder with the divisor's sign, as Python's `%`; nothing for a zero divisor.
pub fn floor_mod(a: i128, b: i128) -> Option<i128> {
    let rest = a.checked_rem(b)?;
    if rest != 0 && (rest < 0) != (b < 0) { rest.checked_add(b) } else { Some(rest) }
}

/// `a · b / c`, rounded; nothing for a zero divisor or a product beyond 128 bits.
pub fn mul_div(a: i128, b: i128, c: i128, rounding: Rounding) -> Option<i128> {
    let product = a.checked_mul(b)?;
    let down = floor_div(product, c)?;
    let rest = floor_mod(product, c)?;
    if rest == 0 {
        return Some(down);
    }
    // `rest` has the sign of `c`: what is there against what lacks says which end is nearer.
    let there = rest.unsigned_abs();
    let beyond = there.cmp(&c.unsigned_abs().checked_sub(there)?);
    let up = match (rounding, beyond) {
        (Rounding::Ceil, _) => true,
        (Rounding::Floor, _) => false,
        (_, std::cmp::Ordering::Greater) => true,
        (_, std::cmp::Ordering::Less) => false,
        (Rounding::HalfEven, _) => down % 2 != 0,
        (Rounding::HalfUp, _) => down >= 0,
    };
    if up { down.checked_add(1) } else { Some(down) }
}

/// Splits an amount in proportion to weights so that the parts always add up to the whole: each
/// gets the floor, and the units left go to the largest remainders, the earlier first among equals.
/// Nothing if no weight is above zero, or if a product is beyond 128 bits.
pub fn split(amount: u64, weights: &[u64]) -> Option<Vec<u64>> {
    let whole = weights.iter().try_fold(0u128, |sum, w| sum.checked_add(u128::from(*w)))?;
    if whole == 0 {
        return None;
    }
    let mut parts = Vec::with_capacity(weights.len());
    let mut rests = Vec::with_capacity(weights.len());
    let mut given = 0u64;
    for (place, weight) in weights.iter().enumerate() {
        let product = u128::from(amount).checked_mul(u128::from(*weight))?;
        let part = u64::try_from(product.checked_div(whole)?).ok()?;
        given = given.checked_add(part)?;
        parts.push(part);
        rests.push((std::cmp::Reverse(product.checked_rem(whole)?), place));
    }
    rests.sort_unstable();
    let left = usize::try_from(amount.checked_sub(given)?).ok()?;
    for (_, place) in rests.iter().take(left) {
        if let Some(part) = parts.get_mut(*place) {
            *part = part.checked_add(1)?;
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rounding_does_what_its_name_says_on_both_sides_of_zero() {
        use Rounding::{Ceil, Floor, HalfEven, HalfUp};
        for (a, half_even, half_up, floor, ceil) in [
            (5, 2, 3, 2, 3),
            (7, 4, 4, 3, 4),
            (-5, -2, -3, -3, -2),
            (-7, -4, -4, -4, -3),
            (6, 3, 3, 3, 3),
        ] {
            assert_eq!(mul_div(a, 1, 2, HalfEven), Some(half_even), "{a}");
            assert_eq!(mul_div(a, 1, 2, HalfUp), Some(half_up), "{a}");
            assert_eq!(mul_div(a, 1, 2, Floor), Some(floor), "{a}");
            assert_eq!(mul_div(a, 1, 2, Ceil), Some(ceil), "{a}");
            assert_eq!(mul_div(-a, 1, -2, HalfEven), Some(half_even), "{a}");
        }
        assert_eq!(mul_div(1, 1, 0, HalfEven), None);
        assert_eq!(mul_div(i128::MAX, 2, 2, Floor), None);
        assert_eq!(mul_div(i128::MAX - 1, 1, i128::MAX, Floor), Some(0));
        assert_eq!(mul_div(i128::MAX - 1, 1, i128::MAX, HalfEven), Some(1));
    }

    #[test]
    fn parts_always_add_up_to_the_whole() {
        assert_eq!(split(100, &[1, 1, 1]), Some(vec![34, 33, 33]));
        assert_eq!(split(7, &[0, 5, 2]), Some(vec![0, 5, 2]));
        assert_eq!(split(1, &[1, 2]), Some(vec![0, 1]));
        assert_eq!(split(5, &[0, 0]), None);
        assert_eq!(split(5, &[]), None);
        for amount in 0..200 {
            let parts = split(amount, &[3, 7, 11, 13]).unwrap();
            assert_eq!(parts.iter().sum::<u64>(), amount);
        }
    }
}
