//! Batches of seeds.

use weal_sim::{Options, Report, run};

fn good(seed: u64) -> Report {
    let report = run(seed, &Options::default());
    assert_eq!(report.failure, None, "seed {seed}: weal-sim replay {seed} --trace");
    report
}

#[test]
fn a_batch_of_seeds_breaks_no_promise() {
    let reports: Vec<_> = (0..24).map(good).collect();
    assert!(reports.iter().all(|report| report.blocks > 10 && report.operations > 0));
}

#[test]
fn seeds_that_failed_once_fail_no_more() {
    let kept = include_str!("../../kept.txt");
    for line in kept.lines().filter(|line| !line.starts_with('#')) {
        good(line.split_whitespace().next().unwrap().parse().unwrap());
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 100..104 {
        let (first, second) = (good(seed), good(seed));
        assert_eq!(first.audit, second.audit, "seed {seed}");
        assert_eq!(first.counters, second.counters, "seed {seed}");
        assert_eq!((first.blocks, first.operations), (second.blocks, second.operations));
    }
    assert_ne!(good(100).audit, good(101).audit);
}
