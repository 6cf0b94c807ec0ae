//! The language: texts that ship can be read, and hostile texts end in a fault, never in a crash.
#![allow(clippy::unwrap_used, clippy::panic)]

mod large;

use large::Attack;
use std::path::{Path, PathBuf};
use weal_charter::model::Input;
use weal_charter::run::Run;
use weal_charter::{Charter, Fault, Proved};

/// Less than any thread of a node has.
const STACK_BYTES: usize = 512 * 1024;

/// Texts in a directory by their names, in the order of the names.
fn texts(directory: &str) -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let files = std::fs::read_dir(directory).unwrap().flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|ending| ending == "weal")).collect();
    paths.sort();
    let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// Reads a text, and proves its rules, on a small stack.
fn read_on_a_small_stack(text: String) -> Result<Proved, Fault> {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    thread.spawn(move || Proved::read(&text)).unwrap().join().unwrap()
}

/// The attacks that are stored: the first line of each says what it must end in.
fn stored() -> Vec<Attack> {
    let attack = |(name, text): (String, String)| {
        let first = text.lines().next().unwrap().to_owned();
        let (code, rest) = first.strip_prefix("# ").unwrap().split_once(" line ").unwrap();
        let line = rest.split_once(':').unwrap().0.parse().unwrap();
        Attack { name, code: code.to_owned(), line, text }
    };
    texts("tests/attacks").into_iter().map(attack).collect()
}

/// What is not as expected, one line for each attack.
fn failures(attacks: Vec<Attack>) -> Vec<String> {
    let mut failures = Vec::new();
    for Attack { name, code, line, text } in attacks {
        let last = u32::try_from(text.split('\n').count()).unwrap();
        let found = match read_on_a_small_stack(text) {
            Ok(_) => "was read".to_owned(),
            Err(fault) => {
                assert!((1..=last).contains(&fault.place.line), "{name}: {fault}");
                assert!(fault.place.column >= 1, "{name}: {fault}");
                if fault.kind.code() == code && fault.place.line == line {
                    continue;
                }
                fault.to_string()
            }
        };
        failures.push(format!("{name}: expected {code} in line {line}, found {found}"));
    }
    failures
}

#[test]
fn every_text_that_ships_is_read_and_proved() {
    let texts = texts("../../charters");
    assert!(texts.len() >= 9, "{} texts", texts.len());
    for (name, text) in texts {
        if let Err(fault) = read_on_a_small_stack(text) {
            panic!("{name}: {fault}");
        }
    }
}

#[test]
fn every_stored_attack_ends_in_its_fault_at_its_line() {
    let attacks = stored();
    assert!(attacks.len() >= 150, "{} attacks", attacks.len());
    let failures = failures(attacks);
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn every_attack_too_large_to_store_ends_in_its_fault_at_its_line() {
    let failures = failures(large::attacks());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn the_tallest_rules_that_may_be_read_are_run_and_proved_on_a_small_stack() {
    if let Err(fault) = read_on_a_small_stack(large::tallest()) {
        panic!("{fault}");
    }
    let text = large::tallest().replace("-r84", "--r84");
    let (name, code) = ("one higher".to_owned(), "TEXT-02".to_owned());
    assert_eq!(failures(vec![Attack { name, code, line: 260, text }]), Vec::<String>::new());
}

/// A generator of numbers that is the same everywhere (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end.max(1)).unwrap()).unwrap()
    }
}

#[test]
fn a_text_with_pieces_broken_is_read_or_refused_but_never_breaks_the_reader() {
    const PIECES: &str =
        "(|)|[|]|,|:|=|\"|\n|    |-|//|*|if |else |def |for |return |not |0|\\|\t|é";
    let pieces: Vec<&str> = PIECES.split('|').collect();
    let mut dice = Dice(20_260_811);
    let (mut read, mut refused) = (0, 0);
    for (name, text) in texts("../../charters") {
        let letters: Vec<char> = text.chars().collect();
        for _ in 0..200 {
            let mut broken = letters.clone();
            for _ in 0..=dice.below(3) {
                let (at, length) = (dice.below(broken.len()), dice.below(12));
                let end = broken.len().min(at + length);
                let piece = pieces[dice.below(pieces.len())].chars();
                broken.splice(at..end, piece);
            }
            match read_on_a_small_stack(broken.into_iter().collect()) {
                Ok(_) => read += 1,
                Err(fault) => {
                    assert!(fault.place.line >= 1 && !fault.reason.is_empty(), "{name}: {fault}");
                    refused += 1;
                }
            }
        }
    }
    assert!(read > 0 && refused > 1_000, "{read} read, {refused} refused");
}

/// Values of an input worth trying: both ends, beside them, and around nought.
fn corners(charter: &Charter, input: Input) -> Vec<i128> {
    let (low, high) = charter.range(input);
    let mut values = vec![low, low + 1, 0, 1, 2, 59, 60, (low + high) / 2, high - 1, high];
    values.retain(|value| (low..=high).contains(value));
    values.sort_unstable();
    values.dedup();
    values
}

#[test]
fn no_rule_of_a_text_that_ships_fails_at_the_corners_of_what_is_declared() {
    let mut dice = Dice(9);
    let mut calls = 0;
    for (name, text) in texts("../../charters") {
        let charter = Charter::read(&text).unwrap();
        let mut run = Run::new(&charter.program);
        for (number, rule) in charter.program.rules.iter().enumerate() {
            let Some(inputs) = charter.inputs(number) else { continue };
            let corners: Vec<_> = inputs.iter().map(|input| corners(&charter, *input)).collect();
            let ways: usize = corners.iter().map(Vec::len).product();
            for way in 0..ways.min(5_000) {
                let mut rest = if ways > 5_000 { dice.below(ways) } else { way };
                let mut values = Vec::new();
                for corner in &corners {
                    values.push(corner[rest % corner.len()]);
                    rest /= corner.len();
                }
                let found = run.call(number, &values);
                assert!(found.is_ok(), "{name}, {}{values:?}: {}", rule.name, found.unwrap_err());
                calls += 1;
            }
        }
    }
    assert!(calls > 20_000, "{calls} calls");
}
