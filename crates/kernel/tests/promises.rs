//! What the kernel promises to the people who use the book, held against random plays.

mod authority;
mod charters;
mod keepers;
mod mandates;
mod network;
mod parties;
mod theft;

use crate::common::build::*;
use crate::common::play::{Move, Play, Verdict, script};
use crate::common::{Actor, DAY, HOUR, Op, World, key, sealed};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use weal_kernel::holdings::op::{Dispatch, LotId};
use weal_kernel::holdings::posting::{Account, unbalanced_lots};
use weal_kernel::holdings::state::{Holding, Lot, Pack, Reservation};
use weal_kernel::principals::op::RevokeRole;
use weal_kernel::principals::state::{Attestation, Mandate, Principal};
use weal_kernel::records::apply::LEGAL_AUTHORITY;
use weal_kernel::records::op::ResponseKind;
use weal_kernel::records::state::{Record, Status};
use weal_kernel::state::keys;
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Refusal, State, check_shape};

type Entries = BTreeMap<String, Vec<u8>>;

fn entries(state: &State) -> Entries {
    let mut entries = Entries::new();
    state.each_entry(&mut |key, value| drop(entries.insert(key.to_owned(), value.to_vec())));
    entries
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> T {
    serde_json::from_slice(bytes).unwrap()
}

/// Plays a script and looks at the play before and after every move.
fn watch(
    moves: &[Move],
    mut look: impl FnMut(&Play, &Play, &Op, &Verdict) -> Result<(), TestCaseError>,
) -> Result<Play, TestCaseError> {
    let (mut play, _) = Play::opening();
    for m in moves {
        let mut before = play.clone();
        before.pass(*m);
        let (op, verdict) = play.step(*m);
        look(&before, &play, &op, &verdict)?;
    }
    Ok(play)
}

/// A ledger kept by hand from the postings alone.
#[derive(Default)]
struct Hand(BTreeMap<(LotId, Account), i128>);

impl Hand {
    /// What everybody holds when a play begins.
    fn of(play: &Play) -> Hand {
        let mut hand = Hand::default();
        let holders = play.cast.iter().map(|actor| actor.id).chain(play.charters.iter().copied());
        for (holder, lot) in holders.flat_map(|id| play.money.iter().map(move |lot| (id, *lot))) {
            let held = i128::from(play.held(&lot, Account::Held(holder)).quantity.0);
            *hand.0.entry((lot, Account::Source)).or_default() -= held;
            hand.0.insert((lot, Account::Held(holder)), held);
        }
        hand
    }

    fn book(&mut self, verdict: &Verdict) {
        for posting in verdict.iter().flatten() {
            let quantity = i128::from(posting.quantity.0);
            *self.0.entry((posting.lot, posting.from)).or_default() -= quantity;
            *self.0.entry((posting.lot, posting.to)).or_default() += quantity;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn nobody_can_spend_what_they_do_not_hold(moves in script(10..60)) {
        let mut hand = Hand::of(&Play::opening().0);
        let play = watch(&moves, |_, after, _, verdict| {
            hand.book(verdict);
            for ((lot, account), quantity) in &hand.0 {
                if *account == Account::Source {
                    continue;
                }
                prop_assert!(*quantity >= 0, "{lot} {account}");
                let holding = after.held(lot, *account);
                let kept: u64 = holding.reserved.iter()
                    .filter(|kept| kept.until > after.world.now)
                    .map(|kept| kept.quantity.0)
                    .sum();
                prop_assert!(kept <= holding.quantity.0, "{lot} {account}");
            }
            Ok(())
        })?;
        for ((lot, account), quantity) in &hand.0 {
            let entry: Lot = play.world.state.get(&keys::lot(&lot.to_string())).unwrap();
            let found = match account {
                Account::Held(_) | Account::Transit(_) => {
                    i128::from(play.held(lot, *account).quantity.0)
                }
                Account::Source => -i128::from(entry.minted.0),
                Account::Used => i128::from(entry.used.0),
                Account::Lost => i128::from(entry.lost.0),
            };
            prop_assert_eq!(found, *quantity, "{} {}", lot, account);
        }
    }

    #[test]
    fn no_sequence_of_operations_makes_or_destroys_goods_or_money(moves in script(10..60)) {
        watch(&moves, |_, after, _, _| {
            prop_assert_eq!(unbalanced_lots(&after.world.state), Vec::<String>::new());
            Ok(())
        })?;
    }

    #[test]
    fn a_refused_operation_changes_nothing(moves in script(10..60)) {
        watch(&moves, |before, after, _, verdict| {
            let same = before.world.state.root() == after.world.state.root();
            prop_assert_eq!(same, verdict.is_err());
            Ok(())
        })?;
    }

    #[test]
    fn a_past_record_never_changes(moves in script(10..60)) {
        let mut old = Entries::new();
        watch(&moves, |before, after, op, verdict| {
            if old.is_empty() {
                old = entries(&before.world.state);
            }
            let (key, network) = (keys::NETWORK, before.world.state.entry(keys::NETWORK));
            old.insert(key.into(), network.unwrap().to_vec());
            let new = entries(&after.world.state);
            for (key, was) in &old {
                let Some(is) = new.get(key) else {
                    return Err(TestCaseError::fail(format!("{key} is gone")));
                };
                if was != is {
                    prop_assert!(verdict.is_ok());
                    check_change(key, was, is, op)?;
                }
            }
            old = new;
            Ok(())
        })?;
    }

    #[test]
    fn the_same_operation_takes_effect_once(moves in script(10..40)) {
        let mut said = Vec::new();
        let mut play = watch(&moves, |before, _, op, verdict| {
            if verdict.is_ok() {
                said.push((op.clone(), before.world.index));
            }
            Ok(())
        })?;
        let root = play.world.state.root();
        for (op, index) in &said {
            prop_assert_eq!(play.world.state.index_of(&op.id()), Some(*index));
            let mut again = op.clone();
            again.signers.push(key("somebody else"));
            for op in [op, &again] {
                let refused = play.world.run_claimed(op).unwrap_err();
                prop_assert_eq!(refused.refusal, Refusal::Replayed);
            }
        }
        prop_assert_eq!(play.world.state.root(), root);
    }

    #[test]
    fn a_saved_state_comes_back_with_the_same_root(moves in script(0..60)) {
        let (mut play, _) = Play::opening();
        let early = play.world.state.clone();
        let early_root = early.root();
        for m in moves {
            drop(play.step(m));
        }
        let state = &play.world.state;
        let saved = entries(state);
        let rules = Arc::new(state.rules().clone());
        let backwards = saved.clone().into_iter().rev();
        let restored = State::restore(state.network(), rules, backwards);
        prop_assert_eq!(restored.root(), state.root());
        prop_assert_eq!(restored.len(), state.len());
        prop_assert_eq!(early.root(), early_root);
        for (key, value) in saved.iter().chain([(&"operation/none".to_owned(), &Vec::new())]) {
            let value = (!value.is_empty()).then_some(value.as_slice());
            prop_assert!(state.prove(key).verify(&state.root(), key, value), "{}", key);
        }
    }
}

/// The only ways in which an entry may become another, kind by kind.
fn check_change(key: &str, was: &[u8], is: &[u8], op: &Op) -> Result<(), TestCaseError> {
    let kind = key.split('/').next().unwrap_or_default();
    match kind {
        "record" => check_record(read(was), read(is), op),
        "principal" => {
            let (was, is): (Principal, Principal) = (read(was), read(is));
            prop_assert_eq!((was.kind, was.owner), (is.kind, is.owner));
            let own = matches!(op.payload.act, Act::PrincipalRotate(_) | Act::PrincipalRecover(_));
            prop_assert!(own, "{} changed by {}", key, op.payload.act.name());
            Ok(())
        }
        "mandate" => {
            let (mut was, is): (Mandate, Mandate) = (read(was), read(is));
            prop_assert!(was.used.operations <= is.used.operations);
            prop_assert!(was.used.quantity <= is.used.quantity);
            prop_assert!(was.used.amount_minor <= is.used.amount_minor);
            prop_assert!(is.revoked || !was.revoked);
            (was.used, was.revoked) = (is.used, is.revoked);
            prop_assert_eq!(serde_json::to_vec(&was).unwrap(), serde_json::to_vec(&is).unwrap());
            Ok(())
        }
        "attestation" => {
            let (was, is): (Attestation, Attestation) = (read(was), read(is));
            prop_assert!(!was.revoked && is.revoked);
            prop_assert_eq!((was.issuer, was.subject), (is.issuer, is.subject));
            prop_assert_eq!((was.role, was.expires), (is.role, is.expires));
            Ok(())
        }
        "pack" => {
            let (was, is): (Pack, Pack) = (read(was), read(is));
            prop_assert!(was.contains.is_none() && is.contains.is_some());
            prop_assert_eq!((was.item, was.definer), (is.item, is.definer));
            Ok(())
        }
        "lot" => {
            let (was, is): (Lot, Lot) = (read(was), read(is));
            prop_assert!(was.used <= is.used && was.lost <= is.lost);
            prop_assert_eq!((was.asset, was.minted), (is.asset, is.minted));
            prop_assert_eq!(was.expires, is.expires);
            Ok(())
        }
        "network" => network::check_network(read(was), read(is), op),
        "proposal" => network::check_proposal(read(was), read(is), op),
        "charter" => charters::check_charter(key, was, is, op),
        "holding" | "stance" | "count" | "role" | "roles" => Ok(()),
        _ => Err(TestCaseError::fail(format!("{key} was changed by {}", op.payload.act.name()))),
    }
}

fn check_record(was: Record, is: Record, op: &Op) -> Result<(), TestCaseError> {
    prop_assert_eq!((&was.schema, was.author), (&is.schema, is.author));
    let Act::RecordRespond(response) = &op.payload.act else {
        return Err(TestCaseError::fail("a record changed without a response"));
    };
    let (status, head, by) = match response.kind {
        ResponseKind::Correct => (Status::Open, op.id(), was.superseded_by),
        ResponseKind::Supersede => (Status::Superseded, was.head, response.by),
        ResponseKind::Withdraw => (Status::Withdrawn, was.head, was.superseded_by),
        ResponseKind::Hide | ResponseKind::Show => (was.status, was.head, was.superseded_by),
        ResponseKind::Corroborate | ResponseKind::Dispute => (was.status, was.head, None),
    };
    prop_assert_eq!((is.status, is.head, is.superseded_by), (status, head, by));
    let hiding = matches!(response.kind, ResponseKind::Hide | ResponseKind::Show);
    prop_assert!(hiding || (was.status == Status::Open && was.hidden == is.hidden));
    Ok(())
}

#[test]
fn a_reservation_ends_by_itself() {
    let (mut w, u) = World::usual();
    let until = soon(w.now);
    w.does(&u.charity, reserve(u.boxes, 90, u.need, until));
    let op = w.act(&u.charity, consume(u.boxes, 1));
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::NotEnough);
    w.wait(HOUR - 1);
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::NotEnough);
    w.wait(1);
    w.done(&op);
}

/// The charity's boxes.
fn shelf(w: &World, u: &Usual) -> Holding {
    let account = Account::Held(u.charity.id).to_string();
    w.state.get(&keys::holding(&u.boxes.to_string(), &account)).unwrap()
}

#[test]
fn a_reservation_serves_its_need_and_nothing_else() {
    let (mut w, u) = World::usual();
    let until = soon(w.now);
    let id = w.does(&u.charity, reserve(u.boxes, 60, u.need, until));
    let reservation = Some(id);
    let sent = |w: &mut World, quantity, reservation| {
        let dispatch = dispatch_of(&u.hospital, u.boxes, quantity);
        let dispatch = Dispatch { reservation, ..dispatch };
        w.act(&u.charity, Act::HoldingDispatch(dispatch))
    };
    for (quantity, from) in [(31, None), (91, reservation)] {
        let op = sent(&mut w, quantity, from);
        assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::NotEnough);
    }
    let op = sent(&mut w, 40, reservation);
    w.done(&op);
    assert_eq!((shelf(&w, &u).quantity.0, shelf(&w, &u).free(w.now).0), (50, 30));
    let op = sent(&mut w, 50, reservation);
    w.done(&op);
    assert!(shelf(&w, &u).reserved.is_empty());
    let entry: Reservation = w.state.get(&keys::reservation(&id)).unwrap();
    assert_eq!((entry.holder, entry.need), (u.charity.id, u.need));
}

