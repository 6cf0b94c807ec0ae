//! Faults of the charters' room that were found once, each with its story, so that none comes back.

use crate::common::build::{grant, issue, lot};
use crate::common::charters::*;
use crate::common::{Actor, DAY, World};
use weal_kernel::charters::op::Draw;
use weal_kernel::holdings::op::LotId;
use weal_kernel::principals::op::{Grant, Limits};
use weal_kernel::{Act, Hash, Refusal, limits};

fn workshop() -> (World, Town, Hash) {
    let (mut w, t) = World::town();
    let charter = w.founded(&t, WORKSHOP, &[("office", &[&t["office"]])]);
    (w, t, charter)
}

/// A lot stood in the queue again whenever another one had come in between. Two operations with the
/// same sixty-four lots of one fen filled a whole reading of the queue with places that held
/// nothing, and nobody ever drew a claim that stood behind them. Now a lot stands there once.
#[test]
fn dust_does_not_lock_the_money_behind_it() {
    let (mut w, t, charter) = workshop();
    let dust: Vec<LotId> = (0..limits::LINES).map(|_| w.claims(&t, "cai", 2)).collect();
    for _ in 0..2 {
        let lines: Vec<_> = dust.iter().map(|lot| (*lot, 1)).collect();
        w.does(&t["cai"], pay_in(charter, "gift", None, &lines));
    }
    let money = w.claims(&t, "ann", 5_000);
    w.does(&t["ann"], pay_in(charter, "gift", None, &[(money, 4_872)]));
    let case = w.opens(&t["bob"], open(charter, &[("size", 0)], &[]));
    w.does(&t["office"], trigger(charter, "grant", Some(case), Some(5_000)));
    w.does(&t["bob"], draw(charter, Some(128)));
    w.does(&t["bob"], draw(charter, Some(4_872)));
    assert_eq!(w.holds(&t["bob"], money), 4_872);
    assert_eq!(w.entry(charter).held(), 0);
    assert!(w.is_sound());
}

/// What had not been drawn was added up without an end. Anybody may issue claims on himself and
/// found a charter that keeps them: after some ten thousand payments of the largest amount the sum
/// left 64 bits, and the assertion before the commit stopped every node. Now it is bounded as pots
/// are, and so is a pot that gets the rest of another one.
#[test]
fn what_is_owed_to_people_has_a_largest_sum() {
    let (mut w, t, charter) = workshop();
    let most = limits::MINOR;
    let (ann, bob) = (&t["ann"], &t["bob"]);
    let filled = |w: &mut World| {
        let money = w.claims(&t, "ann", most);
        let case = w.opens(ann, open(charter, &[("size", 0)], &[("helper", &[(bob, 1)])]));
        w.does(ann, pay_in(charter, "fill", Some(case), &[(money, most)]));
        w.does(ann, ask(charter, "leave", case));
        case
    };
    let first = filled(&mut w);
    w.wait(10 * DAY);
    w.does(ann, ask(charter, "leave", first));
    let second = filled(&mut w);
    w.wait(10 * DAY);
    assert_eq!(w.tries(ann, ask(charter, "leave", second)), Err(Refusal::BadQuantity));
    w.does(ann, draw(charter, Some(most / 2)));
    w.does(&t["court"], vouch(charter, second, "word by court"));
    w.does(bob, vouch(charter, second, "receipt by helper"));
    let money = w.claims(&t, "dora", most);
    w.does(&t["dora"], pay_in(charter, "gift", None, &[(money, most / 2 + 1)]));
    assert_eq!(w.tries(bob, ask(charter, "help", second)), Err(Refusal::BadQuantity));
    assert!(w.is_sound());
}

/// More than one line can carry the largest amount; together they are no amount that rules know.
#[test]
fn what_is_paid_in_at_once_has_a_largest_sum() {
    let (mut w, t, charter) = workshop();
    let lots = [limits::MINOR, 1].map(|minor| (w.claims(&t, "ann", minor), minor));
    let refused = w.tries(&t["ann"], pay_in(charter, "gift", None, &lots));
    assert_eq!(refused, Err(Refusal::BadQuantity));
    w.does(&t["ann"], pay_in(charter, "gift", None, &lots[..1]));
}

