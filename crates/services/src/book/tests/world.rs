//! A small world with its own kernel: everything a test posts is judged before the book sees it.

use crate::book::{Book, Reader};
use crate::compose::Signer;
use crate::schemas;
use serde_json::Value;
use std::sync::Arc;
use weal_kernel::block::{FinalBlock, LogEntry};
use weal_kernel::holdings::op as holdings;
use weal_kernel::holdings::op::LotId;
use weal_kernel::principals::op::{KeySet, PrincipalKind, Register};
use weal_kernel::records::op::{Post, Respond, ResponseKind};
use weal_kernel::units::{Quantity, UnixMillis};
use weal_kernel::{Act, Effects, Hash, State, check_shape};
use weal_proof::keys::SecretKey;
use weal_proof::{Envelope, Genesis, Header};

pub(super) const HOUR: u64 = 60 * 60 * 1000;
pub(super) const DAY: u64 = 24 * HOUR;
/// 2020-01-30, midnight in Greenwich.
pub(super) const START: u64 = 1_580_342_400_000;

#[derive(Clone)]
pub(super) struct Actor {
    pub(super) id: Hash,
    pub(super) key: SecretKey,
}

pub(super) struct World {
    pub(super) state: State,
    pub(super) network: Hash,
    pub(super) now: u64,
    parent: Hash,
    pub(super) index: u64,
    nonce: u128,
    entries: Vec<LogEntry>,
    pub(super) blocks: Vec<FinalBlock>,
}

