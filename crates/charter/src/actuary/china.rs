//! The basic pension of urban employees in China, by exact fractions and a named rounding.
//!
//! Source: State Council of China, Decision on improving the basic pension insurance system for
//! enterprise employees, 2005 no. 38, with its table of payment months.
//!
//! 1. Base: (W + W·index)/2 · years paid · 1 %, W being the average monthly wage.
//! 2. Account: what was saved, divided by the payment months of the age at retirement.
//! 3. The pension of a month is both together, rounded once or in one of the ways found in use.

use super::error::{ActuaryError, Answer};
use crate::number::{Rounding, mul_div};

/// Payment months by age at retirement, from 40 to 70 (State Council 2005 no. 38, annex).
/// Copies with 207 at 47, with 94, 87, 80, 73, 67 from 66 or with 60, 61, 62… from 60 are wrong.
pub const PAYMENT_MONTHS: [u16; 31] = [
    233, 230, 226, 223, 220, 216, 212, 208, 204, 199, // 40 to 49
    195, 190, 185, 180, 175, 170, 164, 158, 152, 145, // 50 to 59
    139, 132, 125, 117, 109, 101, 93, 84, 75, 65, // 60 to 69
    56, // 70
];

/// The first age of [`PAYMENT_MONTHS`].
pub const PAYMENT_MONTHS_FIRST_AGE: u32 = 40;

/// The payment months for an age at retirement from 40 to 70.
pub fn payment_months(age: u32) -> Answer<u16> {
    let place = age.checked_sub(PAYMENT_MONTHS_FIRST_AGE).and_then(|at| usize::try_from(at).ok());
    place.and_then(|at| PAYMENT_MONTHS.get(at)).copied().ok_or(ActuaryError::Age { age })
}

/// Where the calculation rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PensionRounding {
    /// Once at the end, from the middle to the even neighbour.
    ExactHalfEven,
    /// Once at the end, from the middle up.
    ExactHalfUp,
    /// Base and account each to the nearest, from the middle to the even neighbour.
    HalfEvenPerPart,
    /// Down after every step: indexed wage, mean, base, account.
    FloorEachStep,
}

/// What a basic pension is reckoned from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicPension {
    /// The average monthly wage of the year before retirement.
    pub average_wage_minor: u64,
    /// The member's own wages over the average, mean over the career: 1000 is the average.
    pub index_permille: u32,
    /// Months for which contributions were paid.
    pub months_paid: u32,
    /// The age at retirement in whole years.
    pub age: u32,
    /// What the personal account holds.
    pub balance_minor: u64,
}

impl BasicPension {
    /// The pension of one month.
    pub fn monthly_minor(&self, rounding: PensionRounding) -> Answer<i128> {
        self.reckon(rounding).ok_or(ActuaryError::Overflow)?
    }

    /// Nothing if a product is beyond 128 bits.
    fn reckon(&self, rounding: PensionRounding) -> Option<Answer<i128>> {
        let divisor = match payment_months(self.age) {
            Ok(months) => i128::from(months),
            Err(error) => return Some(Err(error)),
        };
        let wage = i128::from(self.average_wage_minor);
        let index = i128::from(self.index_permille);
        let months = i128::from(self.months_paid);
        let balance = i128::from(self.balance_minor);
        // Base = wages / BASE_DIVISOR: 1000 for the index, 2 for the mean, 12 · 100 for 1 % a year.
        const BASE_DIVISOR: i128 = 2_400_000;
        let wages = wage.checked_mul(index.checked_add(1000)?)?.checked_mul(months)?;
        let once = |mode| {
            let account = balance.checked_mul(BASE_DIVISOR)?;
            let both = wages.checked_mul(divisor)?.checked_add(account)?;
            mul_div(both, 1, divisor.checked_mul(BASE_DIVISOR)?, mode)
        };
        let pension = match rounding {
            PensionRounding::ExactHalfEven => once(Rounding::HalfEven)?,
            PensionRounding::ExactHalfUp => once(Rounding::HalfUp)?,
            PensionRounding::HalfEvenPerPart => {
                let base = mul_div(wages, 1, BASE_DIVISOR, Rounding::HalfEven)?;
                base.checked_add(mul_div(balance, 1, divisor, Rounding::HalfEven)?)?
            }
            PensionRounding::FloorEachStep => {
                let indexed = mul_div(wage, index, 1000, Rounding::Floor)?;
                let mean = mul_div(wage.checked_add(indexed)?, 1, 2, Rounding::Floor)?;
                let base = mul_div(mean, months, 1200, Rounding::Floor)?;
                base.checked_add(mul_div(balance, 1, divisor, Rounding::Floor)?)?
            }
        };
        Some(Ok(pension))
    }
}
