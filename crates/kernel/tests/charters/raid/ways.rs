//! Ways around the texts: texts of his own, money and keys in a charter's name, rights, repeats.

use super::{Raid, pick};
use crate::common::build::{amount, attest, grant, hand_over, issue, pay, redeem, write_off};
use crate::common::charters::*;
use crate::common::play::Move;
use crate::common::{Actor, Op};
use weal_kernel::charters::op::Remark;
use weal_kernel::charters::state::Stage;
use weal_kernel::principals::op::RevokeRole;
use weal_kernel::{Act, Hash};

impl Raid {
    /// He publishes texts of his own, audits and locks them at once, shows defects, takes back.
    pub(super) fn about_texts(&mut self, m: Move) -> Op {
        let (id, _) = self.charter(m);
        let new = self
            .charters
            .last()
            .cloned()
            .map(|(id, _)| id)
            .filter(|id| self.world.entry(*id).stage == Stage::Review);
        let text = self.world.state.charter_text(&new.unwrap_or(id)).unwrap();
        let question = Remark::Question { text: "Why?".into() };
        let act = match (m.amount % 8, new) {
            (_, None) if self.charters.len() < 4 => {
                publish(OWN, &self.town["bank"], &[("clerk", &[&self.town["bob"]])])
            }
            (0, _) => remark(new.unwrap_or(id), question),
            (1, _) => defect(new.unwrap_or(id), "twice", &[5], 10),
            (2, _) if m.twist.is_multiple_of(3) => withdraw(new.unwrap_or(id)),
            (3..=5, _) => audit(new.unwrap_or(id), &text),
            _ => lock(new.unwrap_or(id)),
        };
        let who = matches!(act, Act::CharterWithdraw(_)).then(|| self.town["cai"].clone());
        let publishes = matches!(act, Act::CharterPublish(_)).then(|| self.town["cai"].clone());
        self.by(m, who.or(publishes), act)
    }

    /// He treats the charter as somebody who pays, is paid, holds goods and has keys.
    pub(super) fn with_money(&mut self, m: Move) -> Op {
        let (id, _) = self.charter(m);
        let charter = Actor { id, keys: self.anybody(m.who).keys };
        let people = self.people(m, 1, 1).remove(0).0;
        let lot = pick(&self.lots, m.amount).unwrap();
        match m.twist % 8 {
            0 => self.by(m, Some(people), pay(&charter, lot, "0.05")),
            1 => self.by(m, Some(charter), pay(&people, lot, "0.05")),
            2 => {
                let bank = self.town["bank"].clone();
                self.by(m, Some(bank), issue(&charter, "CNY", "5.00"))
            }
            3 => {
                let who = if m.whom.is_multiple_of(2) { charter } else { people };
                let bank = self.town["bank"].clone();
                let act = redeem(&bank, vec![amount(lot, "0.05")]);
                self.by(m, Some(who), act).with(&bank)
            }
            4 => self.by(m, Some(charter), write_off(None, lot, 5)),
            5 => self.by(m, Some(charter), hand_over(&people, lot, 5, 5)).with(&people),
            _ => {
                let own = self.lots.iter().find(|lot| self.world.holds(&people, **lot) > 5);
                let act = pay(&self.anybody(m.amount), own.copied().unwrap_or(lot), "0.05");
                self.by(m, Some(people), act)
            }
        }
    }

    /// He attests and revokes roles, and gives mandates; also in the charter's name.
    pub(super) fn with_rights(&mut self, m: Move) -> Op {
        let (id, _) = self.charter(m);
        let keeper = self.town["keeper"].clone();
        let (_, role) = pick(&PEOPLE[9..], m.amount).unwrap();
        let someone = self.people(m, 1, 1).remove(0).0;
        let until = self.world.now.plus(FOR_LIFE);
        match m.twist % 4 {
            0 => self.by(m, Some(keeper), attest(&someone, role, until)),
            1 => {
                let witness = |who: &Hash| {
                    let cases = 0..self.world.entry(id).cases;
                    let mut cases = cases.map(|number| self.world.case(id, number));
                    cases.any(|case| case.shown.iter().any(|shown| shown.by == *who))
                };
                let roles = self.roles.iter();
                let some = roles.clone().filter(|((who, _), _)| witness(who));
                let some: Vec<Hash> = some.map(|(_, attestation)| *attestation).collect();
                let all: Vec<Hash> = roles.map(|(_, attestation)| *attestation).collect();
                let attestation = pick(&some, m.amount).or(pick(&all, m.amount)).unwrap();
                self.by(m, Some(keeper), Act::RoleRevoke(RevokeRole { attestation }))
            }
            _ => {
                let acts = ["charter.draw", "charter.trigger", "charter.pay", "charter.vouch"];
                let act = Act::MandateGrant(grant(&someone, &acts, self.world.now));
                let charter = Actor { id, keys: keeper.keys };
                let giver = if m.whom.is_multiple_of(16) { charter } else { self.anybody(m.who) };
                self.by(m, Some(giver), act)
            }
        }
    }

    /// He says again what he has said, in the very words or anew.
    pub(super) fn again(&mut self, m: Move) -> Op {
        let Some(before) = pick(&self.said, m.amount) else { return self.paid_in(m) };
        if m.twist.is_multiple_of(4) {
            return before;
        }
        self.world.said(before.payload.actor, before.payload.act, before.signers)
    }

    pub(super) fn deputised(&self, op: Op, m: Move) -> Op {
        let fits = |(_, from, _): &&(Hash, Actor, Actor)| op.payload.actor == Some(from.id);
        let found = self.mandates.iter().filter(fits).cloned().collect::<Vec<_>>();
        match pick(&found, m.whom) {
            Some((mandate, _, to)) if m.twist % 4 == 2 => op.under(mandate, &to),
            _ => op,
        }
    }
}

/// His own text: it pays him all there is, as far as a text can.
const OWN: &str = r#"
charter(name = "Own", kind = "other", money = "CNY", case = "case", language = 1,
    last_year = 2060)
pot("purse")
pot("own", per = "case")
pot("spare")
role("clerk", proof = "named")
party("member", opens = True)
party("friends", many = True, passes = True, set_by = "clerk")
counter("debt", low = -500)
def twice(own):
    "More than there is."
    return own * 2
def less(own):
    "Less than nothing."
    return -own
flow("in", source = "outside", to = "own", by = ["anyone"], amount = "stated")
flow("over", source = "own", to = "friends", by = ["anyone"], amount = twice, short = "part",
     counts = [["debt", less]])
flow("back", source = "own", to = "purse", by = ["anyone"], amount = less, rest_to = "spare",
     ends = True)
flow("out", source = "purse", to = "clerk", by = ["clerk"], amount = "stated", cap = 900)
flow("all", source = "purse", to = "friends", by = ["anyone"], amount = "all")
flow("rest", source = "spare", to = "friends", by = ["anyone"], amount = "all")
example(twice(5), 10)
example(less(5), -5)
"#;
