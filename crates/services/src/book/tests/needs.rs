//! Needs: what counts for them, and what does not.

use super::world::{DAY, HOUR, Minted, Shelf, World};
use crate::view::{Coverage, Interval, NeedFilter, Overview};
use serde_json::json;
use weal_kernel::Act;
use weal_kernel::Hash;
use weal_kernel::holdings::op as holdings;
use weal_kernel::records::op::ResponseKind;
use weal_kernel::units::{Quantity, UnixMillis};

fn coverage(shelf: &Shelf, need: Hash) -> Coverage {
    shelf.reader.need(&need.to_string()).unwrap().unwrap().need.coverage
}

fn overview(shelf: &Shelf) -> Overview {
    shelf.reader.overview().unwrap()
}

/// A need of 100 was corroborated, corrected to 100,000, and shown as corroborated still.
#[test]
fn voices_about_a_body_that_was_corrected_count_no_more() {
    let mut world = World::new();
    let (hospital, nurse, doubter) = (world.party("医院"), world.party("N"), world.party("D"));
    world.item(&hospital, "mask-n95", "mask");
    let need = world.need(&hospital, "mask-n95", 100);
    world.respond(&nurse, need, ResponseKind::Corroborate, None);
    world.respond(&doubter, need, ResponseKind::Dispute, None);
    let voices = |shelf: &Shelf| {
        let page = shelf.reader.need(&need.to_string()).unwrap().unwrap();
        (page.need.corroborated, page.need.disputed)
    };
    assert_eq!(voices(&world.book()), (1, 1));
    let body = json!({"item": "mask-n95", "quantity": {"stated": {"amount": 100_000}}});
    world.respond(&hospital, need, ResponseKind::Correct, Some(body));
    assert_eq!(voices(&world.book()), (0, 0));
    world.respond(&nurse, need, ResponseKind::Corroborate, None);
    assert_eq!(voices(&world.book()), (1, 0));
}

#[test]
fn a_need_is_met_by_what_the_one_who_asked_has_counted() {
    let mut world = World::new();
    let (depot, hospital, other) = (world.party("Depot"), world.party("医院"), world.party("X"));
    world.item(&depot, "mask-n95", "mask");
    let need = world.need(&hospital, "mask-n95", 100);
    let lot = world.mint(&depot, Minted::of("mask-n95", 500));
    let shipment = world.dispatch(&depot, &hospital, (lot, 60), Some(need));
    let astray = world.dispatch(&depot, &other, (lot, 30), Some(need));
    let shelf = world.book();
    assert_eq!(coverage(&shelf, need).on_the_way, Interval::exactly(90));
    assert_eq!(overview(&shelf).shipments_open, 2);
    world.accept(&hospital, shipment, (lot, 50));
    world.accept(&other, astray, (lot, 30));
    let shelf = world.book();
    let page = shelf.reader.need(&need.to_string()).unwrap().unwrap();
    assert_eq!(page.need.coverage.on_the_way, Interval::exactly(0));
    assert_eq!(page.need.coverage.received, Interval::exactly(50));
    assert_eq!(page.need.coverage.in_dispute, Interval::exactly(10));
    assert_eq!(page.need.coverage.percent, Some(50));
    assert_eq!(page.need.status, "partly");
    assert_eq!(page.history.len(), 5);
    let overview = overview(&shelf);
    assert_eq!((overview.open_needs, overview.mean_percent), (1, Some(50)));
    assert_eq!((overview.differences_open, overview.shipments_open), (1, 0));
    assert_eq!(overview.items[0].percent, Some(50));
}

#[test]
fn what_is_short_on_arrival_stays_with_the_giver() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("Depot"), world.party("Hospital"));
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted::of("mask-n95", 500));
    let met = world.hand_over(&depot, &hospital, (lot, 15, 14), None);
    let sent = world.dispatch(&depot, &hospital, (lot, 40), None);
    world.accept(&hospital, sent, (lot, 39));
    let shelf = world.book();
    let page = shelf.reader.party(&depot.id.to_string()).unwrap().unwrap();
    let missing: Vec<_> =
        page.differences.iter().map(|d| (d.quantity, d.partly_accepted)).collect();
    assert_eq!(missing, [(1, true), (1, true)]);
    assert_eq!(page.differences[0].giver.name, "Depot");
    let taker = shelf.reader.party(&hospital.id.to_string()).unwrap().unwrap();
    assert!(taker.differences.is_empty());
    assert_eq!(taker.holdings[0].quantity, 53);
    assert_eq!(shelf.reader.differences(10).unwrap().len(), 2);
    let resolve = holdings::Resolve {
        shipment: met,
        lines: vec![holdings::ResolveLine { lot, to_giver: Quantity(1), to_taker: Quantity(0) }],
        cause: "left in the van".into(),
    };
    world.act(&[&depot, &hospital], Act::HoldingResolve(resolve));
    let shelf = world.book();
    assert_eq!(shelf.reader.differences(10).unwrap().len(), 1);
    assert_eq!(overview(&shelf).differences_open, 1);
}

