//! The vectors that both light clients run: generated here, frozen in `spec/vectors`.
//!
//! `WEAL_BLESS=1 cargo test -p weal-proof --test vectors` writes the files anew; a change in them
//! is a change of the format or of a verdict, and has to be meant.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod book;
mod chain;
mod damage;
mod handover;
mod since;
mod spans;
mod strange;
mod strict;
mod trees;

use damage::Edit;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use weal_proof::{Receipt, limits};

/// These files have to stay small enough to read and to clone.
const VECTORS_BYTES: u64 = 1_800_000;

/// Every verdict there is, and each must be met.
const VERDICTS: &str = "certificate epoch genesis header header-digest header-network inclusion \
                        json network ok operation sets shape signature state validators";

/// `spec/vectors/receipts.json`.
#[derive(Deserialize)]
struct Receipts {
    receipts: Vec<String>,
    edits: Vec<Row>,
    since: Vec<(usize, usize, String)>,
}

/// Receipt, offset and deleted length in bytes, insertion, verdict, and how often to insert.
#[derive(Deserialize)]
#[serde(untagged)]
enum Row {
    Once(usize, usize, usize, String, String),
    Often(usize, usize, usize, String, String, usize),
}

impl Row {
    fn parts(&self) -> (usize, Edit, &str) {
        let (receipt, offset, delete, insert, verdict, times) = match self {
            Row::Once(receipt, offset, delete, insert, verdict) => {
                (receipt, offset, delete, insert, verdict, &1)
            }
            Row::Often(receipt, offset, delete, insert, verdict, times) => {
                (receipt, offset, delete, insert, verdict, times)
            }
        };
        let (offset, delete, times) = (*offset, *delete, *times);
        let edit = Edit { offset, delete, insert: insert.clone(), times, may_be: &[] };
        (*receipt, edit, verdict)
    }
}

