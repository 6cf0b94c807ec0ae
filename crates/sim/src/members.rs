//! Validators come and go: proposed by a clerk, approved by the owners of those who keep the book.

use crate::workload::{Actor, Clients};
use commonware_runtime::Clock as _;
use commonware_runtime::deterministic::Context;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use weal_kernel::network::op::{Approve, Change, Propose};
use weal_kernel::state::Network;
use weal_kernel::{Act, State};
use weal_proof::genesis::Keeper;
use weal_proof::keys::{PublicKey, SecretKey};

/// The keys of an institution that keeps the book, or will.
#[derive(Clone)]
pub struct Institution {
    /// Its entry in the book.
    pub keeper: Keeper,
    /// The key of its validator.
    pub key: SecretKey,
    /// The key with which it approves changes.
    pub owner: SecretKey,
}

impl Institution {
    /// The institution of the node with this number.
    pub fn new(number: usize) -> Self {
        let secret = |name: &[u8]| {
            let number = (number as u64).to_be_bytes();
            SecretKey::from_seed(weal_proof::Hash::of(&[name, &number]).0)
        };
        let (key, owner) = (secret(b"validator"), secret(b"owner"));
        let alone = Keeper::alone(&format!("institution {number}"), key.public());
        let address = format!("10.0.0.{}:7000", number + 1);
        let keeper = Keeper { owner: owner.public(), address, ..alone };
        Institution { keeper, key, owner }
    }
}

/// What is to change, in order.
pub struct Changes {
    /// Who joins.
    pub joins: Option<usize>,
    /// Who is removed afterwards.
    pub removed: Option<usize>,
    /// All institutions by number.
    pub institutions: Vec<Institution>,
}

/// Carries the changes out; returns when the last has taken effect.
pub async fn carry_out(context: Context, clients: Arc<Clients>, changes: Changes) {
    let owners: BTreeMap<PublicKey, SecretKey> =
        changes.institutions.iter().map(|i| (i.key.public(), i.owner.clone())).collect();
    let wait = || context.sleep(Duration::from_millis(200));
    wait().await;
    let clerk = clients.register("clerk").await;
    if let Some(new) = changes.joins.and_then(|at| changes.institutions.get(at)) {
        let change = Change::Add(new.keeper.clone());
        pass(&clients, &clerk, change, &[&new.key, &new.owner], &owners).await;
        while !keeps(&clients, &new.key.public()) {
            wait().await;
        }
    }
    if let Some(old) = changes.removed.and_then(|at| changes.institutions.get(at)) {
        let key = old.key.public();
        pass(&clients, &clerk, Change::Remove { key }, &[], &owners).await;
        while keeps(&clients, &key) {
            wait().await;
        }
        clients.record().count("a validator was removed");
    }
}

/// Proposes a change and lets as many approve it as are needed.
async fn pass(
    clients: &Arc<Clients>,
    clerk: &Actor,
    change: Change,
    keys: &[&SecretKey],
    owners: &BTreeMap<PublicKey, SecretKey>,
) {
    let mut signers = vec![&clerk.key];
    signers.extend(keys);
    let propose = Act::NetworkPropose(Propose { change });
    let envelope = clients.said(Some(clerk.id), propose, &signers);
    let proposal = envelope.id();
    clients.settle(envelope).await;
    let network = loop {
        match clients.any_chain().and_then(|chain| network(&chain.tip_state().1)) {
            Some(network) => break network,
            None => clients.rest().await,
        }
    };
    let needed = usize::try_from(network.needed_approvals()).unwrap_or(usize::MAX);
    for keeper in network.validators.iter().take(needed) {
        let Some(owner) = owners.get(&keeper.key) else { continue };
        let approve = Act::NetworkApprove(Approve { proposal, keeper: keeper.key });
        let envelope = clients.said(Some(clerk.id), approve, &[&clerk.key, owner]);
        clients.settle(envelope).await;
    }
    clients.record().count("a validator was proposed and approved");
}

fn network(state: &State) -> Option<Network> {
    state.keeping()
}

fn keeps(clients: &Clients, key: &PublicKey) -> bool {
    let state = clients.any_chain().map(|chain| chain.tip_state().1);
    state.and_then(|state| network(&state)).is_some_and(|network| network.keeper(key).is_some())
}
