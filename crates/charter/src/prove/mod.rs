//! Proves, for all declared inputs at once, that no rule can fail, how long it works and what it
//! can give.
//!
//! Rules are run on ranges instead of numbers. A range also knows which inputs it can never exceed,
//! so that "this payment is a share of that pot" is proved and not believed. What cannot be proved
//! this way is refused with the line that may fail.

mod range;
mod walk;

pub use range::Range;

use crate::fault::{Fault, Kind, Result};
use crate::model::{Amount, Charter, Flow, Input};
use serde::Serialize;
use walk::Prover;

/// What is proved of a rule where a flow uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The most steps it takes.
    pub steps: u64,
    /// The least it gives.
    pub low: i128,
    /// The most it gives.
    pub high: i128,
    /// Inputs that it never exceeds.
    pub at_most: Vec<Input>,
}

/// What is proved of the rules of a flow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FlowFacts {
    /// The rule that says whether.
    pub when: Option<Facts>,
    /// The rule that says how much.
    pub amount: Option<Facts>,
    /// The rules that change counters.
    pub counts: Vec<Facts>,
    /// The rule that says what is expected.
    pub plan: Option<Facts>,
}

impl FlowFacts {
    /// The most steps one payment takes.
    pub fn steps(&self) -> u64 {
        let rules = self.when.iter().chain(&self.amount).chain(&self.counts);
        rules.fold(0, |sum, facts| sum.saturating_add(facts.steps))
    }
}

/// Ranges of inputs that differ from what is declared.
pub type Narrowed = Vec<(Input, i128, i128)>;

/// Proves all rules of all flows; the answer has an entry for each flow.
pub fn prove(charter: &Charter) -> Result<Vec<FlowFacts>> {
    prove_within(charter, &Vec::new())
}

/// As [`prove`], with some inputs in narrower ranges.
pub fn prove_within(charter: &Charter, narrowed: &Narrowed) -> Result<Vec<FlowFacts>> {
    let mut prover = Prover::new(&charter.program);
    charter.flows.iter().map(|flow| prove_flow(charter, flow, narrowed, &mut prover)).collect()
}

fn prove_flow(
    charter: &Charter,
    flow: &Flow,
    narrowed: &Narrowed,
    prover: &mut Prover<'_>,
) -> Result<FlowFacts> {
    let mut facts = FlowFacts::default();
    let mut narrowed = narrowed.clone();
    if let Some(when) = flow.when {
        let inputs = charter.inputs(when).unwrap_or_default();
        let ranges = ranges(charter, inputs, &narrowed);
        facts.when = Some(facts_of(prover, when, inputs, &ranges, flow)?);
        if let Some(better) = prover.assume(when, ranges)? {
            let better = inputs.iter().zip(&better).map(|(input, r)| (*input, r.low, r.high));
            narrowed.splice(0..0, better);
        }
    }
    let mut of = |rule: usize| {
        let inputs = charter.inputs(rule).unwrap_or_default();
        facts_of(prover, rule, inputs, &ranges(charter, inputs, &narrowed), flow)
    };
    if let Amount::Rule(rule) = flow.amount {
        facts.amount = Some(of(rule)?);
    }
    for (_, rule) in &flow.counts {
        facts.counts.push(of(*rule)?);
    }
    if let Some(plan) = flow.plan {
        facts.plan = Some(of(plan)?);
    }
    Ok(facts)
}

fn ranges(charter: &Charter, inputs: &[Input], narrowed: &Narrowed) -> Vec<Range> {
    let range = |(bit, input): (u32, &Input)| {
        let known = narrowed.iter().find(|(known, ..)| known == input);
        let (low, high) = known.map_or_else(|| charter.range(*input), |(_, l, h)| (*l, *h));
        Range::input(bit, low, high)
    };
    (0u32..).zip(inputs).map(range).collect()
}

fn facts_of(
    prover: &mut Prover<'_>,
    rule: usize,
    inputs: &[Input],
    ranges: &[Range],
    flow: &Flow,
) -> Result<Facts> {
    let (result, steps) = prover.rule(rule, ranges).map_err(|fault| Fault {
        kind: if fault.kind == Kind::Steps { Kind::Steps } else { Kind::Unproven },
        reason: format!("{} (for flow {})", fault.reason, flow.name),
        ..fault
    })?;
    let at_most =
        (0u32..).zip(inputs).filter(|(bit, _)| result.is_at_most(*bit)).map(|(_, i)| *i).collect();
    Ok(Facts { steps, low: result.low, high: result.high, at_most })
}
