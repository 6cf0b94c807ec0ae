//! The ordering engine's own figures, which it writes as OpenMetrics, in the older text format.
//!
//! 1. Lines are gathered by figure, since the engine may name one twice; a sample told twice is
//!    told once.
//! 2. Each figure gets the prefix `weal_engine_`.
//! 3. A counter is called as its samples are; kinds the older format does not know are gauges or
//!    untyped; what follows a sample's value (exemplars) is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const PREFIX: &str = "weal_engine_";
/// Endings of the samples of one figure.
const ENDINGS: [&str; 6] = ["_total", "_bucket", "_sum", "_count", "_info", "_created"];

#[derive(Default)]
struct Family {
    kind: String,
    help: String,
    /// Name and labels of each sample, in the order in which they were told.
    samples: Vec<(String, String, String)>,
    seen: BTreeSet<(String, String)>,
}

/// Appends what the engine wrote.
pub(super) fn append(engine: &str, out: &mut String) {
    for (name, family) in gather(engine) {
        let ending = match family.kind.as_str() {
            "counter" => "_total",
            "info" => "_info",
            _ => "",
        };
        let kind = match family.kind.as_str() {
            kind @ ("counter" | "gauge" | "histogram" | "summary") => kind,
            "info" | "stateset" => "gauge",
            _ => "untyped",
        };
        let _ = writeln!(out, "# HELP {PREFIX}{name}{ending} {}", family.help);
        let _ = writeln!(out, "# TYPE {PREFIX}{name}{ending} {kind}");
        for (sample, labels, value) in &family.samples {
            let _ = writeln!(out, "{PREFIX}{sample}{labels} {value}");
        }
    }
}

fn gather(engine: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    for line in engine.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            let mut words = comment.splitn(3, ' ');
            let (word, name, rest) = (words.next(), words.next(), words.next().unwrap_or_default());
            match (word, name) {
                (Some("HELP"), Some(name)) => {
                    families.entry(name.into()).or_default().help = rest.into();
                }
                (Some("TYPE"), Some(name)) => {
                    families.entry(name.into()).or_default().kind = rest.into();
                }
                _ => {}
            }
        } else if let Some((name, labels, value)) = sample(line) {
            let family = family_of(&families, name).to_owned();
            let family = families.entry(family).or_default();
            if !name.ends_with("_created") && family.seen.insert((name.into(), labels.into())) {
                family.samples.push((name.into(), labels.into(), value.into()));
            }
        }
    }
    families.retain(|_, family| !family.samples.is_empty());
    families
}

/// The figure a sample belongs to.
fn family_of<'a>(families: &BTreeMap<String, Family>, name: &'a str) -> &'a str {
    let stems = ENDINGS.iter().filter_map(|ending| name.strip_suffix(ending));
    stems.into_iter().find(|stem| families.contains_key(*stem)).unwrap_or(name)
}

/// Name, labels with their braces, and value of a line.
fn sample(line: &str) -> Option<(&str, &str, &str)> {
    let split = line.find(['{', ' '])?;
    let (name, rest) = line.split_at(split);
    let labels = if rest.starts_with('{') { labels_end(rest)? } else { 0 };
    let (labels, value) = rest.split_at(labels);
    Some((name, labels, value.split_whitespace().next()?))
}

/// The place behind the brace that closes the labels; values may hold braces and quotes.
fn labels_end(rest: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, letter) in rest.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '}' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}
