//! Lists, sums and pages.

use super::world::{DAY, HOUR, Minted, World};
use crate::book::BookError;
use crate::codes;
use crate::view::{Interval, NeedFilter};
use serde_json::json;
use weal_kernel::records::op::ResponseKind;

#[test]
fn a_need_is_met_by_what_the_one_who_asked_has_counted() {
    let mut world = World::new();
    let (depot, hospital, other) = (world.party("Depot"), world.party("医院"), world.party("X"));
    world.item(&depot, "mask-n95", "mask");
    let need = world.need(&hospital, "mask-n95", 100);
    let lot = world.mint(&depot, Minted::of("mask-n95", 500));
    world.block(HOUR);
    let shipment = world.dispatch(&depot, &hospital, (lot, 60), Some(need));
    world.block(HOUR);
    let astray = world.dispatch(&depot, &other, (lot, 30), Some(need));
    let shelf = world.book();
    let coverage = |shelf: &super::world::Shelf| {
        shelf.reader.need(&need.to_string()).unwrap().unwrap().need.coverage
    };
    assert_eq!(coverage(&shelf).on_the_way, Interval::exactly(90));
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
    let overview = shelf.reader.overview().unwrap();
    assert_eq!(overview.open_needs, 1);
    assert_eq!(overview.mean_percent, Some(50));
    assert_eq!(overview.differences_open, 1);
    assert_eq!(overview.shipments_open, 0);
    assert_eq!(overview.items[0].percent, Some(50));
    let _ = (DAY, codes::number('N', 0), json!({}), ResponseKind::Hide, NeedFilter::default());
    let _ = |e: BookError| matches!(e, BookError::Cursor);
}
