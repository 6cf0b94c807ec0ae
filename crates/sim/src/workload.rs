//! People with something to say: they register, post, take in goods, send, accept and use them,
//! change who keeps the book, and sometimes say what the rules refuse.
//!
//! 1. What is handed to a node that lives on must become final without being sent again.
//! 2. If the node dies, the client sends it again, perhaps to another node.
//! 3. What is valid is never refused; what is not is never final.

use crate::canary::Plant;
use crate::record::{ANY_PLACE, Record};
use commonware_runtime::deterministic::Context;
use commonware_runtime::{Clock as _, Spawner as _, Supervisor as _};
use commonware_utils::SystemTimeExt as _;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use weal_kernel::holdings::op::{
    Accept, Consume, Count, CountLine, DefineItem, Dispatch, LotId, LotLine, Mint, MintLine,
};
use weal_kernel::operation::{Nonce, Payload};
use weal_kernel::principals::op::{KeySet, PrincipalKind, Register};
use weal_kernel::records::op::Post;
use weal_kernel::schema::{FORMAT, Kind, Rules, Schema, field};
use weal_kernel::units::{Quantity, UnixMillis};
use weal_kernel::{Act, Hash};
use weal_node::parts::{Chain, Ingress};
use weal_node::{Outcome, Pending, SubmitError};
use weal_proof::Envelope;
use weal_proof::keys::{SecretKey, Signature};
use weal_sim_seat::chance::Chance;

/// The nodes that take operations now.
pub type Doors = Arc<Mutex<Vec<Option<Arc<Chain>>>>>;

/// Most operations under way at a time, unless many come at once.
const UNDER_WAY: usize = 60;
const ITEM: &str = "mask";
const PEOPLE: u64 = 4;
/// Envelopes remembered for those who hand them in again.
const REMEMBERED: usize = 40;

/// The rules of the simulated book.
pub fn rules() -> Rules {
    let note = Schema {
        name: "note".into(),
        about: "A plain statement.".into(),
        fields: vec![field("text", Kind::Text(100))],
    };
    Rules { format: FORMAT.into(), schemas: vec![note], admission: None }
}

/// Somebody with a key.
#[derive(Clone)]
pub struct Actor {
    /// The key.
    pub key: SecretKey,
    /// The id; that of the registration.
    pub id: Hash,
}

/// What the clients know of the goods: a lower bound, so that they never promise too much.
#[derive(Default)]
struct Book {
    actors: Vec<Actor>,
    stock: BTreeMap<(LotId, usize), u64>,
    /// Each with its lot, the quantity and the taker.
    shipments: Vec<(Hash, LotId, u64, usize)>,
}

/// What the clients expect of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Final,
    Refused,
}

/// What changes in the clients' book once an operation is final.
enum Then {
    Nothing,
    Known(Box<Actor>),
    Holds(usize, u64),
    OnTheWay(LotId, u64, usize),
    Has(LotId, usize, u64),
}

/// All clients together.
pub struct Clients {
    pub(crate) context: Context,
    record: Arc<Record>,
    pub(crate) doors: Doors,
    plant: Option<Plant>,
    book: Mutex<Book>,
    chance: Mutex<Chance>,
    /// Operations that are neither final nor refused.
    pub open: AtomicUsize,
    /// Operations that became final.
    pub done: AtomicU64,
    /// No more operations are begun.
    pub quiet: AtomicBool,
    burst: AtomicU64,
    /// The last envelopes handed in.
    said_before: Mutex<VecDeque<Vec<u8>>>,
}

impl Clients {
    /// Clients of these nodes.
    pub fn new(
        context: Context,
        record: Arc<Record>,
        doors: Doors,
        plant: Option<Plant>,
        chance: Chance,
    ) -> Arc<Self> {
        Arc::new(Clients {
            context,
            record,
            doors,
            plant,
            book: Mutex::default(),
            chance: Mutex::new(chance),
            open: AtomicUsize::new(0),
            done: AtomicU64::new(0),
            quiet: AtomicBool::new(false),
            burst: AtomicU64::new(0),
            said_before: Mutex::default(),
        })
    }

