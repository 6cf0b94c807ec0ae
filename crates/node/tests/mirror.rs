//! What a mirror promises: it follows, checks everything, and takes nothing on trust. And what an
//! honest leader promises: what he has is in his next block.

#![allow(clippy::unwrap_used, clippy::panic)]

use bytes::Bytes;
use futures::executor::block_on;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use weal_engine::Ledger as _;
use weal_kernel::block::FinalBlock;
use weal_kernel::operation::{Nonce, Payload};
use weal_kernel::principals::op::{KeySet, PrincipalKind, Register};
use weal_kernel::schema::{FORMAT, Rules};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Hash};
use weal_node::limits;
use weal_node::parts::{Ingress, Item, Outlets, Pool, begin, check};
use weal_node::{Config, Directory, Follower, Node, Pending, Sealed, Source};
use weal_proof::genesis::Genesis;
use weal_proof::keys::SecretKey;
use weal_proof::{Envelope, Header};

const PATIENCE: Duration = Duration::from_secs(20);

/// A follower that only counts.
struct Height(u64);

impl Follower for Height {
    fn height(&self) -> Result<u64, String> {
        Ok(self.0)
    }
    fn follow(&mut self, blocks: &[FinalBlock]) -> Result<(), String> {
        self.0 = blocks.last().map_or(self.0, |block| block.header.height);
        Ok(())
    }
}

/// Another node that gives what it has, changed or not.
struct Other {
    blocks: Vec<Sealed>,
}

impl Source for Other {
    fn blocks(&mut self, from: u64) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        let later = self.blocks.iter().filter(|sealed| sealed.block.header.height >= from);
        later.for_each(|sealed| sealed.write(&mut bytes));
        Ok(bytes)
    }
    fn outbox(&mut self) -> Box<dyn FnMut(Bytes) + Send> {
        Box::new(|_| ())
    }
}

fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixMillis(since.as_millis() as u64)
}

fn keeper() -> SecretKey {
    SecretKey::from_seed([7; 32])
}

fn rules() -> Rules {
    Rules { format: FORMAT.into(), schemas: vec![], admission: None }
}

fn genesis() -> Genesis {
    Genesis::alone("mirror", now().0 - 1000, keeper().public(), rules().hash())
}

fn start(path: &Path, key: SecretKey, upstream: Option<Box<dyn Source>>) -> Node {
    let config = Config {
        directory: Directory::open(path).unwrap(),
        key,
        listen: "127.0.0.1:0".parse().unwrap(),
        heartbeat: Duration::from_secs(60),
        checkers: 1,
        upstream,
    };
    Node::start(config, Box::new(Height(0)), |_| ()).unwrap()
}

fn registration(network: Hash, number: u8) -> Envelope {
    let key = SecretKey::from_seed([number; 32]);
    let keys = KeySet { keys: vec![key.public()], threshold: 1 };
    let act = Act::PrincipalRegister(Register {
        kind: PrincipalKind::Organisation,
        name: format!("Party {number}"),
        names: Default::default(),
        keys,
        guardians: None,
        owner: None,
    });
    let (time, nonce) = (now(), Nonce([number; 16]));
    let payload = Payload { v: 1, network, actor: None, mandate: None, time, nonce, act };
    let mut envelope = Envelope::unsigned(payload.to_bytes());
    envelope.sign(&key);
    envelope
}

/// A keeper's final blocks with five registrations in them, and its first page.
fn book() -> (Genesis, Vec<Sealed>, Header) {
    let home = tempfile::tempdir().unwrap();
    let genesis = genesis();
    Directory::create(home.path(), &genesis, &rules()).unwrap();
    let node = start(home.path(), keeper(), None);
    for number in 1..=5 {
        let envelope = registration(node.directory().network, number);
        let (_, pending) = node.submit(&envelope.to_bytes()).unwrap();
        let Pending::Waiting(told) = pending else { panic!("it is new") };
        block_on(told).unwrap();
    }
    let bytes = block_on(node.sealed(1)).unwrap();
    let (mut rest, mut blocks) = (bytes.as_slice(), Vec::new());
    while !rest.is_empty() {
        blocks.push(Sealed::read(&mut rest).unwrap());
    }
    (genesis, blocks, node.position().header)
}

