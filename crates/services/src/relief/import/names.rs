//! Names in lists, and which of them lead to a facility: nothing is resolved silently.

use super::hospitals::Hospitals;
use super::report::{self, UnresolvedName};
use super::table::Row;
use super::writer::{LEFT_OUT, Origin, Writer};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use weal_kernel::Hash;
use weal_kernel::limits::NAME_CHARS;

/// The rule, in words.
pub(crate) const RULE: &str = "A name leads to a facility if both are equal once white space is \
    taken out, full-width letters, digits and signs are made half-width, and capitals small; and \
    if exactly one facility has this name. An alias record says so. Every other name stays \
    unresolved.";

/// The names met so far.
#[derive(Default)]
pub(crate) struct Names {
    uses: BTreeMap<String, Use>,
    facilities: BTreeMap<String, BTreeSet<Hash>>,
}

struct Use {
    file: &'static str,
    line: u64,
    lines: u64,
}

/// A name as the rule compares it.
fn plain(name: &str) -> String {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    name.chars().filter(|c| !c.is_whitespace()).map(half).flat_map(char::to_lowercase).collect()
}

impl Names {
    /// Learns the names of facilities.
    pub(crate) fn learn(&mut self, hospitals: &Hospitals) {
        for (name, record) in hospitals.names() {
            self.facilities.entry(plain(name)).or_default().insert(record);
        }
    }

    /// A line uses a name.
    pub(crate) fn used(&mut self, name: &str, file: &'static str, row: &Row) {
        if name == LEFT_OUT {
            return;
        }
        let first = || Use { file, line: row.line, lines: 0 };
        self.uses.entry(name.to_owned()).or_insert_with(first).lines += 1;
    }

    /// The facility a name leads to.
    pub(crate) fn facility(&self, name: &str) -> Option<Hash> {
        let facilities = self.facilities.get(&plain(name))?;
        facilities.first().copied().filter(|_| facilities.len() == 1)
    }

    /// Posts an alias for each name that leads to a facility, and lists the others.
    pub(crate) fn resolve(&self, writer: &mut Writer<'_>) -> report::Names {
        let mut names = report::Names { rule: RULE, ..report::Names::default() };
        let mut in_order: Vec<_> = self.uses.iter().collect();
        in_order.sort_by_key(|(name, used)| (used.file, used.line, *name));
        for (name, used) in in_order {
            names.names += 1;
            match self.facility(name).filter(|_| name.chars().count() <= NAME_CHARS) {
                Some(of) => {
                    let origin = Origin { file: "aliases", line: used.line, key: name };
                    let body = super::members(json!({ "name": name, "of": of }));
                    writer.post(&origin, "alias", body, None);
                    names.resolved += 1;
                }
                None => names.list.push(self.unresolved(name, used)),
            }
        }
        names.unresolved = names.names - names.resolved;
        names.list.sort_by(|a, b| b.lines.cmp(&a.lines).then_with(|| a.name.cmp(&b.name)));
        names
    }

    fn unresolved(&self, name: &str, used: &Use) -> UnresolvedName {
        let candidates = self.facilities.get(&plain(name)).map_or(0, BTreeSet::len);
        let candidates = u64::try_from(candidates).unwrap_or(u64::MAX);
        UnresolvedName { name: name.to_owned(), lines: used.lines, candidates }
    }
}
