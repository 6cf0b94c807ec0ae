//! Reads the repository: sizes, rooms, words and links, so that style needs no reviewer.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Files that may be longer than 800 lines; this list may only shrink.
const LONG_FILES: &[&str] = &[];
/// Files that may have lines beyond 100 columns; this list may only shrink.
const WIDE_FILES: &[&str] = &[];
const LINES_MAX: usize = 800;
const COLUMNS_MAX: usize = 100;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn files(endings: &[&str]) -> Vec<(String, String)> {
    let mut open = vec![root()];
    let mut found = Vec::new();
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name().into_string().unwrap_or_default();
            let skipped = ["target", "node_modules", ".git", "weal-data"];
            if path.is_dir() {
                if !skipped.contains(&name.as_str()) {
                    open.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                let short = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.extend(fs::read_to_string(&path).ok().map(|text| (short, text)));
            }
        }
    }
    found.sort();
    found
}

fn rust() -> Vec<(String, String)> {
    files(&[".rs"])
}

/// Tells all findings at once, so that one run is enough to mend them.
fn nothing_found(findings: Vec<String>) {
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let mut findings = Vec::new();
    for (path, text) in rust() {
        let lines = text.lines().count();
        if lines > LINES_MAX && !LONG_FILES.contains(&path.as_str()) {
            findings.push(format!("{path} has {lines} lines"));
        }
    }
    nothing_found(findings);
}

#[test]
fn no_line_is_wider_than_the_page() {
    let mut findings = Vec::new();
    for (path, text) in rust() {
        for (number, line) in text.lines().enumerate() {
            let wide = line.chars().count() > COLUMNS_MAX;
            // A long text is one token; the formatter cannot break it either.
            let token = line.contains('"') || line.split_whitespace().any(|word| word.len() > 60);
            if wide && !token && !WIDE_FILES.contains(&path.as_str()) {
                findings.push(format!("{path}:{} is too wide", number + 1));
            }
        }
    }
    nothing_found(findings);
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let silent = |(path, text): (String, String)| {
        (!text.starts_with("//!")).then(|| format!("{path} opens without a sentence"))
    };
    nothing_found(rust().into_iter().filter_map(silent).collect());
}

#[test]
fn nothing_is_left_half_done() {
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["X", "XX"].concat()];
    let macros = [["to", "do!("].concat(), ["unimpl", "emented!("].concat()];
    for (path, text) in files(&[".rs", ".js", ".mjs", ".css"]) {
        for mark in marks.iter().chain(&macros) {
            assert!(!text.contains(mark.as_str()), "{path} holds {mark}");
        }
    }
}

#[test]
fn text_speaks_of_the_project_alone() {
    let paths = [["/wo", "rk/"].concat(), ["/ro", "ot/"].concat(), ["/fa", "rm/"].concat()];
    for (path, text) in files(&[".rs", ".md", ".js", ".mjs", ".toml", ".json", ".sh", ".ftl"]) {
        for machine in &paths {
            let found = text.match_indices(machine.as_str()).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                before.is_none_or(|c| !(c.is_alphanumeric() || c == '_' || c == '.'))
            });
            assert!(!found, "{path} names the machine path {machine}");
        }
    }
}

/// What each crate may import of ours, and whether it may name the consensus library.
const ROOMS: &[(&str, &[&str], bool)] = &[
    ("proof", &[], false),
    ("charter", &[], false),
    ("kernel", &["weal-charter", "weal-proof"], false),
    ("services", &["weal-charter", "weal-kernel", "weal-proof"], false),
    ("engine", &["weal-proof"], true),
    ("node", &["weal-engine", "weal-kernel", "weal-proof"], false),
    ("weal", &["weal-charter", "weal-kernel", "weal-node", "weal-proof", "weal-services"], false),
    ("tidy", &[], false),
    ("sim", &["weal-engine", "weal-kernel", "weal-node", "weal-proof", "weal-sim-seat"], true),
];

#[test]
fn imports_go_down_and_never_up() {
    let directory = root().join("crates");
    let found: BTreeSet<_> = fs::read_dir(&directory)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let known: BTreeSet<_> = ROOMS.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(found, known, "every crate has its room here");
    for (name, allowed, consensus) in ROOMS {
        let manifest = fs::read_to_string(directory.join(name).join("Cargo.toml")).unwrap();
        let names = manifest
            .lines()
            .filter_map(|line| line.split(['=', '.', ' ']).next().filter(|word| !word.is_empty()));
        for import in names {
            let ours = import.starts_with("weal-");
            assert!(!ours || allowed.contains(&import), "{name} imports {import}");
            let engine = import.starts_with("commonware-");
            assert!(!engine || *consensus, "{name} imports {import}");
        }
    }
}

#[test]
fn proof_and_kernel_know_no_clock_no_chance_and_no_files() {
    let banned = [
        "std::fs",
        "std::net",
        "std::time",
        "std::thread",
        "std::env",
        "SystemTime",
        "Instant",
        "HashMap",
        "HashSet",
        "getrandom",
        "rand::",
        "f32",
        "f64",
    ];
    for (path, text) in rust() {
        let pure = path.starts_with("crates/proof/src") || path.starts_with("crates/kernel/src");
        if !pure {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: Vec<_> = code.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
        for word in banned {
            let found = code.iter().any(|line| {
                line.match_indices(word).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
                })
            });
            assert!(!found, "{path} uses {word}");
        }
    }
}

#[test]
fn every_invariant_and_every_promise_names_a_test_that_exists() {
    let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
    let text = read("ARCHITECTURE.md") + &read("docs/promises.md");
    let sources = files(&[".rs", ".mjs"]);
    let mut count = 0;
    for line in text.lines().filter(|line| line.contains("Held by ")) {
        let names = line.split("Held by ").nth(1).unwrap_or_default();
        for name in names.split('`').skip(1).step_by(2) {
            let test = name.rsplit("::").next().unwrap_or_default();
            let found = sources.iter().any(|(_, source)| source.contains(test));
            assert!(found, "no test called {test}");
            count += 1;
        }
    }
    assert!(count >= 25, "{count} tests are named");
}

#[test]
fn links_in_documents_lead_somewhere() {
    let mut findings = Vec::new();
    for (path, text) in files(&[".md"]) {
        let directory = root().join(&path);
        let directory = directory.parent().unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = target.split('#').next().unwrap_or_default();
            let outside = target.is_empty() || target.contains("://") || target.starts_with('/');
            if !outside && !directory.join(target).exists() {
                findings.push(format!("{path} links to {target}"));
            }
        }
    }
    nothing_found(findings);
}
