//! Who sits at the door: how many connections there are, whose, and which of them must go.
//!
//! 1. A connection takes a seat before its first byte is read, and keeps it until its file closes.
//! 2. It is either worked for, or it waits for its peer: for a request, for more of a body, or
//!    until more of an answer is taken.
//! 3. If all seats are taken, or all of the newcomer's address or site, the connection that has
//!    waited longest for its peer leaves, and the newcomer sits down. One that is worked for stays.
//! 4. Who waits for its peer beyond its time leaves too.

use super::limits::{DoorLimits, LEAVING_MAX};
use super::weight::Weight;
use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// What a connection is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Its next request has not begun.
    Idle,
    /// The head of a request has begun; of the first one, the connection.
    Head,
    /// Somebody waits for more of its body.
    Body,
    /// It is worked for.
    Working,
    /// The answer was made and is on its way.
    Answered,
}

/// Those who count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Group {
    /// An IPv4 address, or an IPv6 /64.
    Address(IpAddr),
    /// An IPv6 /48.
    Site(IpAddr),
}

/// Since when a connection waits, and which.
type Waiting = BTreeSet<(Instant, u64)>;

#[derive(Debug)]
struct Sitting {
    phase: Phase,
    since: Instant,
    /// Until when the reader of an answer has taken enough; `None` while nothing waits for them.
    unread: Option<Instant>,
    /// Its place in the order of those who wait.
    waits: Option<Instant>,
    groups: [Option<Group>; 2],
    leave: Arc<Notify>,
    leaving: bool,
}

#[derive(Debug, Default)]
struct Members {
    count: usize,
    waiting: Waiting,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    sitting: HashMap<u64, Sitting>,
    waiting: Waiting,
    groups: HashMap<Group, Members>,
    leaving: usize,
}

/// All seats.
#[derive(Debug)]
pub(super) struct Seats {
    limits: DoorLimits,
    table: Mutex<Table>,
    freed: Notify,
}

/// Every seat is taken by somebody who is worked for.
#[derive(Debug)]
pub(super) struct Full;

/// One seat, until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    number: u64,
    leave: Arc<Notify>,
    /// The memory of the answer that is on its way.
    carried: Mutex<Option<Weight>>,
}

impl Seats {
    pub(super) fn new(limits: DoorLimits) -> Arc<Seats> {
        Arc::new(Seats { limits, table: Mutex::default(), freed: Notify::new() })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a newcomer a seat; whoever has waited longest may have to leave for it.
    pub(super) fn enter(self: &Arc<Self>, peer: IpAddr) -> Result<Seat, Full> {
        let now = Instant::now();
        let groups = self.groups(peer);
        let mut table = self.lock();
        // Their own go before anybody else's.
        for group in groups.into_iter().flatten() {
            let count = table.groups.get(&group).map_or(0, |members| members.count);
            if count >= self.limit(group) {
                table.displace(Some(group))?;
            }
        }
        if table.seated() >= self.limits.seats {
            table.displace(None)?;
        }
        let (number, leave) = (table.next, Arc::new(Notify::new()));
        table.next += 1;
        let sitting = Sitting {
            phase: Phase::Head,
            since: now,
            unread: None,
            waits: None,
            groups,
            leave: leave.clone(),
            leaving: false,
        };
        table.sitting.insert(number, sitting);
        for group in groups.into_iter().flatten() {
            table.groups.entry(group).or_default().count += 1;
        }
        table.arrange(number);
        Ok(Seat { seats: self.clone(), number, leave, carried: Mutex::new(None) })
    }

    fn groups(&self, peer: IpAddr) -> [Option<Group>; 2] {
        if self.limits.is_proxy(peer) {
            return [None, None];
        }
        match peer.to_canonical() {
            IpAddr::V6(v6) => {
                let cut = |bits: u32| {
                    let kept = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
                    IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & kept))
                };
                [Some(Group::Address(cut(64))), Some(Group::Site(cut(48)))]
            }
            v4 @ IpAddr::V4(_) => [Some(Group::Address(v4)), None],
        }
    }

    fn limit(&self, group: Group) -> usize {
        match group {
            Group::Address(_) => self.limits.seats_per_address,
            Group::Site(_) => self.limits.seats_per_site,
        }
    }

    /// Waits while too many have been asked to leave and have not yet closed their files.
    pub(super) async fn settle(&self) {
        loop {
            let freed = self.freed.notified();
            if self.lock().leaving < LEAVING_MAX {
                return;
            }
            freed.await;
        }
    }

    /// Makes whoever has waited longest leave, because files are needed.
    pub(super) fn make_room(&self) {
        // Where everybody is worked for, files come free by themselves.
        let _ = self.lock().displace(None);
    }

    /// Makes those leave who have waited beyond their time; returns how many.
    pub(super) fn sweep(&self, now: Instant) -> usize {
        let mut table = self.lock();
        let late = |number: &u64| {
            let sitting = table.sitting.get(number)?;
            let since = sitting.waits?;
            (now.saturating_duration_since(since) > self.patience(sitting)).then_some(*number)
        };
        let late: Vec<u64> = table.waiting.iter().filter_map(|(_, n)| late(n)).collect();
        late.iter().for_each(|number| table.dismiss(*number));
        late.len()
    }

    fn patience(&self, sitting: &Sitting) -> Duration {
        let limits = &self.limits;
        match sitting.phase {
            _ if sitting.unread.is_some() => limits.answer_stall,
            Phase::Idle => limits.idle,
            Phase::Head => limits.head,
            // The body itself ends with an answer first; this is for one that nobody reads.
            Phase::Body => limits.body_stall.saturating_mul(2),
            Phase::Working | Phase::Answered => Duration::MAX,
        }
    }
}