fn verdict(bytes: &[u8]) -> &'static str {
    match Receipt::from_bytes(bytes).and_then(|receipt| receipt.check()) {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

/// The verdict on a receipt for somebody who checked an earlier one.
fn verdict_after(text: &str, earlier: &str) -> &'static str {
    let read = |text: &str| Receipt::from_bytes(text.as_bytes());
    match read(text).and_then(|receipt| receipt.check_after(&read(earlier)?)) {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors").join(name)
}

/// The checked-in file, which must be what the generator makes.
fn frozen(name: &str, fresh: &str) -> String {
    if std::env::var_os("WEAL_BLESS").is_some() {
        fs::write(path(name), fresh).unwrap();
    }
    let text = fs::read_to_string(path(name)).unwrap_or_default();
    assert!(text == fresh, "{name} is not what the code makes: run with WEAL_BLESS=1 and compare");
    text
}

/// Edits that reach the limits of length.
fn long(text: &str) -> Vec<Edit> {
    let all = spans::spans(text);
    let operation = all.iter().find(|span| span.pointer == "/operation").unwrap();
    let edit = |offset, insert: &str, times, may_be| Edit {
        offset,
        delete: 0,
        insert: insert.into(),
        times,
        may_be,
    };
    let file = limits::RECEIPT_BYTES - text.len();
    let envelope = limits::ENVELOPE_BYTES - (operation.end - operation.start);
    vec![
        edit(text.len(), " ", file, &["ok"]),
        edit(text.len(), " ", file + 1, &["shape"]),
        edit(operation.start + 1, " ", envelope, &["ok"]),
        edit(operation.start + 1, " ", envelope + 1, &["operation"]),
        edit(0, "[", 100_000, &["json"]),
        edit(1, "\"", 100_001, &["json"]),
        edit(operation.start, "9", 100_000, &["json"]),
    ]
}

/// Edits that fill the list of changes; an empty change has the right shape and holds nothing.
fn many_changes(text: &str) -> Vec<Edit> {
    let all = spans::spans(text);
    let sets = all.iter().find(|span| span.pointer == "/sets").unwrap();
    let listed = all.iter().filter(|span| span.parent == "/sets").count();
    let edit = |count: usize, may_be| Edit {
        offset: sets.start + 1,
        delete: 0,
        insert: r#"["","",[]],"#.into(),
        times: count - listed,
        may_be,
    };
    vec![edit(limits::RECEIPT_SETS, &["sets"]), edit(limits::RECEIPT_SETS + 1, &["shape"])]
}

struct Vectors {
    receipts: Vec<String>,
    /// The place of the receipt first.
    edits: Vec<(usize, Edit)>,
    /// The receipt, the one checked before, and the verdict.
    since: Vec<(usize, usize, &'static str)>,
}

/// The place of a text in the list, to which it is added when it is new.
fn place(receipts: &mut Vec<String>, text: String) -> usize {
    receipts.iter().position(|known| *known == text).unwrap_or_else(|| {
        receipts.push(text);
        receipts.len() - 1
    })
}

/// Every receipt with its edits.
fn generate() -> Vectors {
    let (mut receipts, mut edits) = (book::good(), Vec::new());
    for (at, text) in receipts.iter().enumerate() {
        edits.extend(damage::damage(text, at as u64 + 1).into_iter().map(|edit| (at, edit)));
    }
    edits.extend(long(&receipts[0]).into_iter().map(|edit| (0, edit)));
    edits.extend(many_changes(&receipts[3]).into_iter().map(|edit| (3, edit)));
    for strange in strange::all().into_iter().chain(handover::all()) {
        assert_eq!(verdict(strange.text.as_bytes()), strange.verdict, "{}", strange.name);
        let untouched = Edit { offset: 0, delete: 0, insert: String::new(), times: 1, may_be: &[] };
        edits.push((receipts.len(), untouched));
        receipts.push(strange.text);
    }
    let mut since = Vec::new();
    for (text, earlier, verdict) in since::all() {
        since.push((place(&mut receipts, text), place(&mut receipts, earlier), verdict));
    }
    Vectors { receipts, edits, since }
}

fn to_text(Vectors { receipts, edits, since }: &Vectors) -> String {
    let row = |(at, edit): &(usize, Edit)| {
        let bytes = edit.apply(&receipts[*at]);
        let verdict = verdict(&bytes);
        let Edit { offset, delete, insert, times, may_be } = edit;
        let right = may_be.is_empty() || may_be.contains(&verdict);
        assert!(right, "{verdict}, not {may_be:?}: {}", String::from_utf8_lossy(&bytes));
        let insert = serde_json::to_string(insert).unwrap();
        let times = if *times == 1 { String::new() } else { format!(",{times}") };
        format!("[{at},{offset},{delete},{insert},\"{verdict}\"{times}]")
    };
    let quoted = |text: &String| serde_json::to_string(text).unwrap();
    let receipts_text = receipts.iter().map(quoted).collect::<Vec<_>>().join(",\n");
    let edits_text = edits.iter().map(row).collect::<Vec<_>>().join(",\n");
    let row = |(at, earlier, verdict): &(usize, usize, &'static str)| {
        let found = verdict_after(&receipts[*at], &receipts[*earlier]);
        assert_eq!(found, *verdict, "{at} after {earlier}");
        format!("[{at},{earlier},\"{verdict}\"]")
    };
    let since_text = since.iter().map(row).collect::<Vec<_>>().join(",\n");
    format!(
        "{{\"receipts\":[\n{receipts_text}\n],\n\"edits\":[\n{edits_text}\n],\n\
         \"since\":[\n{since_text}\n]}}\n"
    )
}

#[test]
fn every_receipt_has_the_verdict_that_was_frozen() {
    let fresh = to_text(&generate());
    let file: Receipts = serde_json::from_str(&frozen("receipts.json", &fresh)).unwrap();
    let mut counts = BTreeMap::new();
    for row in &file.edits {
        let (at, edit, expected) = row.parts();
        assert_eq!(verdict(&edit.apply(&file.receipts[at])), expected, "{at}: {edit:?}");
        *counts.entry(expected).or_insert(0) += 1;
    }
    for (at, earlier, expected) in &file.since {
        assert_eq!(verdict_after(&file.receipts[*at], &file.receipts[*earlier]), expected);
    }
    println!("{} receipts, {} edits: {counts:?}", file.receipts.len(), file.edits.len());
    assert_eq!(counts.keys().copied().collect::<Vec<_>>().join(" "), VERDICTS);
    assert!(file.edits.len() > 4_000);
}

#[test]
fn the_log_has_the_heads_and_paths_that_were_frozen() {
    let text = frozen("logs.json", &trees::to_text(&trees::logs()));
    trees::run(&serde_json::from_str(&text).unwrap());
}

#[test]
fn strict_json_accepts_and_refuses_what_was_frozen() {
    let text = frozen("json.json", &strict::to_text(&strict::texts()));
    strict::run(&serde_json::from_str(&text).unwrap());
}

#[test]
fn the_vectors_stay_small() {
    let files = ["receipts.json", "logs.json", "json.json"];
    let bytes: u64 =
        files.iter().flat_map(|name| fs::metadata(path(name))).map(|file| file.len()).sum();
    assert!(bytes < VECTORS_BYTES, "{bytes} bytes");
}

#[test]
fn every_code_and_every_limit_stands_in_the_specification() {
    let read = |name| fs::read_to_string(path("..").join(name)).unwrap();
    let (encoding, proofs) = (read("encoding.md"), read("proofs.md"));
    for code in VERDICTS.split(' ').chain(["since"]) {
        assert!(proofs.contains(&format!("`{code}`")), "{code}");
    }
    let limits = [
        limits::ENVELOPE_BYTES,
        limits::PAYLOAD_BYTES,
        limits::SIGNATURES,
        limits::JSON_DEPTH,
        limits::INTEGER_MAX as usize,
        limits::VALIDATORS,
        limits::GENESIS_BYTES,
        limits::RECEIPT_BYTES,
        limits::RECEIPT_STATE_ENTRIES,
        limits::LOG_PATH,
        limits::STATE_PATH,
        limits::KEEPER_NAME_BYTES,
        limits::KEEPER_ADDRESS_BYTES,
        limits::EPOCH_BLOCKS_MIN as usize,
        limits::EPOCH_BLOCKS_MAX as usize,
        limits::RECEIPT_SETS,
    ];
    let rows = encoding.lines().filter_map(|line| line.strip_suffix(" |")?.rsplit_once("| "));
    let written: Vec<_> = rows.filter_map(|(_, number)| number.parse::<usize>().ok()).collect();
    assert_eq!(written, limits);
}