/// What a reservation that ended leaves behind is part of the state's root: it goes when its holder
/// moves goods, not before.
#[test]
fn an_ended_reservation_is_swept_by_the_next_move() {
    let (mut w, u) = World::usual();
    let until = soon(w.now);
    w.does(&u.charity, reserve(u.boxes, 5, u.need, until));
    w.wait(HOUR);
    w.does(&u.hospital, accept(u.shipment, u.boxes, 10));
    assert_eq!(shelf(&w, &u).reserved.len(), 1);
    w.does(&u.charity, consume(u.boxes, 1));
    assert_eq!(shelf(&w, &u).reserved.len(), 0);
}

/// One reservation is no way to what another keeps.
#[test]
fn a_reservation_gives_no_more_than_it_keeps() {
    let (mut w, u) = World::usual();
    let until = soon(w.now);
    let first = w.does(&u.charity, reserve(u.boxes, 30, u.need, until));
    w.does(&u.charity, reserve(u.boxes, 59, u.need, until));
    let sent = |w: &mut World, quantity| {
        let dispatch = dispatch_of(&u.hospital, u.boxes, quantity);
        let dispatch = Dispatch { reservation: Some(first), ..dispatch };
        let op = w.act(&u.charity, Act::HoldingDispatch(dispatch));
        w.run(&op).map_err(|refused| refused.refusal)
    };
    assert_eq!(sent(&mut w, 32), Err(Refusal::NotEnough));
    assert!(sent(&mut w, 31).is_ok());
    assert_eq!((shelf(&w, &u).quantity.0, shelf(&w, &u).free(w.now).0), (59, 0));
}

