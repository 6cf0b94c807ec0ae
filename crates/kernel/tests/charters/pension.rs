//! A pension by account, with a floor out of a common buffer.

use crate::common::charters::*;
use crate::common::{DAY, World};
use std::sync::OnceLock;
use weal_kernel::charters::movement::Payment;
use weal_kernel::charters::op::Draw;
use weal_kernel::holdings::op::LotId;
use weal_kernel::{Act, Hash, Refusal};

/// Who pays in how much each month; all were born in 1975.
const MEMBERS: [(&str, u64); 3] = [("ann", 100_000), ("bob", 50_000), ("cai", 1_000)];

/// A fund in which three members have paid for fifteen years, until March 2035. Nobody has run the
/// calendar in all that time. Made once, then shared.
fn careers() -> (World, Town, Hash) {
    static CAREERS: OnceLock<(World, Town, Hash)> = OnceLock::new();
    let live = || {
        let (mut w, t) = World::town();
        let charter = w.founded(&t, PENSION, &[]);
        let mut members = Vec::new();
        for (name, _) in MEMBERS {
            w.opens(&t[name], open(charter, &[("born", 1975)], &[]));
            members.push(w.claims(&t, name, 180 * 100_000));
        }
        for month in 0..180 {
            w.go_to(2020 + (month + 3) / 12, (month + 3) % 12 + 1);
            for (case, (name, minor)) in (0..).zip(MEMBERS) {
                let lots = [(members[case], minor)];
                let case = u64::try_from(case).unwrap();
                w.does(&t[name], pay_in(charter, "contribute", Some(case), &lots));
            }
        }
        (w, t, charter)
    };
    CAREERS.get_or_init(live).clone()
}

/// Somebody gives to the buffer.
fn subsidise(w: &mut World, t: &Town, charter: Hash, minor: u64) {
    let money = w.claims(t, "dora", minor);
    w.does(&t["dora"], pay_in(charter, "subsidy", None, &[(money, minor)]));
}

fn flow_of(w: &World, charter: Hash, name: &str) -> u32 {
    u32::try_from(w.text(charter).flow(name).unwrap()).unwrap()
}

fn paid(w: &World, charter: Hash, flow: &str, case: u64) -> Vec<Payment> {
    let flow = flow_of(w, charter, flow);
    let wanted = |p: &&Payment| p.flow == flow && p.case == Some(case);
    w.payments.iter().filter(wanted).cloned().collect()
}

#[test]
fn a_month_is_paid_in_once() {
    let (mut w, t, charter) = careers();
    w.go_to(2035, 4);
    let money = w.claims(&t, "ann", 500);
    let pay = || pay_in(charter, "contribute", Some(0), &[(money, 100)]);
    w.does(&t["ann"], pay());
    assert_eq!(w.tries(&t["ann"], pay()), Err(Refusal::PaidAlready));
    assert_eq!(w.tries(&t["dora"], pay()), Err(Refusal::NotForYou));
    w.does(&t["ann"], name(charter, 0, "employer", &[(&t["dora"], 1)]));
    w.go_to(2035, 5);
    let own = w.claims(&t, "dora", 100);
    w.does(&t["dora"], pay_in(charter, "contribute", Some(0), &[(own, 100)]));
}

#[test]
fn two_years_caught_up_after_an_outage_are_as_those_month_by_month() {
    let (mut monthly, t, charter) = careers();
    subsidise(&mut monthly, &t, charter, 1_000_000);
    let mut late = monthly.clone();
    for month in 0..24 {
        monthly.go_to(2035 + (month + 3) / 12, (month + 3) % 12 + 1);
        monthly.catch_up(&t["dora"], charter);
    }
    late.go_to(2037, 3);
    let operations = late.catch_up(&t["dora"], charter);
    assert_eq!(operations, 2, "three cases, asked in each of 204 months for two flows, one twice");
    assert_eq!(monthly.payments, late.payments);
    let told = |w: &World| {
        let cases = [0, 1, 2].map(|case| serde_json::to_string(&w.case(charter, case)).unwrap());
        (serde_json::to_string(&w.entry(charter)).unwrap(), cases)
    };
    assert_eq!(told(&monthly), told(&late));
    let pensions = paid(&late, charter, "pension", 0);
    assert_eq!((pensions.len(), pensions[0].amount), (27, 18_000_000 / 139));
    assert_eq!(pensions[0].month, 2035 * 12, "from the January of the year of sixty");
    let drawn = late.owed(charter, &t["ann"]);
    assert_eq!(late.own_pot(charter, 0, "account") + drawn, 18_000_000);
    assert!(late.is_sound());
}

