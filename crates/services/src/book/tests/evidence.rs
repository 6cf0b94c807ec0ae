//! Evidence: who signed with which key, on which grade it stands, what was counted.

use super::world::{Actor, DAY, HOUR, Minted, Shelf, World};
use weal_kernel::Act;
use weal_kernel::holdings::op as holdings;
use weal_kernel::holdings::op::LotId;
use weal_kernel::principals::op as principals;
use weal_kernel::units::{Quantity, UnixMillis};
use weal_proof::Hash;
use weal_proof::keys::SecretKey;

fn hand_over(
    world: &mut World,
    parties: [&Actor; 3],
    lot: LotId,
    carrier: bool,
    evidence: bool,
) -> Hash {
    let [giver, taker, third] = parties;
    let act = holdings::HandOver {
        taker: taker.id,
        lines: vec![holdings::HandOverLine { lot, given: Quantity(5), counted: Quantity(5) }],
        carrier: carrier.then_some(third.id),
        need: None,
        reservation: None,
        evidence: if evidence { vec![Hash::of(&[b"photo"])] } else { Vec::new() },
    };
    let mut signers = vec![giver, taker];
    signers.extend(carrier.then_some(third));
    world.act(&signers, Act::HoldingHandOver(act))
}

fn grade(shelf: &Shelf, entry: Hash) -> u8 {
    shelf.reader.record(&entry.to_string()).unwrap().unwrap().entry.grade
}

#[test]
fn each_further_side_raises_the_grade_by_one() {
    let mut world = World::new();
    let (depot, hospital, carrier) = (world.party("D"), world.party("H"), world.party("C"));
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted::of("mask-n95", 100));
    let parties = [&depot, &hospital, &carrier];
    let grades = [(false, false, 1), (true, false, 2), (true, true, 3), (false, true, 1)];
    let entries: Vec<_> = grades
        .map(|(carried, papers, grade)| {
            (hand_over(&mut world, parties, lot, carried, papers), grade)
        })
        .into();
    let shelf = world.book();
    for (entry, expected) in entries {
        assert_eq!(grade(&shelf, entry), expected);
    }
    assert_eq!(grade(&shelf, lot.operation), 0);
}

#[test]
fn a_party_to_the_deal_is_no_witness_of_it() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("D"), world.party("H"));
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted { donor: Some(&depot), ..Minted::of("mask-n95", 100) });
    let entry = hand_over(&mut world, [&depot, &hospital, &depot], lot, true, true);
    let shelf = world.book();
    assert_eq!(grade(&shelf, lot.operation), 0);
    assert_eq!(grade(&shelf, entry), 1);
}

#[test]
fn a_shipment_is_one_sided_until_somebody_has_counted_it() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("D"), world.party("H"));
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted::of("mask-n95", 100));
    let sent = world.dispatch(&depot, &hospital, (lot, 10), None);
    let shelf = world.book();
    assert_eq!(grade(&shelf, sent), 0);
    let accepted = world.accept(&hospital, sent, (lot, 10));
    let shelf = world.book();
    assert_eq!((grade(&shelf, sent), grade(&shelf, accepted)), (1, 1));
}

/// Nobody could see to whom he had given a mandate, nor what was used of it.
#[test]
fn mandates_are_listed_with_what_was_used_and_whether_they_count() {
    let mut world = World::new();
    let (depot, clerk, hospital) = (world.party("D"), world.party("C"), world.party("H"));
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted::of("mask-n95", 100));
    let limits = principals::Limits { quantity: Some(50), ..Default::default() };
    let grant = principals::Grant {
        to: clerk.id,
        acts: vec!["holding.dispatch".into()],
        limits,
        expires: UnixMillis(world.now + 10 * DAY),
        onward: 0,
        parent: None,
    };
    let mandate = world.act(&[&depot], Act::MandateGrant(grant));
    let sent = holdings::Dispatch {
        to: hospital.id,
        lines: vec![holdings::LotLine { lot, quantity: Quantity(30) }],
        carrier: None,
        need: None,
        reservation: None,
        evidence: Vec::new(),
    };
    world.act_under(mandate, &depot, &clerk, Act::HoldingDispatch(sent));
    let page = |world: &mut World, who: &Actor| {
        world.book().reader.party(&who.id.to_string()).unwrap().unwrap()
    };
    let (given, held) = (page(&mut world, &depot).given, page(&mut world, &clerk).held);
    assert_eq!(given, held);
    let line = &given[0];
    assert_eq!((line.state.as_str(), line.holder.name.as_str()), ("live", "C"));
    assert_eq!((line.operations.used, line.quantity.used, line.quantity.limit), (1, 30, Some(50)));
    world.block(1_000);
    let new = SecretKey::from_seed([78; 32]);
    let keys = principals::KeySet { keys: vec![new.public()], threshold: 1 };
    let rotate = principals::Rotate { keys, guardians: None, keep_before: None };
    let renewed = Actor { id: depot.id, key: new };
    world.act(&[&depot, &renewed], Act::PrincipalRotate(rotate));
    assert_eq!(page(&mut world, &clerk).held[0].state, "void");
}