/// How far a mirror gets with these blocks, and what troubles it then.
fn mirrored(genesis: &Genesis, blocks: Vec<Sealed>) -> (Header, Option<String>) {
    let home = tempfile::tempdir().unwrap();
    Directory::create(home.path(), genesis, &rules()).unwrap();
    let last = blocks.last().unwrap().block.header.height;
    let node = start(home.path(), SecretKey::from_seed([8; 32]), Some(Box::new(Other { blocks })));
    let end = Instant::now() + PATIENCE;
    while node.position().header.height < last && node.standing().trouble.is_none() {
        assert!(Instant::now() < end, "the mirror neither follows nor says why");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(node.failed(), None);
    (node.position().header, node.standing().trouble)
}

#[test]
fn a_mirror_follows_and_refuses_what_no_quorum_signed() {
    let (genesis, blocks, last) = book();
    let (followed, trouble) = mirrored(&genesis, blocks.clone());
    assert_eq!((followed, trouble), (last.clone(), None));

    let refuses = |what: &str, change: &dyn Fn(&mut Vec<Sealed>)| {
        let mut changed = blocks.clone();
        change(&mut changed);
        let (reached, trouble) = mirrored(&genesis, changed);
        assert!(trouble.is_some() && reached.height < last.height, "{what} was taken: {reached:?}");
    };
    refuses("a certificate with a changed signature", &|blocks| {
        let last = blocks.last_mut().unwrap().certificate.as_mut().unwrap();
        *last.last_mut().unwrap() ^= 1;
    });
    refuses("a block without its operations", &|blocks| {
        let block = &mut blocks.last_mut().unwrap().block;
        block.body = Bytes::new();
        block.header.body = Hash::of(&[]);
    });
    refuses("another state", &|blocks| {
        blocks.last_mut().unwrap().block.header.state_root = Hash::ZERO;
    });
    refuses("a gap", &|blocks| drop(blocks.remove(1)));
    refuses("the certificate of another block", &|blocks| {
        let first = blocks.first().unwrap().certificate.clone();
        blocks.last_mut().unwrap().certificate = first;
    });
}

/// Another node that gives full blocks without a certificate for ever.
struct Liar {
    /// What its first block follows, and whether the others follow it.
    tip: Header,
    linked: bool,
    body: Bytes,
    given: Arc<AtomicUsize>,
}

impl Liar {
    fn next(&mut self, height: u64) -> Vec<u8> {
        let parent = if self.linked { self.tip.digest() } else { Hash::ZERO };
        let body = Hash::of(&[&self.body]);
        let header = Header { height, parent, body, ..self.tip.clone() };
        self.tip = header.clone();
        let block = weal_engine::Block { header, body: self.body.clone() };
        let mut bytes = Vec::new();
        Sealed { block, certificate: None }.write(&mut bytes);
        bytes
    }
}

impl Source for Liar {
    fn blocks(&mut self, from: u64) -> Result<Vec<u8>, String> {
        let bytes = [self.next(from), self.next(from + 1)].concat();
        self.given.fetch_add(bytes.len(), Ordering::Relaxed);
        Ok(bytes)
    }
    fn outbox(&mut self) -> Box<dyn FnMut(Bytes) + Send> {
        Box::new(|_| ())
    }
}

/// What a mirror says of a liar, and how many bytes it took until then.
fn lied_to(linked: bool, body: Bytes) -> (String, usize) {
    let home = tempfile::tempdir().unwrap();
    let directory = Directory::create(home.path(), &genesis(), &rules()).unwrap();
    let outlets = Outlets {
        follow: Box::new(|_| ()),
        save: Box::new(|_| ()),
        check: Box::new(|_| ()),
        accuse: Box::new(|_| ()),
    };
    let tip = begin(&directory, Arc::default(), outlets).unwrap().genesis();
    let given = Arc::new(AtomicUsize::new(0));
    let liar = Liar { tip, linked, body, given: given.clone() };
    let node = start(home.path(), SecretKey::from_seed([8; 32]), Some(Box::new(liar)));
    let end = Instant::now() + PATIENCE;
    loop {
        assert!(Instant::now() < end, "the mirror does not say what is wrong");
        if let Some(reason) = node.standing().trouble {
            assert_eq!((node.position().header.height, node.failed()), (0, None));
            return (reason, given.load(Ordering::Relaxed));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_mirror_holds_no_more_of_what_a_liar_sends_than_its_limit() {
    let full = Bytes::from(vec![0; limits::BODY_BYTES]);
    // Answers wait in a short queue, one is being made and one is looked at.
    let ahead = 5 * limits::MIRROR_ANSWER_BYTES;
    let (reason, taken) = lied_to(true, full.clone());
    assert!(reason.contains("MB) came without a certificate"), "{reason}");
    assert!(taken <= limits::MIRROR_OPEN_BYTES + ahead, "{taken} bytes were taken");
    let (reason, taken) = lied_to(false, full.clone());
    assert!(reason.contains("does not follow"), "{reason}");
    assert!(taken <= ahead, "{taken} bytes were taken");
    let long = Bytes::from(vec![0; limits::MIRROR_ANSWER_BYTES]);
    let (reason, _) = lied_to(true, long);
    assert!(reason.contains("longer than any node gives"), "{reason}");
}

#[test]
fn once_an_honest_leader_has_it_an_operation_is_in_his_next_block() {
    let home = tempfile::tempdir().unwrap();
    let directory = Directory::create(home.path(), &genesis(), &rules()).unwrap();
    let pool = Arc::new(Pool::default());
    let checked = pool.clone();
    let outlets = Outlets {
        follow: Box::new(|_| ()),
        save: Box::new(|_| ()),
        check: Box::new(move |item: Item| drop(check(&checked, vec![item]))),
        accuse: Box::new(|_| ()),
    };
    let chain = begin(&directory, pool, outlets).unwrap();
    // From a client, and spread by another validator: both count.
    let here = registration(directory.network, 1);
    let there = registration(directory.network, 2);
    chain.take_in(&here.to_bytes(), Ingress::Local).unwrap();
    chain.hear(keeper().public(), vec![Bytes::from(there.to_bytes())]);
    let block = chain.propose(&chain.genesis(), now().0, keeper().public()).unwrap();
    for envelope in [here, there] {
        let bytes = envelope.to_bytes();
        let holds = block.body.windows(bytes.len()).any(|part| part == bytes);
        assert!(holds, "an operation waits in vain");
    }
}
