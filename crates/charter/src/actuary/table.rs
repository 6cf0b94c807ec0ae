//! Life tables: who of those alive at an age dies within the year, and where that is known from.

use super::error::{ActuaryError, Answer};
use super::limits::{AGE_MAX, TABLE_BYTES_MAX};
use super::scaled::Scaled;

/// The US Social Security Administration's period life table for 2007, public domain.
const UNITED_STATES_2007: &str = include_str!("../../tables/ssa2007.csv");

/// What the cells of a table's column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Deaths within the year among 10¹² alive.
    DeathsPerTrillion,
    /// The probability to die within the year, as a decimal number.
    Probability,
    /// Survivors at the beginning of each age, from any number at the first.
    Survivors,
}

/// A life table. At its last age the probability to die within the year is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifeTable {
    source: String,
    first_age: u32,
    q: Vec<Scaled>,
}

impl LifeTable {
    /// Reads one column of a table:
    /// 1. the first line is `#` and the source;
    /// 2. the next names the columns, the first being `age`;
    /// 3. each further line is one age, rising by one; a column may end early with empty cells;
    /// 4. the last probability of a column is one.
    pub fn parse(text: &str, column: &str, reading: Reading) -> Answer<Self> {
        if text.len() > TABLE_BYTES_MAX {
            let limit = u64::try_from(TABLE_BYTES_MAX).unwrap_or(u64::MAX);
            return Err(ActuaryError::TooMany { what: "bytes in a life table", limit });
        }
        let mut lines = text.lines().enumerate().map(|(at, line)| (at.saturating_add(1), line));
        let source = lines.next().and_then(|(_, line)| line.strip_prefix('#')).map(str::trim);
        let source = source.filter(|words| !words.is_empty()).ok_or(ActuaryError::NoSource)?;
        let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let (line, header) = lines.next().ok_or(wrong(1, "nothing follows the source"))?;
        let mut names = header.split(',').map(str::trim);
        if names.next() != Some("age") {
            return Err(wrong(line, "the first column must be called age"));
        }
        let place = names
            .position(|name| name == column)
            .ok_or(wrong(line, "no column has the name asked for"))?;
        let mut cells = Cells { reading, first_age: None, ended: false, values: Vec::new() };
        let mut last = line;
        for (line, row) in lines {
            if cells.take(line, row, place)? {
                last = line;
            }
        }
        let first_age = cells.first_age.ok_or(wrong(last, "no age follows"))?;
        let q = match reading {
            Reading::Survivors => deaths(&cells.values)?,
            Reading::DeathsPerTrillion | Reading::Probability => cells.values,
        };
        if q.last() != Some(&Scaled::ONE) {
            return Err(wrong(last, "the last probability to die must be one"));
        }
        Ok(Self { source: format!("{source}; {column}"), first_age, q })
    }

    /// Men in the United States in 2007: the table used where a charter names none.
    pub fn united_states_2007_male() -> Answer<Self> {
        Self::parse(UNITED_STATES_2007, "male", Reading::DeathsPerTrillion)
    }

    /// Women in the United States in 2007: the table used where a charter names none.
    pub fn united_states_2007_female() -> Answer<Self> {
        Self::parse(UNITED_STATES_2007, "female", Reading::DeathsPerTrillion)
    }

    /// Where the table comes from, to be shown wherever a number from it is shown.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The lowest age of the table.
    pub fn first_age(&self) -> u32 {
        self.first_age
    }

    /// The probabilities to die within the year, from the first age on.
    pub fn q(&self) -> &[Scaled] {
        &self.q
    }

    /// The probabilities from an age on.
    pub(crate) fn lives_at(&self, age: u32) -> Answer<&[Scaled]> {
        let skipped = age.checked_sub(self.first_age).ok_or(ActuaryError::Age { age })?;
        let rest = usize::try_from(skipped).ok().and_then(|at| self.q.get(at..));
        rest.filter(|rest| !rest.is_empty()).ok_or(ActuaryError::Age { age })
    }

    /// The probability ₙpₓ that somebody of this age lives `years` more.
    pub fn survival(&self, age: u32, years: u32) -> Answer<Scaled> {
        let rest = self.lives_at(age)?;
        let years = usize::try_from(years).unwrap_or(usize::MAX);
        if years >= rest.len() {
            return Ok(Scaled::ZERO);
        }
        let lives = rest.iter().take(years);
        lives.copied().try_fold(Scaled::ONE, |alive, q| alive.times(Scaled::ONE.minus(q)?))
    }

