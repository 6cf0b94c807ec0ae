//! Before a text takes money everybody may look for faults; afterwards nobody changes it.

use crate::common::charters::*;
use crate::common::{Actor, DAY, World};
use weal_kernel::charters::op::Remark;
use weal_kernel::charters::state::Stage;
use weal_kernel::{Act, Hash, Refusal};

fn published(w: &mut World, t: &Town) -> Hash {
    w.does(&t["author"], publish(WORKSHOP, &t["bank"], &[("office", &[&t["office"]])]))
}

#[test]
fn a_defect_that_is_shown_sends_the_auditors_back() {
    let (mut w, t) = World::town();
    let charter = published(&mut w, &t);
    w.does(&t["auditor"], audit(charter, WORKSHOP));
    let question = Remark::Question { text: "Why ten days?".into() };
    let asked = w.does(&t["bob"], remark(charter, question));
    let answer = Remark::Answer { to: asked, text: "So that one may think again.".into() };
    w.does(&t["author"], remark(charter, answer));
    assert_eq!(w.entry(charter).review.auditors, [t["auditor"].id]);
    w.does(&t["dora"], defect(charter, "half", &[7], 3));
    assert_eq!(w.entry(charter).review.auditors, []);
    let again = defect(charter, "half", &[9], 4);
    assert_eq!(w.tries(&t["dora"], again), Err(Refusal::SaidBefore));
    w.wait(7 * DAY);
    assert_eq!(w.tries(&t["author"], lock(charter)), Err(Refusal::CannotLock));
    w.does(&t["auditor"], audit(charter, WORKSHOP));
    w.does(&t["author"], lock(charter));
    assert_eq!(w.entry(charter).stage, Stage::Running);
    for late in [defect(charter, "half", &[7], 3), audit(charter, WORKSHOP), withdraw(charter)] {
        assert_eq!(w.tries(&t["author"], late), Err(Refusal::WrongStage));
    }
}

/// Whoever registers new names could show a defect under each of them, and so keep a text from
/// being locked for ever. Once the days of review are over auditors are not sent back.
#[test]
fn nobody_keeps_a_text_from_being_locked_for_ever() {
    let (mut w, t) = World::town();
    let charter = published(&mut w, &t);
    w.wait(7 * DAY - 1);
    w.does(&t["auditor"], audit(charter, WORKSHOP));
    w.does(&t["bob"], defect(charter, "half", &[7], 3));
    w.wait(1);
    w.does(&t["auditor"], audit(charter, WORKSHOP));
    let late = defect(charter, "half", &[7], 3);
    assert_eq!(w.tries(&t["dora"], late), Err(Refusal::WrongStage));
    w.does(&t["author"], lock(charter));
}

#[test]
fn a_text_is_not_locked_before_its_days_are_over() {
    let (mut w, t) = World::town();
    let charter = published(&mut w, &t);
    w.does(&t["auditor"], audit(charter, WORKSHOP));
    w.wait(7 * DAY - 1);
    assert_eq!(w.tries(&t["author"], lock(charter)), Err(Refusal::CannotLock));
    w.wait(1);
    w.does(&t["ann"], lock(charter));
    assert_eq!(w.tries(&t["ann"], lock(charter)), Err(Refusal::WrongStage));
}

#[test]
fn the_author_is_no_auditor_and_an_auditor_counts_once() {
    let (mut w, t) = World::town();
    let charter = published(&mut w, &t);
    assert_eq!(w.tries(&t["author"], audit(charter, WORKSHOP)), Err(Refusal::SelfAttested));
    let grant = crate::common::build::grant(&t["author"], &["charter.attest"], w.now);
    let mandate = w.does(&t["bob"], Act::MandateGrant(grant));
    let op = w.act(&t["bob"], audit(charter, WORKSHOP)).under(mandate, &t["author"]);
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::SelfAttested);
    w.does(&t["auditor"], audit(charter, WORKSHOP));
    assert_eq!(w.tries(&t["auditor"], audit(charter, WORKSHOP)), Err(Refusal::SaidBefore));
}

#[test]
fn a_text_that_is_taken_back_takes_nothing() {
    let (mut w, t) = World::town();
    let charter = published(&mut w, &t);
    assert_eq!(w.tries(&t["ann"], withdraw(charter)), Err(Refusal::NotForYou));
    w.does(&t["author"], withdraw(charter));
    w.wait(30 * DAY);
    let money = w.claims(&t, "ann", 100);
    let acts = [
        pay_in(charter, "gift", None, &[(money, 100)]),
        Act::CharterOpen(open(charter, &[("size", 1)], &[])),
        audit(charter, WORKSHOP),
        lock(charter),
        run(charter),
    ];
    for act in acts {
        assert_eq!(w.tries(&t["ann"], act), Err(Refusal::WrongStage));
    }
    assert_eq!(w.holds(&t["ann"], money), 100);
}

fn locked(w: &mut World, t: &Town) -> Hash {
    w.founded(t, WORKSHOP, &[("office", &[&t["office"]])])
}

#[test]
fn a_parameter_keeps_its_bounds() {
    let (mut w, t) = World::town();
    let charter = locked(&mut w, &t);
    let office = &t["office"];
    let tries = |w: &mut World, who: &Actor, value| w.tries(who, set(charter, "rate", value));
    assert_eq!(tries(&mut w, &t["ann"], 101), Err(Refusal::NotForYou));
    assert_eq!(tries(&mut w, office, 1001), Err(Refusal::OutOfRange));
    assert_eq!(tries(&mut w, office, -1), Err(Refusal::OutOfRange));
    assert_eq!(tries(&mut w, office, 89), Err(Refusal::ChangedTooMuch));
    assert_eq!(tries(&mut w, office, 90), Ok(()));
    w.wait(30 * DAY - 1);
    assert_eq!(tries(&mut w, office, 91), Err(Refusal::ChangedTooMuch));
    w.wait(1);
    assert_eq!(tries(&mut w, office, 100), Err(Refusal::ChangedTooMuch));
    assert_eq!(tries(&mut w, office, 99), Ok(()));
}

#[test]
fn a_brake_delays_and_ends_by_itself() {
    let (mut w, t) = World::town();
    let charter = locked(&mut w, &t);
    let (office, ann) = (&t["office"], &t["ann"]);
    let money = w.claims(&t, "ann", 50_000);
    w.opens(ann, open(charter, &[("size", 100_000)], &[("crew", &[(&t["bob"], 1)])]));
    w.does(ann, pay_in(charter, "gift", None, &[(money, 50_000)]));
    assert_eq!(w.tries(ann, brake(charter, "stipend", 5)), Err(Refusal::NotForYou));
    assert_eq!(w.tries(office, brake(charter, "wages", 5)), Err(Refusal::UnknownName));
    w.does(office, brake(charter, "stipend", 5));
    w.does(office, brake(charter, "stipend", 15));
    assert_eq!(w.tries(office, brake(charter, "stipend", 1)), Err(Refusal::BrakeUsedUp));
    w.wait(20 * DAY - 1);
    assert_eq!(w.tries(ann, run(charter)), Err(Refusal::HeldUp));
    assert_eq!(w.owed(charter, &t["bob"]), 0);
    w.wait(1);
    w.does(ann, run(charter));
    let paid: Vec<_> = w.payments.iter().filter(|p| p.case == Some(0) && p.amount > 0).collect();
    assert_eq!(w.owed(charter, &t["bob"]), 100 * u64::try_from(paid.len()).unwrap());
    let owed = w.owed(charter, &t["bob"]) + w.owed(charter, office);
    assert_eq!(w.pot(charter, "common") + owed, 50_000);
}
