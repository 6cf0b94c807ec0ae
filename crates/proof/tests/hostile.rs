//! Bytes from strangers: no reader panics, and what a reader accepts it can write again.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::Deserialize;
use std::sync::LazyLock;
use weal_proof::certificate::Certificate;
use weal_proof::checkpoint::Checkpoint;
use weal_proof::conviction::Conviction;
use weal_proof::hash::{from_hex, to_hex};
use weal_proof::keys::{PublicKey, Signature};
use weal_proof::map::MapProof;
use weal_proof::note::{NoteSignature, SignedNote, VerifierKey};
use weal_proof::tile::{Tile, width_of};
use weal_proof::{Envelope, Genesis, Hash, Header, Receipt, json, log};

/// Good and damaged receipts, from the vectors that both light clients run.
static RECEIPTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct File {
        receipts: Vec<String>,
    }
    let text = include_str!("../../../spec/vectors/receipts.json");
    serde_json::from_str::<File>(text).unwrap().receipts
});

/// Puts bytes before every reader there is; what is accepted must read back the same.
fn read_everything(bytes: &[u8]) {
    let strict = json::check(bytes);
    if let Ok(receipt) = Receipt::from_bytes(bytes) {
        assert_eq!(strict, Ok(()));
        let verdict = receipt.check().map(|proven| proven.operation);
        let written = serde_json::to_vec(&receipt).unwrap();
        let again = Receipt::from_bytes(&written).unwrap();
        assert_eq!(again.check().map(|proven| proven.operation), verdict);
    }
    if let Ok(conviction) = Conviction::from_bytes(bytes) {
        assert!(Conviction::is_meant(bytes));
        let _ = conviction.check();
    }
    if let Ok(note) = SignedNote::from_bytes(bytes) {
        assert_eq!(note.to_text().unwrap().as_bytes(), bytes);
        let key = PublicKey([0; 32]);
        let _ = note.verify_ed25519(&VerifierKey::ed25519("log", key));
        let _ = note.verify_cosignature(&VerifierKey::cosignature("log", key));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        read_text(text);
    }
    if let Ok(envelope) = Envelope::from_bytes(bytes) {
        assert_eq!(Envelope::from_bytes(&envelope.to_bytes()), Ok(envelope.clone()));
        let _ = envelope.verify();
    }
    if let Ok(genesis) = Genesis::from_bytes(bytes) {
        assert_eq!(Genesis::from_bytes(&genesis.to_bytes()), Ok(genesis.clone()));
    }
    if let Ok(certificate) = Certificate::from_bytes(bytes) {
        assert_eq!(certificate.to_bytes(), bytes);
        let _ = certificate.verify(&Hash::ZERO, &[PublicKey([0; 32])]);
    }
    if let Some(header) = Header::from_bytes(bytes) {
        assert_eq!(header.to_bytes(), bytes);
    }
    let _ = serde_json::from_slice::<MapProof>(bytes);
    if let Some(found) = std::str::from_utf8(bytes).ok().and_then(from_hex) {
        assert_eq!(to_hex(&found).as_bytes(), bytes);
        read_binary(&found);
    }
}

fn read_text(text: &str) {
    if let Ok(checkpoint) = Checkpoint::from_text(text) {
        assert!(text.starts_with(&checkpoint.to_text()));
    }
    if let Ok(key) = text.parse::<VerifierKey>() {
        assert_eq!(key.to_string(), text);
    }
    if let Some(tile) = Tile::from_path(text) {
        assert_eq!(tile.path().as_deref(), Some(text));
    }
}

fn read_binary(bytes: &[u8]) {
    let certificate = Certificate::from_bytes(bytes).map(|read| read.to_bytes());
    assert!(certificate.is_err() || certificate.as_deref() == Ok(bytes));
    assert!(Header::from_bytes(bytes).is_none_or(|header| header.to_bytes() == bytes));
}

/// A stretch of bytes to replace, and what to put there.
type Change = (Index, Index, Vec<u8>);

fn change() -> impl Strategy<Value = Change> {
    let tokens = select(vec!["null", "{}", "[]", "\"", ",", "-1", "256", "\\u0061", "\u{feff}"]);
    let insert = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..4),
        tokens.prop_map(|token| token.as_bytes().to_vec()),
    ];
    (any::<Index>(), any::<Index>(), insert)
}

fn changed(text: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (at, length, insert) in changes {
        let start = at.index(bytes.len() + 1);
        let end = start + length.index(8).min(bytes.len() - start);
        bytes.splice(start..end, insert.iter().copied());
    }
    bytes
}

