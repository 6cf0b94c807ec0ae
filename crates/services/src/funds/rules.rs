//! Rules beside their code, and what they give for typical inputs, found by running them.

use super::Fund;
use super::view::{RuleRow, RuleView};
use weal_charter::model::Input;
use weal_charter::run::Run;

/// Rows of a rule's table.
const ROWS: usize = 8;

impl Fund {
    /// Every rule, in the order of the text.
    pub(super) fn rules(&self) -> Vec<RuleView> {
        let count = self.charter().program.rules.len();
        (0..count).filter_map(|rule| self.rule(rule)).collect()
    }

    fn rule(&self, number: usize) -> Option<RuleView> {
        let rule = self.charter().program.rule(number)?;
        let answers = self.charter().gives(number) == weal_charter::tree::Type::Answer;
        let lines = self.known.dossier.iter().flat_map(|dossier| &dossier.rules);
        let line = lines.into_iter().find(|line| line.rule == rule.name);
        let words = |value: i128| self.given(number, value).shown;
        let bounds = line.filter(|_| !answers);
        Some(RuleView {
            name: rule.name.clone(),
            sentence: rule.sentence.clone(),
            code: code(&self.row.text, rule.place.line, rule.last_line),
            line: rule.place.line,
            inputs: rule.inputs.clone(),
            gives: match (answers, self.charter().is_sum(number)) {
                (true, _) => "answer",
                (false, true) => "money",
                (false, false) => "number",
            },
            low: bounds.map(|line| words(line.low)),
            high: bounds.map(|line| words(line.high)),
            table: self.table(number),
        })
    }

    /// Inputs to show a rule with, and whether the author gave them.
    pub(super) fn typical(&self, rule: usize) -> Vec<(Vec<i128>, bool)> {
        self.charter().typical(rule, ROWS)
    }

    /// What a rule gives for its worked examples, and for the first of them with one input halved
    /// or doubled.
    fn table(&self, number: usize) -> Vec<RuleRow> {
        let inputs = self.charter().inputs(number).map(<[Input]>::to_vec);
        let mut run = Run::new(&self.charter().program);
        let rows = self.typical(number);
        let row = |(values, is_example): (Vec<i128>, bool)| {
            let gives = run.call(number, &values).ok()?;
            let named = values.iter().enumerate().map(|(at, value)| {
                match inputs.as_ref().and_then(|inputs| inputs.get(at)) {
                    Some(input) => self.named(*input, *value),
                    None => self.local(number, at, *value),
                }
            });
            Some(RuleRow { inputs: named.collect(), gives: self.given(number, gives), is_example })
        };
        rows.into_iter().filter_map(row).collect()
    }

    /// An input of a rule that only other rules call.
    fn local(&self, rule: usize, at: usize, value: i128) -> super::view::Named {
        let rule = self.charter().program.rule(rule);
        let name = rule.and_then(|rule| rule.inputs.get(at)).cloned().unwrap_or_default();
        match self.charter().input(&name) {
            Some(input) => super::view::Named { name, ..self.named(input, value) },
            None => super::view::Named::number(name, value),
        }
    }
}

/// Lines of a text, both ends included.
pub(super) fn code(text: &str, first: u32, last: u32) -> String {
    let (first, last) = (first.max(1) as usize, last.max(first) as usize);
    let lines = text.lines().skip(first - 1).take(last + 1 - first);
    lines.collect::<Vec<_>>().join("\n")
}
