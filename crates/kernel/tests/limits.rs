//! Every limit: what just fits is accepted, one more is refused.

use crate::common::build::*;
use crate::common::charters;
use crate::common::keeping::{
    abroad, cite, keeper, machine, need_citing, owner, propose, relocate,
};
use crate::common::{Actor, DAY, Op, World, key, key_set, sealed};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use weal_kernel::holdings::op::{DefineItem, Dispatch, HandOver};
use weal_kernel::limits;
use weal_kernel::network::op::Change;
use weal_kernel::principals::op::{Grant, Register, Rotate};
use weal_kernel::records::op::{Respond, ResponseKind};
use weal_kernel::units::{Quantity, format_amount};
use weal_kernel::{Act, Hash, Refusal};
use weal_proof::genesis::Keeper;
use weal_proof::keys::SecretKey;

/// What fits and what does not, for one limit.
struct Edge {
    fits: Vec<u8>,
    beyond: Vec<u8>,
    refusal: Refusal,
}

/// Builds the same operation with a size at the limit and one above.
fn edge(limit: usize, refusal: Refusal, mut build: impl FnMut(usize) -> Op) -> Edge {
    Edge { fits: build(limit).bytes(), beyond: build(limit + 1).bytes(), refusal }
}

fn check(case: fn(&mut World, &Usual) -> Edge) {
    let (mut w, u) = World::usual();
    let edge = case(&mut w, &u);
    let refused = w.clone().run_bytes(&edge.beyond).expect_err("one above was accepted");
    assert_eq!(refused.refusal, edge.refusal, "{refused}");
    w.run_bytes(&edge.fits).expect("the limit itself was refused");
}

macro_rules! limits {
    ($($name:ident: $($limit:ident),* = $case:expr;)*) => {
        $(#[test] fn $name() { check($case); })*
        const TESTED: &[&str] = &[$($(stringify!($limit),)*)*];
    };
}

#[test]
fn every_limit_is_tested_here() {
    let source = include_str!("../src/limits.rs");
    let names =
        source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split(':').next());
    // How a run of the calendar is cut is promised in charters/calendar.rs, how the list of a
    // role's issuers stays short in promises/keepers.rs, what thieves keep in promises/theft.rs.
    let cut = ["RUN_CASES", "RUN_STEPS", "ISSUERS", "FORMER_MS", "VOIDS"];
    let tested: BTreeSet<_> = TESTED.iter().copied().chain(cut).collect();
    assert_eq!(tested, names.collect());
}

fn many_keys(prefix: &str, count: usize) -> Vec<SecretKey> {
    (0..count).map(|n| key(&format!("{prefix} {n}"))).collect()
}

fn item_with(w: &mut World, actor: &Actor, change: impl Fn(&mut DefineItem)) -> Op {
    let mut item = define_item("goggles");
    change(&mut item);
    w.act(actor, Act::ItemDefine(item))
}

fn granted(w: &mut World, u: &Usual, change: impl Fn(&mut Grant)) -> Op {
    let mut grant = grant(&u.carrier, &["record.post"], w.now);
    change(&mut grant);
    w.act(&u.hospital, Act::MandateGrant(grant))
}

fn minted(w: &mut World, u: &Usual, quantity: u64) -> Op {
    w.act(&u.charity, mint("mask", quantity))
}

/// A charter that runs, of which the carrier is the office.
fn workshop(w: &mut World, u: &Usual) -> Hash {
    let roles: &[(&str, &[&Actor])] = &[("office", &[&u.carrier])];
    let text = charters::WORKSHOP;
    let charter = w.does(&u.charity, charters::publish(text, &u.carrier, roles));
    w.wait(7 * DAY);
    w.does(&u.hospital, charters::audit(charter, text));
    w.does(&u.charity, charters::lock(charter));
    charter
}

