//! Two gifts followed from the donor to the ward: one of goods, one of money.

use super::Scenario;
use super::goods::{Arrival, Outcome};
use super::names::GOODS;
use super::stage::Who;
use super::story::{Portion, Shipment};
use serde::Serialize;
use weal_kernel::Hash;
use weal_kernel::holdings::op::{LossCause, LotId};

/// What a demonstration can show at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Showcase {
    /// The code an unnamed donor of respirators keeps: splits, a shortage, a loss and bedside use.
    pub goods_claim_code: String,
    /// The operation that took this gift in.
    pub goods_gift: Hash,
    /// The code an unnamed donor of money keeps: it became goods in three wards.
    pub money_claim_code: String,
    /// The operation that took this gift in.
    pub money_gift: Hash,
    /// A need the gift of goods helped to meet.
    pub need: Hash,
    /// The hospital that stated it.
    pub hospital: Hash,
    /// Codes of further unnamed donors.
    pub other_claim_codes: Vec<String>,
}

fn item(code: &str) -> usize {
    GOODS.iter().position(|goods| goods.code == code).unwrap_or(0)
}

impl Scenario {
    /// Tells both gifts to their end.
    pub(crate) fn show(&mut self) -> Showcase {
        let hospital = self.story.cast.hospitals[0];
        let (need, goods_claim_code, goods_gift) = self.show_goods(hospital);
        let (money_claim_code, money_gift) = self.show_money();
        let hospital = self.stage.id(hospital);
        Showcase {
            goods_claim_code,
            goods_gift,
            money_claim_code,
            money_gift,
            need,
            hospital,
            other_claim_codes: Vec::new(),
        }
    }

    fn ask_for(&mut self, needy: Who, code: &str, amount: u64) -> (Hash, Who) {
        let place = self.stage.member(needy).place;
        let body = super::stage::members(serde_json::json!({
            "item": code, "quantity": { "stated": { "amount": amount } }, "urgency": "critical",
            "reason": "夜班人员没有防护 / night shifts work without protection", "place": place,
        }));
        (self.post_need_with(needy, item(code), body, amount), needy)
    }

    fn load(&self, giver: Who, taker: Who, portion: Portion, need: Option<Hash>) -> Shipment {
        Shipment { id: Hash::ZERO, giver, taker, portions: vec![portion], need }
    }

    /// 200 boxes of respirators. 120 to the city: two missing, one found, one torn. 50 to a
    /// township hospital, 20 to another depot; 9 stay on the way to another township; one gets
    /// wet in store.
    fn show_goods(&mut self, central: Who) -> (Hash, String, Hash) {
        let cast = &self.story.cast;
        let (depot, onward, carrier) = (cast.depots[0], cast.depots[2], cast.carriers[0]);
        let (township, next, nurse) = (cast.hospitals[12], cast.hospitals[13], cast.clerks[3]);
        let need = self.ask_for(central, "respirator-n95", 4_000);
        let (code, claim) = self.new_claim();
        let lines = vec![(item("respirator-n95"), true, 200)];
        let arrival = Arrival { lines, donor: None, claim, bought_with: None, need: None };
        let (gift, portions) = self.mint(depot, &arrival);
        let whole = portions[0];
        let kept = self.reserve(depot, whole.of(120), need);
        self.story.kept.retain(|k| k.reservation != kept);
        let load = self.load(depot, central, whole.of(120), Some(need.0));
        self.dispatch(load, Some(carrier), Some(kept));
        self.accept(self.story.on_the_way.len() - 1, 2);
        self.show_shortage(whole.of(1));
        let small = self.ask_for(township, "respirator-n95", 1_000);
        self.bring(depot, small, whole.of(50), carrier);
        self.write_off(depot, whole.of(1), LossCause::Damaged, "受潮 / wet");
        self.consume(central, whole.of(60), "重症监护 / intensive care", Some(need.0));
        self.consume_onward((central, nurse), whole.of(50), Some(need.0));
        self.consume(township, whole.of(40), "发热门诊 / fever clinic", Some(small.0));
        self.count(township);
        self.unshelve(depot, &whole.of(20));
        let load = self.load(depot, onward, whole.of(20), None);
        self.dispatch(load, Some(carrier), None);
        self.accept(self.story.on_the_way.len() - 1, 0);
        let last = self.ask_for(next, "respirator-n95", 300);
        self.unshelve(depot, &whole.of(9));
        self.promise_to(last.0, whole.of(9));
        let load = self.load(depot, next, whole.of(9), Some(last.0));
        self.dispatch(load, Some(carrier), None);
        self.story.on_the_way.clear();
        self.keep_out(gift);
        (need.0, code, gift)
    }

