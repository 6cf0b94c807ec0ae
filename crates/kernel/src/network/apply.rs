//! What each act about the network demands and changes.

use super::op::{self, Approve, Cite, CitedOperation, Decline, Move, Propose, read_genesis};
use super::state::{Answer, Change, Citation, Foreign, Outcome, Proposal};
use crate::authority::Authority;
use crate::limits;
use crate::machine::Context;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, Network, keys};
use crate::units::UnixMillis;
use weal_proof::genesis::{Keeper, are_keepers};
use weal_proof::keys::PublicKey;
use weal_proof::{Envelope, Hash};

const CHANGE: &str = "/act/network.propose/change";
const MOVED: &str = "/act/network.move/keeper";

/// Who keeps the book; a state without that entry, which no genesis makes, is changed by nobody.
fn keeping(place: &str, draft: &Draft<'_>) -> Result<Network, Refused> {
    draft.get(keys::NETWORK).ok_or_else(|| Refusal::UnknownKeeper.at(place, "no keepers"))
}

fn known<'a>(
    place: &str,
    key: &PublicKey,
    keeper: Option<&'a Keeper>,
) -> Result<&'a Keeper, Refused> {
    keeper.ok_or_else(|| Refusal::UnknownKeeper.at(place, key))
}

/// The owner of a present keeper signs.
fn need_owner(
    place: &str,
    keeper: &PublicKey,
    authority: &mut Authority<'_>,
    draft: &Draft<'_>,
) -> Result<(), Refused> {
    let network = keeping(place, draft)?;
    let keeper = known(place, keeper, network.keeper(keeper))?;
    authority.need_key(place, &keeper.owner)
}

impl Propose {
    /// Nobody is proposed who has not the keys.
    pub(crate) fn need_others(
        &self,
        authority: &mut Authority<'_>,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        match &self.change {
            op::Change::Add(keeper) => {
                authority.need_key(&format!("{CHANGE}/add/key"), &keeper.key)?;
                authority.need_key(&format!("{CHANGE}/add/owner"), &keeper.owner)
            }
            op::Change::Rekey { key, new } => {
                let place = format!("{CHANGE}/rekey/key");
                let network = keeping(&place, draft)?;
                let keeper = known(&place, key, network.next_keeper(key))?;
                authority.need_key(&place, &keeper.owner)?;
                authority.need_key(&format!("{CHANGE}/rekey/new"), new)
            }
            op::Change::Remove { .. } | op::Change::Recognise { .. } => Ok(()),
        }
    }

    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let change = match &self.change {
            op::Change::Add(keeper) => Change::Add(keeper.clone()),
            op::Change::Remove { key } => Change::Remove { key: *key },
            op::Change::Rekey { key, new } => Change::Rekey { key: *key, new: *new },
            op::Change::Recognise { genesis } => {
                let (network, genesis) = read_genesis(CHANGE, genesis)?;
                Change::Recognise { network, name: genesis.name }
            }
        };
        change.check(CHANGE, draft)?;
        let proposal = Proposal {
            change,
            by: at.actor,
            time: at.now,
            expires: at.now.plus(limits::PROPOSAL_MS),
            answers: Vec::new(),
            outcome: Outcome::Open,
        };
        draft.put(keys::proposal(&at.id), &proposal);
        Ok(())
    }
}

impl Change {
    /// Whether the change is possible as things stand.
    fn check(&self, place: &str, draft: &Draft<'_>) -> Result<(), Refused> {
        match self {
            Change::Recognise { network, .. } => {
                if *network == draft.state().network() || draft.has(&keys::foreign(network)) {
                    return Err(Refusal::NetworkKnown.at(place, network));
                }
                Ok(())
            }
            _ => self.next(place, &keeping(place, draft)?.next).map(drop),
        }
    }

    /// The keepers of the next epoch with this change.
    fn next(&self, place: &str, keepers: &[Keeper]) -> Result<Vec<Keeper>, Refused> {
        let mut next = keepers.to_vec();
        let found = |key: &PublicKey| known(place, key, keepers.iter().find(|k| k.key == *key));
        match self {
            Change::Add(keeper) => next.push(keeper.clone()),
            Change::Remove { key } => {
                found(key)?;
                next.retain(|keeper| keeper.key != *key);
            }
            Change::Rekey { key, new } => {
                found(key)?;
                for keeper in next.iter_mut().filter(|keeper| keeper.key == *key) {
                    keeper.key = *new;
                }
            }
            Change::Recognise { .. } => {}
        }
        if !are_keepers(&next) {
            return Err(Refusal::ImpossibleKeepers.at(place, next.len()));
        }
        next.sort_unstable_by_key(|keeper| keeper.key);
        Ok(next)
    }

    fn take_effect(
        &self,
        place: &str,
        proposal: Hash,
        since: UnixMillis,
        draft: &mut Draft<'_>,
    ) -> Result<(), Refused> {
        if let Change::Recognise { network, name } = self {
            self.check(place, draft)?;
            let entry = Foreign { name: name.clone(), proposal, since };
            draft.put(keys::foreign(network), &entry);
            return Ok(());
        }
        let mut network = keeping(place, draft)?;
        network.next = self.next(place, &network.next)?;
        draft.put(keys::NETWORK.to_owned(), &network);
        Ok(())
    }
}