/// What takes several lines takes all or none, in one currency and owed by one.
#[test]
fn claims_are_given_back_in_one_currency() {
    let (mut w, u) = World::usual();
    let yen = lot(w.does(&u.carrier, issue(&u.charity, "JPY", "500")));
    let lines = vec![amount(u.money, "1.00"), amount(yen, "1")];
    let op = w.act(&u.charity, redeem(&u.carrier, lines)).with(&u.carrier);
    let refused = w.run(&op).unwrap_err();
    assert_eq!(
        (refused.refusal, refused.place.as_str()),
        (Refusal::NotTheIssuer, "/act/money.redeem/lines/1")
    );
}

/// A role ends with its attestation, when that is revoked, and counts only while its issuer is
/// recognised.
#[test]
fn a_role_is_worth_its_newest_attestation() {
    let (mut w, u) = World::usual();
    let (keeper, later) = (w.keeper(), soon(w.now));
    let records: Vec<_> =
        (0..4).map(|n| w.does(&u.hospital, note(&format!("Note {n}.")))).collect();
    let hides = |w: &mut World, at: usize| {
        let op = w.act(&u.stranger, says(records[at], ResponseKind::Hide));
        w.run(&op).map(|_| ()).map_err(|refused| refused.refusal)
    };
    let older = w.does(&keeper, attest(&u.stranger, LEGAL_AUTHORITY, later));
    assert_eq!(hides(&mut w, 0), Ok(()));
    let newer = w.does(&keeper, attest(&u.stranger, LEGAL_AUTHORITY, later));
    w.does(&keeper, Act::RoleRevoke(RevokeRole { attestation: older }));
    assert_eq!(hides(&mut w, 1), Ok(()));
    w.does(&keeper, Act::RoleRevoke(RevokeRole { attestation: newer }));
    assert_eq!(hides(&mut w, 2), Err(Refusal::NoLegalBasis));
    w.does(&keeper, attest(&u.stranger, LEGAL_AUTHORITY, later));
    let mut ended = w.clone();
    ended.wait(HOUR);
    assert_eq!(hides(&mut ended, 2), Err(Refusal::NoLegalBasis));
    let mut demoted = w.clone();
    let op = demoted.act(&keeper, rotate(&[key("clerk")], None)).and(key("clerk"));
    demoted.done(&op);
    assert_eq!(hides(&mut demoted, 2), Err(Refusal::NoLegalBasis));
    assert_eq!(hides(&mut w, 2), Ok(()));
}

