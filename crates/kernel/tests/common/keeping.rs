//! Those who keep the book of the tests, other networks with their receipts, and what is said
//! about them in random plays.

use super::build::nobody;
use super::play::{Made, Move, Play, Said, said};
use super::{Actor, Op, START, World, key, rules, sealed, validator};
use base64::Engine as _;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use weal_kernel::network::op::{
    Approve, Change, Cite, CitedOperation, Decline, Move as Relocate, Propose,
};
use weal_kernel::network::state::{Outcome, Proposal};
use weal_kernel::records::op::Post;
use weal_kernel::state::{Network, keys};
use weal_kernel::{Act, Hash};
use weal_proof::certificate::{Certificate, signed_bytes};
use weal_proof::genesis::{Keeper, committee_hash, network_id};
use weal_proof::keys::{PublicKey, SecretKey};
use weal_proof::{Genesis, Header, log};

/// An institution whose keys its name decides.
pub fn keeper(name: &str) -> Keeper {
    Keeper {
        name: name.into(),
        key: machine(name).public(),
        owner: owner(name).public(),
        address: format!("{}.example.org:9000", name.replace(' ', "-")),
        web: String::new(),
    }
}

/// The key on the machine of an institution.
pub fn machine(name: &str) -> SecretKey {
    key(&format!("machine of {name}"))
}

/// The key of an institution itself.
pub fn owner(name: &str) -> SecretKey {
    key(&format!("owner of {name}"))
}

/// Names of those who keep the book of the tests, besides the first, who has one key for both.
pub const KEEPERS: [&str; 3] = ["keeper b", "keeper c", "keeper d"];

/// Those who keep the book of the tests: three of the four must approve a change.
pub fn keepers() -> Vec<Keeper> {
    let first = Keeper::alone("keeper a", validator().public());
    [first].into_iter().chain(KEEPERS.map(keeper)).collect()
}

/// Each keeper's key, with the secret key of its owner.
pub fn owners() -> [(PublicKey, SecretKey); 4] {
    let [b, c, d] = KEEPERS.map(|name| (machine(name).public(), owner(name)));
    [(validator().public(), validator()), b, c, d]
}

pub fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Another network, with receipts of three operations in its book.
#[derive(Clone)]
pub struct Abroad {
    /// Its exact genesis text, base64.
    pub genesis: String,
    pub network: Hash,
    /// Ids of operations there, with the text of their receipts.
    pub receipts: Vec<(Hash, String)>,
}

impl Abroad {
    fn new(name: &str) -> Abroad {
        let secret = machine(name);
        let genesis = Genesis::alone(name, START.0, secret.public(), rules().hash());
        let text = genesis.to_bytes();
        let network = network_id(&text);
        let receipts = (1..=3).map(|height| receipt(&genesis, height, &secret)).collect();
        Abroad { genesis: base64(&text), network, receipts }
    }

    pub fn recognise(&self) -> Change {
        Change::Recognise { genesis: self.genesis.clone() }
    }

    /// An operation of it, as records name it.
    pub fn cited(&self, at: usize) -> CitedOperation {
        CitedOperation { network: self.network, operation: self.receipts[at].0 }
    }
}

/// A receipt of the only operation in a book, in the block of this height.
fn receipt(genesis: &Genesis, height: u64, secret: &SecretKey) -> (Hash, String) {
    let network = network_id(&genesis.to_bytes());
    let envelope = sealed(format!("{{\"text\":\"block {height}\"}}").into_bytes(), &[key("a")]);
    let header = Header {
        network,
        height,
        parent: Hash::ZERO,
        time_ms: START.0 + height,
        proposer: secret.public(),
        log_size: 1,
        log_root: log::leaf_hash(&envelope.to_bytes()),
        state_root: Hash::ZERO,
        validators: committee_hash(&genesis.committee()),
        body: Hash::ZERO,
    };
    let mut certificate = Certificate {
        epoch: 0,
        view: height,
        parent_view: height - 1,
        digest: header.digest(),
        committee: 1,
        signatures: Vec::new(),
    };
    certificate.signatures = vec![(0, secret.sign(&signed_bytes(&network, &certificate)))];
    let operation: serde_json::Value = serde_json::from_slice(&envelope.to_bytes()).unwrap();
    let receipt = json!({
        "format": weal_proof::receipt::FORMAT,
        "network": network,
        "genesis": base64(&genesis.to_bytes()),
        "operation": operation,
        "index": 0,
        "inclusion": [],
        "header": weal_proof::hash::to_hex(&header.to_bytes()),
        "certificate": weal_proof::hash::to_hex(&certificate.to_bytes()),
    });
    (envelope.id(), receipt.to_string())
}

