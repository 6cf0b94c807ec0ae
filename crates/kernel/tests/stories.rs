//! Faults that were found once, each with its story, so that none comes back.

use crate::common::build::*;
use crate::common::keeping::owner;
use crate::common::{Actor, HOUR, Op, World, key};
use serde_json::json;
use std::time::{Duration, Instant};
use weal_kernel::holdings::op::{Dispatch, HandOver, Release};
use weal_kernel::limits;
use weal_kernel::principals::op::{Grant, Limits, Revoke};
use weal_kernel::records::apply::LEGAL_AUTHORITY;
use weal_kernel::records::op::ResponseKind::{Corroborate, Dispute, Hide, Show, Withdraw};
use weal_kernel::records::state::{Record, Status};
use weal_kernel::state::keys;
use weal_kernel::text::personal_number;
use weal_kernel::{Act, Hash, Refusal, check_shape};

fn refused(w: &mut World, op: &Op, refusal: Refusal, place: &str) {
    let Err(refused) = w.run(op) else { panic!("{refusal} was not refused") };
    assert_eq!((refused.refusal, refused.place.as_str()), (refusal, place), "{refused}");
}

fn mandate(w: &mut World, giver: &Actor, holder: &Actor, acts: &[&str]) -> Hash {
    let grant = grant(holder, acts, w.now);
    w.does(giver, Act::MandateGrant(grant))
}

fn record(w: &World, id: Hash) -> Record {
    w.state.get(&keys::record(&id)).unwrap()
}

/// An issuer was recognised when one of its keys was a validator's. Public keys are public: anybody
/// could register with a validator's key beside his own, threshold one, sign alone, attest
/// `legal-authority` to a friend, and have any record hidden. Now every way to reach the
/// threshold must need a validator's key, and a key is listed by whoever has it.
#[test]
fn to_list_a_validators_key_is_not_to_be_recognised() {
    let (mut w, u) = World::usual();
    let validator = w.keeper().keys[0].clone();
    let mut op = w.registration("impostor", vec![key("impostor"), validator.clone()], 1);
    op.signers = vec![key("impostor")];
    refused(&mut w, &op, Refusal::MissingSignature, "/act/principal.register/keys");
    op.signers.push(validator.clone());
    let impostor = Actor { id: w.done(&op), keys: vec![key("impostor")] };
    let later = soon(w.now);
    w.does(&impostor, attest(&u.stranger, LEGAL_AUTHORITY, later));
    let hide = w.act(&u.stranger, says(u.need, Hide));
    refused(&mut w, &hide, Refusal::NoLegalBasis, "/act/record.respond/kind");

    let two = vec![key("office"), validator, owner("keeper b")];
    let op = w.registration("office", two, 3);
    let office = Actor { id: w.done(&op), keys: op.signers };
    w.does(&office, attest(&u.stranger, LEGAL_AUTHORITY, later));
    w.done(&hide);
}

/// The list of issuers of a role was open to everybody and had 64 places. Sixty-four throw-away
/// principals could attest `legal-authority` to somebody and so keep the real issuer out for ever.
/// Now only issuers behind whom keepers stand are in it.
#[test]
fn throw_away_issuers_do_not_keep_the_real_one_out() {
    let (mut w, u) = World::usual();
    let later = soon(w.now);
    for number in 0..limits::LIST {
        let puppet = w.register(&format!("puppet {number}"));
        w.does(&puppet, attest(&u.stranger, LEGAL_AUTHORITY, later));
    }
    let keeper = w.keeper();
    w.does(&keeper, attest(&u.stranger, LEGAL_AUTHORITY, later));
    w.does(&u.stranger, says(u.need, Hide));
}

