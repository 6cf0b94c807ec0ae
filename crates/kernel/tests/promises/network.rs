//! Who changes the network, and who does not.

use crate::common::build::*;
use crate::common::keeping::*;
use crate::common::play::{Move, NETWORK, Play, script};
use crate::common::{Actor, DAY, Op, World, key, validator};
use proptest::prelude::*;
use weal_kernel::network::op::Change;
use weal_kernel::network::state::{Foreign, Outcome, Proposal};
use weal_kernel::state::{Network, keys};
use weal_kernel::{Act, Hash, Refusal, limits};
use weal_proof::genesis::{Keeper, are_keepers};
use weal_proof::keys::SecretKey;

/// The only ways in which an operation changes who keeps the book.
pub(super) fn check_network(was: Network, is: Network, op: &Op) -> Result<(), TestCaseError> {
    prop_assert_eq!((was.epoch, &was.validators), (is.epoch, &is.validators));
    prop_assert_eq!((was.rules, was.approval_percent), (is.rules, is.approval_percent));
    prop_assert!(are_keepers(&is.next) && is.next.is_sorted_by_key(|keeper| keeper.key));
    let signed = |keeper: &&Keeper| op.signers.iter().any(|by| by.public() == keeper.owner);
    match &op.payload.act {
        Act::NetworkApprove(act) => {
            prop_assert!(was.keeper(&act.keeper).as_ref().is_some_and(signed));
        }
        Act::NetworkMove(act) => {
            prop_assert!(was.next_keeper(&act.keeper).as_ref().is_some_and(signed));
        }
        other => return Err(TestCaseError::fail(format!("changed by {}", other.name()))),
    }
    Ok(())
}

/// A proposal that is decided never changes; an answer never changes.
pub(super) fn check_proposal(was: Proposal, is: Proposal, op: &Op) -> Result<(), TestCaseError> {
    prop_assert_eq!(was.outcome, Outcome::Open);
    prop_assert_eq!((&was.change, was.by), (&is.change, is.by));
    prop_assert_eq!((was.time, was.expires), (is.time, is.expires));
    let keeper = match &op.payload.act {
        Act::NetworkApprove(act) => act.keeper,
        Act::NetworkDecline(act) => act.keeper,
        other => return Err(TestCaseError::fail(format!("changed by {}", other.name()))),
    };
    let (last, kept) = is.answers.split_last().unwrap();
    prop_assert_eq!(last.keeper, keeper);
    prop_assert!(kept.iter().all(|answer| was.answers.contains(answer)));
    Ok(())
}

/// A play among people who have some of the owners' keys, or none.
fn scene(stolen: usize) -> (Play, Vec<SecretKey>) {
    let mut w = World::new();
    let cast = ["adversary", "puppet a", "puppet b"].map(|name| w.register(name));
    let honest = owners().into_iter().skip(stolen).map(|(_, owner)| owner).collect();
    (Play::with(w, cast.to_vec()), honest)
}

/// Whatever the move is, those whose keys were not stolen do not sign. They have their machines
/// still: what is on a machine is no help to a thief.
fn attack(play: &mut Play, m: Move, honest: &[SecretKey]) -> Op {
    let mut op = play.op(Move { act: NETWORK, ..m });
    op.signers.retain(|key| honest.iter().all(|other| other.seed() != key.seed()));
    op
}