/// A network that plays recognise in their opening, and one they may come to recognise.
pub fn abroad() -> &'static [Abroad; 2] {
    static ABROAD: OnceLock<[Abroad; 2]> = OnceLock::new();
    ABROAD.get_or_init(|| ["Wuhan", "Huanggang"].map(Abroad::new))
}

pub fn propose(change: Change) -> Act {
    Act::NetworkPropose(Propose { change })
}

pub fn approve(proposal: Hash, keeper: PublicKey) -> Act {
    Act::NetworkApprove(Approve { proposal, keeper })
}

pub fn decline(proposal: Hash, keeper: PublicKey) -> Act {
    Act::NetworkDecline(Decline { proposal, keeper, reason: "Too early.".into() })
}

pub fn relocate(keeper: PublicKey, address: &str) -> Act {
    Act::NetworkMove(Relocate { keeper, address: address.into(), web: None })
}

pub fn cite(receipt: &str) -> Act {
    Act::NetworkCite(Cite { receipt: receipt.into() })
}

/// A need that names operations of other networks.
pub fn need_citing(cites: Vec<CitedOperation>) -> Act {
    let body = super::build::body(json!({"item": "mask", "quantity": 5}));
    let (occurred, evidence) = (None, Vec::new());
    Act::RecordPost(Post { schema: "need".into(), body, occurred, evidence, cites })
}

impl World {
    /// What the state says about those who keep the book.
    pub fn keeping(&self) -> Network {
        self.state.keeping().unwrap()
    }

    pub fn begin_next_epoch(&mut self) {
        let epoch = self.keeping().epoch + 1;
        self.state.begin_epoch(epoch);
    }

    /// Proposes a change, signed by these keys too.
    pub fn proposes(&mut self, by: &Actor, change: Change, others: &[SecretKey]) -> Hash {
        let op = self.act(by, propose(change));
        let op = others.iter().cloned().fold(op, Op::and);
        self.done(&op)
    }

    /// The approval of one of the first keepers.
    pub fn approval(&mut self, by: &Actor, proposal: Hash, keeper: usize) -> Op {
        let (key, owner) = owners()[keeper].clone();
        self.act(by, approve(proposal, key)).and(owner)
    }

    /// Three of the first keepers approve.
    pub fn approved(&mut self, by: &Actor, proposal: Hash) {
        for keeper in 0..3 {
            let op = self.approval(by, proposal, keeper);
            self.done(&op);
        }
    }

    pub fn proposal(&self, id: &Hash) -> Proposal {
        self.state.get(&keys::proposal(id)).unwrap()
    }
}

impl Play {
    /// Proposals, answers, removals, citations.
    pub(super) fn about_network(&mut self, m: Move) -> Said {
        let who = usize::from(m.who) % self.cast.len();
        match m.which % 16 {
            0..=2 => self.proposed(m, who),
            3..=9 => self.answered(m, who, m.which % 16 != 9),
            10 => {
                let next = self.world.keeping().next;
                let keeper = &next[usize::from(m.whom) % next.len()];
                let act = relocate(keeper.key, &format!("moved-{}.example.org:1", m.amount));
                Said { who, act, others: self.secret(&keeper.owner) }
            }
            11 | 12 => {
                let (_, receipt) = self.foreign_operation(m);
                said(who, cite(&receipt))
            }
            _ => said(who, need_citing(vec![self.foreign_operation(m).0])),
        }
    }

