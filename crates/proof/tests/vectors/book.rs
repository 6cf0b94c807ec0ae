//! A small book in memory: validators, a log, a state map, and receipts drawn from them.
//!
//! The trees are built as the specification defines them, not with the code under test.

use crate::chain::{Change, Committee, EPOCH_BLOCKS, committee, publics, ways};
use serde_json::value::RawValue;
use weal_proof::certificate::{Certificate, signed_bytes};
use weal_proof::genesis::{Genesis, Keeper, network_id};
use weal_proof::hash::to_hex;
use weal_proof::keys::{PublicKey, SecretKey, Signature};
use weal_proof::map::{MapProof, OtherLeaf};
use weal_proof::receipt::{FORMAT, StateEntry};
use weal_proof::{Envelope, Hash, Header, Receipt};

/// Numbers that look random and are the same in every run (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        high as usize % limit.max(1)
    }

    pub(crate) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

pub(crate) fn key(role: &str, number: u64) -> SecretKey {
    SecretKey::from_seed(Hash::of(&[role.as_bytes(), &number.to_be_bytes()]).0)
}

/// The path to `index` in the tree over `start..end`, and its head, by the words of RFC 6962.
pub(crate) fn climb(
    leaf: Hash,
    index: u64,
    (start, end): (u64, u64),
    subtree: &dyn Fn(u64, u64) -> Hash,
) -> (Hash, Vec<Hash>) {
    if end - start == 1 {
        return (leaf, Vec::new());
    }
    let middle = start + (1 << (end - start - 1).ilog2());
    let (left, right, mut path, side);
    if index < middle {
        (left, path) = climb(leaf, index, (start, middle), subtree);
        (right, side) = (subtree(middle, end), subtree(middle, end));
    } else {
        (right, path) = climb(leaf, index, (middle, end), subtree);
        (left, side) = (subtree(start, middle), subtree(start, middle));
    }
    path.push(side);
    (node(&left, &right), path)
}

pub(crate) fn node(left: &Hash, right: &Hash) -> Hash {
    Hash::of(&[&[1], &left.0, &right.0])
}

/// Head of the tree over these leaves, by the words of RFC 6962.
pub(crate) fn head(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Hash::of(&[]),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            node(&head(left), &head(right))
        }
    }
}

/// A position with the hash of its value.
type Leaf = (Hash, Hash);

/// A state map: its leaves, sorted.
#[derive(Clone, Default)]
pub(crate) struct Map(Vec<Leaf>);

impl Map {
    pub(crate) fn of(entries: &[(String, String)]) -> Self {
        let hash = |text: &String| Hash::of(&[text.as_bytes()]);
        let mut all: Vec<_> = entries.iter().map(|(k, v)| (hash(k), hash(v))).collect();
        all.sort();
        Map(all)
    }

    fn root_of(entries: &[Leaf]) -> Hash {
        match entries {
            [] => Hash::of(&[]),
            [(position, value)] => Hash::of(&[&[0], &position.0, &value.0]),
            many => {
                let (bit, left, right) = Self::split(many);
                Hash::of(&[&[1, bit], &Self::root_of(left).0, &Self::root_of(right).0])
            }
        }
    }

    /// Sorted positions first differ where the first and the last do.
    fn split(many: &[Leaf]) -> (u8, &[Leaf], &[Leaf]) {
        let bit = many[0].0.first_difference(&many[many.len() - 1].0).unwrap();
        let (left, right) = many.split_at(many.partition_point(|(at, _)| !at.bit(bit)));
        (bit, left, right)
    }

    pub(crate) fn root(&self) -> Hash {
        Self::root_of(&self.0)
    }

    /// The entry with its proof; `None` claims that there is none, truly or not.
    pub(crate) fn entry(&self, key: &str, value: Option<&str>) -> StateEntry {
        let position = Hash::of(&[key.as_bytes()]);
        let (mut here, mut path) = (self.0.as_slice(), Vec::new());
        while here.len() > 1 {
            let (bit, left, right) = Self::split(here);
            let right_side = position.bit(bit);
            path.push((bit, Self::root_of(if right_side { left } else { right })));
            here = if right_side { right } else { left };
        }
        let found = here.first().filter(|_| value.is_none());
        let other = found.map(|(position, value)| OtherLeaf { position: *position, value: *value });
        StateEntry {
            key: key.into(),
            value: value.map(Into::into),
            proof: MapProof { other, path },
        }
    }
}

