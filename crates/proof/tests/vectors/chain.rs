//! Changes of the validators in the making: who decides, who follows, and how it is spoilt.

use crate::book::{Draft, genesis_text, key};
use weal_proof::certificate::{Certificate, signed_bytes};
use weal_proof::genesis::{committee_hash, network_id};
use weal_proof::hash::to_hex;
use weal_proof::keys::{PublicKey, SecretKey};
use weal_proof::sets::SetChange;
use weal_proof::{Hash, Header};

/// Blocks of an epoch in the books of the vectors.
pub(crate) const EPOCH_BLOCKS: u64 = 16;

/// Validators with their secrets, where they have any, sorted bytewise.
pub(crate) type Committee = Vec<(PublicKey, Option<SecretKey>)>;

/// The committee of these numbered validators.
pub(crate) fn committee(numbers: impl IntoIterator<Item = u64>) -> Committee {
    let secrets = numbers.into_iter().map(|number| key("validator", number));
    let mut all: Vec<_> = secrets.map(|secret| (secret.public(), Some(secret))).collect();
    all.sort_by_key(|(public, _)| *public);
    all
}

pub(crate) fn publics(committee: &Committee) -> Vec<PublicKey> {
    committee.iter().map(|(public, _)| *public).collect()
}

/// One change; the `twist_` functions spoil it at a chosen moment.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) height: u64,
    /// The set that certifies it.
    pub(crate) by: Committee,
    /// Places of those who sign, where not all do.
    pub(crate) signing: Option<Vec<usize>>,
    /// The set that follows.
    pub(crate) to: Committee,
    /// The epoch voted in, where it is not that of the height.
    pub(crate) epoch: Option<u64>,
    pub(crate) twist_header: fn(&mut Header),
    pub(crate) twist_certificate: fn(&mut Certificate),
    pub(crate) twist: fn(&mut SetChange),
}

impl Change {
    pub(crate) fn new(height: u64, by: Committee, to: Committee) -> Self {
        Change {
            height,
            by,
            signing: None,
            to,
            epoch: None,
            twist_header: |_| (),
            twist_certificate: |_| (),
            twist: |_| (),
        }
    }

    /// As it stands in a receipt.
    pub(crate) fn finish(&self, network: &Hash) -> SetChange {
        let validators = publics(&self.to);
        let mut header = Header {
            network: *network,
            height: self.height,
            parent: Hash::of(&[b"parent", &self.height.to_be_bytes()]),
            time_ms: 1_580_000_001_000,
            proposer: self.by[0].0,
            log_size: 0,
            log_root: Hash::of(&[]),
            state_root: Hash::of(&[]),
            validators: committee_hash(&validators),
            body: Hash::of(&[b"body"]),
        };
        (self.twist_header)(&mut header);
        let mut certificate = Certificate {
            epoch: self.epoch.unwrap_or(header.height / EPOCH_BLOCKS),
            view: 20,
            parent_view: 18,
            digest: header.digest(),
            committee: self.by.len() as u64,
            signatures: Vec::new(),
        };
        let message = signed_bytes(network, &certificate);
        let all = || (0..self.by.len()).collect();
        let signing = self.signing.clone().unwrap_or_else(all);
        let secrets = signing.iter().filter_map(|place| Some((place, self.by[*place].1.as_ref()?)));
        certificate.signatures =
            secrets.map(|(place, secret)| (*place as u64, secret.sign(&message))).collect();
        (self.twist_certificate)(&mut certificate);
        let header = to_hex(&header.to_bytes());
        let certificate = to_hex(&certificate.to_bytes());
        let mut change = SetChange { header, certificate, validators };
        (self.twist)(&mut change);
        change
    }
}

impl Draft {
    /// A good receipt of a book kept by these sets in turn, each change at the height given.
    pub(crate) fn kept_by(first: Committee, later: Vec<(u64, Committee)>) -> Self {
        let mut draft = Draft::new(1);
        draft.genesis = genesis_text(&publics(&first));
        draft.committee = first;
        for (height, next) in later {
            let before = std::mem::replace(&mut draft.committee, next.clone());
            draft.changes.push(Change::new(height, before, next));
        }
        draft.signing = (0..draft.committee.len() as u64).collect();
        draft.say("急需护目镜 300 副", 1);
        draft
    }

    /// The changes as the receipt lists them.
    pub(crate) fn sets(&self) -> Vec<SetChange> {
        let network = network_id(&self.genesis);
        self.changes.iter().map(|change| change.finish(&network)).collect()
    }
}

/// Ways in which a set of four goes on: it grows, one leaves, and all keys are new.
pub(crate) fn ways() -> Vec<(Committee, Vec<(u64, Committee)>)> {
    vec![
        (committee(0..4), vec![(15, committee(0..7))]),
        (committee(0..4), vec![(31, committee([0, 1, 3]))]),
        (committee(0..4), vec![(15, committee(10..14))]),
        (committee(0..4), vec![(15, committee(0..7)), (31, committee(1..7))]),
        (committee(0..1), vec![(15, committee(0..4)), (31, committee(10..14))]),
        (committee(0..4), vec![(15, committee(4..8)), (31, committee(0..4))]),
    ]
}
