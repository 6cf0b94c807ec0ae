//! The writer: what each entry of the log changes in the tables.
//!
//! 1. A block is written, then its entries in order; all blocks of one call in one transaction.
//! 2. Every entry gets a row, links to all it is about, and the movements it caused.
//! 3. What the act means is then told to the part that keeps it: parties, records, needs, goods.
//! 4. Needs that were touched are computed anew from their tallies, and the sums of their class
//!    change by the difference.
//!
//! Nothing here depends on how blocks were grouped into calls.

mod charters;
mod goods;
mod lots;
mod mandates;
mod names;
mod needs;
mod parties;
mod pending;
mod records;
mod statements;
mod store;

use super::BookError;
use crate::relief::coverage::Sums;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use weal_kernel::block::{FinalBlock, LogEntry};
use weal_kernel::{Act, Hash};

use pending::Pending;

pub(super) use goods::{LOST, SOURCE, USED};
pub(super) use lots::LINES;
pub(super) use needs::{asked, urgency};
pub(super) use parties::PartyKind;
pub(super) use records::{HIDDEN, STATUS, UNSPEAKABLE};
pub(super) use statements::{IN, OUT};
pub(super) use store::Memory;

/// A number as SQLite keeps it; all of ours are below 2^53 but for a hostile block header.
pub(super) fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number as SQLite kept it.
pub(super) fn whole(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// The first eight bytes of an id: a small key for the one index over all entries.
pub(super) fn key8(id: &Hash) -> i64 {
    let head = id.0.first_chunk::<8>().copied().unwrap_or_default();
    i64::from_be_bytes(head)
}

/// The place of an act's name in the kernel's list.
pub(super) fn act_number(name: &str) -> Option<i64> {
    let at = Act::NAMES.iter().position(|known| *known == name)?;
    i64::try_from(at).ok()
}

/// Where and when an entry stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    /// Place in the log.
    pub(super) ix: i64,
    /// Block time.
    pub(super) time: i64,
    /// In whose name: a party.
    pub(super) actor: i64,
}

/// Writes one slice of blocks.
pub(super) struct Writer<'a> {
    pub(super) connection: &'a Connection,
    pub(super) memory: &'a mut Memory,
    /// When what the present entry tells happened.
    pub(super) when: i64,
    /// Needs to be computed anew when the entry is done.
    pub(super) touched: BTreeSet<i64>,
    /// Sums of items that changed.
    pub(super) sums: BTreeMap<i64, Sums>,
    /// Needs opened and done, by day.
    pub(super) days: BTreeMap<i64, (i64, i64)>,
    /// Other sums, to be added to their tables at the end.
    pub(super) pending: Pending,
}

impl<'a> Writer<'a> {
    pub(super) fn new(connection: &'a Connection, memory: &'a mut Memory) -> Self {
        let (touched, sums) = (BTreeSet::new(), BTreeMap::new());
        let (days, pending) = (BTreeMap::new(), Pending::default());
        Writer { connection, memory, when: 0, touched, sums, days, pending }
    }

    /// Writes one block, which must be the next.
    pub(super) fn block(&mut self, block: &FinalBlock) -> Result<(), BookError> {
        let header = &block.header;
        let entries = int(u64::try_from(block.entries.len()).unwrap_or(u64::MAX));
        let nth = (entries > 0).then(|| self.memory.next("blocks"));
        let first = int(header.log_size).saturating_sub(entries);
        self.run(
            "INSERT INTO block VALUES(?,?,?,?,?,?,?,?,?,?)",
            params![
                int(header.height),
                nth,
                header.digest().0,
                int(header.time_ms),
                header.proposer.0,
                first,
                entries,
                header.log_root.0,
                header.state_root.0,
                int(block.signed)
            ],
        )?;
        self.when = int(header.time_ms);
        self.end_reservations(int(header.time_ms))?;
        self.end_hidings(first, int(header.time_ms))?;
        self.refresh_needs(first)?;
        for entry in &block.entries {
            self.entry(header.height, int(header.time_ms), entry)?;
        }
        self.memory.set("height", int(header.height));
        self.memory.set("time", int(header.time_ms));
        self.memory.set("size", int(header.log_size));
        Ok(())
    }

