//! The documents say what the kernel does: tables are generated, examples are run.

use crate::charters::raid::{Raid, SCENES};
use crate::common::play::{Play, script};
use crate::common::{World, keeping, key, sealed};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use weal_kernel::schema::Admission;
use weal_kernel::{Act, Hash, Refusal, State, check_shape};

fn in_repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// Compares a checked-in file with what it should be; `WEAL_BLESS=1` rewrites it.
fn check_file(path: &str, expected: &str) {
    let file = in_repository(path);
    if std::env::var_os("WEAL_BLESS").is_some() {
        fs::write(&file, expected).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == expected, "{path} is out of date; WEAL_BLESS=1 rewrites it");
}

const FAMILIES: &[(&str, &str)] = &[
    ("SHAPE", "The shape of an operation"),
    ("TIME", "Time"),
    ("SIGN", "Signatures"),
    ("PRIN", "Principals"),
    ("MAND", "Mandates"),
    ("ROLE", "Roles"),
    ("RECO", "Records"),
    ("ITEM", "Items and packs"),
    ("HOLD", "Goods"),
    ("MONE", "Money"),
    ("CHAR", "Charters"),
    ("NETW", "The network"),
];

#[test]
fn the_table_of_refusals_is_that_of_the_kernel() {
    let mut text = String::from(
        "# Refusals\n\n\
         Every way in which the book says no. A refused operation changes nothing; its sender\n\
         gets the code, the rule, the place in the operation and what was found there.\n\n\
         The kernel writes this page: `WEAL_BLESS=1 cargo test -p weal-kernel docs`.\n",
    );
    let mut listed = 0;
    for (family, title) in FAMILIES {
        text.push_str(&format!(
            "\n## {title}\n\n| code | rule | what you can do |\n|---|---|---|\n"
        ));
        let of_family = |refusal: &&Refusal| refusal.code().split('-').next() == Some(family);
        for refusal in Refusal::ALL.iter().filter(of_family) {
            let (code, rule) = (refusal.code(), refusal.sentence());
            text.push_str(&format!("| {code} | {rule} | {} |\n", refusal.remedy()));
            listed += 1;
        }
    }
    assert_eq!(listed, Refusal::ALL.len(), "a family has no title");
    check_file("docs/refusals.md", &text);
}

fn specification() -> String {
    fs::read_to_string(in_repository("spec/operations.md")).unwrap()
}

/// The parts of a text under headings of this level, by heading.
fn sections(text: &str, level: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for part in text.split(&format!("\n{level} ")).skip(1) {
        let (heading, body) = part.split_once('\n').unwrap();
        let body = body.split("\n## ").next().unwrap_or_default();
        found.insert(heading.trim_matches('`').to_owned(), body.to_owned());
    }
    found
}

/// The names in the first column of a section's tables.
fn members(section: &str) -> Vec<String> {
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    rows.map(|(name, _)| name.to_owned()).collect()
}

fn member_set(section: &str) -> BTreeSet<String> {
    members(section).into_iter().collect()
}

/// The names of an object's members in the order in which they are written.
fn written_names(text: &str) -> Vec<String> {
    let (mut depth, mut found) = (0, Vec::new());
    let mut parts = text.split('"');
    while let Some(between) = parts.next() {
        depth += between.matches(['{', '[']).count();
        depth -= between.matches(['}', ']']).count();
        let Some(inner) = parts.next() else { break };
        let follows = parts.clone().next().unwrap_or_default();
        if depth == 1 && text.starts_with('{') && follows.starts_with(':') {
            found.push(inner.to_owned());
        }
    }
    found
}

fn names(value: &Value) -> BTreeSet<String> {
    value.as_object().into_iter().flat_map(|members| members.keys().cloned()).collect()
}

/// An example has the shape the kernel reads, and says nothing the kernel does not understand.
fn run_example(name: &str, example: &Value) {
    let network = Hash([1; 32]);
    let mut payload = json!({
        "v": 1, "network": network, "time": 1, "nonce": "0".repeat(32), "act": example
    });
    if name != "principal.register" {
        payload["actor"] = json!(network);
    }
    let bytes = sealed(serde_json::to_vec(&payload).unwrap(), &[key("a")]).to_bytes();
    let signed = check_shape(&network, &bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
    let read = serde_json::to_value(&signed.payload).unwrap();
    let written = read["act"][name].as_object().unwrap();
    for (member, value) in example[name].as_object().unwrap() {
        assert_eq!(written.get(member), Some(value), "{name}");
    }
}

#[test]
fn every_act_is_specified_with_an_example_that_runs() {
    let acts = sections(&specification(), "###");
    for name in Act::NAMES {
        let section = acts.get(*name).unwrap_or_else(|| panic!("{name} is not specified"));
        let examples =
            section.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
        let mut shown = BTreeSet::new();
        for example in examples {
            let example: Value = serde_json::from_str(example).unwrap();
            shown.extend(names(example.get(name).expect(name)));
            run_example(name, &example);
        }
        assert_eq!(member_set(section), shown, "table and examples of {name}");
    }
}

#[test]
fn every_refusal_the_specification_names_exists() {
    let text = specification();
    let known: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    let mut named = BTreeSet::new();
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        if FAMILIES.iter().any(|(family, _)| word.starts_with(&format!("{family}-"))) {
            assert!(known.contains(word), "{word} is no refusal");
            named.insert(word);
        }
    }
    let missing: Vec<_> = known.difference(&named).collect();
    assert!(missing.is_empty(), "the specification does not name {missing:?}");
}

/// Whether an entry's name is of this form, in which words in capitals stand for anything.
fn is_of(form: &str, name: &str) -> bool {
    let (form, name): (Vec<_>, Vec<_>) = (form.split('/').collect(), name.split('/').collect());
    let any = |word: &str| word.bytes().all(|c| c.is_ascii_uppercase());
    form.len() == name.len() && form.iter().zip(&name).all(|(f, n)| f == n || any(f))
}

/// A book into which an institution brought somebody.
fn brought_in() -> World {
    let admission = Admission { newcomers_per_day: 1 };
    let mut w = World::with_admission(keeping::keepers(), Some(admission));
    let mut op = w.registration("newcomer", vec![key("newcomer")], 1);
    op.signers.push(keeping::machine("keeper b"));
    w.done(&op);
    w
}

/// Plays and raids at random and compares the entries found with the tables of the specification.
#[test]
fn every_entry_of_the_state_is_specified() {
    let headings = sections(&specification(), "####");
    let tables: BTreeMap<_, _> =
        headings.iter().map(|(heading, section)| (heading.as_str(), members(section))).collect();
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    let mut look = |state: &State| {
        state.each_entry(&mut |key, value| {
            let found = tables.iter().find(|(form, _)| is_of(form, key));
            let (form, table) = found.unwrap_or_else(|| panic!("{key} is not specified"));
            let written = written_names(std::str::from_utf8(value).unwrap());
            let mut expected = table.clone();
            expected.retain(|name| written.contains(name));
            assert_eq!(written, expected, "members of {key}");
            seen.insert(*form);
        });
    };
    for round in 0..60 {
        let moves = script(60..80).new_tree(&mut runner).unwrap().current();
        let (mut play, _) = Play::opening();
        let mut raid = Raid::on(round % SCENES);
        for m in Raid::prelude() {
            raid.step(m);
        }
        for m in moves {
            drop(play.step(m));
            raid.step(m);
        }
        look(&play.world.state);
        look(&raid.world.state);
    }
    look(&brought_in().state);
    assert_eq!(seen, tables.keys().copied().collect(), "seen and specified");
}
