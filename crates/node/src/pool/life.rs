//! The life of an operation: arrived, checked, waiting, deferred, in a block, final or refused.

use super::recent::Recent;
use super::{Account, Arrival, Full, Ingress, Item, Outcome, Payer, Taken, Verdict};
use crate::limits;
use futures::channel::oneshot;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use weal_kernel::{Refused, Signed};
use weal_proof::Hash;

/// Where an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Its signatures are being checked.
    Checking,
    /// A block may take it.
    Waiting,
    /// The rules said no while something before it waited; it is offered again in this turn, or
    /// when nothing before it waits any more.
    Deferred {
        /// The turn.
        until: u64,
    },
    /// A block that is not final took or refused it.
    InBlock,
}

/// An operation that is neither final nor refused.
pub(super) struct Entry {
    pub(super) item: Item,
    pub(super) account: Account,
    pub(super) phase: Phase,
    /// How often the rules refused it while something before it waited.
    pub(super) judgements: u32,
    listeners: Vec<oneshot::Sender<Outcome>>,
}

/// What waits on one account.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) checking: BTreeSet<u64>,
    pub(super) waiting: BTreeSet<u64>,
    /// The last turn in which an operation of it was judged.
    pub(super) served: u64,
    /// Places taken, and their bytes: what was checked, wherever it stands now.
    places: usize,
    bytes: usize,
    /// Of these, how many may run rules.
    rules: usize,
}

/// What waits by one ingress.
#[derive(Default)]
struct Door {
    checking: usize,
    checking_bytes: usize,
    places: usize,
    bytes: usize,
    rules: usize,
}

/// What a block that is not final took and refused, and its height.
type Built = (u64, Vec<u64>, Vec<(u64, Refused)>);

/// Everything, under one lock.
#[derive(Default)]
pub(super) struct Inner {
    pub(super) next_ticket: u64,
    /// Blocks that were offered something.
    pub(super) turn: u64,
    /// Nothing more comes in.
    pub(super) shut: bool,
    /// Institutions that share the pool.
    pub(super) ingresses: usize,
    pub(super) recent: Recent,
    /// By ticket: the order of arrival. Who is told that the node died is told in this order.
    pub(super) entries: BTreeMap<u64, Entry>,
    /// By id: the same operation may come with other signatures.
    pub(super) tickets: HashMap<Hash, Vec<u64>>,
    leaves: HashMap<Hash, u64>,
    pub(super) queues: BTreeMap<Account, Queue>,
    pub(super) deferred: BTreeSet<u64>,
    doors: BTreeMap<Ingress, Door>,
    places: usize,
    bytes: usize,
    /// What a block could take.
    ready: usize,
    /// Strangers' operations that wait.
    strange: usize,
    /// What waits and is in an open block of another, with the height of that block.
    flying: BTreeMap<u64, u64>,
    in_blocks: HashMap<Hash, Built>,
    pub(super) wake: Vec<oneshot::Sender<()>>,
    pub(super) wake_restless: Vec<oneshot::Sender<()>>,
    pub(super) refusals: VecDeque<(Hash, Refused)>,
}

impl Inner {
    pub(super) fn is_known(&self, leaf: &Hash) -> bool {
        self.leaves.contains_key(leaf)
    }

    /// One more wants to hear of an operation that is here.
    pub(super) fn listen(
        &mut self,
        leaf: &Hash,
        ingress: Ingress,
        tell: oneshot::Sender<Outcome>,
    ) -> Result<(), Full> {
        let ticket = self.leaves.get(leaf).copied();
        let entry = ticket.and_then(|ticket| self.entries.get_mut(&ticket));
        let Some(entry) = entry else { return Ok(()) };
        // Others spread it before; whoever hands it in here relies on this node.
        entry.item.local |= ingress == Ingress::Local;
        entry.listeners.retain(|listener| !listener.is_canceled());
        if entry.listeners.len() >= limits::LISTENERS {
            return Err(Full::Sender);
        }
        entry.listeners.push(tell);
        Ok(())
    }

    /// On whose account an operation comes.
    pub(super) fn account(&self, signed: &Signed, arrival: &Arrival) -> Account {
        let payer = if signed.newcomer().is_some() {
            Payer::Newcomers
        } else if arrival.vouched {
            Payer::Sender(signed.actor())
        } else if self.registers_here(signed) {
            Payer::Newcomers
        } else {
            Payer::Strangers
        };
        (arrival.ingress, payer)
    }

