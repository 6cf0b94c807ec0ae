//! The calendar is carried out in batches; how it is cut makes no difference to anybody.

use crate::common::charters::*;
use crate::common::{Actor, DAY, World};
use weal_charter::run::Run;
use weal_kernel::charters::movement::Payment;
use weal_kernel::{Hash, Refusal, limits};

/// Everybody gets what he lacks each month, or all the same share of it.
const ROW: &str = r#"
charter(name = "Row", kind = "mutual", money = "CNY", case = "member", language = 1,
    last_year = 2060)
pot("common")
party("member", opens = True)
field("need", low = 0, high = 1000000)
counter("got", high = 1000000000)
def lack(need):
    "What you lack."
    return need
flow("gift", source = "outside", to = "common", by = ["anyone"], amount = "stated")
flow("help", source = "common", to = "member", by = ["clock:month"], amount = lack,
     short = "pro_rata", counts = [["got", lack]])
example(lack(5), 5)
"#;

fn need(case: u64) -> u64 {
    case * 7919 % 5_000
}

/// So many members, and a gift.
fn row(cases: u64, gift: u64) -> (World, Town, Hash) {
    let (mut w, t) = World::town();
    let charter = w.founded(&t, ROW, &[]);
    for case in 0..cases {
        let fields = [("need", i64::try_from(need(case)).unwrap())];
        let op = w.act(&t["ann"], weal_kernel::Act::CharterOpen(open(charter, &fields, &[])));
        w.run_claimed(&op).unwrap();
    }
    let money = w.claims(&t, "dora", 2 * gift);
    w.does(&t["dora"], pay_in(charter, "gift", None, &[(money, gift)]));
    (w, t, charter)
}

/// What each gets, reckoned at once and by hand.
fn by_hand(cases: u64, pot: u64) -> Vec<(u64, u64, u64)> {
    let total: u64 = (0..cases).map(need).sum();
    let part = |case| if total <= pot { need(case) } else { need(case) * pot / total };
    let each = (0..cases).map(|case| (case, part(case), need(case) - part(case)));
    each.filter(|(case, _, _)| need(*case) > 0).collect()
}

fn told(payments: &[Payment]) -> Vec<(u64, u64, u64)> {
    payments.iter().map(|p| (p.case.unwrap(), p.amount, p.missed)).collect()
}

#[test]
fn two_thousand_five_hundred_cases_take_five_operations_and_get_the_same_share() {
    let pot = 3_000_001;
    let (mut w, t, charter) = row(2_500, pot);
    let money = w.claims(&t, "bob", 5);
    for batch in 1..=5 {
        w.does(&t["ann"], run(charter));
        let begun = w.entry(charter).calendar.begun.is_some();
        assert_eq!(begun, batch < 5);
        // What comes in between is for the next month.
        w.does(&t["bob"], pay_in(charter, "gift", None, &[(money, 1)]));
    }
    assert_eq!(w.tries(&t["ann"], run(charter)), Err(Refusal::NothingDue));
    let runs: Vec<_> = w.payments.iter().filter(|p| p.case.is_some()).cloned().collect();
    assert_eq!(told(&runs), by_hand(2_500, pot));
    let given: u64 = runs.iter().map(|p| p.amount).sum();
    assert_eq!(w.pot(charter, "common"), pot + 5 - given);
    assert_eq!(w.owed(charter, &t["ann"]), given);
    assert!(w.is_sound());
}

#[test]
fn a_batch_has_a_thousand_cases() {
    let most = limits::RUN_CASES / 2;
    for (cases, operations) in [(most, 1), (most + 1, 2)] {
        let (mut w, t, charter) = row(cases, 1);
        assert_eq!(w.catch_up(&t["ann"], charter), operations, "{cases} cases, asked twice");
        assert_eq!(told(&w.payments[1..]), by_hand(cases, 1));
    }
}

/// The steps of rules that say no were not counted: a thousand cases could each take all the steps
/// that a rule may take, in one operation.
#[test]
fn rules_that_say_no_take_steps_too() {
    const SLOW: &str = r#"
charter(name = "Slow", kind = "other", money = "CNY", case = "case", language = 1,
    last_year = 2060)
pot("common")
party("member", opens = True)
field("size", low = 0, high = 9)
def never(size):
    "It says no, and takes its time."
    sum = 0
    for turn in range(9000):
        sum = sum + min(turn, size)
    return sum < 0
flow("gift", source = "outside", to = "common", by = ["anyone"], amount = "stated")
flow("help", source = "common", to = "member", by = ["clock:month"], when = never, amount = "all")
def is_over(year):
    "After 2060 who comes first takes what is left."
    return year > 2060
flow("close", source = "common", to = "member", by = ["anyone"], when = is_over, amount = "all")
example(never(5), False)
example(is_over(2061), True)
"#;
    let (mut w, t) = World::town();
    let charter = w.founded(&t, SLOW, &[]);
    for _ in 0..20 {
        w.opens(&t["ann"], open(charter, &[("size", 5)], &[]));
    }
    let text = w.text(charter);
    let mut rules = Run::new(&text.program);
    rules.call(0, &[5]).unwrap();
    let batch = limits::RUN_STEPS.div_ceil(rules.steps());
    assert!(batch < 20, "{} steps each", rules.steps());
    let operations = u64::try_from(w.catch_up(&t["ann"], charter)).unwrap();
    assert_eq!(operations, 20u64.div_ceil(batch));
}

#[test]
fn months_without_a_run_are_run_in_their_order() {
    let (mut w, t, charter) = row(3, 1_000_000);
    w.wait(100 * DAY);
    w.catch_up(&t["ann"], charter);
    let months: Vec<u32> = w.payments[1..].iter().map(|p| p.month).collect();
    let january = 2020 * 12;
    let each = (january..january + 5).flat_map(|month| [month, month]);
    assert_eq!(months, each.collect::<Vec<_>>(), "the first member lacks nothing");
}

/// A rule that many must witness is no different because the calendar asks: one who holds two
/// offices was two witnesses there.
#[test]
fn one_who_holds_two_offices_is_one_witness_to_the_calendar_too() {
    let (mut w, t) = World::town();
    let charter = w.founded(&t, WORKSHOP, &[("office", &[&t["office"]])]);
    let until = w.now.plus(FOR_LIFE);
    let both: &Actor = &t["court"];
    w.does(&t["keeper"], crate::common::build::attest(both, "civil-registry", until));
    w.opens(&t["ann"], open(charter, &[("size", 0)], &[]));
    let money = w.claims(&t, "ann", 100);
    w.does(&t["ann"], pay_in(charter, "gift", None, &[(money, 100)]));
    for office in ["court", "registry"] {
        w.does(both, vouch(charter, 0, &format!("word by {office}")));
    }
    w.catch_up(&t["ann"], charter);
    assert_eq!(w.owed(charter, &t["ann"]), 0);
    w.does(&t["registry"], vouch(charter, 0, "word by registry"));
    w.wait(5 * DAY);
    w.catch_up(&t["ann"], charter);
    assert_eq!(w.owed(charter, &t["ann"]), 1);
}
