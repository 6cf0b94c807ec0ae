//! Acts about the network, and which keys must sign them besides the actor's.

use weal_kernel::network::op::{Approve, Change, Cite, Decline, Move, Propose};
use weal_kernel::state::Network;
use weal_kernel::{Act, Hash};
use weal_proof::genesis::Keeper;
use weal_proof::keys::PublicKey;

/// Proposes another institution to keep the book.
pub fn propose_add(keeper: Keeper) -> Act {
    propose(Change::Add(keeper))
}

/// Proposes that a keeper keeps the book no more.
pub fn propose_remove(key: PublicKey) -> Act {
    propose(Change::Remove { key })
}

/// Proposes another key for a keeper's validator.
pub fn propose_rekey(key: PublicKey, new: PublicKey) -> Act {
    propose(Change::Rekey { key, new })
}

/// Proposes to believe the receipts of the network with this exact genesis text.
pub fn propose_recognise(genesis: &[u8]) -> Act {
    propose(Change::recognise(genesis))
}

fn propose(change: Change) -> Act {
    Act::NetworkPropose(Propose { change })
}

/// A keeper is for a proposal.
pub fn approve(proposal: Hash, keeper: PublicKey) -> Act {
    Act::NetworkApprove(Approve { proposal, keeper })
}

/// A keeper is against a proposal.
pub fn decline(proposal: Hash, keeper: PublicKey, reason: &str) -> Act {
    Act::NetworkDecline(Decline { proposal, keeper, reason: reason.into() })
}

/// A keeper's machine is reached elsewhere from the next epoch on.
pub fn move_to(keeper: PublicKey, address: &str, web: Option<String>) -> Act {
    Act::NetworkMove(Move { keeper, address: address.into(), web })
}

/// Cites the operation that this receipt of another network is about.
pub fn cite(receipt: &str) -> Act {
    Act::NetworkCite(Cite { receipt: receipt.into() })
}

/// The keys that must sign an act about the network besides the actor's; none for other acts and
/// for keepers who are not known.
pub fn further_keys(act: &Act, network: &Network) -> Vec<PublicKey> {
    let owner = |keeper: Option<&Keeper>| keeper.map(|keeper| keeper.owner).into_iter().collect();
    match act {
        Act::NetworkPropose(Propose { change: Change::Add(keeper) }) => {
            vec![keeper.key, keeper.owner]
        }
        Act::NetworkPropose(Propose { change: Change::Rekey { key, new } }) => {
            let mut keys: Vec<_> = owner(network.next_keeper(key));
            keys.push(*new);
            keys
        }
        Act::NetworkApprove(act) => owner(network.keeper(&act.keeper)),
        Act::NetworkDecline(act) => owner(network.keeper(&act.keeper)),
        Act::NetworkMove(act) => owner(network.next_keeper(&act.keeper)),
        _ => Vec::new(),
    }
}