    fn entry(&mut self, height: u64, time: i64, entry: &LogEntry) -> Result<(), BookError> {
        let signed = entry.signed.as_ref();
        let (ix, act) = (int(entry.index), &signed.payload.act);
        self.when = time;
        self.memory.remember(signed.id, ix);
        let registers = matches!(act, Act::PrincipalRegister(_));
        let actor = if registers { ix } else { self.place(&signed.actor())?.unwrap_or(ix) };
        let number = act_number(act.name()).unwrap_or(-1);
        let nth = self.memory.next(act.name());
        let mut signatures = Vec::with_capacity(96 * signed.envelope.signatures().len());
        for (key, signature) in signed.envelope.signatures() {
            signatures.extend_from_slice(&key.0);
            signatures.extend_from_slice(&signature.0);
        }
        self.run(
            "INSERT INTO entry VALUES(?,?,?,?,?,?,?,?,?)",
            params![
                ix,
                key8(&signed.id),
                int(height),
                number,
                nth,
                actor,
                signed.id.0,
                signatures,
                signed.envelope.payload()
            ],
        )?;
        let at = At { ix, time, actor };
        self.memory.linked.clear();
        self.link(actor, ix)?;
        if let Some(mandate) = &signed.payload.mandate {
            self.charge(mandate, entry)?;
        }
        self.act(&at, act, entry)?;
        self.refresh_needs(ix)
    }

    fn act(&mut self, at: &At, act: &Act, entry: &LogEntry) -> Result<(), BookError> {
        match act {
            Act::PrincipalRegister(act) => self.register(at, act),
            Act::PrincipalRotate(act) => self.rotate(at, act),
            Act::PrincipalRecover(act) => self.recover(at, act),
            Act::MandateGrant(act) => self.grant(at, act),
            Act::MandateRevoke(act) => self.revoke(at, act),
            Act::RoleAttest(act) => self.attest(at, act),
            Act::RoleRevoke(act) => self.revoke_role(at, act),
            Act::RecordPost(act) => self.post(at, act),
            Act::RecordRespond(act) => self.respond(at, act),
            Act::ItemDefine(act) => self.define_item(at, act),
            Act::PackDefine(act) => self.define_pack(at, act),
            Act::PackMeasure(act) => self.measure_pack(at, act),
            Act::HoldingMint(act) => self.mint(at, act, &entry.postings),
            Act::HoldingReserve(act) => self.reserve(at, act),
            Act::HoldingRelease(act) => self.release(at, act),
            Act::HoldingDispatch(act) => self.dispatch(at, act, &entry.postings),
            Act::HoldingAccept(act) => self.accept(at, act, &entry.postings),
            Act::HoldingHandOver(act) => self.hand_over(at, act, &entry.postings),
            Act::HoldingResolve(act) => self.resolve(at, &act.shipment, &entry.postings),
            Act::HoldingWriteOff(act) => self.write_off(at, act, &entry.postings),
            Act::HoldingConsume(act) => self.consume(at, act, &entry.postings),
            Act::HoldingCount(act) => self.count(at, act),
            Act::MoneyIssue(act) => self.issue(at, act, &entry.postings),
            Act::MoneyPay(act) => self.pay(at, &act.to, &entry.postings),
            Act::MoneyRedeem(act) => self.pay(at, &act.issuer, &entry.postings),
            Act::CharterPublish(act) => self.publish(at, act, &entry.signed.id),
            Act::CharterOpen(act) => self.open_case(at, act),
            Act::CharterName(act) => {
                let people = act.people.iter().map(|share| share.principal).collect();
                self.take_part(at, &act.charter, act.case, people)
            }
            Act::CharterPass(act) => {
                self.book(at, &entry.postings)?;
                self.take_part(at, &act.charter, act.case, vec![act.to])?;
                self.pass(at, &act.charter, act.case)
            }
            Act::CharterPay(act) => self.charter_moves(at, &act.charter, entry),
            Act::CharterTrigger(act) => self.charter_moves(at, &act.charter, entry),
            Act::CharterRun(act) => self.charter_moves(at, &act.charter, entry),
            Act::CharterDraw(act) => self.charter_moves(at, &act.charter, entry),
            Act::CharterReview(act) => self.link_to(at, &act.charter),
            Act::CharterAttest(act) => self.link_to(at, &act.charter),
            Act::CharterLock(act) => self.link_to(at, &act.charter),
            Act::CharterWithdraw(act) => self.link_to(at, &act.charter),
            Act::CharterState(act) => self.link_to(at, &act.charter),
            Act::CharterVouch(act) => self.link_to(at, &act.charter),
            Act::CharterSet(act) => self.link_to(at, &act.charter),
            Act::CharterBrake(act) => self.link_to(at, &act.charter),
            Act::NetworkApprove(act) => self.link_to(at, &act.proposal),
            Act::NetworkDecline(act) => self.link_to(at, &act.proposal),
            Act::NetworkPropose(_) | Act::NetworkMove(_) | Act::NetworkCite(_) => Ok(()),
        }
    }