limits! {
    a_principal_has_8_keys: KEYS = |w, _| {
        edge(limits::KEYS, Refusal::BadKeys, |n| w.registration("board", many_keys("member", n), 1))
    };
    a_principal_has_8_guardians: GUARDIANS = |w, u| {
        let guards: Vec<_> =
            (0..=limits::GUARDIANS).map(|n| w.register(&format!("guard {n}"))).collect();
        edge(limits::GUARDIANS, Refusal::BadGuardians, |n| {
            let guardians = guardians(&guards[..n], 1, DAY);
            w.act(&u.warden, rotate(&u.warden.keys, Some(guardians)))
        })
    };
    a_name_has_120_characters: NAME_CHARS = |w, _| {
        edge(limits::NAME_CHARS, Refusal::BadText, |n| {
            w.registration(&"院".repeat(n), many_keys("member", 1), 1)
        })
    };
    a_short_text_has_280_characters: SHORT_TEXT_CHARS = |w, u| {
        edge(limits::SHORT_TEXT_CHARS, Refusal::BadText, |n| {
            item_with(w, &u.charity, |item| item.specifications = vec!["口".repeat(n)])
        })
    };
    a_long_text_has_4000_characters: LONG_TEXT_CHARS = |w, u| {
        edge(limits::LONG_TEXT_CHARS, Refusal::BadText, |n| {
            let response = respond(u.need, ResponseKind::Dispute);
            let response = Respond { reason: Some("不".repeat(n)), ..response };
            w.act(&u.charity, Act::RecordRespond(response))
        })
    };
    a_name_is_given_in_12_languages: LANGUAGES = |w, u| {
        edge(limits::LANGUAGES, Refusal::TooMany, |n| {
            let names: BTreeMap<_, _> =
                (0..n).map(|n| (format!("x-{n}"), "mask".to_owned())).collect();
            item_with(w, &u.charity, |item| item.names = names.clone())
        })
    };
    an_operation_has_64_lines: LINES = |w, u| {
        edge(limits::LINES, Refusal::BadLines, |n| {
            let lines = (0..n).map(|_| mint_line("mask", 1)).collect();
            w.act(&u.charity, Act::HoldingMint(mint_lines(lines)))
        })
    };
    an_operation_names_16_papers: EVIDENCE = |w, u| {
        edge(limits::EVIDENCE, Refusal::TooMany, |n| {
            let dispatch = dispatch_of(&u.hospital, u.boxes, 1);
            let evidence = vec![nobody(); n];
            w.act(&u.charity, Act::HoldingDispatch(Dispatch { evidence, ..dispatch }))
        })
    };
    a_mandate_names_32_acts: MANDATE_ACTS = |w, u| {
        edge(limits::MANDATE_ACTS, Refusal::MandateBad, |n| {
            granted(w, u, |grant| grant.acts = vec!["record.post".to_owned(); n])
        })
    };
    a_mandate_is_passed_on_4_times: MANDATE_DEPTH = |w, u| {
        edge(limits::MANDATE_DEPTH.into(), Refusal::MandateBad, |n| {
            granted(w, u, |grant| grant.onward = u8::try_from(n).unwrap())
        })
    };
    a_holding_has_32_reservations: RESERVATIONS = |w, u| {
        let until = soon(w.now);
        for _ in 1..limits::RESERVATIONS {
            w.does(&u.charity, reserve(u.boxes, 1, u.need, until));
        }
        let fits = w.act(&u.charity, reserve(u.boxes, 1, u.need, until)).bytes();
        let mut full = w.clone();
        full.run_bytes(&fits).unwrap();
        let beyond = full.act(&u.charity, reserve(u.boxes, 1, u.need, until)).bytes();
        let refused = full.run_bytes(&beyond).unwrap_err();
        assert_eq!(refused.refusal, Refusal::TooManyReservations);
        *w = full;
        w.wait(limits::RESERVATION_MS);
        let until = soon(w.now);
        let fits = w.act(&u.charity, reserve(u.boxes, 90, u.need, until)).bytes();
        let beyond = w.act(&u.charity, reserve(u.boxes, 91, u.need, until)).bytes();
        Edge { fits, beyond, refusal: Refusal::NotEnough }
    };
    a_line_has_a_million_millions: QUANTITY = |w, u| {
        let most = limits::QUANTITY;
        let (fits, beyond) = (minted(w, u, most).bytes(), minted(w, u, most + 1).bytes());
        Edge { fits, beyond, refusal: Refusal::BadQuantity }
    };
    a_pack_holds_a_thousand_millions: PACK_CONTENT = |w, u| {
        let most = limits::PACK_CONTENT;
        let mut content = |n| w.act(&u.charity, pack("mask", Some(n))).bytes();
        Edge { fits: content(most), beyond: content(most + 1), refusal: Refusal::BadQuantity }
    };
    an_amount_has_a_largest_value: MINOR = |w, u| {
        let mut issued = |minor| {
            let amount = format_amount(Quantity(minor), "CNY");
            w.act(&u.carrier, issue(&u.charity, "CNY", &amount)).bytes()
        };
        let most = limits::MINOR;
        Edge { fits: issued(most), beyond: issued(most + 1), refusal: Refusal::BadAmount }
    };
    an_operation_is_valid_for_30_days: VALIDITY_MS = |w, u| {
        let (now, op) = (w.now, w.act(&u.hospital, note("Old.")));
        w.wait(limits::VALIDITY_MS + 1);
        let (fits, beyond) = (op.clone().at(now.plus(1)).bytes(), op.bytes());
        Edge { fits, beyond, refusal: Refusal::Expired }
    };
    a_clock_is_ten_minutes_ahead: CLOCK_AHEAD_MS = |w, u| {
        let (now, op) = (w.now, w.act(&u.hospital, note("Early.")));
        let fits = op.clone().at(now.plus(limits::CLOCK_AHEAD_MS)).bytes();
        let beyond = op.at(now.plus(limits::CLOCK_AHEAD_MS + 1)).bytes();
        Edge { fits, beyond, refusal: Refusal::FromTheFuture }
    };
    the_owner_has_an_hour_to_object: RECOVERY_DELAY_MIN_MS = |w, u| {
        let mut delay = |delay| {
            let guardians = guardians(&u.guards, 2, delay);
            w.act(&u.warden, rotate(&u.warden.keys, Some(guardians))).bytes()
        };
        let least = limits::RECOVERY_DELAY_MIN_MS;
        Edge { fits: delay(least), beyond: delay(least - 1), refusal: Refusal::BadDelay }
    };
    a_recovery_takes_90_days_at_the_most: RECOVERY_DELAY_MAX_MS = |w, u| {
        let mut delay = |delay| {
            let guardians = guardians(&u.guards, 2, delay);
            w.act(&u.warden, rotate(&u.warden.keys, Some(guardians))).bytes()
        };
        let most = limits::RECOVERY_DELAY_MAX_MS;
        Edge { fits: delay(most), beyond: delay(most + 1), refusal: Refusal::BadDelay }
    };
    a_body_has_16_kibibytes: BODY_BYTES = |w, u| {
        let frame = "{\"texts\":[\"\"]}".len();
        edge(limits::BODY_BYTES - frame, Refusal::TooLong, |n| {
            w.act(&u.hospital, post("everything", json!({ "texts": ["a".repeat(n)] })))
        })
    };
    a_list_has_64_entries: LIST = |w, u| {
        edge(limits::LIST, Refusal::TooMany, |n| {
            w.act(&u.hospital, post("everything", json!({ "list": vec![true; n] })))
        })
    };
    a_code_has_48_characters: CODE_CHARS = |w, u| {
        edge(limits::CODE_CHARS, Refusal::BadCode, |n| w.act(&u.charity, item(&"a".repeat(n))))
    };
    goods_are_kept_for_90_days: RESERVATION_MS = |w, u| {
        let last = w.now.plus(limits::RESERVATION_MS);
        let mut kept = |until| w.act(&u.charity, reserve(u.boxes, 1, u.need, until)).bytes();
        let (fits, beyond) = (kept(last), kept(last.plus(1)));
        Edge { fits, beyond, refusal: Refusal::BadReservation }
    };
    a_mandate_lives_for_a_year: MANDATE_MS = |w, u| {
        let last = w.now.plus(limits::MANDATE_MS);
        let lent = |expires| Grant { expires, ..grant(&u.carrier, &["record.post"], w.now) };
        let (most, more) = (lent(last), lent(last.plus(1)));
        let mut granted = |grant| w.act(&u.hospital, Act::MandateGrant(grant)).bytes();
        let (fits, beyond) = (granted(most), granted(more));
        Edge { fits, beyond, refusal: Refusal::MandateBad }
    };
    a_record_is_hidden_for_a_year: HIDING_MS = |w, u| {
        let last = w.now.plus(limits::HIDING_MS);
        let mut hidden = |until| w.act(&u.hospital, hide(u.need, until)).bytes();
        let (fits, beyond) = (hidden(last), hidden(last.plus(1)));
        Edge { fits, beyond, refusal: Refusal::HidingEnds }
    };
    an_item_keeps_a_hundred_years: SHELF_LIFE_DAYS = |w, u| {
        let most = usize::try_from(limits::SHELF_LIFE_DAYS).unwrap();
        edge(most, Refusal::BadQuantity, |n| {
            item_with(w, &u.charity, |item| item.shelf_life_days = u64::try_from(n).ok())
        })
    };
    a_proposal_takes_answers_for_90_days: PROPOSAL_MS = |w, u| {
        let asked = |w: &mut World| w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
        let late = asked(w);
        w.wait(1);
        let early = asked(w);
        w.wait(limits::PROPOSAL_MS - 1);
        let mut approved = |proposal| w.approval(&u.hospital, proposal, 0).bytes();
        let (fits, beyond) = (approved(early), approved(late));
        Edge { fits, beyond, refusal: Refusal::ProposalExpired }
    };
    a_record_cites_8_operations: CITES = |w, u| {
        let proposal = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
        w.approved(&u.hospital, proposal);
        w.does(&u.charity, cite(&abroad()[0].receipts[0].1));
        edge(limits::CITES, Refusal::TooMany, |n| {
            w.act(&u.hospital, need_citing(vec![abroad()[0].cited(0); n]))
        })
    };
    a_role_has_16_holders: ROLE_HOLDERS = |w, u| {
        let ids: Vec<_> = (0..=limits::ROLE_HOLDERS).map(|n| w.register(&format!("{n}"))).collect();
        edge(limits::ROLE_HOLDERS, Refusal::TooMany, |n| {
            let holders: Vec<&Actor> = ids[..n].iter().collect();
            let roles: &[(&str, &[&Actor])] = &[("office", &holders)];
            w.act(&u.charity, charters::publish(charters::WORKSHOP, &u.carrier, roles))
        })
    };
    a_party_has_256_people: SHARES = |w, u| {
        let charter = workshop(w, u);
        let ids: Vec<_> = (0..=limits::SHARES).map(|n| w.register(&format!("{n}"))).collect();
        edge(limits::SHARES, Refusal::TooMany, |n| {
            let crew: Vec<_> = ids[..n].iter().map(|who| (who, 1)).collect();
            let act = charters::open(charter, &[("size", 1)], &[("crew", &crew)]);
            w.act(&u.charity, Act::CharterOpen(act))
        })
    };
    a_thing_is_shown_by_64_people: SHOWN = |w, u| {
        let charter = workshop(w, u);
        let case = w.opens(&u.charity, charters::open(charter, &[("size", 1)], &[]));
        let keeper = w.keeper();
        let mut witness = |n: usize| {
            let witness = w.register(&format!("witness {n}"));
            let until = soon(w.now);
            w.does(&keeper, attest(&witness, "court", until));
            w.act(&witness, charters::vouch(charter, case, "word by court"))
        };
        let mut ops: Vec<_> = (0..=limits::SHOWN).map(&mut witness).collect();
        let beyond = ops.pop().unwrap();
        let last = ops.pop().unwrap();
        for op in &ops {
            w.done(op);
        }
        let mut full = w.clone();
        full.done(&last);
        assert_eq!(full.run(&beyond).unwrap_err().refusal, Refusal::TooMany);
        let stranger = w.act(&u.charity, charters::vouch(charter, case, "word by court"));
        Edge { fits: last.bytes(), beyond: stranger.bytes(), refusal: Refusal::NotForYou }
    };
    a_text_has_64_auditors: AUDITORS = |w, u| {
        let roles: &[(&str, &[&Actor])] = &[("office", &[&u.carrier])];
        let act = charters::publish(charters::WORKSHOP, &u.carrier, roles);
        let charter = w.does(&u.charity, act);
        let mut audited = |n: usize| {
            let auditor = w.register(&format!("auditor {n}"));
            w.act(&auditor, charters::audit(charter, charters::WORKSHOP))
        };
        let mut ops: Vec<_> = (0..=limits::AUDITORS).map(&mut audited).collect();
        let beyond = ops.pop().unwrap();
        let last = ops.pop().unwrap();
        for op in &ops {
            w.done(op);
        }
        let mut full = w.clone();
        full.done(&last);
        assert_eq!(full.run(&beyond).unwrap_err().refusal, Refusal::TooMany);
        let again = w.act(&u.charity, charters::audit(charter, charters::WORKSHOP));
        Edge { fits: last.bytes(), beyond: again.bytes(), refusal: Refusal::SelfAttested }
    };
    a_finding_is_short: FINDING_CHARS = |w, u| {
        let detail = |n| Refusal::BadText.at("/", "日".repeat(n)).detail.chars().count();
        assert_eq!(detail(limits::FINDING_CHARS), limits::FINDING_CHARS);
        assert_eq!(detail(limits::FINDING_CHARS + 1), limits::FINDING_CHARS);
        let (fits, beyond) = (minted(w, u, 1).bytes(), minted(w, u, 0).bytes());
        Edge { fits, beyond, refusal: Refusal::BadQuantity }
    };
}

