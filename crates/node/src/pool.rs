//! The pool: the one owner of an operation's life from its arrival until it is final or refused.
//!
//! Everything the node knows of an operation that is not final stands here, under one lock.
//!
//! 1. An operation arrives with a ticket, in order of arrival. Whether it is final already is asked
//!    under the lock: the ids of the last final blocks are remembered here, so that nothing can
//!    become final between the question and the ticket.
//! 2. Its signatures are checked in a bounded queue of its ingress: this node's own door, or the
//!    institution that spread it. Until then it counts against nobody else.
//! 3. Then it takes a place on an account: of its sender, if a key of theirs signed; of the
//!    newcomers of its ingress, if it registers somebody; otherwise of the strangers of its
//!    ingress. Accounts, ingresses and the whole are bounded.
//! 4. A block is offered what waits: all of it in order of arrival, or, when more waits than one
//!    block is offered, equal shares of every ingress, and within it of every account.
//! 5. The rules refuse an operation for good when nothing that arrived before it still waits, or
//!    when they have refused it [`limits::JUDGEMENTS`] times, at growing distances. A stranger's is
//!    refused at once. The refusal is told when the block it was judged in is final: only then is
//!    it known that the leader did not judge by an old state.
//! 6. What a block took stays here until the block is final; if another block takes its height, it
//!    waits again in its old place.

mod life;
mod offer;
mod recent;

use crate::limits;
use crate::sync::{Mutex, MutexGuard};
use bytes::Bytes;
use futures::channel::oneshot;
use life::{Inner, Phase};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use weal_kernel::{Refused, Signed};
use weal_proof::Hash;
use weal_proof::keys::PublicKey;
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
    /// Its signatures are good, and meanwhile its account was full.
    Crowded(Full),
}

/// By which door an operation came to this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ingress {
    /// It was handed to this node, which spreads it.
    Local,
    /// This institution spread it.
    Keeper(PublicKey),
}

/// On whose account an operation of an ingress waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Payer {
    /// A sender whose key signed.
    Sender(Hash),
    /// All who register through this ingress.
    Newcomers,
    /// All whose keys this node does not know, or not yet.
    Strangers,
}

/// An ingress and who pays there.
pub(crate) type Account = (Ingress, Payer);

/// An operation with its canonical bytes.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its place in the order of arrival at this node.
    pub ticket: u64,
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
pub enum Full {
    /// This sender has too many waiting.
    Sender,
    /// All together have too many waiting.
    Everybody,
}

/// The answer to an operation that arrives.
pub(crate) enum Admission {
    /// It has a ticket; its signatures must be checked.
    New(Item, oneshot::Receiver<Outcome>),
    /// It had one already.
    Known(oneshot::Receiver<Outcome>),
    /// It is final, at this place.
    Final(u64),
    /// It was looked up in a state older than what the pool remembers: look again.
    Outdated,
}

/// What waits on this node.
#[derive(Default)]
pub struct Pool {
    inner: Mutex<Inner>,
}

/// How an operation arrives: by which door, whether a key of its sender signed, and the height of
/// the final state in which both this and its absence were looked up.
pub(crate) struct Arrival {
    pub(crate) ingress: Ingress,
    pub(crate) vouched: bool,
    pub(crate) height: u64,
}

impl Pool {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives an operation its ticket.
    pub(crate) fn admit(
        &self,
        signed: impl Into<Arc<Signed>>,
        arrival: &Arrival,
    ) -> Result<Admission, Full> {
        let signed = signed.into();
        let bytes = Bytes::from(signed.envelope.to_bytes());
        let leaf = leaf_hash(&bytes);
        let mut inner = self.lock();
        if let Some(index) = inner.recent.index_of(&signed.id) {
            return Ok(Admission::Final(index));
        }
        if !inner.recent.reaches_back_to(arrival.height) {
            return Ok(Admission::Outdated);
        }
        let (tell, told) = oneshot::channel();
        if inner.is_known(&leaf) {
            inner.listen(&leaf, arrival.ingress, tell)?;
            return Ok(Admission::Known(told));
        }
        let account = inner.account(&signed, arrival);
        inner.check_room(&signed, account, bytes.len())?;
        let local = arrival.ingress == Ingress::Local;
        let item = Item { ticket: 0, signed, bytes, leaf, local };
        let item = inner.arrive(item, account, tell);
        Ok(Admission::New(item, told))
    }

    /// Gives a ticket without asking whether the operation is final.
    #[cfg(feature = "shuttle")]
    pub(crate) fn admit_unasked(&self, signed: Signed) -> Item {
        let bytes = Bytes::from(signed.envelope.to_bytes());
        let leaf = leaf_hash(&bytes);
        let item = Item { ticket: 0, signed: Arc::new(signed), bytes, leaf, local: true };
        let account = (Ingress::Local, Payer::Newcomers);
        self.lock().arrive(item, account, oneshot::channel().0)
    }

    /// The signatures of these operations are good: each takes its place, and blocks may take it.
    pub fn checked(&self, items: &[Item]) {
        let mut inner = self.lock();
        items.iter().for_each(|item| inner.settle(item.ticket));
        inner.wake_up();
    }

    /// The operation with this leaf, if it is not final and its signatures were found good.
    pub(crate) fn signed(&self, leaf: &Hash) -> Option<Arc<Signed>> {
        self.lock().checked(leaf)
    }

