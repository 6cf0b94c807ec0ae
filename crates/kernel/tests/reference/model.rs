//! The rules a second time, as naively as they can be written: plain maps, whole copies, loops.
//!
//! It shares the shapes of operations with the kernel and nothing else: no state entries, no
//! drafts, no postings. What it refuses it says in a word, to make a disagreement readable.

mod charters;
mod network;
mod people;

use charters::Kitty;
use network::Keeping;
use people::{Granted, Person};
use std::collections::{BTreeMap, BTreeSet};
use weal_kernel::holdings::op::{LotId, LotLine, MoneyLine};
use weal_kernel::operation::Payload;
use weal_kernel::principals::op::{Grant, KeySet, Limits};
use weal_kernel::records::op::{Respond, ResponseKind};
use weal_kernel::{Act, Hash};
use weal_proof::genesis::Keeper;
use weal_proof::keys::PublicKey;

type Verdict = Result<(), &'static str>;

#[derive(Clone)]
struct Trust {
    principal: Hash,
    granter: Hash,
    grant: Grant,
    operations: u64,
    goods: u64,
    money: u64,
    revoked: bool,
    granted: Granted,
}

/// What a lot is made of.
#[derive(Clone, PartialEq)]
enum Stuff {
    Goods { expires: Option<u64> },
    Money { issuer: Hash, currency: String },
}

#[derive(Clone, PartialEq, Debug)]
pub enum Standing {
    Open,
    Superseded,
    Withdrawn,
}

#[derive(Clone)]
pub struct Told {
    author: Hash,
    pub standing: Standing,
    /// By whom it was hidden, and until when.
    pub hidden: Option<(Hash, u64)>,
    /// Who says what about the present body.
    voices: BTreeMap<Hash, ResponseKind>,
}

#[derive(Clone)]
struct Kept {
    holder: Hash,
    lot: LotId,
    need: Hash,
    left: u64,
    until: u64,
}

struct License {
    issuer: Hash,
    subject: Hash,
    expires: u64,
    revoked: bool,
    granted: Granted,
}

impl Clone for License {
    fn clone(&self) -> License {
        License { ..*self }
    }
}

/// Where things are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    With(Hash),
    OnTheWay(Hash),
    Used,
    Lost,
}

/// Everything, in plain maps.
#[derive(Clone, Default)]
pub struct Model {
    pub keeping: Keeping,
    people: BTreeMap<Hash, Person>,
    trusts: BTreeMap<Hash, Trust>,
    /// In the order in which they were given.
    licenses: Vec<(Hash, License)>,
    /// Who with keepers behind him attested something to somebody, the latest last.
    listed: BTreeMap<Hash, Vec<Hash>>,
    pub records: BTreeMap<Hash, Told>,
    items: BTreeSet<String>,
    packs: BTreeMap<Hash, (String, Option<u64>, Hash)>,
    stuff: BTreeMap<LotId, Stuff>,
    pub balances: BTreeMap<(LotId, Place), u64>,
    kept: BTreeMap<Hash, Kept>,
    shipments: BTreeMap<Hash, (Hash, Hash)>,
    payments: BTreeMap<Hash, (Hash, Hash)>,
    pub kitties: BTreeMap<Hash, Kitty>,
    seen: BTreeSet<Hash>,
}

/// The operation at hand.
struct Case<'a> {
    id: Hash,
    now: u64,
    actor: Hash,
    /// Who signs for the actor.
    hand: Hash,
    signed: &'a BTreeSet<PublicKey>,
    entitled: BTreeSet<PublicKey>,
    /// Parties and their keys; the actor comes first, with those of the hand.
    sides: Vec<(Hash, Vec<PublicKey>)>,
}

fn ensure(holds: bool, otherwise: &'static str) -> Verdict {
    if holds { Ok(()) } else { Err(otherwise) }
}

fn lines_fit(lines: &[LotLine]) -> Verdict {
    let lots: BTreeSet<_> = lines.iter().map(|line| line.lot).collect();
    ensure(lots.len() == lines.len() && !lines.is_empty(), "lines")?;
    ensure(lines.iter().all(|line| line.quantity.0 > 0), "zero")
}

fn digits(currency: &str) -> usize {
    if currency == "JPY" { 0 } else { 2 }
}