/// A receipt in the making; the `twist_` functions spoil it at a chosen moment.
pub(crate) struct Draft {
    pub(crate) genesis: Vec<u8>,
    /// The set that certifies the block.
    pub(crate) committee: Committee,
    /// The changes that led to it.
    pub(crate) changes: Vec<Change>,
    /// Places of those who sign the certificate.
    pub(crate) signing: Vec<u64>,
    pub(crate) envelope: Envelope,
    /// The envelope's text, where it is not the canonical one.
    pub(crate) operation: Option<String>,
    pub(crate) log_size: u64,
    pub(crate) index: u64,
    pub(crate) map: Map,
    pub(crate) state: Vec<StateEntry>,
    /// The state root, where it is not that of the map.
    pub(crate) state_root: Option<Hash>,
    /// The root and path of the log, where they are not true.
    pub(crate) log: Option<(Hash, Vec<Hash>)>,
    /// The network voted for, where it is not this one.
    pub(crate) votes_for: Option<Hash>,
    pub(crate) twist_header: fn(&mut Header),
    pub(crate) twist_header_bytes: fn(&mut Vec<u8>),
    pub(crate) twist_vote: fn(&mut Certificate),
    pub(crate) twist_message: fn(&mut Vec<u8>),
    pub(crate) twist_certificate: fn(&mut Certificate),
    pub(crate) twist_certificate_bytes: fn(&mut Vec<u8>),
    pub(crate) twist_receipt: fn(&mut Receipt),
}

/// A genesis text that names these validators.
pub(crate) fn genesis_text(validators: &[PublicKey]) -> Vec<u8> {
    let keeper = |key: &PublicKey| Keeper {
        name: format!("医院 {}", &key.to_string()[..4]),
        key: *key,
        owner: *key,
        address: "v.example:90".into(),
        web: String::new(),
    };
    let genesis = Genesis {
        format: "commonweal-genesis-v1".into(),
        name: "湖北 relief".into(),
        time_ms: 1_580_000_000_000,
        validators: validators.iter().map(keeper).collect(),
        epoch_blocks: EPOCH_BLOCKS,
        approval_percent: 67,
        rules: Hash::of(&[b"rules"]),
    };
    genesis.to_bytes()
}

impl Draft {
    /// A good receipt of a network with this many validators, all of whom sign.
    pub(crate) fn new(validators: u64) -> Self {
        let committee = committee(0..validators);
        let mut draft = Draft {
            genesis: genesis_text(&publics(&committee)),
            committee,
            changes: Vec::new(),
            signing: (0..validators).collect(),
            envelope: Envelope::unsigned(Vec::new()),
            operation: None,
            log_size: 1,
            index: 0,
            map: Map::default(),
            state: Vec::new(),
            state_root: None,
            log: None,
            votes_for: None,
            twist_header: |_| (),
            twist_header_bytes: |_| (),
            twist_vote: |_| (),
            twist_message: |_| (),
            twist_certificate: |_| (),
            twist_certificate_bytes: |_| (),
            twist_receipt: |_| (),
        };
        draft.say("急需 N95 口罩 2000 只", 1);
        draft
    }