    /// Mostly of the network that is recognised from the start; sometimes spoilt.
    fn foreign_operation(&self, m: Move) -> (CitedOperation, String) {
        let network = &abroad()[usize::from(m.amount.is_multiple_of(8))];
        let at = usize::from(m.whom) % network.receipts.len();
        let receipt = network.receipts[at].1.clone();
        let spoilt = m.twist % 16 == 3;
        let receipt = if spoilt { receipt.replace("\"index\":0", "\"index\":1") } else { receipt };
        (network.cited(at), receipt)
    }

    fn proposed(&mut self, m: Move, who: usize) -> Said {
        let next = self.world.keeping().next;
        let subject = next[usize::from(m.whom) % next.len()].clone();
        let (change, others) = match m.amount % 8 {
            0..=2 => {
                self.fresh += 1;
                let name = format!("newcomer {}", self.fresh);
                self.introduce([machine(&name), owner(&name)]);
                (Change::Add(keeper(&name)), vec![machine(&name), owner(&name)])
            }
            3 => {
                let keeper = Keeper { key: subject.key, ..keeper("nobody") };
                let keys = [self.secret(&subject.key), vec![owner("nobody")]];
                (Change::Add(keeper), keys.concat())
            }
            4 | 5 => (Change::Remove { key: subject.key }, Vec::new()),
            6 => {
                let new = self.fresh_key();
                self.introduce([new.clone()]);
                let change = Change::Rekey { key: subject.key, new: new.public() };
                (change, [self.secret(&subject.owner), vec![new]].concat())
            }
            _ => (abroad()[usize::from(!m.twist.is_multiple_of(8))].recognise(), Vec::new()),
        };
        Said { who, act: propose(change), others }
    }

    /// A keeper who has not answered yet answers a proposal that is open; sometimes another does.
    fn answered(&mut self, m: Move, who: usize, approves: bool) -> Said {
        let known = |made: &Made| self.world.state.get::<Proposal>(&keys::proposal(&made.id));
        let open = |made: &&Made| known(made).is_some_and(|p| p.outcome == Outcome::Open);
        let blind = m.twist % 16 == 5;
        let chosen = match self.proposals.iter().find(open) {
            Some(made) if !blind => *made,
            _ => self.made(&self.proposals, m.amount),
        };
        let answers = known(&chosen).map(|proposal| proposal.answers).unwrap_or_default();
        let keepers = self.world.keeping().validators;
        let silent = |keeper: &&Keeper| answers.iter().all(|known| known.keeper != keeper.key);
        let turned = keepers.iter().cycle().skip(m.whom.into()).take(keepers.len());
        let keeper = match turned.clone().find(silent) {
            Some(keeper) if !blind => keeper.clone(),
            _ => turned.last().unwrap().clone(),
        };
        let id = if self.proposals.is_empty() { nobody() } else { chosen.id };
        let act = if approves { approve(id, keeper.key) } else { decline(id, keeper.key) };
        Said { who, act, others: self.secret(&keeper.owner) }
    }

    /// The secret key behind a public one of those who keep the book or were proposed.
    pub fn secret(&self, key: &PublicKey) -> Vec<SecretKey> {
        self.secrets.get(key).cloned().into_iter().collect()
    }

    fn introduce(&mut self, secrets: impl IntoIterator<Item = SecretKey>) {
        self.secrets.extend(secrets.into_iter().map(|secret| (secret.public(), secret)));
    }
}

/// The secret keys of those who keep the book from the start.
pub fn secrets() -> BTreeMap<PublicKey, SecretKey> {
    let named = KEEPERS.iter().flat_map(|name| [machine(name), owner(name)]);
    named.chain([validator()]).map(|secret| (secret.public(), secret)).collect()
}
