//! The stage: everybody's keys, the clock, and the one function by which somebody acts.

use super::chance::Chance;
use super::names::Name;
use crate::compose::Signer;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use weal_kernel::principals::op::{Guardians, KeySet, PrincipalKind, Register};
use weal_kernel::records::op::{Post, Respond, ResponseKind};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Hash};
use weal_proof::Envelope;
use weal_proof::keys::SecretKey;

/// Somebody on the stage, by the order of entering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Who(usize);

/// Somebody who has registered.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) id: Hash,
    keys: Vec<SecretKey>,
    threshold: usize,
    pub(crate) zh: &'static str,
    pub(crate) place: &'static str,
    pub(crate) beds: u64,
    clerk: Option<Clerk>,
}

/// Who acts for a member day by day.
#[derive(Debug)]
struct Clerk {
    who: Who,
    mandate: Hash,
    acts: Vec<String>,
}

impl Member {
    /// As many keys as must sign.
    fn signing(&self) -> &[SecretKey] {
        self.keys.get(..self.threshold).unwrap_or(&self.keys)
    }
}

/// How somebody enters.
pub(crate) struct Entrance<'a> {
    pub(crate) name: &'a Name,
    pub(crate) kind: PrincipalKind,
    /// How many keys, and how many of them must sign.
    pub(crate) keys: (usize, usize),
    pub(crate) guardians: Vec<Who>,
    pub(crate) owner: Option<Who>,
}

