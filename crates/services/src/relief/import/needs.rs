//! The stream of needs, event by event, and the check of what it leaves open.
//!
//! 1. Events are taken in the order of their times; lines of equal time in the order of the file.
//! 2. Each becomes exactly one operation, or is reported with the reason why not.
//! 3. A quantity of 1 means that there is no upper limit: so the source defines it. An empty or
//!    unreadable one is unknown, and never 0.
//! 4. The final list of needs becomes no operation: it checks what the stream leaves open.

use super::hospitals::{Event, Hospitals};
use super::report::{CrossCheck, Disagreement, FileReport, Wrong};
use super::table::{Form, Row, read};
use super::writer::{Body, Origin, Says, Writer, fits, whole};
use super::{Progress, days};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use weal_kernel::Hash;
use weal_kernel::limits::{LONG_TEXT_CHARS, NAME_CHARS, SHORT_TEXT_CHARS};
use weal_kernel::units::UnixMillis;

/// The stream.
pub(crate) const EVENTS: Form = Form {
    file: "hubei_need_events.csv",
    columns: &[
        "time",
        "commit",
        "event",
        "hospital_id",
        "item_code",
        "old_qty",
        "new_qty",
        "specification",
    ],
    numbering: &[],
};

/// The final list.
pub(crate) const LINES: Form = Form {
    file: "hubei_need_lines.csv",
    columns: &["hospital_id", "item_code", "qty", "qty_kind", "specification"],
    numbering: &[],
};

/// Disagreements shown.
const EXAMPLES: usize = 20;

/// A need that is open after the events so far.
struct Open {
    record: Hash,
    body: Map<String, Value>,
    /// The quantity and specification cells as last published.
    quantity: String,
    specification: String,
}

/// Takes the events in.
pub(crate) struct Needs<'a, 'w> {
    pub(crate) hospitals: &'a mut Hospitals,
    pub(crate) writer: &'a mut Writer<'w>,
    open: BTreeMap<(String, String), Open>,
}

/// What is asked for, from a cell of the stream.
pub(crate) fn quantity(cell: &str) -> Asked {
    match whole(cell) {
        Some(1) => Asked::Unbounded,
        Some(amount) if amount > 1 => Asked::Stated(amount),
        _ => Asked::Unknown,
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Stated(u64),
    Unbounded,
    Unknown,
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Asked::Stated(amount) => amount.fmt(f),
            Asked::Unbounded => f.write_str("no limit"),
            Asked::Unknown => f.write_str("unknown"),
        }
    }
}

impl<'a, 'w> Needs<'a, 'w> {
    pub(crate) fn new(hospitals: &'a mut Hospitals, writer: &'a mut Writer<'w>) -> Self {
        Needs { hospitals, writer, open: BTreeMap::new() }
    }

    /// Takes the whole stream in.
    pub(crate) fn run(
        &mut self,
        directory: &Path,
        report: &mut FileReport,
        progress: &mut dyn FnMut(Progress),
    ) {
        let rows = in_order(read(directory, &EVENTS, report), report);
        let mut last_added: BTreeMap<String, usize> = BTreeMap::new();
        for (at, (_, row)) in rows.iter().enumerate() {
            if row.get("event") == "hospital_added" {
                last_added.insert(row.get("hospital_id").to_owned(), at);
            }
        }
        for (at, (time, row)) in rows.iter().enumerate() {
            super::tick(progress, EVENTS.file, at, rows.len());
            let source = source(row, report);
            let later = last_added.get(row.get("hospital_id"));
            let comes_back = later.is_some_and(|later| *later > at);
            let event = Event { time: *time, source: &source, comes_back };
            match self.take(row, &event, report) {
                Ok(()) => report.operations += 1,
                Err((wrong, column)) => report.wrong(wrong, row.line, column, row.get(column)),
            }
        }
    }