impl Table {
    /// Those who have not been asked to leave.
    fn seated(&self) -> usize {
        self.sitting.len().saturating_sub(self.leaving)
    }

    /// Asks the one to leave who has waited longest, of these or of all.
    fn displace(&mut self, group: Option<Group>) -> Result<(), Full> {
        let waiting = match group {
            Some(group) => self.groups.get(&group).map(|members| &members.waiting),
            None => Some(&self.waiting),
        };
        let first = waiting.and_then(|waiting| waiting.first().copied());
        let (_, number) = first.ok_or(Full)?;
        self.dismiss(number);
        Ok(())
    }

    fn dismiss(&mut self, number: u64) {
        let Some(sitting) = self.sitting.get_mut(&number) else { return };
        if !std::mem::replace(&mut sitting.leaving, true) {
            sitting.leave.notify_one();
            self.leaving += 1;
            let groups = sitting.groups;
            self.arrange(number);
            groups.into_iter().flatten().for_each(|group| self.uncount(group));
        }
    }

    fn uncount(&mut self, group: Group) {
        if let Some(members) = self.groups.get_mut(&group) {
            members.count = members.count.saturating_sub(1);
            if members.count == 0 {
                self.groups.remove(&group);
            }
        }
    }

    /// Puts a connection into the order of those who wait, or takes it out.
    fn arrange(&mut self, number: u64) {
        let Some(sitting) = self.sitting.get_mut(&number) else { return };
        let waits = match sitting.phase {
            _ if sitting.leaving => None,
            _ if sitting.unread.is_some() => sitting.unread,
            Phase::Idle | Phase::Head | Phase::Body => Some(sitting.since),
            Phase::Working | Phase::Answered => None,
        };
        let before = std::mem::replace(&mut sitting.waits, waits);
        if before == waits {
            return;
        }
        let groups = sitting.groups;
        let reorder = |order: &mut Waiting| {
            if let Some(before) = before {
                order.remove(&(before, number));
            }
            if let Some(waits) = waits {
                order.insert((waits, number));
            }
        };
        reorder(&mut self.waiting);
        for group in groups.into_iter().flatten() {
            if let Some(members) = self.groups.get_mut(&group) {
                reorder(&mut members.waiting);
            }
        }
    }
}

impl Seat {
    fn change(&self, change: impl FnOnce(&mut Sitting, Instant)) {
        let now = Instant::now();
        let mut table = self.seats.lock();
        if let Some(sitting) = table.sitting.get_mut(&self.number) {
            change(sitting, now);
            table.arrange(self.number);
        }
    }

    fn enter_phase(&self, phase: Phase) {
        self.change(|sitting, now| (sitting.phase, sitting.since) = (phase, now));
    }

    /// Bytes came; they are of a request that nobody works for yet.
    pub(super) fn heard(&self) {
        self.change(|sitting, now| {
            if sitting.phase == Phase::Idle {
                (sitting.phase, sitting.since) = (Phase::Head, now);
            }
        });
    }

    /// Nothing more can be read; after an answer, the next request is waited for.
    pub(super) fn quiet(&self) {
        let mut over = false;
        self.change(|sitting, now| {
            over = sitting.phase == Phase::Answered && sitting.unread.is_none();
            if over {
                (sitting.phase, sitting.since) = (Phase::Idle, now);
            }
        });
        if over {
            self.carry(None);
        }
    }

    /// From now on its answer takes this memory, and the one before none.
    pub(super) fn carry(&self, weight: Option<Weight>) {
        *self.carried.lock().unwrap_or_else(PoisonError::into_inner) = weight;
    }

    /// A request is worked for.
    pub(super) fn work(&self) {
        self.enter_phase(Phase::Working);
    }

    /// Its body has been paid for until this moment, and more of it is waited for.
    pub(super) fn await_body(&self, paid: Instant) {
        self.change(|sitting, _| {
            if sitting.phase != Phase::Answered {
                (sitting.phase, sitting.since) = (Phase::Body, paid);
            }
        });
    }

    /// The last of an answer was made.
    pub(super) fn answered(&self) {
        self.enter_phase(Phase::Answered);
    }

    /// The peer takes no more of the answer for now.
    pub(super) fn unread(&self) {
        self.change(|sitting, now| sitting.unread = sitting.unread.or(Some(now)));
    }

    /// The peer took so many bytes; returns whether it is still behind.
    pub(super) fn read(&self, count: usize) -> bool {
        let rate = self.seats.limits.bytes_per_s;
        let mut behind = false;
        self.change(|sitting, now| {
            let paid = sitting.unread.map(|paid| paid + worth(count, rate));
            sitting.unread = paid.filter(|paid| *paid < now);
            behind = sitting.unread.is_some();
        });
        behind
    }

    /// Resolves when this connection must leave.
    pub(super) async fn must_leave(&self) {
        self.leave.notified().await;
    }

    pub(super) fn limits(&self) -> &DoorLimits {
        &self.seats.limits
    }
}

/// The time that so many bytes pay for.
pub(super) fn worth(count: usize, bytes_per_s: u32) -> Duration {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    Duration::from_secs(1).saturating_mul(count) / bytes_per_s.max(1)
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self.seats.lock();
        if let Some(sitting) = table.sitting.get_mut(&self.number) {
            if !sitting.leaving {
                let groups = sitting.groups;
                sitting.phase = Phase::Working;
                sitting.unread = None;
                table.arrange(self.number);
                groups.into_iter().flatten().for_each(|group| table.uncount(group));
            } else {
                table.leaving = table.leaving.saturating_sub(1);
            }
            table.sitting.remove(&self.number);
        }
        drop(table);
        self.seats.freed.notify_one();
    }
}

#[cfg(test)]
mod tests;
