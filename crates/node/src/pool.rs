//! The pool: operations received and not yet final, in order of arrival, shared out fairly.
//!
//! 1. An operation gets its place when it arrives, before its signatures are checked, so that
//!    checking in parallel changes no order.
//! 2. A sender has a bounded number of places; so has everybody together. Beyond, the answer says
//!    who is asked to slow down and for how long.
//! 3. A block takes operations in order of arrival; when more wait than fit into one, it takes from
//!    each sender no more than his share.
//! 4. An operation is refused by the state only when nothing that arrived before it still waits:
//!    what it rests on might be among that.
//! 5. What a block took stays here until the block is final; if another block takes its height, it
//!    waits again in its old place. So does what was refused while the block was built: a leader
//!    who is behind judges by an old state, and only his block's finality shows that he was not.

use crate::limits;
use bytes::Bytes;
use futures::channel::oneshot;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use weal_kernel::{Refused, Signed};
use weal_proof::Hash;
use weal_proof::log::leaf_hash;

/// What became of an operation.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is final, at this place in the log.
    Final {
        /// Its place.
        index: u64,
    },
    /// The rules said no.
    Refused(Refused),
}

/// An operation with its canonical bytes.
#[derive(Debug, Clone)]
pub struct Item {
    pub(crate) place: u64,
    /// The operation.
    pub signed: Arc<Signed>,
    /// Its envelope.
    pub bytes: Bytes,
    /// Hash of its envelope as a leaf of the log.
    pub leaf: Hash,
    /// Whether it was handed to this node, which then spreads it.
    pub local: bool,
}

/// Why the pool has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// This sender has too many waiting.
    Sender,
    /// All together have too many waiting.
    Everybody,
}

/// The answer to an operation that arrives.
pub(crate) enum Admission {
    /// It has a place; its signatures must be checked.
    New(Item, oneshot::Receiver<Outcome>),
    /// It had a place already.
    Known(oneshot::Receiver<Outcome>),
}

/// What waits on this node.
#[derive(Default)]
pub struct Pool {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    next_place: u64,
    bytes: usize,
    /// By place: arrival order.
    waiting: BTreeMap<u64, Waiting>,
    /// By id: everything not yet final, waiting or in a block.
    places: HashMap<Hash, Place>,
    /// By leaf: what is not final and was found to be signed well.
    signed: HashMap<Hash, Arc<Signed>>,
    senders: HashMap<Hash, usize>,
    /// In an order that is the same in every run: who is told that the node died goes on in it.
    listeners: BTreeMap<Hash, Vec<oneshot::Sender<Outcome>>>,
    /// By block: its height, what it took, and what was refused when it was built.
    in_blocks: HashMap<Hash, (u64, Taken)>,
    ready: usize,
    wake: Vec<oneshot::Sender<()>>,
    refusals: VecDeque<(Hash, Refused)>,
}

/// The place of an operation, and what it weighs.
struct Place {
    place: u64,
    sender: Hash,
    bytes: usize,
    leaf: Hash,
    local: bool,
}

struct Waiting {
    item: Item,
    checked: bool,
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives an operation its place.
    pub(crate) fn admit(&self, signed: Signed, local: bool) -> Result<Admission, Full> {
        let mut inner = self.lock();
        let (tell, told) = oneshot::channel();
        if let Some(place) = inner.places.get_mut(&signed.id) {
            // Others spread it before; whoever hands it in here relies on this node.
            place.local |= local;
            inner.listeners.entry(signed.id).or_default().push(tell);
            return Ok(Admission::Known(told));
        }
        let bytes = Bytes::from(signed.envelope.to_bytes());
        let leaf = leaf_hash(&bytes);
        let sender = signed.actor();
        if inner.places.len() >= limits::POOL_OPERATIONS
            || inner.bytes + bytes.len() > limits::POOL_BYTES
        {
            return Err(Full::Everybody);
        }
        let count = inner.senders.entry(sender).or_default();
        if *count >= limits::SENDER_OPERATIONS {
            return Err(Full::Sender);
        }
        *count += 1;
        let place = inner.next_place;
        inner.next_place += 1;
        inner.bytes += bytes.len();
        inner.places.insert(signed.id, Place { place, sender, bytes: bytes.len(), leaf, local });
        inner.listeners.entry(signed.id).or_default().push(tell);
        let item = Item { place, signed: Arc::new(signed), bytes, leaf, local };
        inner.waiting.insert(place, Waiting { item: item.clone(), checked: false });
        Ok(Admission::New(item, told))
    }

