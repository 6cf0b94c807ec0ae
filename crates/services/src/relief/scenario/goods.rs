//! Goods on the move: gifts, reservations, shipments, hand-overs, differences, use and counts.

use super::Scenario;
use super::names::{CONDITIONS, GOODS, WARDS};
use super::stage::Who;
use super::story::{Kept, Portion, Shipment, Stock};
use crate::codes::{claim_code, claim_hash};
use std::collections::BTreeMap;
use weal_kernel::holdings::op::{
    Accept, Consume, Count, CountLine, Dispatch, HandOver, HandOverLine, LossCause, LotId, LotLine,
    Mint, MintLine, Release, Reserve, Resolve, ResolveLine, WriteOff,
};
use weal_kernel::units::Quantity;
use weal_kernel::{Act, Hash};

/// Goods taken in: what, and on whose behalf.
pub(crate) struct Arrival {
    pub(crate) lines: Vec<(usize, bool, u64)>,
    pub(crate) donor: Option<Who>,
    pub(crate) claim: Option<Hash>,
    pub(crate) bought_with: Option<Hash>,
    pub(crate) need: Option<Hash>,
}

fn lot_lines(portions: &[Portion]) -> Vec<LotLine> {
    let line = |p: &Portion| LotLine { lot: p.lot, quantity: Quantity(p.quantity) };
    portions.iter().map(line).collect()
}

impl Scenario {
    /// A claim code for somebody without a key.
    pub(crate) fn new_claim(&mut self) -> (String, Option<Hash>) {
        let code = claim_code(self.stage.chance.bytes());
        let hash = claim_hash(&code);
        (code, hash)
    }

    /// Somebody takes goods in; each line is a lot on his shelf.
    pub(crate) fn mint(&mut self, holder: Who, arrival: &Arrival) -> (Hash, Vec<Portion>) {
        let mut lines = Vec::new();
        for (item, packed, quantity) in &arrival.lines {
            let days = self.stage.chance.between(300, 900);
            let expires = self.stage.chance.percent(60).then(|| self.stage.in_days(days));
            let batch = self.stage.chance.between(101, 989);
            lines.push(MintLine {
                item: GOODS[*item].code.into(),
                quantity: Quantity(*quantity),
                pack: packed.then(|| self.story.packs[*item].id),
                expires,
                label: self.stage.chance.percent(50).then(|| format!("QC-{batch}")),
            });
        }
        let mint = Mint {
            lines,
            donor: arrival.donor.map(|donor| self.stage.id(donor)),
            claim: arrival.claim,
            bought_with: arrival.bought_with,
            need: arrival.need,
        };
        let also: Vec<Who> = arrival.donor.into_iter().collect();
        let id = self.stage.say(holder, Act::HoldingMint(mint), &also);
        let portion = |(line, (item, packed, quantity)): (u8, &(usize, bool, u64))| Portion {
            lot: LotId { operation: id, line },
            item: *item,
            packed: *packed,
            quantity: *quantity,
        };
        let portions: Vec<Portion> = (0u8..).zip(&arrival.lines).map(portion).collect();
        portions.iter().for_each(|portion| self.story.shelve(holder, *portion, arrival.need));
        (id, portions)
    }

    /// Takes portions off somebody's shelf for an operation that moves them.
    pub(crate) fn unshelve(&mut self, holder: Who, portion: &Portion) -> bool {
        let fits = |s: &Stock| s.holder == holder && s.portion.lot == portion.lot;
        let Some(at) = self.story.stock.iter().position(fits) else { return false };
        self.story.take(at, portion.quantity).is_some()
    }

    /// Keeps goods for a need until they are sent.
    pub(crate) fn reserve(&mut self, holder: Who, portion: Portion, need: (Hash, Who)) -> Hash {
        self.unshelve(holder, &portion);
        let until = self.stage.in_days(60);
        let line = LotLine { lot: portion.lot, quantity: Quantity(portion.quantity) };
        let act = Act::HoldingReserve(Reserve { line, need: need.0, until });
        let reservation = self.stage.say(holder, act, &[]);
        let (need, needy) = need;
        self.story.kept.push(Kept { reservation, holder, portion, need, needy });
        if let Some(need) = self.story.need_mut(Some(need)) {
            need.promised += portion.base();
        }
        reservation
    }

