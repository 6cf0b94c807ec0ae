//! What he asks for: money in, flows out, draws and brakes.

use super::super::sight::Sight;
use super::{Raid, pick};
use crate::common::Op;
use crate::common::build::amount;
use crate::common::charters::*;
use crate::common::play::Move;
use weal_charter::Charter;
use weal_charter::due::Clerk;
use weal_charter::model::{self, Amount, Source};
use weal_kernel::charters::op::{Draw, Onward, PayIn};
use weal_kernel::holdings::op::LotId;
use weal_kernel::units::{Quantity, format_amount};
use weal_kernel::{Act, Hash};

impl Raid {
    pub(super) fn flow(&self, m: Move, text: &Charter, inward: bool) -> model::Flow {
        let wanted = |flow: &&model::Flow| {
            (flow.source == Source::Outside) == inward && flow.clock().is_none()
        };
        let flows: Vec<_> = text.flows.iter().filter(wanted).cloned().collect();
        let any = if m.twist == 202 { &text.flows } else { &flows };
        pick(any, m.amount).or(text.flows.first().cloned()).unwrap()
    }

    pub(super) fn paid_in(&mut self, m: Move) -> Op {
        let (id, text) = self.charter(m);
        let flow = self.flow(m, &text, true);
        let case = flow.per_case.then(|| self.case(id, m)).filter(|_| m.twist != 203);
        let who = self.fit(m, id, &flow.by, case);
        let held = case.and_then(|case| self.world.state.case(&id, case));
        let sight = Sight::of(self, id, held.as_ref());
        let due = match flow.amount {
            Amount::Rule(rule) => Clerk::new(&text).ask(rule, &|input| sight.value(input)).unwrap(),
            _ => i128::from(m.amount) * i128::from(m.who) * 9 + 1,
        };
        let due = u64::try_from(due.max(1)).unwrap() + u64::from(m.twist == 204);
        let holds = |lot: &&LotId| self.world.holds(&who, **lot) >= due;
        let found = self.lots.iter().find(holds).copied().filter(|_| m.twist < 240);
        let lot = found.or(pick(&self.lots, m.whom)).unwrap();
        let text = match m.twist {
            250 => "-5.00".to_owned(),
            251 => "0.00".to_owned(),
            252 => "1e9".to_owned(),
            _ => format_amount(Quantity(due), "CNY"),
        };
        let lines = vec![amount(lot, &text)];
        let act = PayIn { charter: id, flow: flow.name, case, lines };
        self.by(m, Some(who), Act::CharterPay(act))
    }

    pub(super) fn triggered(&mut self, m: Move) -> Op {
        let (id, text) = self.charter(m);
        let found = pick(&self.likely(id, &text), m.amount).filter(|_| !m.twist.is_multiple_of(4));
        let blind = || {
            let flow = self.flow(m, &text, false);
            let case = (flow.per_case != (m.twist == 203)).then(|| self.case(id, m));
            (flow, case)
        };
        let (flow, case) = found.unwrap_or_else(blind);
        let who = self.fit(m, id, &flow.by, case);
        let states = (flow.amount == Amount::Stated) != (m.twist == 204);
        let stated = states.then(|| u64::from(m.who) * 70 + 1);
        self.by(m, Some(who), trigger(id, &flow.name, case, stated))
    }

    /// Flows that would take place now, with their cases.
    pub(super) fn likely(&self, id: Hash, text: &Charter) -> Vec<(model::Flow, Option<u64>)> {
        let mut found = Vec::new();
        for number in 0..self.world.entry(id).cases.max(1) {
            let case = self.world.state.case(&id, number);
            let sight = Sight::of(self, id, case.as_ref());
            let flows = text.flows.iter().filter(|flow| sight.is_likely(flow, &self.once));
            found.extend(flows.map(|flow| (flow.clone(), flow.per_case.then_some(number))));
        }
        found
    }

    pub(super) fn drawn(&mut self, m: Move) -> Op {
        let all = self.charters.iter().flat_map(|(id, _)| {
            let owed = self.town.0.values().filter(|who| self.world.owed(*id, who) > 0);
            owed.map(|who| (*id, who.clone()))
        });
        let found = pick(&all.collect::<Vec<_>>(), m.who).filter(|_| m.twist < 200);
        let (id, who) = found.unwrap_or_else(|| (self.charter(m).0, self.anybody(m.who)));
        let due = self.world.owed(id, &who);
        let amount_minor = match m.amount % 4 {
            0 => None,
            1 => Some(due + u64::from(m.twist.is_multiple_of(8))),
            _ => Some(due.div_ceil(u64::from(m.amount).max(1))),
        };
        let to = match m.whom % 8 {
            0 if m.twist.is_multiple_of(2) => Some(id),
            1 => Some(self.anybody(m.amount).id),
            _ => None,
        };
        let into = (m.twist % 8 == 3).then(|| {
            let (charter, text) = self.charter(m);
            let flow = self.flow(m, &text, true);
            let case = flow.per_case.then(|| self.case(charter, m));
            Onward { charter, flow: flow.name, case }
        });
        let to = to.filter(|_| into.is_none() || m.twist.is_multiple_of(9));
        self.by(m, Some(who), Act::CharterDraw(Draw { charter: id, amount_minor, to, into }))
    }

    pub(super) fn braked(&mut self, m: Move) -> Op {
        let (id, text) = self.charter(m);
        let Some(declared) = &text.brake else { return self.triggered(m) };
        let flow = pick(&declared.flows, m.amount).filter(|_| m.twist != 205).unwrap_or(0);
        let who = self.fit(m, id, &[model::Actor::Role(declared.by)], None);
        let days = u64::from(m.amount % 12);
        self.by(m, Some(who), brake(id, &text.flows[flow].name, days))
    }
}