/// Minor units of an amount in the two currencies of the play.
fn minor(text: &str, currency: &str) -> Option<u64> {
    let point = text.len().checked_sub(digits(currency) + 1);
    let plain: String = match digits(currency) {
        0 => text.to_owned(),
        _ if text.as_bytes().get(point?) != Some(&b'.') => return None,
        _ => text.replacen('.', "", 1),
    };
    plain.parse().ok()
}

impl Model {
    pub fn new(keepers: Vec<Keeper>) -> Model {
        Model { keeping: Keeping::new(keepers), ..Model::default() }
    }

    /// Takes an operation in, or says in a word why not and stays as it was.
    pub fn say(
        &mut self,
        id: Hash,
        payload: &Payload,
        signed: &BTreeSet<PublicKey>,
        now: u64,
    ) -> Verdict {
        let mut next = self.clone();
        next.try_to_say(id, payload, signed, now)?;
        *self = next;
        Ok(())
    }

    fn try_to_say(
        &mut self,
        id: Hash,
        payload: &Payload,
        signed: &BTreeSet<PublicKey>,
        now: u64,
    ) -> Verdict {
        ensure(payload.time.0 <= now + 10 * 60 * 1000, "from the future")?;
        ensure(now <= payload.time.0 + 30 * 24 * 60 * 60 * 1000, "too old")?;
        ensure(self.seen.insert(id), "said before")?;
        let actor = payload.actor.unwrap_or(id);
        let hand = match payload.mandate {
            Some(mandate) => self.trusts.get(&mandate).ok_or("no such mandate")?.grant.to,
            None => actor,
        };
        let entitled = BTreeSet::new();
        let sides = vec![(actor, Vec::new())];
        let mut case = Case { id, now, actor, hand, signed, entitled, sides };
        if let Act::PrincipalRegister(act) = &payload.act {
            return self.register(act, &mut case);
        }
        if let Some(mandate) = payload.mandate {
            self.use_trust(mandate, &payload.act, &case)?;
        }
        case.signs(&self.keys_of(&hand, now)?)?;
        for id in [actor, hand] {
            case.sides[0].1.extend(self.keys_of(&id, now)?.keys);
        }
        match &payload.act {
            Act::MandateGrant(_)
            | Act::MandateRevoke(_)
            | Act::RoleAttest(_)
            | Act::RoleRevoke(_)
            | Act::PrincipalRotate(_)
            | Act::PrincipalRecover(_) => {
                self.people(&payload.act, &mut case)?;
            }
            Act::RecordPost(_) | Act::RecordRespond(_) => self.records(&payload.act, &case)?,
            Act::NetworkPropose(_)
            | Act::NetworkApprove(_)
            | Act::NetworkDecline(_)
            | Act::NetworkMove(_)
            | Act::NetworkCite(_) => self.keeping.say(&payload.act, &mut case)?,
            Act::MoneyIssue(_) | Act::MoneyPay(_) | Act::MoneyRedeem(_) => {
                self.money(&payload.act, &mut case)?;
            }
            Act::HoldingMint(_) | Act::ItemDefine(_) | Act::PackDefine(_) | Act::PackMeasure(_) => {
                self.define(&payload.act, &case)?;
            }
            Act::HoldingReserve(_)
            | Act::HoldingRelease(_)
            | Act::HoldingDispatch(_)
            | Act::HoldingAccept(_)
            | Act::HoldingHandOver(_)
            | Act::HoldingResolve(_)
            | Act::HoldingWriteOff(_)
            | Act::HoldingConsume(_)
            | Act::HoldingCount(_) => self.goods(&payload.act, &mut case)?,
            Act::CharterPublish(_)
            | Act::CharterReview(_)
            | Act::CharterAttest(_)
            | Act::CharterLock(_)
            | Act::CharterWithdraw(_)
            | Act::CharterOpen(_)
            | Act::CharterState(_)
            | Act::CharterName(_)
            | Act::CharterPass(_)
            | Act::CharterVouch(_)
            | Act::CharterSet(_)
            | Act::CharterPay(_)
            | Act::CharterTrigger(_)
            | Act::CharterRun(_)
            | Act::CharterDraw(_)
            | Act::CharterBrake(_) => self.charters(&payload.act, &mut case)?,
            Act::PrincipalRegister(_) => return Err("registered above"),
        }
        case.no_strangers()
    }