    /// Gives a reservation up.
    pub(crate) fn release(&mut self, at: usize) {
        let kept = self.story.kept.swap_remove(at);
        let act = Act::HoldingRelease(Release { reservation: kept.reservation });
        self.stage.say(kept.holder, act, &[]);
        self.story.shelve(kept.holder, kept.portion, None);
        if let Some(need) = self.story.need_mut(Some(kept.need)) {
            need.promised = need.promised.saturating_sub(kept.portion.base());
        }
    }

    /// Sends goods off; they must be off the shelf already.
    pub(crate) fn dispatch(
        &mut self,
        load: Shipment,
        carrier: Option<Who>,
        kept: Option<Hash>,
    ) -> Hash {
        let waybill = self.stage.chance.bytes::<8>();
        let paper = Hash::of(&[b"made-up waybill", &waybill]);
        let act = Act::HoldingDispatch(Dispatch {
            to: self.stage.id(load.taker),
            lines: lot_lines(&load.portions),
            carrier: carrier.map(|carrier| self.stage.id(carrier)),
            need: load.need,
            reservation: kept,
            evidence: if self.stage.chance.percent(40) { vec![paper] } else { Vec::new() },
        });
        let also: Vec<Who> = carrier.into_iter().collect();
        let id = self.stage.say(load.giver, act, &also);
        self.story.on_the_way.push(Shipment { id, ..load });
        id
    }

    /// The taker counts a shipment; what is missing stays on the way as a difference.
    pub(crate) fn accept(&mut self, at: usize, missing: u64) {
        let shipment = self.story.on_the_way.swap_remove(at);
        let mut counted = shipment.portions.clone();
        let mut short = Vec::new();
        if let Some(first) = counted.first_mut() {
            let missing = missing.min(first.quantity.saturating_sub(1));
            short.push(first.of(missing));
            first.quantity -= missing;
        }
        let condition = self.stage.chance.percent(45).then(|| self.stage.chance.words(CONDITIONS));
        let act = Act::HoldingAccept(Accept {
            shipment: shipment.id,
            lines: lot_lines(&counted),
            condition: condition.map(str::to_owned),
            evidence: Vec::new(),
        });
        self.stage.say(shipment.taker, act, &[]);
        self.arrive(&shipment, &counted, &short);
    }

    fn arrive(&mut self, shipment: &Shipment, counted: &[Portion], short: &[Portion]) {
        for portion in counted {
            self.story.shelve(shipment.taker, *portion, shipment.need);
            self.story.receive(shipment.need, portion.base());
        }
        let portions: Vec<Portion> = short.iter().filter(|p| p.quantity > 0).copied().collect();
        if !portions.is_empty() {
            self.story.gaps.push(Shipment { portions, ..shipment.clone() });
        }
    }

    /// Giver and taker meet and sign what was given and what was counted.
    pub(crate) fn hand_over(&mut self, load: Shipment, carrier: Option<Who>, missing: u64) -> Hash {
        let mut counted = load.portions.clone();
        let mut short = Vec::new();
        if let Some(first) = counted.first_mut() {
            let missing = missing.min(first.quantity.saturating_sub(1));
            short.push(first.of(missing));
            first.quantity -= missing;
        }
        let lines = load.portions.iter().zip(&counted).map(|(given, counted)| HandOverLine {
            lot: given.lot,
            given: Quantity(given.quantity),
            counted: Quantity(counted.quantity),
        });
        let act = Act::HoldingHandOver(HandOver {
            taker: self.stage.id(load.taker),
            lines: lines.collect(),
            carrier: carrier.map(|carrier| self.stage.id(carrier)),
            need: load.need,
            reservation: None,
            evidence: Vec::new(),
        });
        let also: Vec<Who> = [load.taker].into_iter().chain(carrier).collect();
        let id = self.stage.say(load.giver, act, &also);
        self.arrive(&Shipment { id, ..load }, &counted, &short);
        id
    }

