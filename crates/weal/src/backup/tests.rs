//! A backup gives back what was put in, goes on where it ended, and says where it is damaged.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use std::path::Path;
use weal_node::Source as _;
use weal_proof::Header;
use weal_proof::header::HEADER_BYTES;
use weal_proof::keys::PublicKey;

fn page() -> FirstPage {
    FirstPage { genesis: b"{\"name\":\"T\"}".to_vec(), rules: b"{}".to_vec() }
}

/// Blocks from this height on with bodies of 100 bytes, each certified by some bytes.
fn blocks(from: u64, to: u64) -> Vec<u8> {
    let mut parent = Hash::ZERO;
    let mut out = Vec::new();
    for height in 1..=to {
        let body = [u8::try_from(height % 256).unwrap(); 100];
        let header = Header {
            network: network(),
            height,
            parent,
            time_ms: height,
            proposer: PublicKey([0; 32]),
            log_size: 0,
            log_root: Hash::ZERO,
            state_root: Hash::ZERO,
            validators: Hash::ZERO,
            body: Hash::of(&[&body]),
        };
        parent = header.digest();
        if height >= from {
            let part = |out: &mut Vec<u8>, bytes: &[u8]| {
                out.extend_from_slice(&u32::try_from(bytes.len()).unwrap().to_be_bytes());
                out.extend_from_slice(bytes);
            };
            part(&mut out, &[&header.to_bytes()[..], &body].concat());
            part(&mut out, b"certificate");
        }
    }
    out
}

fn network() -> Hash {
    weal_proof::genesis::network_id(&page().genesis)
}

fn backup(path: &Path) -> Summary {
    let mut writer = Writer::create(path, &page()).unwrap();
    writer.add(&blocks(1, 3)).unwrap();
    writer.add(&blocks(4, 9)).unwrap();
    writer.finish().unwrap()
}

/// Reads everything; the last height or what is wrong.
fn check(path: &Path) -> Result<u64, BackupError> {
    let mut parts = open(path)?.parts;
    while parts.next_part()?.is_some() {}
    Ok(parts.height())
}

#[test]
fn a_backup_goes_on_where_it_ended_also_after_it_was_cut_off() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("book.backup");
    let summary = backup(&path);
    assert_eq!((summary.height, summary.added), (9, 9));
    assert_eq!(summary.bytes, std::fs::metadata(&path).unwrap().len());
    let mut writer = Writer::proceed(&path, &page()).unwrap();
    writer.add(&blocks(10, 12)).unwrap();
    let summary = writer.finish().unwrap();
    assert_eq!((summary.height, summary.added, check(&path).unwrap()), (12, 3, 12));

    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 50]).unwrap();
    assert!(matches!(check(&path), Err(BackupError::Cut(_, 9))));
    let mut writer = Writer::proceed(&path, &page()).unwrap();
    writer.add(&blocks(10, 12)).unwrap();
    assert_eq!(writer.finish().unwrap().height, 12);
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "the file is the same, byte for byte");
}

#[test]
fn blocks_are_given_from_any_height_in_any_order() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("book.backup");
    backup(&path);
    let mut source = FileSource::new(&path);
    for (from, to) in [(1, 3), (4, 9), (2, 3), (7, 9), (1, 3)] {
        assert_eq!(source.blocks(from).unwrap(), blocks(from, to), "from {from}");
    }
    assert!(source.blocks(10).unwrap().is_empty());
    assert!(source.blocks(10).unwrap().is_empty());
}

#[test]
fn every_changed_byte_is_found_and_its_place_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("book.backup");
    backup(&path);
    let good = std::fs::read(&path).unwrap();
    let line = good.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        std::fs::write(&path, &bad).unwrap();
        let at = at as u64;
        match check(&path).unwrap_err() {
            BackupError::Damaged { from, to, .. } => {
                // Changed texts of the first page are found at the first part's sum.
                let first = at < line as u64;
                assert!(first || (from <= at && at <= to), "byte {at}: {from} to {to}");
            }
            // A changed length may lead beyond the end.
            BackupError::Cut(..) | BackupError::Format(..) | BackupError::Io(..) => {}
            other => unreachable!("byte {at}: {other}"),
        }
    }
}

#[test]
fn a_changed_body_is_told_by_its_block() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("book.backup");
    backup(&path);
    let mut bytes = std::fs::read(&path).unwrap();
    let line = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let block = 4 + HEADER_BYTES + 100 + 4 + b"certificate".len();
    let at = line + 4 + block + 4 + HEADER_BYTES + 7;
    bytes[at] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let told = check(&path).unwrap_err().to_string();
    assert!(told.contains("block 2 is not what it was"), "{told}");
}

#[test]
fn a_backup_of_another_book_is_not_continued() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("book.backup");
    backup(&path);
    let other = FirstPage { genesis: b"{\"name\":\"U\"}".to_vec(), ..page() };
    assert!(matches!(Writer::proceed(&path, &other), Err(BackupError::Other(..))));
    assert!(matches!(Writer::create(&path, &page()), Err(BackupError::Io(..))));
    let mut writer = Writer::proceed(&path, &page()).unwrap();
    assert!(matches!(writer.add(&blocks(11, 12)), Err(BackupError::Source(_))));
}