    fn signs(&self, id: &Hash, case: &mut Case<'_>) -> Verdict {
        let keys = self.keys_of(id, case.now)?;
        case.signs(&keys)?;
        self.stands_apart(id, case)
    }

    /// Somebody on another side has none of the keys of those before.
    fn stands_apart(&self, id: &Hash, case: &mut Case<'_>) -> Verdict {
        case.apart(id, &self.keys_of(id, case.now)?.keys)
    }

    /// Checks a mandate and all above it, and counts what is used of each.
    fn use_trust(&mut self, id: Hash, act: &Act, case: &Case<'_>) -> Verdict {
        let trust = self.trusts.get(&id).ok_or("no such mandate")?;
        ensure(trust.principal == case.actor, "mandate of another")?;
        ensure(trust.grant.acts.contains(&act.name().to_owned()), "mandate for other acts")?;
        let (goods, money) = self.moved(act, &case.actor);
        let mut next = Some(id);
        while let Some(id) = next {
            let trust = self.trusts.get(&id).ok_or("no such mandate")?;
            ensure(self.stands_by(&trust.granter, trust.granted, case.now), "void")?;
            let trust = self.trusts.get_mut(&id).ok_or("no such mandate")?;
            ensure(!trust.revoked && trust.grant.expires.0 > case.now, "mandate ended")?;
            trust.operations += 1;
            trust.goods += goods;
            trust.money += money;
            let Limits { operations, quantity, amount_minor } = trust.grant.limits;
            let within = |used: u64, limit: Option<u64>| used <= limit.unwrap_or(u64::MAX);
            ensure(within(trust.operations, operations), "too often")?;
            ensure(within(trust.goods, quantity), "too many goods")?;
            ensure(within(trust.money, amount_minor), "too much money")?;
            next = trust.grant.parent;
        }
        Ok(())
    }

    fn moved(&self, act: &Act, actor: &Hash) -> (u64, u64) {
        let goods = |lines: &[LotLine]| lines.iter().map(|line| line.quantity.0).sum::<u64>();
        let money = |lines: &[MoneyLine]| lines.iter().filter_map(|l| self.minor_of(l).ok()).sum();
        match act {
            Act::HoldingMint(act) => (act.lines.iter().map(|line| line.quantity.0).sum(), 0),
            Act::HoldingReserve(act) => (act.line.quantity.0, 0),
            Act::HoldingDispatch(act) => (goods(&act.lines), 0),
            Act::HoldingAccept(act) => (goods(&act.lines), 0),
            Act::HoldingHandOver(act) => (act.lines.iter().map(|line| line.given.0).sum(), 0),
            Act::HoldingResolve(act) => {
                (act.lines.iter().map(|line| line.to_giver.0 + line.to_taker.0).sum(), 0)
            }
            Act::HoldingWriteOff(act) => (goods(&act.lines), 0),
            Act::HoldingConsume(act) => (goods(&act.lines), 0),
            Act::MoneyIssue(act) => (0, minor(&act.amount, &act.currency).unwrap_or(0)),
            Act::MoneyPay(act) => (0, money(&act.lines)),
            Act::MoneyRedeem(act) => (0, money(&act.lines)),
            Act::CharterPay(act) => (0, money(&act.lines)),
            Act::CharterDraw(act) => {
                let all = || self.owed(&act.charter, actor);
                (0, act.amount_minor.unwrap_or_else(all))
            }
            _ => (0, 0),
        }
    }

    fn records(&mut self, act: &Act, case: &Case<'_>) -> Verdict {
        match act {
            Act::RecordPost(act) => {
                self.keeping.cites(&act.cites)?;
                let (standing, hidden) = (Standing::Open, None);
                let (author, voices) = (case.actor, BTreeMap::new());
                self.records.insert(case.id, Told { author, standing, hidden, voices });
                Ok(())
            }
            Act::RecordRespond(act) => self.respond(act, case),
            _ => Err("not about records"),
        }
    }