#[test]
fn a_payload_has_44_kibibytes() {
    let (mut w, u) = World::usual();
    let op = w.act(&u.hospital, note("Long."));
    let padded = |length: usize| {
        let mut text = op.payload.to_bytes();
        text.resize(length, b' ');
        sealed(text, &op.signers).to_bytes()
    };
    let most = weal_proof::limits::PAYLOAD_BYTES;
    assert_eq!(w.run_bytes(&padded(most + 1)).unwrap_err().refusal, Refusal::TooLong);
    w.run_bytes(&padded(most)).unwrap();
}

#[test]
fn an_envelope_has_64_kibibytes() {
    let (mut w, u) = World::usual();
    let op = w.act(&u.hospital, note("Long."));
    let padded = |length: usize| {
        let mut bytes = op.bytes();
        bytes.resize(length, b' ');
        bytes
    };
    let most = weal_proof::limits::ENVELOPE_BYTES;
    assert_eq!(w.run_bytes(&padded(most + 1)).unwrap_err().refusal, Refusal::TooLong);
    w.run_bytes(&padded(most)).unwrap();
}

#[test]
fn two_boards_of_eight_can_sign_together() {
    let mut w = World::new();
    let [giver, taker] = ["giver", "taker"].map(|name| {
        let op = w.registration(name, many_keys(name, limits::KEYS), 8);
        Actor { id: w.done(&op), keys: op.signers }
    });
    let carrier = w.register("carrier");
    w.does(&giver, item("mask"));
    let goods = lot(w.does(&giver, mint("mask", 5)));
    let op = w.act(&giver, hand_over(&taker, goods, 1, 1)).with(&taker);
    assert_eq!(op.envelope().signatures().len(), weal_proof::limits::SIGNATURES);
    let act = HandOver { carrier: Some(carrier.id), ..hand_over_of(&taker, goods, 1, 1) };
    let crowd = w.act(&giver, Act::HoldingHandOver(act)).with(&taker).with(&carrier);
    assert_eq!(w.run(&crowd).unwrap_err().refusal, Refusal::NotAnEnvelope);
    w.done(&op);
}

