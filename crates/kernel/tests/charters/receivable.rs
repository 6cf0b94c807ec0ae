//! An invoice that its debtor has signed, sold in pieces, paid and shared out.

use crate::common::build::grant;
use crate::common::charters::*;
use crate::common::{DAY, Op, World};
use weal_kernel::charters::op::{Open, Pass};
use weal_kernel::holdings::op::LotId;
use weal_kernel::{Act, Hash, Refusal};

const FACE: u64 = 100_000;

/// Ann's invoice to Bob, due in ninety days, and signed by nobody but her.
fn presented(w: &mut World, t: &Town, charter: Hash, reference: &str) -> Op {
    let due = i64::try_from(w.now.0 / DAY + 90).unwrap();
    let fields = [("due_day", due), ("interest_permille", 73)];
    let parties: &[Named<'_>] = &[("debtor", &[(&t["bob"], 1)]), ("holder", &[(&t["ann"], FACE)])];
    let reference = Some(reference.to_owned());
    w.act(&t["ann"], Act::CharterOpen(Open { reference, ..open(charter, &fields, parties) }))
}

fn signed(text: &str) -> (World, Town, Hash) {
    let (mut w, t) = World::town();
    let charter = w.founded(&t, text, &[]);
    let op = presented(&mut w, &t, charter, "INV-2020/7").with(&t["bob"]);
    w.done(&op);
    (w, t, charter)
}

/// Somebody passes a piece on to somebody who pays for it, and signs.
fn sold(
    w: &mut World,
    t: &Town,
    charter: Hash,
    (from, to, piece): (&str, &str, u64),
    price: &[(LotId, &str)],
) -> Op {
    let price = price.iter().map(|(lot, text)| crate::common::build::amount(*lot, text)).collect();
    let act = Pass { price, ..pass(charter, 0, "holder", piece, &t[to]) };
    w.act(&t[from], Act::CharterPass(act)).with(&t[to])
}

#[test]
fn nobody_owes_what_he_has_not_signed() {
    let (mut w, t, charter) = signed(RECEIVABLE);
    let op = presented(&mut w, &t, charter, "INV-2020/8");
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::MissingSignature);
    w.done(&op.with(&t["bob"]));
}

#[test]
fn pieces_are_sold_early_and_paid_to_the_last_fen() {
    let (mut w, t, charter) = signed(RECEIVABLE);
    let cash = w.claims(&t, "cai", 40_000);
    let op = sold(&mut w, &t, charter, ("ann", "cai", 40_000), &[(cash, "390.00")]);
    w.done(&op);
    assert_eq!((w.holds(&t["ann"], cash), w.holds(&t["cai"], cash)), (39_000, 1_000));
    let op = sold(&mut w, &t, charter, ("cai", "dora", 10_001), &[]);
    w.done(&op);
    let money = w.claims(&t, "bob", 2 * FACE);
    let pay = |minor| pay_in(charter, "pay", Some(0), &[(money, minor)]);
    assert_eq!(w.tries(&t["bob"], pay(FACE + 1)), Err(Refusal::RuleSaysNo));
    assert_eq!(w.tries(&t["ann"], pay(1)), Err(Refusal::NotForYou));
    w.does(&t["bob"], pay(33_333));
    w.does(&t["dora"], ask(charter, "pay_out", 0));
    w.does(&t["bob"], pay(FACE - 33_333));
    assert_eq!(w.tries(&t["bob"], pay(1)), Err(Refusal::RuleSaysNo));
    w.does(&t["dora"], ask(charter, "pay_out", 0));
    let parts = ["ann", "cai", "dora"].map(|name| w.owed(charter, &t[name]));
    assert_eq!(parts, [60_000, 29_999, 10_001]);
    for name in ["ann", "cai", "dora"] {
        w.does(&t[name], draw(charter, None));
    }
    assert_eq!(w.entry(charter).held(), 0);
    assert!(w.is_sound());
}

#[test]
fn who_pays_late_pays_interest_and_no_more() {
    let (mut w, t, charter) = signed(RECEIVABLE);
    w.wait(190 * DAY);
    let money = w.claims(&t, "bob", 2 * FACE);
    let pay = |minor| pay_in(charter, "pay", Some(0), &[(money, minor)]);
    assert_eq!(w.tries(&t["bob"], pay(102_001)), Err(Refusal::RuleSaysNo));
    w.does(&t["bob"], pay(102_000));
}

