//! Which part each flow plays when a charter is run forward, read off its declaration alone.

use super::balance::Balanced;
use crate::dossier::Proved;
use crate::model::{Actor, Charter, Flow, Once, Source, Target};

/// Flows by the part they play, each list in the order of the text.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts {
    /// What cases pay in by plan.
    pub(super) inflows: Vec<usize>,
    /// What the calendar pays each month.
    pub(super) monthly: Vec<usize>,
    /// What the calendar pays each year.
    pub(super) yearly: Vec<usize>,
    /// What somebody triggers as soon as it is allowed.
    pub(super) open: Vec<usize>,
    /// What ends a case when a person dies.
    pub(super) deaths: Vec<usize>,
    /// How a case ends because its party wants it.
    pub(super) leaves: Vec<usize>,
    /// For each flow, whether its pot may have less than is due.
    pub(super) promises: Vec<bool>,
    /// For each pot, whether promised sums are paid from it.
    pub(super) promise_pots: Vec<bool>,
    /// The claims that are scaled by what there is, where that was found.
    pub(super) balanced: Option<Balanced>,
}

impl Parts {
    pub(super) fn of(proved: &Proved) -> Parts {
        let charter = &proved.charter;
        let mut parts = Parts { promise_pots: vec![false; charter.pots.len()], ..Parts::default() };
        for ((number, flow), facts) in charter.flows.iter().enumerate().zip(&proved.facts) {
            let Source::Pot(pot) = flow.source else {
                parts.promises.push(false);
                if flow.plan.is_some() {
                    parts.inflows.push(number);
                }
                continue;
            };
            let is_promise = !proved.is_share(flow, facts);
            parts.promises.push(is_promise);
            if let Some(entry) = parts.promise_pots.get_mut(pot) {
                *entry |= is_promise;
            }
            parts.place(charter, number, flow);
        }
        parts
    }

    fn place(&mut self, charter: &Charter, number: usize, flow: &Flow) {
        let list = match flow.clock() {
            Some(Actor::EachMonth) => &mut self.monthly,
            Some(_) => &mut self.yearly,
            None if !flow.evidence.is_empty() => match (charter.people.is_some(), flow.ends) {
                (true, true) => &mut self.deaths,
                // An event that ends a case at the cost of all is not taken to happen to all.
                (false, true) if !is_per_case(charter, flow) => return,
                _ if is_shown(charter, number) => &mut self.open,
                _ => return,
            },
            None if flow.ends && flow.by.iter().all(|by| matches!(by, Actor::Party(_))) => {
                &mut self.leaves
            }
            None => &mut self.open,
        };
        list.push(number);
    }

    /// Whether promised sums are paid from this pot.
    pub(super) fn is_promise_pot(&self, pot: usize) -> bool {
        self.promise_pots.get(pot).copied().unwrap_or(false)
    }

    /// Whether this flow promises a sum.
    pub(super) fn is_promise(&self, flow: usize) -> bool {
        self.promises.get(flow).copied().unwrap_or(false)
    }

    /// Whether somebody may pay into a pot with promises without being a case that is promised
    /// something for it: gifts, subsidies, a sponsor.
    pub(super) fn has_other_income(&self, charter: &Charter) -> bool {
        charter.flows.iter().any(|flow| {
            flow.source == Source::Outside
                && flow.plan.is_none()
                && matches!(flow.to, Target::Pot(pot) if self.is_promise_pot(pot))
        })
    }
}

/// Whether a flow pays from the case's own pot.
fn is_per_case(charter: &Charter, flow: &Flow) -> bool {
    matches!(flow.source, Source::Pot(pot) if charter.pots.get(pot).is_some_and(|p| p.per_case))
}

/// Evidence is taken to be shown, unless the text first names it as what holds something up: then
/// it tells of a dispute or a defect.
fn is_shown(charter: &Charter, number: usize) -> bool {
    let Some(flow) = charter.flows.get(number) else { return false };
    let friendly = |evidence: &&usize| {
        let before = charter.flows.iter().take(number);
        !before.into_iter().any(|flow| flow.stopped_by.contains(evidence))
    };
    flow.evidence.iter().filter(friendly).count() >= flow.needs
}

/// Whether a flow that was paid in one month is not due in another, both counted from the year 0.
pub(super) fn is_done(once: Once, paid: Option<i128>, month: i128) -> bool {
    let Some(paid) = paid else { return false };
    match once {
        Once::Each => false,
        Once::Month => paid == month,
        Once::Year => paid.div_euclid(12) == month.div_euclid(12),
        Once::Ever => true,
    }
}
