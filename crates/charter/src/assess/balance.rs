//! Finds out whether a charter scales claims by what there is: its rules are asked, not its name.

use super::error::Answer;
use super::situation::{Situation, new_case};
use super::world::part;
use crate::dossier::Proved;
use crate::due::Clerk;
use crate::model::{Flow, Input, Source};

/// A pot and the counter of claims on it that are paid in full while the pot has them all, and in
/// proportion when it has less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Balanced {
    pub(super) pot: usize,
    pub(super) counter: usize,
}

/// One case's claim while it is tried, and all claims together.
const CLAIM: i128 = 100_000_000;
const ALL_CLAIMS: i128 = CLAIM * 1_000;

/// The first flow of the calendar that pays in this way.
pub(super) fn find(proved: &Proved, situation: &Situation) -> Answer<Option<Balanced>> {
    for (flow, facts) in proved.charter.flows.iter().zip(&proved.facts) {
        let (Source::Pot(pot), true) = (flow.source, flow.clock().is_some()) else { continue };
        let crate::model::Amount::Rule(rule) = flow.amount else { continue };
        if !flow.is_outward() || !proved.is_share(flow, facts) {
            continue;
        }
        let inputs = proved.charter.inputs(rule).unwrap_or_default();
        let summed = inputs.iter().filter_map(|input| match input {
            Input::All(counter) if inputs.contains(&Input::Counter(*counter)) => Some(*counter),
            _ => None,
        });
        for counter in summed {
            let balanced = Balanced { pot, counter };
            if inputs.contains(&Input::Pot(pot)) && scales(proved, situation, flow, balanced)? {
                return Ok(Some(balanced));
            }
        }
    }
    Ok(None)
}

/// Half the pot pays half, and twice the pot pays no more, at some age.
fn scales(proved: &Proved, situation: &Situation, flow: &Flow, balanced: Balanced) -> Answer<bool> {
    let mut clerk = Clerk::new(&proved.charter);
    for age in (20..=100).step_by(5) {
        let mut pay = |held: i128| -> Answer<i128> {
            let case = new_case(&proved.charter, Some(age));
            let value = |input: Input| match input {
                Input::Pot(pot) if pot == balanced.pot => held,
                Input::Counter(counter) if counter == balanced.counter => CLAIM,
                Input::All(counter) if counter == balanced.counter => ALL_CLAIMS,
                Input::Field(at) => case.fields.get(at).copied().unwrap_or(0),
                Input::Parameter(at) => situation.parameters.get(at).copied().unwrap_or(0),
                Input::Year => super::situation::TYPICAL_YEAR,
                Input::Month => super::situation::TYPICAL_YEAR.saturating_mul(12),
                Input::Cases => 1_000,
                _ => 0,
            };
            Ok(clerk.due(flow, &value)?.map_or(0, |due| i128::from(due.amount_minor)))
        };
        let (half, whole) = (pay(ALL_CLAIMS / 2)?, pay(ALL_CLAIMS)?);
        let twice = pay(ALL_CLAIMS.saturating_mul(2))?;
        let apart = part(whole, 1, 2)?.saturating_sub(half).abs();
        if whole > 0 && twice == whole && apart <= 1 {
            return Ok(true);
        }
    }
    Ok(false)
}