    /// So many operations come at once.
    pub fn burst(&self, count: u64) {
        self.burst.fetch_add(count, Ordering::Relaxed);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn draw(&self, low: u64, high: u64) -> u64 {
        self.chance.lock().unwrap_or_else(PoisonError::into_inner).between(low, high)
    }

    async fn pause(&self, low_ms: u64, high_ms: u64) {
        self.context.sleep(Duration::from_millis(self.draw(low_ms, high_ms))).await;
    }

    /// A node that takes operations, with its number.
    pub(crate) fn door(&self) -> Option<(usize, Arc<Chain>)> {
        let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        let open: Vec<_> = doors.iter().enumerate().filter(|(_, door)| door.is_some()).collect();
        let at = usize::try_from(self.draw(0, open.len() as u64)).ok()?;
        let (node, door) = open.get(at)?;
        Some((*node, (*door).clone()?))
    }

    /// An envelope signed by these keys, said now.
    pub fn said(&self, actor: Option<Hash>, act: Act, keys: &[&SecretKey]) -> Envelope {
        let nonce = self.chance.lock().unwrap_or_else(PoisonError::into_inner).bytes();
        let payload = Payload {
            v: 1,
            network: self.record.network,
            actor,
            mandate: None,
            time: UnixMillis(self.context.current().epoch_millis()),
            nonce: Nonce(nonce),
            act,
        };
        let mut envelope = Envelope::unsigned(payload.to_bytes());
        keys.iter().for_each(|key| envelope.sign(key));
        envelope
    }

    /// Registers somebody.
    pub async fn register(self: &Arc<Self>, name: &str) -> Actor {
        let key = SecretKey::from_seed(Hash::of(&[b"actor", name.as_bytes()]).0);
        let envelope = self.said(None, register(name, &key), &[&key]);
        let actor = Actor { key, id: envelope.id() };
        self.shepherd(envelope, Expect::Final, Then::Known(Box::new(actor.clone()))).await;
        actor
    }

    /// Sends what must become final, and waits for it.
    pub async fn settle(self: &Arc<Self>, envelope: Envelope) {
        self.shepherd(envelope, Expect::Final, Then::Nothing).await;
    }

    /// Works until it is told to be quiet.
    pub async fn work(self: Arc<Self>, pace_ms: u64) {
        for number in 0..PEOPLE {
            self.register(&format!("organisation {number}")).await;
        }
        let first = self.book().actors.first().cloned();
        let Some(first) = first else { return };
        let item = Act::ItemDefine(DefineItem {
            code: ITEM.into(),
            names: [("en".to_owned(), ITEM.to_owned())].into(),
            unit: "piece".into(),
            category: "protection".into(),
            specifications: Vec::new(),
            shelf_life_days: None,
        });
        self.settle(self.said(Some(first.id), item, &[&first.key])).await;
        while !self.quiet.load(Ordering::Relaxed) {
            let burst = self.burst.swap(0, Ordering::Relaxed);
            let room = self.open.load(Ordering::Relaxed) < UNDER_WAY;
            for _ in 0..burst + u64::from(room) {
                self.begin();
            }
            self.pause(pace_ms / 4, pace_ms * 2).await;
        }
    }

    /// Begins one operation.
    fn begin(self: &Arc<Self>) {
        let Some((envelope, expect, then)) = self.invent() else { return };
        let clients = self.clone();
        self.context.child("client").spawn(move |_| async move {
            clients.shepherd(envelope, expect, then).await;
        });
    }

    /// Says something that fits what is known.
    fn invent(&self) -> Option<(Envelope, Expect, Then)> {
        let at = usize::try_from(self.draw(0, PEOPLE)).ok()?;
        let actor = self.book().actors.get(at).cloned()?;
        let quantity = self.draw(1, 50);
        let kind = self.draw(0, 20);
        let (act, expect, then) = match kind {
            0..5 => (self.note(), Expect::Final, Then::Nothing),
            5..9 => (mint(quantity + 50), Expect::Final, Then::Holds(at, quantity + 50)),
            9..13 => self.dispatch(at, quantity)?,
            13..15 => self.accept(at)?,
            15 => self.consume(at)?,
            16 => self.count(at)?,
            17 => (consume(LotId { operation: actor.id, line: 0 }, 1), Expect::Refused, {
                Then::Nothing
            }),
            18 => self.take_from_another(at)?,
            _ => return Some(self.forged(&actor)),
        };
        let envelope = self.said(Some(actor.id), act, &[&actor.key]);
        Some((envelope, expect, then))
    }

    pub(crate) fn note(&self) -> Act {
        let text = format!("note {}", self.draw(0, 1_000_000));
        let body = serde_json::Map::from_iter([("text".to_owned(), text.into())]);
        let (occurred, evidence, cites) = (None, Vec::new(), Vec::new());
        Act::RecordPost(Post { schema: "note".into(), body, occurred, evidence, cites })
    }

    fn forged(&self, actor: &Actor) -> (Envelope, Expect, Then) {
        let signed = self.said(Some(actor.id), self.note(), &[]);
        let mut envelope = Envelope::unsigned(signed.payload().to_vec());
        envelope.add(actor.key.public(), Signature([5; 64]));
        (envelope, Expect::Refused, Then::Nothing)
    }

    /// A lot this one surely has enough of, less what is taken now.
    fn take(&self, at: usize, quantity: u64) -> Option<LotId> {
        let mut book = self.book();
        let mut fits =
            book.stock.iter_mut().filter(|((_, who), has)| *who == at && **has >= quantity);
        let ((lot, _), has) = fits.next()?;
        *has -= quantity;
        Some(*lot)
    }

    fn dispatch(&self, at: usize, quantity: u64) -> Option<(Act, Expect, Then)> {
        let to = (at + 1) % usize::try_from(PEOPLE).ok()?;
        let taker = self.book().actors.get(to).cloned()?;
        let lot = self.take(at, quantity)?;
        let act = Act::HoldingDispatch(Dispatch {
            to: taker.id,
            lines: vec![LotLine { lot, quantity: Quantity(quantity) }],
            carrier: None,
            need: None,
            reservation: None,
            evidence: Vec::new(),
        });
        Some((act, Expect::Final, Then::OnTheWay(lot, quantity, to)))
    }

    fn accept(&self, at: usize) -> Option<(Act, Expect, Then)> {
        let mut book = self.book();
        let found = book.shipments.iter().position(|(.., taker)| *taker == at)?;
        let (shipment, lot, quantity, _) = book.shipments.swap_remove(found);
        Some((accept(shipment, lot, quantity), Expect::Final, Then::Has(lot, at, quantity)))
    }

    /// Accepts what is on the way to somebody else.
    fn take_from_another(&self, at: usize) -> Option<(Act, Expect, Then)> {
        let book = self.book();
        let (shipment, lot, quantity, _) =
            *book.shipments.iter().find(|(.., taker)| *taker != at)?;
        Some((accept(shipment, lot, quantity), Expect::Refused, Then::Nothing))
    }

    fn consume(&self, at: usize) -> Option<(Act, Expect, Then)> {
        let lot = self.take(at, 3)?;
        Some((consume(lot, 3), Expect::Final, Then::Nothing))
    }

    fn count(&self, at: usize) -> Option<(Act, Expect, Then)> {
        let lot = self.take(at, 0)?;
        let lines = vec![CountLine { lot, counted: Quantity(7) }];
        Some((Act::HoldingCount(Count { lines, place: None }), Expect::Final, Then::Nothing))
    }

    /// Sees to an operation until it is final or refused.
    async fn shepherd(self: &Arc<Self>, envelope: Envelope, expect: Expect, then: Then) {
        self.open.fetch_add(1, Ordering::Relaxed);
        let (bytes, id) = (envelope.to_bytes(), envelope.id());
        let begun_ms = self.context.current().epoch_millis();
        self.remember(&bytes);
        loop {
            let Some((node, chain)) = self.door() else {
                self.pause(100, 300).await;
                continue;
            };
            self.record.note(|| format!("{id} is handed to node {node} ({expect:?})"));
            let answer = chain.take_in(&bytes, Ingress::Local);
            self.watch_door(node, &chain);
            drop(chain);
            if self.draw(0, 10) == 0 {
                self.also(&bytes);
            }
            match answer {
                Ok((_, Pending::Before(index))) => break self.is_final(id, index, expect, then),
                Ok((_, Pending::Waiting(_))) if self.plant == Some(Plant::ForgottenAnswer) => {
                    self.record.acknowledged(id, ANY_PLACE);
                    break;
                }
                Ok((_, Pending::Waiting(told))) => match told.await {
                    Ok(Outcome::Final { index }) => {
                        let now_ms = self.context.current().epoch_millis();
                        self.record.waited(now_ms.saturating_sub(begun_ms));
                        break self.is_final(id, index, expect, then);
                    }
                    Ok(Outcome::Refused(reason)) => {
                        break self.is_refused(id, &reason.to_string(), expect);
                    }
                    Ok(Outcome::Crowded(_)) => self.record.count("the pool was full"),
                    Err(_) => {
                        let lost = "an operation was lost with its node and sent again";
                        self.record.count(lost);
                    }
                },
                Err(SubmitError::Refused(reason)) => {
                    break self.is_refused(id, &reason.to_string(), expect);
                }
                Err(_) => {}
            }
            self.pause(100, 1_000).await;
        }
        self.open.fetch_sub(1, Ordering::Relaxed);
    }

    fn remember(&self, bytes: &[u8]) {
        let mut said = self.said_before.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() >= REMEMBERED {
            said.pop_front();
        }
        said.push_back(bytes.to_vec());
    }

    /// An envelope that was handed in lately.
    pub(crate) fn something_said(&self) -> Option<Vec<u8>> {
        let at = usize::try_from(self.draw(0, REMEMBERED as u64)).ok()?;
        let said = self.said_before.lock().unwrap_or_else(PoisonError::into_inner);
        said.get(at).cloned()
    }

    /// Somebody who is registered.
    pub(crate) fn anybody(&self) -> Option<Hash> {
        let at = usize::try_from(self.draw(0, PEOPLE)).ok()?;
        self.book().actors.get(at).map(|actor| actor.id)
    }

    /// Hands the same to another node too.
    fn also(&self, bytes: &[u8]) {
        if let Some((_, chain)) = self.door() {
            self.record.count("an operation was sent to two nodes");
            drop(chain.take_in(bytes, Ingress::Local));
        }
    }

    fn watch_door(&self, node: usize, chain: &Chain) {
        let (_, state) = chain.tip_state();
        let key = self.record.people.get(node).map(|person| person.key);
        let keeps = |key| state.keeping().is_some_and(|network| network.keeper(&key).is_some());
        if key.is_some_and(|key| !keeps(key)) {
            self.record.count("a removed validator took an operation");
        }
    }

    fn is_refused(&self, id: Hash, reason: &str, expect: Expect) {
        self.record.note(|| format!("{id} is refused: {reason}"));
        match expect {
            Expect::Refused => self.record.count("a bad operation was refused"),
            Expect::Final => {
                self.record.fail(format!("valid operation {id} was refused: {reason}"))
            }
        }
    }

    fn is_final(&self, id: Hash, index: u64, expect: Expect, then: Then) {
        if expect == Expect::Refused {
            self.record.fail(format!("operation {id}, which breaks a rule, became final"));
        }
        self.record.note(|| format!("{id} is final at {index}"));
        let wrong = u64::from(self.plant == Some(Plant::WrongPlace));
        self.record.acknowledged(id, index + wrong);
        self.done.fetch_add(1, Ordering::Relaxed);
        let mut book = self.book();
        match then {
            Then::Nothing => {}
            Then::Known(actor) => book.actors.push(*actor),
            Then::Holds(who, quantity) => {
                let lot = LotId { operation: id, line: 0 };
                *book.stock.entry((lot, who)).or_default() += quantity;
            }
            Then::OnTheWay(lot, quantity, taker) => {
                book.shipments.push((id, lot, quantity, taker));
            }
            Then::Has(lot, who, quantity) => {
                *book.stock.entry((lot, who)).or_default() += quantity;
            }
        }
    }

    /// Operations that the pools of all nodes keep.
    pub fn kept(&self) -> usize {
        let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        doors.iter().flatten().map(|chain| chain.pool.len()).sum()
    }

    /// What the pools of all nodes keep, in words.
    pub fn describe(&self) -> String {
        let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        let pools = doors.iter().enumerate().filter_map(|(at, chain)| {
            let pool = &chain.as_ref()?.pool;
            (!pool.is_empty()).then(|| format!("node {at}: {}", pool.describe()))
        });
        pools.collect::<Vec<_>>().join("; ")
    }

    /// Where everything is written down.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Waits a little.
    pub async fn rest(&self) {
        self.pause(100, 300).await;
    }

    /// The ledger that is furthest of all nodes that take operations.
    pub fn any_chain(&self) -> Option<Arc<Chain>> {
        let doors = self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        doors.iter().flatten().max_by_key(|chain| chain.tip_state().0.height).cloned()
    }
}

/// Registers somebody with this key.
pub(crate) fn register(name: &str, key: &SecretKey) -> Act {
    Act::PrincipalRegister(Register {
        kind: PrincipalKind::Organisation,
        name: name.into(),
        names: BTreeMap::new(),
        keys: KeySet { keys: vec![key.public()], threshold: 1 },
        guardians: None,
        owner: None,
    })
}

fn mint(quantity: u64) -> Act {
    let line = MintLine {
        item: ITEM.into(),
        quantity: Quantity(quantity),
        pack: None,
        expires: None,
        label: None,
    };
    let lines = vec![line];
    Act::HoldingMint(Mint { lines, donor: None, claim: None, bought_with: None, need: None })
}

fn accept(shipment: Hash, lot: LotId, quantity: u64) -> Act {
    let lines = vec![LotLine { lot, quantity: Quantity(quantity) }];
    Act::HoldingAccept(Accept { shipment, lines, condition: None, evidence: Vec::new() })
}

fn consume(lot: LotId, quantity: u64) -> Act {
    let lines = vec![LotLine { lot, quantity: Quantity(quantity) }];
    Act::HoldingConsume(Consume { lines, ward: None, need: None })
}