/// Only open records could be hidden. Who posted a home address and withdrew it at once had put it
/// beyond the reach of the law. Now a withdrawn or superseded record can be hidden still.
#[test]
fn to_withdraw_is_no_way_around_the_law() {
    let (mut w, u) = World::usual();
    let (keeper, later) = (w.keeper(), soon(w.now));
    w.does(&keeper, attest(&u.stranger, LEGAL_AUTHORITY, later));
    let (withdrawn, old) = (w.does(&u.carrier, note("One.")), w.does(&u.carrier, note("Two.")));
    let new = w.does(&u.carrier, note("Three."));
    w.does(&u.carrier, says(withdrawn, Withdraw));
    w.does(&u.carrier, supersede(old, new));
    for id in [withdrawn, old] {
        w.does(&u.stranger, says(id, Hide));
        assert!(record(&w, id).hiding(w.now).is_some());
        // Its author does not show it again; who may hide sets another end.
        let shown = w.act(&u.carrier, says(id, Show));
        refused(&mut w, &shown, Refusal::NoLegalBasis, "/act/record.respond/kind");
        let end = soon(w.now);
        w.does(&u.stranger, hide(id, end));
        assert_eq!(record(&w, id).hiding(w.now).map(|hiding| hiding.until), Some(end));
    }
    w.does(&u.stranger, says(withdrawn, Show));
    w.wait(HOUR);
    assert!(record(&w, withdrawn).hiding(w.now).is_none());
    assert!(record(&w, old).hiding(w.now).is_none());
    assert_eq!(record(&w, withdrawn).status, Status::Withdrawn);
    assert_eq!(record(&w, old).superseded_by, Some(new));
}

/// A record could be superseded by one that was itself closed: first A by B, then B by A, and who
/// looked for the record that counts went round in a circle. Now the successor must be open.
#[test]
fn the_way_to_the_record_that_counts_has_an_end() {
    let (mut w, u) = World::usual();
    let (a, b) = (w.does(&u.carrier, note("A.")), w.does(&u.carrier, note("B.")));
    w.does(&u.carrier, supersede(a, b));
    let back = w.act(&u.carrier, supersede(b, a));
    refused(&mut w, &back, Refusal::RecordClosed, "/act/record.respond/by");
}

/// Voices counted for a record whatever became of it. A need for 50 masks, corroborated by ten,
/// could be corrected to a million and still carry the ten voices. Now a correction starts the
/// count anew, and who spoke before may speak again.
#[test]
fn voices_count_for_the_body_they_were_about() {
    let (mut w, u) = World::usual();
    w.does(&u.charity, says(u.need, Corroborate));
    w.does(&u.carrier, says(u.need, Dispute));
    w.does(&u.hospital, correct(u.need, json!({"item": "mask", "quantity": 1_000_000})));
    let now = record(&w, u.need);
    assert_eq!((now.corroborated, now.disputed), (0, 0));
    w.does(&u.charity, says(u.need, Corroborate));
    w.does(&u.carrier, says(u.need, Corroborate));
    let now = record(&w, u.need);
    assert_eq!((now.corroborated, now.disputed), (2, 0));
}

/// What a settlement moved was not counted against the mandate's limits: a clerk trusted with one
/// box could settle a thousand to the other side.
#[test]
fn a_settlement_counts_against_the_mandate() {
    let (mut w, u) = World::usual();
    let limits = Limits { quantity: Some(6), ..Limits::default() };
    let grant = Grant { limits, ..grant(&u.carrier, &["holding.resolve"], w.now) };
    let mandate = w.does(&u.charity, Act::MandateGrant(grant));
    let settle = |w: &mut World, to_giver, to_taker| {
        let act = resolve(u.shipment, u.boxes, to_giver, to_taker);
        w.act(&u.charity, act).under(mandate, &u.carrier).with(&u.hospital)
    };
    let (enough, too_much) = (settle(&mut w, 2, 4), settle(&mut w, 2, 5));
    refused(&mut w, &too_much, Refusal::MandateUsedUp, "/mandate");
    w.done(&enough);
}

