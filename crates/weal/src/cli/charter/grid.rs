//! Runs rules over grids of their declared ranges.

use weal_charter::Charter;
use weal_charter::fault::Fault;
use weal_charter::model::Input;
use weal_charter::run::Run;

/// Runs of one rule over its grid.
const RUNS: usize = 2_000;
/// Points of one input at most.
const POINTS: usize = 41;

/// What a rule did over a grid of all its inputs.
#[derive(Debug, Default)]
pub(super) struct Tried {
    /// How often it was run.
    pub(super) runs: usize,
    /// The least it gave.
    pub(super) low: Option<i128>,
    /// The most.
    pub(super) high: Option<i128>,
    /// The most steps it took.
    pub(super) steps: u64,
    /// The first inputs with which it failed; the proof says that there are none.
    pub(super) failed: Option<(Vec<i128>, Fault)>,
}

/// Runs a rule over a grid from the least to the most of every input.
pub(super) fn over(charter: &Charter, rule: usize) -> Tried {
    let mut tried = Tried::default();
    let Some(inputs) = charter.inputs(rule) else { return tried };
    let mut each = POINTS;
    while each > 2 && each.saturating_pow(u32::try_from(inputs.len()).unwrap_or(u32::MAX)) > RUNS {
        each -= 1;
    }
    let points: Vec<Vec<i128>> = inputs.iter().map(|input| points(charter, *input, each)).collect();
    let mut run = Run::new(&charter.program);
    for number in 0..RUNS {
        let Some(values) = nth(&points, number) else { break };
        tried.runs += 1;
        match run.call(rule, &values) {
            Ok(found) => {
                tried.low = Some(tried.low.map_or(found, |low| low.min(found)));
                tried.high = Some(tried.high.map_or(found, |high| high.max(found)));
                tried.steps = tried.steps.max(run.steps());
            }
            Err(fault) => {
                tried.failed.get_or_insert((values, fault));
            }
        }
    }
    tried
}

/// Points from the least to the most of an input, both among them.
fn points(charter: &Charter, input: Input, count: usize) -> Vec<i128> {
    let (low, high) = charter.range(input);
    let steps = i128::try_from(count.saturating_sub(1).max(1)).unwrap_or(1);
    let width = high.saturating_sub(low);
    let mut points: Vec<i128> =
        (0..=steps).map(|step| low.saturating_add(width.saturating_mul(step) / steps)).collect();
    points.dedup();
    points
}

/// The numbers of one place in a grid, as digits of a number; nothing beyond the last.
fn nth(points: &[Vec<i128>], mut number: usize) -> Option<Vec<i128>> {
    let mut values = Vec::with_capacity(points.len());
    for column in points {
        values.push(*column.get(number % column.len().max(1))?);
        number /= column.len().max(1);
    }
    (number == 0).then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::charter::templates::{find, list};
    use weal_charter::Proved;

    #[test]
    fn no_shipped_rule_fails_on_its_grid_or_leaves_what_was_proved() {
        for (name, _) in list() {
            let proved = Proved::read(find(name).unwrap()).unwrap();
            let dossier = proved.dossier();
            for line in &dossier.rules {
                let rule = proved.charter.program.find(&line.rule).unwrap();
                let tried = over(&proved.charter, rule);
                assert!(tried.failed.is_none(), "{name} {}: {tried:?}", line.rule);
                assert!(tried.runs > 0 && tried.steps <= line.steps, "{tried:?} {line:?}");
            }
        }
    }

    #[test]
    fn a_grid_reaches_from_the_least_to_the_most() {
        let proved = Proved::read(find("gift-escrow").unwrap()).unwrap();
        let rule = proved.charter.program.find("recipient_part").unwrap();
        let tried = over(&proved.charter, rule);
        assert_eq!(tried.low, Some(0));
        assert_eq!(tried.high, Some(1_000_000_000_000_000));
        assert!(tried.runs > 1_000, "{}", tried.runs);
    }
}
