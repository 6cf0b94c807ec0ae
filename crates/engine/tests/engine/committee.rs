//! Four validators over encrypted connections on one machine.

use crate::toy::{Habits, Taken, Toy, Witness, alone, assert_chain, key, network};
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use weal_engine::{Config, Engine, start};
use weal_proof::certificate::Certificate;
use weal_proof::keys::PublicKey;

const BEAT: Duration = Duration::from_millis(50);

struct Committee {
    configs: Vec<Config>,
    _directory: tempfile::TempDir,
}

impl Committee {
    fn of(members: u8) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let keys: Vec<_> = (1..=members).map(key).collect();
        // All held until the last is known, so that no port is given twice.
        let listeners: Vec<_> = keys.iter().map(|_| TcpListener::bind("127.0.0.1:0")).collect();
        let addresses = listeners.iter().map(|l| l.as_ref().unwrap().local_addr().unwrap());
        let peers: BTreeMap<_, _> = keys.iter().map(|key| key.public()).zip(addresses).collect();
        let config = |key: &weal_proof::keys::SecretKey| {
            let name = key.public().to_string();
            Config {
                key: key.clone(),
                committee: peers.keys().copied().collect(),
                listen: peers[&key.public()],
                peers: peers.clone(),
                ..alone(&Path::join(directory.path(), name), BEAT)
            }
        };
        Committee { configs: keys.iter().map(config).collect(), _directory: directory }
    }

    fn start(&self, member: usize, toy: Toy) -> (Engine, Arc<Toy>) {
        let toy = Arc::new(toy);
        (start(self.configs[member].clone(), toy.clone()).unwrap(), toy)
    }

    fn sorted(&self) -> Vec<PublicKey> {
        let mut committee = self.configs[0].committee.clone();
        committee.sort_unstable();
        committee
    }
}

fn assert_agree(left: &[Taken], right: &[Taken]) {
    for taken in left {
        let height = taken.block.header.height;
        if let Some(other) = right.iter().find(|other| other.block.header.height == height) {
            assert_eq!(taken.block, other.block, "height {height}");
        }
    }
}

#[test]
fn four_validators_agree_and_go_on_while_one_is_away() {
    let committee = Committee::of(4);
    let mut nodes: Vec<_> = (0..4).map(|member| committee.start(member, Toy::new())).collect();
    for (member, (_, toy)) in nodes.iter().enumerate() {
        toy.say(&format!("from {member}"));
    }
    for (_, toy) in &nodes {
        for member in 0..4 {
            toy.wait_for(&format!("from {member}"));
        }
    }
    let proven = nodes[0].1.taken();
    let certificates = proven.iter().filter_map(|t| Some((t, t.certificate.as_ref()?)));
    for (taken, bytes) in certificates {
        let certificate = Certificate::from_bytes(bytes).unwrap();
        assert_eq!(certificate.digest, taken.block.header.digest());
        assert!(certificate.verify(&network(), &committee.sorted()).unwrap() >= 3);
    }

    let (gone, _) = nodes.remove(3);
    gone.stop();
    nodes[0].1.say("while one is away");
    nodes[1].1.wait_for("while one is away");
    nodes.push(committee.start(3, Toy::new()));
    nodes[3].1.say("back again");
    for (_, toy) in &nodes {
        toy.wait_for("back again");
        toy.wait_for("while one is away");
        assert_chain(&toy.taken());
        assert_agree(&toy.taken(), &nodes[0].1.taken());
    }
    for (engine, _) in &nodes {
        assert_eq!(engine.failed(), None);
        engine.stop();
    }
}

#[test]
fn a_validator_that_comes_late_gets_every_block_even_the_largest() {
    let committee = Committee::of(4);
    let large = || Toy::with(Habits { body_bytes: 4 << 20, ..Habits::default() });
    let nodes: Vec<_> = (0..3).map(|member| committee.start(member, large())).collect();
    nodes[0].1.wait_height(6);
    let (engine, toy) = committee.start(3, large());
    toy.say("late");
    toy.wait_for("late");
    assert_eq!(toy.taken()[0].block.header.height, 1);
    assert_chain(&toy.taken());
    assert_agree(&toy.taken(), &nodes[1].1.taken());
    engine.stop();
    nodes.iter().for_each(|(engine, _)| engine.stop());
}

#[test]
fn a_validator_far_behind_catches_up() {
    let committee = Committee::of(4);
    let nodes: Vec<_> = (0..3).map(|member| committee.start(member, Toy::new())).collect();
    for number in 0..150 {
        nodes[number % 3].1.say(&format!("text {number}"));
        nodes[0].1.wait_for(&format!("text {number}"));
    }
    let height = nodes[0].1.taken().len() as u64;
    assert!(height >= 100, "{height}");
    let (engine, toy) = committee.start(3, Toy::new());
    assert_agree(&toy.wait_height(height), &nodes[0].1.taken());
    toy.say("late");
    assert_chain(&toy.taken());
    nodes[0].1.wait_for("late");
    assert_eq!(engine.failed(), None);
    engine.stop();
    nodes.iter().for_each(|(engine, _)| engine.stop());
}

#[test]
fn a_liar_s_blocks_are_never_final() {
    let committee = Committee::of(4);
    let liar = Toy::with(Habits { lies: true, ..Habits::default() });
    let liar = committee.start(3, liar);
    let nodes: Vec<_> = (0..3).map(|member| committee.start(member, Toy::new())).collect();
    let lying = committee.configs[3].key.public();
    for (_, toy) in &nodes {
        let taken = toy.wait_height(6);
        assert!(taken.iter().all(|taken| taken.block.header.proposer != lying));
    }
    // Its ledger takes what the others decided.
    liar.1.wait_height(6);
    assert_eq!(liar.0.failed(), None);
    liar.0.stop();
    nodes.iter().for_each(|(engine, _)| engine.stop());
}

#[test]
fn a_block_from_the_future_is_waited_for() {
    const AHEAD_MS: u64 = 6_500;
    let committee = Committee::of(4);
    let hasty = Toy::with(Habits { ahead_ms: AHEAD_MS, ..Habits::default() });
    let hasty = committee.start(3, hasty);
    let witness: Witness = Box::new(|block| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let limit = now.as_millis() as u64 + 5_000;
        assert!(block.header.time_ms <= limit, "{} after {limit}", block.header.time_ms);
    });
    let careful = Toy::with(Habits { witness: Some(witness), ..Habits::default() });
    let mut nodes = vec![committee.start(0, careful)];
    nodes.extend((1..3).map(|member| committee.start(member, Toy::new())));
    let hers = committee.configs[3].key.public();
    let from_her = |taken: &[Taken]| taken.iter().any(|t| t.block.header.proposer == hers);
    let taken = nodes[0].1.wait("a block of the hasty one", from_her);
    assert_chain(&taken);
    assert_eq!(nodes[0].0.failed(), None);
    hasty.0.stop();
    nodes.iter().for_each(|(engine, _)| engine.stop());
}