/// Keys, clock and chance; what was said waits in `out`.
#[derive(Debug)]
pub(crate) struct Stage {
    network: Hash,
    seed: u64,
    pub(crate) chance: Chance,
    /// The signers' clock.
    pub(crate) now: UnixMillis,
    /// When the things told happened, while the past is told.
    pub(crate) past: Option<UnixMillis>,
    members: Vec<Member>,
    keys_made: u64,
    pub(crate) out: Vec<Envelope>,
}

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl Stage {
    pub(crate) fn new(seed: u64, network: Hash, start: UnixMillis) -> Self {
        Stage {
            network,
            seed,
            chance: Chance::new(seed),
            now: start,
            past: None,
            members: Vec::new(),
            keys_made: 0,
            out: Vec::new(),
        }
    }

    pub(crate) fn member(&self, who: Who) -> &Member {
        &self.members[who.0]
    }

    pub(crate) fn id(&self, who: Who) -> Hash {
        self.member(who).id
    }

    /// The time so many days from now.
    pub(crate) fn in_days(&self, days: u64) -> UnixMillis {
        self.now.plus(days * DAY_MS)
    }

    /// While the prologue is told, signers' clocks move a millisecond with each operation.
    fn tick(&mut self) -> UnixMillis {
        if self.past.is_some() {
            self.now = self.now.plus(1);
        }
        self.now
    }

    fn new_key(&mut self) -> SecretKey {
        self.keys_made += 1;
        let (seed, number) = (self.seed.to_le_bytes(), self.keys_made.to_le_bytes());
        SecretKey::from_seed(Hash::of(&[b"weal-scenario-key", &seed, &number]).0)
    }

    fn new_keys(&mut self, count: usize) -> Vec<SecretKey> {
        (0..count).map(|_| self.new_key()).collect()
    }

    /// Registers somebody.
    pub(crate) fn enter(&mut self, entrance: &Entrance<'_>) -> Who {
        let (count, threshold) = entrance.keys;
        let keys = self.new_keys(count);
        let guardians = self.guardians(&entrance.guardians);
        let name = entrance.name;
        let register = Register {
            kind: entrance.kind,
            name: name.zh.into(),
            names: BTreeMap::from([("en".into(), name.en.into()), ("zh".into(), name.zh.into())]),
            keys: key_set(&keys, threshold),
            guardians,
            owner: entrance.owner.map(|owner| self.id(owner)),
        };
        let nonce = self.chance.bytes();
        let signing = keys.clone();
        let network = self.network;
        let signer = Signer { network, actor: None, mandate: None, keys: signing };
        let mut envelope = signer.envelope(Act::PrincipalRegister(register), self.tick(), nonce);
        if let Some(owner) = entrance.owner {
            self.countersign(&mut envelope, owner);
        }
        let id = envelope.id();
        self.out.push(envelope);
        self.members.push(Member {
            id,
            keys,
            threshold,
            zh: name.zh,
            place: name.place,
            beds: name.beds,
            clerk: None,
        });
        Who(self.members.len() - 1)
    }

    pub(crate) fn guardians(&self, who: &[Who]) -> Option<Guardians> {
        let principals: Vec<Hash> = who.iter().map(|who| self.id(*who)).collect();
        (!principals.is_empty()).then_some(Guardians { principals, threshold: 2, delay_ms: DAY_MS })
    }

    /// New keys for somebody who has entered; they count from the operation that names them.
    pub(crate) fn fresh_keys(
        &mut self,
        count: usize,
        threshold: usize,
    ) -> (Vec<SecretKey>, KeySet) {
        let keys = self.new_keys(count);
        let set = key_set(&keys, threshold);
        (keys, set)
    }

    pub(crate) fn take_keys(&mut self, who: Who, keys: Vec<SecretKey>) {
        self.members[who.0].keys = keys;
    }

    /// From now on the clerk signs these acts for the member.
    pub(crate) fn employ(&mut self, member: Who, clerk: Who, mandate: Hash, acts: &[&str]) {
        let acts = acts.iter().map(|act| (*act).to_owned()).collect();
        self.members[member.0].clerk = Some(Clerk { who: clerk, mandate, acts });
    }

    fn countersign(&self, envelope: &mut Envelope, who: Who) {
        for key in self.member(who).signing() {
            envelope.sign(key);
        }
    }

    /// Somebody acts, by his clerk where the mandate covers it; others sign too.
    pub(crate) fn say(&mut self, who: Who, act: Act, also: &[Who]) -> Hash {
        let clerk = self.member(who).clerk.as_ref();
        let clerk = clerk.filter(|clerk| clerk.acts.iter().any(|name| name == act.name()));
        let hand = clerk.map_or((who, None), |clerk| (clerk.who, Some(clerk.mandate)));
        self.say_by(who, hand, act, also)
    }

    /// Somebody acts through the hand of another, under a mandate.
    pub(crate) fn say_by(
        &mut self,
        who: Who,
        (hand, mandate): (Who, Option<Hash>),
        act: Act,
        also: &[Who],
    ) -> Hash {
        let time = self.tick();
        let nonce = self.chance.bytes();
        let keys = self.member(hand).signing().to_vec();
        let signer = Signer { network: self.network, actor: Some(self.id(who)), mandate, keys };
        let mut envelope = signer.envelope(act, time, nonce);
        for other in also {
            self.countersign(&mut envelope, *other);
        }
        let id = envelope.id();
        self.out.push(envelope);
        id
    }

    /// Signs the last operation with keys that no member has yet.
    pub(crate) fn sign_last_with(&mut self, keys: &[SecretKey]) {
        if let Some(envelope) = self.out.last_mut() {
            keys.iter().for_each(|key| envelope.sign(key));
        }
    }

    /// Posts a record.
    pub(crate) fn post(&mut self, who: Who, schema: &str, body: Value) -> Hash {
        let occurred = self.past;
        let (schema, evidence) = (schema.to_owned(), Vec::new());
        self.say(
            who,
            Act::RecordPost(Post {
                schema,
                body: members(body),
                occurred,
                evidence,
                cites: Vec::new(),
            }),
            &[],
        )
    }

    /// Responds to a record.
    pub(crate) fn respond(&mut self, who: Who, record: Hash, answer: Answer<'_>) -> Hash {
        let (kind, reason) = answer.says();
        let mut respond = Respond {
            record,
            kind,
            reason: reason.map(str::to_owned),
            body: None,
            by: None,
            until: None,
            occurred: self.past,
            evidence: Vec::new(),
        };
        match answer {
            Answer::Correct(_, body) => respond.body = Some(body),
            Answer::Supersede(_, by) => respond.by = Some(by),
            Answer::Hide(_) => respond.until = Some(self.in_days(180)),
            _ => {}
        }
        self.say(who, Act::RecordRespond(respond), &[])
    }
}

/// What somebody says about a record.
pub(crate) enum Answer<'a> {
    Corroborate(&'a str),
    Dispute(&'a str),
    Correct(&'a str, Map<String, Value>),
    Supersede(&'a str, Hash),
    Withdraw(&'a str),
    Hide(&'a str),
}

impl<'a> Answer<'a> {
    fn says(&self) -> (ResponseKind, Option<&'a str>) {
        match self {
            Answer::Corroborate(why) => (ResponseKind::Corroborate, Some(why)),
            Answer::Dispute(why) => (ResponseKind::Dispute, Some(why)),
            Answer::Correct(why, _) => (ResponseKind::Correct, Some(why)),
            Answer::Supersede(why, _) => (ResponseKind::Supersede, Some(why)),
            Answer::Withdraw(why) => (ResponseKind::Withdraw, Some(why)),
            Answer::Hide(why) => (ResponseKind::Hide, Some(why)),
        }
    }
}

/// The members of a body written with `json!`.
pub(crate) fn members(body: Value) -> Map<String, Value> {
    match body {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn key_set(keys: &[SecretKey], threshold: usize) -> KeySet {
    let threshold = u8::try_from(threshold).unwrap_or(1);
    KeySet { keys: keys.iter().map(SecretKey::public).collect(), threshold }
}