    fn respond(&mut self, act: &Respond, case: &Case<'_>) -> Verdict {
        use ResponseKind::{Correct, Corroborate, Dispute, Hide, Show, Supersede, Withdraw};
        let told = self.records.get(&act.record).ok_or("no such record")?.clone();
        let own = told.author == case.actor;
        let by_whom = told.hidden_by(case.now);
        let law = self.is_the_law(&case.actor, case.now);
        if ![Hide, Show].contains(&act.kind) {
            ensure(told.standing == Standing::Open, "closed")?;
        }
        match act.kind {
            Corroborate | Dispute => {
                ensure(by_whom.is_none(), "hidden")?;
                ensure(!own && told.author != case.hand, "own record")?;
            }
            Hide => {
                ensure(law || (own && by_whom.is_none()), "not the law")?;
                let until = act.until.ok_or("no end")?.0;
                let most = case.now + 366 * 24 * 60 * 60 * 1000;
                ensure(until > case.now && until <= most, "bad end")?;
            }
            Show => {
                let by = by_whom.ok_or("not hidden")?;
                ensure(law || (own && by == case.actor), "not the law")?;
            }
            Correct | Supersede | Withdraw => ensure(own, "not the author")?,
        }
        let successor = act.by.and_then(|by| self.records.get(&by).cloned());
        let told = self.records.get_mut(&act.record).ok_or("no such record")?;
        match act.kind {
            Corroborate | Dispute => {
                let before = told.voices.insert(case.actor, act.kind);
                ensure(before != Some(act.kind), "said before")?;
            }
            Correct => told.voices.clear(),
            Hide => told.hidden = act.until.map(|until| (case.actor, until.0)),
            Show => told.hidden = None,
            Withdraw => told.standing = Standing::Withdrawn,
            Supersede => {
                let successor = successor.ok_or("no such successor")?;
                ensure(act.by != Some(act.record), "itself")?;
                ensure(successor.author == told.author, "successor of another")?;
                ensure(successor.standing == Standing::Open, "closed successor")?;
                ensure(successor.hidden_by(case.now).is_none(), "hidden successor")?;
                told.standing = Standing::Superseded;
            }
        }
        Ok(())
    }

    /// How many corroborate and how many dispute.
    pub fn voices(&self, record: &Hash) -> (u64, u64) {
        let Some(told) = self.records.get(record) else { return (0, 0) };
        let count = |kind| told.voices.values().filter(|said| **said == kind).count() as u64;
        (count(ResponseKind::Corroborate), count(ResponseKind::Dispute))
    }

    fn define(&mut self, act: &Act, case: &Case<'_>) -> Verdict {
        match act {
            Act::ItemDefine(act) => ensure(self.items.insert(act.code.clone()), "item exists"),
            Act::PackDefine(act) => {
                ensure(self.items.contains(&act.item), "no such item")?;
                let contains = act.contains.map(|n| n.0);
                self.packs.insert(case.id, (act.item.clone(), contains, case.actor));
                Ok(())
            }
            Act::PackMeasure(act) => {
                let pack = self.packs.get_mut(&act.pack).ok_or("no such pack")?;
                ensure(pack.2 == case.actor, "pack of another")?;
                ensure(pack.1.is_none(), "content known")?;
                pack.1 = Some(act.contains.0);
                Ok(())
            }
            Act::HoldingMint(act) => {
                if let Some(payment) = act.bought_with {
                    let (payer, payee) = self.payments.get(&payment).ok_or("no payment")?;
                    ensure(*payer == case.actor || *payee == case.actor, "payment of others")?;
                }
                for (number, line) in act.lines.iter().enumerate() {
                    ensure(self.items.contains(&line.item), "no such item")?;
                    let pack = line.pack.map(|id| self.packs.get(&id).map(|pack| &pack.0));
                    ensure(pack.is_none_or(|item| item == Some(&line.item)), "no such pack")?;
                    let expires = line.expires.map(|time| time.0);
                    ensure(expires.is_none_or(|time| time > case.now), "stale")?;
                    let lot = LotId { operation: case.id, line: u8::try_from(number).unwrap() };
                    self.stuff.insert(lot, Stuff::Goods { expires });
                    self.add(lot, Place::With(case.actor), line.quantity.0);
                }
                Ok(())
            }
            _ => Err("not a definition"),
        }
    }

    fn add(&mut self, lot: LotId, place: Place, quantity: u64) {
        *self.balances.entry((lot, place)).or_default() += quantity;
    }

