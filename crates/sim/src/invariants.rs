//! What must hold after every final block on every honest node.
//!
//! 1. One history: the same block at every height, on every node, in all its lives.
//! 2. A block follows the one below it, and its leader is a validator of its epoch.
//! 3. What a certificate claims was signed by a quorum of the epoch's validators.
//! 4. Every operation in a block was signed by those it names.
//! 5. After a block the node has that block's state: the root of its header, and nothing more held,
//!    used and lost than was minted.
//! 6. All nodes name the same validators of an epoch.
//! 7. Nobody who keeps the rules is accused or shut out by another who does.
//! 8. What was told to be final stays final, at its place.

use crate::body;
use crate::record::{ANY_PLACE, Record};
use commonware_cryptography::ed25519;
use std::sync::atomic::Ordering;
use weal_engine::{Block, Evidence, Member};
use weal_kernel::State;
use weal_kernel::holdings::posting::unbalanced_lots;
use weal_proof::certificate::Certificate;
use weal_proof::keys::PublicKey;
use weal_proof::{Hash, Header};
use weal_sim_seat::ties::Notes;

impl Notes for Record {
    fn echoed(&self) {
        self.count("a message came twice");
    }

    fn blocked(&self, node: usize, peer: &ed25519::PublicKey) {
        let at = self.people.iter().position(|person| peer.as_ref() == person.key.0);
        self.note(|| format!("node {node} shuts out node {at:?}"));
        self.count("somebody was shut out");
        if self.is_honest(node) && at.is_none_or(|at| self.is_honest(at)) {
            self.fail(format!("node {node} shuts out node {at:?}, who keeps the rules"));
        }
    }
}

/// Blocks after which the whole state is added up.
const BALANCE_EVERY: u64 = 16;

impl Record {
    /// An honest node is about to take a final block.
    pub fn final_block(
        &self,
        node: usize,
        block: &Block,
        certificate: Option<&[u8]>,
        committee: &[PublicKey],
    ) {
        let header = &block.header;
        let height = header.height;
        self.note(|| {
            let bytes = block.body.len();
            format!("node {node} takes block {height} ({bytes} bytes) {}", header.digest())
        });
        self.check_certificate(node, header, certificate, committee);
        if !committee.contains(&header.proposer) {
            self.fail(format!("block {height} is by somebody who is no validator of its epoch"));
        }
        let mut known = self.lock();
        let expected = known.heights.get(&node).copied().unwrap_or(0).saturating_add(1);
        if height > expected {
            drop(known);
            self.fail(format!("node {node} took block {height} instead of {expected}"));
            return;
        }
        known.heights.insert(node, height.max(expected - 1));
        let parent = height.checked_sub(1).and_then(|below| known.blocks.get(&below)).cloned();
        let before = known.blocks.entry(height).or_insert_with(|| block.clone()).clone();
        drop(known);
        if before != *block {
            self.fail(format!("node {node} holds another block {height} than others"));
        }
        if parent.is_some_and(|parent| parent.header.digest() != header.parent) {
            self.fail(format!("block {height} on node {node} does not follow the one below it"));
        }
        self.first_sight(node, block);
    }

    /// What is checked and counted once for each height.
    fn first_sight(&self, node: usize, block: &Block) {
        let height = block.header.height;
        if self.lock().heights.values().filter(|other| **other >= height).count() > 1 {
            return;
        }
        let Some(envelopes) = body::read(&block.body) else {
            self.fail(format!("the body of final block {height} is malformed"));
            return;
        };
        if envelopes.iter().any(|envelope| envelope.verify().is_err()) {
            self.fail(format!("final block {height} holds what was not signed"));
        }
        let ids: Vec<Hash> = envelopes.iter().map(|envelope| envelope.id()).collect();
        self.count_losers(height, &block.header.digest(), &ids);
        if height > 0 && self.genesis.ends_epoch(height) {
            self.count("an epoch turned");
            if self.split.load(Ordering::Relaxed) {
                self.count("an epoch turned while the network was split");
            }
        }
        if let Some(at) = self.people.iter().position(|p| p.key == block.header.proposer)
            && at >= self.genesis.validators.len()
        {
            self.count("a validator who joined proposed a block");
        }
        self.note(|| format!("block {height} is final, first on node {node}"));
    }

