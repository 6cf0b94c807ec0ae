//! Who keeps the book, who was heard lately, and what contradicts: a node's view for all faces.

use crate::app::{EvidenceLine, KeeperLine, Keeping};
use crate::serve::now;
use weal_node::{Contradiction, Node, Standing};
use weal_proof::genesis::Keeper;

/// A vote within this says that an institution agrees: idle ones vote every few seconds.
const AGREES_MS: u64 = 30_000;
/// A vote within this says that it is only late.
const LATE_MS: u64 = 3_600_000;

/// The view of this node.
pub(crate) fn of(node: &Node) -> Keeping {
    let standing = node.standing();
    let genesis = &node.directory().genesis;
    let network = node.state().keeping();
    let keepers = network.as_ref().map(|n| n.validators.clone()).unwrap_or_default();
    let next = network.as_ref().map(|n| n.next.clone()).unwrap_or_default();
    let next = if next == keepers { Vec::new() } else { next };
    let lines = |list: &[Keeper]| list.iter().map(|keeper| line(keeper, &standing)).collect();
    let role = match (standing.votes, standing.mirrors) {
        (true, _) => "keeper",
        (false, true) => "mirror",
        (false, false) => "waiting",
    };
    Keeping {
        epoch: network.as_ref().map_or(0, |n| n.epoch),
        epoch_blocks: genesis.epoch_blocks,
        approval_percent: genesis.approval_percent,
        needed_approvals: network.as_ref().map_or(0, |n| n.needed_approvals()),
        keepers: lines(&keepers),
        next: lines(&next),
        own_key: standing.key.to_string(),
        role,
        trouble: standing.trouble.clone(),
        evidence: node.evidence().into_iter().map(contradiction).collect(),
    }
}

fn contradiction(c: Contradiction) -> EvidenceLine {
    let Contradiction { kind, validator, epoch, view, votes, .. } = c;
    EvidenceLine { key: validator.to_string(), kind, epoch, view, votes }
}

fn line(keeper: &Keeper, standing: &Standing) -> KeeperLine {
    let heard_ms = standing.heard.get(&keeper.key).map(|heard| heard.time_ms);
    let age_ms = heard_ms.map(|heard| now().0.saturating_sub(heard));
    let state = match age_ms {
        Some(age_ms) if age_ms <= AGREES_MS => "agrees",
        Some(age_ms) if age_ms <= LATE_MS => "late",
        None if !standing.votes => "unheard",
        _ => "silent",
    };
    KeeperLine {
        name: keeper.name.clone(),
        key: keeper.key.to_string(),
        owner: keeper.owner.to_string(),
        address: keeper.address.clone(),
        web: keeper.web.clone(),
        state,
        heard_ms,
    }
}
