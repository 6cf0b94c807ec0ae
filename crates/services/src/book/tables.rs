//! The tables of the book, and how its file is opened, checked and started anew.
//!
//! Numbers that other tables point to are places in the log: a principal, a record, a lot's
//! operation, a shipment are all named by the index of their entry. A lot is `index * 64 + line`.
//! Negative numbers of parties are names in statements that need not lead to anybody.

use super::{BookError, seal};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use weal_proof::Hash;

/// Counted up when the same tables are filled in another way.
const REVISION: u8 = 1;

/// The version of the tables and of what stands in them; a book of another version is built anew.
/// It is computed, so that nobody forgets it.
fn version() -> i64 {
    let hash = Hash::of(&[&[REVISION], TABLES.as_bytes()]);
    let head = hash.0.first_chunk::<4>().copied().unwrap_or_default();
    i64::from(u32::from_be_bytes(head) >> 1)
}

/// Statements kept prepared on one connection: all there are, with room.
const STATEMENTS: usize = 160;
/// Page cache of the writer, in KiB: the hot ends of all trees while a long log is replayed.
const WRITER_CACHE_KIB: i64 = 65_536;
/// A larger file is not read through when it is opened: that would take longer than a page may.
const CHECKED_BYTES: u64 = 512 * 1024 * 1024;

