//! Gifts, goods and money, followed from the first hand to the last.

use super::world::{DAY, HOUR, Minted, World};
use crate::codes;
use crate::view::{Interval, Trace};
use weal_kernel::Act;
use weal_kernel::holdings::op as holdings;
use weal_kernel::units::Quantity;
use weal_proof::Hash;

fn shares(trace: &Trace) -> Vec<(&str, &str, u64)> {
    let told = trace.shares.iter();
    told.map(|share| (share.state.as_str(), share.party.name.as_str(), share.quantity)).collect()
}

/// Every node passes on what came in, or keeps all of it.
fn check_sums(trace: &Trace) {
    for (at, node) in trace.nodes.iter().enumerate() {
        let goes: u64 =
            trace.flows.iter().filter(|flow| flow.from == at).map(|flow| flow.quantity).sum();
        let comes: u64 =
            trace.flows.iter().filter(|flow| flow.to == at).map(|flow| flow.quantity).sum();
        assert!(goes == 0 || goes == node.quantity, "{node:?}");
        assert!(at == 0 || comes == node.quantity, "{node:?}");
    }
    let columns = |at: usize| trace.nodes[at].column;
    assert!(trace.flows.iter().all(|flow| columns(flow.from) < columns(flow.to)));
    assert_eq!(trace.reached + trace.open + trace.lost, trace.given);
}

#[test]
fn a_gift_is_followed_to_its_last_hand() {
    let mut world = World::new();
    let (donor, depot, hospital) =
        (world.party("Donor"), world.party("Depot"), world.party("Hospital"));
    let carrier = world.party("Carrier");
    world.item(&depot, "mask-n95", "mask");
    let carton = world.pack(&depot, "mask-n95", Some(100));
    let code = codes::claim_code([9; 15]);
    let need = world.need(&hospital, "mask-n95", 5_000);
    let minted = Minted {
        pack: Some(carton),
        donor: Some(&donor),
        claim: codes::claim_hash(&code),
        ..Minted::of("mask-n95", 40)
    };
    let lot = world.mint(&depot, minted);
    world.block(HOUR);
    let act = holdings::Dispatch {
        to: hospital.id,
        lines: vec![holdings::LotLine { lot, quantity: Quantity(30) }],
        carrier: Some(carrier.id),
        need: Some(need),
        reservation: None,
        evidence: vec![Hash::of(&[b"waybill"])],
    };
    let sent = world.act(&[&depot, &carrier], Act::HoldingDispatch(act));
    world.block(HOUR);
    world.accept(&hospital, sent, (lot, 28));
    world.block(HOUR);
    world.consume(&hospital, (lot, 10), "Ward 3");
    world.consume(&hospital, (lot, 5), "Ward 4");
    let loss = holdings::WriteOff {
        lines: vec![holdings::LotLine { lot, quantity: Quantity(1) }],
        shipment: Some(sent),
        cause: holdings::LossCause::Damaged,
        explanation: "wet".into(),
        evidence: Vec::new(),
    };
    world.act(&[&depot], Act::HoldingWriteOff(loss));
    let shelf = world.book();
    let trace = shelf.reader.trace(&code).unwrap().unwrap();
    check_sums(&trace);
    assert_eq!((trace.given, trace.unit.as_str()), (40, "carton"));
    assert_eq!((trace.reached, trace.open, trace.lost), (28, 11, 1));
    let expected = [
        ("held", "Depot", 10),
        ("held", "Hospital", 13),
        ("lost", "Depot", 1),
        ("on_the_way", "Depot", 1),
        ("used", "Hospital", 5),
        ("used", "Hospital", 10),
    ];
    let mut told = shares(&trace);
    told.sort_unstable();
    assert_eq!(told, expected);
    let ward = trace.shares.iter().find(|share| share.quantity == 5).unwrap();
    assert_eq!(ward.ward.as_deref(), Some("Ward 4"));
    assert_eq!(ward.base, Interval::exactly(500));
    assert_eq!(trace.steps.len(), 6);
    assert_eq!((trace.grade, trace.donor.name.as_str()), (3, "Donor"));
    assert_eq!(trace.steps[0].grade, 1);
    for other in [trace.number.as_str(), trace.id.as_str()] {
        assert_eq!(shelf.reader.trace(other).unwrap().as_ref(), Some(&trace));
    }
    assert_eq!(shelf.reader.trace("7KQM-2X4P-9D3F-H0W5").unwrap(), None);
}