    fn count_losers(&self, height: u64, digest: &Hash, ids: &[Hash]) {
        let mut known = self.lock();
        let proposals = known.proposals.remove(&height).unwrap_or_default();
        for (other, operations) in proposals {
            if other != *digest {
                let lost = operations.into_iter().filter(|id| !ids.contains(id));
                known.losers.extend(lost);
            }
        }
        let back = known.losers.iter().filter(|id| ids.contains(id)).count();
        known.losers.retain(|id| !ids.contains(id));
        drop(known);
        for _ in 0..back {
            self.count("an operation whose block lost was put back and became final");
        }
    }

    fn check_certificate(
        &self,
        node: usize,
        header: &Header,
        certificate: Option<&[u8]>,
        committee: &[PublicKey],
    ) {
        let Some(bytes) = certificate else {
            self.count("a block became final through a later one");
            return;
        };
        let read = Certificate::from_bytes(bytes);
        let good = read.is_ok_and(|certificate| {
            if certificate.view > certificate.parent_view.saturating_add(1) {
                self.count("a view was given up");
            }
            certificate.digest == header.digest()
                && certificate.epoch == self.genesis.epoch(header.height)
                && certificate.verify(&self.network, committee).is_ok()
        });
        if !good {
            let height = header.height;
            self.fail(format!("node {node} was given a bad certificate of block {height}"));
        }
    }

    /// An honest node has taken a block: this is what it answers with now.
    pub fn settled(&self, node: usize, block: &Block, tip: &Header, state: &State) {
        let height = block.header.height;
        if *tip != block.header {
            let found = tip.height;
            self.fail(format!("node {node} stands at {found} after it took block {height}"));
        }
        if state.root() != block.header.state_root {
            self.fail(format!("node {node} has another state than block {height} says"));
        }
        let due = height.is_multiple_of(BALANCE_EVERY);
        if due && let Some(lot) = unbalanced_lots(state).pop() {
            self.fail(format!("node {node}: lot {lot} does not balance at {height}"));
        }
    }

    /// An honest node names the validators of an epoch.
    pub fn named(&self, node: usize, epoch: u64, members: &[Member]) {
        let mut keys: Vec<_> = members.iter().map(|member| member.key).collect();
        keys.sort_unstable();
        let mut known = self.lock();
        let same = *known.committees.entry(epoch).or_insert_with(|| keys.clone()) == keys;
        drop(known);
        if !same {
            self.fail(format!("node {node} names other validators of epoch {epoch} than others"));
        }
    }

    /// An honest node was told of a contradiction.
    pub fn accused(&self, node: usize, evidence: &Evidence) {
        self.note(|| {
            let Evidence { kind, epoch, view, .. } = evidence;
            format!("node {node} is told of {kind} in {epoch}/{view}")
        });
        let liar = self.people.iter().find(|person| person.key == evidence.validator);
        match liar {
            Some(person) if !person.honest => self.count("a liar was accused with evidence"),
            _ => self.fail(format!("node {node} accuses one who keeps the rules: {evidence:?}")),
        }
    }

    /// Somebody was told that his operation is final.
    pub fn acknowledged(&self, id: Hash, index: u64) {
        let mut known = self.lock();
        let before = *known.acknowledged.entry(id).or_insert(index);
        drop(known);
        if before != index {
            self.fail(format!("operation {id} was told to be at {before} and at {index}"));
        }
    }

    /// Everything that was acknowledged is in this state, at its place.
    pub fn check_acknowledged(&self, node: usize, state: &State) {
        let acknowledged = self.lock().acknowledged.clone();
        for (id, index) in acknowledged {
            let found = state.index_of(&id);
            if found.is_none() || (index != ANY_PLACE && found != Some(index)) {
                self.fail(format!(
                    "operation {id} was told to be final at {index}; node {node} has it at {found:?}"
                ));
                return;
            }
        }
    }
}
