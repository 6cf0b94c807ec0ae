//! What people read about changes of the network.

use super::world::{Actor, HOUR, World};
use crate::compose::network::{
    approve, decline, further_keys, move_to, propose_add, propose_recognise, propose_remove,
};
use crate::view::Proposal;
use weal_kernel::{Hash, limits};
use weal_proof::Genesis;
use weal_proof::genesis::Keeper;
use weal_proof::keys::SecretKey;

/// A key as somebody who signs beside the actor.
fn holder(seed: u8) -> Actor {
    Actor { id: Hash::ZERO, key: SecretKey::from_seed([seed; 32]) }
}

fn newcomer() -> Keeper {
    let [key, owner] = [1, 2].map(|seed| holder(seed).key.public());
    Keeper {
        name: "Red Cross".into(),
        key,
        owner,
        address: "a.example.org:9000".into(),
        web: "".into(),
    }
}

fn outcomes(proposals: &[Proposal]) -> Vec<&str> {
    proposals.iter().map(|proposal| proposal.outcome.as_str()).collect()
}

#[test]
fn a_proposal_is_shown_with_every_answer() {
    let mut world = World::new();
    let (asker, keeper) = (world.party("Charity"), holder(99));
    let key = keeper.key.public();
    let added = world.act(&[&asker, &holder(1), &holder(2)], propose_add(newcomer()));
    world.block(HOUR);
    world.act(&[&asker, &keeper], approve(added, key));
    let gone = world.act(&[&asker], propose_remove(key));
    world.act(&[&asker], propose_remove(key));
    world.act(&[&asker, &keeper], decline(gone, key, "We stay."));
    let shelf = world.book();
    let mut proposals = shelf.reader.proposals().unwrap();
    for proposal in &mut proposals {
        proposal.judge(&world.state, world.now);
    }
    assert_eq!(outcomes(&proposals), ["open", "rejected", "accepted"]);
    let [open, rejected, accepted] = proposals.as_mut_slice() else { panic!() };
    assert_eq!((accepted.kind.as_str(), accepted.name.as_str()), ("add", "Red Cross"));
    assert_eq!(accepted.owner, Some(newcomer().owner.to_string()));
    assert_eq!(accepted.by.name, "Charity");
    assert_eq!(accepted.answers.len(), 1);
    assert!(accepted.answers[0].approves && accepted.answers[0].keeper == key.to_string());
    assert_eq!(rejected.answers[0].reason.as_deref(), Some("We stay."));
    assert_eq!(rejected.name, "test", "a keeper known by his key has a name");
    open.judge(&world.state, open.time_ms + limits::PROPOSAL_MS);
    assert_eq!(open.outcome, "expired");
    let page = shelf.reader.record(&added.to_string()).unwrap().unwrap();
    let told: Vec<_> = page.responses.iter().map(|entry| entry.act.as_str()).collect();
    assert_eq!(told, ["network.approve"]);
    assert_eq!(page.responses[0].text.as_deref(), Some("Red Cross"));
    assert_eq!(page.entry.text.as_deref(), Some("Red Cross"));
}

#[test]
fn another_network_is_shown_by_its_name() {
    let mut world = World::new();
    let asker = world.party("Charity");
    let genesis = Genesis::alone("Wuhan", 1, holder(3).key.public(), Hash::ZERO).to_bytes();
    world.act(&[&asker], propose_recognise(&genesis));
    let proposals = world.book().reader.proposals().unwrap();
    let id = weal_proof::genesis::network_id(&genesis).to_string();
    assert_eq!((proposals[0].name.as_str(), &proposals[0].network), ("Wuhan", &Some(id)));
}

#[test]
fn a_composer_is_told_who_else_must_sign() {
    let mut world = World::new();
    let (asker, keeper) = (world.party("Charity"), holder(99));
    let network = world.state.keeping().unwrap();
    let act = move_to(keeper.key.public(), "b.example.org:9000", None);
    assert_eq!(further_keys(&act, &network), [keeper.key.public()]);
    world.act(&[&asker, &keeper], act);
    let act = propose_add(newcomer());
    assert_eq!(further_keys(&act, &network), [newcomer().key, newcomer().owner]);
    assert_eq!(further_keys(&propose_remove(keeper.key.public()), &network), []);
}
