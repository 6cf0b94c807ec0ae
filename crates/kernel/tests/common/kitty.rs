//! What is said about charters in random plays: all are of one text, the kitty.

use super::Actor;
use super::build::nobody;
use super::charters::*;
use super::play::{CHARTERS, Move, Play, Said, pick, said};
use std::collections::BTreeMap;
use weal_kernel::charters::op::{Draw, Onward, PayIn, Publish, Remark};
use weal_kernel::charters::state::{Case, Entry, Stage};
use weal_kernel::holdings::op::MoneyLine;
use weal_kernel::holdings::posting::Account;
use weal_kernel::units::{Quantity, format_amount};
use weal_kernel::{Act, Hash};

/// The text of the plays.
pub const KITTY: &str = include_str!("kitty.weal");

impl Play {
    /// The first of the cast is the bank, the third the clerk.
    pub(super) fn kitty(&self) -> Act {
        publish(KITTY, &self.cast[0], &[("clerk", &[&self.cast[2]])])
    }

    /// The life of texts, their cases, and money in and out.
    pub(super) fn about_charters(&mut self, m: Move) -> Said {
        let stage = |stage| {
            let of = |id: &Hash| self.world.state.charter(id).map(|entry| entry.stage);
            let found: Vec<_> =
                self.charters.iter().copied().filter(|id| of(id) == Some(stage)).collect();
            pick(&found, m.amount)
        };
        let running = stage(Stage::Running).or(pick(&self.charters, m.which));
        let running = running.filter(|_| m.twist != 220).unwrap_or_else(nobody);
        match (m.act.saturating_sub(CHARTERS), stage(Stage::Review)) {
            (0..=7, Some(id)) => self.reviewed(m, id),
            (0..=3, None) => self.published(m),
            (4..=10, _) => self.opened(m, running),
            (11..=16, _) => self.changed(m, running),
            (17..=23, _) => self.paid_in(m, running),
            (24..=33, _) => self.asked(m, running),
            (34, _) => said(usize::from(m.who) % self.cast.len(), run(running)),
            (35..=40, _) => self.drawn(m, running),
            (41, _) => {
                let flow = ["gift", "grant", "help"][usize::from(m.whom % 3)];
                said(2, brake(running, flow, u64::from(m.amount % 4)))
            }
            _ => self.reviewed(m, running),
        }
    }

    fn published(&self, m: Move) -> Said {
        let act = match (m.twist % 16, self.kitty()) {
            (3, Act::CharterPublish(act)) => {
                Act::CharterPublish(Publish { roles: BTreeMap::new(), ..act })
            }
            (_, act) => act,
        };
        said(usize::from(m.who) % self.cast.len(), act)
    }

    fn reviewed(&self, m: Move, id: Hash) -> Said {
        let who = usize::from(m.who) % self.cast.len();
        let some = i64::from(m.amount);
        match m.whom % 8 {
            0 => said(who, remark(id, Remark::Question { text: "Why?".into() })),
            1 => {
                let to = pick(&self.charters, m.twist).unwrap_or_else(nobody);
                said(who, remark(id, Remark::Answer { to, text: "So.".into() }))
            }
            2 => said(who, defect(id, "half", &[some - 9], (some - 9).div_euclid(2))),
            3 => said(who, defect(id, "half", &[some], some)),
            4 if m.twist.is_multiple_of(2) => {
                let author = self.entry(id).map(|entry| entry.author);
                said(self.place(author), withdraw(id))
            }
            5 => said(who, audit(id, KITTY)),
            6 => said(who, audit(id, if m.twist % 4 == 3 { "" } else { KITTY })),
            _ => said(who, lock(id)),
        }
    }

    fn entry(&self, id: Hash) -> Option<Entry> {
        self.world.state.charter(&id)
    }

    /// A case of a charter, mostly one there is, with what is known of it.
    fn case(&self, m: Move, id: Hash) -> (u64, Option<Case>) {
        let cases = self.entry(id).map_or(0, |entry| entry.cases);
        let number = match m.twist {
            221 => cases,
            _ => u64::from(m.whom).checked_rem(cases).unwrap_or(0),
        };
        (number, self.world.state.case(&id, number))
    }

    fn place(&self, id: Option<Hash>) -> usize {
        self.cast.iter().position(|actor| Some(actor.id) == id).unwrap_or(0)
    }

    fn some_people(&self, m: Move, count: u8) -> Vec<(&Actor, u64)> {
        let at = |n: u8| usize::from(m.whom.wrapping_add(n)) % self.cast.len();
        (0..count).map(|n| (&self.cast[at(n)], u64::from(m.amount % 9 + n))).collect()
    }

    fn opened(&self, m: Move, id: Hash) -> Said {
        let who = usize::from(m.who) % self.cast.len();
        let [friend, holders] = [m.twist % 3, m.amount % 4].map(|n| self.some_people(m, n));
        let friend = friend.into_iter().take(usize::from(m.twist != 222));
        let friend: Vec<_> = friend.map(|(who, weight)| (who, weight + 1)).collect();
        let mut act = open(id, &[("need", i64::from(m.amount))], &[]);
        act.parties = [("friend".to_owned(), shares(&friend))].into();
        act.parties.insert("holders".into(), shares(&holders));
        match m.twist {
            223 => drop(act.fields.insert("grade".into(), 1)),
            224 => act.fields.clear(),
            225 => drop(act.parties.insert("member".into(), shares(&friend))),
            _ => {}
        }
        said(who, Act::CharterOpen(act))
    }

