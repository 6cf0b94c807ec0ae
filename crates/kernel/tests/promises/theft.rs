//! A thief who had the keys for a day keeps nothing once the keys were changed, by the owner or by
//! guardians; and guardians of whom some conspire do not take a principal from its owner.

use crate::common::build::*;
use crate::common::{Actor, DAY, HOUR, Op, World, key, key_set};
use weal_kernel::limits;
use weal_kernel::principals::op::{Grant, Recover, Rotate};
use weal_kernel::principals::state::{Attestation, Principal};
use weal_kernel::state::keys;
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Hash, Refusal};

const ACTS: &[&str] = &["record.post", "role.attest"];

fn changed(w: &mut World, who: &Actor, new: &str, keep_before: Option<UnixMillis>) -> Actor {
    let Act::PrincipalRotate(rotate) = rotate(&[key(new)], None) else { unreachable!() };
    let op = w.act(who, Act::PrincipalRotate(Rotate { keep_before, ..rotate })).and(key(new));
    w.done(&op);
    Actor { id: who.id, keys: vec![key(new)] }
}

fn lends(w: &mut World, giver: &Actor, holder: &Actor, onward: u8) -> Hash {
    let expires = w.now.plus(100 * DAY);
    let grant = Grant { onward, expires, ..grant(holder, ACTS, w.now) };
    w.does(giver, Act::MandateGrant(grant))
}

fn uses(w: &mut World, giver: &Actor, holder: &Actor, mandate: Hash) -> Result<(), Refusal> {
    let op = w.act(giver, note("In their name.")).under(mandate, holder);
    w.run(&op).map(drop).map_err(|refused| refused.refusal)
}

/// A thief's mandate for himself lasted for ever, whatever the owner did to his keys.
#[test]
fn a_thief_keeps_nothing_that_he_granted_himself() {
    let (mut w, u) = World::usual();
    let friend = lends(&mut w, &u.hospital, &u.charity, 0);
    w.wait(DAY);
    let stolen = w.now;
    let (thief, owner) = (&u.stranger, &u.hospital);
    let mandate = lends(&mut w, owner, thief, 1);
    let onward = Grant { parent: Some(mandate), ..grant(&u.carrier, ACTS, w.now) };
    let onward = w.does(thief, Act::MandateGrant(onward));
    assert_eq!(uses(&mut w, owner, thief, mandate), Ok(()));
    // In the very block in which the keys are changed, too.
    let last = lends(&mut w, owner, thief, 0);
    let mut strict = w.clone();
    let owner_now = changed(&mut w, owner, "new", Some(stolen));
    for (holder, mandate) in [(thief, mandate), (&u.carrier, onward), (thief, last)] {
        assert_eq!(uses(&mut w, owner, holder, mandate), Err(Refusal::MandateEnded));
    }
    let further = Grant { parent: Some(mandate), ..grant(&u.carrier, ACTS, w.now) };
    assert_eq!(w.tries(thief, Act::MandateGrant(further)), Err(Refusal::MandateEnded));
    assert_eq!(uses(&mut w, owner, &u.charity, friend), Ok(()));
    let again = lends(&mut w, &owner_now, thief, 0);
    assert_eq!(uses(&mut w, owner, thief, again), Ok(()));
    // Whoever does not say from when on ends everything.
    changed(&mut strict, owner, "new", None);
    assert_eq!(uses(&mut strict, owner, &u.charity, friend), Err(Refusal::MandateEnded));
}

#[test]
fn roles_end_with_the_keys_that_attested_them() {
    let (mut w, u) = World::usual();
    let later = w.now.plus(100 * DAY);
    let role = weal_kernel::records::apply::LEGAL_AUTHORITY;
    let keeper = w.keeper();
    w.does(&keeper, attest(&u.charity, role, later));
    w.wait(DAY);
    let stolen = w.now;
    w.does(&keeper, attest(&u.stranger, role, later));
    let hides = |w: &mut World, who: &Actor| {
        let record = w.does(&u.hospital, note("Hello."));
        let end = w.now.plus(DAY);
        w.tries(who, hide(record, end))
    };
    assert_eq!(hides(&mut w, &u.stranger), Ok(()));
    let Act::PrincipalRotate(same) = rotate(&keeper.keys, None) else { unreachable!() };
    let same = Rotate { keys: key_set(&keeper.keys, 2), keep_before: Some(stolen), ..same };
    w.does(&keeper, Act::PrincipalRotate(same));
    assert_eq!(hides(&mut w, &u.stranger), Err(Refusal::NoLegalBasis));
    assert_eq!(hides(&mut w, &u.charity), Ok(()));
}