    /// Whether the sender's registration waits here, and one of its keys signed this.
    fn registers_here(&self, signed: &Signed) -> bool {
        let tickets = self.tickets.get(&signed.actor()).map(Vec::as_slice).unwrap_or_default();
        let entries = tickets.iter().filter_map(|ticket| self.entries.get(ticket));
        let mut newcomers = entries.filter_map(|entry| entry.item.signed.newcomer());
        newcomers.any(|keys| keys.keys.iter().any(|key| signed.signed_by(key)))
    }

    /// Whether an operation of so many bytes may be checked and has some prospect of a place.
    pub(super) fn check_room(
        &self,
        signed: &Signed,
        account: Account,
        size: usize,
    ) -> Result<(), Full> {
        if self.shut {
            return Err(Full::Everybody);
        }
        let variants = self.tickets.get(&signed.id).map_or(0, Vec::len);
        if variants >= limits::VARIANTS {
            return Err(Full::Sender);
        }
        let door = self.doors.get(&account.0);
        let (checking, bytes) = door.map_or((0, 0), |door| (door.checking, door.checking_bytes));
        if checking >= limits::CHECK_OPERATIONS || bytes + size > limits::CHECK_BYTES {
            return Err(Full::Everybody);
        }
        self.check_rules(signed, account, 1)?;
        self.check_place(account, size, 1)
    }

    /// Whether one more that may run rules may wait; see [`Inner::check_place`] for how many times.
    fn check_rules(&self, signed: &Signed, account: Account, times: usize) -> Result<(), Full> {
        if !signed.payload.act.may_run_rules() {
            return Ok(());
        }
        let own = self.queues.get(&account).map_or(0, |queue| queue.rules);
        let entered = self.doors.get(&account.0).map_or(0, |door| door.rules);
        if own >= limits::SENDER_RULE_OPERATIONS * times {
            return Err(Full::Sender);
        }
        if entered >= limits::RULE_OPERATIONS * times {
            return Err(Full::Everybody);
        }
        Ok(())
    }

    /// Whether the account, the ingress and the pool have a place of so many bytes. What is being
    /// checked is charged to nobody yet, so that nobody is charged for what others sign; an account
    /// may have so many times its measure once it is checked.
    fn check_place(&self, account: Account, size: usize, times: usize) -> Result<(), Full> {
        let (operations, bytes) = (limits::POOL_OPERATIONS, limits::POOL_BYTES);
        let queue = self.queues.get(&account);
        let (own, own_bytes) = queue.map_or((0, 0), |queue| (queue.places, queue.bytes + size));
        let (most, most_bytes) = match account.1 {
            Payer::Sender(_) => (limits::SENDER_OPERATIONS, limits::SENDER_BYTES),
            Payer::Newcomers => (limits::NEWCOMER_OPERATIONS, limits::SENDER_BYTES),
            Payer::Strangers => (limits::STRANGER_OPERATIONS, limits::STRANGER_BYTES),
        };
        if own >= most * times || own_bytes > most_bytes * times {
            let named = matches!(account.1, Payer::Sender(_));
            return Err(if named { Full::Sender } else { Full::Everybody });
        }
        let door = self.doors.get(&account.0);
        let (entered, entered_bytes) = door.map_or((0, 0), |door| (door.places, door.bytes));
        // What an institution does not use others may, until half of the pool is taken.
        let crowded = self.places >= operations / 2 || self.bytes + size > bytes / 2;
        let shares = self.ingresses.max(1);
        let over = entered >= operations / shares || entered_bytes + size > bytes / shares;
        let all = self.places >= operations || self.bytes + size > bytes;
        if all || (crowded && over) { Err(Full::Everybody) } else { Ok(()) }
    }

    /// Gives a ticket.
    pub(super) fn arrive(
        &mut self,
        item: Item,
        account: Account,
        tell: oneshot::Sender<Outcome>,
    ) -> Item {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        let item = Item { ticket, ..item };
        let door = self.doors.entry(account.0).or_default();
        door.checking += 1;
        door.checking_bytes += item.bytes.len();
        self.queues.entry(account).or_default().checking.insert(ticket);
        self.tickets.entry(item.signed.id).or_default().push(ticket);
        self.leaves.insert(item.leaf, ticket);
        let (phase, listeners) = (Phase::Checking, vec![tell]);
        let entry = Entry { item: item.clone(), account, phase, judgements: 0, listeners };
        self.entries.insert(ticket, entry);
        item
    }

