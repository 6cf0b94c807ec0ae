//! Vectors of the log: heads, inclusion and consistency, each with the verdict it must have.

use crate::book::{Random, climb, head, node};
use serde::{Deserialize, Serialize};
use weal_proof::{Hash, log};

/// `spec/vectors/logs.json`; places and sizes are decimal texts, as they can pass 2^53.
#[derive(Deserialize)]
pub(crate) struct Logs {
    pub(crate) roots: Vec<Hash>,
    pub(crate) inclusion: Vec<(Hash, String, String, Vec<Hash>, Hash, bool)>,
    pub(crate) consistency: Vec<(String, Hash, String, Hash, Vec<Hash>, bool)>,
}

const SIZES: [u64; 7] = [1, 2, 3, 6, 7, 8, 37];

fn leaves(count: u64) -> Vec<Hash> {
    (0..count).map(|i| Hash::of(&[&[0], &[i as u8]])).collect()
}

/// The vectors, built as RFC 6962 defines them.
pub(crate) fn logs() -> Logs {
    let roots = (0..=64).map(|size| head(&leaves(size))).collect();
    let mut logs = Logs { roots, inclusion: Vec::new(), consistency: Vec::new() };
    let mut random = Random::new(6962);
    for size in SIZES {
        let all = leaves(size);
        let subtree = |start: u64, end: u64| head(&all[start as usize..end as usize]);
        for index in [0, size / 2, size - 1] {
            let leaf = all[index as usize];
            inclusion(&mut logs, &mut random, (leaf, index, size), &subtree);
        }
    }
    let subtree = |start: u64, end: u64| Hash::of(&[&start.to_be_bytes(), &end.to_be_bytes()]);
    for (index, size) in [(1 << 53, (1 << 53) + 5), (0, u64::MAX), (u64::MAX - 1, u64::MAX)] {
        inclusion(&mut logs, &mut random, (Hash::of(&[b"leaf"]), index, size), &subtree);
    }
    for new in SIZES {
        let mut olds = vec![0, 1, new / 2, new.next_power_of_two() / 2, new - 1, new];
        olds.dedup();
        for old in olds {
            consistency(&mut logs, &mut random, old, new);
        }
    }
    logs
}

fn inclusion(
    logs: &mut Logs,
    random: &mut Random,
    (leaf, index, size): (Hash, u64, u64),
    subtree: &dyn Fn(u64, u64) -> Hash,
) {
    let (root, path) = climb(leaf, index, (0, size), subtree);
    let mut add = |index: u64, size: u64, path: &[Hash], good| {
        let (index, size) = (index.to_string(), size.to_string());
        logs.inclusion.push((leaf, index, size, path.to_vec(), root, good));
    };
    add(index, size, &path, true);
    add(index ^ 1, size, &path, false);
    add(size, size, &path, false);
    let spoilt = match random.below(3) {
        0 => [path.as_slice(), &[leaf]].concat(),
        1 if !path.is_empty() => path[1..].to_vec(),
        _ => path.iter().rev().copied().chain([root]).collect(),
    };
    add(index, size, &spoilt, false);
}

fn consistency(logs: &mut Logs, random: &mut Random, old: u64, new: u64) {
    let (before, after) = (head(&leaves(old)), head(&leaves(new)));
    let path = subproof(old, &leaves(new), true);
    let mut add = |old: u64, before, path: &[Hash], good| {
        let (old, new) = (old.to_string(), new.to_string());
        logs.consistency.push((old, before, new, after, path.to_vec(), good));
    };
    add(old, before, &path, true);
    if old > 0 {
        add(old, Hash::ZERO, &path, false);
        add(old - 1, before, &[path.as_slice(), &[after]].concat(), false);
    }
    add(new + 1, before, &path, false);
    let at = random.below(path.len());
    if let Some(hash) = path.get(at) {
        let mut spoilt = path.clone();
        spoilt[at] = node(hash, hash);
        add(old, before, &spoilt, false);
        add(old, before, &path[1..], false);
    }
}

/// SUBPROOF of RFC 6962 section 2.1.2.
fn subproof(old: u64, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    let size = leaves.len() as u64;
    if old == 0 || old == size {
        return if whole { Vec::new() } else { vec![head(leaves)] };
    }
    let middle = size.next_power_of_two() / 2;
    let (left, right) = leaves.split_at(middle as usize);
    let (mut path, side) = if old <= middle {
        (subproof(old, left, whole), head(right))
    } else {
        (subproof(old - middle, right, false), head(left))
    };
    path.push(side);
    path
}

/// The file: one vector in a line.
pub(crate) fn to_text(logs: &Logs) -> String {
    let roots = serde_json::to_string(&logs.roots).unwrap();
    let (inclusion, consistency) = (lines(&logs.inclusion), lines(&logs.consistency));
    format!(
        "{{\"roots\":{roots},\n\"inclusion\":[\n{inclusion}\n],\n\
         \"consistency\":[\n{consistency}\n]}}\n"
    )
}

fn lines<T: Serialize>(rows: &[T]) -> String {
    let rows: Vec<_> = rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect();
    rows.join(",\n")
}

/// Runs the vectors of a file through the code under test.
pub(crate) fn run(logs: &Logs) {
    let mut frontier = log::Frontier::default();
    for (size, root) in logs.roots.iter().enumerate() {
        assert_eq!(frontier.root(), *root, "head of {size}");
        frontier.push(log::leaf_hash(&[size as u8]));
    }
    let number = |text: &String| text.parse::<u64>().unwrap();
    for (leaf, index, size, path, root, good) in &logs.inclusion {
        let verdict = log::verify_inclusion(*leaf, number(index), number(size), path, root);
        assert_eq!(verdict, *good, "entry {index} of {size}");
    }
    for (old, before, new, after, path, good) in &logs.consistency {
        let (before, after) = ((number(old), before), (number(new), after));
        assert_eq!(log::verify_consistency(before, after, path), *good, "{old} to {new}");
    }
}