    /// Settles a difference: found with the taker, found with the giver, or gone.
    pub(crate) fn settle_gap(&mut self, at: usize, outcome: Outcome) {
        let gap = self.story.gaps.swap_remove(at);
        if let Outcome::Gone(cause, explanation) = outcome {
            let act = Act::HoldingWriteOff(WriteOff {
                lines: lot_lines(&gap.portions),
                shipment: Some(gap.id),
                cause,
                explanation: explanation.into(),
                evidence: Vec::new(),
            });
            self.stage.say(gap.giver, act, &[]);
            return;
        }
        let to_taker = matches!(outcome, Outcome::WithTaker);
        let lines = gap.portions.iter().map(|p| ResolveLine {
            lot: p.lot,
            to_giver: Quantity(if to_taker { 0 } else { p.quantity }),
            to_taker: Quantity(if to_taker { p.quantity } else { 0 }),
        });
        let cause = match to_taker {
            true => "在收货台下找到 / found under the receiving desk",
            false => "装车时漏装 / left behind when loading",
        };
        let resolve = Resolve { shipment: gap.id, lines: lines.collect(), cause: cause.to_owned() };
        self.stage.say(gap.giver, Act::HoldingResolve(resolve), &[gap.taker]);
        let finder = if to_taker { gap.taker } else { gap.giver };
        for portion in &gap.portions {
            self.story.shelve(finder, *portion, gap.need);
            if to_taker {
                self.story.receive(gap.need, portion.base());
            }
        }
    }

    /// A ward uses goods: the end of their way.
    pub(crate) fn consume(
        &mut self,
        holder: Who,
        portion: Portion,
        ward: &str,
        need: Option<Hash>,
    ) {
        self.unshelve(holder, &portion);
        let act = Act::HoldingConsume(Consume {
            lines: lot_lines(&[portion]),
            ward: Some(ward.to_owned()),
            need,
        });
        self.stage.say(holder, act, &[]);
    }

    /// Goods in store are gone.
    pub(crate) fn write_off(&mut self, holder: Who, portion: Portion, cause: LossCause, why: &str) {
        self.unshelve(holder, &portion);
        let act = Act::HoldingWriteOff(WriteOff {
            lines: lot_lines(&[portion]),
            shipment: None,
            cause,
            explanation: why.to_owned(),
            evidence: Vec::new(),
        });
        self.stage.say(holder, act, &[]);
    }

    /// Somebody counts a few of his lots; now and then the shelf and the book differ.
    pub(crate) fn count(&mut self, holder: Who) -> bool {
        let mut totals: BTreeMap<LotId, u64> = BTreeMap::new();
        let shelf = self.story.stock.iter().filter(|s| s.holder == holder).map(|s| s.portion);
        let kept = self.story.kept.iter().filter(|k| k.holder == holder).map(|k| k.portion);
        for portion in shelf.chain(kept) {
            *totals.entry(portion.lot).or_default() += portion.quantity;
        }
        let mut lines = Vec::new();
        for (lot, total) in totals.into_iter().take(6) {
            let gap =
                if self.stage.chance.percent(12) { self.stage.chance.between(1, 3) } else { 0 };
            lines.push(CountLine { lot, counted: Quantity(total.saturating_sub(gap)) });
        }
        if lines.is_empty() {
            return false;
        }
        let place = Some("夜间盘点 / night count".to_owned());
        self.stage.say(holder, Act::HoldingCount(Count { lines, place }), &[]);
        true
    }

    /// A ward of this story.
    pub(crate) fn ward(&mut self) -> &'static str {
        self.stage.chance.words(WARDS)
    }
}

/// How a difference ends.
pub(crate) enum Outcome {
    WithTaker,
    WithGiver,
    Gone(LossCause, &'static str),
}
