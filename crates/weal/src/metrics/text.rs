//! Writes the text format of Prometheus, 0.0.4: each figure once, all its samples together.

use super::Figure;
use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

/// What a figure does over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It sorts durations into buckets.
    Histogram,
}

impl Kind {
    /// The format's word.
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        }
    }
}

/// A text that is being written.
pub(super) struct Text {
    figures: &'static [Figure],
    samples: BTreeMap<&'static str, String>,
}

impl Text {
    /// Figures are written in this order.
    pub(super) fn new(figures: &'static [Figure]) -> Text {
        Text { figures, samples: BTreeMap::new() }
    }

    /// One sample of a figure.
    pub(super) fn one(&mut self, name: &'static str, labels: &[(&str, &str)], value: impl Display) {
        self.part(name, "", labels, value);
    }

    /// One sample whose name is the figure's and an ending.
    pub(super) fn part(
        &mut self,
        name: &'static str,
        ending: &str,
        labels: &[(&str, &str)],
        value: impl Display,
    ) {
        debug_assert!(self.figures.iter().any(|(known, ..)| *known == name), "{name}");
        let out = self.samples.entry(name).or_default();
        let labels: Vec<_> =
            labels.iter().map(|(key, value)| format!("{key}=\"{}\"", escaped(value))).collect();
        let braces = if labels.is_empty() { String::new() } else { "{}".to_owned() };
        let (open, close) = braces.split_at(braces.len() / 2);
        let _ = writeln!(out, "{name}{ending}{open}{}{close} {value}", labels.join(","));
    }

    /// The text of all figures that have samples.
    pub(super) fn finish(self) -> String {
        let mut out = String::new();
        for (name, kind, help) in self.figures {
            let Some(samples) = self.samples.get(name) else { continue };
            let kind = kind.word();
            let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} {kind}\n{samples}");
        }
        out
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
