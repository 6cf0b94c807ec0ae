//! The chain of states: the final one, and those that stand on it and may still lose.

use crate::body;
use crate::checker::are_signed;
use crate::follower::Feed;
use crate::hashes::Hashes;
use crate::limits;
use crate::pool::{Item, Pool, Verdict};
use crate::snapshot::Snapshot;
use bytes::Bytes;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use weal_engine::{Block, Ledger};
use weal_kernel::block::{FinalBlock, LogEntry};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Signed, State};
use weal_proof::certificate::Certificate;
use weal_proof::keys::PublicKey;
use weal_proof::log::{Frontier, leaf_hash};
use weal_proof::{Hash, Header};

/// The newest block whose own certificate is at hand, with the state after it.
#[derive(Clone)]
pub(crate) struct Certified {
    pub(crate) header: Header,
    pub(crate) certificate: Vec<u8>,
    pub(crate) state: State,
}

/// A block that was executed and is not final yet.
#[derive(Clone)]
struct Executed {
    tip: Snapshot,
    leaves: Arc<Vec<Hash>>,
    entries: Arc<Vec<LogEntry>>,
}

struct Tips {
    last: Snapshot,
    certified: Option<Certified>,
    pending: HashMap<Hash, Executed>,
    saved_at: u64,
}

/// What the engine orders blocks for.
pub(crate) struct Chain {
    genesis: Header,
    tips: Mutex<Tips>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) hashes: RwLock<Hashes>,
    pub(crate) feed: Feed,
    /// A snapshot that waits to be written, and who writes it.
    save: std::sync::mpsc::Sender<Option<Snapshot>>,
}