    /// The signatures are good: the operation takes its place, if there still is one.
    pub(super) fn settle(&mut self, ticket: u64) {
        let Some(entry) = self.entries.get(&ticket) else { return };
        if entry.phase != Phase::Checking {
            return;
        }
        let (account, size) = (entry.account, entry.item.bytes.len());
        let rules = usize::from(entry.item.signed.payload.act.may_run_rules());
        let room = self.check_rules(&entry.item.signed, account, 2);
        if let Err(full) = room.and_then(|()| self.check_place(account, size, 2)) {
            self.end(ticket, &Outcome::Crowded(full));
            return;
        }
        self.uncheck(ticket, account, size);
        let queue = self.queues.entry(account).or_default();
        queue.places += 1;
        queue.bytes += size;
        queue.rules += rules;
        let door = self.doors.entry(account.0).or_default();
        door.places += 1;
        door.bytes += size;
        door.rules += rules;
        self.places += 1;
        self.bytes += size;
        self.put(ticket, Phase::Waiting);
    }

    fn uncheck(&mut self, ticket: u64, account: Account, size: usize) {
        if let Some(queue) = self.queues.get_mut(&account) {
            queue.checking.remove(&ticket);
        }
        if let Some(door) = self.doors.get_mut(&account.0) {
            door.checking = door.checking.saturating_sub(1);
            door.checking_bytes = door.checking_bytes.saturating_sub(size);
        }
    }

    /// Moves an operation that has a place to another phase.
    fn put(&mut self, ticket: u64, phase: Phase) {
        let Some(entry) = self.entries.get_mut(&ticket) else { return };
        let (before, account) = (std::mem::replace(&mut entry.phase, phase), entry.account);
        let strange = account.1 == Payer::Strangers;
        let Some(queue) = self.queues.get_mut(&account) else { return };
        let (ready, strangers) = if strange { (0, 1) } else { (1, 0) };
        match before {
            Phase::Waiting if queue.waiting.remove(&ticket) => {
                self.ready = self.ready.saturating_sub(ready);
                self.strange = self.strange.saturating_sub(strangers);
                self.flying.remove(&ticket);
            }
            Phase::Deferred { .. } => drop(self.deferred.remove(&ticket)),
            _ => {}
        }
        match phase {
            Phase::Waiting if queue.waiting.insert(ticket) => {
                self.ready += ready;
                self.strange += strangers;
            }
            Phase::Deferred { .. } => drop(self.deferred.insert(ticket)),
            _ => {}
        }
    }

    /// An operation that was checked.
    pub(super) fn checked(&self, leaf: &Hash) -> Option<Arc<Signed>> {
        let entry = self.entries.get(self.leaves.get(leaf)?)?;
        (entry.phase != Phase::Checking).then(|| entry.item.signed.clone())
    }

    pub(super) fn in_flight(&mut self, height: u64, leaves: &[Hash]) {
        if height <= self.recent.height() {
            return;
        }
        for ticket in leaves.iter().filter_map(|leaf| self.leaves.get(leaf)) {
            let entry = self.entries.get(ticket);
            let of_interest = |entry: &Entry| {
                entry.phase == Phase::Waiting && entry.account.1 != Payer::Strangers
            };
            if entry.is_some_and(of_interest) {
                self.flying.insert(*ticket, height);
            }
        }
    }

    /// Does with what was offered as it was judged.
    pub(super) fn carry_out(&mut self, verdicts: Vec<(Item, Verdict)>) -> Taken {
        let mut taken = Taken::default();
        for (item, verdict) in verdicts {
            let ticket = item.ticket;
            if !matches!(verdict, Verdict::Skip | Verdict::Leave) {
                self.served(ticket);
            }
            match verdict {
                Verdict::Take => {
                    self.put(ticket, Phase::InBlock);
                    taken.operations.push(item);
                }
                Verdict::Refuse(reason) => {
                    self.put(ticket, Phase::InBlock);
                    taken.refused.push((item, reason));
                }
                Verdict::Keep => self.defer(ticket),
                Verdict::Forget => self.end(ticket, &Outcome::Crowded(Full::Everybody)),
                Verdict::Skip | Verdict::Leave | Verdict::Full => {}
            }
        }
        taken
    }

    fn served(&mut self, ticket: u64) {
        let account = self.entries.get(&ticket).map(|entry| entry.account);
        if let Some(queue) = account.and_then(|account| self.queues.get_mut(&account)) {
            queue.served = self.turn;
        }
    }

    /// Each time the pause until the next judgement doubles.
    fn defer(&mut self, ticket: u64) {
        let turn = self.turn;
        let Some(entry) = self.entries.get_mut(&ticket) else { return };
        if !matches!(entry.phase, Phase::Waiting | Phase::Deferred { .. }) {
            return;
        }
        let pause = 1u64 << entry.judgements.min(limits::JUDGEMENTS);
        entry.judgements += 1;
        self.put(ticket, Phase::Deferred { until: turn + pause });
    }

