//! The chain of states: the final one, and those that stand on it and may still lose.

use crate::body;
use crate::checker::are_signed;
use crate::hashes::Hashes;
use crate::limits;
use crate::pool::{Admission, Arrival, Full, Ingress, Item, Outcome, Pool, Verdict};
use crate::snapshot::Snapshot;
use crate::sync::{Mutex, MutexGuard};
use bytes::Bytes;
use futures::FutureExt as _;
use futures::channel::oneshot;
use futures::future::BoxFuture;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use weal_engine::{Block, Evidence, Ledger, Member};
use weal_kernel::block::{FinalBlock, LogEntry};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Decision, Effects, Refused, Signed, State};
use weal_proof::certificate::Certificate;
use weal_proof::genesis::{Genesis, Keeper, committee, committee_hash};
use weal_proof::keys::PublicKey;
use weal_proof::log::{Frontier, leaf_hash};
use weal_proof::{Hash, Header};

/// Why an operation got no place in the pool.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// This sender has too many waiting.
    #[error("this sender has too many operations waiting")]
    SenderBusy,
    /// Everybody together has too many waiting.
    #[error("the node has too many operations waiting")]
    NodeBusy,
    /// The disk or the memory is nearly full.
    #[error("the node takes nothing now: {0}")]
    Short(String),
    /// This institution brings in no more newcomers of the one who asks, for now.
    #[error("too many newcomers came by this way lately")]
    TooManyNewcomers,
    /// The node has stopped.
    #[error("the node takes nothing: {0}")]
    Stopped(String),
}

/// The answer to an operation that was taken.
#[derive(Debug)]
pub enum Pending {
    /// It had taken effect before, at this place.
    Before(u64),
    /// It waits; the receiver will be told. It is cancelled if the node stops first.
    Waiting(oneshot::Receiver<Outcome>),
}

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

/// An operation of a block, its leaf in the log, and whether its signatures were checked here.
struct Read {
    signed: Arc<Signed>,
    leaf: Hash,
    checked: bool,
}

struct Tips {
    last: Snapshot,
    certified: Option<Certified>,
    pending: HashMap<Hash, Executed>,
    saved_at: u64,
}

/// Takes a state that is to be saved.
type Save = Box<dyn Fn(Snapshot) + Send + Sync>;

/// Where a chain passes on what it does not do itself; none of these may call it back.
pub struct Outlets {
    /// Takes each final block, in order.
    pub follow: Box<dyn Fn(FinalBlock) + Send + Sync>,
    /// Takes a state that is to be saved.
    pub save: Save,
    /// Checks the signatures of an operation that has its place in the pool, then tells the pool.
    pub check: Box<dyn Fn(Item) + Send + Sync>,
    /// Keeps evidence against a validator.
    pub accuse: Box<dyn Fn(Evidence) + Send + Sync>,
}

/// What the engine orders blocks for.
pub struct Chain {
    first: Header,
    genesis: Genesis,
    tips: Mutex<Tips>,
    /// Operations received and not yet final.
    pub pool: Arc<Pool>,
    pub(crate) hashes: RwLock<Hashes>,
    outlets: Outlets,
}

impl Chain {
    /// A chain that goes on from a state.
    pub(crate) fn new(
        genesis: Genesis,
        first: Header,
        (start, hashes): (Snapshot, Hashes),
        pool: Arc<Pool>,
        outlets: Outlets,
    ) -> Self {
        let saved_at = start.header.log_size;
        let pending = HashMap::new();
        let tips = Tips { last: start, certified: None, pending, saved_at };
        let hashes = RwLock::new(hashes);
        pool.begin(tips.last.header.height, keepers(&tips.last.state));
        Chain { first, genesis, tips: Mutex::new(tips), pool, hashes, outlets }
    }