    /// Operations received and not yet final.
    pub fn len(&self) -> usize {
        self.lock().entries.len()
    }

    /// What waits, by phase and payer: for whoever looks into a pool that does not get empty.
    pub fn describe(&self) -> String {
        let inner = self.lock();
        let mut counts = BTreeMap::<String, usize>::new();
        for entry in inner.entries.values() {
            let payer = match entry.account.1 {
                Payer::Sender(_) => "of senders",
                Payer::Newcomers => "of newcomers",
                Payer::Strangers => "of strangers",
            };
            let local = if entry.item.local { "local" } else { "spread" };
            let act = entry.item.signed.payload.act.name();
            let judged = entry.judgements;
            let kind = format!("{:?} {payer} {local} {act} judged {judged}", entry.phase);
            *counts.entry(kind).or_default() += 1;
        }
        format!("{counts:?}")
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The ticket of the operation that has waited longest, and that of the next one to come.
    pub(crate) fn waiting(&self) -> (Option<u64>, u64) {
        let inner = self.lock();
        (inner.entries.first_key_value().map(|(ticket, _)| *ticket), inner.next_ticket)
    }

    /// What was handed to this node and has waited since before that ticket, oldest first; and the
    /// ticket of the next operation.
    pub fn overdue(&self, before: u64) -> (Vec<Bytes>, u64) {
        let inner = self.lock();
        let waits = |phase: Phase| matches!(phase, Phase::Waiting | Phase::Deferred { .. });
        let waiting = inner.entries.range(..before).map(|(_, entry)| entry);
        let local = waiting.filter(|entry| waits(entry.phase) && entry.item.local);
        let bytes = local.take(limits::SPREAD_AGAIN).map(|entry| entry.item.bytes.clone());
        (bytes.collect(), inner.next_ticket)
    }

    /// Resolves when a block could take something.
    pub(crate) fn ready(&self) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        let mut inner = self.lock();
        inner.wake.retain(|listener| !listener.is_canceled());
        inner.wake.push(tell);
        inner.wake_up();
        told
    }

    /// Resolves when something waits that may have to be refused, or that an open block may lose.
    pub(crate) fn restless(&self) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        let mut inner = self.lock();
        inner.wake_restless.retain(|listener| !listener.is_canceled());
        inner.wake_restless.push(tell);
        inner.wake_up();
        told
    }

    /// Another's block that may become final holds these operations: as long as it is open they
    /// give nobody a reason to make haste.
    pub(crate) fn in_flight(&self, height: u64, leaves: &[Hash]) {
        self.lock().in_flight(height, leaves);
    }

    /// Offers what waits to `judge`, which says what to do with each; it is told whether something
    /// that arrived earlier still waits. Nothing is told yet: see [`Pool::in_block`].
    pub(crate) fn take(&self, judge: &mut dyn FnMut(&Item, bool) -> Verdict) -> Taken {
        let offers = self.lock().offer();
        let mut verdicts = Vec::with_capacity(offers.len());
        let mut gap = false;
        for offer in offers {
            let verdict = judge(&offer.item, !offer.decides && (offer.after_gap || gap));
            gap |= matches!(verdict, Verdict::Keep | Verdict::Skip) && !offer.decides;
            if matches!(verdict, Verdict::Full) {
                break;
            }
            verdicts.push((offer.item, verdict));
        }
        self.lock().carry_out(verdicts)
    }

    /// Remembers what a block took and what was refused when it was built; both are told when it
    /// is final.
    pub(crate) fn in_block(&self, digest: Hash, height: u64, taken: Taken) {
        self.lock().in_block(digest, height, taken);
    }

    /// The rules say no to an operation for good.
    pub fn refuse(&self, item: &Item, reason: Refused) {
        self.lock().refuse(item.ticket, reason);
    }

    /// A block is final: its operations are told, and losers wait again.
    pub(crate) fn finalized(&self, digest: &Hash, height: u64, entries: &[(Hash, u64)]) {
        let mut inner = self.lock();
        inner.finalized(digest, height, entries);
        inner.wake_up();
    }

    /// Whether nothing more comes in, by whatever door.
    pub(crate) fn shut(&self, shut: bool) {
        self.lock().shut = shut;
    }

    /// The chain goes on from this height; so many institutions share the pool.
    pub(crate) fn begin(&self, height: u64, keepers: usize) {
        let mut inner = self.lock();
        inner.recent.begin(height);
        inner.ingresses = keepers.max(1);
    }

    /// So many institutions share the pool.
    pub(crate) fn share(&self, keepers: usize) {
        self.lock().ingresses = keepers.max(1);
    }

    /// Why an operation was refused, if that was lately.
    pub(crate) fn refusal(&self, id: &Hash) -> Option<Refused> {
        let inner = self.lock();
        inner.refusals.iter().rev().find(|(known, _)| known == id).map(|(_, r)| r.clone())
    }

    /// Whether an operation waits here.
    pub fn has(&self, id: &Hash) -> bool {
        self.lock().tickets.contains_key(id)
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
    /// The rules say no as things stand; something before it may change that.
    Keep,
    /// It was not judged: this block has no more work to give to such operations.
    Skip,
    /// Nothing is decided here.
    Leave,
    /// Nobody relies on this node for it, and this node can do nothing for it.
    Forget,
    /// The block is full.
    Full,
}

#[cfg(test)]
mod tests;
