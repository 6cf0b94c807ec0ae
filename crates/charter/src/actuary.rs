//! What a fund can pay: lives, annuities, liabilities and failure, in scaled whole numbers.
//!
//! 1. A [`Scaled`] number is a whole number of 10⁻¹⁵; no step uses a machine fraction.
//! 2. A [`LifeTable`] says how many of those alive at an age die within the year, and its source.
//! 3. A [`Basis`] is a table and a yearly return: it values payments that depend on a life.
//! 4. [`liability`] adds such values over cohorts of members (Iyer 1999).
//! 5. [`projection`] runs a fund year by year and finds the first year it cannot pay.
//! 6. [`trust_fund`], [`balance`], [`china`] and [`scheme`] are rules known from the world.
//! 7. [`fan`] runs a fund many times over seeded chance and gives the spread.
//!
//! Units: money in minor units or any other, as long as one call uses one; time in whole years
//! unless a name says otherwise; a rate of 3 % is the scaled number 0.03.
//!
//! Sources:
//! - Iyer 1999, *Actuarial mathematics of social security pensions*, ILO;
//! - Office of the Chief Actuary, US Social Security Administration, yearly Trustees Reports;
//! - Settergren 2001, *The automatic balance mechanism of the Swedish pension system*;
//! - Bowers and others 1997, *Actuarial Mathematics*, for annuities, insurances and their spread.

pub mod annuity;
pub mod balance;
pub mod china;
mod error;
pub mod fan;
pub mod liability;
pub mod limits;
pub mod projection;
pub mod scaled;
pub mod scheme;
pub mod solve;
pub mod table;
pub mod trust_fund;

pub use annuity::{Basis, Span};
pub use error::ActuaryError;
pub use scaled::Scaled;
pub use table::{LifeTable, Reading};