/// A clerk with a mandate to hand over could hand over to himself and sign for both sides: custody
/// changed with one signature. The same held for sending to himself, for settling with himself and
/// for giving a claim back to himself as the debtor.
#[test]
fn one_pair_of_hands_is_not_two() {
    let (mut w, u) = World::usual();
    let clerk = &u.hospital;
    let acts = ["holding.hand_over", "holding.dispatch", "holding.resolve", "money.redeem"];
    let mandate = mandate(&mut w, &u.charity, clerk, &acts);
    let under = |w: &mut World, act| w.act(&u.charity, act).under(mandate, clerk);
    let op = under(&mut w, hand_over(clerk, u.boxes, 5, 5));
    refused(&mut w, &op, Refusal::OneKeyTwoParties, "/act/holding.hand_over/taker");
    let op = under(&mut w, dispatch(clerk, u.boxes, 5));
    refused(&mut w, &op, Refusal::OneKeyTwoParties, "/act/holding.dispatch/to");
    let op = under(&mut w, resolve(u.shipment, u.boxes, 0, 5));
    refused(&mut w, &op, Refusal::SameHands, "/act/holding.resolve/shipment");
    let owed = lot(w.does(clerk, issue(&u.charity, "CNY", "5.00")));
    let op = under(&mut w, redeem(clerk, vec![amount(owed, "5.00")]));
    refused(&mut w, &op, Refusal::OneKeyTwoParties, "/act/money.redeem/issuer");
    let op = under(&mut w, hand_over(&u.carrier, u.boxes, 5, 5)).with(&u.carrier);
    w.done(&op);
}

/// Nor could it be that the giver sends goods with his own key and accepts them with a mandate of
/// the taker.
#[test]
fn the_giver_does_not_accept_for_the_taker() {
    let (mut w, u) = World::usual();
    let acts = ["holding.accept"];
    let given = mandate(&mut w, &u.hospital, &u.charity, &acts);
    let lent = mandate(&mut w, &u.hospital, &u.carrier, &acts);
    let accepted = accept(u.shipment, u.boxes, 10);
    let op = w.act(&u.hospital, accepted.clone()).under(given, &u.charity);
    refused(&mut w, &op, Refusal::OneKeyTwoParties, "/act/holding.accept/shipment");
    let op = w.act(&u.hospital, accepted).under(lent, &u.carrier);
    w.done(&op);
}

/// The holder of a mandate could attest a role to himself in the issuer's name, and corroborate his
/// own record in the name of whoever trusted him.
#[test]
fn a_mandate_is_no_mirror() {
    let (mut w, u) = World::usual();
    let mandate = mandate(&mut w, &u.charity, &u.hospital, &["role.attest", "record.respond"]);
    let later = soon(w.now);
    let under = |w: &mut World, act| w.act(&u.charity, act).under(mandate, &u.hospital);
    let op = under(&mut w, attest(&u.hospital, "physician", later));
    refused(&mut w, &op, Refusal::SelfAttested, "/act/role.attest/subject");
    let op = under(&mut w, says(u.need, Corroborate));
    refused(&mut w, &op, Refusal::OwnRecord, "/act/record.respond/record");
    let op = under(&mut w, attest(&u.stranger, "physician", later));
    w.done(&op);
}

/// A reservation for one need could be named when goods were sent for another, or when quite other
/// goods were sent: what was kept for a hospital went elsewhere, and the log said it was the
/// hospital's.
#[test]
fn what_is_kept_for_a_need_goes_to_that_need() {
    let (mut w, u) = World::usual();
    let until = soon(w.now);
    let other_need = w.does(&u.stranger, post("need", json!({"item": "mask", "quantity": 9})));
    let other_lot = lot(w.does(&u.charity, mint("mask", 9)));
    let kept = Some(w.does(&u.charity, reserve(u.boxes, 90, u.need, until)));
    let sent = |w: &mut World, lot, need| {
        let dispatch = dispatch_of(&u.hospital, lot, 5);
        w.act(&u.charity, Act::HoldingDispatch(Dispatch { need, reservation: kept, ..dispatch }))
    };
    let op = sent(&mut w, u.boxes, Some(other_need));
    refused(&mut w, &op, Refusal::UnknownReservation, "/act/holding.dispatch/reservation");
    let op = sent(&mut w, other_lot, Some(u.need));
    refused(&mut w, &op, Refusal::UnknownReservation, "/act/holding.dispatch/reservation");
    let hand_over = hand_over_of(&u.hospital, u.boxes, 5, 5);
    let hand_over = HandOver { need: Some(other_need), reservation: kept, ..hand_over };
    let op = w.act(&u.charity, Act::HoldingHandOver(hand_over)).with(&u.hospital);
    refused(&mut w, &op, Refusal::UnknownReservation, "/act/holding.hand_over/reservation");
    for need in [Some(u.need), None] {
        let op = sent(&mut w, u.boxes, need);
        w.done(&op);
    }
}

