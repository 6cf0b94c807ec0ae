//! The two gifts of the showcase read as they are told: from the donor to the ward.

use crate::world::{START, World};
use std::collections::BTreeSet;
use weal_services::book::Reader;
use weal_services::relief::scenario::{Scenario, Showcase};
use weal_services::view::{Share, Trace};

fn told(seed: u64, check: impl Fn(&Reader, &Showcase)) {
    let mut world = World::new();
    let mut scenario = Scenario::new(seed, world.state.network(), START);
    scenario.prologue().iter().for_each(|envelope| world.follow(envelope, START.plus(5_000)));
    let directory = tempfile::tempdir().unwrap();
    check(&world.read(directory.path()), &scenario.showcase().unwrap());
}

fn sum(trace: &Trace, state: &str) -> u64 {
    let of = |share: &&Share| share.state == state;
    trace.shares.iter().filter(of).map(|share| share.quantity).sum()
}

fn wards(trace: &Trace) -> BTreeSet<&str> {
    trace.shares.iter().filter_map(|share| share.ward.as_deref()).collect()
}

#[test]
fn a_gift_of_goods_is_split_short_lost_in_part_and_used_at_three_bedsides() {
    for seed in [1, 2, 77] {
        told(seed, |reader, showcase| {
            let trace = reader.trace(&showcase.goods_claim_code).unwrap().unwrap();
            assert_eq!(trace.id, showcase.goods_gift.to_string());
            assert_eq!(trace.donor.id, "");
            let sums = ["used", "held", "on_the_way", "lost"].map(|state| sum(&trace, state));
            assert_eq!((trace.given, sums), (200, [150, 39, 9, 2]));
            assert_eq!(wards(&trace).len(), 3);
            let acts: BTreeSet<&str> = trace.steps.iter().map(|step| step.act.as_str()).collect();
            for act in ["dispatch", "accept", "resolve", "write_off", "hand_over", "consume"] {
                assert!(acts.contains(format!("holding.{act}").as_str()), "{act}");
            }
        });
    }
}

#[test]
fn a_gift_of_money_becomes_goods_in_three_wards() {
    told(1, |reader, showcase| {
        let trace = reader.trace(&showcase.money_claim_code).unwrap().unwrap();
        assert_eq!(trace.id, showcase.money_gift.to_string());
        assert_eq!((trace.kind.as_str(), trace.given), ("money", 5_000_000));
        assert_eq!(wards(&trace).len(), 3);
        let acts: BTreeSet<&str> = trace.steps.iter().map(|step| step.act.as_str()).collect();
        for act in ["money.issue", "money.pay", "holding.mint", "holding.consume"] {
            assert!(acts.contains(act), "{act}");
        }
    });
}

#[test]
fn every_claim_code_of_the_showcase_leads_to_a_gift() {
    told(1, |reader, showcase| {
        assert_eq!(showcase.other_claim_codes.len(), 32);
        for code in &showcase.other_claim_codes {
            assert!(reader.trace(code).unwrap().is_some(), "{code}");
        }
        assert!(reader.need(&showcase.need.to_string()).unwrap().is_some());
        assert!(reader.party(&showcase.hospital.to_string()).unwrap().is_some());
    });
}

#[test]
fn the_first_page_is_worth_looking_at() {
    told(1, |reader, _| {
        let page = reader.overview().unwrap();
        assert!(page.open_needs > 40 && page.critical_needs > 5, "{page:?}");
        assert!((20..=90).contains(&page.mean_percent.unwrap()), "{page:?}");
        assert!(page.shipments_open > 3 && page.differences_open > 1 && page.items.len() > 6);
        assert!(page.days.len() > 6);
        let verdicts: BTreeSet<String> =
            reader.balances().unwrap().into_iter().map(|balance| balance.verdict).collect();
        assert_eq!(verdicts.len(), 3, "{verdicts:?}");
        assert!(reader.unresolved(None, 50).unwrap().total > 3);
    });
}