fn principal(w: &World, who: &Actor) -> Principal {
    w.state.principal(&who.id).unwrap()
}

/// More changes than are remembered one by one end more, never less.
#[test]
fn a_full_list_of_changes_ends_more() {
    let (mut w, u) = World::usual();
    let mut owner = u.hospital.clone();
    let mut granted = Vec::new();
    for number in 0..12 {
        let good = lends(&mut w, &owner, &u.charity, 0);
        w.wait(HOUR);
        let stolen = w.now;
        let bad = lends(&mut w, &owner, &u.stranger, 0);
        w.wait(HOUR);
        owner = changed(&mut w, &owner, &format!("new {number}"), Some(stolen));
        granted.push((good, bad));
        assert!(principal(&w, &owner).voids.len() <= limits::VOIDS);
    }
    let mut kept = 0;
    for (good, bad) in &granted {
        assert_eq!(uses(&mut w, &owner, &u.stranger, *bad), Err(Refusal::MandateEnded));
        kept += u32::from(uses(&mut w, &owner, &u.charity, *good).is_ok());
    }
    assert_eq!(kept, 8);
    changed(&mut w, &owner, "last", None);
    assert_eq!(principal(&w, &owner).voids.len(), 1);
}

/// Guardians give the warden new keys; some of them sign.
fn recovery(w: &mut World, u: &Usual, guards: &[usize], new: &str) -> Op {
    let keys = key_set(&[key(new)], 1);
    let keep_before = Some(UnixMillis(w.now.0 - DAY));
    let act = Recover { principal: u.warden.id, keys, keep_before };
    let op = w.act(&u.guards[guards[0]], Act::PrincipalRecover(act)).and(key(new));
    guards.iter().fold(op, |op, guard| op.with(&u.guards[*guard]))
}

fn takes_over(w: &mut World, u: &Usual, old: &str, new: &str, friends: &Actor) {
    let friends = guardians(std::slice::from_ref(friends), 1, HOUR);
    let owner = Actor { id: u.warden.id, keys: vec![key(old)] };
    let op = w.act(&owner, rotate(&[key(new)], Some(friends))).and(key(new));
    w.done(&op);
}

/// A thief changed the guardians first, and no recovery was left. Now the guardians before stay for
/// a month, and what they began is ended by no key that came after them.
#[test]
fn guardians_beat_a_thief_who_changed_the_guardians() {
    let (mut w, u) = World::usual();
    takes_over(&mut w, &u, "warden", "thief 1", &u.stranger);
    w.wait(20 * DAY);
    takes_over(&mut w, &u, "thief 1", "thief 2", &u.carrier);
    // His friends began at once; the guardians' recovery takes the place of theirs.
    let his = w.act(&u.carrier, recover(&u.warden, &[key("thief 3")])).and(key("thief 3"));
    w.done(&his);
    let op = recovery(&mut w, &u, &[0, 2], "new");
    w.done(&op);
    let his = w.act(&u.carrier, recover(&u.warden, &[key("thief 4")])).and(key("thief 4"));
    assert_eq!(w.run(&his).unwrap_err().refusal, Refusal::RecoveryStands);
    takes_over(&mut w, &u, "thief 2", "thief 5", &u.stranger);
    let late = Actor { id: u.warden.id, keys: vec![key("thief 5")] };
    let mandate = lends(&mut w, &late, &u.stranger, 0);
    assert_eq!(uses(&mut w, &u.warden, &u.stranger, mandate), Ok(()));
    w.wait(DAY);
    assert_eq!(w.tries(&late, note("Mine.")), Err(Refusal::MissingSignature));
    let owner = Actor { id: u.warden.id, keys: vec![key("new")] };
    w.does(&owner, note("Mine again."));
    // The thief's guardians are gone, the true ones are back, and his mandate is void.
    assert_eq!(uses(&mut w, &u.warden, &u.stranger, mandate), Err(Refusal::MandateEnded));
    let his = w.act(&u.stranger, recover(&u.warden, &[key("thief 6")])).and(key("thief 6"));
    assert_eq!(w.run(&his).unwrap_err().refusal, Refusal::MissingSignature);
    let op = recovery(&mut w, &u, &[0, 1], "newer");
    w.done(&op);
    w.wait(DAY);
    w.does(&Actor { keys: vec![key("newer")], ..owner }, note("And again."));
}

