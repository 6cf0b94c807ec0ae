//! A log is checked to the last byte, where it is served and where it was copied to.

use super::{serve, story, tell, weal};
use crate::fixture::{Mood, TinyLedger};
use std::path::{Path, PathBuf};

fn files(directory: &Path) -> Vec<PathBuf> {
    let (mut open, mut found) = (vec![directory.to_owned()], Vec::new());
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn flip(file: &Path, at: usize) {
    let mut bytes = std::fs::read(file).unwrap();
    bytes[at] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn a_good_log_is_good_where_it_is_served_and_copied() {
    let ledger = TinyLedger::new();
    tell(&ledger, &story(&ledger, 1)[..700]);
    let node = serve(ledger);
    let (exit, said) = weal(&["audit", "fsck", &node.url]);
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("ok  checkpoint 700 entries, signed by Qingchuan"), "{said}");
    let id = node.ledger.network().to_string();
    assert_eq!(weal(&["audit", "fsck", &node.url, "--network", &id]).0, 0);
    let other = weal_proof::Hash::of(&[b"another"]).to_string();
    let (exit, said) = weal(&["audit", "fsck", &node.url, "--network", &other]);
    assert!(exit == 5 && said.contains("another book"), "{said}");

    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy");
    let copy = copy.to_str().unwrap();
    let (exit, said) = weal(&["audit", "mirror", &node.url, copy]);
    assert_eq!(exit, 0, "{said}");
    tell(&node.ledger, &story(&node.ledger, 1)[700..1_500]);
    let (exit, said) = weal(&["audit", "mirror", &node.url, copy]);
    assert_eq!(exit, 0, "a copy goes on: {said}");
    drop(node);
    let (exit, said) = weal(&["audit", "fsck", copy, "--network", &id]);
    assert!(exit == 0 && said.contains("1,500 entries"), "{said}");
}

#[test]
fn one_changed_byte_of_a_copy_is_found_and_its_place_told() {
    let ledger = TinyLedger::new();
    tell(&ledger, &story(&ledger, 1)[..300]);
    let node = serve(ledger);
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().to_str().unwrap();
    assert_eq!(weal(&["audit", "mirror", &node.url, copy]).0, 0);
    let mut places = 0;
    for file in files(directory.path()) {
        let name = file.strip_prefix(directory.path()).unwrap().to_str().unwrap();
        let length = std::fs::read(&file).unwrap().len();
        if name == "sets.json" {
            continue;
        }
        for at in [0, length / 2, length - 2] {
            flip(&file, at);
            let (exit, said) = weal(&["audit", "fsck", copy]);
            assert_eq!(exit, 5, "{name} at {at}: {said}");
            places += usize::from(said.contains(name));
            flip(&file, at);
        }
    }
    assert!(places >= 15, "the file is named: {places}");
    assert_eq!(weal(&["audit", "fsck", copy]).0, 0);
    // What a broken copy has is fetched again.
    flip(&directory.path().join("tile/entries/000"), 5_000);
    flip(&directory.path().join("tile/1/000.p/1"), 5);
    assert_eq!(weal(&["audit", "fsck", copy]).0, 5);
    assert_eq!(weal(&["audit", "mirror", &node.url, copy]).0, 0);
    assert_eq!(weal(&["audit", "fsck", copy]).0, 0);
    std::fs::remove_file(directory.path().join("tile/0/001.p/44")).unwrap();
    let (exit, said) = weal(&["audit", "fsck", copy]);
    assert!(exit == 5 && said.contains("tile/0/001.p/44 is missing"), "{said}");
}

#[test]
fn a_log_that_cannot_be_read_is_not_called_good() {
    let ledger = TinyLedger::new();
    tell(&ledger, &story(&ledger, 1)[..60]);
    let node = serve(ledger);
    let key = weal_proof::keys::SecretKey::from_seed([9; 32]).public();
    let name = weal_proof::checkpoint::origin(&node.ledger.network());
    let stranger = weal_proof::note::VerifierKey::ed25519(&name, key).to_string();
    let (exit, said) = weal(&["audit", "fsck", &node.url, "--vkey", &stranger]);
    assert!(exit == 5 && said.contains("not signed by any key"), "{said}");
    let vkey = ureq::get(&format!("{}/log/keeper.vkey", node.url)).call().unwrap();
    let vkey = vkey.into_body().read_to_string().unwrap();
    assert_eq!(weal(&["audit", "fsck", &node.url, "--vkey", &vkey]).0, 0);
    assert_eq!(weal(&["audit", "fsck", &node.url, "--vkey", "nonsense"]).0, 2);
    node.ledger.set_mood(Mood::Damaged);
    assert_eq!(weal(&["audit", "fsck", &node.url]).0, 1);
    assert_eq!(weal(&["audit", "fsck", "no-such-directory"]).0, 3);
    assert_eq!(weal(&["audit", "fsck", "http://127.0.0.1:9"]).0, 6);
}
