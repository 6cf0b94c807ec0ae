//! Four validators over encrypted connections on one machine.

use crate::toy::{Habits, Taken, Toy, alone, assert_chain, key, network};
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
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
