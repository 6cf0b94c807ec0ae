//! Typical inputs of a rule, for tables that show what it gives.

use crate::model::{Charter, Input};

impl Charter {
    /// Inputs to show a rule with, and whether the author gave them: the worked examples, then the
    /// first of them with one input halved or doubled, within what is declared.
    pub fn typical(&self, rule: usize, most: usize) -> Vec<(Vec<i128>, bool)> {
        let mut rows: Vec<(Vec<i128>, bool)> = Vec::new();
        let mut add = |row: Vec<i128>, is_example: bool| {
            if rows.len() < most && !rows.iter().any(|(known, _)| *known == row) {
                rows.push((row, is_example));
            }
        };
        let examples = || self.examples.iter().filter(|example| example.rule == rule);
        examples().for_each(|example| add(example.inputs.clone(), true));
        let Some(first) = examples().next().map(|example| &example.inputs) else { return rows };
        let inputs = self.inputs(rule).unwrap_or_default();
        for (place, (input, value)) in inputs.iter().zip(first).enumerate() {
            if is_date(*input, *value) {
                continue;
            }
            let (low, high) = self.range(*input);
            for other in [value.saturating_div(2), value.saturating_mul(2)] {
                let mut row = first.clone();
                if let Some(entry) = row.get_mut(place) {
                    *entry = other.clamp(low, high);
                }
                add(row, false);
            }
        }
        rows
    }
}

/// Half a date tells nothing.
fn is_date(input: Input, value: i128) -> bool {
    let year = (1900..2200).contains(&value);
    matches!(input, Input::Year | Input::Month | Input::Day)
        || (matches!(input, Input::Field(_)) && year)
}