fn who_they_are(keepers: &[Keeper]) -> Vec<(String, Hash, Hash)> {
    keepers.iter().map(|k| (k.name.clone(), Hash(k.key.0), Hash(k.owner.0))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nobody_changes_the_network_without_the_threshold(
        stolen in 0usize..3,
        moves in script(10..60),
    ) {
        let (mut play, honest) = scene(stolen);
        let before = play.world.keeping();
        let safe: Vec<_> = honest.iter().map(SecretKey::public).collect();
        for m in moves {
            let op = attack(&mut play, m, &honest);
            if play.world.run_claimed(&op).is_ok() {
                play.learn(&op);
            }
            let now = play.world.keeping();
            prop_assert_eq!(who_they_are(&now.next), who_they_are(&before.next));
            prop_assert_eq!(who_they_are(&now.validators), who_they_are(&before.validators));
            for keeper in before.next.iter().filter(|keeper| safe.contains(&keeper.owner)) {
                prop_assert_eq!(now.next_keeper(&keeper.key), Some(keeper));
            }
            for network in abroad() {
                prop_assert!(play.world.state.entry(&keys::foreign(&network.network)).is_none());
            }
        }
    }
}

/// A test in which nothing could ever change would prove nothing.
#[test]
fn with_the_threshold_the_network_changes() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut changed, mut recognised) = (0, 0);
    for _ in 0..60 {
        let (mut play, honest) = scene(3);
        let before = play.world.keeping();
        for m in script(40..60).new_tree(&mut runner).unwrap().current() {
            let op = attack(&mut play, m, &honest);
            if play.world.run_claimed(&op).is_ok() {
                play.learn(&op);
            }
        }
        let now = who_they_are(&play.world.keeping().next);
        changed += u32::from(now != who_they_are(&before.next));
        let known = |id: &Hash| play.world.state.entry(&keys::foreign(id)).is_some();
        recognised += u32::from(abroad().iter().any(|network| known(&network.network)));
    }
    assert!(changed > 30 && recognised > 5, "{changed} changed, {recognised} recognised");
}

fn names(keepers: &[Keeper]) -> Vec<&str> {
    let mut names: Vec<_> = keepers.iter().map(|keeper| keeper.name.as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn who_was_added_keeps_the_book_from_the_next_epoch_on() {
    let (mut w, u) = World::usual();
    let keys = [machine("keeper e"), owner("keeper e")];
    let change = Change::Add(keeper("keeper e"));
    let proposal = w.proposes(&u.stranger, change, &keys);
    for keeper in 0..2 {
        let op = w.approval(&u.hospital, proposal, keeper);
        w.done(&op);
    }
    assert_eq!(w.keeping().next.len(), 4);
    let op = w.approval(&u.hospital, proposal, 2);
    w.done(&op);
    assert_eq!(w.proposal(&proposal).outcome, Outcome::Accepted);
    assert_eq!((w.keeping().validators.len(), w.keeping().next.len()), (4, 5));
    let early = w.act(&u.charity, approve(proposal, keys[0].public())).and(owner("keeper e"));
    assert_eq!(w.run(&early).unwrap_err().refusal, Refusal::UnknownKeeper);
    w.begin_next_epoch();
    let all = ["keeper a", "keeper b", "keeper c", "keeper d", "keeper e"];
    assert_eq!(names(&w.keeping().validators), all);
    let other = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
    let op = w.act(&u.charity, approve(other, keys[0].public())).and(owner("keeper e"));
    w.done(&op);
    assert_eq!(w.keeping().needed_approvals(), 4);
}

#[test]
fn a_proposal_nobody_can_accept_any_more_is_rejected() {
    let (mut w, u) = World::usual();
    let [(_, _), (first, _), (second, _), (_, _)] = owners();
    let proposal = w.proposes(&u.stranger, Change::Remove { key: first }, &[]);
    let op = w.act(&u.hospital, decline(proposal, first)).and(owner("keeper b"));
    w.done(&op);
    assert_eq!(w.proposal(&proposal).outcome, Outcome::Open);
    let op = w.act(&u.hospital, decline(proposal, second)).and(owner("keeper c"));
    w.done(&op);
    let told = w.proposal(&proposal);
    assert_eq!(told.outcome, Outcome::Rejected);
    assert_eq!(told.answers[0].reason.as_deref(), Some("Too early."));
}

/// Whoever keeps the book no more has no say in what was asked while he did.
#[test]
fn only_answers_of_present_keepers_count() {
    let (mut w, u) = World::usual();
    let asked = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
    let gone = w.proposes(&u.stranger, Change::Remove { key: owners()[3].0 }, &[]);
    for keeper in [1, 3] {
        let op = w.approval(&u.hospital, asked, keeper);
        w.done(&op);
    }
    w.approved(&u.hospital, gone);
    w.begin_next_epoch();
    let late = w.approval(&u.hospital, gone, 3);
    assert_eq!(w.run(&late).unwrap_err().refusal, Refusal::UnknownKeeper);
    let op = w.approval(&u.hospital, asked, 2);
    w.done(&op);
    assert_eq!(w.proposal(&asked).outcome, Outcome::Open, "two of three is less than 67 percent");
    let op = w.approval(&u.hospital, asked, 0);
    w.done(&op);
    let told = w.proposal(&asked);
    assert_eq!((told.outcome, told.answers.len()), (Outcome::Accepted, 3));
}

#[test]
fn a_keeper_gets_another_key_and_keeps_his_owner() {
    let (mut w, u) = World::usual();
    let old = machine("keeper b").public();
    let change = Change::Rekey { key: old, new: key("new machine").public() };
    let signers = [key("new machine"), owner("keeper b")];
    let unproven = w.act(&u.stranger, propose(change.clone())).and(owner("keeper b"));
    let usurped = w.act(&u.stranger, propose(change.clone())).and(key("new machine"));
    for op in [unproven, usurped] {
        assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::MissingSignature);
    }
    let proposal = w.proposes(&u.stranger, change, &signers);
    w.approved(&u.hospital, proposal);
    let network = w.keeping();
    assert!(network.next_keeper(&old).is_none() && network.keeper(&old).is_some());
    let new = network.next_keeper(&key("new machine").public()).unwrap();
    assert_eq!((new.name.as_str(), new.owner), ("keeper b", owner("keeper b").public()));
}

/// What was possible when it was proposed may not be so when the last approval comes.
#[test]
fn a_change_is_checked_again_when_it_takes_effect() {
    let (mut w, u) = World::usual();
    let key = owners()[3].0;
    let [first, second] = [0, 1].map(|_| w.proposes(&u.stranger, Change::Remove { key }, &[]));
    w.approved(&u.hospital, first);
    for keeper in 0..2 {
        let op = w.approval(&u.hospital, second, keeper);
        w.done(&op);
    }
    let op = w.approval(&u.hospital, second, 2);
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::UnknownKeeper);
    assert_eq!(w.proposal(&second).outcome, Outcome::Open);
}

