//! Four validators over encrypted connections on one machine.

use crate::toy::{EPOCH_BLOCKS, Habits, Keepers, Taken, Toy, Witness};
use crate::toy::{alone, assert_chain, key, member, network};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use weal_engine::{Config, Engine, Member, start};
use weal_proof::certificate::Certificate;
use weal_proof::keys::{PublicKey, SecretKey};

const BEAT: Duration = Duration::from_millis(50);

pub(crate) struct Committee {
    pub(crate) configs: Vec<Config>,
    keepers: Keepers,
    _directory: tempfile::TempDir,
}

impl Committee {
    /// These many validators, all of whom keep every epoch.
    pub(crate) fn of(members: u8) -> Self {
        Self::changing(members, |_, all| all.to_vec())
    }

    /// These many validators, of whom a rule says who keeps which epoch.
    pub(crate) fn changing(
        members: u8,
        rule: impl Fn(u64, &[Member]) -> Vec<Member> + Send + Sync + 'static,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let keys: Vec<_> = (1..=members).map(key).collect();
        // All held until the last is known, so that no port is given twice.
        let listeners: Vec<_> = keys.iter().map(|_| TcpListener::bind("127.0.0.1:0")).collect();
        let addresses = listeners.iter().map(|l| l.as_ref().unwrap().local_addr().unwrap());
        let pairs: Vec<_> = keys.iter().zip(addresses).collect();
        let config = |(key, address): &(&SecretKey, SocketAddr)| {
            let name = key.public().to_string();
            let own = alone(&Path::join(directory.path(), name), BEAT);
            Config { key: (*key).clone(), listen: *address, ..own }
        };
        let configs = pairs.iter().map(config).collect();
        let members: Vec<_> = pairs.iter().map(|(key, at)| member(key, *at)).collect();
        let keepers: Keepers = Arc::new(move |epoch| rule(epoch, &members));
        Committee { configs, keepers, _directory: directory }
    }

    pub(crate) fn start(&self, member: usize, mut toy: Toy) -> (Engine, Arc<Toy>) {
        toy.habits.keepers = Some(self.keepers.clone());
        let toy = Arc::new(toy);
        (start(self.configs[member].clone(), toy.clone()).unwrap(), toy)
    }