    /// The signatures of these operations are good: blocks may take them.
    pub fn checked(&self, items: &[Item]) {
        let mut inner = self.lock();
        for item in items {
            if let Some(waiting) = inner.waiting.get_mut(&item.place) {
                waiting.checked = true;
                inner.ready += 1;
                inner.signed.insert(item.leaf, item.signed.clone());
            }
        }
        inner.wake_up();
    }

    /// The operation with this leaf, if it is not final and its signatures were found good.
    pub(crate) fn signed(&self, leaf: &Hash) -> Option<Arc<Signed>> {
        self.lock().signed.get(leaf).cloned()
    }

    /// Operations received and not yet final.
    pub fn len(&self) -> usize {
        self.lock().places.len()
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was handed to this node and has waited since before that place, oldest first; and the
    /// place the next operation will get.
    pub fn overdue(&self, before: u64) -> (Vec<Bytes>, u64) {
        let inner = self.lock();
        let is_local = |id: &Hash| inner.places.get(id).is_some_and(|place| place.local);
        let waiting = inner.waiting.range(..before);
        let local = waiting.filter(|(_, waiting)| is_local(&waiting.item.signed.id));
        let bytes = local.take(limits::SPREAD_AGAIN).map(|(_, waiting)| waiting.item.bytes.clone());
        (bytes.collect(), inner.next_place)
    }

    /// Resolves when a block could take something.
    pub(crate) fn ready(&self) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        let mut inner = self.lock();
        inner.wake.push(tell);
        inner.wake_up();
        told
    }

    /// Offers checked operations in order to `judge`, which says what to do with each. Nothing is
    /// told yet: see [`Pool::in_block`].
    pub(crate) fn take(&self, judge: &mut dyn FnMut(&Item, bool) -> Verdict) -> Taken {
        let candidates = self.lock().candidates();
        let mut taken = Taken::default();
        let mut gap = candidates.gap;
        for (item, after_gap) in candidates.items {
            match judge(&item, after_gap || gap) {
                Verdict::Take => taken.operations.push(item),
                Verdict::Refuse(reason) => taken.refused.push((item, reason)),
                Verdict::Keep => gap = true,
                Verdict::Full => break,
            }
        }
        let mut inner = self.lock();
        for item in taken.operations.iter().chain(taken.refused.iter().map(|(item, _)| item)) {
            inner.waiting.remove(&item.place);
            inner.ready = inner.ready.saturating_sub(1);
        }
        taken
    }

    /// Remembers what a block took and what was refused when it was built; both are told when it
    /// is final.
    pub(crate) fn in_block(&self, digest: Hash, height: u64, taken: Taken) {
        let mut inner = self.lock();
        // Two blocks without operations on one parent at one time are the same block.
        let (at, known) = inner.in_blocks.entry(digest).or_default();
        *at = height;
        known.operations.extend(taken.operations);
        known.refused.extend(taken.refused);
    }

    /// The rules say no to an operation for good.
    pub fn refuse(&self, item: &Item, reason: Refused) {
        self.lock().refuse(item, reason);
    }

    /// A block is final: its operations are told, and losers wait again.
    pub(crate) fn finalized(&self, digest: &Hash, height: u64, entries: &[(Hash, u64)]) {
        let mut inner = self.lock();
        let (_, Taken { refused, .. }) = inner.in_blocks.remove(digest).unwrap_or_default();
        for (item, reason) in refused {
            if inner.places.contains_key(&item.signed.id) {
                inner.refuse(&item, reason);
            }
        }
        for (id, index) in entries {
            let Some(place) = inner.leave(id) else { continue };
            if let Some(waiting) = inner.waiting.remove(&place) {
                inner.ready = inner.ready.saturating_sub(usize::from(waiting.checked));
            }
            inner.tell(id, &Outcome::Final { index: *index });
        }
        let lost: Vec<Hash> = inner
            .in_blocks
            .iter()
            .filter(|(_, (taken_at, _))| *taken_at <= height)
            .map(|(digest, _)| *digest)
            .collect();
        for digest in lost {
            let (_, Taken { operations, refused }) =
                inner.in_blocks.remove(&digest).unwrap_or_default();
            for item in operations.into_iter().chain(refused.into_iter().map(|(item, _)| item)) {
                inner.put_back(item);
            }
        }
        inner.wake_up();
    }