/// The first change of a parameter was told from later ones by its time, and all operations of a
/// block have one time: in the block of the locking it could change again and again.
#[test]
fn a_parameter_does_not_change_twice_in_the_block_of_its_locking() {
    let (mut w, t, charter) = workshop();
    w.does(&t["office"], set(charter, "rate", 110));
    let again = set(charter, "rate", 121);
    assert_eq!(w.tries(&t["office"], again), Err(Refusal::ChangedTooMuch));
}

/// A mandate's limit of money did not count what was drawn under it.
#[test]
fn a_mandate_to_draw_has_its_limit() {
    let (mut w, t, charter) = workshop();
    let (ann, bob) = (&t["ann"], &t["bob"]);
    let money = w.claims(&t, "dora", 3_000);
    w.does(&t["dora"], pay_in(charter, "gift", None, &[(money, 3_000)]));
    let case = w.opens(ann, open(charter, &[("size", 0)], &[]));
    w.does(&t["office"], trigger(charter, "grant", Some(case), Some(3_000)));
    let limits = Limits { amount_minor: Some(1_000), ..Limits::default() };
    let mandate = Grant { limits, ..grant(bob, &["charter.draw"], w.now) };
    let mandate = w.does(ann, Act::MandateGrant(mandate));
    let mut drawn = |amount_minor| {
        let act = Act::CharterDraw(Draw { charter, amount_minor, to: Some(bob.id), into: None });
        let op = w.act(ann, act).under(mandate, bob);
        w.run(&op).map(drop).map_err(|refused| refused.refusal)
    };
    assert_eq!(drawn(None), Err(Refusal::MandateUsedUp));
    assert_eq!(drawn(Some(1_001)), Err(Refusal::MandateUsedUp));
    assert_eq!(drawn(Some(1_000)), Ok(()));
    assert_eq!(drawn(Some(1)), Err(Refusal::MandateUsedUp));
}

/// Nobody's share was the whole: a payment to a party of nobody left the pot and was owed to no
/// one, for ever.
#[test]
fn what_nobody_gets_stays_in_the_pot() {
    let (mut w, t, charter) = workshop();
    let money = w.claims(&t, "ann", 1_000);
    w.does(&t["ann"], pay_in(charter, "gift", None, &[(money, 1_000)]));
    let case = w.opens(&t["ann"], open(charter, &[("size", 900)], &[]));
    w.does(&t["office"], state(charter, case, "grade", 9));
    assert_eq!(w.tries(&t["ann"], ask(charter, "wages", case)), Err(Refusal::NoPayee));
    w.catch_up(&t["ann"], charter);
    assert_eq!((w.pot(charter, "common"), w.entry(charter).due), (900, 100));
    assert_eq!(w.owed(charter, &t["office"]), 100, "the tenth of January is the office's");
    assert!(w.is_sound());
}

/// All places for evidence of a case were one list: those of one kind could fill it and so keep
/// out a court that holds a payment up.
#[test]
fn many_witnesses_of_one_thing_leave_room_for_another() {
    let (mut w, t, charter) = workshop();
    let case = w.opens(&t["ann"], open(charter, &[("size", 0)], &[]));
    let until = w.now.plus(FOR_LIFE);
    let witness = |w: &mut World, number: usize| -> Actor {
        let witness = w.register(&format!("witness {number}"));
        w.does(&t["keeper"], crate::common::build::attest(&witness, "civil-registry", until));
        witness
    };
    for number in 0..limits::SHOWN {
        let witness = witness(&mut w, number);
        w.does(&witness, vouch(charter, case, "word by registry"));
    }
    let last = witness(&mut w, limits::SHOWN);
    let late = vouch(charter, case, "word by registry");
    assert_eq!(w.tries(&last, late), Err(Refusal::TooMany));
    w.does(&t["court"], vouch(charter, case, "stop by court"));
}

/// Claims of another issuer are no money of the charter, whatever they are called.
#[test]
fn forged_claims_are_not_taken() {
    let (mut w, t, charter) = workshop();
    let forged = lot(w.does(&t["ann"], issue(&t["ann"], "CNY", "9.00")));
    let yen = lot(w.does(&t["bank"], issue(&t["ann"], "JPY", "900")));
    for lot in [forged, yen] {
        let lines = vec![crate::common::build::amount(lot, if lot == yen { "9" } else { "9.00" })];
        let act =
            weal_kernel::charters::op::PayIn { charter, flow: "gift".into(), case: None, lines };
        assert_eq!(w.tries(&t["ann"], Act::CharterPay(act)), Err(Refusal::WrongMoney));
    }
}
