//! Every rule of the book, broken once beside a twin that keeps it: code and place.
//!
//! A case gives two operations that differ in nothing but the rule. The broken one is refused and
//! leaves no trace; the other takes effect in the same world.

use crate::common::build::*;
use crate::common::keeping::*;
use crate::common::{Actor, DAY, HOUR, Op, START, World, key, key_set, sealed};
use serde_json::json;
use std::collections::BTreeSet;
use weal_kernel::holdings::op::{DefineItem, Dispatch, MeasurePack, Mint, MintLine, Release};
use weal_kernel::limits;
use weal_kernel::network::op::{Change, Propose};
use weal_kernel::principals::op::{Grant, Limits, PrincipalKind, Register, Rotate};
use weal_kernel::principals::op::{Revoke, RevokeRole};
use weal_kernel::records::apply::LEGAL_AUTHORITY;
use weal_kernel::records::op::{Respond, ResponseKind};
use weal_kernel::units::{Quantity, UnixMillis};
use weal_kernel::{Act, Refusal};
use weal_proof::genesis::Keeper;

struct Pair {
    good: Vec<u8>,
    bad: Vec<u8>,
    /// Whether the rule is only broken once the good one has taken effect.
    afterwards: bool,
}

trait Sent {
    fn sent(self) -> Vec<u8>;
}

impl Sent for Vec<u8> {
    fn sent(self) -> Vec<u8> {
        self
    }
}

impl Sent for Op {
    fn sent(self) -> Vec<u8> {
        self.bytes()
    }
}

fn beside(good: impl Sent, bad: impl Sent) -> Pair {
    Pair { good: good.sent(), bad: bad.sent(), afterwards: false }
}

fn after(good: impl Sent, bad: impl Sent) -> Pair {
    Pair { afterwards: true, ..beside(good, bad) }
}

fn check<U>(
    (mut w, u): (World, U),
    refusal: Refusal,
    place: &str,
    case: fn(&mut World, &U) -> Pair,
) {
    let pair = case(&mut w, &u);
    let accept = |w: &mut World| {
        w.run_bytes(&pair.good).unwrap_or_else(|e| panic!("the good twin of {refusal}: {e}"));
    };
    if pair.afterwards {
        accept(&mut w);
    }
    let root = w.state.root();
    let Err(refused) = w.run_bytes(&pair.bad) else { panic!("{refusal} was not refused") };
    assert_eq!((refused.refusal, refused.place.as_str()), (refusal, place), "{refused}");
    assert_eq!(w.state.root(), root, "{refusal} left a trace");
    if !pair.afterwards {
        accept(&mut w);
    }
}

/// Promises in a scene: a function that gives a world, and those who are in it.
macro_rules! promises {
    ($scene:path; $($name:ident: $refusal:ident at $place:literal = $case:expr;)*) => {
        $(#[test] fn $name() { check($scene(), Refusal::$refusal, $place, $case); })*
        pub(super) const PROVOKED: &[Refusal] = &[$(Refusal::$refusal,)*];
    };
}

mod charters;
mod flows;
mod newcomers;

#[test]
fn every_rule_is_broken_here() {
    let others = [charters::PROVOKED, flows::PROVOKED, newcomers::PROVOKED];
    let provoked = [&[PROVOKED], &others[..]].concat().concat();
    let provoked: BTreeSet<_> = provoked.into_iter().collect();
    assert_eq!(provoked, Refusal::ALL.iter().copied().collect());
}

fn act(w: &mut World, actor: &Actor, act: Act) -> Op {
    w.act(actor, act)
}

fn registration(w: &mut World, change: impl Fn(&mut Register)) -> Op {
    let mut op = w.registration("newcomer", vec![key("newcomer"), key("second")], 1);
    let Act::PrincipalRegister(register) = &mut op.payload.act else { unreachable!() };
    change(register);
    op
}

fn granted(w: &mut World, giver: &Actor, grant: Grant) -> Op {
    act(w, giver, Act::MandateGrant(grant))
}

fn mint_of(w: &mut World, actor: &Actor, change: impl Fn(&mut Mint, &mut MintLine)) -> Op {
    let mut line = mint_line("mask", 5);
    let mut mint = mint_lines(Vec::new());
    change(&mut mint, &mut line);
    mint.lines.push(line);
    act(w, actor, Act::HoldingMint(mint))
}

fn sent_with(w: &mut World, u: &Usual, change: impl Fn(&mut Dispatch)) -> Op {
    let mut dispatch = dispatch_of(&u.hospital, u.boxes, 5);
    change(&mut dispatch);
    act(w, &u.charity, Act::HoldingDispatch(dispatch))
}

fn handed_over(w: &mut World, u: &Usual, given: u64, counted: u64) -> Op {
    let op = act(w, &u.charity, hand_over(&u.hospital, u.boxes, given, counted));
    op.with(&u.hospital)
}

fn item_with(w: &mut World, u: &Usual, change: impl Fn(&mut DefineItem)) -> Op {
    let mut item = define_item("goggles");
    change(&mut item);
    act(w, &u.charity, Act::ItemDefine(item))
}

fn responded(w: &mut World, actor: &Actor, response: Respond) -> Op {
    act(w, actor, Act::RecordRespond(response))
}

/// The proposal of another keeper, signed by both his keys.
fn newcomer(w: &mut World, u: &Usual) -> Op {
    let op = act(w, &u.stranger, propose(Change::Add(keeper("keeper e"))));
    op.and(machine("keeper e")).and(owner("keeper e"))
}

/// A network that is recognised, and one that is not.
fn abroad_known(w: &mut World, u: &Usual) -> &'static [Abroad; 2] {
    let proposal = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
    w.approved(&u.hospital, proposal);
    abroad()
}