#[test]
fn a_sale_needs_the_buyer_his_money_and_the_sellers_piece() {
    let (mut w, t, charter) = signed(RECEIVABLE);
    let cash = w.claims(&t, "cai", 1_000);
    let price: &[(LotId, &str)] = &[(cash, "10.01")];
    let beyond = sold(&mut w, &t, charter, ("ann", "cai", FACE + 1), &[]);
    let poor = sold(&mut w, &t, charter, ("ann", "cai", 5), price);
    let stolen = sold(&mut w, &t, charter, ("dora", "cai", 5), &[]);
    for op in [beyond, poor, stolen] {
        assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::NotEnough);
    }
    let mut alone = sold(&mut w, &t, charter, ("ann", "cai", 5), &[(cash, "10.00")]);
    alone.signers = t["ann"].keys.clone();
    assert_eq!(w.run(&alone).unwrap_err().refusal, Refusal::MissingSignature);
    assert_eq!(w.case(charter, 0).parties[2], [(t["ann"].id, FACE)]);
    let other = pass(charter, 0, "debtor", 1, &t["cai"]);
    let op = w.act(&t["bob"], Act::CharterPass(other)).with(&t["cai"]);
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::NotForYou);
}

/// Who may pass on in another's name does not pass on to himself: one hand would sign for both.
#[test]
fn a_deputy_does_not_sell_to_himself() {
    let (mut w, t, charter) = signed(RECEIVABLE);
    let (ann, cai) = (&t["ann"], &t["cai"]);
    let mandate = grant(cai, &["charter.pass"], w.now);
    let mandate = w.does(ann, Act::MandateGrant(mandate));
    let piece = |to| Act::CharterPass(pass(charter, 0, "holder", 5, to));
    let op = w.act(ann, piece(cai)).under(mandate, cai);
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::OneKeyTwoParties);
    let op = w.act(ann, piece(&t["dora"])).under(mandate, cai).with(&t["dora"]);
    w.done(&op);
}

#[test]
fn the_same_invoice_backs_no_second_case_however_it_is_written() {
    let (mut w, t, charter) = signed(RECEIVABLE);
    let other = w.founded(&t, &RECEIVABLE.replace("Receivable signed", "Another signed"), &[]);
    for place in [charter, other] {
        for reference in ["INV-2020/7", "inv 20207", "Inv.2020 / 7", "ＩＮＶ２０２０／７"]
        {
            let op = presented(&mut w, &t, place, reference).with(&t["bob"]);
            assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::PledgedBefore, "{reference}");
        }
        let op = presented(&mut w, &t, place, &format!("INV 8 {place}")).with(&t["bob"]);
        w.done(&op);
    }
}

/// The key of a pledge held the first debtor alone: in another order they were other debtors.
#[test]
fn debtors_in_another_order_are_the_same_debtors() {
    let many = RECEIVABLE.replace("signs = True)", "signs = True, many = True)");
    let (mut w, t) = World::town();
    let charter = w.founded(&t, &many, &[]);
    let (bob, cai) = ((&t["bob"], 1), (&t["cai"], 1));
    let mut backed = |debtors: &[(&crate::common::Actor, u64)]| {
        let fields = [("due_day", 20_000), ("interest_permille", 0)];
        let parties: &[Named<'_>] = &[("debtor", debtors), ("holder", &[(&t["ann"], FACE)])];
        let reference = Some("7".to_owned());
        let act = Open { reference, ..open(charter, &fields, parties) };
        let mut op = w.act(&t["ann"], Act::CharterOpen(act));
        for (debtor, _) in debtors {
            op = op.with(debtor);
        }
        w.run(&op).map(drop).map_err(|refused| refused.refusal)
    };
    assert_eq!(backed(&[bob, cai]), Ok(()));
    for debtors in [&[cai, bob][..], &[cai], &[bob]] {
        assert_eq!(backed(debtors), Err(Refusal::PledgedBefore));
    }
}

/// A text may let the supplier name another debtor; he signs like the first one.
#[test]
fn a_debtor_who_is_named_later_signs_too() {
    let replaced = "signs = True, set_by = \"supplier\")";
    let (mut w, t, charter) = signed(&RECEIVABLE.replace("signs = True)", replaced));
    let op = w.act(&t["ann"], name(charter, 0, "debtor", &[(&t["cai"], 1)]));
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::MissingSignature);
    w.done(&op.with(&t["cai"]));
}
