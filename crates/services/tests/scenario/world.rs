//! A book without a network that judges the story as a validator does, signatures included.

use std::collections::BTreeMap;
use std::sync::Arc;
use weal_kernel::block::{FinalBlock, LogEntry};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Effects, Hash, State, check_shape};
use weal_proof::keys::SecretKey;
use weal_proof::{Envelope, Genesis, Header};
use weal_services::book::{Book, Reader};
use weal_services::schemas;

pub(crate) const START: UnixMillis = UnixMillis(1_790_000_000_000);

fn keeper() -> SecretKey {
    SecretKey::from_seed([7; 32])
}

pub(crate) struct World {
    pub(crate) state: State,
    /// How often each act occurred; records by their schema or kind of response.
    pub(crate) acts: BTreeMap<String, u64>,
    pub(crate) entries: Vec<LogEntry>,
    index: u64,
}

impl World {
    pub(crate) fn new() -> World {
        let rules = Arc::new(schemas::rules());
        let genesis = Genesis::alone("Qingchuan", START.0, keeper().public(), rules.hash());
        let network = weal_proof::genesis::network_id(&genesis.to_bytes());
        let state = State::genesis(network, &genesis, rules);
        World { state, acts: BTreeMap::new(), entries: Vec::new(), index: 0 }
    }

    /// Judges one operation and lets it take effect.
    pub(crate) fn follow(&mut self, envelope: &Envelope, now: UnixMillis) {
        let text = String::from_utf8_lossy(envelope.payload()).into_owned();
        let signed = check_shape(&self.state.network(), &envelope.to_bytes())
            .unwrap_or_else(|e| panic!("{e}: {text}"));
        signed.envelope.verify().unwrap();
        let decision = self.state.check_rights(&signed, self.index, now);
        let decision = decision.unwrap_or_else(|e| panic!("{}: {e}: {text}", self.index));
        let Effects { postings, payments } = self.state.apply(decision);
        let name = match &signed.payload.act {
            Act::RecordRespond(respond) => format!("record.respond/{:?}", respond.kind),
            Act::RecordPost(post) => format!("record.post/{}", post.schema),
            act => act.name().to_owned(),
        };
        *self.acts.entry(name).or_default() += 1;
        let signed = Arc::new(signed);
        self.entries.push(LogEntry { index: self.index, signed, postings, payments });
        self.index += 1;
    }

    /// What people would read after these operations, all in one block.
    pub(crate) fn read(&mut self, directory: &std::path::Path) -> Reader {
        let header = Header {
            network: self.state.network(),
            height: 1,
            parent: Hash::ZERO,
            time_ms: START.plus(60_000).0,
            proposer: keeper().public(),
            log_size: self.index,
            log_root: Hash::ZERO,
            state_root: self.state.root(),
            validators: Hash::ZERO,
            body: Hash::ZERO,
        };
        let entries = std::mem::take(&mut self.entries);
        let mut book = Book::open(directory).unwrap();
        book.follow(&[FinalBlock { header, signed: 1, entries }]).unwrap();
        book.reader().unwrap()
    }
}