/// The gap of Bob is 40252 fen, that of Cai 103706; 100000 are there.
#[test]
fn a_short_buffer_is_shared_in_proportion_to_what_is_due() {
    let (mut w, t, charter) = careers();
    w.catch_up(&t["dora"], charter);
    w.go_to(2035, 4);
    let before: Vec<_> = [1, 2].map(|case| w.own_pot(charter, case, "account")).to_vec();
    subsidise(&mut w, &t, charter, 100_000);
    w.payments.clear();
    w.catch_up(&t["dora"], charter);
    let floors = [1, 2].map(|case| paid(&w, charter, "floor", case).remove(0));
    let gaps: Vec<u64> = before.iter().map(|account| 105_000 - account / 139).collect();
    let (buffer, total) = (100_000, gaps.iter().sum::<u64>());
    assert!(total > buffer);
    for (floor, gap) in floors.iter().zip(&gaps) {
        assert_eq!(floor.amount + floor.missed, *gap);
        assert_eq!(floor.amount, gap * buffer / total);
        assert_eq!(floor.payees, [(floor.payees[0].0, floor.amount)]);
    }
    let given = floors[0].amount + floors[1].amount;
    assert_eq!(w.pot(charter, "buffer"), buffer - given);
    assert!(w.pot(charter, "buffer") < 2);
    assert!(w.is_sound());
}

/// Two offices say that Ann has died; her heirs are Dora with two parts and Cai with one.
fn died(w: &mut World, t: &Town, charter: Hash) {
    let heirs = [(&t["dora"], 2), (&t["cai"], 1)];
    w.does(&t["ann"], name(charter, 0, "heirs", &heirs));
    w.does(&t["registry"], vouch(charter, 0, "death by registry"));
}

#[test]
fn an_inheritance_needs_two_offices_and_thirty_days() {
    let (mut w, t, charter) = careers();
    let inherit = || ask(charter, "inherit", 0);
    died(&mut w, &t, charter);
    assert_eq!(w.tries(&t["dora"], inherit()), Err(Refusal::EvidenceMissing));
    let second = vouch(charter, 0, "death by hospital");
    assert_eq!(w.tries(&t["registry"], second.clone()), Err(Refusal::NotForYou));
    w.wait(30 * DAY);
    w.does(&t["hospital"], second);
    assert_eq!(w.tries(&t["dora"], inherit()), Err(Refusal::MustWait));
    w.wait(30 * DAY - 1);
    assert_eq!(w.tries(&t["dora"], inherit()), Err(Refusal::MustWait));
    w.wait(1);
    w.does(&t["dora"], inherit());
    let parts = ["dora", "cai"].map(|name| w.owed(charter, &t[name]));
    assert_eq!(parts, [12_000_000, 6_000_000]);
    let money = w.claims(&t, "ann", 100);
    let claims = [
        inherit(),
        ask(charter, "leave", 0),
        pay_in(charter, "contribute", Some(0), &[(money, 100)]),
        name(charter, 0, "heirs", &[(&t["bob"], 1)]),
    ];
    for claim in claims {
        assert_eq!(w.tries(&t["ann"], claim), Err(Refusal::CaseEnded));
    }
    w.catch_up(&t["dora"], charter);
    assert_eq!(paid(&w, charter, "pension", 0), []);
    assert!(w.is_sound());
}