#[test]
fn a_keeper_moves_without_asking_anybody() {
    let (mut w, u) = World::usual();
    let (keeper, owner) = owners()[1].clone();
    let op = w.act(&u.stranger, relocate(keeper, "[2001:db8::1]:9000")).and(owner);
    w.done(&op);
    let address = |keepers: &[Keeper]| {
        keepers.iter().find(|known| known.key == keeper).unwrap().address.clone()
    };
    assert_eq!(address(&w.keeping().validators), "keeper-b.example.org:9000");
    assert_eq!(address(&w.keeping().next), "[2001:db8::1]:9000");
    w.begin_next_epoch();
    assert_eq!(address(&w.keeping().validators), "[2001:db8::1]:9000");
    assert_eq!(w.keeping().epoch, 1);
}

#[test]
fn addresses_name_a_machine_and_a_port() {
    let (mut w, u) = World::usual();
    let (keeper, owner) = owners()[1].clone();
    for (address, fits) in [
        ("10.0.0.7:1", true),
        ("keeper-b:65535", true),
        ("keeper-b", false),
        ("keeper-b:", false),
        ("keeper-b:0", false),
        ("keeper-b:01", false),
        ("keeper-b:65536", false),
        (":9000", false),
        ("2001:db8::1:9000", false),
        ("keeper b:9000", false),
        ("院:9000", false),
    ] {
        let op = w.act(&u.stranger, relocate(keeper, address)).and(owner.clone());
        let verdict = w.run(&op).map(drop).map_err(|refused| refused.refusal);
        assert_eq!(verdict, if fits { Ok(()) } else { Err(Refusal::BadKeeper) }, "{address}");
    }
}

