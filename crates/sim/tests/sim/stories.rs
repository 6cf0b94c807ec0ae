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

/// In seed 1798 a newcomer had later blocks but not yet the one it began at when it crashed; its
/// engine then refused to start for ever.
#[test]
fn a_newcomer_who_crashes_before_his_first_block_arrived_starts_again() {
    let faults = vec![
        Timed { from_ms: 2_394, to_ms: 5_607, fault: Fault::Split(vec![4]) },
        Timed { from_ms: 5_629, to_ms: 6_722, fault: Fault::Loss(86) },
        Timed { from_ms: 6_653, to_ms: 9_354, fault: Fault::CrashAll },
    ];
    let newcomer = Plan { joins: true, heartbeat_ms: 600, latency_ms: 2, jitter_ms: 0, ..quiet() };
    lives(Plan { epoch_blocks: 27, pace_ms: 430, faults, heal_ms: 9_354, ..newcomer });
}

/// In seed 1076 a node that had slept led a view long gone, built on an old block, and refused for
/// good what rested on a newer one.
#[test]
fn one_who_slept_refuses_nothing_for_good() {
    let faults = (0..4).map(|node| {
        let from_ms = 1_500 + 1_100 * node;
        Timed { from_ms, to_ms: from_ms + 900, fault: Fault::Crash(node as usize) }
    });
    lives(Plan { faults: faults.collect(), pace_ms: 60, heal_ms: 7_000, ..quiet() });
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
