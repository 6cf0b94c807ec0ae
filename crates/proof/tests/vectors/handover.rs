//! Receipts across changes of the validators: what holds, and one for each rule that is broken.

use crate::book::Draft;
use crate::chain::{Change, Committee, committee, publics, ways};
use crate::strange::Strange;
use weal_proof::certificate::quorum;
use weal_proof::keys::PublicKey;
use weal_proof::{Hash, limits};

#[derive(Default)]
struct Gallery(Vec<Strange>);

impl Gallery {
    fn hang(&mut self, name: &'static str, verdict: &'static str, draft: &Draft) {
        self.0.push(Strange { name, text: draft.text(), verdict });
    }

    /// From four to seven validators, with the one change spoilt.
    fn change(
        &mut self,
        name: &'static str,
        verdict: &'static str,
        spoil: impl FnOnce(&mut Change),
    ) {
        let mut draft = Draft::kept_by(committee(0..4), vec![(15, committee(0..7))]);
        spoil(&mut draft.changes[0]);
        self.hang(name, verdict, &draft);
    }
}

/// All of them.
pub(crate) fn all() -> Vec<Strange> {
    let mut gallery = Gallery::default();
    good(&mut gallery);
    blocks(&mut gallery);
    votes(&mut gallery);
    lists(&mut gallery);
    chains(&mut gallery);
    final_blocks(&mut gallery);
    gallery.0
}

fn good(gallery: &mut Gallery) {
    for (first, later) in ways() {
        gallery.hang("a chain that holds", "ok", &Draft::kept_by(first, later));
    }
    gallery.change("a bare quorum decides", "ok", |change| {
        let members = change.by.len();
        let needed = quorum(members as u64) as usize;
        change.signing = Some((members - needed..members).collect());
    });
    let most = limits::VALIDATORS as u64;
    let mut draft = Draft::kept_by(committee(0..1), vec![(15, committee(0..most))]);
    draft.signing.truncate(43);
    gallery.hang("as many validators as may be", "ok", &draft);
}

fn blocks(gallery: &mut Gallery) {
    gallery.change("a change in the middle of an epoch", "sets", |change| change.height = 14);
    gallery.change("a change at the start of an epoch", "sets", |change| change.height = 16);
    gallery.change("a change by the first page itself", "sets", |change| change.height = 0);
    gallery.change("a change after the block", "sets", |change| change.height = 47);
    gallery.change("a change in the book's last epoch", "sets", |change| change.height = u64::MAX);
    gallery.change("a change of another book", "sets", |change| {
        change.twist_header = |header| header.network = Hash::of(&[b"other"]);
    });
    gallery.change("a change without a block", "sets", |change| {
        change.twist = |change| change.header.clear();
    });
    gallery.change("a change with half a block", "sets", |change| {
        change.twist = |change| change.header.truncate(256);
    });
    gallery.change("a change with a block that is no hex", "sets", |change| {
        change.twist = |change| change.header.replace_range(0..1, "x");
    });
    let mut draft = Draft::kept_by(committee(0..4), vec![(31, committee(0..7))]);
    draft.twist_header = |header| header.height = 31;
    gallery.hang("a change at the block itself", "sets", &draft);
}

fn votes(gallery: &mut Gallery) {
    gallery.change("a change that too few decide", "sets", |change| {
        change.signing = Some(vec![0, 3]);
    });
    gallery.change("a change that nobody decides", "sets", |change| {
        change.signing = Some(Vec::new());
    });
    gallery.change("a change decided by those who come", "sets", |change| {
        change.by = change.to.clone();
    });
    let mut draft = Draft::kept_by(committee(0..4), vec![(15, committee(10..14))]);
    draft.changes[0].by = committee(10..14);
    gallery.hang("as many strangers let themselves in", "sets", &draft);
    gallery.change("a change voted in the epoch before", "sets", |change| {
        (change.height, change.epoch) = (31, Some(0));
    });
    gallery.change("a change voted in the epoch after", "sets", |change| change.epoch = Some(1));
    gallery.change("votes for another change", "sets", |change| {
        change.twist_certificate = |certificate| certificate.digest = Hash::of(&[b"another"]);
    });
    gallery.change("votes of a larger committee", "sets", |change| {
        change.twist_certificate = |certificate| certificate.committee = 5;
    });
    gallery.change("a change with two wrong signatures of four", "sets", |change| {
        change.twist_certificate = |certificate| {
            certificate.signatures[0].1.0[0] ^= 1;
            certificate.signatures[1].1.0[63] ^= 1;
        };
    });
    gallery.change("a change with one wrong signature of four", "ok", |change| {
        change.twist_certificate = |certificate| certificate.signatures[3].1.0[0] ^= 1;
    });
    gallery.change("a change with a certificate cut short", "sets", |change| {
        change.twist = |change| {
            change.certificate.pop();
            change.certificate.pop();
        };
    });
    gallery.change("a change without a certificate", "sets", |change| {
        change.twist = |change| change.certificate.clear();
    });
}