fn recovered(w: &mut World, u: &Usual, new: &str) -> Op {
    let [a, b, _] = &u.guards;
    w.act(a, recover(&u.warden, &[key(new)])).with(b).and(key(new))
}

#[test]
fn a_recovery_waits_and_then_counts() {
    let (mut w, u) = World::usual();
    let op = recovered(&mut w, &u, "new");
    w.done(&op);
    let heir = Actor { id: u.warden.id, keys: vec![key("new")] };
    w.wait(DAY - 1);
    let early = w.act(&heir, note("I am back."));
    assert_eq!(w.run(&early).unwrap_err().refusal, Refusal::MissingSignature);
    w.does(&u.warden, note("I never left."));
    w.wait(1);
    w.done(&early);
    let late = w.act(&u.warden, note("And I?"));
    assert_eq!(w.run(&late).unwrap_err().refusal, Refusal::MissingSignature);
}

#[test]
fn a_recovery_is_stopped_by_the_owner() {
    let (mut w, u) = World::usual();
    let op = recovered(&mut w, &u, "new");
    w.done(&op);
    w.wait(DAY - 1);
    w.does(&u.warden, rotate(&u.warden.keys, Some(guardians(&u.guards, 2, DAY))));
    w.wait(DAY);
    let heir = Actor { id: u.warden.id, keys: vec![key("new")] };
    let op = w.act(&heir, note("Mine."));
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::MissingSignature);
    w.does(&u.warden, note("Still mine."));
}

