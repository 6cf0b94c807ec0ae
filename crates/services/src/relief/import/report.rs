//! What an import will do and what it leaves out, line by line where somebody may want to look.

use serde::Serialize;
use std::collections::BTreeMap;

/// Examples kept of each kind of issue.
const EXAMPLES: usize = 5;
/// Characters of a cell that an example shows.
const FOUND_CHARS: usize = 80;

/// What became of a line with an issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The line is not imported.
    Skipped,
    /// The line is imported without the text of this cell.
    LeftOut,
    /// The line is imported as it is; somebody should know.
    Noted,
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $effect:ident, $sentence:literal;)*) => {
        /// Everything that can be wrong with a line.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Wrong {
            $(#[doc = $sentence] $name,)*
        }

        impl Wrong {
            fn parts(self) -> (&'static str, Effect, &'static str) {
                match self { $(Wrong::$name => ($code, Effect::$effect, $sentence),)* }
            }
        }
    };
}

kinds! {
    Cells = "cells", Skipped, "The line has more or fewer cells than the header.";
    Encoding = "not-utf8", Skipped, "The line is not UTF-8 text.";
    Empty = "empty", Skipped, "A cell that must be filled is empty.";
    Time = "bad-time", Skipped, "The time is not written like 2020-01-28T01:20:31+08:00.";
    Date = "bad-date", Skipped, "The day is not written like 2020-01-28.";
    Number = "bad-number", Skipped, "The cell is not a whole number.";
    Event = "unknown-event", Skipped, "There is no such event.";
    Item = "unknown-item", Skipped, "There is no such item in this code's table of items.";
    Unnamed = "unnamed-hospital", Skipped, "No list gives a name for this hospital.";
    Twice = "named-twice", Skipped, "An earlier line describes the same hospital.";
    Unlisted = "not-listed", Skipped, "The hospital is not on the list at this time.";
    Listed = "listed-already", Skipped, "The hospital is on the list already.";
    Open = "open-already", Skipped, "This need is open already.";
    Closed = "not-open", Skipped, "This need is not open.";
    Header = "header-again", Skipped, "The line repeats the header of the published list.";
    Personal = "personal-number", LeftOut, "The text holds a telephone or identity number.";
    Long = "too-long", LeftOut, "The text is longer than the book takes.";
    Hidden = "hidden-character", LeftOut, "The text holds characters that are not seen.";
    Unread = "unread-quantity", Noted, "No quantity can be read; the line says so instead.";
    Unknown = "unknown-quantity", Noted, "What is asked for is neither a number nor \"no limit\".";
    Nobody = "names-nobody", Noted, "The list names nobody here.";
    UpTo = "up-to-a-day", Noted, "The date means \"up to this day\".";
    Before = "other-before", Noted, "The quantity before the change is not the one known.";
    Back = "time-goes-back", Noted,
        "The line is older than the one before; lines are put in order.";
    Estimate = "estimate-set-aside", Noted,
        "The estimate of pieces is not what the specification says; the pack stays unknown.";
    NotAPiece = "unit-set-aside", Noted,
        "The estimate takes this unit for one piece, which nobody knows; the pack stays unknown.";
}

/// One place where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// Line of the file, the header being line 1.
    pub line: u64,
    /// Name of the column.
    pub column: String,
    /// What stands there, shortened; left empty where it may hold a personal number.
    pub found: String,
}

/// One kind of trouble in one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issue {
    /// Its stable code.
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub sentence: &'static str,
    /// What becomes of such lines.
    pub effect: Effect,
    /// How many cells or lines.
    pub count: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// Whether a file could be used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileStatus {
    /// It was read.
    #[default]
    Read,
    /// It is not in the directory.
    Missing,
    /// It is there and cannot be used; the advice says why.
    Refused,
}