promises! { World::usual;
    // The shape of an operation.
    only_envelopes_are_read: NotAnEnvelope at "/" = |w, u| {
        let good = act(w, &u.hospital, note("Hello."));
        beside(good, b"{}".to_vec())
    };
    json_is_strict: NotStrictJson at "/time" = |w, u| {
        let good = act(w, &u.hospital, note("Hello."));
        let bad = good.rewritten("\"time\":1579744800000", "\"time\":1579744800000.0");
        beside(good, bad)
    };
    nothing_unknown_is_signed: UnknownShape at "/" = |w, u| {
        let good = act(w, &u.hospital, note("Hello."));
        let bad = good.rewritten("\"v\":1", "\"v\":1,\"more\":1");
        beside(good, bad)
    };
    a_body_has_a_largest_size: TooLong at "/act/record.post/body" = |w, u| {
        let text = |length| post("everything", json!({ "texts": ["a".repeat(length)] }));
        let frame = "{\"texts\":[\"\"]}".len();
        let fits = act(w, &u.hospital, text(limits::BODY_BYTES - frame));
        beside(fits, act(w, &u.hospital, text(limits::BODY_BYTES - frame + 1)))
    };
    there_is_one_version: WrongVersion at "/v" = |w, u| {
        let good = act(w, &u.hospital, note("Hello."));
        let bad = good.rewritten("\"v\":1", "\"v\":2");
        beside(good, bad)
    };
    an_operation_counts_in_one_book: WrongNetwork at "/network" = |w, u| {
        let good = act(w, &u.hospital, note("Hello."));
        let mut bad = good.clone();
        bad.payload.network = nobody();
        beside(good, bad)
    };
    texts_can_be_read: BadText at "/act/record.post/body/text" = |w, u| {
        let bad = act(w, &u.hospital, note("Hel\u{202e}lo."));
        beside(act(w, &u.hospital, note("Hello.")), bad)
    };
    texts_hold_no_telephone_numbers: PersonalNumber at "/act/record.post/body/text" = |w, u| {
        let bad = act(w, &u.hospital, note("Call 13812345678."));
        beside(act(w, &u.hospital, note("Call 120.")), bad)
    };
    codes_fit_on_a_label: BadCode at "/act/item.define/code" = |w, u| {
        let bad = item_with(w, u, |item| item.code = "Goggles!".into());
        beside(item_with(w, u, |_| {}), bad)
    };
    each_line_is_about_another_lot: BadLines at "/act/holding.dispatch/lines" = |w, u| {
        let bad = sent_with(w, u, |act| act.lines.push(act.lines[0].clone()));
        beside(sent_with(w, u, |_| {}), bad)
    };
    a_quantity_is_something: BadQuantity at "/act/holding.dispatch/lines/0" = |w, u| {
        let bad = sent_with(w, u, |act| act.lines[0].quantity = Quantity(0));
        beside(sent_with(w, u, |_| {}), bad)
    };
    amounts_are_written_as_the_currency_is: BadAmount at "/act/money.issue/amount" = |w, u| {
        let bad = act(w, &u.carrier, issue(&u.charity, "CNY", "5"));
        beside(act(w, &u.carrier, issue(&u.charity, "CNY", "5.00")), bad)
    };
    currencies_have_three_letters: BadCurrency at "/act/money.issue/currency" = |w, u| {
        let bad = act(w, &u.carrier, issue(&u.charity, "RMB元", "5.00"));
        beside(act(w, &u.carrier, issue(&u.charity, "CNY", "5.00")), bad)
    };
    lists_have_an_end: TooMany at "/act/holding.dispatch/evidence" = |w, u| {
        let bad = sent_with(w, u, |act| act.evidence = vec![nobody(); limits::EVIDENCE + 1]);
        beside(sent_with(w, u, |act| act.evidence = vec![nobody(); limits::EVIDENCE]), bad)
    };

    // Time and signatures.
    an_operation_is_valid_for_thirty_days: Expired at "/time" = |w, u| {
        let (good, bad) = (act(w, &u.hospital, note("Kept.")), act(w, &u.hospital, note("Late.")));
        let signed = w.now;
        w.wait(limits::VALIDITY_MS + 1);
        beside(good.at(signed.plus(1)), bad)
    };
    nobody_signs_for_tomorrow: FromTheFuture at "/time" = |w, u| {
        let now = w.now;
        let good = act(w, &u.hospital, note("Soon.")).at(now.plus(limits::CLOCK_AHEAD_MS));
        let bad = act(w, &u.hospital, note("Soon.")).at(now.plus(limits::CLOCK_AHEAD_MS + 1));
        beside(good, bad)
    };
    an_operation_takes_effect_once: Replayed at "/" = |w, u| {
        let good = act(w, &u.hospital, note("Once."));
        after(good.clone(), good)
    };
    a_signature_is_over_the_very_bytes: BadSignature at "/signatures" = |w, u| {
        let good = act(w, &u.hospital, note("Said."));
        let other = sealed(b"{}".to_vec(), &good.signers);
        let mut bad = sealed(good.payload.to_bytes(), &[]);
        other.signatures().iter().for_each(|(key, signature)| bad.add(*key, *signature));
        beside(good, bad.to_bytes())
    };
    custody_changes_with_two_signatures: MissingSignature
        at "/act/holding.hand_over/taker" = |w, u| {
        let alone = act(w, &u.charity, hand_over(&u.hospital, u.boxes, 5, 5));
        beside(handed_over(w, u, 5, 5), alone)
    };
    strangers_do_not_sign: StrangeSignature at "/signatures" = |w, u| {
        let good = act(w, &u.hospital, note("Said."));
        beside(good.clone(), good.with(&u.stranger))
    };

    // Principals and their mandates.
    one_acts_under_a_registered_name: UnknownPrincipal at "/actor" = |w, u| {
        let ghost = Actor { id: nobody(), keys: u.hospital.keys.clone() };
        let bad = act(w, &ghost, note("Boo."));
        beside(act(w, &u.hospital, note("Boo.")), bad)
    };
    keys_are_different: BadKeys at "/act/principal.register/keys" = |w, _| {
        let bad = registration(w, |act| act.keys.keys = vec![act.keys.keys[0]; 2]);
        beside(registration(w, |_| {}), bad)
    };
    guardians_are_registered: BadGuardians at "/act" = |w, u| {
        let (known, mut unknown) = (guardians(&u.guards, 2, DAY), guardians(&u.guards, 2, DAY));
        unknown.principals[1] = nobody();
        let bad = act(w, &u.warden, rotate(&u.warden.keys, Some(unknown)));
        beside(act(w, &u.warden, rotate(&u.warden.keys, Some(known))), bad)
    };
    only_a_registration_has_no_actor: ActorMismatch at "/actor" = |w, u| {
        let bad = w.said(None, note("Who?"), u.hospital.keys.clone());
        beside(act(w, &u.hospital, note("Who?")), bad)
    };
    recovery_needs_guardians: NoGuardians at "/act/principal.recover/principal" = |w, u| {
        let [a, b, _] = &u.guards;
        let new = [key("new")];
        let recovered = |w: &mut World, lost: &Actor| {
            act(w, a, recover(lost, &new)).with(b).and(key("new"))
        };
        let bad = recovered(w, &u.hospital);
        beside(recovered(w, &u.warden), bad)
    };
    recovery_takes_at_least_an_hour: BadDelay
        at "/act/principal.rotate/guardians/delay_ms" = |w, u| {
        let after = |delay| rotate(&u.warden.keys, Some(guardians(&u.guards, 2, delay)));
        let bad = act(w, &u.warden, after(HOUR - 1));
        beside(act(w, &u.warden, after(HOUR)), bad)
    };
    a_device_has_an_owner: DeviceNeedsOwner at "/act/principal.register/owner" = |w, u| {
        let bad = registration(w, |act| act.kind = PrincipalKind::Device).with(&u.hospital);
        let good = registration(w, |act| {
            act.kind = PrincipalKind::Device;
            act.owner = Some(u.hospital.id);
        });
        beside(good.with(&u.hospital), bad)
    };
    mandates_exist: UnknownMandate at "/mandate" = |w, u| {
        let mandate = grant(&u.carrier, &["record.post"], w.now);
        let mandate = w.does(&u.hospital, Act::MandateGrant(mandate));
        let bad = act(w, &u.hospital, note("For them.")).under(nobody(), &u.carrier);
        beside(act(w, &u.hospital, note("For them.")).under(mandate, &u.carrier), bad)
    };
    mandates_end: MandateEnded at "/mandate" = |w, u| {
        let mandate = grant(&u.carrier, &["record.post"], w.now);
        let brief = Grant { expires: w.now.plus(HOUR), ..mandate.clone() };
        let mandate = w.does(&u.hospital, Act::MandateGrant(mandate));
        let brief = w.does(&u.hospital, Act::MandateGrant(brief));
        w.wait(HOUR);
        let bad = act(w, &u.hospital, note("For them.")).under(brief, &u.carrier);
        beside(act(w, &u.hospital, note("For them.")).under(mandate, &u.carrier), bad)
    };
    mandates_cover_what_they_name: MandateNotForThis at "/mandate" = |w, u| {
        let mandate = grant(&u.carrier, &["record.post"], w.now);
        let mandate = w.does(&u.hospital, Act::MandateGrant(mandate));
        let bad = act(w, &u.hospital, item("goggles")).under(mandate, &u.carrier);
        beside(act(w, &u.hospital, note("For them.")).under(mandate, &u.carrier), bad)
    };
    passing_on_never_widens: MandateWidened at "/act/mandate.grant" = |w, u| {
        let first = Grant { onward: 1, ..grant(&u.carrier, &["record.post"], w.now) };
        let parent = Some(w.does(&u.hospital, Act::MandateGrant(first)));
        let same = Grant { parent, ..grant(&u.stranger, &["record.post"], w.now) };
        let wider = Grant { expires: same.expires.plus(1), ..same.clone() };
        let bad = granted(w, &u.carrier, wider);
        beside(granted(w, &u.carrier, same), bad)
    };
    a_mandate_is_used_up: MandateUsedUp at "/mandate" = |w, u| {
        let once = Limits { operations: Some(1), ..Limits::default() };
        let mandate = Grant { limits: once, ..grant(&u.carrier, &["record.post"], w.now) };
        let mandate = w.does(&u.hospital, Act::MandateGrant(mandate));
        let good = act(w, &u.hospital, note("Once.")).under(mandate, &u.carrier);
        after(good, act(w, &u.hospital, note("Twice.")).under(mandate, &u.carrier))
    };
    keys_are_not_handed_on: MandateBad at "/act/mandate.grant/acts/0" = |w, u| {
        let wrong = grant(&u.carrier, &["principal.rotate"], w.now);
        let right = grant(&u.carrier, &["record.post"], w.now);
        let bad = granted(w, &u.hospital, wrong);
        beside(granted(w, &u.hospital, right), bad)
    };
    who_gives_a_mandate_takes_it_back: MandateNotYours
        at "/act/mandate.revoke/mandate" = |w, u| {
        let mandate = grant(&u.carrier, &["record.post"], w.now);
        let mandate = w.does(&u.hospital, Act::MandateGrant(mandate));
        let bad = act(w, &u.carrier, Act::MandateRevoke(Revoke { mandate }));
        beside(act(w, &u.hospital, Act::MandateRevoke(Revoke { mandate })), bad)
    };
    nobody_licenses_himself: SelfAttested at "/act/role.attest/subject" = |w, u| {
        let later = soon(w.now);
        let bad = act(w, &u.hospital, attest(&u.hospital, "physician", later));
        beside(act(w, &u.hospital, attest(&u.stranger, "physician", later)), bad)
    };
    a_role_ends_in_the_future: RoleEnds at "/act/role.attest/expires" = |w, u| {
        let now = w.now;
        let bad = act(w, &u.hospital, attest(&u.stranger, "physician", now));
        beside(act(w, &u.hospital, attest(&u.stranger, "physician", now.plus(1))), bad)
    };
    who_attests_takes_it_back: UnknownAttestation at "/act/role.revoke/attestation" = |w, u| {
        let later = soon(w.now);
        let attestation = w.does(&u.hospital, attest(&u.stranger, "physician", later));
        let revoked = || Act::RoleRevoke(RevokeRole { attestation });
        let bad = act(w, &u.stranger, revoked());
        beside(act(w, &u.hospital, revoked()), bad)
    };

    what_is_kept_is_past: KeptTooLate at "/act/principal.rotate/keep_before" = |w, u| {
        let mut change = |keep_before| {
            let keys = key_set(&[key("hospital")], 1);
            let act = Rotate { keys, guardians: None, keep_before: Some(keep_before) };
            w.act(&u.hospital, Act::PrincipalRotate(act))
        };
        let bad = change(UnixMillis(START.0 + 1));
        beside(change(START), bad)
    };
    thieves_do_not_recover_first: RecoveryStands at "/act/principal.recover/principal" = |w, u| {
        let friends = guardians(std::slice::from_ref(&u.stranger), 1, HOUR);
        w.does(&u.warden, rotate(&u.warden.keys, Some(friends)));
        let recovery = |w: &mut World, guard: &Actor, name: &str| {
            w.act(guard, recover(&u.warden, &[key(name)])).and(key(name))
        };
        let first = recovery(w, &u.guards[0], "new").with(&u.guards[1]);
        w.done(&first);
        let bad = recovery(w, &u.stranger, "other");
        let again = recovery(w, &u.guards[0], "better").with(&u.guards[1]);
        beside(again, bad)
    };
    one_key_is_one_party: OneKeyTwoParties at "/act/holding.hand_over/taker" = |w, u| {
        let good = handed_over(w, u, 5, 5);
        let both = [key("stranger"), key("charity")];
        let op = act(w, &u.stranger, rotate(&both, None)).and(key("charity"));
        w.done(&op);
        beside(good, act(w, &u.charity, hand_over(&u.stranger, u.boxes, 5, 5)))
    };

    // Records.
    records_have_a_schema: UnknownSchema at "/act/record.post/schema" = |w, u| {
        let bad = act(w, &u.hospital, post("rumour", json!({ "text": "So." })));
        beside(act(w, &u.hospital, post("note", json!({ "text": "So." }))), bad)
    };
    bodies_fit_their_schema: BodyMismatch at "/act/record.post/body/quantity" = |w, u| {
        let need = |quantity: i64| post("need", json!({"item": "mask", "quantity": quantity}));
        let bad = act(w, &u.hospital, need(0));
        beside(act(w, &u.hospital, need(1)), bad)
    };
    one_responds_to_what_was_said: UnknownRecord at "/act/record.respond/record" = |w, u| {
        let bad = act(w, &u.charity, says(nobody(), ResponseKind::Corroborate));
        beside(act(w, &u.charity, says(u.need, ResponseKind::Corroborate)), bad)
    };
    only_the_author_takes_back: NotTheAuthor at "/act/record.respond/record" = |w, u| {
        let bad = act(w, &u.charity, says(u.need, ResponseKind::Withdraw));
        beside(act(w, &u.hospital, says(u.need, ResponseKind::Withdraw)), bad)
    };
    nobody_corroborates_himself: OwnRecord at "/act/record.respond/record" = |w, u| {
        let bad = act(w, &u.hospital, says(u.need, ResponseKind::Corroborate));
        beside(act(w, &u.charity, says(u.need, ResponseKind::Corroborate)), bad)
    };
    one_voice_counts_once: SaidBefore at "/act/record.respond/kind" = |w, u| {
        let good = act(w, &u.charity, says(u.need, ResponseKind::Dispute));
        after(good, act(w, &u.charity, says(u.need, ResponseKind::Dispute)))
    };
    a_withdrawn_record_is_closed: RecordClosed at "/act/record.respond/record" = |w, u| {
        let good = act(w, &u.hospital, says(u.need, ResponseKind::Withdraw));
        after(good, act(w, &u.charity, says(u.need, ResponseKind::Corroborate)))
    };
    only_the_law_hides: NoLegalBasis at "/act/record.respond/kind" = |w, u| {
        let keeper = w.keeper();
        let later = soon(w.now);
        w.does(&keeper, attest(&u.stranger, LEGAL_AUTHORITY, later));
        w.does(&u.carrier, attest(&u.charity, LEGAL_AUTHORITY, later));
        let bad = act(w, &u.charity, says(u.need, ResponseKind::Hide));
        beside(act(w, &u.stranger, says(u.need, ResponseKind::Hide)), bad)
    };
    a_hiding_has_an_end: HidingEnds at "/act/record.respond/until" = |w, u| {
        let most = w.now.plus(limits::HIDING_MS);
        let bad = act(w, &u.hospital, hide(u.need, most.plus(1)));
        beside(act(w, &u.hospital, hide(u.need, most)), bad)
    };
    what_is_hidden_is_shown_again: NotHidden at "/act/record.respond/record" = |w, u| {
        let open = w.does(&u.hospital, note("Hello."));
        w.does(&u.hospital, says(u.need, ResponseKind::Hide));
        let bad = act(w, &u.hospital, says(open, ResponseKind::Show));
        beside(act(w, &u.hospital, says(u.need, ResponseKind::Show)), bad)
    };
    a_dispute_has_a_reason: WrongResponse at "/act/record.respond" = |w, u| {
        let dispute = respond(u.need, ResponseKind::Dispute);
        let silent = Respond { reason: None, ..dispute.clone() };
        let bad = responded(w, &u.charity, silent);
        beside(responded(w, &u.charity, dispute), bad)
    };

    // Items, packs and goods taken in.
    items_are_defined_first: UnknownItem at "/act/holding.mint/lines/0" = |w, u| {
        let bad = mint_of(w, &u.charity, |_, line| line.item = "unicorn".into());
        beside(mint_of(w, &u.charity, |_, _| {}), bad)
    };
    an_item_is_defined_once: ItemExists at "/act/item.define/code" = |w, u| {
        let good = item_with(w, u, |_| {});
        let bad = act(w, &u.hospital, item("goggles"));
        after(good, bad)
    };
    a_pack_is_of_its_item: UnknownPack at "/act/holding.mint/lines/0" = |w, u| {
        w.does(&u.charity, item("goggles"));
        let other = w.does(&u.charity, pack("goggles", Some(10)));
        let bad = mint_of(w, &u.charity, |_, line| line.pack = Some(other));
        beside(mint_of(w, &u.charity, |_, line| line.pack = Some(u.pack)), bad)
    };
    a_content_once_known_never_changes: PackKnown at "/act/pack.measure/pack" = |w, u| {
        let measure = |n| Act::PackMeasure(MeasurePack { pack: u.pack, contains: Quantity(n) });
        let good = act(w, &u.charity, measure(50));
        after(good, act(w, &u.charity, measure(100)))
    };
    who_defines_a_pack_measures_it: NotYourPack at "/act/pack.measure/pack" = |w, u| {
        let measure = || Act::PackMeasure(MeasurePack { pack: u.pack, contains: Quantity(50) });
        let bad = act(w, &u.hospital, measure());
        beside(act(w, &u.charity, measure()), bad)
    };
    stale_goods_are_not_taken_in: AlreadyExpired at "/act/holding.mint/lines/0" = |w, u| {
        let now = w.now;
        let bad = mint_of(w, &u.charity, |_, line| line.expires = Some(now));
        beside(mint_of(w, &u.charity, |_, line| line.expires = Some(now.plus(1))), bad)
    };
    a_purchase_names_a_payment_of_the_buyer: UnknownPurchase
        at "/act/holding.mint/bought_with" = |w, u| {
        let payment = Some(w.does(&u.charity, pay(&u.carrier, u.money, "10.00")));
        let bad = mint_of(w, &u.hospital, |mint, _| mint.bought_with = payment);
        beside(mint_of(w, &u.charity, |mint, _| mint.bought_with = payment), bad)
    };

    // Goods on the shelf and on the way.
    lots_exist: UnknownLot at "/act/holding.consume/lines/0" = |w, u| {
        let bad = act(w, &u.charity, consume(no_lot(), 1));
        beside(act(w, &u.charity, consume(u.boxes, 1)), bad)
    };
    nobody_gives_what_he_does_not_hold: NotEnough at "/act/holding.consume/lines/0" = |w, u| {
        let bad = act(w, &u.charity, consume(u.boxes, 91));
        beside(act(w, &u.charity, consume(u.boxes, 90)), bad)
    };
    stale_goods_are_not_used: LotExpired at "/act/holding.consume/lines/0" = |w, u| {
        let now = w.now;
        let op = mint_of(w, &u.charity, |_, line| line.expires = Some(now.plus(HOUR)));
        let stale = lot(w.done(&op));
        let op = mint_of(w, &u.charity, |_, line| line.expires = Some(now.plus(HOUR + 1)));
        let fresh = lot(w.done(&op));
        w.wait(HOUR);
        let bad = act(w, &u.charity, consume(stale, 1));
        beside(act(w, &u.charity, consume(fresh, 1)), bad)
    };
    shipments_exist: UnknownShipment at "/act/holding.accept/shipment" = |w, u| {
        let bad = act(w, &u.hospital, accept(nobody(), u.boxes, 10));
        beside(act(w, &u.hospital, accept(u.shipment, u.boxes, 10)), bad)
    };
    the_taker_named_accepts: NotTheTaker at "/act/holding.accept/shipment" = |w, u| {
        let bad = act(w, &u.stranger, accept(u.shipment, u.boxes, 10));
        beside(act(w, &u.hospital, accept(u.shipment, u.boxes, 10)), bad)
    };
    no_more_arrives_than_was_sent: MoreThanSent at "/act/holding.accept/lines/0" = |w, u| {
        let bad = act(w, &u.hospital, accept(u.shipment, u.boxes, 11));
        beside(act(w, &u.hospital, accept(u.shipment, u.boxes, 10)), bad)
    };
    giver_and_taker_settle: NotAParty at "/act/holding.resolve/shipment" = |w, u| {
        let settle = resolve(u.shipment, u.boxes, 5, 5);
        let bad = act(w, &u.stranger, settle.clone()).with(&u.charity);
        beside(act(w, &u.hospital, settle).with(&u.charity), bad)
    };
    nobody_hands_over_to_himself: SameHands at "/act/holding.dispatch" = |w, u| {
        let bad = sent_with(w, u, |act| act.to = u.charity.id);
        beside(sent_with(w, u, |_| {}), bad)
    };
    the_giver_writes_off_what_is_on_the_way: NotTheCustodian
        at "/act/holding.write_off/shipment" = |w, u| {
        let gone = || write_off(Some(u.shipment), u.boxes, 10);
        let bad = act(w, &u.hospital, gone());
        beside(act(w, &u.charity, gone()), bad)
    };
    a_reservation_is_of_its_holder: UnknownReservation
        at "/act/holding.release/reservation" = |w, u| {
        let until = soon(w.now);
        let reservation = w.does(&u.charity, reserve(u.boxes, 5, u.need, until));
        let release = || Act::HoldingRelease(Release { reservation });
        let bad = act(w, &u.hospital, release());
        beside(act(w, &u.charity, release()), bad)
    };
    a_reservation_ends: BadReservation at "/act/holding.reserve/until" = |w, u| {
        let now = w.now;
        let bad = act(w, &u.charity, reserve(u.boxes, 5, u.need, now));
        beside(act(w, &u.charity, reserve(u.boxes, 5, u.need, now.plus(1))), bad)
    };
    a_holding_has_32_reservations: TooManyReservations at "/act/holding.reserve" = |w, u| {
        let until = soon(w.now);
        for _ in 1..limits::RESERVATIONS {
            w.does(&u.charity, reserve(u.boxes, 1, u.need, until));
        }
        let good = act(w, &u.charity, reserve(u.boxes, 1, u.need, until));
        after(good, act(w, &u.charity, reserve(u.boxes, 1, u.need, until)))
    };
    money_is_not_used_like_goods: MoneyIsNotGoods at "/act/holding.consume/lines/0" = |w, u| {
        let bad = act(w, &u.charity, consume(u.money, 1));
        beside(act(w, &u.charity, consume(u.boxes, 1)), bad)
    };
    no_more_is_counted_than_given: CountedMore
        at "/act/holding.hand_over/lines/0/counted" = |w, u| {
        let bad = handed_over(w, u, 5, 6);
        beside(handed_over(w, u, 5, 5), bad)
    };
    a_claim_goes_back_to_who_owes_it: NotTheIssuer at "/act/money.redeem/lines/1" = |w, u| {
        let other = lot(w.does(&u.hospital, issue(&u.charity, "CNY", "9.00")));
        let own = lot(w.does(&u.carrier, issue(&u.charity, "CNY", "9.00")));
        let redeemed = |w: &mut World, second| {
            let lines = vec![amount(u.money, "1.00"), amount(second, "1.00")];
            act(w, &u.charity, redeem(&u.carrier, lines)).with(&u.carrier)
        };
        let bad = redeemed(w, other);
        beside(redeemed(w, own), bad)
    };

    // The network.
    a_keeper_can_be_reached: BadKeeper at "/act/network.propose/change/add/address" = |w, u| {
        let mut bad = newcomer(w, u);
        let Act::NetworkPropose(Propose { change: Change::Add(keeper) }) = &mut bad.payload.act
        else {
            unreachable!()
        };
        keeper.address = "somewhere".into();
        beside(newcomer(w, u), bad)
    };
    only_keepers_answer: UnknownKeeper at "/act/network.approve/keeper" = |w, u| {
        let proposal = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
        let stranger = key("stranger").public();
        let bad = act(w, &u.stranger, approve(proposal, stranger));
        beside(w.approval(&u.stranger, proposal, 1), bad)
    };
    no_key_is_used_by_two_keepers: ImpossibleKeepers at "/act/network.propose/change" = |w, u| {
        let twice = Keeper { key: machine("keeper b").public(), ..keeper("keeper e") };
        let bad = act(w, &u.stranger, propose(Change::Add(twice)));
        let bad = bad.and(machine("keeper b")).and(owner("keeper e"));
        beside(newcomer(w, u), bad)
    };
    proposals_exist: UnknownProposal at "/act/network.approve/proposal" = |w, u| {
        let proposal = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
        let bad = w.approval(&u.hospital, nobody(), 0);
        beside(w.approval(&u.hospital, proposal, 0), bad)
    };
    what_is_decided_takes_no_answer: ProposalDecided
        at "/act/network.approve/proposal" = |w, u| {
        let proposal = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
        for keeper in 0..2 {
            let op = w.approval(&u.hospital, proposal, keeper);
            w.done(&op);
        }
        let good = w.approval(&u.hospital, proposal, 2);
        after(good, w.approval(&u.hospital, proposal, 3))
    };
    a_proposal_does_not_wait_for_ever: ProposalExpired
        at "/act/network.approve/proposal" = |w, u| {
        let old = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
        w.wait(1);
        let new = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
        w.wait(limits::PROPOSAL_MS - 1);
        let bad = w.approval(&u.hospital, old, 0);
        beside(w.approval(&u.hospital, new, 0), bad)
    };
    a_keeper_answers_once: Answered at "/act/network.decline/keeper" = |w, u| {
        let proposal = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
        let good = w.approval(&u.hospital, proposal, 1);
        let (key, owner) = owners()[1].clone();
        after(good, act(w, &u.hospital, decline(proposal, key)).and(owner))
    };
    a_network_is_known_by_its_first_page: NotAGenesis
        at "/act/network.propose/change/recognise/genesis" = |w, u| {
        let genesis = base64(b"{\"format\":\"commonweal-genesis-v1\"}");
        let bad = act(w, &u.stranger, propose(Change::Recognise { genesis }));
        beside(act(w, &u.stranger, propose(abroad()[0].recognise())), bad)
    };
    a_network_is_recognised_once: NetworkKnown at "/act/network.propose/change" = |w, u| {
        let proposal = w.proposes(&u.stranger, abroad()[0].recognise(), &[]);
        w.approved(&u.hospital, proposal);
        let bad = act(w, &u.stranger, propose(abroad()[0].recognise()));
        beside(act(w, &u.stranger, propose(abroad()[1].recognise())), bad)
    };
    only_receipts_are_cited: NotAReceipt at "/act/network.cite/receipt" = |w, u| {
        let [known, _] = abroad_known(w, u);
        let bad = act(w, &u.charity, cite("{\"format\":\"commonweal-receipt-v1\"}"));
        beside(act(w, &u.charity, cite(&known.receipts[0].1)), bad)
    };
    a_receipt_that_was_changed_proves_nothing: BadReceipt
        at "/act/network.cite/receipt" = |w, u| {
        let [known, _] = abroad_known(w, u);
        let good = &known.receipts[0].1;
        let bad = act(w, &u.charity, cite(&good.replace("\"index\":0", "\"index\":1")));
        beside(act(w, &u.charity, cite(good)), bad)
    };
    only_recognised_networks_are_believed: UnknownNetwork
        at "/act/network.cite/receipt" = |w, u| {
        let [known, unknown] = abroad_known(w, u);
        let bad = act(w, &u.charity, cite(&unknown.receipts[0].1));
        beside(act(w, &u.charity, cite(&known.receipts[0].1)), bad)
    };
    an_operation_is_cited_once: CitedBefore at "/act/network.cite/receipt" = |w, u| {
        let [known, _] = abroad_known(w, u);
        let good = act(w, &u.charity, cite(&known.receipts[0].1));
        after(good, act(w, &u.hospital, cite(&known.receipts[0].1)))
    };
    a_record_names_what_was_cited: UnknownCitation at "/act/record.post/cites/0" = |w, u| {
        let [known, _] = abroad_known(w, u);
        w.does(&u.charity, cite(&known.receipts[0].1));
        let bad = act(w, &u.hospital, need_citing(vec![known.cited(1)]));
        beside(act(w, &u.hospital, need_citing(vec![known.cited(0)])), bad)
    };
}
