//! What a mandate gives, and what it costs.

use crate::common::World;
use crate::common::build::*;
use weal_kernel::principals::op::{Grant, Limits, Revoke};
use weal_kernel::{Act, Hash, Refusal};

/// The hospital's mandate for the charity, and the same passed on to the carrier.
fn passed_on(w: &mut World, u: &Usual, limits: Limits) -> [Hash; 2] {
    let first = grant(&u.charity, &["record.post"], w.now);
    let first = Grant { limits: limits.clone(), onward: 1, ..first };
    let parent = w.does(&u.hospital, Act::MandateGrant(first));
    let second = grant(&u.carrier, &["record.post"], w.now);
    let second = Grant { limits, parent: Some(parent), ..second };
    [parent, w.does(&u.charity, Act::MandateGrant(second))]
}

#[test]
fn to_revoke_a_mandate_ends_all_that_come_from_it() {
    let (mut w, u) = World::usual();
    let [first, second] = passed_on(&mut w, &u, Limits::default());
    let op = w.act(&u.hospital, note("By a friend of a friend.")).under(second, &u.carrier);
    w.clone().done(&op);
    w.does(&u.hospital, Act::MandateRevoke(Revoke { mandate: first }));
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::MandateEnded);
}

#[test]
fn who_passed_a_mandate_on_and_the_principal_can_revoke_it() {
    let (mut w, u) = World::usual();
    let [_, mandate] = passed_on(&mut w, &u, Limits::default());
    for who in [&u.hospital, &u.charity] {
        w.clone().does(who, Act::MandateRevoke(Revoke { mandate }));
    }
    let op = w.act(&u.carrier, Act::MandateRevoke(Revoke { mandate }));
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::MandateNotYours);
}

#[test]
fn what_is_passed_on_is_shared_and_not_doubled() {
    let (mut w, u) = World::usual();
    let twice = Limits { operations: Some(2), ..Limits::default() };
    let [first, second] = passed_on(&mut w, &u, twice);
    let by = |w: &mut World, mandate, holder| {
        let op = w.act(&u.hospital, note("One of two.")).under(mandate, holder);
        w.run(&op).map_err(|refused| refused.refusal)
    };
    assert!(by(&mut w, first, &u.charity).is_ok());
    assert!(by(&mut w, second, &u.carrier).is_ok());
    assert_eq!(by(&mut w, second, &u.carrier), Err(Refusal::MandateUsedUp));
    assert_eq!(by(&mut w, first, &u.charity), Err(Refusal::MandateUsedUp));
}

/// A mandate is charged in the same stroke as the act: if the act is refused, it is not.
#[test]
fn a_refused_act_uses_nothing_of_a_mandate() {
    let (mut w, u) = World::usual();
    let once = Limits { operations: Some(1), quantity: Some(90), ..Limits::default() };
    let mandate = Grant { limits: once, ..grant(&u.carrier, &["holding.consume"], w.now) };
    let mandate = w.does(&u.charity, Act::MandateGrant(mandate));
    let consumed = |w: &mut World, quantity| {
        let op = w.act(&u.charity, consume(u.boxes, quantity)).under(mandate, &u.carrier);
        w.run(&op).map_err(|refused| refused.refusal)
    };
    w.does(&u.charity, consume(u.boxes, 40));
    assert_eq!(consumed(&mut w, 51), Err(Refusal::NotEnough));
    assert_eq!(consumed(&mut w, 51), Err(Refusal::NotEnough));
    assert!(consumed(&mut w, 50).is_ok());
    assert_eq!(consumed(&mut w, 1), Err(Refusal::MandateUsedUp));
}

/// What an act uses of a mandate: the act, the goods and the money it moves.
#[test]
fn every_movement_counts_against_a_mandate() {
    let (w, u) = World::usual();
    let until = soon(w.now);
    let (none, taker, issuer) = (None, Some(&u.hospital), Some(&u.carrier));
    let cases = [
        (mint("mask", 7), none, 7, 0),
        (reserve(u.boxes, 7, u.need, until), none, 7, 0),
        (dispatch(&u.hospital, u.boxes, 7), none, 7, 0),
        (hand_over(&u.hospital, u.boxes, 7, 5), taker, 7, 0),
        (resolve(u.shipment, u.boxes, 3, 4), taker, 7, 0),
        (write_off(None, u.boxes, 7), none, 7, 0),
        (consume(u.boxes, 7), none, 7, 0),
        (issue(&u.hospital, "CNY", "7.00"), none, 0, 700),
        (pay(&u.hospital, u.money, "7.00"), none, 0, 700),
        (redeem(&u.carrier, vec![amount(u.money, "7.00")]), issuer, 0, 700),
    ];
    for (act, other, goods, money) in cases {
        let name = act.name();
        let run = |goods, money| {
            let mut w = w.clone();
            let limits =
                Limits { operations: Some(1), quantity: Some(goods), amount_minor: Some(money) };
            let grant = Grant { limits, ..grant(&u.stranger, &[name], w.now) };
            let mandate = w.does(&u.charity, Act::MandateGrant(grant));
            let op = w.act(&u.charity, act.clone()).under(mandate, &u.stranger);
            let op = match other {
                Some(other) => op.with(other),
                None => op,
            };
            w.run(&op).map(|_| ()).map_err(|refused| refused.refusal)
        };
        assert_eq!(run(goods, money), Ok(()), "{name}");
        let less = if goods > 0 { run(goods - 1, money) } else { run(goods, money - 1) };
        assert_eq!(less, Err(Refusal::MandateUsedUp), "{name}");
    }
    let mut w = w.clone();
    let limits = Limits { quantity: Some(6), ..Limits::default() };
    let grant = Grant { limits, ..grant(&u.stranger, &["holding.accept"], w.now) };
    let mandate = w.does(&u.hospital, Act::MandateGrant(grant));
    let accepted = |w: &mut World, quantity| {
        let act = accept(u.shipment, u.boxes, quantity);
        let op = w.act(&u.hospital, act).under(mandate, &u.stranger);
        w.run(&op).map(|_| ()).map_err(|refused| refused.refusal)
    };
    assert_eq!(accepted(&mut w, 7), Err(Refusal::MandateUsedUp));
    assert_eq!(accepted(&mut w, 6), Ok(()));
}