    /// What the parties and the clerk do about a case.
    fn changed(&self, m: Move, id: Hash) -> Said {
        let (number, case) = self.case(m, id);
        let party = |at: usize| case.as_ref().and_then(|case| Some(case.parties[at].first()?.0));
        let (member, friend) = (self.place(party(0)), self.place(party(1)));
        match m.amount % 12 {
            0 | 1 => said(2, state(id, number, "grade", i64::from(m.amount % 5))),
            2 => {
                let people = self.some_people(m, m.twist % 2);
                let people: Vec<_> = people.iter().map(|(who, _)| (*who, 1)).collect();
                let party = if m.twist % 8 == 7 { "holders" } else { "friend" };
                said(member, name(id, number, party, &people))
            }
            3 | 4 => {
                let who = self.place(party(2));
                let to = usize::from(m.which) % self.cast.len();
                let mut act = pass(id, number, "holders", u64::from(m.who % 4), &self.cast[to]);
                if let Some(lot) = pick(&self.money, m.who).filter(|_| m.twist % 4 == 1) {
                    act.price = vec![MoneyLine { lot, amount: "0.05".into() }];
                }
                let others = self.cast[to].keys.clone();
                Said { who, act: Act::CharterPass(act), others }
            }
            5 => said(2, set(id, "rate", 20 + i64::from(m.twist % 64))),
            6 | 7 => said(friend, vouch(id, number, "seen by friend")),
            8 | 9 => said(2, vouch(id, number, "seen by clerk")),
            10 => said(2, vouch(id, number, "stop by clerk")),
            _ => {
                let kind = ["seen by friend", "seen by clerk", "stop by clerk"];
                said(2, retract(id, number, kind[usize::from(m.twist % 3)]))
            }
        }
    }

    /// Somebody pays in with claims on the bank, if anybody holds such; sometimes with others.
    fn paid_in(&self, m: Move, id: Hash) -> Said {
        let (number, case) = self.case(m, id);
        let flow = ["fill", "fill", "dues", "gift"][usize::from(m.amount % 4)];
        let member = case.and_then(|case| Some(case.parties[0].first()?.0));
        let bank = (self.cast[0].id, "CNY".to_owned());
        let all: Vec<_> = (0..self.cast.len())
            .filter(|who| flow != "fill" || *who == self.place(member) || m.twist >= 240)
            .flat_map(|who| self.money.iter().map(move |lot| (who, *lot)))
            .filter(|(who, lot)| {
                let held = self.held(lot, Account::Held(self.cast[*who].id)).quantity.0;
                held > 0 && (self.money_of(lot) == bank || m.twist.is_multiple_of(16))
            })
            .collect();
        let Some((who, lot)) = pick(&all, m.which) else {
            let to = &self.cast[self.place(member)];
            return said(0, super::build::issue(to, "CNY", "3.00"));
        };
        let rate = self.entry(id).map_or(0, |entry| entry.parameters[0].0.unsigned_abs());
        let minor = if flow == "dues" { rate } else { u64::from(m.who) % 90 + 1 };
        let (_, currency) = self.money_of(&lot);
        let amount = format_amount(Quantity(minor + u64::from(m.twist == 226)), &currency);
        let case = ((flow == "gift") == (m.twist == 227)).then_some(number);
        let flow = flow.into();
        let act = PayIn { charter: id, flow, case, lines: vec![MoneyLine { lot, amount }] };
        said(who, Act::CharterPay(act))
    }

    fn asked(&self, m: Move, id: Hash) -> Said {
        let (number, case) = self.case(m, id);
        let flow = ["help", "help", "leave", "grant", "share"][usize::from(m.amount % 5)];
        let member = case.and_then(|case| Some(case.parties[0].first()?.0));
        let who = match flow {
            "leave" => self.place(member),
            "grant" => 2,
            _ => usize::from(m.who) % self.cast.len(),
        };
        let stated = ((flow == "grant") != (m.twist == 228)).then(|| u64::from(m.who) / 3);
        said(who, trigger(id, flow, (m.twist != 229).then_some(number), stated))
    }

    fn drawn(&self, m: Move, id: Hash) -> Said {
        let owed = |id: &Hash, who: usize| self.world.state.charter_due(id, &self.cast[who].id);
        let all = self.charters.iter().flat_map(|id| (0..self.cast.len()).map(|who| (*id, who)));
        let found: Vec<_> = all.filter(|(id, who)| owed(id, *who) > 0).collect();
        let (id, who) = pick(&found, m.who).unwrap_or((id, 0));
        let due = owed(&id, who);
        let amount_minor =
            (!m.twist.is_multiple_of(4)).then(|| u64::from(m.amount) % (due + 2) + 1);
        let to = (m.twist % 8 > 5).then(|| self.cast[usize::from(m.whom) % self.cast.len()].id);
        let into = (m.twist % 8 == 5).then(|| {
            let charter = pick(&self.charters, m.which).unwrap_or_else(nobody);
            let gift = m.whom.is_multiple_of(2);
            let flow = if gift { "gift" } else { "fill" }.into();
            Onward { charter, flow, case: (!gift).then_some(u64::from(m.whom % 4)) }
        });
        said(who, Act::CharterDraw(Draw { charter: id, amount_minor, to, into }))
    }
}