/// Until the last moment of the ninetieth day an answer counts.
#[test]
fn a_proposal_waits_for_90_days() {
    let (mut w, u) = World::usual();
    let proposal = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
    w.wait(limits::PROPOSAL_MS - 1);
    let op = w.approval(&u.hospital, proposal, 0);
    w.done(&op);
    w.wait(1);
    let op = w.approval(&u.hospital, proposal, 1);
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::ProposalExpired);
}

#[test]
fn a_receipt_of_another_network_becomes_part_of_this_book() {
    let (mut w, u) = World::usual();
    let other: &Abroad = &abroad()[0];
    let proposal = w.proposes(&u.stranger, other.recognise(), &[]);
    w.approved(&u.hospital, proposal);
    let entry: Foreign = w.state.get(&keys::foreign(&other.network)).unwrap();
    assert_eq!((entry.name.as_str(), entry.proposal), ("Wuhan", proposal));
    w.wait(DAY);
    w.does(&u.charity, cite(&other.receipts[1].1));
    let key = keys::cited(&other.network, &other.receipts[1].0);
    let entry: weal_kernel::network::state::Citation = w.state.get(&key).unwrap();
    assert_eq!((entry.index, entry.height, entry.by), (0, 2, u.charity.id));
    assert_eq!(entry.cited, w.now);
    w.does(&u.hospital, need_citing(vec![other.cited(1)]));
}

/// Each part of a receipt that somebody could change is checked, also one that is parsed late.
#[test]
fn a_receipt_that_was_changed_is_not_cited() {
    let (mut w, u) = World::usual();
    let other = &abroad()[0];
    let proposal = w.proposes(&u.stranger, other.recognise(), &[]);
    w.approved(&u.hospital, proposal);
    let good = &other.receipts[0].1;
    let cut = |name: &str| {
        let mut receipt: serde_json::Value = serde_json::from_str(good).unwrap();
        let text = receipt[name].as_str().unwrap();
        receipt[name] = text[..text.len() - 2].into();
        receipt.to_string()
    };
    let mixed = |name: &str| {
        let mut receipt: serde_json::Value = serde_json::from_str(good).unwrap();
        let second: serde_json::Value = serde_json::from_str(&other.receipts[1].1).unwrap();
        receipt[name] = second[name].clone();
        receipt.to_string()
    };
    for name in ["header", "certificate"] {
        for receipt in [cut(name), mixed(name)] {
            let op = w.act(&u.charity, cite(&receipt));
            assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::BadReceipt, "{name}");
        }
    }
    let op = w.act(&u.charity, cite(&mixed("operation")));
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::BadReceipt);
    w.does(&u.charity, cite(good));
}

/// Roles follow those who keep the book: who left attests nothing that counts.
#[test]
fn a_keeper_who_left_is_no_recognised_issuer() {
    let (mut w, u) = World::usual();
    let new = Change::Add(keeper("keeper e"));
    let new = w.proposes(&u.stranger, new, &[machine("keeper e"), owner("keeper e")]);
    w.approved(&u.hospital, new);
    w.begin_next_epoch();
    // Two of five must stand behind a role, and of four.
    let keeper: Actor = w.keeper();
    let (later, hide) = (w.now.plus(DAY), weal_kernel::records::op::ResponseKind::Hide);
    w.does(&keeper, attest(&u.stranger, weal_kernel::records::apply::LEGAL_AUTHORITY, later));
    let change = Change::Remove { key: validator().public() };
    let gone = w.proposes(&u.stranger, change, &[]);
    for keeper in 0..4 {
        let op = w.approval(&u.hospital, gone, keeper);
        w.done(&op);
    }
    let op = w.act(&u.stranger, says(u.need, hide));
    w.clone().done(&op);
    w.begin_next_epoch();
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::NoLegalBasis);
}
