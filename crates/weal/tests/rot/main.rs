//! A disk that flips or loses a byte is found out: the node mends it or refuses, and never serves
//! it. `WEAL_FLIPS` says how many bytes are flipped; the build server flips 500.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use bytes::Bytes;
use futures::executor::block_on;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};
use weal_app::serve::{self, Live};
use weal_app::solo;
use weal_node::{Config, Directory, Pending, Source, write_key};
use weal_proof::keys::SecretKey;
use weal_services::book::Reader;
use weal_services::relief::scenario::Scenario;

const ENTRIES: usize = 150;
const FLIPS: usize = 40;
/// A start that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a good node serves: every answer by the question.
type Answers = BTreeMap<String, String>;

/// Everything that people and programs are shown of a book this small.
fn answers(live: &Live, reader: &Reader) -> Answers {
    let mut answers = Answers::new();
    let mut put = |question: String, answer: Option<String>| {
        answers.extend(answer.map(|answer| (question, answer)));
    };
    let position = live.node().position();
    put("log".into(), Some(format!("{} {}", position.header.log_size, position.header.log_root)));
    put("state".into(), Some(position.header.state_root.to_string()));
    put("overview".into(), reader.overview().ok().map(|page| format!("{page:?}")));
    for index in 0..position.header.log_size {
        let page = reader.record(&index.to_string()).ok().flatten();
        put(format!("record {index}"), page.map(|page| format!("{page:?}")));
        let receipt = block_on(live.node().receipt(index, &[])).ok().flatten();
        put(
            format!("receipt {index}"),
            receipt.map(|receipt| {
                receipt
                    .check()
                    .unwrap_or_else(|e| panic!("a bad receipt of {index} was served: {e}"));
                receipt.operation.get().to_owned()
            }),
        );
    }
    let needs = reader.needs(&Default::default(), None, 200).ok();
    put("needs".into(), needs.map(|page| format!("{page:?}")));
    let blocks = block_on(live.node().sealed(1)).ok();
    put("blocks".into(), blocks.map(|bytes| weal_proof::Hash::of(&[&bytes]).to_string()));
    answers
}

/// A book written in order and closed, with what it serves.
struct Golden {
    home: tempfile::TempDir,
    answers: Answers,
    blocks: Bytes,
}

impl Golden {
    /// A keeper's directory.
    fn keeper() -> Golden {
        let home = tempfile::tempdir().unwrap();
        solo::create(home.path(), "Rot", &SecretKey::from_seed([3; 32])).unwrap();
        let (live, reader) = serve::start(config(home.path(), None), true).unwrap();
        let network = live.node().directory().network;
        let mut scenario = Scenario::new(7, network, serve::now());
        for envelope in scenario.prologue().iter().take(ENTRIES) {
            let (_, pending) = live.node().submit(&envelope.to_bytes()).unwrap();
            if let Pending::Waiting(told) = pending {
                block_on(told).unwrap();
            }
        }
        wait_until_indexed(&live);
        let blocks = Bytes::from(block_on(live.node().sealed(1)).unwrap());
        let answers = answers(&live, &reader);
        assert_eq!(answers.len(), 5 + 2 * ENTRIES, "the book serves everything");
        Golden { home, answers, blocks }
    }

    /// A mirror of it.
    fn mirror(&self) -> Golden {
        let home = tempfile::tempdir().unwrap();
        let genesis = fs::read(self.home.path().join("genesis.json")).unwrap();
        let rules = weal_services::schemas::founding();
        Directory::begin(home.path(), &genesis, &rules).unwrap();
        write_key(&home.path().join("validator.key"), &SecretKey::from_seed([4; 32])).unwrap();
        let (live, reader) = serve::start(config(home.path(), Some(self.source())), true).unwrap();
        let end = Instant::now() + PATIENCE;
        while live.node().position().header.log_size < ENTRIES as u64 {
            assert!(Instant::now() < end, "the mirror follows");
            std::thread::sleep(Duration::from_millis(10));
        }
        wait_until_indexed(&live);
        let answers = answers(&live, &reader);
        let mut expected = self.answers.clone();
        // A keeper is final a block later than what a mirror was given once.
        expected.insert("blocks".into(), answers["blocks"].clone());
        assert_eq!(answers, expected, "a mirror serves the same");
        Golden { home, answers, blocks: self.blocks.clone() }
    }

    fn source(&self) -> Box<dyn Source> {
        Box::new(Copy(self.blocks.clone()))
    }
}

/// Another node, as good as the golden one.
struct Copy(Bytes);

impl Source for Copy {
    fn blocks(&mut self, from: u64) -> Result<Vec<u8>, String> {
        let mut rest = &self.0[..];
        while !rest.is_empty() {
            let before = rest;
            let sealed = weal_node::Sealed::read(&mut rest).ok_or("cut")?;
            if sealed.block.header.height == from {
                return Ok(before.to_vec());
            }
        }
        Ok(Vec::new())
    }

