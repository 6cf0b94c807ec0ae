//! Importing published lists of relief: a pure plan of operations to sign, and a report.
//!
//! What somebody publishes about others is a one-sided statement: the importer signs with a key of
//! his own, says where each line comes from, and resolves nothing silently.
//!
//! 1. Hospitals are described, and the stream of needs is followed event by event.
//! 2. Items and packs are defined when a line first speaks of them.
//! 3. Beds, goods received and goods issued become statements.
//! 4. Names that lead to exactly one facility become aliases; the others are listed.
//! 5. The report says, file by file, what became of every line.
//!
//! The same directory, importer and time give the same operations with the same ids, in the same
//! order: an import that was broken off goes on by being run again, and the ledger answers that
//! what it has is there already. So the time of the first run must be kept and given again.

mod beds;
mod days;
mod hospitals;
mod items;
mod names;
mod needs;
mod packs;
mod report;
mod stock;
mod table;
mod writer;

pub use report::{
    CrossCheck, Disagreement, Effect, Example, FileReport, FileStatus, Issue, Names, Packs, Report,
    UnresolvedName,
};

use crate::compose::Signer;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use weal_kernel::Hash;
use weal_kernel::units::UnixMillis;
use weal_proof::Envelope;

/// One operation to sign and submit.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The operation, not yet signed.
    pub envelope: Envelope,
    /// Its id.
    pub id: Hash,
    /// The file it comes from; `packs` and `aliases` for what several lines share.
    pub file: &'static str,
    /// The line of that file; 0 where there is none.
    pub line: u64,
    /// Whether somebody may have done the same before: a refusal with `ITEM-02` is then no fault.
    pub may_exist: bool,
}

impl Planned {
    /// The operation, signed.
    pub fn sign(&self, importer: &Signer) -> Envelope {
        let mut envelope = self.envelope.clone();
        importer.sign(&mut envelope);
        envelope
    }
}

/// What to submit, in this order, and what is left out.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The operations.
    pub operations: Vec<Planned>,
    /// What became of every line.
    pub report: Report,
}

/// How far the planning is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The file at hand.
    pub file: &'static str,
    /// Lines done.
    pub done: u64,
    /// Lines of this file.
    pub lines: u64,
}

/// Why nothing can be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The directory is not one.
    #[error("{0} is not a directory; name the directory with the CSV files")]
    NotADirectory(PathBuf),
    /// There is nothing to import.
    #[error("{directory} holds none of the files this import knows: {files}")]
    NoFiles {
        /// The directory.
        directory: PathBuf,
        /// The names of the files.
        files: String,
    },
    /// The signer is nobody yet.
    #[error("the importer must be registered before he signs statements")]
    NoImporter,
}

/// The files an import reads.
pub const FILES: [&str; 7] = [
    hospitals::LISTED.file,
    hospitals::EVER.file,
    needs::EVENTS.file,
    needs::LINES.file,
    beds::BEDS.file,
    stock::IN.file,
    stock::OUT.file,
];

/// Plans the import of a directory, as this importer and at this time. The ledger takes operations
/// for 30 days from then: an import that was broken off must go on within that time.
pub fn plan(
    directory: &Path,
    importer: &Signer,
    now: UnixMillis,
    progress: &mut dyn FnMut(Progress),
) -> Result<Plan, ImportError> {
    if !directory.is_dir() {
        return Err(ImportError::NotADirectory(directory.to_owned()));
    }
    if !FILES.iter().any(|file| directory.join(file).exists()) {
        let (directory, files) = (directory.to_owned(), FILES.join(", "));
        return Err(ImportError::NoFiles { directory, files });
    }
    let id = importer.actor.ok_or(ImportError::NoImporter)?;
    let mut writer = writer::Writer::new(importer, id, now);
    let mut report = Report::default();
    let mut names = names::Names::default();
    plan_needs(directory, &mut writer, &mut names, (&mut report, progress));
    let mut beds = FileReport::new(beds::BEDS.file);
    beds::run(directory, &mut writer, &mut names, &mut beds);
    let mut goods = [FileReport::new(stock::IN.file), FileReport::new(stock::OUT.file)];
    let mut stock = stock::Stock::new(&mut writer, &mut names);
    stock.run(directory, &mut goods, progress);
    report.packs = stock.counts;
    report.names = names.resolve(&mut writer);
    report.files.push(beds);
    report.files.extend(goods);
    writer.count_into(&mut report);
    Ok(Plan { operations: writer.planned, report })
}

fn plan_needs(
    directory: &Path,
    writer: &mut writer::Writer<'_>,
    names: &mut names::Names,
    (report, progress): (&mut Report, &mut dyn FnMut(Progress)),
) {
    let mut hospitals = hospitals::Hospitals::read(directory);
    let mut events = FileReport::new(needs::EVENTS.file);
    let mut lines = FileReport::new(needs::LINES.file);
    if hospitals.is_empty() {
        let (file, listed, ever) = (events.file, hospitals::LISTED.file, hospitals::EVER.file);
        let advice = format!("{file} cannot be imported without {listed} or {ever}");
        events.refuse(FileStatus::Refused, advice);
    } else {
        let mut needs = needs::Needs::new(&mut hospitals, writer);
        needs.run(directory, &mut events, progress);
        let check = needs.cross_check(directory, &mut lines);
        let both = events.status == FileStatus::Read && lines.status == FileStatus::Read;
        report.cross_check = both.then_some(check);
        hospitals.post_rest(writer);
    }
    names.learn(&hospitals);
    report.files.extend(hospitals.reports);
    report.files.extend([events, lines]);
}

/// Tells how far a file is, every thousand lines and at its start.
fn tick(progress: &mut dyn FnMut(Progress), file: &'static str, at: usize, lines: usize) {
    if at.is_multiple_of(1000) {
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        progress(Progress { file, done: count(at), lines: count(lines) });
    }
}

/// The members of a body written with `json!`.
fn members(body: Value) -> Map<String, Value> {
    match body {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
