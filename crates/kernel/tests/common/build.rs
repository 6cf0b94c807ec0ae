//! Short ways to say what the tests say often.

use super::{Actor, DAY, HOUR, START, World, key, key_set};
use serde_json::{Map, Value, json};
use weal_kernel::Act;
use weal_kernel::Hash;
use weal_kernel::holdings::op::{
    Accept, Consume, DefineItem, DefinePack, Dispatch, HandOver, HandOverLine, Issue, LossCause,
    LotId, LotLine, Mint, MintLine, MoneyLine, Pay, Redeem, Reserve, Resolve, ResolveLine,
    WriteOff,
};
use weal_kernel::principals::op::{Attest, Grant, Guardians, Limits, Recover, Rotate};
use weal_kernel::records::op::{Post, Respond, ResponseKind};
use weal_kernel::units::{Quantity, UnixMillis};

/// The people, goods and papers most tests begin with.
#[derive(Clone)]
pub struct Usual {
    pub hospital: Actor,
    pub charity: Actor,
    pub carrier: Actor,
    pub stranger: Actor,
    /// Guards with two others over `warden`.
    pub guards: [Actor; 3],
    /// A principal with guards.
    pub warden: Actor,
    /// A need of the hospital.
    pub need: Hash,
    /// The charity's hundred boxes.
    pub boxes: LotId,
    /// A pack of unknown content, by the charity.
    pub pack: Hash,
    /// The charity's claims on the carrier, 100.00 CNY.
    pub money: LotId,
    /// Ten boxes on the way to the hospital.
    pub shipment: Hash,
}

/// The world most tests begin with.
pub fn usual() -> (World, Usual) {
    let mut w = World::new();
    let [hospital, charity, carrier, stranger] =
        ["hospital", "charity", "carrier", "stranger"].map(|name| w.register(name));
    let guards = ["guard-a", "guard-b", "guard-c"].map(|name| w.register(name));
    let warden = w.register("warden");
    let named = rotate(&[key("warden")], Some(guardians(&guards, 2, DAY)));
    w.does(&warden, named);
    w.does(&charity, item("mask"));
    let need = w.does(&hospital, post("need", json!({"item": "mask", "quantity": 50})));
    let boxes = lot(w.does(&charity, mint("mask", 100)));
    let pack = w.does(&charity, pack("mask", None));
    let money = lot(w.does(&carrier, issue(&charity, "CNY", "100.00")));
    let shipment = w.does(&charity, dispatch(&hospital, boxes, 10));
    let usual = Usual {
        hospital,
        charity,
        carrier,
        stranger,
        guards,
        warden,
        need,
        boxes,
        pack,
        money,
        shipment,
    };
    (w, usual)
}

/// The first lot an operation brought in.
pub fn lot(operation: Hash) -> LotId {
    LotId { operation, line: 0 }
}

/// A lot nobody brought in.
pub fn no_lot() -> LotId {
    lot(nobody())
}

/// An id nobody has.
pub fn nobody() -> Hash {
    Hash([7; 32])
}

/// A quantity of a lot.
pub fn line(lot: LotId, quantity: u64) -> LotLine {
    LotLine { lot, quantity: Quantity(quantity) }
}