#[test]
fn a_mandate_passed_on_four_times_works_and_goes_no_further() {
    let (mut w, u) = World::usual();
    let holders: Vec<_> = (0..=5).map(|n| w.register(&format!("holder {n}"))).collect();
    let mut giver = u.hospital.clone();
    let mut parent = None;
    for (holder, onward) in holders.iter().zip([4, 3, 2, 1, 0]) {
        let grant = Grant { onward, parent, ..grant(holder, &["record.post"], w.now) };
        parent = Some(w.does(&giver, Act::MandateGrant(grant)));
        giver = holder.clone();
    }
    let op = w.act(&u.hospital, note("From afar.")).under(parent.unwrap(), &giver);
    w.done(&op);
    let further = Grant { parent, ..grant(&holders[5], &["record.post"], w.now) };
    let op = w.act(&giver, Act::MandateGrant(further));
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::MandateWidened);
}

#[test]
fn thresholds_lie_between_one_and_the_number_of_keys() {
    let mut w = World::new();
    let keys = many_keys("member", 2);
    for (threshold, fits) in [(0, false), (1, true), (2, true), (3, false)] {
        let mut op = w.registration("board", keys.clone(), 1);
        let Act::PrincipalRegister(Register { keys: set, .. }) = &mut op.payload.act else {
            unreachable!()
        };
        *set = key_set(&keys, threshold);
        assert_eq!(w.run(&op).is_ok(), fits, "threshold {threshold}");
    }
    let none = key_set(&[], 0);
    let (board, guardians) = (w.register("other"), None);
    let op =
        w.act(&board, Act::PrincipalRotate(Rotate { keys: none, guardians, keep_before: None }));
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::BadKeys);
}