    fn take(
        &mut self,
        row: &Row,
        event: &Event<'_>,
        report: &mut FileReport,
    ) -> Result<(), (Wrong, &'static str)> {
        let origin = row.origin(EVENTS.file);
        let hospital = row.get("hospital_id");
        let about_hospital = |wrong| (wrong, "hospital_id");
        if hospital.is_empty() {
            return Err((Wrong::Empty, "hospital_id"));
        }
        match row.get("event") {
            "hospital_added" => {
                let added = self.hospitals.added(hospital, self.writer, &origin, event);
                added.map_err(about_hospital)
            }
            "hospital_removed" => {
                let removed = self.hospitals.removed(hospital, self.writer, &origin, event);
                removed.map_err(about_hospital)
            }
            "need_opened" => self.opened(row, &origin, event, report),
            "need_closed" => self.closed(row, &origin, event),
            "qty_changed" | "spec_changed" => self.changed(row, &origin, event, report),
            _ => Err((Wrong::Event, "event")),
        }
    }

    fn opened(
        &mut self,
        row: &Row,
        origin: &Origin<'_>,
        event: &Event<'_>,
        report: &mut FileReport,
    ) -> Result<(), (Wrong, &'static str)> {
        let key = key(row);
        if self.open.contains_key(&key) {
            return Err((Wrong::Open, "item_code"));
        }
        let listed = self.hospitals.is_listed(&key.0);
        let record = self.hospitals.record(&key.0).filter(|_| listed);
        let facility = record.ok_or((Wrong::Unlisted, "hospital_id"))?;
        let item = self.writer.item(origin, &key.1).ok_or((Wrong::Item, "item_code"))?;
        let cell = row.get("new_qty");
        let body = Body::new(row, report)
            .set("item", item.code)
            .set("facility", facility.to_string())
            .optional("specification", "specification", LONG_TEXT_CHARS)
            .set("source", event.source);
        let body = body.set("quantity", stated(row, "new_qty")).build();
        note_unknown(row, "new_qty", report);
        let record = self.writer.post(origin, "need", body.clone(), Some(event.time));
        let (quantity, specification) = (cell.to_owned(), row.get("specification").to_owned());
        self.open.insert(key, Open { record, body, quantity, specification });
        Ok(())
    }

    fn closed(
        &mut self,
        row: &Row,
        origin: &Origin<'_>,
        event: &Event<'_>,
    ) -> Result<(), (Wrong, &'static str)> {
        let open = self.open.remove(&key(row)).ok_or((Wrong::Closed, "item_code"))?;
        let why = format!("No longer on the hospital's list, {}.", event.source);
        self.writer.respond(origin, open.record, Says::Withdraw(why), event.time);
        Ok(())
    }

    fn changed(
        &mut self,
        row: &Row,
        origin: &Origin<'_>,
        event: &Event<'_>,
        report: &mut FileReport,
    ) -> Result<(), (Wrong, &'static str)> {
        let open = self.open.get_mut(&key(row)).ok_or((Wrong::Closed, "item_code"))?;
        let why = if row.get("event") == "qty_changed" {
            if open.quantity != row.get("old_qty") {
                report.wrong(Wrong::Before, row.line, "old_qty", row.get("old_qty"));
            }
            note_unknown(row, "new_qty", report);
            open.quantity = row.get("new_qty").to_owned();
            open.body.insert("quantity".into(), stated(row, "new_qty"));
            "Quantity changed"
        } else {
            let name = "specification";
            open.specification = row.get(name).to_owned();
            open.body.remove(name);
            let said = Body::new(row, report).optional(name, name, LONG_TEXT_CHARS).build();
            open.body.extend(said);
            "Specification changed"
        };
        open.body.insert("source".into(), event.source.into());
        let says = Says::Correct(format!("{why}, {}.", event.source), open.body.clone());
        self.writer.respond(origin, open.record, says, event.time);
        Ok(())
    }

    /// Compares the final list with the needs that are open.
    pub(crate) fn cross_check(&self, directory: &Path, report: &mut FileReport) -> CrossCheck {
        let rows = read(directory, &LINES, report);
        let mut check = CrossCheck::default();
        let mut listed: BTreeMap<(String, String), Vec<&Row>> = BTreeMap::new();
        for row in &rows {
            report.used += 1;
            listed.entry(key(row)).or_default().push(row);
        }
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        (check.open, check.listed) = (count(self.open.len()), count(listed.len()));
        for (key, rows) in &listed {
            match self.open.get(key) {
                Some(open) => check.compare(key, open, rows),
                None => {
                    check.only_listed += 1;
                    check.example(key, rows.first().copied(), "not open", "listed");
                }
            }
        }
        let keys: BTreeSet<_> = listed.keys().collect();
        for key in self.open.keys().filter(|key| !keys.contains(key)) {
            check.only_open += 1;
            check.example(key, None, "open", "not listed");
        }
        check
    }
}

