//! What was asked about the network, and what the keepers answered.

use super::entries::Stored;
use super::{LIMIT, View, whole};
use crate::book::BookError;
use crate::book::write::act_number;
use crate::codes;
use crate::view::{Proposal, ProposalAnswer};
use weal_kernel::network::op::{Change, read_genesis};
use weal_kernel::network::state::{self, Outcome};
use weal_kernel::state::keys;
use weal_kernel::{Act, Hash, Payload, State, limits};

impl View<'_> {
    /// The newest proposals, newest first.
    pub(in crate::book) fn proposals(&self) -> Result<Vec<Proposal>, BookError> {
        let sql = "SELECT ix FROM entry WHERE act=? ORDER BY nth DESC LIMIT ?";
        let values = [act_number("network.propose").unwrap_or(-1), i64::from(LIMIT)];
        let places: Vec<i64> = self.all(sql, values, |row| row.get(0))?;
        let mut proposals = Vec::with_capacity(places.len());
        for ix in places {
            if let Some(proposal) = self.proposal(ix)? {
                proposals.push(proposal);
            }
        }
        Ok(proposals)
    }

    fn proposal(&self, ix: i64) -> Result<Option<Proposal>, BookError> {
        let Some((stored, Act::NetworkPropose(act))) = self.said(ix)? else { return Ok(None) };
        let time_ms = whole(stored.time);
        let mut proposal = Proposal {
            id: stored.id.to_string(),
            number: codes::number('R', whole(ix)),
            by: self.party_name(stored.actor)?,
            time_ms,
            expires_ms: time_ms.saturating_add(limits::PROPOSAL_MS),
            answers: self.answers(ix)?,
            ..Proposal::default()
        };
        describe(&act.change, &mut proposal);
        Ok(Some(proposal))
    }

    fn answers(&self, proposal: i64) -> Result<Vec<ProposalAnswer>, BookError> {
        let [yes, no] = ["network.approve", "network.decline"].map(act_number);
        let sql = "SELECT l.ix FROM link l JOIN entry e ON e.ix=l.ix WHERE l.target=?1 \
                   AND e.act IN (?2,?3) ORDER BY l.ix LIMIT ?4";
        let values = [proposal, yes.unwrap_or(-1), no.unwrap_or(-1), i64::from(LIMIT)];
        let places: Vec<i64> = self.all(sql, values, |row| row.get(0))?;
        let mut answers = Vec::with_capacity(places.len());
        for ix in places {
            let Some((stored, act)) = self.said(ix)? else { continue };
            let (keeper, approves, reason) = match act {
                Act::NetworkApprove(act) => (act.keeper, true, None),
                Act::NetworkDecline(act) => (act.keeper, false, Some(act.reason)),
                _ => continue,
            };
            answers.push(ProposalAnswer {
                number: codes::number('R', whole(ix)),
                keeper: keeper.to_string(),
                approves,
                reason,
                by: self.party_name(stored.actor)?,
                time_ms: whole(stored.time),
            });
        }
        Ok(answers)
    }

    /// What the entry at this place says.
    pub(super) fn said(&self, ix: i64) -> Result<Option<(Stored, Act)>, BookError> {
        let Some(stored) = self.stored(ix)? else { return Ok(None) };
        let payload: Option<Payload> = serde_json::from_slice(&stored.payload).ok();
        Ok(payload.map(|payload| (stored, payload.act)))
    }

    /// What a proposal is about, in a word: a name, or the beginning of a key.
    pub(super) fn proposed(&self, id: &Hash) -> Result<Option<String>, BookError> {
        let Some(ix) = self.index_of(id)? else { return Ok(None) };
        Ok(match self.said(ix)? {
            Some((_, Act::NetworkPropose(act))) => Some(subject(&act.change)),
            _ => None,
        })
    }
}

/// What a change is about, in a word.
pub(super) fn subject(change: &Change) -> String {
    let mut proposal = Proposal::default();
    describe(change, &mut proposal);
    if proposal.name.is_empty() { proposal.key.chars().take(8).collect() } else { proposal.name }
}

fn describe(change: &Change, proposal: &mut Proposal) {
    match change {
        Change::Add(keeper) => {
            proposal.kind = "add".into();
            proposal.name.clone_from(&keeper.name);
            proposal.key = keeper.key.to_string();
            proposal.owner = Some(keeper.owner.to_string());
            proposal.address = Some(keeper.address.clone());
        }
        Change::Remove { key } => {
            proposal.kind = "remove".into();
            proposal.key = key.to_string();
        }
        Change::Rekey { key, new } => {
            proposal.kind = "rekey".into();
            proposal.key = key.to_string();
            proposal.new_key = Some(new.to_string());
        }
        Change::Recognise { genesis } => {
            proposal.kind = "recognise".into();
            if let Ok((network, genesis)) = read_genesis("/", genesis) {
                proposal.name = genesis.name;
                proposal.network = Some(network.to_string());
            }
        }
    }
}

impl Proposal {
    /// Fills in what became of it, and the name of a keeper who is known by his key: the log tells
    /// who answered, the state what it came to.
    pub fn judge(&mut self, state: &State, now_ms: u64) {
        let network = state.keeping().filter(|_| self.name.is_empty());
        let keepers =
            network.iter().flat_map(|network| network.next.iter().chain(&network.validators));
        for keeper in keepers.filter(|keeper| keeper.key.to_string() == self.key) {
            self.name.clone_from(&keeper.name);
        }
        let id: Option<Hash> = self.id.parse().ok();
        let known: Option<state::Proposal> = id.and_then(|id| state.get(&keys::proposal(&id)));
        self.outcome = match known.map(|known| known.outcome) {
            Some(Outcome::Accepted) => "accepted",
            Some(Outcome::Rejected) => "rejected",
            _ if self.expires_ms <= now_ms => "expired",
            _ => "open",
        }
        .into();
    }
}