/// A carrier with mandates of both sides could send and accept with one key.
#[test]
fn one_key_is_no_second_side() {
    let mut world = World::new();
    let (depot, hospital, agent) = (world.party("D"), world.party("H"), world.party("A"));
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted::of("mask-n95", 100));
    let expires = UnixMillis(world.now + DAY);
    let mandate = |acts: &str| principals::Grant {
        to: agent.id,
        acts: vec![acts.to_owned()],
        limits: Default::default(),
        expires,
        onward: 0,
        parent: None,
    };
    let (sends, accepts) = (mandate("holding.dispatch"), mandate("holding.accept"));
    let sends = world.act(&[&depot], Act::MandateGrant(sends));
    let accepts = world.act(&[&hospital], Act::MandateGrant(accepts));
    let sent = holdings::Dispatch {
        to: hospital.id,
        lines: vec![holdings::LotLine { lot, quantity: Quantity(10) }],
        carrier: None,
        need: None,
        reservation: None,
        evidence: Vec::new(),
    };
    let sent = world.act_under(sends, &depot, &agent, Act::HoldingDispatch(sent));
    let taken = holdings::Accept {
        shipment: sent,
        lines: vec![holdings::LotLine { lot, quantity: Quantity(4) }],
        condition: None,
        evidence: vec![Hash::of(&[b"photo"])],
    };
    let taken = world.act_under(accepts, &hospital, &agent, Act::HoldingAccept(taken));
    let shelf = world.book();
    assert_eq!((grade(&shelf, sent), grade(&shelf, taken)), (0, 0));
    let taken = world.accept(&hospital, sent, (lot, 6));
    let shelf = world.book();
    assert_eq!((grade(&shelf, sent), grade(&shelf, taken)), (1, 1));
}

#[test]
fn a_signature_names_whose_key_it_was_even_after_the_key_is_gone() {
    let mut world = World::new();
    let depot = world.party("Depot");
    let old = world.need(&depot, "mask-n95", 5);
    let new_key = SecretKey::from_seed([77; 32]);
    let keys = principals::KeySet { keys: vec![new_key.public()], threshold: 1 };
    let renewed = Actor { id: depot.id, key: new_key.clone() };
    let rotate = principals::Rotate { keys, guardians: None, keep_before: None };
    world.act(&[&depot, &renewed], Act::PrincipalRotate(rotate));
    let new = world.need(&renewed, "mask-n95", 5);
    let shelf = world.book();
    for (entry, key) in [(old, depot.key.public()), (new, new_key.public())] {
        let page = shelf.reader.record(&entry.to_string()).unwrap().unwrap();
        assert_eq!(page.signatures[0].key, key.to_string());
        assert_eq!(page.signatures[0].party.name, "Depot");
        assert_eq!(page.entry.signers.len(), 1);
    }
    let page = shelf.reader.party(&depot.id.to_string()).unwrap().unwrap();
    assert_eq!((page.keys, page.threshold), (vec![new_key.public().to_string()], 1));
}

#[test]
fn what_was_counted_stands_beside_what_the_book_said() {
    let mut world = World::new();
    let depot = world.party("Depot");
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted::of("mask-n95", 100));
    let lines = vec![holdings::CountLine { lot, counted: Quantity(97) }];
    world.act(&[&depot], Act::HoldingCount(holdings::Count { lines, place: None }));
    world.consume(&depot, (lot, 10), "Ward 1");
    let page = world.book().reader.party(&depot.id.to_string()).unwrap().unwrap();
    assert_eq!((page.counts[0].counted, page.counts[0].book), (97, 100));
    assert_eq!(page.holdings[0].quantity, 90);
}

#[test]
fn cash_taken_out_by_the_custodian_is_where_a_trail_ends() {
    let mut world = World::new();
    let (bank, fund, maker) = (world.party("Bank"), world.party("Fund"), world.party("Maker"));
    let lot = world.issue(&bank, &fund, "10.00", None);
    world.pay(&fund, &maker, &[(lot, "4.00")]);
    for (holder, amount) in [(&maker, "4.00"), (&fund, "6.00")] {
        let lines = vec![holdings::MoneyLine { lot, amount: amount.into() }];
        let act = holdings::Redeem { issuer: bank.id, lines, purpose: None };
        world.act(&[holder, &bank], Act::MoneyRedeem(act));
    }
    let trace = world.book().reader.trace(&lot.operation.to_string()).unwrap().unwrap();
    assert_eq!((trace.reached, trace.open, trace.trail_ends), (400, 600, true));
    assert!(trace.shares.iter().all(|share| share.state == "redeemed"));
}

#[test]
fn goods_are_conserved_and_balances_of_principals_say_so() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("Depot"), world.party("Hospital"));
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted::of("mask-n95", 100));
    world.block(DAY);
    world.hand_over(&depot, &hospital, (lot, 40, 38), None);
    world.block(HOUR);
    let shelf = world.book();
    let balances = shelf.reader.balances().unwrap();
    let told: Vec<_> = balances
        .iter()
        .map(|b| (b.custodian.name.as_str(), b.taken_in.low, b.issued.low, b.verdict.as_str()))
        .collect();
    assert_eq!(told, [("Depot", 100, 40, "consistent"), ("Hospital", 38, 0, "consistent")]);
    assert_eq!((balances[0].from.as_str(), balances[0].to.as_str()), ("2020-01-30", "2020-01-31"));
}
