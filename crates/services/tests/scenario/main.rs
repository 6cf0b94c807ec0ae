//! The made-up prefecture keeps every rule of the book, from the first operation on.
#![allow(clippy::unwrap_used, clippy::panic)]

mod showcase;
mod world;

use std::collections::BTreeSet;
use weal_kernel::charters::state::unbalanced_charters;
use weal_kernel::holdings::posting::unbalanced_lots;
use weal_kernel::{Act, Hash};
use weal_proof::Envelope;
use weal_services::relief::scenario::Scenario;
use world::{START, World};

#[test]
fn the_whole_story_keeps_every_rule_and_no_goods_vanish() {
    let mut world = World::new();
    let mut scenario = Scenario::new(1, world.state.network(), START);
    let began = std::time::Instant::now();
    let prologue = scenario.prologue();
    eprintln!("{} operations told in {:?}", prologue.len(), began.elapsed());
    assert!(prologue.len() >= 3_000, "{}", prologue.len());
    for (at, envelope) in (0u64..).zip(&prologue) {
        world.follow(envelope, START.plus(at / 50 * 1_000));
    }
    let mut now = START.plus(600_000);
    for _ in 0..500 {
        now = now.plus(4_000);
        for envelope in scenario.next(now) {
            world.follow(&envelope, now.plus(700));
        }
    }
    let told: BTreeSet<&str> =
        world.acts.keys().map(|name| name.split('/').next().unwrap()).collect();
    // Who keeps the book and funds are no part of this story.
    let of_the_story = |name: &&str| !["network.", "charter."].iter().any(|p| name.starts_with(p));
    let all: BTreeSet<&str> = Act::NAMES.iter().copied().filter(of_the_story).collect();
    assert_eq!(told, all);
    let kinds = world.acts.keys().filter(|name| name.starts_with("record.respond/")).count();
    assert_eq!(kinds, 6);
    assert_eq!(unbalanced_lots(&world.state), Vec::<String>::new());
}

#[test]
fn funds_are_published_and_gifts_arrive_in_one_of_them() {
    let mut world = World::new();
    let mut scenario = Scenario::new(2, world.state.network(), START);
    scenario.prologue().iter().for_each(|envelope| world.follow(envelope, START.plus(5_000)));
    let now = START.plus(600_000);
    scenario.found_funds(now).iter().for_each(|envelope| world.follow(envelope, now));
    assert_eq!(world.acts["charter.publish"], 10);
    let payments = world.entries.iter().flat_map(|entry| &entry.payments);
    let paid: Vec<u64> = payments.filter(|p| !p.payees.is_empty()).map(|p| p.amount).collect();
    assert_eq!(paid, [490_000, 117_600]);
    assert_eq!(unbalanced_charters(&world.state), Vec::<Hash>::new());
    assert_eq!(unbalanced_lots(&world.state), Vec::<String>::new());
}

#[test]
fn a_story_goes_on_for_weeks() {
    let mut world = World::new();
    let mut scenario = Scenario::new(5, world.state.network(), START);
    scenario.prologue().iter().for_each(|envelope| world.follow(envelope, START.plus(5_000)));
    let mut now = START.plus(600_000);
    for _ in 0..6_000 {
        now = now.plus(600_000);
        scenario.next(now).iter().for_each(|envelope| world.follow(envelope, now));
    }
    assert_eq!(unbalanced_lots(&world.state), Vec::<String>::new());
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_another() {
    let ids = |seed| {
        let mut scenario = Scenario::new(seed, Hash::ZERO, START);
        let mut ids: Vec<Hash> = scenario.prologue().iter().map(Envelope::id).collect();
        for step in 0..50 {
            let told = scenario.next(START.plus(1_000_000 + step));
            ids.extend(told.iter().map(Envelope::id));
        }
        (ids, scenario.showcase())
    };
    let (first, second, other) = (ids(3), ids(3), ids(4));
    assert_eq!(first, second);
    assert_ne!(first.0, other.0);
    let distinct: BTreeSet<_> = first.0.iter().collect();
    assert_eq!(distinct.len(), first.0.len());
}

#[test]
fn many_seeds_keep_every_rule() {
    for seed in 10..16 {
        let mut world = World::new();
        let mut scenario = Scenario::new(seed, world.state.network(), START);
        scenario.prologue().iter().for_each(|envelope| world.follow(envelope, START.plus(5_000)));
        assert_eq!(unbalanced_lots(&world.state), Vec::<String>::new());
    }
}