    /// Takes an operation into the pool, by this door.
    pub fn take_in(
        &self,
        envelope: &[u8],
        ingress: Ingress,
    ) -> Result<(Hash, Pending), SubmitError> {
        let signed = Arc::new(weal_kernel::check_shape(&self.first.network, envelope)?);
        let id = signed.id;
        loop {
            let last = self.last();
            if let Some(index) = last.state.index_of(&id) {
                return Ok((id, Pending::Before(index)));
            }
            let now = UnixMillis(last.header.time_ms);
            let vouched = last.state.is_vouched_for(&signed, now);
            let arrival = Arrival { ingress, vouched, height: last.header.height };
            return match self.pool.admit(signed.clone(), &arrival) {
                Ok(Admission::New(item, told)) => {
                    (self.outlets.check)(item);
                    Ok((id, Pending::Waiting(told)))
                }
                Ok(Admission::Known(told)) => Ok((id, Pending::Waiting(told))),
                Ok(Admission::Final(index)) => Ok((id, Pending::Before(index))),
                Ok(Admission::Outdated) => continue,
                Err(Full::Sender) => Err(SubmitError::SenderBusy),
                Err(Full::Everybody) => Err(SubmitError::NodeBusy),
            };
        }
    }

    /// How an operation was taken in before the pool knew what is final: finality is asked first,
    /// and the answer may be old by the time it is admitted. For the test that shows the race.
    #[cfg(feature = "shuttle")]
    pub fn take_in_unasked(&self, envelope: &[u8]) -> Result<(), SubmitError> {
        let signed = weal_kernel::check_shape(&self.first.network, envelope)?;
        if self.last().state.index_of(&signed.id).is_none() {
            let item = self.pool.admit_unasked(signed);
            (self.outlets.check)(item);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Tips> {
        self.tips.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Header of the last final block, and the state after it.
    pub fn tip_state(&self) -> (Header, State) {
        let last = self.last();
        (last.header, last.state)
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

    /// Executes operations one after the other; `None` if any of them is refused, or begins when so
    /// many steps were taken.
    fn execute(
        &self,
        parent: &Snapshot,
        time_ms: u64,
        operations: Vec<Read>,
        steps_max: u64,
    ) -> Option<Draft> {
        let mut draft = self.draft_on(parent, time_ms);
        for Read { signed, leaf, .. } in operations {
            if draft.steps >= steps_max {
                return None;
            }
            draft.run(signed, leaf).ok()?;
        }
        Some(draft)
    }

    /// A block under construction on this parent. The first of an epoch begins it.
    fn draft_on(&self, parent: &Snapshot, time_ms: u64) -> Draft {
        let height = parent.header.height + 1;
        let mut draft = Draft::on(parent, time_ms);
        if self.genesis.ends_epoch(parent.header.height) {
            draft.state.begin_epoch(self.genesis.epoch(height));
        }
        draft
    }

    /// The operations of a block; `None` unless every one is well-formed. What waits here is not
    /// read again.
    fn read(&self, block: &Block) -> Option<Vec<Read>> {
        let network = self.first.network;
        let read = |bytes: &[u8]| {
            let leaf = leaf_hash(bytes);
            if let Some(signed) = self.pool.signed(&leaf) {
                return Some(Read { signed, leaf, checked: true });
            }
            let signed = weal_kernel::check_envelope(&network, body::canonical(bytes)?).ok()?;
            Some(Read { signed: Arc::new(signed), leaf, checked: false })
        };
        body::split(&block.body)?.into_iter().map(read).collect()
    }

    /// The operations of a block; `None` unless every one is well-formed.
    pub(crate) fn operations(&self, block: &Block) -> Option<Vec<Arc<Signed>>> {
        Some(self.read(block)?.into_iter().map(|read| read.signed).collect())
    }

    fn keep(&self, digest: Hash, executed: Executed) {
        self.lock().pending.insert(digest, executed);
    }

    /// Executes a final block that was not executed before: after a restart, or when behind.
    fn catch_up(&self, block: &Block) -> Result<Executed, String> {
        let parent = self.tip(&block.header.parent).ok_or("the block has an unknown parent")?;
        let operations = self.read(block).ok_or("the block's body is malformed")?;
        let draft = self
            .execute(&parent, block.header.time_ms, operations, u64::MAX)
            .ok_or("the block holds an operation that the rules refuse")?;
        let executed = draft.finish(block.header.clone());
        if !executed.matches(&block.header, &self.genesis) {
            return Err("the block leads to another state than its header says".into());
        }
        Ok(executed)
    }

    /// Lets go of what waits in vain on a node that proposes nothing: of what came before this
    /// ticket, what the rules refuse after the last block, and what others spread: whoever took it
    /// in sees to it. Seed 245 of the simulation: what its ingress had refused too early stayed
    /// here, valid and alone, for ever.
    pub(crate) fn review(&self, before: u64) {
        let last = self.last();
        let mut draft = self.draft_on(&last, last.header.time_ms);
        let taken = self.pool.take(&mut |item: &Item, after_gap| {
            if item.ticket >= before {
                return Verdict::Leave;
            }
            if !draft.has_work_for(&item.signed) {
                return Verdict::Skip;
            }
            match draft.judge(&item.signed) {
                Err(_) if after_gap => Verdict::Keep,
                Err(reason) => Verdict::Refuse(reason),
                Ok(_) if item.local => Verdict::Leave,
                Ok(_) => Verdict::Forget,
            }
        });
        for (item, reason) in taken.refused {
            self.pool.refuse(&item, reason);
        }
    }

    fn save_if_due(&self, tips: &mut Tips) {
        let size = tips.last.header.log_size;
        let due = (size / limits::SNAPSHOT_SHARE).max(limits::SNAPSHOT_OPERATIONS);
        if size.saturating_sub(tips.saved_at) >= due {
            tips.saved_at = size;
            (self.outlets.save)(tips.last.clone());
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
    /// Steps of work so far, those of what was refused among them.
    steps: u64,
    /// Those of operations that may run rules.
    rule_steps: u64,
}

impl Draft {
    fn on(parent: &Snapshot, time_ms: u64) -> Self {
        Draft {
            state: parent.state.clone(),
            frontier: parent.frontier.clone(),
            now: UnixMillis(time_ms),
            leaves: Vec::new(),
            entries: Vec::new(),
            steps: 0,
            rule_steps: 0,
        }
    }

    /// Whether the block has work to give to such an operation.
    fn has_work_for(&self, signed: &Signed) -> bool {
        self.rule_steps < limits::BLOCK_RULE_STEPS || !signed.payload.act.may_run_rules()
    }

    fn judge(&mut self, signed: &Signed) -> Result<Decision, Refused> {
        let (work, verdict) = self.state.judge(signed, self.frontier.size(), self.now);
        self.steps = self.steps.saturating_add(work.steps);
        if signed.payload.act.may_run_rules() {
            self.rule_steps = self.rule_steps.saturating_add(work.steps);
        }
        verdict
    }

    fn run(&mut self, signed: Arc<Signed>, leaf: Hash) -> Result<(), Refused> {
        let index = self.frontier.size();
        let decision = self.judge(&signed)?;
        let Effects { postings, payments } = self.state.apply(decision);
        self.frontier.push(leaf);
        self.leaves.push(leaf);
        self.entries.push(LogEntry { index, signed, postings, payments });
        Ok(())
    }

    fn finish(self, header: Header) -> Executed {
        let tip = Snapshot { header, frontier: self.frontier, state: self.state };
        Executed { tip, leaves: Arc::new(self.leaves), entries: Arc::new(self.entries) }
    }
}

impl Executed {
    fn matches(&self, header: &Header, genesis: &Genesis) -> bool {
        header.validators == certifiers(genesis, header.height, &self.tip.state)
            && self.tip.frontier.size() == header.log_size
            && self.tip.frontier.root() == header.log_root
            && self.tip.state.root() == header.state_root
    }
}

/// Hash of the validator set that certifies the block after this height.
fn certifiers(genesis: &Genesis, height: u64, state: &State) -> Hash {
    let Some(network) = state.keeping() else { return Hash::ZERO };
    let keepers = if genesis.ends_epoch(height) { &network.next } else { &network.validators };
    committee_hash(&committee(keepers))
}

/// Institutions that share the pool.
fn keepers(state: &State) -> usize {
    state.keeping().map_or(1, |network| network.validators.len())
}

impl Ledger for Chain {
    fn genesis(&self) -> Header {
        self.first.clone()
    }

    fn committee(&self, epoch: u64) -> Option<Vec<Member>> {
        let last = self.last();
        let network = last.state.keeping()?;
        let begun = self.genesis.epoch(last.header.height);
        let keepers = if epoch == begun {
            network.validators
        } else if epoch == begun + 1 && self.genesis.ends_epoch(last.header.height) {
            network.next
        } else {
            return None;
        };
        let member = |keeper: Keeper| Member { key: keeper.key, address: keeper.address };
        Some(keepers.into_iter().map(member).collect())
    }

    fn hear(&self, from: PublicKey, messages: Vec<Bytes>) {
        for message in messages {
            // The node that first received it reports the outcome.
            let _ = self.take_in(&message, Ingress::Keeper(from));
        }
    }

    fn accuse(&self, evidence: Evidence) {
        (self.outlets.accuse)(evidence);
    }

    fn applied(&self) -> u64 {
        self.lock().last.header.height
    }

    fn ready(&self) -> BoxFuture<'static, ()> {
        // Those who were chosen need not wait until somebody has something to say.
        if self.last().state.keeping().is_some_and(|network| network.next != network.validators) {
            return futures::future::ready(()).boxed();
        }
        self.pool.ready().map(|_| ()).boxed()
    }

    fn restless(&self) -> BoxFuture<'static, ()> {
        self.pool.restless().map(|_| ()).boxed()
    }

    fn knows(&self, digest: &Hash) -> bool {
        self.tip(digest).is_some()
    }

    fn propose(&self, parent: &Header, time_ms: u64, proposer: PublicKey) -> Option<Block> {
        let parent_tip = self.tip(&parent.digest())?;
        let mut draft = self.draft_on(&parent_tip, time_ms);
        let mut body = Vec::new();
        let taken = self.pool.take(&mut |item: &Item, after_gap| {
            if draft.state.index_of(&item.signed.id).is_some() {
                return Verdict::Leave;
            }
            if draft.steps >= limits::BLOCK_STEPS {
                return Verdict::Full;
            }
            if !draft.has_work_for(&item.signed) {
                return Verdict::Skip;
            }
            let before = body.len();
            if !body::push(&mut body, &item.bytes) {
                return Verdict::Full;
            }
            match draft.run(item.signed.clone(), item.leaf) {
                Ok(()) => Verdict::Take,
                Err(reason) => {
                    body.truncate(before);
                    if after_gap { Verdict::Keep } else { Verdict::Refuse(reason) }
                }
            }
        });
        let header = Header {
            network: self.first.network,
            height: parent.height + 1,
            parent: parent.digest(),
            time_ms,
            proposer,
            log_size: draft.frontier.size(),
            log_root: draft.frontier.root(),
            state_root: draft.state.root(),
            validators: certifiers(&self.genesis, parent.height + 1, &draft.state),
            body: Hash::of(&[&body]),
        };
        let digest = header.digest();
        self.pool.in_block(digest, header.height, taken);
        self.keep(digest, draft.finish(header.clone()));
        Some(Block { header, body: Bytes::from(body) })
    }

    fn verify(&self, parent: &Header, block: &Block) -> bool {
        let Some(parent_tip) = self.tip(&parent.digest()) else { return false };
        let Some(operations) = self.read(block) else { return false };
        let unchecked: Vec<_> = operations.iter().filter(|read| !read.checked).collect();
        if !unchecked.is_empty() && !are_signed(unchecked.iter().map(|read| &*read.signed)) {
            return false;
        }
        let Some(draft) =
            self.execute(&parent_tip, block.header.time_ms, operations, limits::BLOCK_STEPS)
        else {
            return false;
        };
        let executed = draft.finish(block.header.clone());
        let good = executed.matches(&block.header, &self.genesis);
        if good {
            self.pool.in_flight(block.header.height, &executed.leaves);
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
        self.pool.share(keepers(&self.last().state));
        let entries = Arc::unwrap_or_clone(executed.entries);
        (self.outlets.follow)(FinalBlock { header: block.header.clone(), signed, entries });
        Ok(())
    }
}