    /// Replaces the operation by a record with this text, signed by so many keys.
    pub(crate) fn say(&mut self, text: &str, signers: u64) {
        let (network, actor) = (network_id(&self.genesis), Hash::of(&[text.as_bytes()]));
        let nonce = &actor.to_string()[..32];
        let act = format!(r#"{{"record.post":{{"schema":"need","body":{{"text":"{text}"}}}}}}"#);
        let head = format!(r#""v":1,"network":"{network}","actor":"{actor}","time":1580000001000"#);
        let payload = format!(r#"{{{head},"nonce":"{nonce}","act":{act}}}"#);
        self.seal(payload.into_bytes(), signers);
    }

    /// Replaces the operation by any payload, signed by so many keys.
    pub(crate) fn seal(&mut self, payload: Vec<u8>, signers: u64) {
        self.envelope = Envelope::unsigned(payload);
        (0..signers).for_each(|i| self.envelope.sign(&key("signer", i)));
    }

    /// Hash of the operation as the log holds it.
    pub(crate) fn leaf(&self) -> Hash {
        Hash::of(&[&[0], &self.envelope.to_bytes()])
    }

    fn true_log(&self) -> (Hash, Vec<Hash>) {
        let leaf = self.leaf();
        let filler = |at: u64| Hash::of(&[b"filler", &at.to_be_bytes()]);
        // Nobody can hash a huge log, but its path has the same form with any subtrees beside it.
        let subtree = |start: u64, end: u64| match end - start {
            0..1000 => head(&(start..end).map(filler).collect::<Vec<_>>()),
            _ => Hash::of(&[b"subtree", &start.to_be_bytes(), &end.to_be_bytes()]),
        };
        match self.log_size {
            0 => (Hash::of(&[]), Vec::new()),
            size => climb(leaf, self.index.min(size - 1), (0, size), &subtree),
        }
    }

    fn certificate(&self, network: &Hash, height: u64, digest: Hash) -> Vec<u8> {
        let committee = self.committee.len() as u64;
        let signatures = Vec::new();
        let (epoch, view, parent_view) = (height / EPOCH_BLOCKS, 300, 299);
        let mut certificate =
            Certificate { epoch, view, parent_view, digest, committee, signatures };
        (self.twist_vote)(&mut certificate);
        let mut message = signed_bytes(network, &certificate);
        (self.twist_message)(&mut message);
        let sign = |place: &u64| match &self.committee[*place as usize].1 {
            Some(secret) => (*place, secret.sign(&message)),
            None => (*place, Signature([0; 64])),
        };
        certificate.signatures = self.signing.iter().map(sign).collect();
        (self.twist_certificate)(&mut certificate);
        let mut bytes = certificate.to_bytes();
        (self.twist_certificate_bytes)(&mut bytes);
        bytes
    }

    /// The receipt that these parts make.
    pub(crate) fn receipt(&self) -> Receipt {
        use base64::Engine as _;
        let network = network_id(&self.genesis);
        let (log_root, inclusion) = self.log.clone().unwrap_or_else(|| self.true_log());
        let keys = publics(&self.committee);
        let mut header = Header {
            network,
            height: 41,
            parent: Hash::of(&[b"parent"]),
            time_ms: 1_580_000_002_000,
            proposer: keys.first().copied().unwrap_or(PublicKey([0; 32])),
            log_size: self.log_size,
            log_root,
            state_root: self.state_root.unwrap_or_else(|| self.map.root()),
            validators: weal_proof::genesis::committee_hash(&keys),
            body: Hash::of(&[b"body"]),
        };
        (self.twist_header)(&mut header);
        let mut bytes = header.to_bytes();
        (self.twist_header_bytes)(&mut bytes);
        let votes_for = self.votes_for.unwrap_or(network);
        let certificate = self.certificate(&votes_for, header.height, Hash::of(&[&bytes]));
        let canonical = || String::from_utf8(self.envelope.to_bytes()).unwrap();
        let operation = self.operation.clone().unwrap_or_else(canonical);
        let mut receipt = Receipt {
            format: FORMAT.into(),
            network,
            genesis: base64::engine::general_purpose::STANDARD.encode(&self.genesis),
            operation: RawValue::from_string(operation).unwrap(),
            index: self.index,
            inclusion,
            header: to_hex(&bytes),
            certificate: to_hex(&certificate),
            state: self.state.clone(),
            sets: self.sets(),
        };
        (self.twist_receipt)(&mut receipt);
        receipt
    }

    /// The receipt's file in one line.
    pub(crate) fn text(&self) -> String {
        serde_json::to_string(&self.receipt()).unwrap()
    }
}

/// Names and values of a made-up state.
pub(crate) fn entries(count: usize) -> Vec<(String, String)> {
    let place = |i: usize| ["武汉", "黄冈", "孝感"][i % 3];
    let value = |i: usize| format!(r#"{{"at":"{}","open":{i}}}"#, place(i));
    (0..count).map(|i| (format!("record/{}/{i}", place(i)), value(i))).collect()
}

/// Good receipts of networks and books of many sizes.
pub(crate) fn good() -> Vec<String> {
    let mut texts = Vec::new();
    let ways = ways();
    for validators in [1, 4, 7] {
        for (row, log_size) in [1, 2, 3, 4, 7, 8, 23, 31, 50].into_iter().enumerate() {
            let number = texts.len();
            let mut draft = match number % 4 {
                3 => {
                    let (first, later) = ways[number / 4 % ways.len()].clone();
                    Draft::kept_by(first, later)
                }
                _ => Draft::new(validators),
            };
            if row % 2 == 1 {
                let members = draft.committee.len() as u64;
                let quorum = weal_proof::certificate::quorum(members);
                draft.signing = (members - quorum..members).collect();
            }
            draft.log_size = log_size;
            draft.index = (number as u64 * 7) % log_size;
            draft.say(&format!("第 {number} 号：口罩 {log_size} 箱"), 1 + number as u64 % 2);
            let known = entries([0, 0, 1, 2, 6, 30][number % 6]);
            draft.map = Map::of(&known);
            for (name, value) in known.iter().take([0, 0, 1, 1, 2, 2][number % 6]) {
                draft.state.push(draft.map.entry(name, Some(value)));
            }
            if number % 6 != 0 {
                draft.state.push(draft.map.entry("record/没有", None));
            }
            let receipt = draft.receipt();
            let lines = || serde_json::to_string_pretty(&receipt).unwrap();
            texts.push(if row == 4 { lines() } else { draft.text() });
        }
    }
    texts
}