const TABLES: &str = "
CREATE TABLE counter(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE block(height INTEGER PRIMARY KEY, nth INTEGER, digest BLOB NOT NULL,
  time INTEGER NOT NULL, proposer BLOB NOT NULL, first INTEGER NOT NULL,
  entries INTEGER NOT NULL, log_root BLOB NOT NULL, state_root BLOB NOT NULL,
  signed INTEGER NOT NULL);
CREATE UNIQUE INDEX block_nth ON block(nth) WHERE nth IS NOT NULL;
CREATE TABLE entry(ix INTEGER PRIMARY KEY, key8 INTEGER NOT NULL, height INTEGER NOT NULL,
  act INTEGER NOT NULL, nth INTEGER NOT NULL, actor INTEGER NOT NULL, id BLOB NOT NULL,
  signatures BLOB NOT NULL, payload BLOB NOT NULL);
CREATE INDEX entry_key8 ON entry(key8);
CREATE INDEX entry_act ON entry(act, nth);
CREATE TABLE link(target INTEGER, ix INTEGER, PRIMARY KEY(target, ix)) WITHOUT ROWID;
CREATE TABLE party(id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, name TEXT NOT NULL,
  names TEXT NOT NULL, city TEXT, district TEXT, since INTEGER NOT NULL,
  needs INTEGER NOT NULL DEFAULT 0, hidden INTEGER NOT NULL DEFAULT 0);
CREATE INDEX party_name ON party(name);
CREATE TABLE key(key BLOB, party INTEGER, ix INTEGER, PRIMARY KEY(key, party, ix)) WITHOUT ROWID;
CREATE TABLE keyset(party INTEGER, ix INTEGER, effective INTEGER NOT NULL,
  threshold INTEGER NOT NULL, keys BLOB NOT NULL, keep INTEGER, former INTEGER NOT NULL,
  PRIMARY KEY(party, ix)) WITHOUT ROWID;
CREATE TABLE role(ix INTEGER PRIMARY KEY, subject INTEGER NOT NULL, issuer INTEGER NOT NULL,
  role TEXT NOT NULL, expires INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0);
CREATE INDEX role_subject ON role(subject);
CREATE TABLE mandate(ix INTEGER PRIMARY KEY, principal INTEGER NOT NULL, granter INTEGER NOT NULL,
  holder INTEGER NOT NULL, parent INTEGER, expires INTEGER NOT NULL, onward INTEGER NOT NULL,
  acts TEXT NOT NULL, limits TEXT NOT NULL, granted INTEGER NOT NULL,
  revoked INTEGER NOT NULL DEFAULT 0, operations INTEGER NOT NULL DEFAULT 0,
  quantity INTEGER NOT NULL DEFAULT 0, minor INTEGER NOT NULL DEFAULT 0);
CREATE INDEX mandate_principal ON mandate(principal);
CREATE INDEX mandate_granter ON mandate(granter);
CREATE INDEX mandate_holder ON mandate(holder);
CREATE TABLE name(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, party INTEGER,
  lines INTEGER NOT NULL DEFAULT 0, first INTEGER NOT NULL, resolved INTEGER);
CREATE INDEX name_party ON name(party) WHERE party IS NOT NULL;
CREATE TABLE name_pack(name INTEGER, pack INTEGER, lines INTEGER NOT NULL,
  PRIMARY KEY(name, pack)) WITHOUT ROWID;
CREATE TABLE alias(ix INTEGER PRIMARY KEY, text TEXT NOT NULL, party INTEGER NOT NULL);
CREATE INDEX alias_text ON alias(text);
CREATE INDEX alias_party ON alias(party);
CREATE TABLE item(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, defined INTEGER,
  category TEXT NOT NULL, names TEXT NOT NULL, unit TEXT NOT NULL);
CREATE INDEX item_category ON item(category);
CREATE TABLE pack(ix INTEGER PRIMARY KEY, item INTEGER NOT NULL, label TEXT NOT NULL,
  contains INTEGER, definer INTEGER NOT NULL);
CREATE TABLE record(ix INTEGER PRIMARY KEY, schema TEXT NOT NULL, author INTEGER NOT NULL,
  status INTEGER NOT NULL, head INTEGER NOT NULL, corroborated INTEGER NOT NULL,
  disputed INTEGER NOT NULL, closed_by INTEGER, author_left INTEGER NOT NULL);
CREATE TABLE hiding(ix INTEGER PRIMARY KEY, record INTEGER NOT NULL, office INTEGER NOT NULL,
  until INTEGER NOT NULL, ended INTEGER);
CREATE INDEX hiding_record ON hiding(record, ended);
CREATE INDEX hiding_office ON hiding(office);
CREATE INDEX hiding_until ON hiding(until) WHERE ended IS NULL;
CREATE TABLE stance(record INTEGER, party INTEGER, disputes INTEGER NOT NULL,
  PRIMARY KEY(record, party)) WITHOUT ROWID;
CREATE TABLE need(ix INTEGER PRIMARY KEY, item INTEGER NOT NULL, needy INTEGER NOT NULL,
  one_sided INTEGER NOT NULL, place TEXT, city TEXT, urgency INTEGER NOT NULL,
  asked INTEGER NOT NULL, amount INTEGER NOT NULL, bound INTEGER, stated INTEGER NOT NULL,
  updated INTEGER NOT NULL, changed INTEGER NOT NULL, closed INTEGER NOT NULL,
  rank INTEGER NOT NULL, reserved INTEGER NOT NULL, reserved_unknown INTEGER NOT NULL,
  way INTEGER NOT NULL, way_unknown INTEGER NOT NULL, received INTEGER NOT NULL,
  received_unknown INTEGER NOT NULL, dispute INTEGER NOT NULL, dispute_unknown INTEGER NOT NULL,
  own_place INTEGER NOT NULL, specification TEXT, reason TEXT, basis TEXT);
CREATE INDEX need_rank ON need(rank, item, place, city, changed);
CREATE INDEX need_needy ON need(needy);
CREATE INDEX need_item ON need(item);
CREATE TABLE need_was(need INTEGER, until INTEGER, rank INTEGER NOT NULL,
  PRIMARY KEY(need, until)) WITHOUT ROWID;
CREATE TABLE tally(need INTEGER, kind INTEGER, party INTEGER, item INTEGER, pack INTEGER,
  quantity INTEGER NOT NULL, PRIMARY KEY(need, kind, party, item, pack)) WITHOUT ROWID;
CREATE INDEX tally_pack ON tally(pack) WHERE pack > 0;
CREATE TABLE reservation(ix INTEGER PRIMARY KEY, need INTEGER NOT NULL, lot INTEGER NOT NULL,
  holder INTEGER NOT NULL, rest INTEGER NOT NULL, until INTEGER NOT NULL);
CREATE INDEX reservation_until ON reservation(until) WHERE rest > 0;
CREATE TABLE lot(id INTEGER PRIMARY KEY, item INTEGER, pack INTEGER NOT NULL, currency TEXT,
  issuer INTEGER, minted INTEGER NOT NULL, expires INTEGER, label TEXT);
CREATE TABLE gift(ix INTEGER PRIMARY KEY, nth INTEGER, custodian INTEGER NOT NULL, donor INTEGER,
  claim BLOB, payment INTEGER, need INTEGER, lots INTEGER NOT NULL);
CREATE UNIQUE INDEX gift_nth ON gift(nth) WHERE nth IS NOT NULL;
CREATE INDEX gift_claim ON gift(claim) WHERE claim IS NOT NULL;
CREATE INDEX gift_payment ON gift(payment) WHERE payment IS NOT NULL;
CREATE TABLE holding(account INTEGER, lot INTEGER, quantity INTEGER NOT NULL,
  since INTEGER NOT NULL, PRIMARY KEY(account, lot)) WITHOUT ROWID;
CREATE TABLE move(lot INTEGER, ix INTEGER, nth INTEGER, source INTEGER NOT NULL,
  target INTEGER NOT NULL, quantity INTEGER NOT NULL, PRIMARY KEY(lot, ix, nth)) WITHOUT ROWID;
CREATE TABLE shipment(ix INTEGER PRIMARY KEY, giver INTEGER NOT NULL, taker INTEGER NOT NULL,
  need INTEGER, accepted INTEGER NOT NULL, rest INTEGER NOT NULL, since INTEGER NOT NULL,
  carried INTEGER NOT NULL, evidence INTEGER NOT NULL, both INTEGER NOT NULL);
CREATE INDEX shipment_giver ON shipment(giver) WHERE rest > 0;
CREATE INDEX shipment_open ON shipment(accepted) WHERE rest > 0;
CREATE TABLE custody(party INTEGER, item INTEGER, pack INTEGER, taken_in INTEGER NOT NULL,
  issued INTEGER NOT NULL, lines_in INTEGER NOT NULL, lines_out INTEGER NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(party, item, pack)) WITHOUT ROWID;
CREATE TABLE counted(party INTEGER, lot INTEGER, counted INTEGER NOT NULL, book INTEGER NOT NULL,
  ix INTEGER NOT NULL, PRIMARY KEY(party, lot)) WITHOUT ROWID;
CREATE TABLE stated(direction INTEGER, custodian INTEGER, item INTEGER, day INTEGER, pack INTEGER,
  quantity INTEGER NOT NULL, lines INTEGER NOT NULL, unread INTEGER NOT NULL,
  PRIMARY KEY(direction, custodian, item, day, pack)) WITHOUT ROWID;
CREATE TABLE sums(item INTEGER PRIMARY KEY, numbers BLOB NOT NULL);
CREATE TABLE charter(ix INTEGER PRIMARY KEY, nth INTEGER NOT NULL, id BLOB NOT NULL,
  author INTEGER NOT NULL, text TEXT NOT NULL, payments INTEGER NOT NULL DEFAULT 0);
CREATE TABLE charter_case(charter INTEGER, number INTEGER, ix INTEGER NOT NULL,
  PRIMARY KEY(charter, number)) WITHOUT ROWID;
CREATE TABLE charter_party(party INTEGER, charter INTEGER, number INTEGER,
  PRIMARY KEY(party, charter, number)) WITHOUT ROWID;
CREATE TABLE charter_pass(charter INTEGER, number INTEGER, ix INTEGER,
  PRIMARY KEY(charter, number, ix)) WITHOUT ROWID;
CREATE TABLE payment(charter INTEGER, nth INTEGER, ix INTEGER NOT NULL, flow INTEGER NOT NULL,
  number INTEGER, month INTEGER NOT NULL, amount INTEGER NOT NULL, missed INTEGER NOT NULL,
  rest INTEGER NOT NULL, payees TEXT NOT NULL, inputs TEXT NOT NULL,
  PRIMARY KEY(charter, nth)) WITHOUT ROWID;
CREATE INDEX payment_case ON payment(charter, number, nth) WHERE number IS NOT NULL;
CREATE TABLE day(day INTEGER PRIMARY KEY, opened INTEGER NOT NULL, closed INTEGER NOT NULL);
CREATE TABLE money(currency TEXT PRIMARY KEY, minor INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(text, tokenize='trigram');
";

/// The file in a directory.
pub(super) fn file(directory: &Path) -> PathBuf {
    directory.join("book.sqlite")
}

/// Opens the book for writing; one that is of another version or damaged is started anew.
pub(super) fn open(directory: &Path) -> Result<Connection, BookError> {
    // Where this fails, SQLite says why when it cannot open the file.
    let _ = std::fs::create_dir_all(directory);
    let path = file(directory);
    match open_existing(&path) {
        Ok(Some(connection)) => return Ok(connection),
        Ok(None) => {}
        Err(error) if is_damage(&error) => {}
        Err(error) => return Err(error.into()),
    }
    remove(&path);
    let connection = Connection::open(&path)?;
    settle(&connection)?;
    let version = version();
    connection.execute_batch(&format!("BEGIN; {TABLES} PRAGMA user_version={version}; COMMIT;"))?;
    Ok(connection)
}

/// The book as it is, or nothing if it must be built anew.
fn open_existing(path: &Path) -> Result<Option<Connection>, rusqlite::Error> {
    let Ok(bytes) = std::fs::metadata(path).map(|meta| meta.len()) else { return Ok(None) };
    if !seal::lift(path) {
        tracing::error!(path = %path.display(), "the disk changed the read model; it is built anew");
        return Ok(None);
    }
    let connection = Connection::open(path)?;
    settle(&connection)?;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found != version() {
        return Ok(None);
    }
    if bytes <= CHECKED_BYTES {
        let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?;
        if verdict != "ok" {
            return Ok(None);
        }
    }
    Ok(Some(connection))
}

fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        // A file that is not there is what is wanted; one that stays shows up when it is opened.
        let _ = std::fs::remove_file(PathBuf::from(name));
    }
}

/// The log is the record; the book only has to be whole, so commits need not wait for the disk.
fn settle(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute_batch(&format!(
        "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; \
         PRAGMA cache_size=-{WRITER_CACHE_KIB}; PRAGMA temp_store=MEMORY; \
         PRAGMA wal_autocheckpoint=1000; PRAGMA journal_size_limit=67108864;"
    ))
}

/// Opens the book for reading.
pub(super) fn open_reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute_batch("PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;")?;
    Ok(connection)
}
