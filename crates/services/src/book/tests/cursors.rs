//! Lists that keep their order while entries arrive.

use super::world::{HOUR, Minted, Shelf, World};
use crate::book::BookError;
use crate::view::NeedFilter;
use std::collections::BTreeSet;
use weal_kernel::records::op::ResponseKind;

/// Follows what happened since.
fn catch_up(shelf: &mut Shelf, world: &mut World) {
    world.block(HOUR);
    shelf.book.follow(&world.blocks).unwrap();
}

#[test]
fn the_second_page_of_needs_matches_the_first_while_entries_arrive() {
    let mut world = World::new();
    let (depot, hospital) = (world.party("Depot"), world.party("Hospital"));
    world.item(&depot, "mask-n95", "mask");
    let lot = world.mint(&depot, Minted::of("mask-n95", 50_000));
    let needs: Vec<_> = (0..30).map(|_| world.need(&hospital, "mask-n95", 100)).collect();
    for (at, need) in (0..30).zip(&needs) {
        world.hand_over(&depot, &hospital, (lot, at + 1, at + 1), Some(*need));
    }
    let mut shelf = world.book();
    let open = NeedFilter { open: true, ..NeedFilter::default() };
    let whole = shelf.reader.needs(&open, None, 200).unwrap();
    let order: Vec<_> = whole.items.iter().map(|need| need.number.clone()).collect();
    let mut found = Vec::new();
    let mut cursor = None;
    for turn in 0..6 {
        let page = shelf.reader.needs(&open, cursor.as_deref(), 5).unwrap();
        assert_eq!(page.total, 30);
        found.extend(page.items.into_iter().map(|need| need.number));
        cursor = page.next;
        // Needs jump about: one is met in full, one is half met, one is taken back, one is new.
        world.hand_over(&depot, &hospital, (lot, 100, 100), Some(needs[turn]));
        world.hand_over(&depot, &hospital, (lot, 40, 40), Some(needs[29 - turn]));
        world.respond(&hospital, needs[12 + turn], ResponseKind::Withdraw, None);
        world.need(&hospital, "mask-n95", 100);
        catch_up(&mut shelf, &mut world);
    }
    assert_eq!(cursor, None);
    assert_eq!(found, order);
}

#[test]
fn the_pages_of_records_hold_each_entry_once_while_entries_arrive() {
    let mut world = World::new();
    let hospital = world.party("Hospital");
    for _ in 0..25 {
        world.need(&hospital, "mask-n95", 100);
    }
    let mut shelf = world.book();
    for act in [None, Some("record.post")] {
        let (mut found, mut cursor) = (Vec::new(), None);
        let total = shelf.reader.records(act, None, 1).unwrap().total;
        loop {
            let page = shelf.reader.records(act, cursor.as_deref(), 4).unwrap();
            assert_eq!(page.total, total);
            found.extend(page.items.into_iter().map(|entry| entry.index));
            world.need(&hospital, "mask-n95", 100);
            catch_up(&mut shelf, &mut world);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let distinct: BTreeSet<_> = found.iter().collect();
        assert_eq!(u64::try_from(found.len()).unwrap(), total);
        assert_eq!(distinct.len(), found.len());
        assert!(found.is_sorted_by(|a, b| a > b));
    }
}

#[test]
fn every_list_ends_and_none_takes_the_cursor_of_another() {
    let mut world = World::new();
    let depot = world.party("Depot");
    world.item(&depot, "mask-n95", "mask");
    for at in 0..7 {
        world.party(&format!("Party {at}"));
        world.mint(&depot, Minted::of("mask-n95", 5));
        world.need(&depot, "mask-n95", 100);
        world.post(
            &depot,
            "stock-out",
            serde_json::json!({
            "line": "1", "date": 1_580_342_400_000u64, "custodian": "C",
            "recipient": format!("R{at}"), "item": "mask-n95", "goods": "x", "quantity": 1}),
        );
        world.block(HOUR);
    }
    let shelf = world.book();
    let reader = &shelf.reader;
    let any = NeedFilter::default();
    type Lister<'a> =
        Box<dyn Fn(Option<&str>) -> Result<(usize, u64, Option<String>), BookError> + 'a>;
    let lists: Vec<Lister<'_>> = vec![
        Box::new(|c| reader.needs(&any, c, 2).map(|p| (p.items.len(), p.total, p.next))),
        Box::new(|c| reader.gifts(c, 2).map(|p| (p.items.len(), p.total, p.next))),
        Box::new(|c| reader.parties(None, c, 2).map(|p| (p.items.len(), p.total, p.next))),
        Box::new(|c| reader.records(None, c, 2).map(|p| (p.items.len(), p.total, p.next))),
        Box::new(|c| reader.blocks(c, 2).map(|p| (p.items.len(), p.total, p.next))),
        Box::new(|c| reader.unresolved(c, 2).map(|p| (p.items.len(), p.total, p.next))),
    ];
    let totals = [7, 7, 8, 30, 7, 8];
    let mut cursors = Vec::new();
    for (list, expected) in lists.iter().zip(totals) {
        let (mut found, mut cursor) = (0, None);
        loop {
            let (items, total, next) = list(cursor.as_deref()).unwrap();
            assert_eq!(total, expected);
            found += items;
            cursors.extend(next.clone());
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(u64::try_from(found).unwrap(), expected);
    }
    let last = cursors.last().unwrap();
    for list in &lists[..5] {
        assert!(matches!(list(Some(last)), Err(BookError::Cursor)));
        assert!(matches!(list(Some("nonsense")), Err(BookError::Cursor)));
    }
}
