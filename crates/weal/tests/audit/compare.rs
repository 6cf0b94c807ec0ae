//! Two nodes that tell two histories are found out, and what convicts is checked without them.

use super::{Served, serve, story, tell, weal};
use crate::fixture::TinyLedger;
use std::path::Path;
use weal_proof::conviction::{Contradiction, Conviction};

/// Seeds of four keepers.
const KEEPERS: &[u8] = &[1, 2, 3, 4];

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A node of four keepers; all its blocks are signed by three of them.
fn node(signers: &[u64], told: impl Fn(&TinyLedger)) -> Served {
    let ledger = TinyLedger::kept_by(KEEPERS, signers);
    told(&ledger);
    serve(ledger)
}

fn save_receipt(node: &Served, index: u64, file: &Path) {
    let url = format!("{}/v1/records/{index}/receipt", node.url);
    let text = ureq::get(&url).call().unwrap().body_mut().read_to_string().unwrap();
    std::fs::write(file, text).unwrap();
}

fn convicted(file: &Path) -> (Conviction, Vec<weal_proof::keys::PublicKey>, u64) {
    let conviction = Conviction::from_bytes(&std::fs::read(file).unwrap()).unwrap();
    let convicted = conviction.check().unwrap();
    assert_eq!(convicted.contradiction, Contradiction::Height);
    assert!(convicted.each, "both were signed in one view");
    (conviction, convicted.signed_both, convicted.at_least)
}

#[test]
fn nodes_of_one_history_agree_also_when_one_is_behind() {
    let ahead = node(&[0, 1, 2], |ledger| tell(ledger, &story(ledger, 1)[..700]));
    let behind = node(&[1, 2, 3], |ledger| tell(ledger, &story(ledger, 1)[..300]));
    let (exit, said) = weal(&["audit", "compare", &ahead.url, &behind.url, &ahead.url]);
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("they agree: one history up to block 6, 300 entries"), "{said}");
    let empty = node(&[0, 1, 2], |_| ());
    let (exit, said) = weal(&["audit", "compare", &ahead.url, &empty.url]);
    assert!(exit == 0 && said.contains("up to block 0, 0 entries"), "{said}");
}

#[test]
fn two_colluding_groups_are_convicted_by_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let out = directory.path().join("conviction.json");
    let honest = node(&[0, 1, 2], |ledger| tell(ledger, &story(ledger, 1)[..600]));
    // The same beginning, and in block 8 an entry that the others never saw.
    let false_one = node(&[1, 2, 3], |ledger| {
        let (story, other) = (story(ledger, 1), story(ledger, 2));
        tell(ledger, &story[..350]);
        let taken = other.iter().any(|entry| ledger.commit(std::slice::from_ref(entry)).is_ok());
        assert!(taken, "one of another story fits in");
        tell(ledger, &story[350..500]);
    });
    let args = ["audit", "compare", &honest.url, &false_one.url, "--out", path(&out)];
    let (exit, said) = weal(&args);
    assert_eq!(exit, 5, "{said}");
    assert!(said.contains("two histories: they have two blocks 8"), "{said}");
    assert_eq!(said.matches("convicted:").count(), 2, "{said}");
    assert!(said.contains("at least 2 of 4 institutions broke the rules"), "{said}");
    let (conviction, both, at_least) = convicted(&out);
    assert_eq!((both.len(), at_least), (2, 2));
    assert_eq!(conviction.network, honest.ledger.network());
    drop((honest, false_one));
    let (exit, said) = weal(&["verify", "--offline", path(&out)]);
    assert!(exit == 0 && said.contains("convicted:"), "{said}");
}

#[test]
fn a_receipt_is_enough_against_a_node_that_changed_its_story() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let (receipt, other, out) = (at("a.json"), at("b.json"), at("conviction.json"));
    let before = node(&[0, 1, 2], |ledger| tell(ledger, &story(ledger, 1)[..300]));
    save_receipt(&before, 7, &receipt);
    let after = node(&[0, 1, 3], |ledger| {
        let mut story = story(ledger, 1)[..300].to_vec();
        story.truncate(299);
        tell(ledger, &story);
        ledger.commit(&[]).unwrap();
    });
    let good = ["audit", "compare", &before.url, "--receipts", path(&receipt)];
    let (exit, said) = weal(&good);
    assert!(exit == 0 && said.contains("they agree"), "{said}");
    let (exit, said) =
        weal(&["audit", "compare", &after.url, "--receipts", path(&receipt), "--out", path(&out)]);
    assert_eq!(exit, 5, "{said}");
    assert_eq!(convicted(&out).1.len(), 2);
    std::fs::remove_file(&out).unwrap();
    let fork = node(&[1, 2, 3], |ledger| tell(ledger, &story(ledger, 1)[..299]));
    save_receipt(&fork, 7, &other);
    let both =
        ["audit", "compare", "--receipts", path(&receipt), path(&other), "--out", path(&out)];
    let (exit, said) = weal(&both);
    assert_eq!(exit, 5, "{said}");
    assert_eq!(convicted(&out).1.len(), 2);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let one = node(&[0, 1, 2], |ledger| tell(ledger, &story(ledger, 1)[..60]));
    let other = serve(TinyLedger::new());
    let (exit, said) = weal(&["audit", "compare", &one.url, &other.url]);
    assert!(exit == 2 && said.contains("two books"), "{said}");
    let (exit, said) = weal(&["audit", "compare", &one.url]);
    assert!(exit == 2 && said.contains("nothing to compare"), "{said}");
    let (exit, _) = weal(&["audit", "compare", &one.url, "http://127.0.0.1:9"]);
    assert_eq!(exit, 6);
    // Two of four are no quorum: whatever they sign, it is not final.
    let few = node(&[0, 1], |ledger| tell(ledger, &story(ledger, 1)[..60]));
    let (exit, said) = weal(&["audit", "compare", &one.url, &few.url]);
    assert!(exit == 5 && said.contains("not final"), "{said}");
}