/// Keepers fill the book to the last place, and one more is refused.
#[test]
fn a_book_has_64_keepers() {
    let (mut w, u) = World::usual();
    let added = |w: &mut World, n: usize| {
        let name = format!("keeper {n}");
        let op = w.act(&u.stranger, propose(Change::Add(keeper(&name))));
        op.and(machine(&name)).and(owner(&name))
    };
    for n in 4..weal_proof::limits::VALIDATORS {
        let op = added(&mut w, n);
        let proposal = w.done(&op);
        w.approved(&u.hospital, proposal);
    }
    assert_eq!(w.keeping().next.len(), weal_proof::limits::VALIDATORS);
    let op = added(&mut w, weal_proof::limits::VALIDATORS);
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::ImpossibleKeepers);
}

#[test]
fn a_keeper_has_a_name_of_120_characters_and_200_bytes() {
    let (mut w, u) = World::usual();
    let [long, wide] = [("a", 120, Refusal::BadText), ("院", 66, Refusal::BadKeeper)].map(
        |(letter, most, refusal)| {
            let named = |w: &mut World, count: usize| {
                let keeper = Keeper { name: letter.repeat(count), ..keeper("keeper e") };
                let op = w.act(&u.stranger, propose(Change::Add(keeper)));
                let op = op.and(machine("keeper e")).and(owner("keeper e"));
                w.run(&op).map(drop).map_err(|refused| refused.refusal)
            };
            assert_eq!(named(&mut w, most + 1), Err(refusal));
            named(&mut w, most)
        },
    );
    assert_eq!((long, wide), (Ok(()), Ok(())));
}

#[test]
fn an_address_has_260_bytes() {
    let (mut w, u) = World::usual();
    let moved = |w: &mut World, bytes: usize| {
        let address = format!("{}:9000", "a".repeat(bytes - 5));
        let op = w.act(&u.stranger, relocate(machine("keeper b").public(), &address));
        let op = op.and(owner("keeper b"));
        w.run(&op).map(drop).map_err(|refused| refused.refusal)
    };
    let most = weal_proof::limits::KEEPER_ADDRESS_BYTES;
    assert_eq!(moved(&mut w, most + 1), Err(Refusal::BadKeeper));
    assert_eq!(moved(&mut w, most), Ok(()));
}