impl World {
    pub(super) fn new() -> World {
        let rules = Arc::new(schemas::rules());
        let genesis =
            Genesis::alone("test", START, SecretKey::from_seed([99; 32]).public(), rules.hash());
        let network = weal_proof::genesis::network_id(&genesis.to_bytes());
        let state = State::genesis(network, &genesis, rules);
        World {
            state,
            network,
            now: START,
            parent: Hash::ZERO,
            index: 0,
            nonce: 0,
            entries: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Takes an act signed by these; the first is the actor. Panics if the kernel refuses.
    pub(super) fn act(&mut self, signers: &[&Actor], act: Act) -> Hash {
        let actor =
            if matches!(act, Act::PrincipalRegister(_)) { None } else { Some(signers[0].id) };
        let keys = signers.iter().map(|signer| signer.key.clone()).collect();
        let signer = Signer { network: self.network, actor, mandate: None, keys };
        self.nonce += 1;
        let nonce = self.nonce.to_be_bytes();
        self.take(signer.envelope(act, UnixMillis(self.now), nonce))
    }

    /// Takes an act in the name of one, signed by another who holds his mandate.
    pub(super) fn act_under(
        &mut self,
        mandate: Hash,
        actor: &Actor,
        holder: &Actor,
        act: Act,
    ) -> Hash {
        let (mandate, keys) = (Some(mandate), vec![holder.key.clone()]);
        let signer = Signer { network: self.network, actor: Some(actor.id), mandate, keys };
        self.nonce += 1;
        self.take(signer.envelope(act, UnixMillis(self.now), self.nonce.to_be_bytes()))
    }

    pub(super) fn take(&mut self, envelope: Envelope) -> Hash {
        let signed = check_shape(&self.network, &envelope.to_bytes()).unwrap();
        let now = UnixMillis(self.now);
        let decision = self.state.check_rights(&signed, self.index, now).unwrap();
        let Effects { postings, payments } = self.state.apply(decision);
        let id = signed.id;
        let signed = Arc::new(signed);
        self.entries.push(LogEntry { index: self.index, signed, postings, payments });
        self.index += 1;
        id
    }

    /// Closes the block and lets time pass.
    pub(super) fn block(&mut self, later: u64) {
        let header = Header {
            network: self.network,
            height: u64::try_from(self.blocks.len()).unwrap() + 1,
            parent: self.parent,
            time_ms: self.now,
            proposer: SecretKey::from_seed([99; 32]).public(),
            log_size: self.index,
            log_root: Hash::of(&[&self.index.to_be_bytes()]),
            state_root: self.state.root(),
            validators: Hash::ZERO,
            body: Hash::ZERO,
        };
        self.parent = header.digest();
        let entries = std::mem::take(&mut self.entries);
        self.blocks.push(FinalBlock { header, signed: 1, entries });
        self.now += later;
    }

    /// The book of everything so far.
    pub(super) fn book(&mut self) -> Shelf {
        if !self.entries.is_empty() {
            self.block(1_000);
        }
        let directory = tempfile::tempdir().unwrap();
        let mut book = Book::open(directory.path()).unwrap();
        book.follow(&self.blocks).unwrap();
        let reader = book.reader().unwrap();
        Shelf { book, reader, directory }
    }

    pub(super) fn party(&mut self, name: &str) -> Actor {
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(&(self.nonce + 1).to_be_bytes());
        let key = SecretKey::from_seed(seed);
        let keys = KeySet { keys: vec![key.public()], threshold: 1 };
        let register = Register {
            kind: PrincipalKind::Organisation,
            name: name.into(),
            names: Default::default(),
            keys,
            guardians: None,
            owner: None,
        };
        let actor = Actor { id: Hash::ZERO, key };
        let id = self.act(&[&actor], Act::PrincipalRegister(register));
        Actor { id, ..actor }
    }

    pub(super) fn item(&mut self, by: &Actor, code: &str, category: &str) {
        let act = holdings::DefineItem {
            code: code.into(),
            names: [("en".to_owned(), code.replace('-', " "))].into(),
            unit: "piece".into(),
            category: category.into(),
            specifications: Vec::new(),
            shelf_life_days: None,
        };
        self.act(&[by], Act::ItemDefine(act));
    }

    pub(super) fn pack(&mut self, by: &Actor, item: &str, contains: Option<u64>) -> Hash {
        let act = holdings::DefinePack {
            item: item.into(),
            label: "carton".into(),
            contains: contains.map(Quantity),
        };
        self.act(&[by], Act::PackDefine(act))
    }

    pub(super) fn measure(&mut self, by: &Actor, pack: Hash, contains: u64) {
        let act = holdings::MeasurePack { pack, contains: Quantity(contains) };
        self.act(&[by], Act::PackMeasure(act));
    }

    pub(super) fn post(&mut self, by: &Actor, schema: &str, body: Value) -> Hash {
        let body = body.as_object().unwrap().clone();
        let schema = schema.into();
        let (evidence, cites) = (Vec::new(), Vec::new());
        let post = Post { schema, body, occurred: None, evidence, cites };
        self.act(&[by], Act::RecordPost(post))
    }

    pub(super) fn need(&mut self, by: &Actor, item: &str, amount: u64) -> Hash {
        let quantity = serde_json::json!({"stated": {"amount": amount}});
        self.post(by, "need", serde_json::json!({"item": item, "quantity": quantity}))
    }

    pub(super) fn respond(
        &mut self,
        by: &Actor,
        record: Hash,
        kind: ResponseKind,
        body: Option<Value>,
    ) -> Hash {
        let respond = Respond {
            record,
            kind,
            reason: Some("because".into()),
            body: body.map(|body| body.as_object().unwrap().clone()),
            by: None,
            until: (kind == ResponseKind::Hide).then(|| UnixMillis(self.now + DAY)),
            occurred: None,
            evidence: Vec::new(),
        };
        self.act(&[by], Act::RecordRespond(respond))
    }

    /// Takes goods in; a donor signs too.
    pub(super) fn mint(&mut self, by: &Actor, mint: Minted<'_>) -> LotId {
        let line = holdings::MintLine {
            item: mint.item.into(),
            quantity: Quantity(mint.quantity),
            pack: mint.pack,
            expires: None,
            label: None,
        };
        let act = holdings::Mint {
            lines: vec![line; mint.lines],
            donor: mint.donor.map(|donor| donor.id),
            claim: mint.claim,
            bought_with: mint.bought_with,
            need: None,
        };
        let mut signers = vec![by];
        signers.extend(mint.donor);
        LotId { operation: self.act(&signers, Act::HoldingMint(act)), line: 0 }
    }

    pub(super) fn dispatch(
        &mut self,
        from: &Actor,
        to: &Actor,
        line: (LotId, u64),
        need: Option<Hash>,
    ) -> Hash {
        let act = holdings::Dispatch {
            to: to.id,
            lines: vec![lot_line(line)],
            carrier: None,
            need,
            reservation: None,
            evidence: Vec::new(),
        };
        self.act(&[from], Act::HoldingDispatch(act))
    }

    pub(super) fn accept(&mut self, by: &Actor, shipment: Hash, line: (LotId, u64)) -> Hash {
        let lines = vec![lot_line(line)];
        let act = holdings::Accept { shipment, lines, condition: None, evidence: Vec::new() };
        self.act(&[by], Act::HoldingAccept(act))
    }

    pub(super) fn hand_over(
        &mut self,
        from: &Actor,
        to: &Actor,
        (lot, given, counted): (LotId, u64, u64),
        need: Option<Hash>,
    ) -> Hash {
        let (given, counted) = (Quantity(given), Quantity(counted));
        let act = holdings::HandOver {
            taker: to.id,
            lines: vec![holdings::HandOverLine { lot, given, counted }],
            carrier: None,
            need,
            reservation: None,
            evidence: Vec::new(),
        };
        self.act(&[from, to], Act::HoldingHandOver(act))
    }

    pub(super) fn consume(&mut self, by: &Actor, line: (LotId, u64), ward: &str) -> Hash {
        let lines = vec![lot_line(line)];
        let act = holdings::Consume { lines, ward: Some(ward.into()), need: None };
        self.act(&[by], Act::HoldingConsume(act))
    }

    pub(super) fn issue(
        &mut self,
        by: &Actor,
        to: &Actor,
        amount: &str,
        claim: Option<Hash>,
    ) -> LotId {
        let act = holdings::Issue {
            to: to.id,
            currency: "CNY".into(),
            amount: amount.into(),
            donor: None,
            claim,
            purpose: None,
        };
        LotId { operation: self.act(&[by], Act::MoneyIssue(act)), line: 0 }
    }

    pub(super) fn pay(&mut self, by: &Actor, to: &Actor, lines: &[(LotId, &str)]) -> Hash {
        let line = |(lot, amount): &(LotId, &str)| holdings::MoneyLine {
            lot: *lot,
            amount: (*amount).into(),
        };
        let lines = lines.iter().map(line).collect();
        let act = holdings::Pay { to: to.id, lines, purpose: "purchase".into() };
        self.act(&[by], Act::MoneyPay(act))
    }
}

fn lot_line((lot, quantity): (LotId, u64)) -> holdings::LotLine {
    holdings::LotLine { lot, quantity: Quantity(quantity) }
}

/// What a mint brings.
#[derive(Clone, Copy)]
pub(super) struct Minted<'a> {
    pub(super) item: &'a str,
    pub(super) quantity: u64,
    pub(super) pack: Option<Hash>,
    pub(super) donor: Option<&'a Actor>,
    pub(super) claim: Option<Hash>,
    pub(super) bought_with: Option<Hash>,
    pub(super) lines: usize,
}

impl Minted<'_> {
    pub(super) fn of(item: &str, quantity: u64) -> Minted<'_> {
        let (pack, donor, claim, bought_with) = (None, None, None, None);
        Minted { item, quantity, pack, donor, claim, bought_with, lines: 1 }
    }
}

/// A book with a reader, in a directory that vanishes.
pub(super) struct Shelf {
    pub(super) book: Book,
    pub(super) reader: Reader,
    pub(super) directory: tempfile::TempDir,
}

impl Shelf {
    /// Every row of every table, as text.
    pub(super) fn dump(&self) -> String {
        let connection = &self.book.connection;
        let sql = "SELECT name FROM sqlite_schema WHERE type='table' \
                   AND name NOT LIKE 'words_%' AND name NOT LIKE 'sqlite_%' ORDER BY name";
        let mut names = connection.prepare(sql).unwrap();
        let names: Vec<String> =
            names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let mut text = String::new();
        for name in names {
            text.push_str(&format!("== {name}\n"));
            let rowid = if name == "words" { "rowid, " } else { "" };
            let mut rows = connection.prepare(&format!("SELECT {rowid}* FROM {name}")).unwrap();
            let columns = rows.column_count();
            let mut rows = rows.query([]).unwrap();
            let mut lines = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                let values: Vec<String> =
                    (0..columns).map(|at| format!("{:?}", row.get_ref(at).unwrap())).collect();
                lines.push(values.join("|"));
            }
            lines.sort();
            text.push_str(&lines.join("\n"));
            text.push('\n');
        }
        text
    }
}
