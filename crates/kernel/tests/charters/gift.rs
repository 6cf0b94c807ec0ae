//! A gift that is held until it has arrived.

use crate::common::charters::*;
use crate::common::{DAY, World};
use weal_kernel::holdings::Posting;
use weal_kernel::holdings::op::LotId;
use weal_kernel::holdings::posting::Account;
use weal_kernel::{Hash, Refusal};

/// Ann opens a gift for Bob that may arrive within thirty days; three in a hundred of it are for
/// the office that brings it.
fn opened(w: &mut World, t: &Town) -> Hash {
    let charter = w.founded(t, GIFT, &[("operator", &[&t["office"]])]);
    let deadline = i64::try_from(w.now.0 / DAY + 30).unwrap();
    let fields = [("deadline_day", deadline), ("operator_permille", 30)];
    w.opens(&t["ann"], open(charter, &fields, &[("recipient", &[(&t["bob"], 1)])]));
    charter
}

#[test]
fn a_receipt_releases_the_gift_and_the_operators_part_to_the_last_fen() {
    let (mut w, t) = World::town();
    let charter = opened(&mut w, &t);
    let money = w.claims(&t, "ann", 99_999);
    w.does(&t["ann"], pay_in(charter, "give", Some(0), &[(money, 99_999)]));
    assert_eq!(w.tries(&t["office"], ask(charter, "release", 0)), Err(Refusal::EvidenceMissing));
    for impostor in ["office", "ann", "court"] {
        let receipt = vouch(charter, 0, "receipt by recipient");
        assert_eq!(w.tries(&t[impostor], receipt), Err(Refusal::NotForYou));
    }
    w.does(&t["bob"], vouch(charter, 0, "receipt by recipient"));
    w.does(&t["dora"], ask(charter, "release", 0));
    assert_eq!(w.owed(charter, &t["bob"]), 97_000);
    assert_eq!(w.pot(charter, "overhead"), 2_999);
    w.does(&t["dora"], trigger(charter, "pay_operator", None, None));
    assert_eq!(w.owed(charter, &t["office"]), 2_999);
    assert_eq!((w.pot(charter, "held"), w.pot(charter, "overhead")), (0, 0));
    for (who, part) in [("bob", 97_000), ("office", 2_999)] {
        w.does(&t[who], draw(charter, None));
        assert_eq!(w.holds(&t[who], money), part);
        assert_eq!(w.tries(&t[who], draw(charter, None)), Err(Refusal::NothingToDraw));
    }
    assert_eq!(w.tries(&t["bob"], ask(charter, "release", 0)), Err(Refusal::CaseEnded));
    assert_eq!(w.entry(charter).held(), 0);
    assert!(w.is_sound());
}

#[test]
fn what_has_not_arrived_by_the_deadline_goes_back() {
    let (mut w, t) = World::town();
    let charter = opened(&mut w, &t);
    let money = w.claims(&t, "ann", 500);
    let give = |minor| pay_in(charter, "give", Some(0), &[(money, minor)]);
    w.does(&t["ann"], give(400));
    w.wait(30 * DAY);
    assert_eq!(w.tries(&t["ann"], ask(charter, "refund", 0)), Err(Refusal::RuleSaysNo));
    w.wait(DAY);
    assert_eq!(w.tries(&t["ann"], give(100)), Err(Refusal::RuleSaysNo));
    let mut arrived = w.clone();
    arrived.does(&t["bob"], vouch(charter, 0, "receipt by recipient"));
    assert_eq!(arrived.tries(&t["ann"], ask(charter, "refund", 0)), Err(Refusal::HeldUp));
    w.does(&t["dora"], ask(charter, "refund", 0));
    w.does(&t["ann"], draw(charter, None));
    assert_eq!(w.holds(&t["ann"], money), 500);
    assert!(w.is_sound());
}

#[test]
fn a_court_holds_a_gift_back_and_lets_it_go() {
    let (mut w, t) = World::town();
    let charter = opened(&mut w, &t);
    let money = w.claims(&t, "ann", 400);
    w.does(&t["ann"], pay_in(charter, "give", Some(0), &[(money, 400)]));
    w.does(&t["bob"], vouch(charter, 0, "receipt by recipient"));
    w.does(&t["court"], vouch(charter, 0, "hold by court"));
    assert_eq!(w.tries(&t["bob"], ask(charter, "release", 0)), Err(Refusal::HeldUp));
    w.does(&t["court"], retract(charter, 0, "hold by court"));
    w.does(&t["bob"], ask(charter, "release", 0));
}

#[test]
fn claims_are_drawn_in_the_order_in_which_they_came() {
    let (mut w, t) = World::town();
    let charter = opened(&mut w, &t);
    let lots: Vec<LotId> = [100, 200, 300].map(|minor| w.claims(&t, "ann", minor)).to_vec();
    let first = [(lots[0], 100), (lots[1], 150)];
    w.does(&t["ann"], pay_in(charter, "give", Some(0), &first));
    let second = [(lots[2], 300), (lots[1], 50)];
    w.does(&t["ann"], pay_in(charter, "give", Some(0), &second));
    w.wait(31 * DAY);
    w.does(&t["ann"], ask(charter, "refund", 0));
    let mut drawn = |minor: Option<u64>| {
        let op = w.act(&t["ann"], draw(charter, minor));
        let came = |posting: Posting| {
            assert_eq!(posting.from, Account::Held(charter));
            assert_eq!(posting.to, Account::Held(t["ann"].id));
            (lots.iter().position(|lot| *lot == posting.lot).unwrap(), posting.quantity.0)
        };
        w.run(&op).unwrap().into_iter().map(came).collect::<Vec<_>>()
    };
    assert_eq!(drawn(Some(150)), [(0, 100), (1, 50)]);
    assert_eq!(drawn(Some(400)), [(1, 150), (2, 250)]);
    assert_eq!(drawn(None), [(2, 50)]);
    assert!(w.is_sound());
}