    fn outbox(&mut self) -> Box<dyn FnMut(Bytes) + Send> {
        Box::new(|_| ())
    }
}

fn config(path: &Path, upstream: Option<Box<dyn Source>>) -> Config {
    let nobody = ([127, 0, 0, 1], 0).into();
    solo::joined(path, Duration::from_secs(3600), Some(nobody), upstream).unwrap()
}

fn wait_until_indexed(live: &Live) {
    let end = Instant::now() + PATIENCE;
    loop {
        let position = live.node().position();
        if position.followed >= position.header.height || live.node().failed().is_some() {
            return;
        }
        assert!(Instant::now() < end, "the read model hangs");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Random numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) % end.max(1)
    }
}

/// All files below a directory with something in them, except the node's own key: whoever changes
/// that has another node.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.metadata().unwrap().len() > 0 && !path.ends_with("validator.key") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Flips a bit, or cuts the file there in one case of eight; says what it did.
fn damage(path: &Path, dice: &mut Dice) -> String {
    let mut bytes = fs::read(path).unwrap();
    // Long files are mostly room for later: half the time something that was written is hit.
    let written: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let anywhere = written.is_empty() || dice.below(2) == 0;
    let at = match anywhere {
        true => dice.below(bytes.len() as u64) as usize,
        false => written[dice.below(written.len() as u64) as usize],
    };
    let what = if dice.below(8) == 0 {
        bytes.truncate(at);
        "cut"
    } else {
        bytes[at] ^= 1 << dice.below(8);
        "flipped"
    };
    fs::write(path, bytes).unwrap();
    format!("{} {what} at {at}", path.display())
}

/// What came of one damage.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// The node did not start, or stopped, and said why.
    Refused,
    /// Some answers were refused, none was wrong.
    Partly,
    /// Everything is served as before: mended, rebuilt, or nothing that counts was hit.
    Served,
}

fn outcome(path: PathBuf, golden: &Arc<Answers>, upstream: Option<Box<dyn Source>>) -> Outcome {
    let Ok(config) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let nobody = ([127, 0, 0, 1], 0).into();
        solo::joined(&path, Duration::from_secs(3600), Some(nobody), upstream)
    })) else {
        panic!("opening panicked");
    };
    let Ok(config) = config else { return Outcome::Refused };
    let Ok((live, reader)) = serve::start(config, true) else { return Outcome::Refused };
    let end = Instant::now() + Duration::from_secs(10);
    let entries = ENTRIES as u64;
    while live.node().position().header.log_size < entries && live.node().failed().is_none() {
        if Instant::now() > end {
            return Outcome::Refused;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    if live.node().failed().is_some() {
        return Outcome::Refused;
    }
    wait_until_indexed(&live);
    let served = answers(&live, &reader);
    if live.node().failed().is_some() {
        return Outcome::Refused;
    }
    for (question, answer) in &served {
        assert_eq!(Some(answer), golden.get(question), "{question} is served wrong");
    }
    if served.len() == golden.len() { Outcome::Served } else { Outcome::Partly }
}

fn flip(golden: &Golden, mirrors: bool, count: usize, seed: u64) {
    let mut dice = Dice(seed);
    let mut outcomes: BTreeMap<Outcome, usize> = BTreeMap::new();
    let names = files(golden.home.path());
    let expected = Arc::new(golden.answers.clone());
    for _ in 0..count {
        let home = tempfile::tempdir().unwrap();
        copy(golden.home.path(), home.path());
        let name = &names[dice.below(names.len() as u64) as usize];
        let target = home.path().join(name.strip_prefix(golden.home.path()).unwrap());
        let what = damage(&target, &mut dice);
        let (tell, told) = sync_channel(1);
        let (path, expected) = (home.path().to_owned(), expected.clone());
        let upstream = mirrors.then(|| golden.source());
        let thread = std::thread::spawn(move || {
            let _ = tell.send(outcome(path, &expected, upstream));
        });
        match told.recv_timeout(PATIENCE) {
            Ok(outcome) => *outcomes.entry(outcome).or_default() += 1,
            Err(_) if thread.is_finished() => panic!("{what}: {:?}", thread.join().err()),
            Err(_) => panic!("{what}: the node hangs"),
        }
        thread.join().unwrap();
    }
    println!("{count} damages: {outcomes:?}");
}

fn flips() -> usize {
    std::env::var("WEAL_FLIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(FLIPS)
}

#[test]
fn a_flipped_byte_is_mended_or_refused_and_never_served() {
    let keeper = Golden::keeper();
    let mirror = keeper.mirror();
    flip(&keeper, false, flips() / 2, 1);
    flip(&mirror, true, flips() / 2, 2);
}
