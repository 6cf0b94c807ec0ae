//! Keepers who tell two stories are convicted by what they signed, and nobody else is.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use base64::Engine as _;
use weal_proof::certificate::{Certificate, signed_bytes};
use weal_proof::conviction::{CertifiedHeader, Contradiction, Conviction, FORMAT};
use weal_proof::genesis::{Keeper, committee_hash, network_id};
use weal_proof::hash::to_hex;
use weal_proof::keys::{PublicKey, SecretKey};
use weal_proof::sets::SetChange;
use weal_proof::{Genesis, Hash, Header, limits};

fn keys(numbers: impl IntoIterator<Item = u8>) -> Vec<SecretKey> {
    let mut all: Vec<_> = numbers.into_iter().map(|n| SecretKey::from_seed([n; 32])).collect();
    all.sort_by_key(SecretKey::public);
    all
}

fn publics(keys: &[SecretKey]) -> Vec<PublicKey> {
    keys.iter().map(SecretKey::public).collect()
}

/// A book with epochs of 256 blocks.
struct Book {
    genesis: Vec<u8>,
    keepers: Vec<SecretKey>,
    sets: Vec<SetChange>,
}

/// A block to be signed: its height and view, and what it says of the log.
#[derive(Clone, Copy)]
struct Block {
    height: u64,
    view: u64,
    log_size: u64,
    log: &'static str,
}

const ONE: Block = Block { height: 7, view: 9, log_size: 3, log: "one" };
const OTHER: Block = Block { log: "other", ..ONE };

impl Book {
    fn new(count: u8) -> Self {
        let keepers = keys(0..count);
        let named = publics(&keepers).into_iter().map(|key| Keeper::alone("keeper", key));
        let genesis = Genesis::new("book", 1, named.collect(), Hash::of(&[b"rules"])).to_bytes();
        Book { genesis, keepers, sets: Vec::new() }
    }

    fn network(&self) -> Hash {
        network_id(&self.genesis)
    }

    fn header(&self, block: Block) -> Header {
        Header {
            network: self.network(),
            height: block.height,
            parent: Hash::of(&[b"parent"]),
            time_ms: 5,
            proposer: self.keepers[0].public(),
            log_size: block.log_size,
            log_root: Hash::of(&[block.log.as_bytes()]),
            state_root: Hash::of(&[b"state"]),
            validators: committee_hash(&publics(&self.keepers)),
            body: Hash::of(&[b"body"]),
        }
    }

    fn certify(&self, header: &Header, view: u64, signing: &[usize]) -> CertifiedHeader {
        let mut certificate = Certificate {
            epoch: header.height / 256,
            view,
            parent_view: view - 1,
            digest: header.digest(),
            committee: self.keepers.len() as u64,
            signatures: Vec::new(),
        };
        let message = signed_bytes(&self.network(), &certificate);
        let sign = |place: &usize| (*place as u64, self.keepers[*place].sign(&message));
        certificate.signatures = signing.iter().map(sign).collect();
        let (header, certificate) = (to_hex(&header.to_bytes()), to_hex(&certificate.to_bytes()));
        CertifiedHeader { header, certificate }
    }

    fn convict(&self, blocks: [(Block, &[usize]); 2]) -> Conviction {
        let certify = |(block, signing): (Block, &[usize])| {
            self.certify(&self.header(block), block.view, signing)
        };
        Conviction {
            format: FORMAT.into(),
            network: self.network(),
            genesis: base64::engine::general_purpose::STANDARD.encode(&self.genesis),
            headers: blocks.into_iter().map(certify).collect(),
            sets: self.sets.clone(),
        }
    }

    /// From the second epoch on others keep the book.
    fn hand_over(&mut self, next: Vec<SecretKey>) {
        let validators = publics(&next);
        let named = committee_hash(&validators);
        let last = Block { height: 255, ..ONE };
        let header = Header { validators: named, ..self.header(last) };
        let all: Vec<_> = (0..self.keepers.len()).collect();
        let CertifiedHeader { header, certificate } = self.certify(&header, 300, &all);
        self.sets.push(SetChange { header, certificate, validators });
        self.keepers = next;
    }
}