fn lists(gallery: &mut Gallery) {
    let mut list = |name, to: Committee| {
        let mut draft = Draft::kept_by(committee(0..4), vec![(15, committee(0..7))]);
        draft.changes[0].to = to.clone();
        draft.committee = to;
        draft.committee.truncate(limits::VALIDATORS);
        draft.signing = (0..draft.committee.len() as u64).collect();
        gallery.hang(name, "sets", &draft);
    };
    list("a change that leaves nobody", Vec::new());
    list("a change that changes nothing", committee(0..4));
    let mut reversed = committee(0..7);
    reversed.reverse();
    list("a list in another order", reversed);
    let mut doubled = committee(0..4);
    doubled.insert(1, doubled[0].clone());
    list("a list with one key twice", doubled);
    list("a list too long", committee(0..limits::VALIDATORS as u64 + 1));
    gallery.change("a list that the block does not name", "sets", |change| {
        change.twist = |change| change.validators = publics(&committee(1..8));
    });
    gallery.change("a list with a key that is cut off", "sets", |change| {
        change.twist = |change| change.validators.truncate(6);
    });
    gallery.change("a block that names another list", "sets", |change| {
        change.twist_header = |header| header.validators = Hash::of(&[b"others"]);
    });
    let none = (0..).map(|n| [n; 32]).find(|bytes| !PublicKey(*bytes).is_valid()).unwrap();
    let mut odd = committee(0..3);
    odd.push((PublicKey(none), None));
    odd.sort_by_key(|(public, _)| *public);
    let mut draft = Draft::kept_by(committee(0..4), vec![(15, odd)]);
    let secret = |place: &u64| draft.committee[*place as usize].1.is_some();
    draft.signing = (0..4).filter(secret).collect();
    gallery.hang("a new member whose key is none", "ok", &draft);
}

fn chains(gallery: &mut Gallery) {
    let two = || {
        let later = vec![(15, committee(0..7)), (31, committee(10..14))];
        Draft::kept_by(committee(0..4), later)
    };
    let mut draft = two();
    draft.changes.remove(0);
    gallery.hang("the first of two changes is left out", "sets", &draft);
    let mut draft = two();
    draft.changes.pop();
    gallery.hang("the last of two changes is left out", "certificate", &draft);
    let mut draft = two();
    draft.changes.swap(0, 1);
    gallery.hang("two changes in another order", "sets", &draft);
    let mut draft = two();
    draft.changes.push(draft.changes[1].clone());
    gallery.hang("a change twice", "sets", &draft);
    let mut draft = two();
    draft.changes[1].height = 15;
    gallery.hang("two changes at one block", "sets", &draft);
    let mut draft = two();
    draft.changes[1].by = committee(0..4);
    gallery.hang("the second change decided by the first set", "sets", &draft);
    let mut draft = two();
    draft.changes[1].by = committee(0..4);
    draft.changes.remove(0);
    gallery.hang("an epoch skipped by a set that had left", "ok", &draft);
    let mut draft = two();
    draft.changes.insert(1, Change::new(31, committee(0..7), committee(0..7)));
    gallery.hang("an end of an epoch at which nothing changed", "sets", &draft);
}

fn final_blocks(gallery: &mut Gallery) {
    let grown = || Draft::kept_by(committee(0..4), vec![(15, committee(0..7))]);
    let mut draft = grown();
    draft.changes.clear();
    draft.committee = committee(0..4);
    draft.signing = (0..4).collect();
    gallery.hang("a set that had left goes on as if nothing were", "ok", &draft);
    draft.twist_header = |header| {
        header.validators = weal_proof::genesis::committee_hash(&publics(&committee(0..7)));
    };
    gallery.hang("a set that had left signs a block of the next", "validators", &draft);
    let mut draft = grown();
    draft.committee = committee(0..4);
    draft.signing = (0..4).collect();
    gallery.hang("a set that had left signs after the change", "certificate", &draft);
    let mut draft = Draft::kept_by(committee(0..4), vec![(15, committee(10..14))]);
    draft.committee = committee(0..4);
    gallery.hang("a set as large that had left signs", "certificate", &draft);
    let mut draft = grown();
    draft.twist_header = |header| header.validators = Hash::of(&[b"others"]);
    gallery.hang("a block after a change names others", "validators", &draft);
    let mut draft = grown();
    draft.twist_vote = |vote| vote.epoch = 0;
    gallery.hang("a block after a change with votes of the first epoch", "epoch", &draft);
    let mut draft = grown();
    draft.twist_header = |header| header.height = 16;
    gallery.hang("the first block after a change", "ok", &draft);
}
