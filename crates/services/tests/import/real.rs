//! The lists of January and February 2020, as volunteers saved them. They are not in the
//! repository: the test looks for them beside it, and says so when they are not there.

use crate::ledger::{Ledger, NOW, ids};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;
use weal_services::relief::import::{FileStatus, Plan, plan};

fn directory() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let directory = std::env::var_os("WEAL_DATA").map_or_else(|| beside.into(), PathBuf::from);
    let found = directory.join("hubei_need_events.csv").is_file();
    if !found {
        eprintln!("SKIPPED: no real data in {}; set WEAL_DATA", directory.display());
    }
    found.then_some(directory)
}

fn every_line_is_accounted_for(plan: &Plan) {
    for file in &plan.report.files {
        assert_eq!(file.status, FileStatus::Read, "{:?}", file.advice);
        assert_eq!(file.lines, file.operations + file.used + file.skipped, "{}", file.file);
    }
}

#[test]
fn the_book_takes_the_whole_of_it() {
    let Some(directory) = directory() else { return };
    let mut ledger = Ledger::new();
    let began = Instant::now();
    let plan = plan(&directory, &ledger.importer, NOW, &mut |_| {}).unwrap();
    let planned = began.elapsed();
    let mut report = plan.report.clone();
    report.names.list.truncate(12);
    eprintln!("{}", serde_json::to_string_pretty(&report).unwrap());
    every_line_is_accounted_for(&plan);
    let distinct: BTreeSet<_> = ids(&plan).into_iter().collect();
    assert_eq!(distinct.len(), plan.operations.len());
    let began = Instant::now();
    ledger.submit(&plan);
    eprintln!("planned in {planned:?}, signed and taken in {:?}", began.elapsed());
    assert!(plan.operations.len() > 25_000);
}

#[test]
fn planning_takes_less_than_three_seconds() {
    let Some(directory) = directory() else { return };
    let ledger = Ledger::new();
    let times = (0..4).map(|_| {
        let began = Instant::now();
        plan(&directory, &ledger.importer, NOW, &mut |_| {}).unwrap();
        began.elapsed()
    });
    let best = times.min().unwrap();
    assert!(best.as_secs() < 3, "{best:?}");
}

#[test]
fn a_second_plan_has_the_same_ids() {
    let Some(directory) = directory() else { return };
    let ledger = Ledger::new();
    let mut steps = 0;
    let first = plan(&directory, &ledger.importer, NOW, &mut |_| steps += 1).unwrap();
    let second = plan(&directory, &ledger.importer, NOW, &mut |_| {}).unwrap();
    assert_eq!(ids(&first), ids(&second));
    assert_eq!(first.report, second.report);
    assert!(steps > 20);
}