    /// Why an operation was refused, if that was lately.
    pub(crate) fn refusal(&self, id: &Hash) -> Option<Refused> {
        let inner = self.lock();
        inner.refusals.iter().rev().find(|(known, _)| known == id).map(|(_, r)| r.clone())
    }

    /// Whether an operation waits here.
    pub fn has(&self, id: &Hash) -> bool {
        self.lock().places.contains_key(id)
    }
}

/// What became of the operations that were offered to a block.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// They are in the block.
    pub(crate) operations: Vec<Item>,
    /// The rules say no, in the state in which the block was built.
    pub(crate) refused: Vec<(Item, Refused)>,
}

/// What to do with an operation that is offered to a block.
pub(crate) enum Verdict {
    /// It is in the block.
    Take,
    /// The rules say no, and nothing before it waits.
    Refuse(Refused),
    /// Not now.
    Keep,
    /// The block is full.
    Full,
}

struct Candidates {
    /// Each with whether something before it is not offered.
    items: Vec<(Item, bool)>,
    gap: bool,
}

impl Inner {
    fn candidates(&self) -> Candidates {
        let senders = self.senders.len().max(1);
        let crowded = self.waiting.len() > limits::BLOCK_OPERATIONS;
        let fair = (limits::BLOCK_OPERATIONS / senders).max(limits::SENDER_SHARE_MIN);
        let share = if crowded { fair } else { limits::BLOCK_OPERATIONS };
        let mut taken: HashMap<Hash, usize> = HashMap::new();
        let mut items = Vec::new();
        // Whose operation is still being checked keeps his later ones waiting: checking in parallel
        // changes no order.
        let mut behind: BTreeSet<Hash> = BTreeSet::new();
        let mut gap = false;
        for waiting in self.waiting.values() {
            if items.len() >= limits::BLOCK_OPERATIONS {
                break;
            }
            let sender = waiting.item.signed.actor();
            if !waiting.checked {
                behind.insert(sender);
            }
            let count = taken.entry(sender).or_default();
            if behind.contains(&sender) || *count >= share {
                gap = true;
                continue;
            }
            *count += 1;
            items.push((waiting.item.clone(), gap));
        }
        Candidates { items, gap: false }
    }

    fn put_back(&mut self, item: Item) {
        if self.places.contains_key(&item.signed.id) {
            self.ready += 1;
            self.waiting.insert(item.place, Waiting { item, checked: true });
        }
    }

    fn refuse(&mut self, item: &Item, reason: Refused) {
        tracing::info!(id = %item.signed.id, %reason, "an operation was refused");
        self.waiting.remove(&item.place);
        self.leave(&item.signed.id);
        if self.refusals.len() >= limits::REFUSALS_REMEMBERED {
            self.refusals.pop_front();
        }
        self.refusals.push_back((item.signed.id, reason.clone()));
        self.tell(&item.signed.id, &Outcome::Refused(reason));
    }

    /// Takes an operation's place away; says which it was.
    fn leave(&mut self, id: &Hash) -> Option<u64> {
        let Place { place, sender, bytes, leaf, .. } = self.places.remove(id)?;
        self.signed.remove(&leaf);
        self.bytes = self.bytes.saturating_sub(bytes);
        if let Some(count) = self.senders.get_mut(&sender) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.senders.remove(&sender);
            }
        }
        Some(place)
    }

    fn tell(&mut self, id: &Hash, outcome: &Outcome) {
        for listener in self.listeners.remove(id).unwrap_or_default() {
            let _ = listener.send(outcome.clone());
        }
    }

    fn wake_up(&mut self) {
        if self.ready > 0 {
            for listener in self.wake.drain(..) {
                let _ = listener.send(());
            }
        }
    }
}

#[cfg(test)]
mod tests;
