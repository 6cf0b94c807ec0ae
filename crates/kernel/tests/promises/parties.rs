//! One key is one party, however many names it was given.

use crate::common::build::*;
use crate::common::charters::{WORKSHOP, audit, lock, publish};
use crate::common::{Actor, DAY, HOUR, World, key, key_set};
use weal_kernel::holdings::op::HandOver;
use weal_kernel::principals::op::{PrincipalKind, Recover, Register};
use weal_kernel::{Act, Refusal};

/// Somebody with the key of another, who consents.
fn double(w: &mut World, name: &str, of: &Actor) -> Actor {
    let op = w.registration(name, of.keys.clone(), 1);
    Actor { id: w.done(&op), keys: of.keys.clone() }
}

#[test]
fn a_key_is_listed_by_whoever_has_it() {
    let (mut w, u) = World::usual();
    let strangers = [key("mine"), u.hospital.keys[0].clone()];
    let mut register = w.registration("ghost", strangers.to_vec(), 1);
    register.signers.pop();
    let mut change = w.act(&u.charity, rotate(&strangers, None));
    change.signers.push(key("mine"));
    let mut recovery = w.act(&u.guards[0], recover(&u.warden, &strangers));
    recovery = recovery.with(&u.guards[1]).and(key("mine"));
    for op in [register, change, recovery] {
        assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::MissingSignature);
        let whole = op.and(u.hospital.keys[0].clone());
        w.done(&whole);
    }
}

/// Donor, depot, ward and carrier were registered with one key, and a hand-over with one signature
/// stood on the highest grade of evidence.
#[test]
fn one_key_does_not_sign_for_all_sides_of_a_hand_over() {
    let (mut w, u) = World::usual();
    let ward = double(&mut w, "ward", &u.charity);
    let lorry = double(&mut w, "lorry", &u.charity);
    for (taker, carrier) in [(&ward, &lorry), (&u.hospital, &lorry), (&ward, &u.carrier)] {
        let order = hand_over_of(taker, u.boxes, 1, 1);
        let order = HandOver { carrier: Some(carrier.id), ..order };
        let op = w.act(&u.charity, Act::HoldingHandOver(order)).with(taker).with(carrier);
        assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::OneKeyTwoParties);
    }
    // Nor in two steps.
    assert_eq!(w.tries(&u.charity, dispatch(&ward, u.boxes, 1)), Err(Refusal::OneKeyTwoParties));
    let shared = [key("new"), u.charity.keys[0].clone()];
    let change = w.act(&u.hospital, rotate(&shared, None)).and(key("new")).with(&u.charity);
    w.done(&change);
    let hospital = Actor { keys: vec![key("new")], ..u.hospital.clone() };
    let taken = accept(u.shipment, u.boxes, 1);
    assert_eq!(w.tries(&hospital, taken), Err(Refusal::OneKeyTwoParties));
}

#[test]
fn who_gave_a_mandate_and_who_uses_it_are_one_side() {
    let (mut w, u) = World::usual();
    let clerk = double(&mut w, "clerk", &u.charity);
    let ward = double(&mut w, "ward", &u.charity);
    let mandate = grant(&clerk, &["holding.hand_over"], w.now);
    let mandate = w.does(&u.charity, Act::MandateGrant(mandate));
    let good = w.act(&u.charity, hand_over(&u.hospital, u.boxes, 1, 1));
    w.done(&good.under(mandate, &clerk).with(&u.hospital));
    // The holder has keys of his own, but the taker has those of the one whose goods they are.
    let mandate = grant(&u.carrier, &["holding.hand_over"], w.now);
    let mandate = w.does(&u.charity, Act::MandateGrant(mandate));
    let bad = w.act(&u.charity, hand_over(&ward, u.boxes, 1, 1));
    let bad = bad.under(mandate, &u.carrier).with(&ward);
    assert_eq!(w.run(&bad).unwrap_err().refusal, Refusal::OneKeyTwoParties);
}

