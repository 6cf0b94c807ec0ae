//! An adversary with mandates, friends and one guardian's key never gets more than was given.
//!
//! The owner grants a few mandates and is silent from then on. Everything afterwards is signed by
//! the adversary and his puppets only: acting under mandates, passing them on, granting through
//! them, attesting, rotating, recovering, dealing among themselves.

use crate::common::build::*;
use crate::common::play::{Made, Move, Play, Trust, script};
use crate::common::{Actor, HOUR, Op, World, key};
use proptest::prelude::*;
use std::collections::BTreeMap;
use weal_kernel::holdings::Posting;
use weal_kernel::holdings::state::{Asset, Lot};
use weal_kernel::principals::op::{Grant, Limits};
use weal_kernel::state::keys;
use weal_kernel::{Act, Hash};

/// What the owner gave, and what came of it.
struct Given {
    grant: Grant,
    operations: u64,
    goods: u64,
    money: u64,
}

/// The owner comes first in the cast, the adversary and his puppets follow.
fn scene() -> Play {
    let mut w = World::new();
    let [owner, friend, other] = ["owner", "friend", "other"].map(|name| w.register(name));
    let puppets = ["adversary", "puppet a", "puppet b", "puppet c"].map(|name| w.register(name));
    let guards = [friend.clone(), other, puppets[0].clone()];
    w.does(&owner, rotate(&owner.keys, Some(guardians(&guards, 2, HOUR))));
    w.does(&owner, item("mask"));
    let need = w.does(&owner, post("need", serde_json::json!({"item": "mask", "quantity": 9})));
    let goods = lot(w.does(&owner, mint("mask", 200)));
    let sent = w.does(&owner, dispatch(&puppets[0], goods, 20));
    let coming = lot(w.does(&friend, mint("mask", 50)));
    let arriving = w.does(&friend, dispatch(&owner, coming, 50));
    let owed = lot(w.does(&friend, issue(&owner, "CNY", "900.00")));
    let owed_by_him = lot(w.does(&puppets[0], issue(&owner, "JPY", "900")));
    let mut play = Play::with(w, [[owner].as_slice(), &puppets].concat());
    play.goods.extend([goods, coming]);
    play.money.extend([owed, owed_by_him]);
    let made = Made { id: need, by: 0, with: 0, lot: goods, need };
    play.records.push(made);
    play.shipments.push(Made { id: sent, with: 1, ..made });
    play.shipments.push(Made { id: arriving, by: 1, with: 0, lot: coming, ..made });
    play
}

/// The owner's mandates: a few acts, tight limits, some to be passed on.
fn give(play: &mut Play, chosen: [u8; 4]) -> (Hash, Given) {
    const ACTS: &[&[&str]] = &[
        &["holding.dispatch", "holding.hand_over", "holding.reserve"],
        &["holding.consume", "holding.write_off", "holding.resolve", "holding.accept"],
        &["money.pay", "money.redeem", "money.issue"],
        &["record.post", "record.respond", "role.attest", "holding.mint"],
    ];
    let [acts, operations, limit, onward] = chosen;
    let expires = play.world.now.plus(u64::from(onward) * HOUR / 4 + 1);
    let limits = Limits {
        operations: (operations % 2 == 0).then_some(u64::from(operations % 8)),
        quantity: Some(u64::from(limit)),
        amount_minor: Some(u64::from(limit) * 100),
    };
    let holder = play.cast[1].clone();
    let grant = grant(&holder, ACTS[usize::from(acts) % ACTS.len()], play.world.now);
    let grant = Grant { limits, expires, onward: onward % 5, ..grant };
    let owner = play.cast[0].clone();
    let id = play.world.does(&owner, Act::MandateGrant(grant.clone()));
    play.mandates.push(Trust { id, principal: 0, holder: 1 });
    (id, Given { grant, operations: 0, goods: 0, money: 0 })
}

