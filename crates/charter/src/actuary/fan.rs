//! A fan of outcomes: a fund run many times over seeded chance, and the spread year by year.
//!
//! 1. The generator is ChaCha8 from a seed of 32 bytes; one word is 32 bits.
//! 2. A deviate is the sum of twelve words, each (word + ½)/2³², minus six: mean zero, deviation
//!    one, between −6 and 6, and close to the normal law in between.
//! 3. A year's return is mean + deviation · deviate, and never below −100 %.
//! 4. Paths are run one after the other, the years of each in order; one deviate for each year.
//! 5. A percentile is the value at the nearest rank, ⌈percent · paths / 100⌉ from below.
//!
//! So the same seed gives the same figures on every machine.

use super::error::{ActuaryError, Answer, at_most};
use super::limits::{PATHS_MAX, YEARS_MAX};
use super::scaled::Scaled;
use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

/// What is run, how often, and with which returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chance {
    /// The seed, such as the hash of a charter and a height.
    pub seed: [u8; 32],
    /// How many paths.
    pub paths: u32,
    /// How many years each.
    pub years: u32,
    /// The mean yearly return.
    pub mean: Scaled,
    /// Its standard deviation.
    pub deviation: Scaled,
}

/// The spread at the end of one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// One path in twenty ends below this.
    pub percentile_5: Scaled,
    /// One path in four ends below this.
    pub percentile_25: Scaled,
    /// Half of all paths end below this.
    pub percentile_50: Scaled,
    /// Three paths in four end below this.
    pub percentile_75: Scaled,
    /// Nineteen paths in twenty end below this.
    pub percentile_95: Scaled,
    /// How many paths are below zero.
    pub paths_below_zero: u32,
}

/// Runs the fund: `step` gives from the year, counted from 0, the fund at its beginning and the
/// year's return the fund at its end. One spread for each year.
pub fn fan(
    chance: &Chance,
    start: Scaled,
    mut step: impl FnMut(u32, Scaled, Scaled) -> Answer<Scaled>,
) -> Answer<Vec<Spread>> {
    at_most("paths", chance.paths, PATHS_MAX)?;
    at_most("years", chance.years, YEARS_MAX)?;
    if chance.paths == 0 || chance.deviation < Scaled::ZERO {
        return Err(ActuaryError::OutOfRange { what: "number of paths or their deviation" });
    }
    let mut generator = ChaCha8Rng::from_seed(chance.seed);
    let mut years = vec![Vec::new(); usize::try_from(chance.years).unwrap_or(0)];
    let lowest = Scaled::ZERO.minus(Scaled::ONE)?;
    for _ in 0..chance.paths {
        let mut fund = start;
        for (number, year) in (0..chance.years).zip(&mut years) {
            let deviate = deviate(&mut generator)?;
            let rate = chance.mean.plus(chance.deviation.times(deviate)?)?;
            fund = step(number, fund, rate.max(lowest))?;
            year.push(fund);
        }
    }
    years.into_iter().map(spread).collect()
}

/// One deviate of mean zero and deviation one.
fn deviate(generator: &mut impl Rng) -> Answer<Scaled> {
    let words = (0..12).map(|_| u64::from(generator.next_u32()));
    let sum = words.fold(0u64, u64::saturating_add).saturating_add(6);
    Scaled::ratio(i128::from(sum), 1 << 32)?.minus(Scaled::count(6))
}

/// The percentiles of what the paths hold.
fn spread(mut paths: Vec<Scaled>) -> Answer<Spread> {
    paths.sort_unstable();
    let below = paths.partition_point(|fund| *fund < Scaled::ZERO);
    let percentile = |percent: usize| {
        let rank = percent.saturating_mul(paths.len()).div_ceil(100).saturating_sub(1);
        paths.get(rank).copied().ok_or(ActuaryError::OutOfRange { what: "number of paths" })
    };
    Ok(Spread {
        percentile_5: percentile(5)?,
        percentile_25: percentile(25)?,
        percentile_50: percentile(50)?,
        percentile_75: percentile(75)?,
        percentile_95: percentile(95)?,
        paths_below_zero: u32::try_from(below).map_err(|_| ActuaryError::Overflow)?,
    })
}
