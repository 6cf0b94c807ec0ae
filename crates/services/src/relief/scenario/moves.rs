//! What happens next: one move of the story, chosen by chance among those that are possible.

use super::Scenario;
use super::goods::{Arrival, Outcome};
use super::names::GOODS;
use super::stage::Who;
use super::story::{Portion, Shipment};
use weal_kernel::Hash;
use weal_kernel::holdings::op::LossCause;

/// Open needs the story keeps about it.
const NEEDS: usize = 90;
/// Needs that are met and still shown before their authors close them.
const MET: usize = 25;
/// Shelf lines of those who give.
const SHELVES: usize = 120;
/// Shipments on the way.
const SHIPMENTS: usize = 18;
/// Differences that nobody has settled.
const GAPS: usize = 9;

impl Scenario {
    /// Makes one move; there is always one that is possible.
    pub(crate) fn step(&mut self) {
        for _ in 0..40 {
            if self.try_move() {
                return;
            }
        }
        self.report_beds();
    }

    fn try_move(&mut self) -> bool {
        match self.stage.chance.below(100) {
            0..=11 => self.need_move(),
            12..=16 => self.speak(),
            17..=19 => self.revise(),
            20..=22 => self.close(MET),
            23..=32 => self.gift(),
            33..=47 => self.keep(),
            48..=57 => self.send(),
            58..=67 => self.receive(),
            68..=69 => self.redistribute(),
            70..=72 => self.settle_some_gap(),
            73..=83 => self.use_some(),
            84 => self.lose_some(),
            85 => self.give_up(),
            86 => self.count_some(),
            87 => self.promise(),
            88 => self.ask(),
            89 => self.report_beds(),
            90..=92 => self.give_money(),
            93..=95 => self.order(),
            96..=97 => self.deliver_order(),
            98 => self.pay_out(),
            _ => self.stage.chance.percent(6) && self.measure_some(),
        }
    }

    /// Two packs stay unknown until the past is told: a sum that rests on them cannot be decided.
    fn measure_some(&mut self) -> bool {
        let unknown = self.story.packs.iter().filter(|pack| !pack.known).count();
        (unknown > 2 || self.stage.past.is_none()) && self.measure_pack()
    }

    fn need_move(&mut self) -> bool {
        if self.story.needs.len() >= NEEDS {
            return false;
        }
        let hospitals = self.story.cast.hospitals.clone();
        let Some(needy) = self.stage.chance.pick(&hospitals) else { return false };
        self.post_need(needy);
        true
    }

    fn gift(&mut self) -> bool {
        if self.story.stock.len() >= SHELVES * 3 {
            return false;
        }
        let givers = self.story.cast.givers();
        let Some(holder) = self.stage.chance.pick(&givers) else { return false };
        let mut lines = Vec::new();
        for _ in 0..self.stage.chance.between(1, 2) {
            let item = self.stage.chance.place(GOODS.len()).unwrap_or(0);
            let packed = self.stage.chance.percent(55);
            let base = GOODS[item].use_per_1000 * self.stage.chance.between(1, 8) / 4 + 20;
            let quantity = if packed { (base / GOODS[item].pack.1).max(2) } else { base };
            lines.push((item, packed, quantity));
        }
        let donors = self.story.cast.donors.clone();
        let donor =
            if self.stage.chance.percent(20) { self.stage.chance.pick(&donors) } else { None };
        let claim = if donor.is_none() && self.stage.chance.percent(85) {
            let (code, hash) = self.new_claim();
            self.remember(code);
            hash
        } else {
            None
        };
        let arrival = Arrival { lines, donor, claim, bought_with: None, need: None };
        self.mint(holder, &arrival);
        true
    }

    /// A need for this item that waits for more.
    fn waiting(&mut self, item: usize, holder: Who) -> Option<(Hash, Who, u64)> {
        let fits =
            self.story.needs.iter().filter(|need| {
                need.item == item && need.needy != holder && need.promised < need.asked
            });
        let all: Vec<_> = fits.map(|n| (n.id, n.needy, n.asked - n.promised)).collect();
        self.stage.chance.pick(&all)
    }