    fn take(&mut self, lot: LotId, place: Place, quantity: u64) -> Verdict {
        let balance = self.balances.entry((lot, place)).or_default();
        *balance = balance.checked_sub(quantity).ok_or("not enough")?;
        Ok(())
    }

    fn balance(&self, lot: LotId, place: Place) -> u64 {
        self.balances.get(&(lot, place)).copied().unwrap_or(0)
    }

    /// What is kept of a lot by its holder at this time.
    pub fn kept(&self, lot: LotId, holder: Hash, now: u64) -> u64 {
        let alive = |kept: &&Kept| kept.lot == lot && kept.holder == holder && kept.until > now;
        self.kept.values().filter(alive).map(|kept| kept.left).sum()
    }

    fn goods_only(&self, lot: &LotId, fresh_at: Option<u64>) -> Verdict {
        match self.stuff.get(lot).ok_or("no such lot")? {
            Stuff::Money { .. } => Err("money"),
            Stuff::Goods { expires } => {
                let stale = expires.zip(fresh_at).is_some_and(|(expires, now)| expires <= now);
                ensure(!stale, "stale")
            }
        }
    }

    /// Takes goods off the actor's shelf, out of a reservation first.
    fn unshelve(
        &mut self,
        lot: LotId,
        quantity: u64,
        reservation: Option<Hash>,
        case: &Case<'_>,
    ) -> Verdict {
        if let Some(kept) = reservation.and_then(|id| self.kept.get_mut(&id))
            && kept.lot == lot
            && kept.until > case.now
        {
            kept.left -= quantity.min(kept.left);
        }
        let held = self.balance(lot, Place::With(case.actor));
        let still_kept = self.kept(lot, case.actor, case.now);
        ensure(held >= quantity && held - quantity >= still_kept, "not free")?;
        self.take(lot, Place::With(case.actor), quantity)
    }

    fn open_need(&self, need: Option<Hash>, now: u64) -> Verdict {
        let Some(need) = need else { return Ok(()) };
        let told = self.records.get(&need).ok_or("no such need")?;
        ensure(told.hidden_by(now).is_none(), "hidden need")?;
        ensure(told.standing == Standing::Open, "closed need")
    }

    fn right_reservation(
        &self,
        (reservation, need): (Option<Hash>, Option<Hash>),
        lots: &[LotId],
        case: &Case<'_>,
    ) -> Verdict {
        let Some(id) = reservation else { return Ok(()) };
        let kept = self.kept.get(&id).ok_or("no such reservation")?;
        ensure(kept.holder == case.actor, "reservation of another")?;
        ensure(lots.contains(&kept.lot), "reservation of other goods")?;
        ensure(need.is_none_or(|need| need == kept.need), "reservation for another need")
    }

