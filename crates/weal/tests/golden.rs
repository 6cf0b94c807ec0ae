//! What every earlier version left on the disk can still be opened, followed, backed up and proven.
//!
//! `tests/golden/<version>/` holds a node's directory, a mirror's, a backup and a receipt, with
//! what they must say; `tests/golden/make.sh` made them. They are never made anew.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use bytes::Bytes;
use futures::executor::block_on;
use serde_json::Value;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weal_app::backup::FileSource;
use weal_app::serve::{self, Live};
use weal_app::solo;
use weal_node::Source;
use weal_proof::Receipt;

/// Bytes of one archive: the repository stays small.
const ARCHIVE_BYTES: u64 = 200_000;

/// A node that has nothing to give.
struct Silent;

impl Source for Silent {
    fn blocks(&mut self, _: u64) -> Result<Vec<u8>, String> {
        Ok(Vec::new())
    }

    fn outbox(&mut self) -> Box<dyn FnMut(Bytes) + Send> {
        Box::new(drop)
    }
}

/// Every version's directory with what it must say.
fn versions() -> Vec<(PathBuf, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden");
    let files = std::fs::read_dir(root).unwrap().flatten().map(|file| file.path());
    let versions: Vec<_> = files.filter(|path| path.is_dir()).collect();
    assert!(!versions.is_empty());
    let read = |path: &Path| {
        serde_json::from_slice(&std::fs::read(path.join("expected.json")).unwrap()).unwrap()
    };
    versions.into_iter().map(|path| (path.clone(), read(&path))).collect()
}

fn unpack(version: &Path, name: &str, into: &Path) -> PathBuf {
    let archive = version.join(format!("{name}.tar.gz"));
    assert!(std::fs::metadata(&archive).unwrap().len() < ARCHIVE_BYTES, "{archive:?} is large");
    let tar = Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(into).status();
    assert!(tar.unwrap().success());
    into.join(name)
}

fn start(path: &Path, source: Option<Box<dyn Source>>) -> Arc<Live> {
    let nobody = SocketAddr::from(([127, 0, 0, 1], 0));
    let config = solo::joined(path, Duration::from_secs(3600), Some(nobody), source).unwrap();
    serve::start(config, false).unwrap().0
}

/// Waits for the height, then compares everything with what is expected.
fn check(live: &Live, version: &Path, expected: &Value) {
    let height = expected["height"].as_u64().unwrap();
    let began = Instant::now();
    while live.node().position().followed < height {
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", live.node().standing().trouble);
        std::thread::sleep(Duration::from_millis(10));
    }
    let header = live.node().position().header;
    assert_eq!(header.network.to_string(), expected["network"]);
    assert_eq!(header.height, height);
    assert_eq!(header.log_size, expected["log_size"].as_u64().unwrap());
    assert_eq!(header.log_root.to_string(), expected["log_root"]);
    assert_eq!(header.state_root.to_string(), expected["state_root"]);
    let old = std::fs::read(version.join("receipt.json")).unwrap();
    let old = Receipt::from_bytes(&old).unwrap();
    let proven = old.check().unwrap();
    let new = block_on(live.node().receipt(old.index, &[])).unwrap().unwrap();
    assert_eq!(new.check_after(&old).unwrap().operation, proven.operation);
}

#[test]
fn a_nodes_directory_of_every_version_can_be_used() {
    for (version, expected) in versions() {
        let directory = tempfile::tempdir().unwrap();
        let path = unpack(&version, "solo", directory.path());
        check(&start(&path, None), &version, &expected);
        // What is derived is rebuilt from the archive alone.
        for derived in ["state", "log", "book"] {
            std::fs::remove_dir_all(path.join(derived)).unwrap();
        }
        check(&start(&path, None), &version, &expected);
    }
}

#[test]
fn a_mirrors_directory_of_every_version_can_be_used() {
    for (version, expected) in versions() {
        let directory = tempfile::tempdir().unwrap();
        let path = unpack(&version, "mirror", directory.path());
        check(&start(&path, Some(Box::new(Silent))), &version, &expected);
    }
}

#[test]
fn a_backup_of_every_version_can_be_restored() {
    for (version, expected) in versions() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("restored");
        let file = version.join("book.backup");
        assert!(std::fs::metadata(&file).unwrap().len() < ARCHIVE_BYTES);
        let page = weal_app::backup::open(&file).unwrap().page;
        let rules = serde_json::from_slice(&page.rules).unwrap();
        weal_node::Directory::begin(&path, &page.genesis, &rules).unwrap();
        let key = weal_proof::keys::SecretKey::from_seed([9; 32]);
        weal_node::write_key(&path.join("validator.key"), &key).unwrap();
        let live = start(&path, Some(Box::new(FileSource::new(&file))));
        check(&live, &version, &expected);
    }
}