    /// A shelf line of one of these, and how much of it meets a need.
    fn match_some(&mut self, holders: &[Who]) -> Option<(Who, Portion, (Hash, Who))> {
        let lines = self.story.stock.iter().filter(|s| holders.contains(&s.holder));
        let lines: Vec<_> = lines.map(|s| (s.holder, s.portion)).collect();
        let (holder, portion) = self.stage.chance.pick(&lines)?;
        let (need, needy, missing) = self.waiting(portion.item, holder)?;
        let inside = portion.of(1).base().max(1);
        let quantity = missing.div_ceil(inside).min(portion.quantity);
        Some((holder, portion.of(quantity), (need, needy)))
    }

    fn keep(&mut self) -> bool {
        if self.story.kept.len() >= 30 {
            return false;
        }
        let givers = self.story.cast.givers();
        let Some((holder, portion, need)) = self.match_some(&givers) else { return false };
        self.reserve(holder, portion, need);
        true
    }

    fn carrier(&mut self) -> Option<Who> {
        let carriers = self.story.cast.carriers.clone();
        if self.stage.chance.percent(75) { self.stage.chance.pick(&carriers) } else { None }
    }

    fn send(&mut self) -> bool {
        if self.story.on_the_way.len() >= SHIPMENTS {
            return false;
        }
        let carrier = self.carrier();
        if let Some(at) = self.stage.chance.place(self.story.kept.len()) {
            let kept = self.story.kept.swap_remove(at);
            let load = Shipment {
                id: Hash::ZERO,
                giver: kept.holder,
                taker: kept.needy,
                portions: vec![kept.portion],
                need: Some(kept.need),
            };
            self.dispatch(load, carrier, Some(kept.reservation));
            return true;
        }
        let depots = self.story.cast.depots.clone();
        let at = self.story.stock.iter().position(|s| depots.contains(&s.holder));
        let Some(stock) = at.and_then(|at| self.story.stock.get(at)).copied() else { return false };
        let others: Vec<Who> = depots.iter().copied().filter(|d| *d != stock.holder).collect();
        let Some(taker) = self.stage.chance.pick(&others) else { return false };
        let portion = stock.portion.of(stock.portion.quantity.div_ceil(2));
        self.unshelve(stock.holder, &portion);
        let portions = vec![portion];
        let load = Shipment { id: Hash::ZERO, giver: stock.holder, taker, portions, need: None };
        self.dispatch(load, carrier, None);
        true
    }

    fn receive(&mut self) -> bool {
        let Some(at) = self.stage.chance.place(self.story.on_the_way.len()) else { return false };
        let short = self.stage.chance.percent(9) && self.story.gaps.len() < GAPS;
        let missing = if short { self.stage.chance.between(1, 6) } else { 0 };
        self.accept(at, missing);
        true
    }

    /// A hospital shares with a smaller one, or the charity brings goods itself: both sign on the
    /// spot.
    fn redistribute(&mut self) -> bool {
        let cast = &self.story.cast;
        let holders: Vec<Who> =
            cast.hospitals.iter().chain(cast.charities.first()).copied().collect();
        let Some((giver, portion, (need, taker))) = self.match_some(&holders) else { return false };
        let beds = |who: Who| self.stage.member(who).beds;
        if beds(giver) > 0 && beds(giver) <= beds(taker) {
            return false;
        }
        self.unshelve(giver, &portion);
        if let Some(need) = self.story.need_mut(Some(need)) {
            need.promised += portion.base();
        }
        let need = Some(need);
        let load = Shipment { id: Hash::ZERO, giver, taker, portions: vec![portion], need };
        let missing = u64::from(self.stage.chance.percent(10) && self.story.gaps.len() < GAPS);
        self.hand_over(load, None, missing);
        true
    }

    fn settle_some_gap(&mut self) -> bool {
        if self.story.gaps.len() < 4 {
            return false;
        }
        let outcome = match self.stage.chance.below(10) {
            0..=4 => Outcome::WithTaker,
            5..=6 => Outcome::WithGiver,
            7..=8 => Outcome::Gone(LossCause::Damaged, "途中淋雨损坏 / soaked by rain on the road"),
            _ => Outcome::Gone(LossCause::Lost, "无法查明去向 / nobody can say where it is"),
        };
        self.settle_gap(0, outcome);
        true
    }

