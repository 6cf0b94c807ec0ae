//! Bytes from strangers: no reader panics, and what a reader accepts it can write again.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::Deserialize;
use std::sync::LazyLock;
use weal_proof::certificate::Certificate;
use weal_proof::hash::{from_hex, to_hex};
use weal_proof::keys::{PublicKey, Signature};
use weal_proof::map::MapProof;
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
