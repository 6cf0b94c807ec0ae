//! Many cases into few cells, so that no money and no count is lost.
//!
//! Cases go into one cell if they were born in the same year, have the same flows behind them, and
//! if all their other numbers lie in the same bands, each twice as wide as the one before. Within
//! a cell every number is dealt out as cards are: each case gets the whole part of the average,
//! and the first ones one more, so that totals stay what they were to the last unit. Cells that
//! differ only by such ones are written apart. The order of a queue is lost within a year of birth.

use super::error::{Answer, AssessError};
use super::limits;
use super::situation::Cell;
use crate::model::Charter;
use std::collections::BTreeMap;

/// What puts cases into one cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    born: i128,
    done_ever: Vec<bool>,
    bands: Vec<i16>,
}

/// Totals of all cases in one cell: fields, counters, pots and weights, in a row.
#[derive(Debug, Clone, Default)]
struct Totals {
    count: u64,
    sums: Vec<i128>,
}

/// Takes cases one by one, or cell by cell.
#[derive(Debug, Clone)]
pub struct Grouper<'c> {
    charter: &'c Charter,
    cells: BTreeMap<Key, Totals>,
}

impl<'c> Grouper<'c> {
    /// A grouper for the cases of this charter.
    pub fn new(charter: &'c Charter) -> Grouper<'c> {
        Grouper { charter, cells: BTreeMap::new() }
    }

    /// Adds the cases of a cell; one case is a cell with a count of one.
    pub fn add(&mut self, cell: &Cell) -> Answer<()> {
        let lengths = [
            ("fields of a cell", cell.fields.len(), self.charter.fields.len()),
            ("counters of a cell", cell.counters.len(), self.charter.counters.len()),
            ("pots of a cell", cell.pots.len(), self.charter.pots.len()),
            ("weights of a cell", cell.weights.len(), self.charter.parties.len()),
            ("flows done in a cell", cell.done_ever.len(), self.charter.flows.len()),
        ];
        for (what, found, needed) in lengths {
            if found != needed {
                return Err(AssessError::Length { what, needed, found });
            }
        }
        let born = self.charter.people.as_ref().map(|people| people.born);
        let born = born.and_then(|at| cell.fields.get(at)).copied().unwrap_or(0);
        let numbers = row(cell);
        let bands = numbers.iter().map(|number| band(*number)).collect();
        let key = Key { born, done_ever: cell.done_ever.clone(), bands };
        let totals = self.cells.entry(key).or_default();
        totals.add(cell.count, &numbers, i128::from(cell.count))
    }

    /// The cells, at most about so many; the fewer, the wider are the bands.
    pub fn finish(mut self, most: usize) -> Answer<Vec<Cell>> {
        let mut width = 1i16;
        while self.cells.len() > most && width <= 128 {
            width = width.saturating_mul(2);
            let mut coarser: BTreeMap<Key, Totals> = BTreeMap::new();
            for (mut key, totals) in self.cells {
                for band in &mut key.bands {
                    *band = band.div_euclid(2);
                }
                coarser.entry(key).or_default().add(totals.count, &totals.sums, 1)?;
            }
            self.cells = coarser;
        }
        let mut cells = Vec::new();
        for (key, totals) in &self.cells {
            self.deal(key, totals, &mut cells);
        }
        Ok(cells)
    }

    /// One cell for each stretch of cases that get the same numbers.
    fn deal(&self, key: &Key, totals: &Totals, cells: &mut Vec<Cell>) {
        let count = i128::from(totals.count);
        let rest = |sum: &i128| sum.checked_rem_euclid(count).unwrap_or(0);
        let mut cuts: Vec<i128> = totals.sums.iter().map(rest).filter(|rest| *rest > 0).collect();
        cuts.push(count);
        cuts.sort_unstable();
        cuts.dedup();
        let mut first = 0i128;
        for cut in cuts {
            let each = |sum: &i128| {
                let whole = sum.checked_div_euclid(count).unwrap_or(0);
                whole.saturating_add(i128::from(first < rest(sum)))
            };
            let numbers: Vec<i128> = totals.sums.iter().map(each).collect();
            let many = u64::try_from(cut.saturating_sub(first)).unwrap_or(0);
            if many > 0 {
                cells.push(self.cell(many, &numbers, key));
            }
            first = cut;
        }
    }

    fn cell(&self, count: u64, numbers: &[i128], key: &Key) -> Cell {
        let charter = self.charter;
        let mut numbers = numbers.iter().copied();
        let fields = numbers.by_ref().take(charter.fields.len()).collect();
        let counters = numbers.by_ref().take(charter.counters.len()).collect();
        let mut rest = numbers.map(|number| u64::try_from(number).unwrap_or(0));
        let pots = rest.by_ref().take(charter.pots.len()).collect();
        let weights = rest.collect();
        Cell { count, fields, counters, pots, weights, done_ever: key.done_ever.clone() }
    }
}

/// Cells with wider bands, at most about so many.
pub(super) fn condense(charter: &Charter, cells: &[Cell], most: usize) -> Answer<Vec<Cell>> {
    if cells.len() <= most {
        return Ok(cells.to_vec());
    }
    let mut grouper = Grouper::new(charter);
    cells.iter().try_for_each(|cell| grouper.add(cell))?;
    grouper.finish(most)
}

/// As [`Grouper`], for a list of cases, with the usual number of cells.
pub fn group(charter: &Charter, cases: &[Cell]) -> Answer<Vec<Cell>> {
    let mut grouper = Grouper::new(charter);
    cases.iter().try_for_each(|case| grouper.add(case))?;
    grouper.finish(limits::CELLS_GROUPED)
}

/// All numbers of one case in a row.
fn row(cell: &Cell) -> Vec<i128> {
    let money = cell.pots.iter().chain(&cell.weights).map(|number| i128::from(*number));
    cell.fields.iter().chain(&cell.counters).copied().chain(money).collect()
}

/// Bands of one sign, each twice as wide as the one before.
fn band(number: i128) -> i16 {
    let bits = 128u32.saturating_sub(number.unsigned_abs().leading_zeros());
    let bits = i16::try_from(bits).unwrap_or(i16::MAX);
    if number < 0 { bits.saturating_neg() } else { bits }
}

impl Totals {
    fn add(&mut self, count: u64, numbers: &[i128], times: i128) -> Answer<()> {
        self.count = self.count.saturating_add(count);
        self.sums.resize(numbers.len(), 0);
        for (sum, number) in self.sums.iter_mut().zip(numbers) {
            let add = number.checked_mul(times).ok_or(AssessError::Overflow)?;
            *sum = sum.checked_add(add).ok_or(AssessError::Overflow)?;
        }
        Ok(())
    }
}
