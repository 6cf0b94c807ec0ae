//! A second, naive implementation of the rules agrees with the kernel about every operation.

mod model;

use crate::common::Op;
use crate::common::keeping::keepers;
use crate::common::play::{Play, script};
use model::{Model, Place, Standing};
use proptest::prelude::*;
use std::collections::BTreeSet;
use weal_kernel::holdings::posting::Account;
use weal_kernel::holdings::state::Lot;
use weal_kernel::records::state::{Record, Status};
use weal_kernel::state::keys;
use weal_proof::genesis::Keeper;
use weal_proof::keys::SecretKey;

fn say(model: &mut Model, op: &Op, now: u64) -> Result<(), &'static str> {
    let signed: BTreeSet<_> = op.signers.iter().map(SecretKey::public).collect();
    model.say(op.id(), &op.payload, &signed, now)
}

fn same_balances(play: &Play, model: &Model) -> Result<(), TestCaseError> {
    for ((lot, place), quantity) in &model.balances {
        let entry: Lot = play.world.state.get(&keys::lot(&lot.to_string())).unwrap();
        let found = match place {
            Place::With(id) => {
                let holding = play.held(lot, Account::Held(*id));
                let now = play.world.now;
                let free = quantity - model.kept(*lot, *id, now.0);
                prop_assert_eq!(holding.free(now).0, free, "free of {} with {}", lot, id);
                holding.quantity
            }
            Place::OnTheWay(id) => play.held(lot, Account::Transit(*id)).quantity,
            Place::Used => entry.used,
            Place::Lost => entry.lost,
        };
        prop_assert_eq!(found.0, *quantity, "{} {:?}", lot, place);
    }
    Ok(())
}

fn same_records(play: &Play, model: &Model) -> Result<(), TestCaseError> {
    for (id, told) in &model.records {
        let record: Record = play.world.state.get(&keys::record(id)).unwrap();
        let standing = match record.status {
            Status::Open => Standing::Open,
            Status::Superseded => Standing::Superseded,
            Status::Withdrawn => Standing::Withdrawn,
        };
        prop_assert_eq!(&standing, &told.standing, "record {}", id);
        let now = play.world.now;
        let hidden = record.hiding(now).map(|hiding| hiding.by);
        prop_assert_eq!(hidden, told.hidden_by(now.0), "record {}", id);
        prop_assert_eq!((record.corroborated, record.disputed), model.voices(id), "record {}", id);
    }
    Ok(())
}

fn same_network(play: &Play, model: &Model) -> Result<(), TestCaseError> {
    let sorted = |keepers: &[Keeper]| {
        let mut keepers = keepers.to_vec();
        keepers.sort_unstable_by_key(|keeper| keeper.key);
        keepers
    };
    let (network, told) = (play.world.keeping(), &model.keeping);
    prop_assert_eq!(network.validators, sorted(&told.now));
    prop_assert_eq!(network.next, sorted(&told.next));
    for network in &told.known {
        prop_assert!(play.world.state.entry(&keys::foreign(network)).is_some(), "{}", network);
    }
    for (network, operation) in &told.cited {
        prop_assert!(play.world.state.entry(&keys::cited(network, operation)).is_some());
    }
    Ok(())
}

fn same_charters(play: &Play, model: &Model) -> Result<(), TestCaseError> {
    let state = &play.world.state;
    for (id, kitty) in &model.kitties {
        let entry = state.charter(id).unwrap();
        let purses: u64 = kitty.members.iter().map(|member| member.purse).sum();
        prop_assert_eq!(entry.pots, [purses, kitty.common], "pots of {}", id);
        for (number, member) in (0..).zip(&kitty.members) {
            let case = state.case(id, number).unwrap();
            prop_assert_eq!((case.pots[0], case.ended), (member.purse, member.ended));
        }
        for actor in &play.cast {
            let owed = kitty.owed.get(&actor.id).copied().unwrap_or(0);
            prop_assert_eq!(state.charter_due(id, &actor.id), owed, "owed by {}", id);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn a_naive_reference_model_agrees_after_every_operation(moves in script(10..60)) {
        let (mut play, opening) = Play::opening();
        let mut model = Model::new(keepers());
        for op in &opening {
            prop_assert_eq!(say(&mut model, op, play.world.now.0), Ok(()));
        }
        for m in moves {
            let (op, verdict) = play.step(m);
            let epoch = play.world.keeping().epoch;
            if epoch > model.keeping.epoch {
                model.keeping.begin_epoch(epoch);
            }
            let expected = say(&mut model, &op, play.world.now.0);
            prop_assert_eq!(
                verdict.is_ok(), expected.is_ok(),
                "kernel: {:?}, model: {:?}, {:?}", verdict, expected, op.payload
            );
            same_balances(&play, &model)?;
            same_records(&play, &model)?;
            same_network(&play, &model)?;
            same_charters(&play, &model)?;
        }
    }
}

/// How often each act is accepted and refused in random plays: a play that never succeeds proves
/// nothing.
#[test]
fn plays_are_mostly_sense_and_reach_every_act() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut accepted = std::collections::BTreeMap::<&str, (u32, u32)>::new();
    for _ in 0..300 {
        let moves = script(10..60).new_tree(&mut runner).unwrap().current();
        let (mut play, _) = Play::opening();
        for m in moves {
            let (op, verdict) = play.step(m);
            let count = accepted.entry(op.payload.act.name()).or_default();
            if verdict.is_ok() { count.0 += 1 } else { count.1 += 1 }
        }
    }
    let total = accepted.values().fold((0, 0), |sum, n| (sum.0 + n.0, sum.1 + n.1));
    println!("{total:?} {accepted:#?}");
    let registers = |act: &&str| *act != "principal.register";
    for act in weal_kernel::Act::NAMES.iter().copied().filter(registers) {
        assert!(accepted.get(act).is_some_and(|n| n.0 > 0), "{act} never took effect");
    }
    assert!(total.0 > total.1, "{total:?}");
}