#[test]
fn money_is_followed_into_the_goods_it_bought() {
    let mut world = World::new();
    let (fund, maker, hospital) =
        (world.party("Fund"), world.party("Maker"), world.party("Hospital"));
    world.item(&fund, "coverall", "coverall");
    let need = world.need(&hospital, "coverall", 100);
    let code = codes::claim_code([5; 15]);
    let mine = world.issue(&fund, &fund, "10.00", codes::claim_hash(&code));
    let other = world.issue(&fund, &fund, "30.00", None);
    world.block(HOUR);
    let paid = world.pay(&fund, &maker, &[(mine, "8.00"), (other, "24.00")]);
    world.block(HOUR);
    let minted = Minted { bought_with: Some(paid), ..Minted::of("coverall", 40) };
    let lot = world.mint(&maker, minted);
    world.hand_over(&maker, &fund, (lot, 40, 40), None);
    world.hand_over(&fund, &hospital, (lot, 30, 30), Some(need));
    let shelf = world.book();
    let trace = shelf.reader.trace(&code).unwrap().unwrap();
    check_sums(&trace);
    assert_eq!((trace.kind.as_str(), trace.unit.as_str(), trace.digits), ("money", "CNY", 2));
    assert_eq!((trace.given, trace.reached, trace.open), (1_000, 600, 400));
    let mut told = shares(&trace);
    told.sort_unstable();
    assert_eq!(told, [("held", "Fund", 200), ("held", "Fund", 200), ("held", "Hospital", 600)]);
    let hospital = trace.shares.iter().find(|share| share.party.name == "Hospital").unwrap();
    // A quarter of the payment was this gift, so a quarter of the thirty pieces.
    assert_eq!(hospital.base, Interval { low: 7, high: Some(8) });
    let acts: Vec<_> = trace.steps.iter().map(|step| step.act.as_str()).collect();
    let expected =
        ["money.issue", "money.pay", "holding.mint", "holding.hand_over", "holding.hand_over"];
    assert_eq!(acts, expected);
    assert_eq!(trace.grade, 1);
    let bought = shelf.reader.trace(&lot.operation.to_string()).unwrap().unwrap();
    assert_eq!((bought.kind.as_str(), bought.given, bought.reached), ("goods", 40, 30));
}

#[test]
fn a_trail_ends_with_a_custodian_who_keeps_still_for_a_fortnight() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("Depot"), world.party("Hospital"));
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted::of("mask-n95", 40));
    let need = world.need(&hospital, "mask-n95", 5_000);
    let number = lot.operation.to_string();
    let ends = |world: &mut World| world.book().reader.trace(&number).unwrap().unwrap().trail_ends;
    assert!(!ends(&mut world));
    world.block(15 * DAY);
    world.block(HOUR);
    assert!(ends(&mut world));
    world.hand_over(&depot, &hospital, (lot, 40, 40), Some(need));
    world.block(15 * DAY);
    world.block(HOUR);
    assert!(!ends(&mut world), "a hospital that asked for it is where a trail should end");
}

#[test]
fn one_line_of_a_gift_is_followed_alone() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("Depot"), world.party("Hospital"));
    world.item(&depot, "mask-n95", "mask");
    let first = world.mint(&depot, Minted { lines: 3, ..Minted::of("mask-n95", 40) });
    let second = holdings::LotId { line: 1, ..first };
    world.hand_over(&depot, &hospital, (second, 15, 15), None);
    let shelf = world.book();
    let all = shelf.reader.trace(&first.operation.to_string()).unwrap().unwrap();
    assert_eq!(all.given, 120);
    let held = shelf.reader.party(&hospital.id.to_string()).unwrap().unwrap().holdings;
    let line = shelf.reader.trace(&held[0].lot).unwrap().unwrap();
    assert_eq!((line.given, line.steps.len()), (40, 2));
    assert_eq!(shelf.reader.trace(&held[0].lot_id).unwrap(), Some(line));
    assert_eq!(shelf.reader.trace(&format!("{}.7", first.operation)).unwrap(), None);
}
