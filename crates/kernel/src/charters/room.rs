//! One charter as an operation works on it: its text read, its entry and cases changed and saved.

use super::state::{Case, Entry, Moment, Stage, View};
use crate::holdings::posting::{Account, Posting};
use crate::machine::Context;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, State, keys};
use std::sync::Arc;
use weal_charter::Charter;
use weal_charter::model::{Actor, Proof};
use weal_proof::Hash;

/// A charter that is being worked on.
pub(crate) struct Room {
    pub(crate) id: Hash,
    pub(crate) entry: Entry,
    pub(crate) charter: Arc<Charter>,
}

impl Room {
    /// The charter, at whatever stage.
    pub(crate) fn enter(place: &str, id: &Hash, draft: &Draft<'_>) -> Result<Room, Refused> {
        let unknown = || Refusal::UnknownCharter.at(format!("{place}/charter"), id);
        let entry: Entry = draft.get(&keys::charter(id)).ok_or_else(unknown)?;
        let state = draft.state();
        // Whether the text was read before does not show: a node that restarted pays the same.
        draft.meter().entry(state.entry(&keys::charter_text(id)).map_or(0, <[u8]>::len));
        let charter = state.read_charter(id).ok_or_else(unknown)?;
        Ok(Room { id: *id, entry, charter })
    }

    /// The charter, if it takes and pays money.
    pub(crate) fn enter_running(
        place: &str,
        id: &Hash,
        draft: &Draft<'_>,
    ) -> Result<Room, Refused> {
        let room = Room::enter(place, id, draft)?;
        match room.entry.stage {
            Stage::Running => Ok(room),
            stage => Err(Refusal::WrongStage.at(format!("{place}/charter"), format!("{stage:?}"))),
        }
    }

    /// Writes what was changed.
    pub(crate) fn leave(self, draft: &mut Draft<'_>) {
        draft.put(keys::charter(&self.id), &self.entry);
    }

    /// A case that has not ended.
    pub(crate) fn case(
        &self,
        place: &str,
        number: u64,
        draft: &Draft<'_>,
    ) -> Result<Case, Refused> {
        let place = format!("{place}/case");
        let case: Option<Case> = draft.get(&keys::case(&self.id, number));
        match case {
            None => Err(Refusal::UnknownCase.at(place, number)),
            Some(case) if case.ended => Err(Refusal::CaseEnded.at(place, number)),
            Some(case) => Ok(case),
        }
    }

    pub(crate) fn save_case(&self, number: u64, case: &Case, draft: &mut Draft<'_>) {
        draft.put(keys::case(&self.id, number), case);
    }

    /// What something is called: its number among those of its kind.
    pub(crate) fn find<'n>(
        place: &str,
        name: &str,
        mut names: impl Iterator<Item = &'n String>,
    ) -> Result<usize, Refused> {
        let found = names.position(|known| known == name);
        found.ok_or_else(|| Refusal::UnknownName.at(place, name))
    }

    pub(crate) fn flow(&self, place: &str, name: &str) -> Result<usize, Refused> {
        Room::find(&format!("{place}/flow"), name, self.charter.flows.iter().map(|f| &f.name))
    }

    /// Whether somebody is who the text means.
    pub(crate) fn is(
        &self,
        actor: Actor,
        case: Option<&Case>,
        at: &Context,
        draft: &Draft<'_>,
    ) -> bool {
        match actor {
            Actor::Anyone => true,
            Actor::Party(party) => {
                let shares = case.and_then(|case| case.parties.get(party));
                shares.is_some_and(|shares| shares.iter().any(|(who, _)| *who == at.actor))
            }
            Actor::Role(role) => self.holds_role(role, &at.actor, at, draft),
            Actor::EachMonth | Actor::EachYear => false,
        }
    }

    /// Whether somebody holds a role now.
    pub(crate) fn holds_role(
        &self,
        role: usize,
        who: &Hash,
        at: &Context,
        draft: &Draft<'_>,
    ) -> bool {
        match self.charter.roles.get(role).map(|role| &role.proof) {
            Some(Proof::Credential(code)) => draft.has_role(who, code, at.now),
            Some(Proof::Named) => {
                self.entry.named.get(role).is_some_and(|holders| holders.contains(who))
            }
            None => false,
        }
    }

    /// Refuses whoever is not one of those.
    pub(crate) fn need(
        &self,
        place: &str,
        actors: &[Actor],
        case: Option<&Case>,
        (at, draft): (&Context, &Draft<'_>),
    ) -> Result<(), Refused> {
        if actors.iter().any(|actor| self.is(*actor, case, at, draft)) {
            return Ok(());
        }
        let names: Vec<_> = actors.iter().map(|actor| self.charter.actor_name(*actor)).collect();
        Err(Refusal::NotForYou.at(place, format!("this is for {}", names.join(", "))))
    }

    /// What rules see of a case now.
    pub(crate) fn view<'a>(&'a self, case: Option<&'a Case>, moment: Moment) -> View<'a> {
        self.entry.view(&self.charter, case, moment)
    }
}

/// Whether a charter's pots and debts changed by what came into its account and left it: the
/// assertion before every commit.
pub(crate) fn is_in_balance(
    before: &State,
    draft: &Draft<'_>,
    charter: &Hash,
    postings: &[Posting],
) -> bool {
    let held = |entry: Option<Entry>| entry.map_or(0, |entry| i128::from(entry.held()));
    let key = keys::charter(charter);
    let mut expected = held(before.get(&key));
    for posting in postings {
        let quantity = i128::from(posting.quantity.0);
        if posting.to == Account::Held(*charter) {
            expected = expected.saturating_add(quantity);
        }
        if posting.from == Account::Held(*charter) {
            expected = expected.saturating_sub(quantity);
        }
    }
    held(draft.get(&key)) == expected
}