/// Whether a reservation that had ended could still be given up depended on whether another
/// operation had swept it away in the meantime. Now what has ended is gone for everybody.
#[test]
fn a_reservation_that_ended_is_gone() {
    let (mut w, u) = World::usual();
    let until = soon(w.now);
    let reservation = w.does(&u.charity, reserve(u.boxes, 5, u.need, until));
    let release = Act::HoldingRelease(Release { reservation });
    w.wait(HOUR - 1);
    let op = w.act(&u.charity, release.clone());
    w.clone().done(&op);
    w.wait(1);
    let op = w.act(&u.charity, release);
    refused(&mut w, &op, Refusal::UnknownReservation, "/act/holding.release/reservation");
}

/// Who named a closed or unknown need when sending goods was told that his reservation was bad,
/// though he had none.
#[test]
fn who_names_a_closed_need_is_told_so() {
    let (mut w, u) = World::usual();
    let sent = |w: &mut World, need| {
        let dispatch = dispatch_of(&u.hospital, u.boxes, 5);
        w.act(&u.charity, Act::HoldingDispatch(Dispatch { need: Some(need), ..dispatch }))
    };
    let op = sent(&mut w, nobody());
    refused(&mut w, &op, Refusal::UnknownRecord, "/act/holding.dispatch/need");
    w.does(&u.hospital, says(u.need, Withdraw));
    let op = sent(&mut w, u.need);
    refused(&mut w, &op, Refusal::RecordClosed, "/act/holding.dispatch/need");
}

/// Objects could be written as lists of their members in order, words as objects, and what is not
/// there as `null`: the kernel understood what other readers would not. Now the text must have the
/// shape the specification gives.
#[test]
fn the_kernel_reads_nothing_another_reader_would_not() {
    let (mut w, u) = World::usual();
    let op = w.act(&u.hospital, Act::MandateRevoke(Revoke { mandate: nobody() }));
    let id = nobody();
    let listed = op.rewritten(&format!("{{\"mandate\":\"{id}\"}}"), &format!("[\"{id}\"]"));
    let refused = check_shape(&w.state.network(), &listed).unwrap_err();
    assert_eq!(refused.refusal, Refusal::UnknownShape);
    assert_eq!(refused.place, "/act/mandate.revoke");

    let op = w.act(&u.charity, says(u.need, Corroborate));
    let word = op.rewritten("\"kind\":\"corroborate\"", "\"kind\":{\"corroborate\":null}");
    let refused = check_shape(&w.state.network(), &word).unwrap_err();
    assert_eq!(refused.place, "/act/record.respond/kind");

    let nothing = op.rewritten("\"kind\":", "\"by\":null,\"kind\":");
    let refused = check_shape(&w.state.network(), &nothing).unwrap_err();
    assert_eq!(refused.place, "/act/record.respond/by");

    let empty = op.rewritten("\"kind\":", "\"evidence\":[],\"kind\":");
    w.run_bytes(&empty).unwrap();
}

/// The scan for telephone numbers looked at the rest of the text again from every number in it: a
/// text of 8,000 single digits kept a node busy for a second.
#[test]
fn a_text_full_of_numbers_is_scanned_quickly() {
    let text = "1 ".repeat(limits::BODY_BYTES / 2);
    let start = Instant::now();
    assert_eq!(personal_number(&text), None);
    assert!(start.elapsed() < Duration::from_millis(200), "{:?}", start.elapsed());
}