/// What an import does with one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// The file's name.
    pub file: &'static str,
    /// Whether it could be used.
    pub status: FileStatus,
    /// Why it could not, and what to do; or what else to know about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// Lines below the header. Each ends as exactly one operation, as used, or as skipped.
    pub lines: u64,
    /// Lines that become an operation.
    pub operations: u64,
    /// Lines that describe or check something and become none.
    pub used: u64,
    /// Lines left out, with their reasons among the issues.
    pub skipped: u64,
    /// Lines equal to an earlier one, but for their number; imported all the same.
    pub repeated: u64,
    /// What is wrong, by kind.
    #[serde(serialize_with = "values")]
    pub issues: BTreeMap<&'static str, Issue>,
}

fn values<S: serde::Serializer>(
    issues: &BTreeMap<&'static str, Issue>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(issues.values())
}

impl FileReport {
    pub(crate) fn new(file: &'static str) -> Self {
        FileReport { file, ..FileReport::default() }
    }

    /// Notes trouble in a cell; a line that is skipped is counted as such.
    pub(crate) fn wrong(&mut self, wrong: Wrong, line: u64, column: &str, found: &str) {
        let (code, effect, sentence) = wrong.parts();
        if effect == Effect::Skipped {
            self.skipped += 1;
        }
        let empty = || Issue { code, sentence, effect, count: 0, examples: Vec::new() };
        let issue = self.issues.entry(code).or_insert_with(empty);
        issue.count += 1;
        if issue.examples.len() < EXAMPLES {
            let personal = weal_kernel::text::personal_number(found).is_some();
            let shown = if personal { "" } else { found };
            let found = shown.chars().take(FOUND_CHARS).collect();
            issue.examples.push(Example { line, column: column.to_owned(), found });
        }
    }

    pub(crate) fn refuse(&mut self, status: FileStatus, advice: String) {
        self.status = status;
        self.advice = Some(advice);
    }
}

/// A name that leads to no facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnresolvedName {
    /// The name as published.
    pub name: String,
    /// Lines that use it.
    pub lines: u64,
    /// Facilities of this name; more than one is as bad as none.
    pub candidates: u64,
}

/// Names in lists, and how many of them lead to a facility.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Names {
    /// Different names of recipients and hospitals in lists.
    pub names: u64,
    /// Of these, equal to exactly one facility's name; an alias says so.
    pub resolved: u64,
    /// Of these, leading to nobody.
    pub unresolved: u64,
    /// The rule, in words.
    pub rule: &'static str,
    /// The names that lead to nobody, most used first.
    pub list: Vec<UnresolvedName>,
}

/// Packs, and how many of them can be counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Packs {
    /// Packs defined.
    pub defined: u64,
    /// Of these, with a content that specification and estimate agree on.
    pub known: u64,
    /// Of these, with unknown content.
    pub unknown: u64,
    /// Lines of goods that count in a pack of unknown content.
    pub lines_unknown: u64,
}

/// A need on which the stream of events and the final list do not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// Line of the final list; 0 for a need that is open in the stream only.
    pub line: u64,
    /// The hospital's id in the lists.
    pub hospital: String,
    /// The item's code.
    pub item: String,
    /// What the stream says.
    pub stream: String,
    /// What the final list says.
    pub list: String,
}

/// The final list of needs against what the stream of events leaves open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CrossCheck {
    /// Needs open after the last event.
    pub open: u64,
    /// Needs in the final list, hospital and item.
    pub listed: u64,
    /// In both, with the same quantity and specification.
    pub agree: u64,
    /// In both, with another quantity.
    pub other_quantity: u64,
    /// In both, with the same quantity and another specification.
    pub other_specification: u64,
    /// In the final list only.
    pub only_listed: u64,
    /// Open after the stream only.
    pub only_open: u64,
    /// The first disagreements.
    pub examples: Vec<Disagreement>,
}

/// What a whole import does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Operations in all.
    pub operations: u64,
    /// Operations by what they do, such as `record.post/need`.
    pub by_kind: BTreeMap<String, u64>,
    /// File by file.
    pub files: Vec<FileReport>,
    /// Packs of goods.
    pub packs: Packs,
    /// Names in lists.
    pub names: Names,
    /// The check of the final list of needs; left out if a file for it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cross_check: Option<CrossCheck>,
}

impl Report {
    /// What is said about a file.
    pub fn file(&self, name: &str) -> Option<&FileReport> {
        self.files.iter().find(|file| file.file == name)
    }
}
