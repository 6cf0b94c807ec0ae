//! The quirks of such lists, each in a small made-up one.

use crate::folder::{EVENTS, Folder, HOSPITALS, IN, LINES, NAMES, OUT, acts, bodies, first, issue};
use crate::ledger::{Ledger, NOW, ids};
use serde_json::json;
use weal_services::relief::import::{FileStatus, ImportError, plan};

const T: &str = "2020-01-28T01:20:31+08:00,c1";

/// An event at the same time as all others.
fn event(rest: &str) -> String {
    format!("{T},{rest}")
}

fn events(lines: &[&str]) -> Folder {
    let lines: Vec<String> = lines.iter().map(|line| event(line)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    Folder::new().hospitals().list(EVENTS, &lines)
}

#[test]
fn one_means_no_limit_and_nothing_means_unknown() {
    let plan = events(&[
        "hospital_added,H1,,,,",
        "need_opened,H1,goggles,,1,",
        "need_opened,H1,coverall,,,",
        "need_opened,H1,gloves,,若干,",
        "need_opened,H1,mask-surgical,,5000,YY 0469-2011",
    ])
    .import();
    let needs = bodies(&plan, "need");
    let asked: Vec<_> = needs.iter().map(|need| need["quantity"].clone()).collect();
    let expected = [
        json!({ "unbounded": {} }),
        json!({ "unknown": { "text": "[empty]" } }),
        json!({ "unknown": { "text": "若干" } }),
        json!({ "stated": { "amount": 5000 } }),
    ];
    assert_eq!(asked, expected);
    assert_eq!(needs[3]["specification"], "YY 0469-2011");
    assert_eq!(needs[3]["source"], "commit c1");
    assert_eq!(issue(&plan, EVENTS, "unknown-quantity").count, 2);
    let facility = &bodies(&plan, "facility")[0];
    assert_eq!(facility["name"], "甲市第一医院");
    assert_eq!(facility["address"], "东街1号");
    assert_eq!(facility["listing"], "H1");
}

#[test]
fn an_event_becomes_one_operation_or_is_told_of() {
    let plan = events(&[
        "need_opened,H1,goggles,,1,",
        "hospital_added,H1,,,,",
        "hospital_added,H1,,,,",
        "hospital_added,H9,,,,",
        "hospital_removed,H2,,,,",
        "need_opened,H1,goggles,,1,",
        "need_opened,H1,goggles,,1,x",
        "need_opened,H1,unheard-of,,1,",
        "qty_changed,H1,goggles,7,20,",
        "spec_changed,H1,goggles,20,20,GB 14866",
        "need_closed,H1,goggles,20,,",
        "need_closed,H1,goggles,20,,again",
        "qty_changed,H1,goggles,20,30,",
        "moved,H1,,,,",
        "need_opened,,goggles,,1,",
        "hospital_removed,H1,,,,",
    ])
    .import();
    let expected =
        ["facility", "item.define", "need", "correct", "correct", "withdraw", "withdraw"];
    assert_eq!(acts(&plan), expected);
    let skipped = [
        ("not-listed", 2),
        ("listed-already", 1),
        ("unnamed-hospital", 1),
        ("open-already", 1),
        ("unknown-item", 1),
        ("not-open", 2),
        ("unknown-event", 1),
        ("empty", 1),
    ];
    for (code, count) in skipped {
        assert_eq!(issue(&plan, EVENTS, code).count, count, "{code}");
    }
    assert_eq!(first(issue(&plan, EVENTS, "open-already")), (8, "item_code", "goggles"));
    assert_eq!(first(issue(&plan, EVENTS, "other-before")), (10, "old_qty", "7"));
}

#[test]
fn a_hospital_that_comes_back_is_the_same_facility() {
    let plan = events(&[
        "hospital_added,H1,,,,",
        "hospital_removed,H1,,,,",
        "hospital_added,H1,,,,b",
        "need_opened,H1,goggles,,1,",
        "need_closed,H1,goggles,1,,",
        "hospital_removed,H1,,,,b",
    ])
    .import();
    let expected = ["facility", "note", "note", "item.define", "need", "withdraw", "withdraw"];
    assert_eq!(acts(&plan), expected);
    assert_eq!(bodies(&plan, "note")[0]["text"], "Taken off the list, commit c1.");
}

#[test]
fn events_are_taken_in_the_order_of_their_times() {
    let plan = Folder::new()
        .hospitals()
        .list(
            EVENTS,
            &[
                "2020-01-28T03:00:00+08:00,b,need_opened,H1,goggles,,1,",
                "2020-01-27T20:00:00+00:00,c,need_closed,H1,goggles,1,,",
                "2020-01-28T02:00:00+08:00,a,hospital_added,H1,,,,",
                "yesterday,a,hospital_removed,H1,,,,",
            ],
        )
        .import();
    assert_eq!(acts(&plan), ["facility", "item.define", "need", "withdraw"]);
    assert_eq!(issue(&plan, EVENTS, "time-goes-back").count, 1);
    assert_eq!(first(issue(&plan, EVENTS, "bad-time")), (5, "time", "yesterday"));
}

#[test]
fn the_final_list_checks_what_the_stream_leaves_open() {
    let plan = events(&[
        "hospital_added,H1,,,,",
        "need_opened,H1,goggles,,1,",
        "need_opened,H1,coverall,,20,",
        "need_opened,H1,gloves,,20,old",
        "need_opened,H1,cap,,20,",
    ])
    .list(
        LINES,
        &[
            "H1,goggles,300,stated,",
            "H1,goggles,,unlimited,",
            "H1,coverall,30,stated,",
            "H1,gloves,20,stated,new",
            "H1,boots,,unparsed,",
        ],
    )
    .import();
    let check = plan.report.cross_check.unwrap();
    assert_eq!((check.open, check.listed, check.agree), (4, 4, 1));
    assert_eq!((check.other_quantity, check.other_specification), (1, 1));
    assert_eq!((check.only_listed, check.only_open), (1, 1));
    let lines: Vec<_> = check.examples.iter().map(|e| (e.line, e.item.as_str())).collect();
    assert_eq!(lines, [(6, "boots"), (4, "coverall"), (5, "gloves"), (0, "cap")]);
}

#[test]
fn hospitals_without_events_are_described_too() {
    let plan = Folder::new().hospitals().import();
    assert_eq!(acts(&plan), ["facility"]);
    assert_eq!(plan.report.file(HOSPITALS).unwrap().operations, 1);
    let missing = plan.report.file(EVENTS).unwrap();
    assert_eq!(missing.status, FileStatus::Missing);
    let advice = missing.advice.as_ref().unwrap();
    assert!(advice.contains(EVENTS) && advice.contains("put it there"), "{advice}");
}

#[test]
fn events_without_any_list_of_hospitals_are_refused_with_advice() {
    let plan = Folder::new().list(EVENTS, &[&event("hospital_added,H1,,,,")]).import();
    let file = plan.report.file(EVENTS).unwrap();
    assert_eq!(file.status, FileStatus::Refused);
    let advice = file.advice.as_ref().unwrap();
    assert!(advice.contains(HOSPITALS) && advice.contains(NAMES), "{advice}");
    assert_eq!(plan.operations.len(), 0);
}

#[test]
fn a_second_run_gives_the_same_ids_and_a_longer_list_adds_to_them() {
    let lines = [
        "O1,2020-01-30,a,0,甲市第一医院,口罩,50只/盒,盒,2,mask,100,spec-n-per-pack,",
        "O2,2020-01-30,a,1,某处,口罩,50只/盒,盒,2,mask,100,spec-n-per-pack,",
        "O3,2020-01-30,a,2,某处,口罩,,只,2,mask,2,unit-is-piece,",
    ];
    let short = Folder::new().hospitals().list(OUT, &lines[..2]).plan();
    let again = Folder::new().hospitals().list(OUT, &lines[..2]).plan();
    assert_eq!(ids(&short), ids(&again));
    let longer = [lines[2], lines[0], lines[1]];
    let longer = ids(&Folder::new().hospitals().list(OUT, &longer).plan());
    assert_eq!(longer.len(), short.operations.len() + 1);
    assert!(ids(&short).iter().all(|id| longer.contains(id)));
}

#[test]
fn another_time_or_importer_gives_other_ids() {
    let folder = Folder::new().hospitals();
    let mut ledger = Ledger::new();
    let first = plan(folder.0.path(), &ledger.importer, NOW, &mut |_| {}).unwrap();
    let later = plan(folder.0.path(), &ledger.importer, NOW.plus(1), &mut |_| {}).unwrap();
    ledger.importer.actor = ledger.importer.actor.map(|_| first.operations[0].id);
    let other = plan(folder.0.path(), &ledger.importer, NOW, &mut |_| {}).unwrap();
    assert_ne!(ids(&first), ids(&later));
    assert_ne!(ids(&first), ids(&other));
}

#[test]
fn what_cannot_be_imported_at_all_says_why() {
    let ledger = Ledger::new();
    let try_plan = |path: &std::path::Path, importer| {
        plan(path, importer, NOW, &mut |_| {}).map(|_| ()).unwrap_err()
    };
    let folder = Folder::new();
    let nowhere = folder.0.path().join("nowhere");
    let error = try_plan(&nowhere, &ledger.importer);
    assert!(matches!(error, ImportError::NotADirectory(_)), "{error}");
    let error = try_plan(folder.0.path(), &ledger.importer);
    assert!(matches!(error, ImportError::NoFiles { .. }) && error.to_string().contains(IN));
    let folder = folder.hospitals();
    let mut nobody = ledger.importer.clone();
    nobody.actor = None;
    assert!(matches!(try_plan(folder.0.path(), &nobody), ImportError::NoImporter));
}