    /// A shelf line of a hospital.
    fn hospital_shelf(&mut self) -> Option<super::story::Stock> {
        let hospitals = &self.story.cast.hospitals;
        let lines = self.story.stock.iter().filter(|s| hospitals.contains(&s.holder));
        let lines: Vec<_> = lines.copied().collect();
        self.stage.chance.pick(&lines)
    }

    fn use_some(&mut self) -> bool {
        let Some(stock) = self.hospital_shelf() else { return false };
        let most = stock.portion.quantity;
        let some = self.stage.chance.between(1 + most / 5, 1 + most / 2).min(most);
        let quantity = if most <= 12 { most } else { some };
        let ward = self.ward();
        self.consume(stock.holder, stock.portion.of(quantity), ward, stock.need);
        true
    }

    fn lose_some(&mut self) -> bool {
        let Some(at) = self.stage.chance.place(self.story.stock.len()) else { return false };
        let stock = self.story.stock[at];
        let quantity = self.stage.chance.between(1, 4).min(stock.portion.quantity);
        let (cause, why) = match self.stage.chance.below(3) {
            0 => (LossCause::Damaged, "仓库漏雨 / the roof leaked"),
            1 => (LossCause::Stolen, "夜间被盗，已报案 / stolen at night, reported"),
            _ => (LossCause::Other, "检测不合格，销毁 / failed the test, destroyed"),
        };
        self.write_off(stock.holder, stock.portion.of(quantity), cause, why);
        true
    }

    fn give_up(&mut self) -> bool {
        match self.stage.chance.place(self.story.kept.len()) {
            Some(at) => {
                self.release(at);
                true
            }
            None => false,
        }
    }

    fn count_some(&mut self) -> bool {
        let cast = &self.story.cast;
        let all: Vec<Who> = cast.depots.iter().chain(&cast.hospitals).copied().collect();
        self.stage.chance.pick(&all).is_some_and(|holder| self.count(holder))
    }

    fn give_money(&mut self) -> bool {
        let (Some(bank), Some(fund)) =
            (self.story.cast.bank, self.story.cast.charities.get(1).copied())
        else {
            return false;
        };
        if self.story.claims.len() > 60 {
            return false;
        }
        let (code, claim) = self.new_claim();
        self.remember(code);
        let minor = self.stage.chance.between(2, 9_000) * 1_000;
        let issuer = if self.stage.chance.percent(70) { bank } else { fund };
        self.issue((issuer, fund), minor, claim);
        true
    }

    fn order(&mut self) -> bool {
        let suppliers = self.story.cast.suppliers.clone();
        let fund = self.story.cast.charities.get(1).copied();
        let held = self.story.claims.iter().enumerate().filter(|(_, c)| Some(c.holder) == fund);
        let Some((at, minor)) = held.map(|(at, c)| (at, c.minor)).max_by_key(|(_, minor)| *minor)
        else {
            return false;
        };
        let Some(supplier) = self.stage.chance.pick(&suppliers) else { return false };
        let item = self.stage.chance.place(GOODS.len()).unwrap_or(0);
        let Some((need, needy, missing)) = self.waiting(item, supplier) else { return false };
        let quantity = missing.min(minor / GOODS[item].price);
        quantity > 0 && self.buy(at, supplier, (item, quantity), Some((need, needy)))
    }

    fn deliver_order(&mut self) -> bool {
        if self.story.purchases.is_empty() {
            return false;
        }
        let carrier = self.carrier();
        self.deliver(0, carrier).is_some()
    }

    fn pay_out(&mut self) -> bool {
        let suppliers = &self.story.cast.suppliers;
        let at = self.story.claims.iter().position(|claim| suppliers.contains(&claim.holder));
        let Some((at, minor)) = at.map(|at| (at, self.story.claims[at].minor)) else {
            return false;
        };
        self.redeem(at, minor)
    }
}