    pub(crate) fn sorted(&self, epoch: u64) -> Vec<PublicKey> {
        let mut committee: Vec<_> = (self.keepers)(epoch).iter().map(|m| m.key).collect();
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
        assert!(certificate.verify(&network(), &committee.sorted(certificate.epoch)).unwrap() >= 3);
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

#[test]
fn validators_come_and_go_between_epochs() {
    // The first four begin; from the second epoch on the fifth stands in for the first.
    let rule =
        |epoch, all: &[Member]| if epoch < 2 { all[..4].to_vec() } else { all[1..].to_vec() };
    let committee = Committee::changing(5, rule);
    let nodes: Vec<_> = (0..5).map(|member| committee.start(member, Toy::new())).collect();
    nodes[1].1.say("before");
    nodes[1].1.wait_for("before");
    let taken = nodes[1].1.wait_height(4 * EPOCH_BLOCKS);
    nodes[4].1.wait_height(4 * EPOCH_BLOCKS - 1);
    nodes[4].1.say("from the fifth");
    nodes[2].1.wait_for("from the fifth");
    for taken in &taken {
        let epoch = taken.block.header.height / EPOCH_BLOCKS;
        assert!(committee.sorted(epoch).contains(&taken.block.header.proposer));
        let last = taken.block.header.height % EPOCH_BLOCKS == EPOCH_BLOCKS - 1;
        assert!(!last || taken.certificate.is_some(), "an epoch's last block is certified itself");
        let Some(bytes) = &taken.certificate else { continue };
        let certificate = Certificate::from_bytes(bytes).unwrap();
        assert_eq!(certificate.epoch, epoch);
        assert!(certificate.verify(&network(), &committee.sorted(epoch)).unwrap() >= 3);
    }
    for (engine, toy) in &nodes {
        assert_eq!(engine.failed(), None);
        assert_chain(&toy.taken());
        assert_agree(&toy.taken(), &taken);
    }
    nodes.iter().for_each(|(engine, _)| engine.stop());
}

#[test]
fn a_validator_restarted_in_a_later_epoch_goes_on() {
    let committee = Committee::of(4);
    let mut nodes: Vec<_> = (0..4).map(|member| committee.start(member, Toy::new())).collect();
    nodes[0].1.wait_height(2 * EPOCH_BLOCKS + 3);
    let (gone, _) = nodes.remove(3);
    gone.stop();
    nodes[0].1.wait_height(5 * EPOCH_BLOCKS);
    nodes.push(committee.start(3, Toy::new()));
    nodes[3].1.say("back in a later epoch");
    nodes[0].1.wait_for("back in a later epoch");
    assert_chain(&nodes[3].1.taken());
    nodes.iter().for_each(|(engine, _)| engine.stop());
}

#[test]
fn what_one_spreads_the_others_hear_and_who_votes_is_known() {
    let committee = Committee::of(4);
    let nodes: Vec<_> = (0..4).map(|member| committee.start(member, Toy::new())).collect();
    nodes.iter().for_each(|(_, toy)| drop(toy.wait_height(3)));
    assert!(nodes[0].0.spread(b"an operation".as_slice().into()));
    nodes[1..].iter().for_each(|(_, toy)| toy.wait_heard(b"an operation"));
    let heard = nodes[0].0.heard();
    assert_eq!(heard.len(), 4, "{heard:?}");
    assert!(nodes[0].0.metrics().contains("finalized_height"));
    nodes.iter().for_each(|(engine, _)| engine.stop());
}

#[test]
fn what_was_spread_before_all_were_connected_reaches_everybody_in_its_order() {
    let committee = Committee::of(4);
    let mut nodes: Vec<_> = (0..3).map(|member| committee.start(member, Toy::new())).collect();
    let said: Vec<Vec<u8>> = (0..20).map(|n| format!("operation {n}").into_bytes()).collect();
    said[..10].iter().for_each(|one| assert!(nodes[0].0.spread(one.clone().into())));
    nodes[0].1.wait_height(3);
    nodes.push(committee.start(3, Toy::new()));
    said[10..].iter().for_each(|one| assert!(nodes[0].0.spread(one.clone().into())));
    for (_, toy) in &nodes[1..] {
        toy.wait_heard(&said[19]);
        assert_eq!(toy.heard(), said);
    }
    nodes.iter().for_each(|(engine, _)| engine.stop());
}

#[test]
fn a_newcomer_begins_at_the_end_of_an_epoch_it_was_shown() {
    let rule = |epoch, all: &[Member]| if epoch < 2 { all[..4].to_vec() } else { all.to_vec() };
    let committee = Committee::changing(5, rule);
    let nodes: Vec<_> = (0..4).map(|member| committee.start(member, Toy::new())).collect();
    let taken = nodes[0].1.wait_height(2 * EPOCH_BLOCKS + 2);
    let last = taken.iter().find(|t| t.block.header.height == 2 * EPOCH_BLOCKS - 1).unwrap();
    let mut toy = Toy::restored(&last.block.header);
    toy.habits.keepers = Some(committee.keepers.clone());
    let toy = Arc::new(toy);
    let mut config = committee.configs[4].clone();
    config.floor = last.certificate.clone();
    let engine = start(config.clone(), toy.clone()).unwrap();
    toy.say("from the newcomer");
    nodes[0].1.wait_for("from the newcomer");
    assert_eq!(toy.taken()[0].block.header.height, 2 * EPOCH_BLOCKS);
    engine.stop();

    // Started again, it goes on from its own archive.
    let mut toy = Toy::restored(&last.block.header);
    toy.habits.keepers = Some(committee.keepers.clone());
    let toy = Arc::new(toy);
    let engine = start(config, toy.clone()).unwrap();
    toy.say("from the newcomer again");
    nodes[0].1.wait_for("from the newcomer again");
    assert_eq!(engine.failed(), None);
    engine.stop();
    nodes.iter().for_each(|(engine, _)| engine.stop());
}
