//! A small world: a book with known people in it, and one way to do things there.
//!
//! `world.act(&actor, act)` builds an operation, `Op` adds what it needs, `world.run(op)` takes it
//! through all three phases as a node does: shape, signatures, rights, effect.

pub mod build;
pub mod charters;
pub mod keeping;
pub mod kitty;
pub mod play;

use std::sync::{Arc, OnceLock};
use weal_kernel::charters::movement::Payment;
use weal_kernel::operation::{Nonce, Payload};
use weal_kernel::principals::op::{KeySet, PrincipalKind, Register};
use weal_kernel::schema::{Admission, FORMAT, Field, Kind, Rules, Schema, field, optional};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Effects, Hash, Refusal, Refused, Signed, State, check_shape};
use weal_proof::keys::{PublicKey, SecretKey, Signature};
use weal_proof::{Envelope, Genesis, genesis};

use weal_kernel::holdings::Posting;

/// One hour.
pub const HOUR: u64 = 60 * 60 * 1000;
/// One day.
pub const DAY: u64 = 24 * HOUR;
/// 2020-01-23T02:00:00Z.
pub const START: UnixMillis = UnixMillis(1_579_744_800_000);

/// A secret key that only its name decides.
pub fn key(name: &str) -> SecretKey {
    SecretKey::from_seed(Hash::of(&[name.as_bytes()]).0)
}

/// Somebody with an id and the keys that sign for it.
#[derive(Clone)]
pub struct Actor {
    pub id: Hash,
    pub keys: Vec<SecretKey>,
}

/// An operation in the making.
#[derive(Clone)]
pub struct Op {
    pub payload: Payload,
    pub signers: Vec<SecretKey>,
}

impl Op {
    /// Signed by this party too.
    pub fn with(mut self, other: &Actor) -> Op {
        self.signers.extend(other.keys.iter().cloned());
        self
    }

    /// Signed by this key too.
    pub fn and(mut self, key: SecretKey) -> Op {
        self.signers.push(key);
        self
    }

    /// Signed by this party instead of the actor, under a mandate.
    pub fn under(mut self, mandate: Hash, holder: &Actor) -> Op {
        self.payload.mandate = Some(mandate);
        self.signers = holder.keys.clone();
        self
    }

    /// Said at another time than now.
    pub fn at(mut self, time: UnixMillis) -> Op {
        self.payload.time = time;
        self
    }

    /// The signed envelope.
    pub fn envelope(&self) -> Envelope {
        sealed(self.payload.to_bytes(), &self.signers)
    }

    /// Its id, which no signature changes.
    pub fn id(&self) -> Hash {
        sealed(self.payload.to_bytes(), &[]).id()
    }

    /// The envelope with the right keys and empty signatures, for tests of many thousand steps.
    pub fn claimed(&self) -> Envelope {
        let mut envelope = Envelope::unsigned(self.payload.to_bytes());
        self.signers.iter().for_each(|key| envelope.add(key.public(), Signature([0; 64])));
        envelope
    }

    /// The envelope's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.envelope().to_bytes()
    }

    /// The same with its text changed before it is signed.
    pub fn rewritten(&self, from: &str, to: &str) -> Vec<u8> {
        let text = String::from_utf8(self.payload.to_bytes()).unwrap();
        assert!(text.contains(from), "{from} does not stand in {text}");
        sealed(text.replacen(from, to, 1).into_bytes(), &self.signers).to_bytes()
    }
}

/// A payload signed by these keys.
pub fn sealed(payload: Vec<u8>, signers: &[SecretKey]) -> Envelope {
    let mut envelope = Envelope::unsigned(payload);
    signers.iter().for_each(|key| envelope.sign(key));
    envelope
}

/// A book, the time in it, and the next place in its log.
#[derive(Clone)]
pub struct World {
    pub state: State,
    pub now: UnixMillis,
    pub index: u64,
    /// What charters paid so far.
    pub payments: Vec<Payment>,
    nonce: u128,
}

/// The first of those who keep the book.
pub fn validator() -> SecretKey {
    key("validator")
}

/// A schema with every kind of member, and those the stories need.
pub fn rules() -> Rules {
    let schema = |name: &str, fields: Vec<Field>| Schema {
        name: name.into(),
        about: "For tests.".into(),
        fields,
    };
    let words = vec!["red".to_owned(), "green".to_owned()];
    let everything = vec![
        optional("text", Kind::Text(10)),
        optional("whole", Kind::Whole { min: -5, max: 5 }),
        optional("flag", Kind::Flag),
        optional("time", Kind::Time),
        optional("id", Kind::Id),
        optional("code", Kind::Code),
        optional("choice", Kind::Choice(words)),
        optional("names", Kind::Names),
        optional("list", Kind::List(Box::new(Kind::Flag))),
        optional("group", Kind::Group(vec![field("inner", Kind::Flag)])),
        optional("one", Kind::OneOf(vec![field("a", Kind::Flag), field("b", Kind::Time)])),
        optional("texts", Kind::List(Box::new(Kind::Text(20_000)))),
    ];
    Rules {
        format: FORMAT.into(),
        schemas: vec![
            schema("note", vec![field("text", Kind::Text(4_000))]),
            schema(
                "need",
                vec![
                    field("item", Kind::Code),
                    field("quantity", Kind::Whole { min: 1, max: 1_000_000 }),
                ],
            ),
            schema("everything", everything),
        ],
        admission: None,
    }
}

