//! Money: a gift becomes a claim, the claim pays for goods, the supplier is paid out.

use super::Scenario;
use super::goods::Arrival;
use super::names::GOODS;
use super::stage::Who;
use super::story::{Claim, Purchase, Shipment};
use weal_kernel::holdings::op::{Issue, LotId, MoneyLine, Pay, Redeem};
use weal_kernel::units::{Quantity, format_amount};
use weal_kernel::{Act, Hash};

const CURRENCY: &str = "CNY";

fn amount(minor: u64) -> String {
    format_amount(Quantity(minor), CURRENCY)
}

impl Scenario {
    /// A gift of money: the issuer received it and owes it to the holder.
    pub(crate) fn issue(&mut self, parties: (Who, Who), minor: u64, claim: Option<Hash>) -> Hash {
        let (issuer, holder) = parties;
        let purposes = ["护具采购 / protective goods", "不限用途 / wherever it is needed most"];
        let issue = Issue {
            to: self.stage.id(holder),
            currency: CURRENCY.into(),
            amount: amount(minor),
            donor: None,
            claim,
            purpose: Some(self.stage.chance.words(&purposes).to_owned()),
        };
        let id = self.stage.say(issuer, Act::MoneyIssue(issue), &[]);
        let lot = LotId { operation: id, line: 0 };
        self.story.claims.push(Claim { lot, issuer, holder, minor });
        id
    }

    /// Takes money out of one claim.
    fn spend(&mut self, at: usize, minor: u64) -> Option<(Claim, MoneyLine)> {
        let claim = *self.story.claims.get(at)?;
        let rest = claim.minor.checked_sub(minor)?;
        if rest == 0 {
            self.story.claims.swap_remove(at);
        } else {
            self.story.claims[at].minor = rest;
        }
        Some((claim, MoneyLine { lot: claim.lot, amount: amount(minor) }))
    }

    /// Pays out of the claim at this place.
    pub(crate) fn pay(&mut self, at: usize, to: Who, minor: u64, purpose: &str) -> Option<Hash> {
        let (claim, line) = self.spend(at, minor)?;
        let pay = Pay { to: self.stage.id(to), lines: vec![line], purpose: purpose.to_owned() };
        let id = self.stage.say(claim.holder, Act::MoneyPay(pay), &[]);
        self.story.claims.push(Claim { holder: to, minor, ..claim });
        Some(id)
    }

    /// Orders goods for a need and pays for them.
    pub(crate) fn buy(
        &mut self,
        at: usize,
        supplier: Who,
        order: (usize, u64),
        need: Option<(Hash, Who)>,
    ) -> bool {
        let (item, quantity) = order;
        let goods = &GOODS[item];
        let purpose = format!("{quantity} {} {}", goods.unit, goods.code);
        let Some(payment) = self.pay(at, supplier, goods.price * quantity, &purpose) else {
            return false;
        };
        if let Some(need) = self.story.need_mut(need.map(|(id, _)| id)) {
            need.promised += quantity;
        }
        self.story.purchases.push(Purchase { payment, supplier, item, quantity, need });
        true
    }

    /// The supplier makes what was bought and hands it to whoever needs it.
    pub(crate) fn deliver(&mut self, at: usize, carrier: Option<Who>) -> Option<Hash> {
        let order = self.story.purchases.swap_remove(at);
        let arrival = Arrival {
            lines: vec![(order.item, false, order.quantity)],
            donor: None,
            claim: None,
            bought_with: Some(order.payment),
            need: order.need.map(|(need, _)| need),
        };
        let (_, portions) = self.mint(order.supplier, &arrival);
        let (need, taker) = order.need?;
        portions.iter().for_each(|portion| {
            self.unshelve(order.supplier, portion);
        });
        let load =
            Shipment { id: Hash::ZERO, giver: order.supplier, taker, portions, need: Some(need) };
        Some(self.hand_over(load, carrier, 0))
    }

    /// A supplier is paid out; the issuer signs too.
    pub(crate) fn redeem(&mut self, at: usize, minor: u64) -> bool {
        let Some((claim, line)) = self.spend(at, minor) else { return false };
        let redeem = Redeem {
            issuer: self.stage.id(claim.issuer),
            lines: vec![line],
            purpose: Some("转账付清 / paid out by transfer".into()),
        };
        self.stage.say(claim.holder, Act::MoneyRedeem(redeem), &[claim.issuer]);
        true
    }
}
