//! The rules by which newcomers come in, where the rules document has such rules.

use super::{after, beside, check};
use crate::common::keeping::{keepers, machine};
use crate::common::{DAY, Op, World, key};
use weal_kernel::Refusal;
use weal_kernel::schema::Admission;
use weal_proof::keys::SecretKey;

/// A book of four institutions, each of which may bring in two newcomers within a day.
fn strict() -> (World, ()) {
    let admission = Admission { newcomers_per_day: 2 };
    (World::with_admission(keepers(), Some(admission)), ())
}

/// Somebody registers, and these sign beside.
fn newcomer(w: &mut World, name: &str, sponsors: &[SecretKey]) -> Op {
    let mut op = w.registration(name, vec![key(name)], 1);
    op.signers.extend(sponsors.iter().cloned());
    op
}

promises! {
    strict;
    nobody_registers_without_an_institution: NoSponsor at "/act/principal.register" = |w, _| {
        let bad = newcomer(w, "alone", &[]);
        beside(newcomer(w, "brought in", &[machine("keeper b")]), bad)
    };
    an_institution_brings_in_so_many_within_a_day: NoRoomForNewcomers
        at "/act/principal.register" = |w, _| {
        let sponsor = [machine("keeper b")];
        let first = newcomer(w, "first", &sponsor);
        w.done(&first);
        let third = newcomer(w, "third", &sponsor);
        after(newcomer(w, "second", &sponsor), third)
    };
}

#[test]
fn an_owner_s_key_or_a_stranger_s_brings_nobody_in() {
    let (mut w, ()) = strict();
    for other in [crate::common::keeping::owner("keeper b"), key("somebody")] {
        let op = newcomer(&mut w, "newcomer", &[other]);
        assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::NoSponsor);
    }
    let both = newcomer(&mut w, "newcomer", &[machine("keeper b"), key("somebody")]);
    assert_eq!(w.run(&both).unwrap_err().refusal, Refusal::StrangeSignature);
    let twice = newcomer(&mut w, "newcomer", &[machine("keeper b"), machine("keeper c")]);
    assert_eq!(w.run(&twice).unwrap_err().refusal, Refusal::StrangeSignature);
}

#[test]
fn each_institution_has_its_own_measure_anew_every_day_and_the_count_is_public() {
    let (mut w, ()) = strict();
    let (b, c) = (machine("keeper b"), machine("keeper c"));
    for name in ["one", "two"] {
        let op = newcomer(&mut w, name, std::slice::from_ref(&b));
        w.done(&op);
    }
    let other = newcomer(&mut w, "three", std::slice::from_ref(&c));
    w.done(&other);
    w.wait(DAY);
    let next_day = newcomer(&mut w, "four", std::slice::from_ref(&b));
    w.done(&next_day);
    let brought = w.state.brought_in(&b.public());
    assert_eq!((brought.today, brought.total), (1, 3));
    assert_eq!(w.state.brought_in(&c.public()).total, 1);
}

#[test]
fn without_such_rules_an_institution_is_a_stranger() {
    let mut w = World::kept_by(keepers());
    let op = newcomer(&mut w, "newcomer", &[machine("keeper b")]);
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::StrangeSignature);
}

#[test]
fn an_institution_that_registers_with_its_validator_s_key_brings_itself_in() {
    let (mut w, ()) = strict();
    let keys = vec![machine("keeper b"), key("desk")];
    let op = w.registration("office of b", keys, 2);
    w.done(&op);
    assert_eq!(w.state.brought_in(&machine("keeper b").public()).total, 1);
}