#[test]
fn a_device_has_a_key_of_its_own() {
    let (mut w, u) = World::usual();
    let register = |name: &str| Register {
        kind: PrincipalKind::Device,
        name: "Scale".into(),
        names: Default::default(),
        keys: key_set(&[key(name)], 1),
        guardians: None,
        owner: Some(u.hospital.id),
    };
    for (name, expected) in [("hospital", Some(Refusal::OneKeyTwoParties)), ("scale", None)] {
        let op = w.said(None, Act::PrincipalRegister(register(name)), vec![key(name)]);
        let found = w.run(&op.with(&u.hospital)).err().map(|refused| refused.refusal);
        assert_eq!(found, expected);
    }
}

#[test]
fn guardians_who_share_a_key_count_once() {
    let (mut w, u) = World::usual();
    let ghost = double(&mut w, "ghost", &u.guards[0]);
    let guards = [u.guards[0].clone(), ghost.clone(), u.guards[1].clone()];
    let ward = w.register("ward");
    w.does(&ward, rotate(&ward.keys, Some(guardians(&guards, 2, HOUR))));
    let alone = w.act(&u.guards[0], recover(&ward, &[key("new")])).with(&ghost).and(key("new"));
    assert_eq!(w.run(&alone).unwrap_err().refusal, Refusal::MissingSignature);
    w.done(&alone.with(&u.guards[1]));
}

#[test]
fn no_guardian_takes_over_the_one_whom_they_guard() {
    let (mut w, u) = World::usual();
    for taker in [&u.guards[0], &u.guards[1]] {
        let keys = key_set(&taker.keys, 1);
        let act =
            Act::PrincipalRecover(Recover { keys, principal: u.warden.id, keep_before: None });
        let op = w.act(&u.guards[0], act).with(&u.guards[1]);
        assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::OneKeyTwoParties);
    }
}

#[test]
fn auditors_who_share_a_key_count_once_and_with_the_author_not_at_all() {
    let (mut w, t) = World::town();
    let text = WORKSHOP.replace("audits = 1", "audits = 2");
    let charter = publish(&text, &t["bank"], &[("office", &[&t["office"]])]);
    let charter = w.does(&t["author"], charter);
    let alias = double(&mut w, "alias", &t["author"]);
    let ghost = double(&mut w, "ghost", &t["auditor"]);
    for auditor in [&alias, &t["auditor"], &ghost] {
        w.does(auditor, audit(charter, &text));
    }
    w.wait(7 * DAY);
    assert_eq!(w.tries(&t["author"], lock(charter)), Err(Refusal::CannotLock));
    w.does(&t["second auditor"], audit(charter, &text));
    w.does(&t["author"], lock(charter));
}

#[test]
fn those_who_show_evidence_with_one_key_count_as_one() {
    use crate::common::charters::{ask, open, pay_in, vouch};
    let (mut w, t) = World::town();
    let text = include_str!("parties.weal");
    let ghost = double(&mut w, "ghost", &t["ann"]);
    let roles: &[(&str, &[&Actor])] = &[("first", &[&t["ann"]]), ("second", &[&ghost, &t["bob"]])];
    let charter = w.founded(&t, text, roles);
    let case = w.opens(&t["cai"], open(charter, &[], &[]));
    let money = w.claims(&t, "cai", 500);
    w.does(&t["cai"], pay_in(charter, "give", Some(case), &[(money, 500)]));
    w.does(&t["ann"], vouch(charter, case, "seen by first"));
    w.does(&ghost, vouch(charter, case, "seen by second"));
    assert_eq!(w.tries(&t["cai"], ask(charter, "take", case)), Err(Refusal::EvidenceMissing));
    w.does(&t["bob"], vouch(charter, case, "seen by second"));
    w.does(&t["cai"], ask(charter, "take", case));
}