impl World {
    /// A book with nobody in it but the institutions that keep it.
    pub fn new() -> World {
        World::kept_by(keeping::keepers())
    }

    /// A book kept by these.
    pub fn kept_by(keepers: Vec<weal_proof::genesis::Keeper>) -> World {
        World::with_admission(keepers, None)
    }

    /// A book kept by these, with rules by which newcomers come in.
    pub fn with_admission(
        keepers: Vec<weal_proof::genesis::Keeper>,
        admission: Option<Admission>,
    ) -> World {
        let rules = Rules { admission, ..rules() };
        let genesis = Genesis::new("tests", START.0, keepers, rules.hash());
        let network = genesis::network_id(&genesis.to_bytes());
        let state = State::genesis(network, &genesis, Arc::new(rules));
        World { state, now: START, index: 0, payments: Vec::new(), nonce: 0 }
    }

    /// A book with the usual people and goods in it; made once, then shared.
    pub fn usual() -> (World, build::Usual) {
        static USUAL: OnceLock<(World, build::Usual)> = OnceLock::new();
        USUAL.get_or_init(build::usual).clone()
    }

    /// Lets time pass.
    pub fn wait(&mut self, milliseconds: u64) {
        self.now = self.now.plus(milliseconds);
    }

    /// An operation by this actor, now, signed by him.
    pub fn act(&mut self, actor: &Actor, act: Act) -> Op {
        self.said(Some(actor.id), act, actor.keys.clone())
    }

    /// An operation as given, with a fresh nonce.
    pub fn said(&mut self, actor: Option<Hash>, act: Act, signers: Vec<SecretKey>) -> Op {
        self.nonce += 1;
        let payload = Payload {
            v: 1,
            network: self.state.network(),
            actor,
            mandate: None,
            time: self.now,
            nonce: Nonce(self.nonce.to_be_bytes()),
            act,
        };
        Op { payload, signers }
    }

    /// All phases over the bytes as they would arrive.
    pub fn run_bytes(&mut self, bytes: &[u8]) -> Result<Vec<Posting>, Refused> {
        let signed = check_shape(&self.state.network(), bytes)?;
        let bad = |key: PublicKey| Refusal::BadSignature.at("/signatures", key);
        signed.envelope.verify().map_err(bad)?;
        self.decide(&signed)
    }

    /// All phases but the check of signatures, which are taken on trust.
    pub fn run_claimed(&mut self, op: &Op) -> Result<Vec<Posting>, Refused> {
        let signed = check_shape(&self.state.network(), &op.claimed().to_bytes())?;
        self.decide(&signed)
    }

    fn decide(&mut self, signed: &Signed) -> Result<Vec<Posting>, Refused> {
        let decision = self.state.check_rights(signed, self.index, self.now)?;
        self.index += 1;
        let Effects { postings, payments } = self.state.apply(decision);
        self.payments.extend(payments);
        Ok(postings)
    }

    /// All phases.
    pub fn run(&mut self, op: &Op) -> Result<Vec<Posting>, Refused> {
        self.run_bytes(&op.bytes())
    }

    /// Runs what must be accepted, and returns its id.
    pub fn done(&mut self, op: &Op) -> Hash {
        self.run(op).unwrap_or_else(|refused| panic!("{refused} in {:?}", op.payload.act));
        op.id()
    }

    /// Builds and runs what must be accepted, and returns its id.
    pub fn does(&mut self, actor: &Actor, act: Act) -> Hash {
        let op = self.act(actor, act);
        self.done(&op)
    }

    /// An organisation with one key, whose name decides everything.
    pub fn register(&mut self, name: &str) -> Actor {
        let op = self.registration(name, vec![key(name)], 1);
        Actor { id: self.done(&op), keys: op.signers }
    }

    /// The registration of an organisation with these keys.
    pub fn registration(&mut self, name: &str, keys: Vec<SecretKey>, threshold: u8) -> Op {
        let register = Register {
            kind: PrincipalKind::Organisation,
            name: name.into(),
            names: Default::default(),
            keys: key_set(&keys, threshold),
            guardians: None,
            owner: None,
        };
        self.said(None, Act::PrincipalRegister(register), keys)
    }

    /// An office of two of the institutions that keep the book: its role attestations are
    /// recognised.
    pub fn keeper(&mut self) -> Actor {
        let keys = vec![validator(), keeping::owner("keeper b")];
        let op = self.registration("keeper", keys, 2);
        Actor { id: self.done(&op), keys: op.signers }
    }
}

/// The public side of these keys.
pub fn key_set(keys: &[SecretKey], threshold: u8) -> KeySet {
    KeySet { keys: keys.iter().map(SecretKey::public).collect(), threshold }
}
