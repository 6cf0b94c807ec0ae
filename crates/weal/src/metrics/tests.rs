//! The figures are readable, each is told once, and the dashboard and alerts name only such.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::app::{SubmitError, Submitted};
use std::collections::BTreeSet;
use std::time::Duration;
use weal_kernel::Refusal;

const ENGINE: &str = "# HELP votes Votes.\n# TYPE votes counter\nvotes_total{peer=\"a}\\\"\"} 1\n\
    # HELP open Open views.\n# TYPE open gauge\nopen 3\nopen 4\n# HELP votes Votes.\n\
    # TYPE votes counter\nvotes_total{peer=\"b\"} 2 # {trace=\"x\"} 1\n# TYPE took histogram\n\
    took_bucket{le=\"1.0\"} 1\ntook_bucket{le=\"+Inf\"} 1\ntook_sum 0.5\ntook_count 1\n# EOF\n";

fn seen() -> Seen {
    let status = Status {
        network: "00".into(),
        name: "Test".into(),
        height: 12,
        time_ms: 1_000,
        digest: String::new(),
        log_size: 34,
        log_root: String::new(),
        state_root: String::new(),
        validators: 4,
        signed: 3,
        agree: 4,
        indexed: 10,
        waiting: 5,
        oldest_wait_s: 2,
        demonstration: false,
    };
    let keeping = Keeping {
        epoch: 1,
        epoch_blocks: 256,
        approval_percent: 67,
        needed_approvals: 3,
        keepers: Vec::new(),
        next: Vec::new(),
        own_key: String::new(),
        role: "mirror",
        trouble: Some("nobody answers".into()),
        evidence: Vec::new(),
    };
    let process = Process::look();
    Seen { status, keeping, disk_free_bytes: Some(7), process, engine: ENGINE.into() }
}

fn counts() -> Counts {
    let counts = Counts::default();
    let last = |index| Ok(Submitted::Final { index, before: false });
    counts.note(Duration::from_millis(90), &last(1));
    counts.note(Duration::from_millis(100), &last(2));
    counts.note(Duration::from_secs(60), &last(3));
    counts.note(Duration::ZERO, &Err(SubmitError::NodeBusy { retry_after_s: 1 }));
    let refused = Refusal::BadSignature.at("/signatures", "key");
    counts.note(Duration::ZERO, &Err(SubmitError::Refused(refused)));
    counts
}

#[test]
fn every_figure_is_told_with_its_kind_and_all_its_samples_together() {
    let text = write(&seen(), &counts());
    let (mut open, mut closed, mut samples) = ("", BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            open = rest.split(' ').next().unwrap();
            assert!(closed.insert(open), "{open} is told twice");
        } else if !line.starts_with('#') {
            let (sample, value) = line.rsplit_once(' ').unwrap();
            assert!(sample.starts_with(open), "{line} stands below {open}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
            assert!(samples.insert(sample), "{sample} is told twice");
        }
    }
    for (name, ..) in FIGURES {
        assert!(closed.contains(name), "{name} is not told");
    }
}

#[test]
fn durations_fall_into_the_buckets_they_fit_in() {
    let text = write(&seen(), &counts());
    for line in [
        "weal_final_seconds_bucket{le=\"0.05\"} 0",
        "weal_final_seconds_bucket{le=\"0.1\"} 2",
        "weal_final_seconds_bucket{le=\"30\"} 2",
        "weal_final_seconds_bucket{le=\"+Inf\"} 3",
        "weal_final_seconds_sum 60.19",
        "weal_final_seconds_count 3",
        "weal_submitted_total 5",
        "weal_refused_total{family=\"node-busy\"} 1",
        "weal_role{role=\"mirror\"} 1",
        "weal_role{role=\"keeper\"} 0",
        "weal_read_model_lag_blocks 2",
        "weal_mirror_trouble 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
}

#[test]
fn the_engines_figures_are_translated_and_told_once() {
    let mut text = String::new();
    engine::append(ENGINE, &mut text);
    let expected = "# HELP weal_engine_open Open views.\n# TYPE weal_engine_open gauge\n\
        weal_engine_open 3\n\
        # HELP weal_engine_took \n# TYPE weal_engine_took histogram\n\
        weal_engine_took_bucket{le=\"1.0\"} 1\nweal_engine_took_bucket{le=\"+Inf\"} 1\n\
        weal_engine_took_sum 0.5\nweal_engine_took_count 1\n\
        # HELP weal_engine_votes_total Votes.\n# TYPE weal_engine_votes_total counter\n\
        weal_engine_votes_total{peer=\"a}\\\"\"} 1\nweal_engine_votes_total{peer=\"b\"} 2\n";
    assert_eq!(text, expected);
}

/// Words in a text that look like names of figures.
fn names(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("weal_") || word.starts_with("process_")).collect()
}

#[test]
fn the_dashboard_and_the_alerts_name_figures_that_are_told() {
    let ops = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ops");
    for file in ["grafana-dashboard.json", "prometheus-alerts.yml"] {
        let text = std::fs::read_to_string(ops.join(file)).unwrap();
        let named = names(&text);
        assert!(named.len() >= 5, "{file} names {named:?}");
        for name in named {
            let stem = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let histogram = |stem: &str| {
                FIGURES.iter().any(|(known, kind, _)| *known == stem && *kind == Kind::Histogram)
            };
            let known = FIGURES.iter().any(|(known, ..)| *known == name);
            assert!(known || stem.is_some_and(histogram), "{file} names {name}");
        }
    }
}