#[test]
fn a_recovery_needs_enough_guardians_and_the_new_keys() {
    let (mut w, u) = World::usual();
    let [a, b, _] = &u.guards;
    let act = recover(&u.warden, &[key("new")]);
    let alone = w.act(a, act.clone()).and(key("new"));
    let unproven = w.act(a, act.clone()).with(b);
    let stranger = w.act(&u.stranger, act).with(a).with(b).and(key("new"));
    for op in [alone, unproven, stranger] {
        assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::MissingSignature);
    }
}

#[test]
fn a_recovery_that_counts_can_be_followed_by_another() {
    let (mut w, u) = World::usual();
    for (new, old) in [("first", "warden"), ("second", "first")] {
        let op = recovered(&mut w, &u, new);
        w.done(&op);
        let holder = Actor { id: u.warden.id, keys: vec![key(old)] };
        w.does(&holder, note(&format!("Before {new}.")));
        w.wait(DAY);
        let holder = Actor { id: u.warden.id, keys: vec![key(new)] };
        w.does(&holder, note(&format!("After {new}.")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn arbitrary_bytes_are_refused_without_a_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let (w, _) = World::usual();
        let network = w.state.network();
        prop_assert!(check_shape(&network, &bytes).is_err());
        let wrapped = sealed(bytes, &[key("hospital")]).to_bytes();
        prop_assert!(check_shape(&network, &wrapped).is_err());
    }

    #[test]
    fn damaged_operations_never_cause_a_panic(
        seed in any::<[u8; 6]>(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), any::<Damage>()), 1..4),
    ) {
        let (mut play, _) = Play::opening();
        let [act, who, whom, which, amount, twist] = seed;
        let op = play.op(Move { act, who, whom, which, amount, twist });
        let mut text = op.payload.to_bytes();
        for (at, damage) in &cuts {
            damage.apply(at.index(text.len()), &mut text);
        }
        let bytes = sealed(text, &op.signers).to_bytes();
        let network = play.world.state.network();
        if let Ok(signed) = check_shape(&network, &bytes) {
            let times = [0, play.world.now.0, u64::MAX];
            for now in times.map(UnixMillis) {
                drop(play.world.state.check_rights(&signed, 7, now));
            }
        }
    }
}

/// One way to damage a text.
#[derive(Clone, Copy, Debug)]
enum Damage {
    Put(u8),
    Cut,
    Digit(u8),
    Big,
    Twice,
    Word(u8),
}

impl Arbitrary for Damage {
    type Parameters = ();
    type Strategy = BoxedStrategy<Damage>;
    fn arbitrary_with((): ()) -> Self::Strategy {
        prop_oneof![
            any::<u8>().prop_map(Damage::Put),
            Just(Damage::Cut),
            (b'0'..=b'9').prop_map(Damage::Digit),
            Just(Damage::Big),
            Just(Damage::Twice),
            any::<u8>().prop_map(Damage::Word),
        ]
        .boxed()
    }
}

impl Damage {
    fn apply(self, at: usize, text: &mut Vec<u8>) {
        const WORDS: [&str; 8] =
            ["null", "[]", "{}", "\"\"", "-1", "true", "[[[[[[[[", "9007199254740991"];
        // Where a value starts, so that the damage is more often one of meaning than of grammar.
        let value = text.iter().skip(at).position(|c| *c == b':').map_or(at, |n| at + n + 1);
        match self {
            Damage::Put(byte) => text[at] = byte,
            Damage::Cut => drop(text.remove(at)),
            Damage::Digit(digit) => text[at] = digit,
            Damage::Big => {
                if let Some(number) = text.iter().skip(at).position(u8::is_ascii_digit) {
                    text.splice(at + number..at + number, *b"900719925474099");
                }
            }
            Damage::Twice => text.extend_from_within(at..),
            Damage::Word(word) => {
                let end = text.iter().skip(value).position(|c| matches!(c, b',' | b'}'));
                let end = end.map_or(text.len(), |n| value + n);
                let word = WORDS[usize::from(word) % WORDS.len()];
                text.splice(value.min(end)..end, word.bytes());
            }
        }
        if text.is_empty() {
            text.push(b'{');
        }
    }
}