/// A body from a JSON object.
pub fn body(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

pub fn post(schema: &str, value: Value) -> Act {
    let (occurred, evidence) = (None, Vec::new());
    let (body, cites) = (body(value), Vec::new());
    Act::RecordPost(Post { schema: schema.into(), body, occurred, evidence, cites })
}

pub fn note(text: &str) -> Act {
    post("note", json!({ "text": text }))
}

/// A response with the members its kind needs.
pub fn respond(record: Hash, kind: ResponseKind) -> Respond {
    use ResponseKind::{Dispute, Hide, Show, Withdraw};
    let until = (kind == Hide).then(|| START.plus(100 * DAY));
    let reason = matches!(kind, Dispute | Hide | Show | Withdraw).then(|| "A reason.".to_owned());
    let (occurred, evidence) = (None, Vec::new());
    Respond { record, kind, reason, body: None, by: None, until, occurred, evidence }
}

pub fn says(record: Hash, kind: ResponseKind) -> Act {
    Act::RecordRespond(respond(record, kind))
}

/// Hides until then.
pub fn hide(record: Hash, until: UnixMillis) -> Act {
    let response = respond(record, ResponseKind::Hide);
    Act::RecordRespond(Respond { until: Some(until), ..response })
}

pub fn correct(record: Hash, value: Value) -> Act {
    let response = respond(record, ResponseKind::Correct);
    Act::RecordRespond(Respond { body: Some(body(value)), ..response })
}

pub fn supersede(record: Hash, by: Hash) -> Act {
    let response = respond(record, ResponseKind::Supersede);
    Act::RecordRespond(Respond { by: Some(by), ..response })
}

pub fn attest(subject: &Actor, role: &str, expires: UnixMillis) -> Act {
    Act::RoleAttest(Attest { subject: subject.id, role: role.into(), expires })
}

pub fn rotate(keys: &[weal_proof::keys::SecretKey], guardians: Option<Guardians>) -> Act {
    let keep_before = None;
    Act::PrincipalRotate(Rotate { keys: key_set(keys, 1), guardians, keep_before })
}

pub fn recover(principal: &Actor, keys: &[weal_proof::keys::SecretKey]) -> Act {
    let (keys, keep_before) = (key_set(keys, 1), None);
    Act::PrincipalRecover(Recover { principal: principal.id, keys, keep_before })
}

pub fn guardians(guards: &[Actor], threshold: u8, delay_ms: u64) -> Guardians {
    Guardians { principals: guards.iter().map(|guard| guard.id).collect(), threshold, delay_ms }
}

/// A mandate for these acts, for a day, without limits.
pub fn grant(to: &Actor, acts: &[&str], now: UnixMillis) -> Grant {
    Grant {
        to: to.id,
        acts: acts.iter().map(|act| (*act).to_owned()).collect(),
        limits: Limits::default(),
        expires: now.plus(DAY),
        onward: 0,
        parent: None,
    }
}

pub fn define_item(code: &str) -> DefineItem {
    DefineItem {
        code: code.into(),
        names: [("en".to_owned(), code.to_owned())].into(),
        unit: "piece".into(),
        category: "protection".into(),
        specifications: Vec::new(),
        shelf_life_days: None,
    }
}

pub fn item(code: &str) -> Act {
    Act::ItemDefine(define_item(code))
}

pub fn pack(item: &str, contains: Option<u64>) -> Act {
    let contains = contains.map(Quantity);
    Act::PackDefine(DefinePack { item: item.into(), label: "box".into(), contains })
}

pub fn mint_line(item: &str, quantity: u64) -> MintLine {
    let quantity = Quantity(quantity);
    MintLine { item: item.into(), quantity, pack: None, expires: None, label: None }
}

pub fn mint_lines(lines: Vec<MintLine>) -> Mint {
    Mint { lines, donor: None, claim: None, bought_with: None, need: None }
}

pub fn mint(item: &str, quantity: u64) -> Act {
    Act::HoldingMint(mint_lines(vec![mint_line(item, quantity)]))
}

pub fn reserve(lot: LotId, quantity: u64, need: Hash, until: UnixMillis) -> Act {
    Act::HoldingReserve(Reserve { line: line(lot, quantity), need, until })
}

pub fn dispatch_of(to: &Actor, lot: LotId, quantity: u64) -> Dispatch {
    Dispatch {
        to: to.id,
        lines: vec![line(lot, quantity)],
        carrier: None,
        need: None,
        reservation: None,
        evidence: Vec::new(),
    }
}

pub fn dispatch(to: &Actor, lot: LotId, quantity: u64) -> Act {
    Act::HoldingDispatch(dispatch_of(to, lot, quantity))
}

pub fn accept(shipment: Hash, lot: LotId, quantity: u64) -> Act {
    let lines = vec![line(lot, quantity)];
    Act::HoldingAccept(Accept { shipment, lines, condition: None, evidence: Vec::new() })
}

pub fn hand_over_of(taker: &Actor, lot: LotId, given: u64, counted: u64) -> HandOver {
    let (given, counted) = (Quantity(given), Quantity(counted));
    HandOver {
        taker: taker.id,
        lines: vec![HandOverLine { lot, given, counted }],
        carrier: None,
        need: None,
        reservation: None,
        evidence: Vec::new(),
    }
}

pub fn hand_over(taker: &Actor, lot: LotId, given: u64, counted: u64) -> Act {
    Act::HoldingHandOver(hand_over_of(taker, lot, given, counted))
}

pub fn resolve(shipment: Hash, lot: LotId, to_giver: u64, to_taker: u64) -> Act {
    let (to_giver, to_taker) = (Quantity(to_giver), Quantity(to_taker));
    let lines = vec![ResolveLine { lot, to_giver, to_taker }];
    Act::HoldingResolve(Resolve { shipment, lines, cause: "Found behind the gate.".into() })
}

pub fn write_off(shipment: Option<Hash>, lot: LotId, quantity: u64) -> Act {
    Act::HoldingWriteOff(WriteOff {
        lines: vec![line(lot, quantity)],
        shipment,
        cause: LossCause::Damaged,
        explanation: "Wet.".into(),
        evidence: Vec::new(),
    })
}

pub fn consume(lot: LotId, quantity: u64) -> Act {
    Act::HoldingConsume(Consume { lines: vec![line(lot, quantity)], ward: None, need: None })
}

pub fn issue(to: &Actor, currency: &str, amount: &str) -> Act {
    Act::MoneyIssue(Issue {
        to: to.id,
        currency: currency.into(),
        amount: amount.into(),
        donor: None,
        claim: None,
        purpose: None,
    })
}

pub fn amount(lot: LotId, amount: &str) -> MoneyLine {
    MoneyLine { lot, amount: amount.into() }
}

pub fn pay(to: &Actor, lot: LotId, text: &str) -> Act {
    let lines = vec![amount(lot, text)];
    Act::MoneyPay(Pay { to: to.id, lines, purpose: "Transport.".into() })
}

pub fn redeem(issuer: &Actor, lines: Vec<MoneyLine>) -> Act {
    Act::MoneyRedeem(Redeem { issuer: issuer.id, lines, purpose: None })
}

/// A time soon after another.
pub fn soon(now: UnixMillis) -> UnixMillis {
    now.plus(HOUR)
}