    /// Of two missing boxes one turns up with the taker, the other was torn on the road.
    fn show_shortage(&mut self, one: Portion) {
        let Some(mut gap) = self.story.gaps.pop() else { return };
        gap.portions = vec![one];
        self.story.gaps.extend([gap.clone(), gap]);
        let last = self.story.gaps.len() - 1;
        self.settle_gap(last, Outcome::WithTaker);
        let torn = "途中撕裂，已拍照 / torn on the road, photographed";
        self.settle_gap(last - 1, Outcome::Gone(LossCause::Damaged, torn));
    }

    /// Giver, carrier and taker meet at the taker's door.
    fn bring(&mut self, giver: Who, need: (Hash, Who), portion: Portion, carrier: Who) {
        self.promise_to(need.0, portion);
        self.unshelve(giver, &portion);
        let load = self.load(giver, need.1, portion, Some(need.0));
        self.hand_over(load, Some(carrier), 0);
    }

    /// What is left of a gift that is shown stays where it is: its picture is meant to be read.
    fn keep_out(&mut self, gift: Hash) {
        self.story.stock.retain(|stock| stock.portion.lot.operation != gift);
        self.story.claims.retain(|claim| claim.lot.operation != gift);
    }

    fn promise_to(&mut self, need: Hash, portion: Portion) {
        if let Some(need) = self.story.need_mut(Some(need)) {
            need.promised += portion.base();
        }
    }

    /// The head nurse uses goods under a mandate that the clerk passed on to her.
    fn consume_onward(
        &mut self,
        (holder, nurse): (Who, Who),
        portion: Portion,
        need: Option<Hash>,
    ) {
        use weal_kernel::holdings::op::{Consume, LotLine};
        self.unshelve(holder, &portion);
        let quantity = weal_kernel::units::Quantity(portion.quantity);
        let lines = vec![LotLine { lot: portion.lot, quantity }];
        let ward = Some("七病区 / ward 7".to_owned());
        let act = weal_kernel::Act::HoldingConsume(Consume { lines, ward, need });
        self.stage.say_by(holder, (nurse, self.ward_mandate), act, &[]);
    }

    /// 50,000 yuan: coveralls and respirators for three hospitals, used in three wards.
    fn show_money(&mut self) -> (String, Hash) {
        let cast = &self.story.cast;
        let (Some(bank), fund) = (cast.bank, cast.charities[1]) else {
            return (String::new(), Hash::ZERO);
        };
        let (suppliers, carrier) = (cast.suppliers.clone(), cast.carriers[2]);
        let takers = [cast.hospitals[0], cast.hospitals[2], cast.hospitals[13]];
        let (code, claim) = self.new_claim();
        let gift = self.issue((bank, fund), 5_000_000, claim);
        let lot = LotId { operation: gift, line: 0 };
        let orders = [("coverall", 300, 0), ("respirator-n95", 1_200, 1), ("coverall", 120, 0)];
        let wards = ["七病区 / ward 7", "重症监护 / intensive care", "发热门诊 / fever clinic"];
        for ((taker, (goods, quantity, supplier)), ward) in
            takers.into_iter().zip(orders).zip(wards)
        {
            let need = self.ask_for(taker, goods, quantity);
            let held = |c: &super::story::Claim| c.lot == lot && c.holder == fund;
            let Some(at) = self.story.claims.iter().position(held) else { continue };
            self.buy(at, suppliers[supplier], (item(goods), quantity), Some(need));
            let last = self.story.purchases.len() - 1;
            self.deliver(last, Some(carrier));
            let fits = |s: &&super::story::Stock| s.holder == taker && s.need == Some(need.0);
            let Some(stock) = self.story.stock.iter().find(fits).copied() else { continue };
            let used = stock.portion.of(quantity * 2 / 3);
            self.consume(taker, used, ward, Some(need.0));
            self.keep_out(stock.portion.lot.operation);
        }
        let paid = |c: &super::story::Claim| c.lot == lot && c.holder == suppliers[0];
        if let Some(at) = self.story.claims.iter().position(paid) {
            let minor = self.story.claims[at].minor;
            self.redeem(at, minor);
        }
        self.keep_out(gift);
        (code, gift)
    }
}
