//! What the seeds found, as plans of their own that no change of the drawing takes away.

use weal_sim::faults::{Fault, Liar, Plan, Timed};
use weal_sim::{Options, Report, run};

/// Four validators, short epochs, nothing wrong.
fn quiet() -> Plan {
    Plan {
        validators: 4,
        liars: Vec::new(),
        joins: false,
        removed: None,
        epoch_blocks: 8,
        heartbeat_ms: 300,
        latency_ms: 10,
        jitter_ms: 2,
        loss: 0,
        echoes: 0,
        pace_ms: 300,
        faults: Vec::new(),
        heal_ms: 6_000,
    }
}

fn lives(plan: Plan) -> Report {
    let report = run(1, &Options { plan: Some(plan), ..Options::default() });
    assert_eq!(report.failure, None);
    report
}

/// Seeds 33, 72 and 84 stood still at the last block of an epoch: one damaged message had named an
/// epoch far ahead, and everybody believed that all epochs before it were over.
#[test]
fn one_who_claims_to_be_far_ahead_stops_nobody() {
    let report = lives(Plan { liars: vec![(3, Liar::FarAhead)], ..quiet() });
    assert!(report.blocks > 16, "{} blocks", report.blocks);
}

#[test]
fn somebody_joins_through_a_mirror_and_somebody_leaves() {
    let report = lives(Plan { joins: true, removed: Some(1), heal_ms: 12_000, ..quiet() });
    for name in ["a mirror became a validator", "a validator was removed"] {
        assert!(report.counters.get(name) > 0, "{name}");
    }
}

#[test]
fn all_crash_at_once_and_nothing_acknowledged_is_lost() {
    let fault = Fault::CrashAll;
    let faults = [1_500, 3_000, 4_500].map(|from_ms| {
        let fault = fault.clone();
        Timed { from_ms, to_ms: from_ms + 500, fault }
    });
    let report = lives(Plan { faults: faults.to_vec(), ..quiet() });
    assert!(report.counters.get("a node went on from its archive") > 0);
}
