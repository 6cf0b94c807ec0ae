//! What the pool promises to those who wait.

use super::*;
use weal_kernel::operation::{Nonce, Payload};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Refusal};
use weal_proof::Envelope;

fn operation(sender: u8, number: u64) -> Signed {
    let mut nonce = [0; 16];
    nonce[..8].copy_from_slice(&number.to_be_bytes());
    let act = serde_json::json!({ "holding.release": { "reservation": Hash::ZERO } });
    let payload = Payload {
        v: 1,
        network: Hash::ZERO,
        actor: Some(Hash([sender; 32])),
        mandate: None,
        time: UnixMillis(0),
        nonce: Nonce(nonce),
        act: serde_json::from_value::<Act>(act).unwrap(),
    };
    let envelope = Envelope::unsigned(payload.to_bytes());
    Signed { id: envelope.id(), payload, envelope }
}

fn admit(pool: &Pool, sender: u8, number: u64) -> (Item, oneshot::Receiver<Outcome>) {
    match pool.admit(operation(sender, number), true) {
        Ok(Admission::New(item, told)) => (item, told),
        _ => panic!("a place was expected"),
    }
}

fn take_all(pool: &Pool) -> Vec<Item> {
    pool.take(&mut |_, _| Verdict::Take).operations
}

fn all(operations: Vec<Item>) -> Taken {
    Taken { operations, refused: Vec::new() }
}

fn refusal() -> Refused {
    Refusal::UnknownRecord.at("/", "x")
}

#[test]
fn operations_of_one_sender_keep_their_order_while_they_are_checked() {
    // Seen on a busy machine: the second half of a sender's operations, checked first, passed the
    // first half into a block.
    let pool = Pool::default();
    let (first, _one) = admit(&pool, 1, 1);
    let (second, _two) = admit(&pool, 1, 2);
    let (other, _three) = admit(&pool, 2, 3);
    pool.checked(&[second.clone(), other.clone()]);
    let places = |items: Vec<Item>| items.iter().map(|item| item.place).collect::<Vec<_>>();
    assert_eq!(places(take_all(&pool)), [other.place], "others do not wait for it");
    pool.checked(std::slice::from_ref(&first));
    assert_eq!(places(take_all(&pool)), [first.place, second.place]);
}

#[test]
fn what_an_operation_rests_on_may_still_wait() {
    let pool = Pool::default();
    let (first, _told) = admit(&pool, 1, 1);
    let (second, mut told) = admit(&pool, 2, 2);
    pool.checked(std::slice::from_ref(&second));
    let mut judge = |_: &Item, earlier_waits: bool| match earlier_waits {
        true => Verdict::Keep,
        false => Verdict::Refuse(refusal()),
    };
    assert!(pool.take(&mut judge).operations.is_empty());
    assert!(matches!(told.try_recv(), Ok(None)), "nothing was said yet");
    pool.checked(std::slice::from_ref(&first));
    let places: Vec<_> = take_all(&pool).iter().map(|item| item.place).collect();
    assert_eq!(places, [first.place, second.place]);
}

#[test]
fn nobody_fills_the_pool_alone_and_everybody_is_told_whom_to_blame() {
    let pool = Pool::default();
    for number in 0..limits::SENDER_OPERATIONS as u64 {
        let _told = admit(&pool, 1, number);
    }
    assert!(matches!(pool.admit(operation(1, u64::MAX), true), Err(Full::Sender)));
    let senders = (limits::POOL_OPERATIONS / limits::SENDER_OPERATIONS) as u8;
    for sender in 2..=senders {
        for number in 0..limits::SENDER_OPERATIONS as u64 {
            let _told = admit(&pool, sender, number);
        }
    }
    assert!(matches!(pool.admit(operation(99, 0), true), Err(Full::Everybody)));
}

