//! What the rules of a flow say for one case: whether, how much, and what is counted.

use crate::fault::Result;
use crate::model::{Amount, Charter, Flow, Input, MONEY_HIGH, Source};
use crate::run::Run;

/// What the rules say, when they say yes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Due {
    /// How much, before caps and shortage; never below zero.
    pub amount_minor: u64,
    /// By how much counters change.
    pub counts: Vec<(usize, i128)>,
    /// The steps that the rules took.
    pub steps: u64,
}

/// Asks rules about cases; reused for many cases, so that nothing is allocated for each.
pub struct Clerk<'c> {
    charter: &'c Charter,
    run: Run<'c>,
    inputs: Vec<i128>,
    steps: u64,
}

impl<'c> Clerk<'c> {
    /// A clerk who knows this charter.
    pub fn new(charter: &'c Charter) -> Clerk<'c> {
        Clerk { charter, run: Run::new(&charter.program), inputs: Vec::new(), steps: 0 }
    }

    /// What one rule gives for these values.
    pub fn ask(&mut self, rule: usize, value: &dyn Fn(Input) -> i128) -> Result<i128> {
        self.inputs.clear();
        let inputs = self.charter.inputs(rule).unwrap_or_default();
        self.inputs.extend(inputs.iter().map(|input| value(*input)));
        let found = self.run.call(rule, &self.inputs);
        self.steps = self.steps.saturating_add(self.run.steps());
        found
    }

    /// The steps that the rules took since [`Clerk::due`] was asked last, also where they said no.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// What a flow's rules say for these values; nothing if they say no.
    pub fn due(&mut self, flow: &Flow, value: &dyn Fn(Input) -> i128) -> Result<Option<Due>> {
        let mut due = Due::default();
        self.steps = 0;
        if let Some(when) = flow.when {
            let answer = self.ask(when, value)?;
            if answer == 0 {
                return Ok(None);
            }
        }
        let amount = match (flow.amount, flow.source) {
            (Amount::Rule(rule), _) => self.ask(rule, value)?,
            (Amount::All, Source::Pot(pot)) => value(Input::Pot(pot)),
            _ => value(Input::Stated),
        };
        due.amount_minor = u64::try_from(amount.clamp(0, MONEY_HIGH)).unwrap_or_default();
        for (counter, rule) in &flow.counts {
            let change = self.ask(*rule, value)?;
            due.counts.push((*counter, change));
        }
        due.steps = self.steps;
        Ok(Some(due))
    }
}