    fn goods(&mut self, act: &Act, case: &mut Case<'_>) -> Verdict {
        let now = Some(case.now);
        match act {
            Act::HoldingReserve(act) => {
                let line = &act.line;
                ensure(line.quantity.0 > 0, "zero")?;
                self.goods_only(&line.lot, now)?;
                self.open_need(Some(act.need), case.now)?;
                let most = case.now + 90 * 24 * 60 * 60 * 1000;
                ensure(act.until.0 > case.now && act.until.0 <= most, "bad end")?;
                let held = self.balance(line.lot, Place::With(case.actor));
                let kept = self.kept(line.lot, case.actor, case.now);
                ensure(held >= kept + line.quantity.0, "not free")?;
                let alive = self.kept.values().filter(|kept| {
                    let mine = kept.lot == line.lot && kept.holder == case.actor;
                    mine && kept.until > case.now && kept.left > 0
                });
                ensure(alive.count() < 32, "too many reservations")?;
                let (holder, lot, left) = (case.actor, line.lot, line.quantity.0);
                let kept = Kept { holder, lot, need: act.need, left, until: act.until.0 };
                self.kept.insert(case.id, kept);
                Ok(())
            }
            Act::HoldingRelease(act) => {
                let kept = self.kept.get_mut(&act.reservation).ok_or("no such reservation")?;
                ensure(kept.holder == case.actor, "reservation of another")?;
                ensure(kept.left > 0 && kept.until > case.now, "used up or ended")?;
                kept.left = 0;
                Ok(())
            }
            Act::HoldingDispatch(act) => {
                lines_fit(&act.lines)?;
                ensure(act.to != case.actor && act.to != case.hand, "same hands")?;
                self.stands_apart(&act.to, case)?;
                ensure(self.people.contains_key(&act.to), "nobody")?;
                self.open_need(act.need, case.now)?;
                let lots: Vec<_> = act.lines.iter().map(|line| line.lot).collect();
                self.right_reservation((act.reservation, act.need), &lots, case)?;
                for line in &act.lines {
                    self.goods_only(&line.lot, now)?;
                    self.unshelve(line.lot, line.quantity.0, act.reservation, case)?;
                    self.add(line.lot, Place::OnTheWay(case.id), line.quantity.0);
                }
                self.shipments.insert(case.id, (case.actor, act.to));
                Ok(())
            }
            Act::HoldingHandOver(act) => {
                self.signs(&act.taker, case)?;
                ensure(act.taker != case.actor && act.taker != case.hand, "same hands")?;
                self.open_need(act.need, case.now)?;
                let lots: Vec<_> = act.lines.iter().map(|line| line.lot).collect();
                self.right_reservation((act.reservation, act.need), &lots, case)?;
                for line in &act.lines {
                    ensure(line.given.0 > 0 && line.counted <= line.given, "counted")?;
                    self.goods_only(&line.lot, now)?;
                    self.unshelve(line.lot, line.given.0, act.reservation, case)?;
                    self.add(line.lot, Place::With(act.taker), line.counted.0);
                    let missing = line.given.0 - line.counted.0;
                    self.add(line.lot, Place::OnTheWay(case.id), missing);
                }
                self.shipments.insert(case.id, (case.actor, act.taker));
                Ok(())
            }
            act => self.endings(act, case),
        }
    }

    /// What becomes of goods at last.
    fn endings(&mut self, act: &Act, case: &mut Case<'_>) -> Verdict {
        match act {
            Act::HoldingAccept(act) => {
                lines_fit(&act.lines)?;
                let parties = self.shipments.get(&act.shipment).ok_or("no such shipment")?;
                let (giver, taker) = *parties;
                ensure(taker == case.actor, "not the taker")?;
                ensure(giver != case.hand, "same hands")?;
                self.stands_apart(&giver, case)?;
                for line in &act.lines {
                    self.take(line.lot, Place::OnTheWay(act.shipment), line.quantity.0)?;
                    self.add(line.lot, Place::With(case.actor), line.quantity.0);
                }
                Ok(())
            }
            Act::HoldingResolve(act) => {
                let parties = self.shipments.get(&act.shipment).ok_or("no such shipment")?;
                let (giver, taker) = *parties;
                let other = if case.actor == giver { taker } else { giver };
                ensure([giver, taker].contains(&case.actor), "no party")?;
                ensure(other != case.hand, "same hands")?;
                self.signs(&other, case)?;
                for line in &act.lines {
                    ensure(line.to_giver.0 + line.to_taker.0 > 0, "zero")?;
                    for (to, part) in [(giver, line.to_giver.0), (taker, line.to_taker.0)] {
                        self.take(line.lot, Place::OnTheWay(act.shipment), part)?;
                        self.add(line.lot, Place::With(to), part);
                    }
                }
                Ok(())
            }
            Act::HoldingWriteOff(act) => {
                lines_fit(&act.lines)?;
                if let Some(shipment) = act.shipment {
                    let (giver, _) = self.shipments.get(&shipment).ok_or("no such shipment")?;
                    ensure(*giver == case.actor, "not the giver")?;
                }
                for line in &act.lines {
                    self.goods_only(&line.lot, None)?;
                    match act.shipment {
                        Some(id) => self.take(line.lot, Place::OnTheWay(id), line.quantity.0)?,
                        None => self.unshelve(line.lot, line.quantity.0, None, case)?,
                    }
                    self.add(line.lot, Place::Lost, line.quantity.0);
                }
                Ok(())
            }
            Act::HoldingConsume(act) => {
                lines_fit(&act.lines)?;
                for line in &act.lines {
                    self.goods_only(&line.lot, Some(case.now))?;
                    self.unshelve(line.lot, line.quantity.0, None, case)?;
                    self.add(line.lot, Place::Used, line.quantity.0);
                }
                Ok(())
            }
            Act::HoldingCount(act) => {
                act.lines.iter().try_for_each(|line| self.goods_only(&line.lot, None))
            }
            _ => Err("not about goods"),
        }
    }

