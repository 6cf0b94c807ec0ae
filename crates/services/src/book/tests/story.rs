//! The made-up prefecture in the book: every act there is, and sums that agree with their parts.

use super::world::{Shelf, World};
use crate::relief::coverage::Sums;
use crate::relief::scenario::Scenario;
use crate::view::{Interval, NeedFilter};
use weal_kernel::units::UnixMillis;

/// A world in which the story was told, with so many further moves.
pub(super) fn told(moves: u64) -> World {
    let mut world = World::new();
    let start = UnixMillis(world.now);
    let mut scenario = Scenario::new(7, world.network, start);
    for (at, envelope) in scenario.prologue().into_iter().enumerate() {
        world.take(envelope);
        if at % 50 == 49 {
            world.block(1_000);
        }
    }
    world.block(600_000);
    for _ in 0..moves {
        world.now += 60_000;
        for envelope in scenario.next(UnixMillis(world.now)) {
            world.take(envelope);
        }
        world.block(1_000);
    }
    world
}

/// The sums of the overview, from the pages of all needs.
fn check_sums(shelf: &Shelf) {
    let overview = shelf.reader.overview().unwrap();
    let (mut needs, mut cursor) = (Vec::new(), None);
    loop {
        let page = shelf.reader.needs(&NeedFilter::default(), cursor.as_deref(), 200).unwrap();
        needs.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let open = needs.iter().filter(|need| ["open", "partly"].contains(&need.status.as_str()));
    assert_eq!(u64::try_from(open.count()).unwrap(), overview.open_needs);
    for class in &overview.items {
        let of_class = needs
            .iter()
            .filter(|need| need.item.category == class.item.category && need.status != "closed");
        let mut sums = [Interval::exactly(0); 3];
        for need in of_class {
            let coverage = &need.coverage;
            let parts = [coverage.received, coverage.on_the_way, coverage.reserved];
            for (sum, part) in sums.iter_mut().zip(parts) {
                *sum = sum.plus(part);
            }
        }
        let shown = [class.received, class.on_the_way, class.reserved];
        assert_eq!(sums, shown, "{}", class.item.code);
    }
    let kept = shelf
        .book
        .connection
        .prepare("SELECT numbers FROM sums")
        .unwrap()
        .query_map([], |row| Ok(crate::book::write::read_sums(&row.get::<_, Vec<u8>>(0)?)))
        .unwrap()
        .fold(Sums::default(), |mut all, sums| {
            all.add(&sums.unwrap());
            all
        });
    assert_eq!(kept.open(), overview.open_needs);
    let day = overview.days.last().unwrap();
    assert_eq!(day.opened - day.closed, overview.open_needs);
}

#[test]
fn goods_and_money_are_followed_fast() {
    let mut world = told(1_500);
    world.block(1_000);
    let start = super::real::busy();
    let shelf = world.book();
    let worked = super::real::busy().saturating_sub(start);
    let rate = u128::from(world.index) * 1_000_000 / worked.as_micros().max(1);
    eprintln!("{} entries of the story in {worked:?} of work: {rate} a second", world.index);
    assert_eq!(shelf.reader.overview().unwrap().entries, world.index);
}

#[test]
fn the_sums_of_the_first_page_are_those_of_its_parts() {
    let mut world = told(150);
    let shelf = world.book();
    check_sums(&shelf);
}

#[test]
fn every_entry_gift_and_party_of_the_story_can_be_shown() {
    let mut world = told(150);
    let shelf = world.book();
    let reader = &shelf.reader;
    let mut traced = 0;
    for index in 0..world.index {
        let number = index.to_string();
        let page = reader.record(&number).unwrap().unwrap();
        assert_eq!(page.entry.index, index);
        assert!(!page.entry.actor.kind.is_empty(), "{number}");
        assert!(!page.signatures.is_empty());
        assert!(page.signatures.iter().all(|line| !line.party.kind.is_empty()), "{number}");
        assert_eq!(reader.record(&page.entry.number).unwrap().as_ref(), Some(&page));
        if let Some(trace) = reader.trace(&number).unwrap() {
            assert_eq!(trace.reached + trace.open + trace.lost, trace.given, "{number}");
            traced += 1;
        }
        if let Some(party) = reader.party(&number).unwrap() {
            assert_eq!(party.party.number, page.entry.number);
        }
    }
    assert!(traced > 50, "{traced}");
}

#[test]
fn the_showcase_is_traced_by_its_codes() {
    let mut world = told(0);
    let start = UnixMillis(super::world::START);
    let showcase = Scenario::new(7, world.network, start).showcase().unwrap();
    let shelf = world.book();
    let goods = shelf.reader.trace(&showcase.goods_claim_code).unwrap().unwrap();
    assert_eq!(goods.id, showcase.goods_gift.to_string());
    let money = shelf.reader.trace(&showcase.money_claim_code).unwrap().unwrap();
    assert_eq!(money.id, showcase.money_gift.to_string());
    for trace in [goods, money] {
        eprintln!(
            "{} {} {} given {} reached {} open {} lost {} grade {} ends {}",
            trace.number,
            trace.kind,
            trace.unit,
            trace.given,
            trace.reached,
            trace.open,
            trace.lost,
            trace.grade,
            trace.trail_ends
        );
        for node in &trace.nodes {
            eprintln!("  {} {} {} {}", node.column, node.state, node.party.name, node.quantity);
        }
        for share in &trace.shares {
            let base = share.base;
            eprintln!(
                "  = {} {} {} {} {base:?} {:?}",
                share.state, share.party.name, share.quantity, share.unit, share.ward
            );
        }
        for step in &trace.steps {
            let quantity = step.quantity.map(|quantity| quantity.low);
            eprintln!("  > {} {} {quantity:?} {:?}", step.act, step.actor.name, step.money);
        }
        assert!(trace.reached > 0 && trace.steps.len() > 3);
    }
}