#[test]
fn a_flood_leaves_room_in_the_block_for_others() {
    let pool = Pool::default();
    let flood: Vec<_> = (0..6000).map(|number| admit(&pool, 1, number).0).collect();
    let (other, _told) = admit(&pool, 2, 0);
    pool.checked(&flood);
    pool.checked(std::slice::from_ref(&other));
    let taken = take_all(&pool);
    assert!(taken.len() <= limits::BLOCK_OPERATIONS);
    assert!(taken.iter().any(|item| item.place == other.place));
}

#[test]
fn what_a_losing_block_took_waits_again_in_its_old_place() {
    let pool = Pool::default();
    let items: Vec<_> = (0..3).map(|number| admit(&pool, 1, number).0).collect();
    pool.checked(&items);
    let taken = take_all(&pool);
    assert_eq!(taken.len(), 3);
    let (loser, winner) = (Hash([1; 32]), Hash([2; 32]));
    pool.in_block(loser, 5, all(taken));
    pool.finalized(&winner, 5, &[(items[1].signed.id, 7)]);
    let again: Vec<_> = take_all(&pool).iter().map(|item| item.place).collect();
    assert_eq!(again, [items[0].place, items[2].place]);
}

/// A node that had slept was leader of a view long gone: it built on an old block and refused an
/// operation whose lot it did not know yet. Seed 1076 of the simulation told the story.
#[test]
fn a_leader_who_is_behind_refuses_nothing_for_good() {
    let pool = Pool::default();
    let (item, mut told) = admit(&pool, 1, 1);
    pool.checked(std::slice::from_ref(&item));
    let taken = pool.take(&mut |_, _| Verdict::Refuse(refusal()));
    pool.in_block(Hash([1; 32]), 5, taken);
    assert!(matches!(told.try_recv(), Ok(None)), "nothing was said yet");
    pool.finalized(&Hash([2; 32]), 5, &[]);
    assert!(matches!(told.try_recv(), Ok(None)), "it may be good in the block that won");
    let places: Vec<_> = take_all(&pool).iter().map(|item| item.place).collect();
    assert_eq!(places, [item.place]);
}

/// Seed 2055 of the simulation: the others spread it here and then lost it; this node, which
/// proposes no more, kept it to itself.
#[test]
fn what_others_spread_first_is_spread_again_once_it_is_handed_in_here() {
    let pool = Pool::default();
    assert!(matches!(pool.admit(operation(1, 1), false), Ok(Admission::New(..))));
    assert!(pool.overdue(u64::MAX).0.is_empty());
    assert!(matches!(pool.admit(operation(1, 1), true), Ok(Admission::Known(_))));
    assert_eq!(pool.overdue(u64::MAX).0.len(), 1);
}

#[test]
fn two_empty_blocks_with_one_digest_lose_nothing() {
    let pool = Pool::default();
    let items: Vec<_> = (0..2).map(|number| admit(&pool, 1, number).0).collect();
    let block = Hash([1; 32]);
    for item in &items {
        pool.checked(std::slice::from_ref(item));
        let taken = pool.take(&mut |_, _| Verdict::Refuse(refusal()));
        pool.in_block(block, 5, taken);
    }
    pool.finalized(&Hash([2; 32]), 5, &[]);
    assert_eq!(take_all(&pool).len(), 2);
}

#[test]
fn everybody_who_sent_the_same_operation_is_told() {
    let pool = Pool::default();
    let (item, mut first) = admit(&pool, 1, 1);
    let again = pool.admit(operation(1, 1), true);
    let Ok(Admission::Known(mut second)) = again else { panic!("known") };
    pool.checked(std::slice::from_ref(&item));
    let taken = pool.take(&mut |_, _| Verdict::Refuse(refusal()));
    let block = Hash([1; 32]);
    pool.in_block(block, 1, taken);
    pool.finalized(&block, 1, &[]);
    for told in [&mut first, &mut second] {
        assert!(matches!(told.try_recv(), Ok(Some(Outcome::Refused(r))) if r == refusal()));
    }
    assert_eq!(pool.refusal(&item.signed.id), Some(refusal()));
    assert_eq!(pool.len(), 0);
    assert!(
        matches!(pool.admit(operation(1, 1), true), Ok(Admission::New(..))),
        "it may try again"
    );
}
