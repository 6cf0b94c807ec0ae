//! The state: a Merkle map of readable entries, and drafts that change all at once or nothing.

pub mod keys;
pub mod map;
mod shelf;

use crate::schema::Rules;
use crate::work::{Meter, Work, size};
use map::Map;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shelf::Shelf;
use std::collections::BTreeMap;
use std::sync::Arc;
use weal_charter::Charter;
use weal_proof::genesis::{Keeper, committee};
use weal_proof::keys::PublicKey;
use weal_proof::map::MapProof;
use weal_proof::{Genesis, Hash};

/// Everything the rules may look at. Cloning is cheap: clones share what they have in common.
#[derive(Clone)]
pub struct State {
    map: Map,
    rules: Arc<Rules>,
    network: Hash,
    shelf: Arc<Shelf>,
}

/// What the state says about the network itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Network {
    /// The epoch these validators keep.
    pub epoch: u64,
    /// Who keeps the book now, sorted by key.
    pub validators: Vec<Keeper>,
    /// Who keeps it in the next epoch, sorted by key.
    pub next: Vec<Keeper>,
    /// The epochs that began with other validators' keys than the one before.
    pub changes: Vec<u64>,
    /// Of a hundred validators, how many must approve a change.
    pub approval_percent: u64,
    /// Hash of the rules document.
    pub rules: Hash,
}

impl Network {
    /// Whether this key speaks for one of the institutions that keep the book now.
    pub fn is_owner(&self, key: &PublicKey) -> bool {
        self.validators.iter().any(|keeper| keeper.owner == *key)
    }
}

impl State {
    /// The state before the first operation.
    pub fn genesis(network: Hash, genesis: &Genesis, rules: Arc<Rules>) -> State {
        let mut state = State { map: Map::default(), rules, network, shelf: Arc::default() };
        let mut validators = genesis.validators.clone();
        validators.sort_unstable_by_key(|keeper| keeper.key);
        let entry = Network {
            epoch: 0,
            changes: Vec::new(),
            next: validators.clone(),
            validators,
            approval_percent: genesis.approval_percent,
            rules: genesis.rules,
        };
        state.map.insert(keys::NETWORK, encode(&entry));
        state
    }

    /// A state from entries that were saved; check its root against a certified header.
    pub fn restore(
        network: Hash,
        rules: Arc<Rules>,
        entries: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> State {
        let mut state = State { map: Map::default(), rules, network, shelf: Arc::default() };
        for (key, value) in entries {
            state.insert(&key, value);
        }
        state
    }

    /// What the state says about the network itself.
    pub fn keeping(&self) -> Option<Network> {
        self.get(keys::NETWORK)
    }

    /// Begins an epoch, before its first block: those who were chosen keep the book from now on.
    pub fn begin_epoch(&mut self, epoch: u64) {
        let Some(mut network) = self.keeping() else { return };
        let (before, after) = (committee(&network.validators), committee(&network.next));
        network.epoch = epoch;
        network.validators.clone_from(&network.next);
        if before != after {
            network.changes.push(epoch);
            self.map.insert(&keys::committee(epoch), encode(&after));
        }
        self.map.insert(keys::NETWORK, encode(&network));
    }

    /// The root that headers carry.
    pub fn root(&self) -> Hash {
        self.map.root()
    }

    /// Entries in the map.
    pub fn len(&self) -> u64 {
        self.map.len()
    }

    /// Whether the map is empty.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Calls `visit` for each entry, in the order of positions.
    pub fn each_entry(&self, visit: &mut dyn FnMut(&str, &[u8])) {
        self.map.each(visit);
    }

    /// The bytes of an entry.
    pub fn entry(&self, key: &str) -> Option<&[u8]> {
        self.map.get(key)
    }

    /// The proof that an entry is what it is, or that there is none.
    pub fn prove(&self, key: &str) -> MapProof {
        self.map.prove(key)
    }

    /// The rules document.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The network's id.
    pub fn network(&self) -> Hash {
        self.network
    }

    /// Reads an entry.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        decode(self.map.get(key)?)
    }

    /// Writes all entries of a decision.
    pub(crate) fn write(&mut self, writes: BTreeMap<String, Vec<u8>>) {
        for (key, value) in writes {
            self.insert(&key, value);
        }
    }

    fn insert(&mut self, key: &str, value: Vec<u8>) {
        if let Some((id, charter)) = Shelf::read(key, &value) {
            Arc::make_mut(&mut self.shelf).keep(id, charter);
        }
        self.map.insert(key, value);
    }

    /// A charter's text, read.
    pub fn read_charter(&self, id: &Hash) -> Option<Arc<Charter>> {
        let text = || Charter::load(&self.charter_text(id)?).ok().map(Arc::new);
        self.shelf.get(id).or_else(text)
    }
}

fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

/// Changes under consideration: reads see them, the state does not until they are applied.
pub struct Draft<'a> {
    state: &'a State,
    writes: BTreeMap<String, Vec<u8>>,
    meter: Meter,
}

impl<'a> Draft<'a> {
    /// A draft without changes.
    pub fn new(state: &'a State) -> Self {
        Draft { state, writes: BTreeMap::new(), meter: Meter::default() }
    }

    /// Reads an entry, as changed by this draft.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        let bytes = self.writes.get(key).map(Vec::as_slice).or_else(|| self.state.entry(key));
        self.meter.entry(bytes.map_or(0, <[u8]>::len));
        decode(bytes?)
    }

    /// Whether there is such an entry.
    pub fn has(&self, key: &str) -> bool {
        self.meter.entry(0);
        self.writes.contains_key(key) || self.state.entry(key).is_some()
    }

    /// Changes an entry.
    pub fn put<T: Serialize>(&mut self, key: String, value: &T) {
        let bytes = encode(value);
        self.meter.entry(bytes.len());
        self.writes.insert(key, bytes);
    }

    /// The state this draft stands on.
    pub fn state(&self) -> &'a State {
        self.state
    }

    /// Counts the steps of what is considered.
    pub(crate) fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The work so far.
    pub(crate) fn work(&self) -> Work {
        let lengths = self.writes.iter().map(|(key, value)| key.len().saturating_add(value.len()));
        let bytes = lengths.fold(0u64, |sum, length| sum.saturating_add(size(length)));
        Work { steps: self.meter.taken(), entries: size(self.writes.len()), bytes }
    }

    /// The changes.
    pub fn into_writes(self) -> BTreeMap<String, Vec<u8>> {
        self.writes
    }
}