impl Approve {
    pub(crate) fn need_others(
        &self,
        authority: &mut Authority<'_>,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        need_owner("/act/network.approve/keeper", &self.keeper, authority, draft)
    }

    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let answer = Answer { keeper: self.keeper, approves: true, reason: None };
        take_answer("/act/network.approve", &self.proposal, answer, at, draft)
    }
}

impl Decline {
    pub(crate) fn need_others(
        &self,
        authority: &mut Authority<'_>,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        need_owner("/act/network.decline/keeper", &self.keeper, authority, draft)
    }

    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let reason = Some(self.reason.clone());
        let answer = Answer { keeper: self.keeper, approves: false, reason };
        take_answer("/act/network.decline", &self.proposal, answer, at, draft)
    }
}

fn take_answer(
    act: &str,
    id: &Hash,
    answer: Answer,
    at: &Context,
    draft: &mut Draft<'_>,
) -> Result<(), Refused> {
    let (key, place) = (keys::proposal(id), format!("{act}/proposal"));
    let mut proposal: Proposal =
        draft.get(&key).ok_or_else(|| Refusal::UnknownProposal.at(&place, id))?;
    if proposal.outcome != Outcome::Open {
        return Err(Refusal::ProposalDecided.at(place, format!("{:?}", proposal.outcome)));
    }
    if proposal.expires <= at.now {
        return Err(Refusal::ProposalExpired.at(place, proposal.expires.0));
    }
    if proposal.answers.iter().any(|known| known.keeper == answer.keeper) {
        return Err(Refusal::Answered.at(format!("{act}/keeper"), answer.keeper));
    }
    let network = keeping(&place, draft)?;
    // Answers of those who keep the book no more count no more, and the list keeps an end.
    proposal.answers.retain(|known| network.keeper(&known.keeper).is_some());
    proposal.answers.push(answer);
    let (approving, declining): (Vec<_>, Vec<_>) =
        proposal.answers.iter().partition(|answer| answer.approves);
    let needed = usize::try_from(network.needed_approvals()).unwrap_or(usize::MAX);
    if approving.len() >= needed {
        proposal.change.take_effect(&place, *id, at.now, draft)?;
        proposal.outcome = Outcome::Accepted;
    } else if network.validators.len().saturating_sub(declining.len()) < needed {
        proposal.outcome = Outcome::Rejected;
    }
    draft.put(key, &proposal);
    Ok(())
}

impl Move {
    pub(crate) fn need_others(
        &self,
        authority: &mut Authority<'_>,
        draft: &Draft<'_>,
    ) -> Result<(), Refused> {
        let network = keeping(MOVED, draft)?;
        let keeper = known(MOVED, &self.keeper, network.next_keeper(&self.keeper))?;
        authority.need_key(MOVED, &keeper.owner)
    }

    pub(crate) fn decide(&self, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let mut network = keeping(MOVED, draft)?;
        for keeper in network.next.iter_mut().filter(|keeper| keeper.key == self.keeper) {
            keeper.address.clone_from(&self.address);
            if let Some(web) = &self.web {
                keeper.web.clone_from(web);
            }
        }
        draft.put(keys::NETWORK.to_owned(), &network);
        Ok(())
    }
}

impl Cite {
    pub(crate) fn decide(&self, at: &Context, draft: &mut Draft<'_>) -> Result<(), Refused> {
        let place = "/act/network.cite/receipt";
        let receipt = self.read(place)?;
        if !draft.has(&keys::foreign(&receipt.network)) {
            return Err(Refusal::UnknownNetwork.at(place, receipt.network));
        }
        let wrong = |e: &dyn std::fmt::Display| Refusal::BadReceipt.at(place, e);
        let envelope = Envelope::from_bytes(receipt.operation.get().as_bytes());
        let operation = envelope.map_err(|e| wrong(&e))?.id();
        let key = keys::cited(&receipt.network, &operation);
        if draft.has(&key) {
            return Err(Refusal::CitedBefore.at(place, operation));
        }
        // The signatures come last: they cost most.
        draft.meter().receipt(&self.receipt);
        let proven = receipt.check().map_err(|e| wrong(&e))?;
        let citation = Citation {
            index: receipt.index,
            height: proven.header.height,
            time: UnixMillis(proven.header.time_ms),
            by: at.actor,
            cited: at.now,
        };
        draft.put(key, &citation);
        Ok(())
    }
}

impl CitedOperation {
    /// It was cited before.
    pub(crate) fn check(&self, place: &str, draft: &Draft<'_>) -> Result<(), Refused> {
        if draft.has(&keys::cited(&self.network, &self.operation)) {
            return Ok(());
        }
        Err(Refusal::UnknownCitation.at(place, self.operation))
    }
}
