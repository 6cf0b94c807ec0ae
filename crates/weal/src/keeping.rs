//! Who keeps the book, who was heard lately, and what contradicts: a node's view for all faces.

use crate::app::{EvidenceLine, KeeperLine, Keeping};
use crate::serve::now;
use std::time::Duration;
use weal_node::{Contradiction, Node, Standing};
use weal_proof::certificate::quorum;
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
    let epoch = network.as_ref().map_or(0, |n| n.epoch);
    let evidence = node.evidence();
    let accused = |keeper: &Keeper| {
        evidence.iter().any(|c| c.validator == keeper.key && c.epoch + 1 >= epoch)
    };
    let one = |keeper: &Keeper| line(keeper, &standing, accused(keeper));
    let lines = |list: &[Keeper]| list.iter().map(one).collect();
    let role = match (standing.votes, standing.mirrors) {
        (true, _) => "keeper",
        (false, true) => "mirror",
        (false, false) => "waiting",
    };
    Keeping {
        epoch,
        epoch_blocks: genesis.epoch_blocks,
        approval_percent: genesis.approval_percent,
        needed_approvals: network.as_ref().map_or(0, |n| n.needed_approvals()),
        keepers: lines(&keepers),
        next: lines(&next),
        own_key: standing.key.to_string(),
        role,
        trouble: standing.trouble.clone(),
        evidence: evidence.iter().cloned().map(contradiction).collect(),
    }
}

fn contradiction(c: Contradiction) -> EvidenceLine {
    let Contradiction { kind, validator, epoch, view, votes, .. } = c;
    EvidenceLine { key: validator.to_string(), kind, epoch, view, votes }
}

fn line(keeper: &Keeper, standing: &Standing, accused: bool) -> KeeperLine {
    let heard_ms = standing.heard.get(&keeper.key).map(|heard| heard.time_ms);
    let age_ms = heard_ms.map(|heard| now().0.saturating_sub(heard));
    let state = match age_ms {
        _ if accused => "contradicts",
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
        web: keeper.web.trim_end_matches('/').to_owned(),
        state,
        heard_ms,
    }
}

/// A mirror that follows nobody for so long needs attention.
const TROUBLE: Duration = Duration::from_secs(60);

/// An operation that waits for so long needs attention, whatever else seems well.
const STALLED: Duration = Duration::from_secs(30);

/// Says for how long the oldest operation has waited, if that is too long.
fn stall(node: &Node) -> Option<String> {
    let position = node.position();
    let waited = position.oldest_wait;
    (waited >= STALLED).then(|| {
        let age_s = now().0.saturating_sub(position.header.time_ms) / 1_000;
        format!(
            "the oldest of {} waiting operations has waited {} s; the last block, {}, is {age_s} s old",
            position.waiting,
            waited.as_secs(),
            position.header.height
        )
    })
}

/// Why this node needs somebody's attention, if it does.
pub(crate) fn complaint(node: &Node) -> Option<String> {
    if let Some(reason) = node.failed().or_else(|| node.shortage()) {
        return Some(reason);
    }
    let standing = node.standing();
    if let Some(reason) = standing.trouble.filter(|_| standing.troubled >= TROUBLE) {
        return Some(format!("it cannot follow the book: {reason}"));
    }
    let keeping = of(node);
    let all = keeping.keepers.len() as u64;
    let agree = keeping.keepers.iter().filter(|keeper| keeper.state == "agrees").count() as u64;
    let few = keeping.role == "keeper" && all > 1 && agree < quorum(all);
    few.then(|| format!("{agree} of {all} institutions were heard, {} are needed", quorum(all)))
        .or_else(|| stall(node))
}