/// A number followed by another was taken for one long number and passed; so were numbers with a
/// country code in front, grouped land lines, extensions and typographic spaces and hyphens.
#[test]
fn numbers_in_company_are_found() {
    let personal = [
        "call 138 1234 5678 10 to 12",
        "8613812345678",
        "008613812345678",
        "138-12345678",
        "138\u{a0}1234\u{a0}5678",
        "138\u{2011}1234\u{2011}5678",
        "138　1234　5678",
        "027 8587 1234",
        "(027) 8587-1234",
        "（027）85871234",
        "027-85871234-801",
        "+44 20 7946 0958 2020 02 15",
        "＋44 20 7946 0958",
    ];
    for text in personal {
        assert!(personal_number(text).is_some(), "{text}");
    }
}

/// Every eleventh number of 18 digits passes the check digit of an identity number, and the serial
/// numbers of pallets (SSCC) have 18 digits. Now the digits in the middle must be a date as well.
#[test]
fn the_serial_number_of_a_pallet_is_not_a_person() {
    for serial in 106_141_411_234_567_800_u64..106_141_411_234_567_900 {
        assert_eq!(personal_number(&serial.to_string()), None, "{serial}");
    }
    for text in ["lot 150 20200115", "1500 1000 200"] {
        assert_eq!(personal_number(text), None, "{text}");
    }
}

/// Codes were not scanned: a telephone number is made of digits, and so could be an item's code, a
/// role, a language.
#[test]
fn a_code_is_no_hiding_place() {
    let (mut w, u) = World::usual();
    let op = w.act(&u.charity, item("13812345678"));
    refused(&mut w, &op, Refusal::PersonalNumber, "/act/item.define/code");
}

/// Characters nobody sees could split a number or carry a message: soft hyphens, fillers, tags,
/// line separators.
#[test]
fn unseen_characters_are_refused() {
    let (mut w, u) = World::usual();
    for c in ['\u{ad}', '\u{61c}', '\u{180e}', '\u{2028}', '\u{3164}', '\u{fff9}', '\u{e0041}'] {
        let op = w.act(&u.charity, note(&format!("a{c}b")));
        refused(&mut w, &op, Refusal::BadText, "/act/record.post/body/text");
    }
}

/// A refusal repeated whatever was found, up to the whole operation, to everybody who asked.
#[test]
fn a_refusal_is_short() {
    let (mut w, u) = World::usual();
    let long = "x".repeat(10_000);
    let op = w.act(&u.charity, post("note", json!({ &long: 1 })));
    let refused = w.run(&op).unwrap_err();
    assert!(refused.place.len() < 500 && refused.detail.len() < 500, "{refused}");
    let op = w.act(&u.charity, note("x"));
    let bytes = op.rewritten("\"v\":1", &format!("\"v\":1,\"{long}\":1"));
    let refused = w.run_bytes(&bytes).unwrap_err();
    assert!(refused.detail.len() < 500, "{refused}");
}

/// Who passed on a mandate that had ended was sent to `/mandate`, a member his operation had not.
#[test]
fn who_passes_on_a_dead_mandate_is_shown_where() {
    let (mut w, u) = World::usual();
    let first = Grant { onward: 1, ..grant(&u.carrier, &["record.post"], w.now) };
    let first = Grant { expires: w.now.plus(HOUR), ..first };
    let parent = Some(w.does(&u.hospital, Act::MandateGrant(first.clone())));
    let second = Grant { parent, onward: 0, to: u.stranger.id, ..first };
    w.wait(HOUR - 1);
    let op = w.act(&u.carrier, Act::MandateGrant(second.clone()));
    w.done(&op);
    w.wait(1);
    let second = Grant { expires: second.expires.plus(HOUR), ..second };
    let op = w.act(&u.carrier, Act::MandateGrant(second));
    refused(&mut w, &op, Refusal::MandateEnded, "/act/mandate.grant/parent");
}