fn refused(conviction: &Conviction, code: &str) {
    let found = conviction.check().map(|convicted| convicted.signed_both);
    assert_eq!(found.map_err(|error| error.code()), Err(code));
}

const EVEN: &[usize] = &[0, 1, 2];
const ODD: &[usize] = &[1, 2, 3];

#[test]
fn who_signs_two_blocks_in_one_view_is_convicted_and_who_signs_one_is_not() {
    let book = Book::new(4);
    let conviction = book.convict([(ONE, EVEN), (OTHER, ODD)]);
    let convicted = conviction.check().unwrap();
    assert_eq!(convicted.signed_both, publics(&book.keepers)[1..3]);
    assert_eq!(convicted.contradiction, Contradiction::Height);
    assert_eq!((convicted.each, convicted.at_least), (true, 2));
    assert_eq!(convicted.headers.map(|header| header.height), [7, 7]);
    let file = serde_json::to_vec(&conviction).unwrap();
    assert!(Conviction::is_meant(&file));
    assert_eq!(Conviction::from_bytes(&file), Ok(conviction));
}

#[test]
fn all_who_sign_twice_in_one_view_are_counted() {
    let convicted = Book::new(4).convict([(ONE, &[0, 1, 2, 3]), (OTHER, &[0, 1, 2, 3])]);
    assert_eq!(convicted.check().unwrap().at_least, 4);
}

#[test]
fn two_views_convict_the_set_but_excuse_who_may_have_been_deceived() {
    let book = Book::new(7);
    let later = Block { view: 10, ..OTHER };
    let convicted = book.convict([(ONE, &[0, 1, 2, 3, 4]), (later, &[2, 3, 4, 5, 6])]);
    let convicted = convicted.check().unwrap();
    assert_eq!(convicted.signed_both.len(), 3);
    assert_eq!((convicted.each, convicted.at_least), (false, 3));
}

#[test]
fn where_nobody_is_spared_two_views_convict_each() {
    for count in [1, 2, 3] {
        let book = Book::new(count);
        let all: Vec<_> = (0..usize::from(count)).collect();
        let later = Block { view: 10, ..OTHER };
        let convicted = book.convict([(ONE, &all), (later, &all)]).check().unwrap();
        assert!(convicted.each);
        assert_eq!(convicted.signed_both.len() as u64, convicted.at_least);
    }
}

#[test]
fn the_number_that_must_have_broken_the_rules_is_always_reached() {
    for count in 1..20u8 {
        let book = Book::new(count);
        let n = usize::from(count);
        let quorum = n - (n - 1) / 3;
        let (first, last): (Vec<_>, Vec<_>) = ((0..quorum).collect(), (n - quorum..n).collect());
        let convicted = book.convict([(ONE, &first), (OTHER, &last)]).check().unwrap();
        assert_eq!(convicted.signed_both.len() as u64, convicted.at_least, "{count}");
        assert_eq!(convicted.at_least as usize, n - 2 * ((n - 1) / 3));
    }
}

#[test]
fn two_heads_of_a_log_of_one_size_contradict_each_other_at_any_height() {
    let book = Book::new(4);
    let higher = Block { height: 11, view: 14, ..OTHER };
    let convicted = book.convict([(ONE, EVEN), (higher, ODD)]).check().unwrap();
    assert_eq!(convicted.contradiction, Contradiction::LogSize);
    assert!(!convicted.each);
    let grown = Block { log_size: 4, ..higher };
    refused(&book.convict([(ONE, EVEN), (grown, ODD)]), "agree");
    let waiting = Block { log: "one", ..higher };
    refused(&book.convict([(ONE, EVEN), (waiting, ODD)]), "agree");
}

#[test]
fn one_block_with_two_certificates_convicts_nobody() {
    let book = Book::new(4);
    refused(&book.convict([(ONE, EVEN), (ONE, ODD)]), "agree");
    refused(&book.convict([(ONE, EVEN), (Block { view: 12, ..ONE }, ODD)]), "agree");
}

