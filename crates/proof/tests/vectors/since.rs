//! Pairs of good receipts, the second checked earlier: whether they tell one history.

use crate::book::Draft;
use crate::chain::{Committee, committee, publics};
use weal_proof::Hash;
use weal_proof::genesis::committee_hash;
use weal_proof::header::Header;

/// A book of four validators that these sets followed, told by a block of this height.
fn told(height: fn(&mut Header), later: &[(u64, Committee)]) -> String {
    let mut draft = Draft::kept_by(committee(0..4), later.to_vec());
    draft.twist_header = height;
    draft.text()
}

/// The text, the earlier one, and the verdict on the text.
pub(crate) fn all() -> Vec<(String, String, &'static str)> {
    let first = [(15, committee(0..7))];
    let both = [first[0].clone(), (31, committee(10..14))];
    let fork = [(15, committee(0..3))];
    let late = [(31, committee(0..7))];
    let at_10 = |later: &[_]| told(|header| header.height = 10, later);
    let at_20 = |later: &[_]| told(|header| header.height = 20, later);
    let at_31 = |later: &[_]| told(|header| header.height = 31, later);
    let at_40 = |later: &[_]| told(|header| header.height = 40, later);
    let mut pairs = vec![
        (at_40(&both), at_40(&both), "ok"),
        (at_40(&both), at_20(&first), "ok"),
        (at_20(&first), at_40(&both), "ok"),
        (at_40(&both), at_10(&[]), "ok"),
        (at_40(&first), at_20(&first), "ok"),
        (at_20(&fork), at_10(&[]), "ok"),
        // Those who left in epoch 1 sell their keys: who saw epoch 1 is not fooled.
        (at_40(&[]), at_20(&first), "since"),
        (at_20(&first), at_40(&[]), "since"),
        (at_40(&fork), at_20(&first), "since"),
        (at_40(&late), at_20(&first), "since"),
        (at_20(&[]), at_40(&both), "since"),
        (at_40(&late), at_20(&[]), "ok"),
    ];
    let named = told(naming_seven, &[]);
    pairs.push((at_20(&first), named.clone(), "ok"));
    pairs.push((named.clone(), at_20(&first), "ok"));
    pairs.push((at_20(&fork), named.clone(), "since"));
    pairs.push((named.clone(), at_20(&[]), "since"));
    pairs.push((at_40(&first), named, "ok"));
    let other_body = told(|header| (header.height, header.body) = (31, Hash::ZERO), &first);
    pairs.push((at_31(&first), other_body, "since"));
    pairs.push((Draft::new(7).text(), at_10(&[]), "since"));
    pairs.push((at_10(&[]), Draft::new(7).text(), "since"));
    // Another book of the same validators.
    let mut namesake = Draft::kept_by(committee(0..4), Vec::new());
    namesake.genesis = String::from_utf8(namesake.genesis).unwrap().replace("湖北", "湖南").into();
    pairs.push((namesake.text(), at_10(&[]), "since"));
    let spoilt = at_20(&first).replace("\"index\":0", "\"index\":1");
    pairs.push((at_40(&both), spoilt.clone(), "since"));
    pairs.push((spoilt, at_40(&both), "inclusion"));
    pairs
}

/// The last block of the first epoch, which says who follows.
fn naming_seven(header: &mut Header) {
    header.height = 15;
    header.validators = committee_hash(&publics(&committee(0..7)));
}