/// The adversary's next operation: whatever it is, only his own keys sign it.
fn attack(play: &mut Play, m: Move) -> Op {
    let mut op = play.op(m);
    let owner = play.cast[0].clone();
    let trust = play.mandates[usize::from(m.amount) % play.mandates.len()];
    if op.payload.actor == Some(owner.id) && m.twist % 8 != 1 {
        let others = op.signers.split_off(1.min(op.signers.len()));
        op = op.under(trust.id, &play.cast[trust.holder]);
        op.signers.extend(others);
    }
    op.signers.retain(|signer| signer.seed() != key("owner").seed());
    op
}

/// Goods and money an operation moved, as its postings say.
fn moved(play: &Play, postings: &[Posting]) -> (u64, u64) {
    postings.iter().fold((0, 0), |(goods, money), posting| {
        let lot: Lot = play.world.state.get(&keys::lot(&posting.lot.to_string())).unwrap();
        match lot.asset {
            Asset::Goods { .. } => (goods + posting.quantity.0, money),
            Asset::Money { .. } => (goods, money + posting.quantity.0),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_sequence_widens_authority(
        mandates in prop::collection::vec(any::<[u8; 4]>(), 1..4),
        moves in script(10..60),
    ) {
        let mut play = scene();
        let mut given: BTreeMap<Hash, Given> =
            mandates.into_iter().map(|chosen| give(&mut play, chosen)).collect();
        let mut parents = BTreeMap::<Hash, Grant>::new();
        let owner = play.cast[0].clone();
        let entry = play.world.state.entry(&keys::principal(&owner.id)).unwrap().to_vec();
        for m in moves {
            let op = attack(&mut play, m);
            let verdict = play.world.run_claimed(&op);
            let Ok(postings) = verdict else { continue };
            play.learn(&op);
            if let Act::MandateGrant(grant) = &op.payload.act {
                parents.insert(op.id(), grant.clone());
            }
            let unchanged = play.world.state.entry(&keys::principal(&owner.id)).unwrap();
            prop_assert_eq!(unchanged, entry.as_slice(), "{:?}", op.payload.act);
            if op.payload.actor != Some(owner.id) {
                let from_owner = postings.iter().find(|posting| {
                    posting.from == weal_kernel::holdings::Account::Held(owner.id)
                });
                prop_assert!(from_owner.is_none(), "{:?} by {:?}", from_owner, op.payload.actor);
                continue;
            }
            let mut link = op.payload.mandate.expect("the owner is silent");
            while let Some(grant) = parents.get(&link) {
                prop_assert!(grant.acts.iter().any(|act| act == op.payload.act.name()));
                prop_assert!(play.world.now < grant.expires);
                link = grant.parent.expect("only the owner gives his authority away");
            }
            let root = given.get_mut(&link).expect("every right comes from the owner");
            let (goods, money) = moved(&play, &postings);
            root.operations += 1;
            root.goods += goods;
            root.money += money;
            let limits = &root.grant.limits;
            prop_assert!(root.grant.acts.iter().any(|act| act == op.payload.act.name()));
            prop_assert!(play.world.now < root.grant.expires);
            prop_assert!(root.operations <= limits.operations.unwrap_or(u64::MAX));
            prop_assert!(root.goods <= limits.quantity.unwrap());
            prop_assert!(root.money <= limits.amount_minor.unwrap());
        }
    }
}

/// A test in which the adversary never gets anywhere would prove nothing.
#[test]
fn the_adversary_uses_what_he_was_given() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut used, mut passed_on) = (0, 0);
    for acts in 0..160 {
        let mut play = scene();
        give(&mut play, [acts, 1, 100, 4 + 5 * 40]);
        let owner: Actor = play.cast[0].clone();
        let moves = script(40..60).new_tree(&mut runner).unwrap().current();
        for m in moves {
            let op = attack(&mut play, m);
            if play.world.run_claimed(&op).is_err() {
                continue;
            }
            play.learn(&op);
            used += u32::from(op.payload.actor == Some(owner.id));
            let further = op.payload.mandate.is_some_and(|id| id != play.mandates[0].id);
            passed_on += u32::from(op.payload.actor == Some(owner.id) && further);
        }
    }
    assert!(used > 60 && passed_on > 10, "{used} uses, {passed_on} of them passed on");
}
