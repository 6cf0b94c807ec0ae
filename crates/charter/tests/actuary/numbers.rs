//! Scaled numbers: they round once, never wrap, and their roots undo their powers.

use crate::{near, number};
use weal_charter::actuary::annuity::rate_for_part;
use weal_charter::actuary::{ActuaryError, Scaled};

#[test]
fn scaled_numbers_round_to_even_and_never_wrap() {
    assert_eq!(number("-12.0345").to_string(), "-12.0345");
    assert_eq!(number("-0.000000000000001").raw(), -1);
    for wrong in ["", "-", ".5", "5.", "1e3", "+1", "1,5", "--1", "0.0000000000000001", "１"] {
        assert!(wrong.parse::<Scaled>().is_err(), "{wrong}");
    }
    let raw = Scaled::from_raw;
    let half = number("0.5");
    for (count, rounded) in [(1, 0), (3, 2), (5, 2), (-1, 0), (-3, -2)] {
        assert_eq!(raw(count).times(half), Ok(raw(rounded)), "{count}");
    }
    // Products of money pass through 256 bits: 10²¹ · 1.05, far beyond what 128 bits hold between.
    let money = Scaled::whole(1_000_000_000_000_000_000_000).unwrap();
    assert_eq!(money.times(number("1.05")).unwrap().to_string(), "1050000000000000000000");
    assert_eq!(money.times(number("-1.05")).unwrap().over(money), Ok(number("-1.05")));
    assert_eq!(raw(i128::MAX).times(Scaled::ONE), Ok(raw(i128::MAX)));
    assert_eq!(raw(i128::MAX).over(raw(i128::MAX)), Ok(Scaled::ONE));
    assert_eq!(raw(i128::MAX).over(raw(-i128::MAX)), Scaled::ZERO.minus(Scaled::ONE));
    assert_eq!(money.times(money), Err(ActuaryError::Overflow));
    assert_eq!(raw(i128::MAX).plus(Scaled::STEP), Err(ActuaryError::Overflow));
    assert_eq!(Scaled::ONE.over(Scaled::ZERO), Err(ActuaryError::DivisionByZero));
    let written = serde_json::to_string(&number("0.1")).unwrap();
    assert_eq!(written, "\"0.1\"");
    assert_eq!(serde_json::from_str::<Scaled>(&written).unwrap(), number("0.1"));
}

#[test]
fn roots_undo_powers() {
    assert_eq!(number("4").root(2), Ok(number("2")));
    assert_eq!(Scaled::ONE.root(12), Ok(Scaled::ONE));
    assert_eq!(Scaled::ZERO.root(3), Ok(Scaled::ZERO));
    // √0.988 and 1.03^(1/12) − 1 to fifteen places, by mpmath 1.3.0.
    near(number("0.988").root(2).unwrap(), number("0.993981891183135"), "0.000000000000001", "√k");
    let monthly = rate_for_part(number("0.03"), 12).unwrap();
    near(monthly, number("0.002466269772304"), "0.000000000000001", "monthly");
    for degree in [1, 2, 12, 365] {
        for text in ["0.000001", "0.5", "1.03", "7", "123456789"] {
            let back = number(text).root(degree).unwrap().power(degree).unwrap();
            let apart = number(text).minus(back).unwrap().over(number(text)).unwrap();
            assert!(apart >= Scaled::ZERO && apart < number("0.000000001"), "{text} {degree}");
        }
    }
    assert!(number("-1").root(2).is_err());
    assert!(Scaled::ONE.root(366).is_ok() && Scaled::ONE.root(367).is_err());
    assert!(Scaled::ONE.root(0).is_err());
}