    /// The whole years somebody of this age still lives on average, Σₖ₌₁ ₖpₓ.
    pub fn curtate_expectation(&self, age: u32) -> Answer<Scaled> {
        let (mut alive, mut sum) = (Scaled::ONE, Scaled::ZERO);
        for q in self.lives_at(age)? {
            alive = alive.times(Scaled::ONE.minus(*q)?)?;
            sum = sum.plus(alive)?;
        }
        Ok(sum)
    }

    /// The same table with every probability times a factor and at most one; the last age stays
    /// the last. 1.2 is the usual low and 0.8 the usual high scenario of longevity.
    pub fn with_mortality(&self, factor: Scaled) -> Answer<Self> {
        if factor < Scaled::ZERO {
            return Err(ActuaryError::OutOfRange { what: "factor of mortality" });
        }
        let mut q = Vec::with_capacity(self.q.len());
        for old in &self.q {
            q.push(old.times(factor)?.min(Scaled::ONE));
        }
        if let Some(last) = q.last_mut() {
            *last = Scaled::ONE;
        }
        let source = format!("{}; mortality times {factor}", self.source);
        Ok(Self { source, first_age: self.first_age, q })
    }
}

/// What has been read of a column.
struct Cells {
    reading: Reading,
    first_age: Option<u32>,
    ended: bool,
    values: Vec<Scaled>,
}

impl Cells {
    /// Reads the cell of one row; false if the column has ended.
    fn take(&mut self, line: usize, row: &str, place: usize) -> Answer<bool> {
        let mut cells = row.split(',').map(str::trim);
        let age = cells.next().and_then(|cell| cell.parse::<u32>().ok());
        let age = age.ok_or(wrong(line, "the age is not a whole number"))?;
        if age > AGE_MAX {
            return Err(wrong(line, "the age is above 130"));
        }
        let cell = cells.nth(place).ok_or(wrong(line, "a cell is missing"))?;
        if cell.is_empty() {
            self.ended = true;
            return Ok(false);
        }
        if self.ended {
            return Err(wrong(line, "a number follows the end of the column"));
        }
        let first = *self.first_age.get_or_insert(age);
        let known = u32::try_from(self.values.len()).map_err(|_| ActuaryError::Overflow)?;
        if first.checked_add(known) != Some(age) {
            return Err(wrong(line, "the ages do not rise by one"));
        }
        self.values.push(self.value(line, cell)?);
        Ok(true)
    }

    /// One cell, checked against its meaning.
    fn value(&self, line: usize, cell: &str) -> Answer<Scaled> {
        let value = match self.reading {
            Reading::DeathsPerTrillion => cell
                .parse::<u64>()
                .map_err(|_| wrong(line, "the deaths are not a whole number"))
                .and_then(|deaths| Scaled::ratio(i128::from(deaths), 1_000_000_000_000))?,
            Reading::Probability | Reading::Survivors => {
                cell.parse().map_err(|_| wrong(line, "the cell is not a decimal number"))?
            }
        };
        let before = self.values.last().copied();
        match self.reading {
            Reading::Survivors if value <= Scaled::ZERO => {
                Err(wrong(line, "survivors must be above zero; leave later cells empty"))
            }
            Reading::Survivors if before.is_some_and(|before| value > before) => {
                Err(wrong(line, "there are more survivors than a year before"))
            }
            Reading::Survivors => Ok(value),
            _ if value < Scaled::ZERO || value > Scaled::ONE => {
                Err(wrong(line, "a probability to die is not between zero and one"))
            }
            _ => Ok(value),
        }
    }
}

/// Probabilities to die from survivors: 1 − l(x+1)/l(x), and one at the last age.
fn deaths(survivors: &[Scaled]) -> Answer<Vec<Scaled>> {
    let mut q = Vec::with_capacity(survivors.len());
    for (now, next) in survivors.iter().zip(survivors.iter().skip(1)) {
        q.push(now.minus(*next)?.over(*now)?);
    }
    q.push(Scaled::ONE);
    Ok(q)
}

fn wrong(line: usize, why: &'static str) -> ActuaryError {
    ActuaryError::Line { line, why }
}
