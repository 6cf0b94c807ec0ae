//! Ten for one: all of its rules are kept to the letter, and nine of ten wait.

use crate::common::charters::*;
use crate::common::{DAY, World};
use weal_kernel::{Hash, Refusal};

fn tickets(w: &mut World, t: &Town, charter: Hash, count: u64) {
    let money = w.claims(t, "ann", count * 100);
    for _ in 0..count {
        let ticket = w.opens(&t["ann"], open(charter, &[], &[]));
        w.does(&t["ann"], pay_in(charter, "buy", Some(ticket), &[(money, 100)]));
        let twice = pay_in(charter, "buy", Some(ticket), &[(money, 100)]);
        assert_eq!(w.tries(&t["ann"], twice), Err(Refusal::PaidAlready));
    }
}

#[test]
fn the_first_is_paid_and_the_others_wait() {
    let (mut w, t) = World::town();
    let charter = w.founded(&t, TEN, &[]);
    tickets(&mut w, &t, charter, 9);
    w.does(&t["ann"], run(charter));
    assert_eq!((w.owed(charter, &t["ann"]), w.pot(charter, "pool")), (0, 900));
    let out = w.payments.iter().filter(|p| p.flow == 1);
    assert_eq!(out.map(|p| (p.case, p.missed)).collect::<Vec<_>>(), [(Some(0), 1000)]);
    tickets(&mut w, &t, charter, 1);
    assert_eq!(w.tries(&t["ann"], run(charter)), Err(Refusal::NothingDue));
    w.wait(31 * DAY);
    w.does(&t["ann"], run(charter));
    assert_eq!((w.owed(charter, &t["ann"]), w.pot(charter, "pool")), (1000, 0));
    assert!(w.case(charter, 0).ended);
    w.wait(31 * DAY);
    tickets(&mut w, &t, charter, 19);
    w.does(&t["ann"], run(charter));
    let paid: Vec<_> = w.payments.iter().filter(|p| p.amount == 1000).map(|p| p.case).collect();
    assert_eq!(paid, [Some(0), Some(1)]);
    assert_eq!((w.pot(charter, "pool"), w.entry(charter).open), (900, 27));
    assert!(w.is_sound());
}

#[test]
fn at_the_end_all_who_still_wait_get_the_same() {
    let (mut w, t) = World::town();
    let charter = w.founded(&t, TEN, &[]);
    tickets(&mut w, &t, charter, 7);
    w.wait(16 * 365 * DAY);
    while w.tries(&t["ann"], run(charter)) != Err(Refusal::NothingDue) {}
    assert_eq!((w.owed(charter, &t["ann"]), w.pot(charter, "pool")), (700, 0));
    assert!(w.is_sound());
}
