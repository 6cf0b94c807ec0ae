//! What is true of a case, read from the entries a second time: values, roles, witnesses.

use super::raid::Raid;
use crate::common::DAY;
use std::collections::BTreeMap;
use std::sync::Arc;
use weal_charter::Charter;
use weal_charter::due::Clerk;
use weal_charter::model::{self, Input, Proof, Source};
use weal_kernel::Hash;
use weal_kernel::charters::state::{Case, Entry, Moment};
use weal_kernel::units::UnixMillis;

/// A case, its charter, and the time.
pub struct Sight<'a> {
    pub text: Arc<Charter>,
    pub entry: Entry,
    pub case: Option<&'a Case>,
    pub now: UnixMillis,
}

/// Who has which role.
pub type Roles = BTreeMap<(Hash, String), Hash>;

impl<'a> Sight<'a> {
    pub fn of(raid: &Raid, charter: Hash, case: Option<&'a Case>) -> Sight<'a> {
        let entry = raid.world.entry(charter);
        let known = raid.charters.iter().find(|(id, _)| *id == charter);
        let text = known.map(|(_, text)| text.clone()).unwrap();
        Sight { text, entry, case, now: raid.world.now }
    }

    /// What a rule is asked with.
    pub fn value(&self, input: Input) -> i128 {
        let moment = Moment::of(self.now);
        let own = |pot: usize| self.text.pots[pot].per_case;
        match input {
            Input::Pot(at) if own(at) => self.case.map_or(0, |case| case.pots[at].into()),
            Input::Pot(at) => self.entry.pots[at].into(),
            Input::Field(at) => self.case.map_or(0, |case| case.fields[at].into()),
            Input::Counter(at) => self.case.map_or(0, |case| case.counters[at]),
            Input::All(at) => self.entry.all[at],
            Input::Parameter(at) => self.entry.parameters[at].0.into(),
            Input::Party(at) => self.case.map_or(0, |case| {
                case.parties[at].iter().map(|(_, weight)| i128::from(*weight)).sum()
            }),
            Input::Stated => panic!("what is stated is not seen"),
            Input::Day => i128::from(self.now.0 / DAY),
            Input::Month => moment.month.into(),
            Input::Year => moment.year.into(),
            Input::Cases => self.entry.open.into(),
        }
    }

    /// Whether enough different people had shown what a flow needs a waiting time ago, and still
    /// may show it.
    pub fn is_shown(&self, flow: &model::Flow, roles: &Roles) -> bool {
        let Some(case) = self.case else { return true };
        let wait = flow.wait_days * DAY;
        if flow.evidence.is_empty() {
            let number = self.text.flows.iter().position(|known| known.name == flow.name).unwrap();
            let asked = case.asked.iter().find(|(flow, _)| *flow as usize == number);
            return wait == 0 || asked.is_some_and(|(_, at)| at.0 + wait <= self.now.0);
        }
        let kinds: Vec<Vec<Hash>> = flow
            .evidence
            .iter()
            .map(|kind| {
                let old = |(_, at): &(Hash, UnixMillis)| at.0 + wait <= self.now.0;
                let witnesses = self.witnesses(*kind, roles).into_iter();
                witnesses.filter(old).map(|(who, _)| who).collect()
            })
            .collect();
        most_different(&kinds, &mut Vec::new()) >= flow.needs
    }

    /// Whether a flow out of a pot would take place now, as far as one sees without its amount.
    pub fn is_likely(&self, flow: &model::Flow, roles: &Roles) -> bool {
        let mut clerk = Clerk::new(&self.text);
        let says = |rule| clerk.ask(rule, &|input| self.value(input)).unwrap() != 0;
        let Source::Pot(pot) = flow.source else { return false };
        flow.clock().is_none()
            && self.value(Input::Pot(pot)) > 0
            && !self.case.is_some_and(|case| case.ended)
            && flow.when.is_none_or(says)
            && flow.stopped_by.iter().all(|kind| self.witnesses(*kind, roles).is_empty())
            && (self.is_shown(flow, roles) || flow.evidence.is_empty())
    }

    /// Who shows something now.
    pub fn witnesses(&self, kind: usize, roles: &Roles) -> Vec<(Hash, UnixMillis)> {
        let by = self.text.evidence[kind].by;
        let shown = self.case.map_or(&[][..], |case| &case.shown);
        let of_kind = shown.iter().filter(|shown| shown.evidence as usize == kind);
        let fits = of_kind.filter(|shown| entitled(self, by, &shown.by, roles));
        fits.map(|shown| (shown.by, shown.at)).collect()
    }
}

/// How many kinds can be told by different people: every choice is tried.
fn most_different(kinds: &[Vec<Hash>], used: &mut Vec<Hash>) -> usize {
    let Some((first, rest)) = kinds.split_first() else { return 0 };
    let mut most = most_different(rest, used);
    for who in first {
        if !used.contains(who) {
            used.push(*who);
            most = most.max(1 + most_different(rest, used));
            used.pop();
        }
    }
    most
}

/// Whether somebody is whom the text means.
pub fn entitled(sight: &Sight<'_>, actor: model::Actor, who: &Hash, roles: &Roles) -> bool {
    match actor {
        model::Actor::Anyone => true,
        model::Actor::Party(at) => {
            sight.case.is_some_and(|case| case.parties[at].iter().any(|(known, _)| known == who))
        }
        model::Actor::Role(at) => match &sight.text.roles[at].proof {
            Proof::Named => sight.entry.named[at].contains(who),
            Proof::Credential(code) => roles.contains_key(&(*who, code.clone())),
        },
        model::Actor::EachMonth | model::Actor::EachYear => false,
    }
}
