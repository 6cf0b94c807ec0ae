//! What an operation costs: counted on success and on refusal, the same on every run.

use crate::common::build::note;
use crate::common::charters::{Town, ask, open, publish, run};
use crate::common::{Op, World};
use weal_kernel::{Act, Hash, Refusal, Work, check_shape};

/// A flow whose rule works long and says yes, one whose rule works long and says no, one that the
/// calendar asks about each case.
const HEAVY: &str = r#"charter(name = "Heavy", kind = "other", money = "CNY", case = "member", last_year = 2100)
pot("left", per = "case")
party("member", opens = True)

def work(year):
    "Counts for a long time."
    sum = 0
    for turn in range(0, 2000):
        sum = min(sum + year, 1000000)
    return sum

def is_heavy_and_true(year):
    "Yes, after long work."
    return work(year) >= 0

def is_heavy_and_false(year):
    "No, after long work."
    return work(year) > 1000000

def nothing():
    "Nothing."
    return 0

example(work(2020), 1000000)
example(is_heavy_and_true(2020), True)
example(is_heavy_and_false(2020), False)
example(nothing(), 0)

flow("pay", source = "outside", to = "left", by = ["anyone"], amount = "stated")
flow("yes", source = "left", to = "member", by = ["anyone"], amount = "all", when = is_heavy_and_true)
flow("no", source = "left", to = "member", by = ["anyone"], amount = "all", when = is_heavy_and_false)
flow("monthly", source = "left", to = "member", by = ["clock:month"], amount = nothing, when = is_heavy_and_true)
"#;

/// Steps that one of the heavy rules takes at the least: two thousand turns of some steps each.
const LONG: u64 = 10_000;

fn heavy() -> (World, Town, Hash) {
    let (mut w, town) = World::town();
    let charter = w.founded(&town, HEAVY, &[]);
    w.does(&town["ann"], Act::CharterOpen(open(charter, &[], &[])));
    (w, town, charter)
}

fn judged(w: &World, op: &Op) -> (Work, Option<Refusal>) {
    let signed = check_shape(&w.state.network(), &op.bytes()).unwrap();
    let (work, found) = w.state.judge(&signed, w.index, w.now);
    (work, found.err().map(|refused| refused.refusal))
}

#[test]
fn a_trigger_counts_the_steps_of_its_rules() {
    let (mut w, town, charter) = heavy();
    let op = w.act(&town["ann"], ask(charter, "yes", 0));
    let (work, refused) = judged(&w, &op);
    assert_eq!(refused, None);
    assert!(work.steps > LONG, "{work:?}");
    let light = w.act(&town["ann"], note("Hello."));
    let (light, _) = judged(&w, &light);
    assert!(light.steps < 1_000, "{light:?}");
}

#[test]
fn a_refused_trigger_counts_them_too() {
    let (mut w, town, charter) = heavy();
    let op = w.act(&town["ann"], ask(charter, "no", 0));
    let (work, refused) = judged(&w, &op);
    assert_eq!(refused, Some(Refusal::RuleSaysNo));
    assert!(work.steps > LONG, "{work:?}");
    assert_eq!((work.entries, work.bytes), (0, 0));
}

#[test]
fn the_calendar_counts_them_too() {
    let (mut w, town, charter) = heavy();
    let early = w.act(&town["ann"], run(charter));
    let (one, refused) = judged(&w, &early);
    assert_eq!(refused, None);
    w.go_to(2021, 1);
    let late = w.act(&town["ann"], run(charter));
    let (many, _) = judged(&w, &late);
    assert!(one.steps > LONG && many.steps > 10 * one.steps, "{one:?} {many:?}");
}

#[test]
fn a_text_pays_for_its_proof_also_when_it_is_refused() {
    let (mut w, town) = World::town();
    let proof = weal_charter::limits::PROOF_STEPS;
    for issuer in ["bank", "nobody"] {
        let mut act = publish(HEAVY, &town["bank"], &[]);
        if let Act::CharterPublish(publish) = &mut act
            && issuer == "nobody"
        {
            publish.issuer = Hash([9; 32]);
        }
        let op = w.act(&town["author"], act);
        let (work, refused) = judged(&w, &op);
        assert_eq!(refused.is_some(), issuer == "nobody");
        assert!(work.steps > proof, "{work:?}");
    }
}

#[test]
fn what_is_written_is_counted() {
    let (mut w, town) = World::town();
    let op = w.act(&town["ann"], note("Hello."));
    let (work, _) = judged(&w, &op);
    let before = w.state.len();
    w.done(&op);
    // The record, and the mark that this operation took effect.
    assert_eq!((work.entries, w.state.len() - before), (2, 2));
    assert!(work.bytes > 200 && work.bytes < 1_000, "{work:?}");
}

#[test]
fn every_case_that_is_asked_is_work() {
    let (mut w, town, charter) = heavy();
    for _ in 0..20 {
        w.does(&town["ann"], Act::CharterOpen(open(charter, &[], &[])));
    }
    let op = w.act(&town["ann"], run(charter));
    let (work, refused) = judged(&w, &op);
    assert_eq!(refused, None);
    assert!(work.steps > 20 * LONG, "{work:?}");
}

#[test]
fn work_is_the_same_on_every_run() {
    let (mut w, town, charter) = heavy();
    for flow in ["yes", "no"] {
        let op = w.act(&town["ann"], ask(charter, flow, 0));
        let first = judged(&w, &op);
        let again = w.clone();
        assert_eq!(first, judged(&again, &op));
        assert_eq!(first, judged(&w, &op));
    }
}

#[test]
fn sums_of_work_have_an_end() {
    let most = Work { steps: u64::MAX, entries: u64::MAX, bytes: u64::MAX };
    assert_eq!(most.plus(Work { steps: 1, entries: 1, bytes: 1 }), most);
}