#[test]
fn a_court_holds_up_that_one_payment_and_no_other() {
    let (mut w, t, charter) = careers();
    died(&mut w, &t, charter);
    w.does(&t["hospital"], vouch(charter, 0, "death by hospital"));
    w.does(&t["court"], vouch(charter, 0, "hold by court"));
    w.wait(30 * DAY);
    assert_eq!(w.tries(&t["dora"], ask(charter, "inherit", 0)), Err(Refusal::HeldUp));
    w.catch_up(&t["dora"], charter);
    for (case, (name, _)) in (0..).zip(MEMBERS) {
        assert!(!paid(&w, charter, "pension", case).is_empty(), "{name}");
    }
    w.does(&t["court"], retract(charter, 0, "hold by court"));
    w.does(&t["dora"], ask(charter, "inherit", 0));
    assert_eq!(w.own_pot(charter, 0, "account"), 0);
    assert!(w.is_sound());
}

#[test]
fn who_leaves_waits_and_leaves_a_fee() {
    let (mut w, t, charter) = careers();
    let case = w.opens(&t["dora"], open(charter, &[("born", 1990)], &[]));
    let money: LotId = w.claims(&t, "dora", 10_010);
    w.does(&t["dora"], pay_in(charter, "contribute", Some(case), &[(money, 10_010)]));
    let leave = || ask(charter, "leave", case);
    assert_eq!(w.tries(&t["ann"], ask(charter, "leave", 0)), Err(Refusal::RuleSaysNo));
    assert_eq!(w.tries(&t["ann"], leave()), Err(Refusal::NotForYou));
    w.does(&t["dora"], leave());
    assert_eq!(w.owed(charter, &t["dora"]), 0);
    w.wait(30 * DAY - 1);
    assert_eq!(w.tries(&t["dora"], leave()), Err(Refusal::MustWait));
    w.wait(1);
    w.does(&t["dora"], leave());
    assert_eq!(w.owed(charter, &t["dora"]), 9_510);
    assert_eq!(w.pot(charter, "buffer"), 500);
    assert_eq!(w.tries(&t["dora"], leave()), Err(Refusal::CaseEnded));
    assert!(w.is_sound());
}

/// What is due to somebody goes where he likes, also straight into another charter, if that one
/// takes it from him.
#[test]
fn who_leaves_moves_on_by_his_own_signature_alone() {
    let (mut w, t, charter) = careers();
    let other = w.founded(&t, SHARES, &[]);
    let [old, new] =
        [charter, other].map(|fund| w.opens(&t["dora"], open(fund, &[("born", 1990)], &[])));
    let money = w.claims(&t, "dora", 10_010);
    w.does(&t["dora"], pay_in(charter, "contribute", Some(old), &[(money, 10_010)]));
    w.does(&t["dora"], ask(charter, "leave", old));
    w.wait(30 * DAY);
    w.does(&t["dora"], ask(charter, "leave", old));
    for (to, flow, case, refusal) in [
        (charter, "subsidy", None, Refusal::SameHands),
        (other, "pension", Some(new), Refusal::UnknownName),
        (other, "contribute", Some(new + 1), Refusal::UnknownCase),
    ] {
        assert_eq!(w.tries(&t["dora"], move_on(charter, to, flow, case)), Err(refusal));
    }
    w.does(&t["dora"], move_on(charter, other, "contribute", Some(new)));
    assert_eq!((w.owed(charter, &t["dora"]), w.holds(&t["dora"], money)), (0, 0));
    assert_eq!((w.pot(other, "pool"), w.entry(other).all[0]), (9_510, 9_510));
    assert!(w.is_sound());
}

#[test]
fn the_fund_has_no_key_but_its_rules() {
    let (mut w, t, charter) = careers();
    let fund = crate::common::Actor { id: charter, keys: t["author"].keys.clone() };
    let money = w.claims(&t, "ann", 100);
    let acts = [draw(charter, None), crate::common::build::pay(&t["ann"], money, "1.00")];
    for act in acts {
        let op = w.act(&fund, act).with(&t["keeper"]);
        assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::UnknownPrincipal);
    }
    let gift = crate::common::build::pay(&fund, money, "1.00");
    assert_eq!(w.tries(&t["ann"], gift), Err(Refusal::UnknownPrincipal));
    let to = Some(charter);
    let looped = Draw { charter, amount_minor: Some(1), to, into: None };
    w.catch_up(&t["dora"], charter);
    assert_eq!(w.tries(&t["ann"], Act::CharterDraw(looped)), Err(Refusal::UnknownPrincipal));
}
