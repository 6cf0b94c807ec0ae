//! A killed engine loses nothing that was final.
//!
//! The child is this test binary again; it runs an engine and prints every final block the moment
//! its ledger takes it. The parent kills it in the middle of its work, many times.

use crate::toy::{Toy, alone, assert_chain};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use weal_engine::{Block, start};
use weal_proof::Header;

const DIRECTORY: &str = "WEAL_ENGINE_KILL_TEST";
const BEAT: Duration = Duration::from_millis(5);
/// Blocks after which the child keeps its tip, so that some starts replay and some restore.
const SNAPSHOT_BLOCKS: u64 = 7;
const KILLS: usize = 8;

#[test]
#[ignore = "only the other test of this file runs it, to kill it"]
fn child() {
    let Some(directory) = std::env::var_os(DIRECTORY).map(PathBuf::from) else { return };
    let snapshot = directory.join("snapshot");
    let tip = std::fs::read(&snapshot).ok().and_then(|bytes| Header::from_bytes(&bytes));
    let mut toy = match tip {
        Some(tip) => Toy::restored(&tip),
        None => Toy::new(),
    };
    toy.habits.witness = Some(Box::new(move |block| tell(block, &snapshot)));
    let toy = Arc::new(toy);
    let engine = start(alone(&directory.join("engine"), BEAT), toy.clone()).unwrap();
    for number in 0.. {
        toy.say(&format!("{} {number}", std::process::id()));
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(engine.failed(), None);
    }
}

fn tell(block: &Block, snapshot: &Path) {
    let (height, digest) = (block.header.height, block.header.digest());
    if height.is_multiple_of(SNAPSHOT_BLOCKS) {
        let new = snapshot.with_extension("new");
        std::fs::write(&new, block.header.to_bytes()).unwrap();
        std::fs::rename(&new, snapshot).unwrap();
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nfinal {height} {digest}").unwrap();
    out.flush().unwrap();
}

/// Runs the child until it told of so many blocks, kills it, and returns what it told.
fn run_and_kill(directory: &Path, blocks: usize) -> Vec<(u64, String)> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::child", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines.map_while(Result::ok).filter_map(|line| {
        let mut words = line.strip_prefix("final ")?.split(' ');
        Some((words.next()?.parse().ok()?, words.next()?.to_owned()))
    });
    let mut told = told.fuse();
    let mut all: Vec<_> = told.by_ref().take(blocks).collect();
    let count = all.len();
    child.kill().unwrap();
    child.wait().unwrap();
    all.extend(told);
    assert_eq!(count, blocks, "the child ended by itself");
    all
}

#[test]
fn nothing_final_is_lost_however_often_the_process_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let mut finals = BTreeMap::new();
    for round in 0..KILLS {
        if round % 3 == 2 {
            let _ = std::fs::remove_file(directory.path().join("snapshot"));
        }
        for (height, digest) in run_and_kill(directory.path(), 10 + 7 * round) {
            let known = finals.entry(height).or_insert_with(|| digest.clone());
            assert_eq!(*known, digest, "height {height} in round {round}");
        }
    }
    let highest = *finals.keys().last().unwrap();
    assert!(finals.keys().copied().eq(1..=highest), "a gap: {:?}", finals.keys());

    let toy = Arc::new(Toy::new());
    let engine = start(alone(&directory.path().join("engine"), BEAT), toy.clone()).unwrap();
    let taken = toy.wait_height(highest + 1);
    assert_chain(&taken);
    for (height, digest) in &finals {
        let block = engine.block_blocking(*height).unwrap();
        assert_eq!(block.header.digest().to_string(), *digest);
    }
    engine.stop();
}