/// Whether digits are a number of 64 bits in its one form.
fn is_number(digits: &str) -> bool {
    digits.parse::<u64>().is_ok_and(|number| number.to_string() == digits)
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_everything(&bytes);
        read_binary(&bytes);
    }

    #[test]
    fn hostile_texts_never_panic(text in "[\\[\\]{}\",:0-9a-f\\\\u\\- \\n。é]{0,200}") {
        read_everything(text.as_bytes());
    }

    #[test]
    fn hostile_notes_never_panic(
        text in "[a-z0-9\n /+.]{0,40}\n",
        size in "[0-9]{1,22}",
        path in "tile/(entries|[0-9]{1,2})/(x[0-9]{3}/){0,8}[0-9]{3}([.]p/[0-9]{1,3})?",
        bytes in prop::collection::vec(any::<u8>(), 0..90),
        changes in prop::collection::vec(change(), 0..3),
    ) {
        let line = NoteSignature { name: "log".into(), key_id: 7, bytes };
        let note = SignedNote { text, signatures: vec![line] };
        if let Ok(written) = note.to_text() {
            prop_assert_eq!(SignedNote::from_bytes(written.as_bytes()), Ok(note));
            read_everything(&changed(&written, &changes));
        }
        let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
        let checkpoint = format!("log\n{size}\n{root}\n");
        prop_assert_eq!(Checkpoint::from_text(&checkpoint).is_ok(), is_number(&size));
        read_everything(&changed(&checkpoint, &changes));
        read_everything(&changed(&path, &changes));
        let vkey = VerifierKey::cosignature("log", PublicKey([9; 32])).to_string();
        read_everything(&changed(&vkey, &changes));
    }

    #[test]
    fn hostile_tiles_have_a_path_or_none(
        level in any::<u8>(),
        index in any::<u64>(),
        width in any::<u16>(),
        size in any::<u64>(),
    ) {
        for width in [width, width % 300] {
            for tile in [Tile::Hashes { level, index, width }, Tile::Entries { index, width }] {
                let path = tile.path();
                prop_assert!(path.is_none_or(|path| Tile::from_path(&path) == Some(tile)));
            }
        }
        let _ = width_of(level, index, size);
    }

    #[test]
    fn mutated_receipts_never_panic(
        receipt in any::<Index>(),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let text = receipt.get(&RECEIPTS);
        if text.len() < 8_000 {
            read_everything(&changed(text, &changes));
        }
    }

    #[test]
    fn mutated_parts_never_panic(
        receipt in any::<Index>(),
        changes in prop::collection::vec(change(), 1..3),
    ) {
        let Ok(receipt) = Receipt::from_bytes(receipt.get(&RECEIPTS).as_bytes()) else {
            return Ok(());
        };
        read_everything(&changed(receipt.operation.get(), &changes));
        read_everything(&changed(&receipt.certificate, &changes));
        read_everything(&changed(&receipt.header, &changes));
        for entry in &receipt.state {
            let proof = serde_json::to_string(&entry.proof).unwrap();
            read_everything(&changed(&proof, &changes));
        }
    }

    #[test]
    fn hostile_certificates_never_panic(
        numbers in any::<[u8; 5]>(),
        committee in 0u8..70,
        bitmap in prop::collection::vec(any::<u8>(), 0..10),
        count in any::<u8>(),
        tail in 0usize..700,
    ) {
        let size = u64::from(committee).to_be_bytes();
        let head = [numbers.as_slice(), &[0; 32], &size, &bitmap, &[count], &vec![7; tail]];
        read_binary(&head.concat());
    }

    #[test]
    fn hostile_paths_never_panic(
        index in any::<u64>(),
        size in any::<u64>(),
        path in prop::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..70),
        bits in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let root = Hash::of(&[b"root"]);
        prop_assert!(!log::verify_inclusion(root, index, size, &path, &Hash::ZERO));
        let (old, new) = ((index, &root), (size, &Hash::ZERO));
        prop_assert!(index == 0 || !log::verify_consistency(old, new, &path));
        let proof = MapProof { other: None, path: bits.iter().map(|bit| (*bit, root)).collect() };
        prop_assert!(!proof.verify(&Hash::ZERO, "key", Some(b"value")));
        let _ = log::inclusion_path(path.as_slice(), index, size);
        let _ = log::consistency_path(path.as_slice(), index, size);
        let _ = log::Frontier::from_parts(size, path).map(|mut frontier| frontier.push(root));
    }
}

#[test]
fn every_signature_form_is_read_without_panic() {
    for byte in 0..=255 {
        let (key, signature) = (PublicKey([byte; 32]), Signature([byte; 64]));
        let _ = (key.is_valid(), key.verify(b"message", &signature));
    }
}