    fn minor_of(&self, line: &MoneyLine) -> Result<u64, &'static str> {
        match self.stuff.get(&line.lot).ok_or("no such lot")? {
            Stuff::Goods { .. } => Err("goods"),
            Stuff::Money { currency, .. } => {
                minor(&line.amount, currency).filter(|n| *n > 0).ok_or("bad amount")
            }
        }
    }

    fn is_claim(&self, lot: &LotId, on: &Hash, in_currency: &str) -> bool {
        let claim = Stuff::Money { issuer: *on, currency: in_currency.to_owned() };
        self.stuff.get(lot) == Some(&claim)
    }

    fn money(&mut self, act: &Act, case: &mut Case<'_>) -> Verdict {
        match act {
            Act::MoneyIssue(act) => {
                ensure(self.people.contains_key(&act.to), "nobody")?;
                let lot = LotId { operation: case.id, line: 0 };
                let currency = act.currency.clone();
                let amount = minor(&act.amount, &currency).ok_or("bad amount")?;
                self.stuff.insert(lot, Stuff::Money { issuer: case.actor, currency });
                self.add(lot, Place::With(act.to), amount);
                Ok(())
            }
            Act::MoneyPay(act) => {
                ensure(self.people.contains_key(&act.to), "nobody")?;
                ensure(act.to != case.actor, "same hands")?;
                for line in &act.lines {
                    let amount = self.minor_of(line)?;
                    self.take(line.lot, Place::With(case.actor), amount)?;
                    self.add(line.lot, Place::With(act.to), amount);
                }
                self.payments.insert(case.id, (case.actor, act.to));
                Ok(())
            }
            Act::MoneyRedeem(act) => {
                self.signs(&act.issuer, case)?;
                ensure(act.issuer == case.actor || act.issuer != case.hand, "same hands")?;
                let mut kinds = Vec::new();
                for line in &act.lines {
                    let amount = self.minor_of(line)?;
                    kinds.push(self.stuff.get(&line.lot).ok_or("no such lot")?.clone());
                    self.take(line.lot, Place::With(case.actor), amount)?;
                    self.add(line.lot, Place::Used, amount);
                }
                let owed = |kind: &Stuff| match kind {
                    Stuff::Money { issuer, .. } => *issuer == act.issuer,
                    Stuff::Goods { .. } => false,
                };
                ensure(kinds.iter().all(owed), "not the issuer")?;
                ensure(kinds.windows(2).all(|two| two[0] == two[1]), "two currencies")
            }
            _ => Err("not about money"),
        }
    }
}

impl Told {
    /// Who keeps it from view now.
    pub fn hidden_by(&self, now: u64) -> Option<Hash> {
        self.hidden.filter(|(_, until)| now < *until).map(|(by, _)| by)
    }
}

impl Case<'_> {
    fn signs(&mut self, keys: &KeySet) -> Verdict {
        let mine: Vec<_> = keys.keys.iter().filter(|key| self.signed.contains(key)).collect();
        ensure(mine.len() >= usize::from(keys.threshold), "not signed")?;
        self.entitled.extend(mine);
        Ok(())
    }

    /// Each of these keys signed.
    fn signs_with(&mut self, keys: &[PublicKey]) -> Verdict {
        ensure(keys.iter().all(|key| self.signed.contains(key)), "not signed")?;
        self.entitled.extend(keys);
        Ok(())
    }

    /// Somebody on another side, with these keys.
    fn apart(&mut self, id: &Hash, keys: &[PublicKey]) -> Verdict {
        if self.sides.iter().any(|(party, _)| party == id) {
            return Ok(());
        }
        let shared = self.sides.iter().any(|(_, held)| held.iter().any(|key| keys.contains(key)));
        ensure(!shared, "one key on two sides")?;
        self.sides.push((*id, keys.to_vec()));
        Ok(())
    }

    fn no_strangers(&self) -> Verdict {
        ensure(self.signed.is_subset(&self.entitled), "a stranger signed")
    }
}
