//! The links between the nodes, as the faults of the moment make them.

use crate::faults::{Fault, Plan};
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::simulated::{Link, Oracle};
use commonware_runtime::deterministic::Context;
use commonware_utils::{Probability, probability};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a link is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Quality {
    latency_ms: u64,
    jitter_ms: u64,
    loss: u64,
}

/// All links.
pub struct Weather {
    oracle: Oracle<PublicKey, Context>,
    people: Vec<PublicKey>,
    now: BTreeMap<(usize, usize), Quality>,
}

impl Weather {
    /// No links yet between these.
    pub fn new(oracle: Oracle<PublicKey, Context>, people: Vec<PublicKey>) -> Self {
        Weather { oracle, people, now: BTreeMap::new() }
    }

    /// Changes the links that differ from what they should be now.
    pub async fn apply(&mut self, plan: &Plan, active: &[Fault], healed: bool) {
        for from in 0..self.people.len() {
            for to in (0..self.people.len()).filter(|to| *to != from) {
                let wanted = quality(plan, active, healed, (from, to));
                if self.now.insert((from, to), wanted) != Some(wanted) {
                    self.link(from, to, wanted).await;
                }
            }
        }
    }

    async fn link(&self, from: usize, to: usize, quality: Quality) {
        let (Some(from), Some(to)) = (self.people.get(from), self.people.get(to)) else { return };
        let success = Probability::new(1_000 - quality.loss.min(1_000), 1_000);
        let link = Link {
            latency: Duration::from_millis(quality.latency_ms),
            jitter: Duration::from_millis(quality.jitter_ms),
            success_rate: success.unwrap_or(probability!(1.0)),
        };
        let _ = self.oracle.remove_link(from.clone(), to.clone()).await;
        let _ = self.oracle.add_link(from.clone(), to.clone(), link).await;
    }

    /// Forgets whom this node shut out: its memory died with it.
    pub async fn forgive(&self, node: usize) {
        let Some(me) = self.people.get(node) else { return };
        for other in &self.people {
            if other != me {
                let _ = self.oracle.unblock(me.clone(), other.clone()).await;
            }
        }
    }
}

fn quality(plan: &Plan, active: &[Fault], healed: bool, (from, to): (usize, usize)) -> Quality {
    let loss = if healed { 0 } else { plan.loss };
    let mut quality = Quality { latency_ms: plan.latency_ms, jitter_ms: plan.jitter_ms, loss };
    for fault in active {
        match fault {
            Fault::Loss(loss) => quality.loss += loss,
            Fault::Delay(ms) => {
                quality.latency_ms += ms;
                quality.jitter_ms += ms / 3;
            }
            Fault::Split(side) if side.contains(&from) != side.contains(&to) => {
                quality.loss = 1_000;
            }
            Fault::Clog(node) if *node == from || *node == to => {
                quality.latency_ms += 1_200;
                quality.jitter_ms += 300;
            }
            _ => {}
        }
    }
    quality
}