    pub(super) fn in_block(&mut self, digest: Hash, height: u64, taken: Taken) {
        let Taken { operations, refused } = taken;
        let operations = operations.into_iter().map(|item| item.ticket);
        let refused = refused.into_iter().map(|(item, reason)| (item.ticket, reason));
        // Another block took its height while it was built.
        if height <= self.recent.height() {
            let tickets: Vec<_> = operations.chain(refused.map(|(ticket, _)| ticket)).collect();
            tickets.into_iter().for_each(|ticket| self.put_back(ticket));
            return;
        }
        // Two blocks without operations on one parent at one time are the same block.
        let (at, known, known_refused) = self.in_blocks.entry(digest).or_default();
        *at = height;
        known.extend(operations);
        known_refused.extend(refused);
    }

    fn put_back(&mut self, ticket: u64) {
        if self.entries.get(&ticket).is_some_and(|entry| entry.phase == Phase::InBlock) {
            self.put(ticket, Phase::Waiting);
        }
    }

    pub(super) fn finalized(&mut self, digest: &Hash, height: u64, entries: &[(Hash, u64)]) {
        self.recent.push(height, entries);
        let (_, _, refused) = self.in_blocks.remove(digest).unwrap_or_default();
        for (id, index) in entries {
            for ticket in self.tickets.get(id).cloned().unwrap_or_default() {
                self.end(ticket, &Outcome::Final { index: *index });
            }
        }
        for (ticket, reason) in refused {
            self.refuse(ticket, reason);
        }
        self.flying.retain(|_, open| *open > height);
        let passed = |(_, built): &(&Hash, &Built)| built.0 <= height;
        let lost: Vec<Hash> = self.in_blocks.iter().filter(passed).map(|(d, _)| *d).collect();
        for digest in lost {
            let (_, operations, refused) = self.in_blocks.remove(&digest).unwrap_or_default();
            let refused = refused.into_iter().map(|(ticket, _)| ticket);
            operations.into_iter().chain(refused).for_each(|ticket| self.put_back(ticket));
        }
    }

    pub(super) fn refuse(&mut self, ticket: u64, reason: Refused) {
        let Some(entry) = self.entries.get(&ticket) else { return };
        let id = entry.item.signed.id;
        tracing::info!(%id, %reason, "an operation was refused");
        if self.refusals.len() >= limits::REFUSALS_REMEMBERED {
            self.refusals.pop_front();
        }
        self.refusals.push_back((id, reason.clone()));
        self.end(ticket, &Outcome::Refused(reason));
    }

    /// Ends an operation's life here and tells those who listen.
    fn end(&mut self, ticket: u64, outcome: &Outcome) {
        let checked = self.entries.get(&ticket).map(|entry| entry.phase != Phase::Checking);
        self.put(ticket, Phase::InBlock);
        let Some(entry) = self.entries.remove(&ticket) else { return };
        let Entry { item, account, listeners, .. } = entry;
        let size = item.bytes.len();
        self.leaves.remove(&item.leaf);
        if let Some(tickets) = self.tickets.get_mut(&item.signed.id) {
            tickets.retain(|other| *other != ticket);
            if tickets.is_empty() {
                self.tickets.remove(&item.signed.id);
            }
        }
        match checked {
            Some(true) => self.give_back(account, &item),
            _ => self.uncheck(ticket, account, size),
        }
        if self.queues.get(&account).is_some_and(|queue| queue.places + queue.checking.len() == 0) {
            self.queues.remove(&account);
        }
        for listener in listeners {
            let _ = listener.send(outcome.clone());
        }
    }

    fn give_back(&mut self, account: Account, item: &Item) {
        let size = item.bytes.len();
        let rules = usize::from(item.signed.payload.act.may_run_rules());
        if let Some(queue) = self.queues.get_mut(&account) {
            queue.places = queue.places.saturating_sub(1);
            queue.bytes = queue.bytes.saturating_sub(size);
            queue.rules = queue.rules.saturating_sub(rules);
        }
        if let Some(door) = self.doors.get_mut(&account.0) {
            door.places = door.places.saturating_sub(1);
            door.bytes = door.bytes.saturating_sub(size);
            door.rules = door.rules.saturating_sub(rules);
        }
        self.places = self.places.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(size);
    }

    pub(super) fn wake_up(&mut self) {
        let tell = |listeners: &mut Vec<oneshot::Sender<()>>| {
            for listener in listeners.drain(..) {
                let _ = listener.send(());
            }
        };
        if self.ready > self.flying.len() {
            tell(&mut self.wake);
        }
        if self.deferred.len() + self.strange + self.flying.len() > 0 {
            tell(&mut self.wake_restless);
        }
    }
}
