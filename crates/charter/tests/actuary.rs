//! What the actuary promises: agreement with published figures, and answers that never wrap.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "actuary/funds.rs"]
mod funds;
#[path = "actuary/lives.rs"]
mod lives;
#[path = "actuary/numbers.rs"]
mod numbers;
#[path = "actuary/rules.rs"]
mod rules;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use weal_charter::actuary::{LifeTable, Scaled};

/// A decimal number.
fn number(text: &str) -> Scaled {
    text.parse().unwrap()
}

/// Asserts that two numbers differ by no more than a tolerance.
fn near(found: Scaled, expected: Scaled, tolerance: &str, what: &str) {
    let distance = found.max(expected).minus(found.min(expected)).unwrap();
    assert!(distance <= number(tolerance), "{what}: found {found}, expected {expected}");
}

/// A reference file kept beside the project, or nothing, said loudly.
fn reference(name: &str) -> Option<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/ref/charters");
    let text = std::fs::read_to_string(directory.join(name)).ok();
    if text.is_none() {
        say(&format!("{name} is not in ../shared/ref/charters; nothing was compared with it"));
    }
    text
}

/// Says what was skipped where everybody sees it: the harness hides what a passing test prints
/// with macros.
fn say(skipped: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {skipped}");
}

/// The rows of a table with a header, each by column name.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines();
    let names: Vec<_> = lines.next().unwrap().split(',').map(str::to_owned).collect();
    let row = |line: &str| names.iter().cloned().zip(line.split(',').map(str::to_owned)).collect();
    lines.map(row).collect()
}

fn male() -> LifeTable {
    LifeTable::united_states_2007_male().unwrap()
}

fn female() -> LifeTable {
    LifeTable::united_states_2007_female().unwrap()
}