impl Chain {
    pub(crate) fn new(
        genesis: Header,
        start: Snapshot,
        hashes: Hashes,
        feed: Feed,
        save: std::sync::mpsc::Sender<Option<Snapshot>>,
    ) -> Self {
        let saved_at = start.header.log_size;
        let pending = HashMap::new();
        let tips = Tips { last: start, certified: None, pending, saved_at };
        Chain {
            genesis,
            tips: Mutex::new(tips),
            pool: Arc::new(Pool::default()),
            hashes: RwLock::new(hashes),
            feed,
            save,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Tips> {
        self.tips.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last final block and the state after it.
    pub(crate) fn last(&self) -> Snapshot {
        self.lock().last.clone()
    }

    /// The newest block whose own certificate is at hand.
    pub(crate) fn certified(&self) -> Option<Certified> {
        self.lock().certified.clone()
    }

    /// After a restart: the certificate of the last final block, if the archive has it.
    pub(crate) fn recall_certificate(&self, certificate: Vec<u8>) {
        let mut tips = self.lock();
        let Snapshot { header, state, .. } = tips.last.clone();
        let about = Certificate::from_bytes(&certificate).map(|certificate| certificate.digest);
        if about == Ok(header.digest()) {
            tips.certified.get_or_insert(Certified { header, certificate, state });
        }
    }

    /// The state after a block: the final tip or one that stands on it.
    fn tip(&self, digest: &Hash) -> Option<Snapshot> {
        let tips = self.lock();
        if tips.last.header.digest() == *digest {
            return Some(tips.last.clone());
        }
        tips.pending.get(digest).map(|executed| executed.tip.clone())
    }

    /// Executes operations one after the other; `None` if any of them is refused.
    fn execute(&self, parent: &Snapshot, time_ms: u64, operations: Vec<Signed>) -> Option<Draft> {
        let mut draft = Draft::on(parent, time_ms);
        for signed in operations {
            let leaf = leaf_hash(&signed.envelope.to_bytes());
            draft.run(Arc::new(signed), leaf).ok()?;
        }
        Some(draft)
    }

    fn read_body(&self, block: &Block) -> Option<Vec<Signed>> {
        let network = self.genesis.network;
        let envelopes = body::read(&block.body)?;
        let shape = |envelope| weal_kernel::check_envelope(&network, envelope).ok();
        envelopes.into_iter().map(shape).collect()
    }

    fn keep(&self, digest: Hash, executed: Executed) {
        self.lock().pending.insert(digest, executed);
    }

    /// Executes a final block that was not executed before: after a restart, or when behind.
    fn catch_up(&self, block: &Block) -> Result<Executed, String> {
        let parent = self.tip(&block.header.parent).ok_or("the block has an unknown parent")?;
        let operations = self.read_body(block).ok_or("the block's body is malformed")?;
        let draft = self
            .execute(&parent, block.header.time_ms, operations)
            .ok_or("the block holds an operation that the rules refuse")?;
        let executed = draft.finish(block.header.clone());
        if !executed.matches(&block.header) {
            return Err("the block leads to another state than its header says".into());
        }
        Ok(executed)
    }

    fn save_if_due(&self, tips: &mut Tips) {
        let size = tips.last.header.log_size;
        if size.saturating_sub(tips.saved_at) >= limits::SNAPSHOT_OPERATIONS {
            tips.saved_at = size;
            let _ = self.save.send(Some(tips.last.clone()));
        }
    }
}

/// A block under construction.
struct Draft {
    state: State,
    frontier: Frontier,
    now: UnixMillis,
    leaves: Vec<Hash>,
    entries: Vec<LogEntry>,
}

impl Draft {
    fn on(parent: &Snapshot, time_ms: u64) -> Self {
        Draft {
            state: parent.state.clone(),
            frontier: parent.frontier.clone(),
            now: UnixMillis(time_ms),
            leaves: Vec::new(),
            entries: Vec::new(),
        }
    }

    fn run(&mut self, signed: Arc<Signed>, leaf: Hash) -> Result<(), weal_kernel::Refused> {
        let index = self.frontier.size();
        let decision = self.state.check_rights(&signed, index, self.now)?;
        let postings = self.state.apply(decision);
        self.frontier.push(leaf);
        self.leaves.push(leaf);
        self.entries.push(LogEntry { index, signed, postings });
        Ok(())
    }

    fn finish(self, header: Header) -> Executed {
        let tip = Snapshot { header, frontier: self.frontier, state: self.state };
        Executed { tip, leaves: Arc::new(self.leaves), entries: Arc::new(self.entries) }
    }
}

impl Executed {
    fn matches(&self, header: &Header) -> bool {
        self.tip.frontier.size() == header.log_size
            && self.tip.frontier.root() == header.log_root
            && self.tip.state.root() == header.state_root
    }
}

impl Ledger for Chain {
    fn genesis(&self) -> Header {
        self.genesis.clone()
    }

    fn applied(&self) -> u64 {
        self.lock().last.header.height
    }

    fn ready(&self) -> BoxFuture<'static, ()> {
        self.pool.ready().map(|_| ()).boxed()
    }

    fn knows(&self, digest: &Hash) -> bool {
        self.tip(digest).is_some()
    }

    fn propose(&self, parent: &Header, time_ms: u64, proposer: PublicKey) -> Option<Block> {
        let parent_tip = self.tip(&parent.digest())?;
        let mut draft = Draft::on(&parent_tip, time_ms);
        let mut body = Vec::new();
        let mut refused_some = false;
        let taken = self.pool.take(&mut |item: &Item, after_gap| {
            if draft.state.index_of(&item.signed.id).is_some() {
                return Verdict::Keep;
            }
            let before = body.len();
            if !body::push(&mut body, &item.bytes) {
                return Verdict::Full;
            }
            match draft.run(item.signed.clone(), leaf_hash(&item.bytes)) {
                Ok(()) => Verdict::Take,
                Err(reason) => {
                    body.truncate(before);
                    refused_some = true;
                    if after_gap { Verdict::Keep } else { Verdict::Refuse(reason) }
                }
            }
        });
        if taken.is_empty() && refused_some {
            return None;
        }
        let header = Header {
            network: self.genesis.network,
            height: parent.height + 1,
            parent: parent.digest(),
            time_ms,
            proposer,
            log_size: draft.frontier.size(),
            log_root: draft.frontier.root(),
            state_root: draft.state.root(),
            validators: parent.validators,
            body: Hash::of(&[&body]),
        };
        let digest = header.digest();
        self.pool.in_block(digest, header.height, taken);
        self.keep(digest, draft.finish(header.clone()));
        Some(Block { header, body: Bytes::from(body) })
    }

    fn verify(&self, parent: &Header, block: &Block) -> bool {
        let Some(parent_tip) = self.tip(&parent.digest()) else { return false };
        if block.header.validators != parent.validators {
            return false;
        }
        let Some(operations) = self.read_body(block) else { return false };
        if !operations.is_empty() && !are_signed(operations.iter()) {
            return false;
        }
        let Some(draft) = self.execute(&parent_tip, block.header.time_ms, operations) else {
            return false;
        };
        let executed = draft.finish(block.header.clone());
        let good = executed.matches(&block.header);
        if good {
            self.keep(block.header.digest(), executed);
        }
        good
    }

    fn finalize(&self, block: &Block, certificate: Option<Vec<u8>>) -> Result<(), String> {
        let (digest, height) = (block.header.digest(), block.header.height);
        let known = self.lock().pending.remove(&digest);
        let executed = match known {
            Some(executed) => executed,
            None => self.catch_up(block)?,
        };
        let mut hashes = self.hashes.write().unwrap_or_else(PoisonError::into_inner);
        hashes.append(&executed.leaves).map_err(|e| format!("log hashes: {e}"))?;
        drop(hashes);
        let signed = certificate.as_deref().and_then(|bytes| Certificate::from_bytes(bytes).ok());
        let signed = signed.map_or(0, |c| c.signatures.len() as u64);
        let told: Vec<_> = executed.entries.iter().map(|e| (e.signed.id, e.index)).collect();
        {
            let mut tips = self.lock();
            tips.last = executed.tip.clone();
            tips.pending.retain(|_, other| other.tip.header.height > height);
            if let Some(certificate) = certificate {
                let Snapshot { header, state, .. } = executed.tip.clone();
                tips.certified = Some(Certified { header, certificate, state });
            }
            self.save_if_due(&mut tips);
        }
        if !told.is_empty() {
            tracing::info!(height, entries = told.len(), signed, "a block is final");
        }
        self.pool.finalized(&digest, height, &told);
        let entries = Arc::unwrap_or_clone(executed.entries);
        self.feed.give(FinalBlock { header: block.header.clone(), signed, entries });
        Ok(())
    }
}