#[test]
fn nobody_is_convicted_by_too_few_or_by_forged_votes() {
    let book = Book::new(4);
    refused(&book.convict([(ONE, EVEN), (OTHER, &[0, 1])]), "certificate");
    let mut strangers = Book::new(4);
    strangers.keepers = keys(50..54);
    let forged = strangers.convict([(OTHER, EVEN), (ONE, ODD)]);
    refused(&forged, "certificate");
    let mut mixed = book.convict([(ONE, EVEN), (OTHER, ODD)]);
    mixed.headers[1].certificate = mixed.headers[0].certificate.clone();
    refused(&mixed, "header-digest");
    let other_book = Book::new(5).convict([(ONE, &[0, 1, 2, 3]), (OTHER, &[0, 1, 2, 3])]);
    let mut crossed = book.convict([(ONE, EVEN), (OTHER, ODD)]);
    crossed.headers[1] = other_book.headers[1].clone();
    refused(&crossed, "header-network");
    let mut renamed = book.convict([(ONE, EVEN), (OTHER, ODD)]);
    renamed.network = Hash::ZERO;
    refused(&renamed, "network");
}

#[test]
fn later_keepers_answer_for_their_own_epochs() {
    let mut book = Book::new(4);
    book.hand_over(keys(20..27));
    let (one, other) = (Block { height: 300, ..ONE }, Block { height: 300, ..OTHER });
    let (low, high): (&[usize], &[usize]) = (&[0, 1, 2, 3, 4], &[2, 3, 4, 5, 6]);
    let conviction = book.convict([(one, low), (other, high)]);
    let convicted = conviction.check().unwrap();
    assert_eq!(convicted.validators, publics(&book.keepers));
    assert_eq!(convicted.signed_both, publics(&book.keepers)[2..5]);
    let mut unlinked = conviction.clone();
    unlinked.sets.clear();
    refused(&unlinked, "certificate");
    let mut broken = conviction;
    broken.sets[0].validators.pop();
    refused(&broken, "sets");
}

#[test]
fn two_epochs_have_nobody_who_must_answer_for_both() {
    let book = Book::new(4);
    let next = Block { height: 300, view: 400, ..OTHER };
    refused(&book.convict([(ONE, EVEN), (next, ODD)]), "epochs");
}

#[test]
fn a_false_block_that_also_names_false_followers_is_no_excuse() {
    let book = Book::new(4);
    let mut conviction = book.convict([(ONE, EVEN), (OTHER, ODD)]);
    let header = Header { validators: Hash::ZERO, ..book.header(OTHER) };
    conviction.headers[1] = book.certify(&header, OTHER.view, ODD);
    assert_eq!(conviction.check().unwrap().signed_both.len(), 2);
}

#[test]
fn a_file_of_another_shape_is_no_conviction() {
    let good = Book::new(4).convict([(ONE, EVEN), (OTHER, ODD)]);
    let code = |text: &str| Conviction::from_bytes(text.as_bytes()).map_err(|error| error.code());
    let text = serde_json::to_string(&good).unwrap();
    assert_eq!(code(&text.replace("conviction-v1", "conviction-v2")), Err("shape"));
    assert!(!Conviction::is_meant(text.replace("conviction-v1", "receipt-v1").as_bytes()));
    assert_eq!(code(&text.replacen('{', r#"{"more":1,"#, 1)), Err("shape"));
    assert_eq!(code(&text[1..]), Err("json"));
    let many =
        |count: usize| Conviction { headers: vec![good.headers[0].clone(); count], ..good.clone() };
    for count in [0, 1, 3] {
        assert_eq!(code(&serde_json::to_string(&many(count)).unwrap()), Err("shape"));
        refused(&many(count), "shape");
    }
    let change =
        SetChange { header: String::new(), certificate: String::new(), validators: vec![] };
    let changed = |count| Conviction { sets: vec![change.clone(); count], ..good.clone() };
    let most = limits::RECEIPT_SETS;
    assert!(code(&serde_json::to_string(&changed(most)).unwrap()).is_ok());
    assert_eq!(code(&serde_json::to_string(&changed(most + 1)).unwrap()), Err("shape"));
    let long = |length: usize| format!("{text}{}", " ".repeat(length - text.len()));
    assert!(code(&long(limits::CONVICTION_BYTES)).is_ok());
    assert_eq!(code(&long(limits::CONVICTION_BYTES + 1)), Err("shape"));
}
