//! Every text in `charters/` runs unchanged as Python and as Starlark, its worked examples hold
//! there too, and its rules give the same over a grid of inputs.
#![allow(missing_docs, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use weal_charter::Charter;
use weal_charter_oracle::writer::Dice;
use weal_charter_oracle::{Call, ours, python, starlark};

/// Calls of one rule at most; of a larger grid, so many chosen by chance.
const GRID: usize = 400;

/// The texts by their names, in the order of the names.
fn texts() -> Vec<(String, String)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../charters");
    let files = std::fs::read_dir(directory).unwrap().flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> = files.filter(|path| path.extension().is_some()).collect();
    paths.sort();
    let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// Numbers to try for each input: within its range for rules that flows use, else of all sizes.
fn values(charter: &Charter, rule: usize) -> Vec<Vec<i128>> {
    let names = charter.program.rule(rule).unwrap().inputs.clone();
    let ranges = names.iter().map(|name| match charter.input(name) {
        Some(input) => charter.range(input),
        None => (-1_000_000, 1_000_000_000_000),
    });
    let numbers = |(low, high): (i128, i128)| {
        let mut numbers = vec![low, low + 1, 0, 1, 30, 59, 60, 1_966, 2_026, 20_676, 700_000];
        numbers.extend([13_900_000, (low + high) / 2, low + (high - low) / 7, high - 1, high]);
        numbers.retain(|number| (low..=high).contains(number));
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    };
    ranges.map(numbers).collect()
}

/// The grid of all rules.
fn grid(charter: &Charter) -> Vec<Call> {
    let mut dice = Dice::new(7);
    let mut calls = Vec::new();
    for (number, rule) in charter.program.rules.iter().enumerate() {
        let values = values(charter, number);
        let whole: usize = values.iter().map(Vec::len).product();
        for way in 0..whole.min(GRID) {
            let mut rest = if whole > GRID { dice.below(whole) } else { way };
            let mut inputs = Vec::new();
            for numbers in &values {
                inputs.push(numbers[rest % numbers.len()]);
                rest /= numbers.len();
            }
            calls.push((rule.name.clone(), inputs));
        }
    }
    calls
}

#[test]
fn every_text_that_ships_means_in_python_and_in_starlark_what_it_means_here() {
    let texts = texts();
    assert!(texts.len() >= 9, "{} texts", texts.len());
    let charters: Vec<Charter> =
        texts.iter().map(|(_, text)| Charter::read(text).unwrap()).collect();
    let grids: Vec<Vec<Call>> = charters.iter().map(grid).collect();
    let asked: Vec<_> =
        texts.iter().zip(&grids).map(|((_, text), calls)| (text.clone(), calls.clone())).collect();
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shipped.json");
    let answers = python::ask(&asked, &file).unwrap();
    for ((((name, text), charter), calls), answer) in
        texts.iter().zip(&charters).zip(&grids).zip(&answers)
    {
        let ours = ours::results(charter, calls);
        let examples = charter.examples.len();
        assert_eq!(usize::try_from(answer.examples).unwrap(), examples, "{name}");
        assert_eq!(answer.failed, Vec::<String>::new(), "{name}");
        for (((call, ours), plain), strict) in
            calls.iter().zip(&ours).zip(&answer.plain).zip(&answer.strict)
        {
            assert!(ours == plain && ours == strict, "{name} {call:?}: {ours} {plain} {strict}");
        }
        let (checked, failed, found) = starlark::ask(text, calls).unwrap();
        assert_eq!((checked, failed), (examples, Vec::new()), "{name}");
        assert_eq!(found, ours, "{name}");
        println!("{:>6} calls and {examples:>3} examples agree: {name}", calls.len());
    }
}
