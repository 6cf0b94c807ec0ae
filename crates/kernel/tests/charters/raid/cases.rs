//! What he does with cases: opens, states, names, passes on, vouches, sets what offices set.

use super::super::sight::Sight;
use super::{Raid, pick};
use crate::common::build::amount;
use crate::common::charters::*;
use crate::common::play::Move;
use crate::common::{DAY, Op};
use weal_charter::model;
use weal_kernel::Act;

impl Raid {
    pub(super) fn opened(&mut self, m: Move) -> Op {
        let (id, text) = self.charter(m);
        let mut act = open(id, &[], &[]);
        for field in text.fields.iter().filter(|field| field.set_by == model::Actor::Anyone) {
            let [low, high] = [field.low, field.high].map(|edge| i64::try_from(edge).unwrap());
            let today = i64::try_from(self.world.now.0 / DAY).unwrap();
            let some = i64::from(m.amount);
            let value = match field.name.as_str() {
                "born" => 1935 + some % 64,
                "deadline_day" | "due_day" => today + some - 60,
                "price" | "size" => some * 1_000,
                _ => low + some % (high - low + 1),
            };
            let value = if m.twist == 201 { high + 1 } else { value.clamp(low, high) };
            act.fields.insert(field.name.clone(), value);
        }
        let mut others = Vec::new();
        for party in text.parties.iter().filter(|party| !party.opens) {
            let none = party.set_by.is_some() && m.twist.is_multiple_of(4);
            let count = if party.many { m.amount.wrapping_add(1) % 4 } else { u8::from(!none) };
            let people = self.people(m, count, u64::from(m.amount) * 70 + 1);
            let people: Vec<_> = people.iter().map(|(who, weight)| (who, *weight)).collect();
            act.parties.insert(party.name.clone(), shares(&people));
            if party.signs {
                others.extend(people.iter().map(|(who, _)| (*who).clone()));
            }
        }
        act.reference = text.is_unique.then(|| format!("invoice {}", m.who % 16));
        let openers: Vec<_> = text.opened_by.iter().map(|r| model::Actor::Role(*r)).collect();
        let who = (!openers.is_empty()).then(|| self.fit(m, id, &openers, None));
        let who = who.unwrap_or_else(|| self.people(m, 1, 1).remove(0).0);
        let op = self.world.act(&who, Act::CharterOpen(act));
        others.iter().filter(|other| other.id != who.id).fold(op, |op, other| op.with(other))
    }

    pub(super) fn stated(&mut self, m: Move) -> Op {
        let (id, text) = self.charter(m);
        let case = self.case(id, m);
        let field = text.fields.iter().find(|field| field.set_by != model::Actor::Anyone);
        let blind = text.fields.first().filter(|_| m.twist.is_multiple_of(8));
        let Some(field) = field.or(blind) else { return self.triggered(m) };
        let who = self.fit(m, id, &[field.set_by], Some(case));
        let range = field.high - field.low + 2;
        let value = i64::try_from(field.low + i128::from(m.amount) % range).unwrap();
        self.by(m, Some(who), state(id, case, &field.name, value))
    }

    pub(super) fn named(&mut self, m: Move) -> Op {
        let (id, text) = self.charter(m);
        let case = self.case(id, m);
        let free: Vec<_> = text.parties.iter().filter(|party| party.set_by.is_some()).collect();
        let party = pick(&free, m.amount).or(text.parties.first()).unwrap();
        let who = self.fit(m, id, &party.set_by.into_iter().collect::<Vec<_>>(), Some(case));
        let people = self.people(m, if party.many { m.amount % 4 } else { 1 }, m.twist.into());
        let people: Vec<_> = people.iter().map(|(who, weight)| (who, weight + 1)).collect();
        self.by(m, Some(who), name(id, case, &party.name, &people))
    }

    pub(super) fn passed(&mut self, m: Move) -> Op {
        let (id, text) = self.charter(m);
        let case = self.case(id, m);
        let party = text.parties.iter().rfind(|party| party.passes);
        let blind = text.parties.first().filter(|_| m.twist.is_multiple_of(8));
        let Some(party) = party.or(blind) else { return self.drawn(m) };
        let number = text.parties.iter().position(|known| known.name == party.name).unwrap();
        let who = self.fit(m, id, &[model::Actor::Party(number)], Some(case));
        let to = self.people(m, 1, 1).remove(0).0;
        let mut act = pass(id, case, &party.name, 1 + u64::from(m.amount % 16), &to);
        let own = self.lots.iter().find(|lot| self.world.holds(&to, **lot) > 9);
        if let Some(lot) = own.filter(|_| m.twist.is_multiple_of(2)) {
            act.price = vec![amount(*lot, "0.07")];
        }
        self.by(m, Some(who), Act::CharterPass(act)).with(&to)
    }

    pub(super) fn vouched(&mut self, m: Move) -> Op {
        let (id, text) = self.charter(m);
        let case = self.case(id, m);
        let held = self.world.state.case(&id, case);
        let sight = Sight::of(self, id, held.as_ref());
        let unseen = |(number, _): &(usize, &model::Evidence)| {
            m.twist.is_multiple_of(8) || sight.witnesses(*number, &self.roles).is_empty()
        };
        let unseen: Vec<_> = text.evidence.iter().enumerate().filter(unseen).collect();
        let Some((_, evidence)) = pick(&unseen, m.amount) else { return self.triggered(m) };
        let who = self.fit(m, id, &[evidence.by], Some(case));
        let act = match m.twist % 8 {
            5 => retract(id, case, &evidence.name),
            _ => vouch(id, case, &evidence.name),
        };
        self.by(m, Some(who), act)
    }

    pub(super) fn set(&mut self, m: Move) -> Op {
        let (id, text) = self.charter(m);
        let Some(parameter) = pick(&text.parameters, m.amount) else {
            return self.paid_in(m);
        };
        let at = text.parameters.iter().position(|known| known.name == parameter.name).unwrap();
        let (before, _) = self.world.entry(id).parameters[at];
        let who = self.fit(m, id, &[model::Actor::Role(parameter.set_by)], None);
        let value = before + before * (i64::from(m.whom) - 128) / 700;
        self.by(m, Some(who), set(id, &parameter.name, value))
    }
}