    /// Runs a statement that is kept prepared.
    fn run(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize, BookError> {
        Ok(self.connection.prepare_cached(sql)?.execute(values)?)
    }

    /// The first row of a query that is kept prepared, if there is one.
    fn first<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnOnce(&rusqlite::Row<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Option<T>, BookError> {
        Ok(self.connection.prepare_cached(sql)?.query_row(values, read).optional()?)
    }

    /// The entry is about this.
    fn link(&mut self, target: i64, ix: i64) -> Result<(), BookError> {
        if self.memory.linked.contains(&target) {
            return Ok(());
        }
        self.memory.linked.push(target);
        self.run("INSERT OR IGNORE INTO link VALUES(?,?)", [target, ix])?;
        Ok(())
    }

    /// The entry is about what this operation brought.
    fn link_to(&mut self, at: &At, id: &Hash) -> Result<(), BookError> {
        match self.place(id)? {
            Some(target) => self.link(target, at.ix),
            None => Ok(()),
        }
    }

    /// The place in the log of an operation.
    fn place(&mut self, id: &Hash) -> Result<Option<i64>, BookError> {
        if let Some(ix) = self.memory.recall(id) {
            return Ok(Some(ix));
        }
        let sql = "SELECT ix FROM entry WHERE key8=? AND id=?";
        let found = self.first(sql, params![key8(id), id.0], |row| row.get(0))?;
        if let Some(ix) = found {
            self.memory.remember(*id, ix);
        }
        Ok(found)
    }

    /// Writes down what was summed up in memory.
    pub(super) fn finish(&mut self) -> Result<(), BookError> {
        for (item, sums) in std::mem::take(&mut self.sums) {
            let bytes: Vec<u8> = sums.0.iter().flat_map(|n| n.to_be_bytes()).collect();
            self.run("INSERT OR REPLACE INTO sums VALUES(?,?)", params![item, bytes])?;
        }
        for (day, (opened, closed)) in std::mem::take(&mut self.days) {
            let sql = "INSERT INTO day VALUES(?1,?2,?3) ON CONFLICT(day) DO UPDATE \
                       SET opened=opened+?2, closed=closed+?3";
            self.run(sql, [day, opened, closed])?;
        }
        self.add_pending()?;
        for (name, value) in self.memory.changed() {
            self.run("INSERT OR REPLACE INTO counter VALUES(?,?)", params![name, value])?;
        }
        Ok(())
    }

    /// The running totals of an item, to be changed.
    fn sums_of(&mut self, item: i64) -> Result<&mut Sums, BookError> {
        if !self.sums.contains_key(&item) {
            let sql = "SELECT numbers FROM sums WHERE item=?";
            let bytes: Option<Vec<u8>> = self.first(sql, [item], |row| row.get(0))?;
            let sums = bytes.map(|bytes| read_sums(&bytes)).unwrap_or_default();
            self.sums.insert(item, sums);
        }
        Ok(self.sums.entry(item).or_default())
    }
}

/// Running totals as they are stored: big-endian numbers, one after the other.
pub(super) fn read_sums(bytes: &[u8]) -> Sums {
    let mut sums = Sums::default();
    let (numbers, _) = bytes.as_chunks::<8>();
    for (sum, number) in sums.0.iter_mut().zip(numbers) {
        *sum = i64::from_be_bytes(*number);
    }
    sums
}

/// Counters by name and places by id, as far as they are kept in memory.
pub(super) type Places = HashMap<Hash, i64>;