#[test]
fn a_recovery_ends_what_the_thief_granted() {
    let (mut w, u) = World::usual();
    let friend = lends(&mut w, &u.warden, &u.charity, 0);
    w.wait(DAY + HOUR);
    let attested = w.does(&u.warden, attest(&u.stranger, "physician", w.now.plus(DAY * 90)));
    let mandate = lends(&mut w, &u.warden, &u.stranger, 0);
    let op = recovery(&mut w, &u, &[0, 1], "new");
    w.done(&op);
    let later = lends(&mut w, &u.warden, &u.stranger, 0);
    assert_eq!(uses(&mut w, &u.warden, &u.stranger, mandate), Ok(()));
    w.wait(DAY);
    for mandate in [mandate, later] {
        assert_eq!(uses(&mut w, &u.warden, &u.stranger, mandate), Err(Refusal::MandateEnded));
    }
    assert_eq!(uses(&mut w, &u.warden, &u.charity, friend), Ok(()));
    let entry: Attestation = w.state.get(&keys::attestation(&attested)).unwrap();
    assert!(principal(&w, &u.warden).is_void(entry.granted, w.now));
}

/// The time of former guardians has an end, and they begin no recovery later.
#[test]
fn former_guardians_go_at_last() {
    let (mut w, u) = World::usual();
    takes_over(&mut w, &u, "warden", "mine", &u.charity);
    w.wait(limits::FORMER_MS - 1);
    let op = recovery(&mut w, &u, &[0, 1], "new");
    w.clone().done(&op);
    w.wait(1);
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::MissingSignature);
}

#[test]
fn an_owner_objects_to_a_threshold_that_conspires() {
    let (mut w, u) = World::usual();
    let rogue = recovery(&mut w, &u, &[0, 1], "rogue");
    w.done(&rogue);
    takes_over(&mut w, &u, "warden", "mine", &u.charity);
    let again = recovery(&mut w, &u, &[0, 1], "rogue");
    assert_eq!(w.run(&again).unwrap_err().refusal, Refusal::MissingSignature);
    w.wait(2 * DAY);
    let owner = Actor { id: u.warden.id, keys: vec![key("mine")] };
    w.does(&owner, note("Still mine."));
    // All of them together are no conspiracy, and nobody ends what they begin.
    let all = recovery(&mut w, &u, &[0, 1, 2], "new");
    w.done(&all);
    takes_over(&mut w, &u, "mine", "other", &u.stranger);
    w.wait(DAY);
    let owner = Actor { id: u.warden.id, keys: vec![key("new")] };
    w.does(&owner, note("Recovered."));
}

/// A thief who objects each time without changing the guardians held them off for ever.
#[test]
fn a_thief_objects_once() {
    let (mut w, u) = World::usual();
    let same = || Some(guardians(&u.guards, 2, DAY));
    let first = recovery(&mut w, &u, &[0, 1], "new");
    w.done(&first);
    w.does(&u.warden, rotate(&u.warden.keys, same()));
    let again = recovery(&mut w, &u, &[0, 1], "new");
    w.done(&again);
    w.does(&u.warden, rotate(&u.warden.keys, same()));
    let all = recovery(&mut w, &u, &[0, 1, 2], "new");
    w.done(&all);
    w.does(&u.warden, rotate(&u.warden.keys, same()));
    w.wait(DAY);
    w.does(&Actor { id: u.warden.id, keys: vec![key("new")] }, note("Recovered."));
}