#[test]
fn a_pack_measured_later_resolves_old_lines() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("Depot"), world.party("Hospital"));
    world.item(&depot, "mask-n95", "mask");
    let carton = world.pack(&depot, "mask-n95", None);
    let need = world.need(&hospital, "mask-n95", 1_000);
    let lot = world.mint(&depot, Minted { pack: Some(carton), ..Minted::of("mask-n95", 10) });
    world.hand_over(&depot, &hospital, (lot, 5, 4), Some(need));
    let shelf = world.book();
    let before = coverage(&shelf, need);
    assert_eq!(before.received, Interval { low: 4, high: None });
    assert_eq!(before.in_dispute, Interval { low: 1, high: None });
    assert_eq!(before.percent, Some(0));
    let held = shelf.reader.party(&depot.id.to_string()).unwrap().unwrap().holdings;
    assert_eq!((held[0].quantity, held[0].unit.as_str()), (5, "carton"));
    assert_eq!(held[0].base, Interval { low: 5, high: None });
    world.measure(&depot, carton, 200);
    let shelf = world.book();
    let after = coverage(&shelf, need);
    assert_eq!(after.received, Interval::exactly(800));
    assert_eq!(after.in_dispute, Interval::exactly(200));
    assert_eq!(after.percent, Some(80));
    assert_eq!(overview(&shelf).items[0].received, Interval::exactly(800));
    let old = shelf.reader.records(Some("holding.mint"), None, 1).unwrap().items;
    assert_eq!(old[0].quantity, Some(Interval::exactly(2_000)));
}

#[test]
fn reserved_goods_count_until_they_are_used_released_or_over() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("Depot"), world.party("Hospital"));
    world.item(&depot, "mask-n95", "mask");
    let need = world.need(&hospital, "mask-n95", 100);
    let lot = world.mint(&depot, Minted::of("mask-n95", 500));
    let reserve = |world: &mut World, quantity: u64| {
        let act = holdings::Reserve {
            line: holdings::LotLine { lot, quantity: Quantity(quantity) },
            need,
            until: UnixMillis(world.now + 2 * DAY),
        };
        world.act(&[&depot], Act::HoldingReserve(act))
    };
    let (first, second) = (reserve(&mut world, 30), reserve(&mut world, 20));
    reserve(&mut world, 5);
    let shelf = world.book();
    assert_eq!(coverage(&shelf, need).reserved, Interval::exactly(55));
    world.act(&[&depot], Act::HoldingRelease(holdings::Release { reservation: second }));
    let sent = holdings::Dispatch {
        to: hospital.id,
        lines: vec![holdings::LotLine { lot, quantity: Quantity(12) }],
        carrier: None,
        need: Some(need),
        reservation: Some(first),
        evidence: Vec::new(),
    };
    world.act(&[&depot], Act::HoldingDispatch(sent));
    let shelf = world.book();
    assert_eq!(coverage(&shelf, need).reserved, Interval::exactly(23));
    assert_eq!(coverage(&shelf, need).on_the_way, Interval::exactly(12));
    world.now += 3 * DAY;
    world.block(HOUR);
    let shelf = world.book();
    assert_eq!(coverage(&shelf, need).reserved, Interval::exactly(0));
    assert_eq!(overview(&shelf).items[0].reserved, Interval::exactly(0));
}

#[test]
fn goods_of_another_class_do_not_meet_a_need() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("Depot"), world.party("Hospital"));
    world.item(&depot, "mask-n95", "mask");
    world.item(&depot, "mask-kn95", "mask");
    world.item(&depot, "gloves", "gloves");
    let need = world.need(&hospital, "mask-n95", 100);
    let gloves = world.mint(&depot, Minted::of("gloves", 500));
    let masks = world.mint(&depot, Minted::of("mask-kn95", 500));
    world.hand_over(&depot, &hospital, (gloves, 90, 90), Some(need));
    world.hand_over(&depot, &hospital, (masks, 7, 7), Some(need));
    let shelf = world.book();
    assert_eq!(coverage(&shelf, need).received, Interval::exactly(7));
}