impl CrossCheck {
    /// A hospital may ask twice for one item: any of its lines may agree.
    fn compare(&mut self, key: &(String, String), open: &Open, rows: &[&Row]) {
        let asked = quantity(&open.quantity);
        let same = |row: &&&Row| listed_quantity(row) == asked;
        let Some(row) = rows.iter().find(same) else {
            self.other_quantity += 1;
            let first = rows.first().copied();
            let list = first.map_or_else(String::new, |row| listed_quantity(row).to_string());
            return self.example(key, first, &asked.to_string(), &list);
        };
        let mut specifications = rows.iter().map(|row| row.get("specification"));
        if specifications.any(|specification| specification == open.specification) {
            self.agree += 1;
            return;
        }
        self.other_specification += 1;
        self.example(key, Some(row), &open.specification, row.get("specification"));
    }

    fn example(&mut self, key: &(String, String), row: Option<&Row>, stream: &str, list: &str) {
        if self.examples.len() >= EXAMPLES {
            return;
        }
        let shown = |text: &str| match weal_kernel::text::personal_number(text) {
            Some(kind) => format!("[{kind}]"),
            None => text.chars().take(80).collect(),
        };
        self.examples.push(Disagreement {
            line: row.map_or(0, |row| row.line),
            hospital: shown(&key.0),
            item: shown(&key.1),
            stream: shown(stream),
            list: shown(list),
        });
    }
}

fn listed_quantity(row: &Row) -> Asked {
    match row.get("qty_kind") {
        "unlimited" => Asked::Unbounded,
        "stated" => whole(row.get("qty")).map_or(Asked::Unknown, Asked::Stated),
        _ => Asked::Unknown,
    }
}

fn key(row: &Row) -> (String, String) {
    (row.get("hospital_id").to_owned(), row.get("item_code").to_owned())
}

/// The quantity as a need says it. What cannot be read is kept as published, if the book takes it.
fn stated(row: &Row, column: &str) -> Value {
    let cell = row.get(column);
    match quantity(cell) {
        Asked::Stated(amount) => json!({ "stated": { "amount": amount } }),
        Asked::Unbounded => json!({ "unbounded": {} }),
        Asked::Unknown => {
            let taken = weal_kernel::text::check("/", cell, SHORT_TEXT_CHARS).is_ok();
            let text = if taken { cell } else { "[empty]" };
            json!({ "unknown": { "text": text } })
        }
    }
}

fn note_unknown(row: &Row, column: &str, report: &mut FileReport) {
    if quantity(row.get(column)) == Asked::Unknown {
        let found = row.get(column);
        let personal = weal_kernel::text::personal_number(found).is_some();
        let wrong = if personal { Wrong::Personal } else { Wrong::Unknown };
        report.wrong(wrong, row.line, column, found);
    }
}

/// Where an event stands, in words the book takes.
fn source(row: &Row, report: &mut FileReport) -> String {
    let commit = row.get("commit");
    let taken = !commit.is_empty() && fits(commit, NAME_CHARS, row.line, "commit", report);
    if taken { format!("commit {commit}") } else { "commit not stated".to_owned() }
}

/// Lines with their times, oldest first.
fn in_order(rows: Vec<Row>, report: &mut FileReport) -> Vec<(UnixMillis, Row)> {
    let mut timed: Vec<(UnixMillis, Row)> = Vec::new();
    for row in rows {
        let cell = row.get("time");
        let Some(time) = days::time(cell) else {
            report.wrong(Wrong::Time, row.line, "time", cell);
            continue;
        };
        if timed.last().is_some_and(|(before, _)| *before > time) {
            report.wrong(Wrong::Back, row.line, "time", cell);
        }
        timed.push((time, row));
    }
    timed.sort_by_key(|(time, _)| *time);
    timed
}
