//! Writing the operations down: payloads whose ids are known before anybody signs them.

use super::Planned;
use super::report::{FileReport, Report, Wrong};
use super::table::Row;
use crate::compose::Signer;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use weal_kernel::limits::QUANTITY;
use weal_kernel::records::op::{Post, Respond, ResponseKind};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Hash, Refusal, text};
use weal_proof::Envelope;

use super::items;

/// What stands where a text that must be there had to be left out.
pub(crate) const LEFT_OUT: &str = "[left out]";

/// Bytes of one cell: all cells of a line together fit into the body of one record.
const CELL_BYTES: usize = 4_500;

/// Collects operations in the order in which they must be submitted.
pub(crate) struct Writer<'a> {
    signer: &'a Signer,
    importer: Hash,
    now: UnixMillis,
    pub(crate) planned: Vec<Planned>,
    pub(crate) by_kind: BTreeMap<String, u64>,
    defined: BTreeSet<&'static str>,
}

/// The line of a file an operation comes from.
pub(crate) struct Origin<'a> {
    pub(crate) file: &'static str,
    pub(crate) line: u64,
    pub(crate) key: &'a str,
}

impl Row {
    pub(crate) fn origin(&self, file: &'static str) -> Origin<'_> {
        Origin { file, line: self.line, key: &self.key }
    }
}

impl<'a> Writer<'a> {
    pub(crate) fn new(signer: &'a Signer, importer: Hash, now: UnixMillis) -> Self {
        Writer {
            signer,
            importer,
            now,
            planned: Vec::new(),
            by_kind: BTreeMap::new(),
            defined: BTreeSet::new(),
        }
    }

    /// Writes an operation down; `kind` tells apart what one line gives rise to.
    pub(crate) fn add(&mut self, origin: &Origin<'_>, kind: &str, act: Act) -> Hash {
        let name = match &act {
            Act::RecordPost(post) => format!("{}/{}", act.name(), post.schema),
            Act::RecordRespond(respond) => {
                format!("{}/{:?}", act.name(), respond.kind).to_lowercase()
            }
            act => act.name().to_owned(),
        };
        let may_exist = matches!(act, Act::ItemDefine(_));
        let nonce = self.nonce(origin, kind);
        let payload = self.signer.payload(act, self.now, nonce).to_bytes();
        let envelope = Envelope::unsigned(payload);
        let id = envelope.id();
        *self.by_kind.entry(name).or_default() += 1;
        let (file, line) = (origin.file, origin.line);
        self.planned.push(Planned { envelope, id, file, line, may_exist });
        id
    }

    /// The same line gives the same nonce in every run, another line another.
    fn nonce(&self, origin: &Origin<'_>, kind: &str) -> [u8; 16] {
        let parts: [&[u8]; 8] = [
            b"weal-import-v1\0",
            self.importer.as_bytes(),
            origin.file.as_bytes(),
            b"\0",
            kind.as_bytes(),
            b"\0",
            origin.key.as_bytes(),
            b"\0",
        ];
        let hash = Hash::of(&parts).0;
        std::array::from_fn(|at| hash[at])
    }

    /// Defines an item the first time a line speaks of it.
    pub(crate) fn item(&mut self, origin: &Origin<'_>, code: &str) -> Option<&'static items::Item> {
        let item = items::item(code)?;
        if self.defined.insert(item.code) {
            let file = origin.file;
            let origin = Origin { file: "items", line: 0, key: item.code };
            self.add(&origin, "item", Act::ItemDefine(item.define()));
            if let Some(last) = self.planned.last_mut() {
                last.file = file;
            }
        }
        Some(item)
    }

    /// Posts a record that says when it happened.
    pub(crate) fn post(
        &mut self,
        origin: &Origin<'_>,
        schema: &str,
        body: Map<String, Value>,
        occurred: Option<UnixMillis>,
    ) -> Hash {
        let schema = schema.to_owned();
        let (evidence, cites) = (Vec::new(), Vec::new());
        let post = Post { schema: schema.clone(), body, occurred, evidence, cites };
        self.add(origin, &schema, Act::RecordPost(post))
    }

    /// Responds to a record of the importer's own.
    pub(crate) fn respond(
        &mut self,
        origin: &Origin<'_>,
        record: Hash,
        says: Says,
        occurred: UnixMillis,
    ) -> Hash {
        let (kind, reason, body) = match says {
            Says::Correct(reason, body) => (ResponseKind::Correct, reason, Some(body)),
            Says::Withdraw(reason) => (ResponseKind::Withdraw, reason, None),
        };
        let respond = Respond {
            record,
            kind,
            reason: Some(reason),
            body,
            by: None,
            until: None,
            occurred: Some(occurred),
            evidence: Vec::new(),
        };
        self.add(origin, "respond", Act::RecordRespond(respond))
    }

    /// Puts the counts of operations into the report.
    pub(crate) fn count_into(&self, report: &mut Report) {
        report.operations = u64::try_from(self.planned.len()).unwrap_or(u64::MAX);
        report.by_kind = self.by_kind.clone();
    }
}

/// What the importer says about a record it posted.
pub(crate) enum Says {
    Correct(String, Map<String, Value>),
    Withdraw(String),
}

/// Builds a body from cells, leaving out what the book would refuse.
pub(crate) struct Body<'a> {
    row: &'a Row,
    report: &'a mut FileReport,
    members: Map<String, Value>,
}

impl<'a> Body<'a> {
    pub(crate) fn new(row: &'a Row, report: &'a mut FileReport) -> Self {
        Body { row, report, members: Map::new() }
    }

    pub(crate) fn set(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }

    /// A text that may be missing: an empty cell, or one the book would refuse, is left out.
    pub(crate) fn optional(mut self, member: &str, column: &str, chars: usize) -> Self {
        let cell = self.row.get(column);
        if !cell.is_empty() && fits(cell, chars, self.row.line, column, self.report) {
            self.members.insert(member.to_owned(), cell.into());
        }
        self
    }

    /// A text that must be there: what the book would refuse is replaced by `[left out]`.
    pub(crate) fn required(mut self, member: &str, column: &str, chars: usize) -> Self {
        let cell = self.row.get(column);
        let fits = fits(cell, chars, self.row.line, column, self.report);
        let text = if fits { cell } else { LEFT_OUT };
        self.members.insert(member.to_owned(), text.into());
        self
    }

    pub(crate) fn build(self) -> Map<String, Value> {
        self.members
    }
}

/// A quantity the book takes. Digits that are a telephone number are none, whatever the column.
pub(crate) fn whole(cell: &str) -> Option<u64> {
    let number = cell.parse().ok().filter(|number| *number <= QUANTITY)?;
    text::personal_number(cell).is_none().then_some(number)
}

/// Whether the book takes this text; if not, the report says why it is left out.
pub(crate) fn fits(
    cell: &str,
    chars: usize,
    line: u64,
    column: &str,
    report: &mut FileReport,
) -> bool {
    let wrong = match text::check("/", cell, chars) {
        Ok(()) if cell.len() <= CELL_BYTES => return true,
        Ok(()) => Wrong::Long,
        Err(refused) if refused.refusal == Refusal::PersonalNumber => Wrong::Personal,
        Err(_) if cell.chars().count() > chars => Wrong::Long,
        Err(_) => Wrong::Hidden,
    };
    // A text may be too long and hold a number as well: then nothing of it is shown.
    let personal = text::personal_number(cell).is_some();
    report.wrong(if personal { Wrong::Personal } else { wrong }, line, column, cell);
    false
}