#[test]
fn a_corrected_need_is_measured_against_its_new_number_and_item() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("Depot"), world.party("Hospital"));
    world.item(&depot, "mask-n95", "mask");
    world.item(&depot, "gloves", "gloves");
    let need = world.need(&hospital, "mask-n95", 100);
    let lot = world.mint(&depot, Minted::of("mask-n95", 500));
    world.hand_over(&depot, &hospital, (lot, 50, 50), Some(need));
    let body = json!({"item": "mask-n95", "quantity": {"stated": {"amount": 50}}});
    world.respond(&hospital, need, ResponseKind::Correct, Some(body));
    let shelf = world.book();
    assert_eq!(coverage(&shelf, need).percent, Some(100));
    assert_eq!(overview(&shelf).open_needs, 0);
    let day = overview(&shelf).days.last().cloned().unwrap();
    assert_eq!((day.opened, day.closed), (1, 1));
    let body = json!({"item": "gloves", "quantity": {"stated": {"amount": 50}}});
    world.respond(&hospital, need, ResponseKind::Correct, Some(body));
    let shelf = world.book();
    assert_eq!(coverage(&shelf, need).received, Interval::exactly(0));
    let overview = overview(&shelf);
    assert_eq!((overview.open_needs, overview.items.len()), (1, 1));
    assert_eq!(overview.items[0].item.code, "gloves");
    assert_eq!(overview.days.last().unwrap().closed, 0);
}

#[test]
fn a_need_stated_for_a_facility_is_one_sided_and_met_by_the_one_who_bears_its_name() {
    let mut world = World::new();
    let (depot, volunteer) = (world.party("Depot"), world.party("Volunteer"));
    world.item(&depot, "mask-n95", "mask");
    let body = json!({"name": "协和医院", "city": "武汉"});
    let facility = world.post(&volunteer, "facility", body);
    let body = json!({"item": "mask-n95", "quantity": {"stated": {"amount": 10}},
                      "facility": facility.to_string(), "urgency": "critical"});
    let need = world.post(&volunteer, "need", body);
    let (stranger, hospital) = (world.party("Stranger"), world.party("Union Hospital"));
    let lot = world.mint(&depot, Minted::of("mask-n95", 500));
    world.hand_over(&depot, &stranger, (lot, 4, 4), Some(need));
    world.hand_over(&depot, &hospital, (lot, 3, 3), Some(need));
    let shelf = world.book();
    let page = shelf.reader.need(&need.to_string()).unwrap().unwrap();
    assert!(page.need.one_sided);
    assert_eq!((page.need.needy.kind.as_str(), page.need.place.as_str()), ("facility", "武汉"));
    assert_eq!(page.need.stated_by.name, "Volunteer");
    assert_eq!(page.need.coverage.received, Interval::exactly(0));
    let alias = json!({"name": "Union Hospital", "of": facility.to_string()});
    let alias = world.post(&volunteer, "alias", alias);
    let shelf = world.book();
    assert_eq!(coverage(&shelf, need).received, Interval::exactly(3));
    assert_eq!(overview(&shelf).items[0].received, Interval::exactly(3));
    world.respond(&volunteer, alias, ResponseKind::Withdraw, None);
    let shelf = world.book();
    assert_eq!(coverage(&shelf, need).received, Interval::exactly(0));
    let wuhan = NeedFilter { place: Some("武汉".into()), ..NeedFilter::default() };
    assert_eq!(shelf.reader.needs(&wuhan, None, 10).unwrap().total, 1);
}

#[test]
fn withdrawn_needs_leave_the_sums_and_stay_in_the_book() {
    let mut world = World::new();
    let hospital = world.party("Hospital");
    world.item(&hospital, "mask-n95", "mask");
    let need = world.need(&hospital, "mask-n95", 100);
    world.respond(&hospital, need, ResponseKind::Withdraw, None);
    let shelf = world.book();
    let overview = overview(&shelf);
    assert_eq!((overview.open_needs, overview.all_needs, overview.needy), (0, 1, 1));
    assert!(overview.items.is_empty());
    let open = NeedFilter { open: true, ..NeedFilter::default() };
    assert_eq!(shelf.reader.needs(&open, None, 10).unwrap().total, 0);
    let all = shelf.reader.needs(&NeedFilter::default(), None, 10).unwrap();
    assert_eq!(all.items[0].status, "closed");
}

#[test]
fn opened_less_closed_is_always_what_is_open() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("Depot"), world.party("Hospital"));
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted::of("mask-n95", 500));
    for round in 0..6u64 {
        let need = world.need(&hospital, "mask-n95", 10 * (round + 1));
        match round % 3 {
            0 => drop(world.hand_over(&depot, &hospital, (lot, 60, 60), Some(need))),
            1 => drop(world.respond(&hospital, need, ResponseKind::Withdraw, None)),
            _ => {}
        }
        world.block(DAY);
        let overview = overview(&world.book());
        let day = overview.days.last().unwrap();
        assert_eq!(day.opened - day.closed, overview.open_needs, "{round}");
    }
}
