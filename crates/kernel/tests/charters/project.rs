//! A building project: wages go straight to the workers, and nobody in between can touch them.

use crate::common::charters::*;
use crate::common::{DAY, World};
use weal_kernel::charters::op::Pass;
use weal_kernel::{Act, Hash, Refusal};

const PRICE: u64 = 1_000_000;

/// A project with two million in it and one milestone of the builder, with two workers.
fn building(client: &str) -> (World, Town, Hash) {
    let (mut w, t) = World::town();
    let roles: &[(&str, &[&crate::common::Actor])] =
        &[("sponsor", &[&t["office"]]), ("client", &[&t[client]])];
    let charter = w.founded(&t, PROJECT, roles);
    let money = w.claims(&t, "ann", 2 * PRICE);
    w.does(&t["ann"], pay_in(charter, "fund", None, &[(money, 2 * PRICE)]));
    milestone(&mut w, &t, charter, &[("bob", 300_000), ("cai", 100_000)]);
    (w, t, charter)
}

fn milestone(w: &mut World, t: &Town, charter: Hash, workers: &[(&str, u64)]) -> u64 {
    let deadline = i64::try_from(w.now.0 / DAY + 100).unwrap();
    let fields = [("price", i64::try_from(PRICE).unwrap()), ("deadline_day", deadline)];
    let workers: Vec<_> = workers.iter().map(|(name, wage)| (&t[*name], *wage)).collect();
    w.opens(&t["builder"], open(charter, &fields, &[("workers", &workers)]))
}

fn done(w: &mut World, t: &Town, charter: Hash, case: u64) {
    w.does(&t["inspector"], vouch(charter, case, "done, says the inspector"));
    w.does(&t["dora"], vouch(charter, case, "done, says the client"));
}

#[test]
fn wages_go_straight_to_the_workers_who_were_written_down() {
    let (mut w, t, charter) = building("dora");
    done(&mut w, &t, charter, 0);
    w.does(&t["ann"], ask(charter, "wages", 0));
    assert_eq!(w.owed(charter, &t["bob"]), 300_000);
    assert_eq!(w.owed(charter, &t["cai"]), 100_000);
    assert_eq!(w.owed(charter, &t["builder"]), 0);
    for flow in ["contractor", "retain"] {
        w.does(&t["ann"], ask(charter, flow, 0));
        assert_eq!(w.tries(&t["builder"], ask(charter, flow, 0)), Err(Refusal::PaidAlready));
    }
    assert_eq!(w.owed(charter, &t["builder"]), 550_000);
    assert_eq!(w.own_pot(charter, 0, "retention"), 50_000);
    assert_eq!(w.tries(&t["builder"], ask(charter, "wages", 0)), Err(Refusal::PaidAlready));
    w.wait(364 * DAY);
    let free = || ask(charter, "free_retention", 0);
    assert_eq!(w.tries(&t["builder"], free()), Err(Refusal::RuleSaysNo));
    w.wait(DAY);
    w.does(&t["builder"], free());
    assert_eq!(w.owed(charter, &t["builder"]), 600_000);
    assert_eq!(w.tries(&t["builder"], free()), Err(Refusal::CaseEnded));
    assert_eq!(w.entry(charter).held(), 2 * PRICE);
    assert!(w.is_sound());
}

#[test]
fn the_contractor_can_neither_change_the_list_nor_pay_himself_first() {
    let (mut w, t, charter) = building("dora");
    let builder = &t["builder"];
    assert_eq!(w.tries(builder, ask(charter, "wages", 0)), Err(Refusal::EvidenceMissing));
    for flow in ["contractor", "retain", "free_retention", "close_retention", "return"] {
        let case = (flow != "return").then_some(0);
        let refused = w.tries(builder, trigger(charter, flow, case, None));
        assert_eq!(refused, Err(Refusal::RuleSaysNo), "{flow}");
    }
    let others = name(charter, 0, "workers", &[(builder, 400_000)]);
    assert_eq!(w.tries(builder, others), Err(Refusal::NotForYou));
    let passed = Pass { weight: 300_000, ..pass(charter, 0, "workers", 1, builder) };
    let op = w.act(&t["bob"], Act::CharterPass(passed)).with(builder);
    assert_eq!(w.run(&op).unwrap_err().refusal, Refusal::NotForYou);
    for evidence in ["inspector", "client"] {
        let own = vouch(charter, 0, &format!("done, says the {evidence}"));
        assert_eq!(w.tries(builder, own), Err(Refusal::NotForYou));
    }
    assert_eq!(w.tries(builder, state(charter, 0, "price", 1)), Err(Refusal::NotForYou));
    assert_eq!(w.owed(charter, builder), 0);
}

/// What two shall show, one who holds both offices does not show.
#[test]
fn one_who_holds_two_offices_is_one_witness() {
    let (mut w, t, charter) = building("inspector");
    for office in ["inspector", "client"] {
        w.does(&t["inspector"], vouch(charter, 0, &format!("done, says the {office}")));
    }
    let wages = || ask(charter, "wages", 0);
    assert_eq!(w.tries(&t["builder"], wages()), Err(Refusal::EvidenceMissing));
    w.does(&t["neighbours"], vouch(charter, 0, "done, say the neighbours"));
    w.does(&t["builder"], wages());
}

#[test]
fn a_delay_costs_the_contractor_and_not_the_workers() {
    let (mut w, t, charter) = building("dora");
    w.wait(110 * DAY);
    done(&mut w, &t, charter, 0);
    w.does(&t["ann"], ask(charter, "wages", 0));
    w.wait(50 * DAY);
    w.does(&t["ann"], ask(charter, "contractor", 0));
    assert_eq!((w.owed(charter, &t["bob"]), w.owed(charter, &t["cai"])), (300_000, 100_000));
    assert_eq!(w.owed(charter, &t["builder"]), 540_000);
}

#[test]
fn a_defect_within_the_year_brings_the_retention_back() {
    let (mut w, t, charter) = building("dora");
    done(&mut w, &t, charter, 0);
    for flow in ["wages", "retain", "contractor"] {
        w.does(&t["ann"], ask(charter, flow, 0));
    }
    w.wait(366 * DAY);
    w.does(&t["inspector"], vouch(charter, 0, "defect, says the inspector"));
    let free = || ask(charter, "free_retention", 0);
    assert_eq!(w.tries(&t["builder"], free()), Err(Refusal::HeldUp));
    assert_eq!(w.tries(&t["ann"], ask(charter, "repair", 0)), Err(Refusal::EvidenceMissing));
    w.does(&t["dora"], vouch(charter, 0, "defect, says the client"));
    w.does(&t["ann"], ask(charter, "repair", 0));
    assert_eq!(w.pot(charter, "project"), 2 * PRICE - 400_000 - 550_000);
    assert_eq!(w.own_pot(charter, 0, "retention"), 0);
    assert!(w.is_sound());
}

/// A contractor who works alone has no wages to pay; his turn came never, because nothing could
/// not be paid to nobody.
#[test]
fn a_milestone_without_workers_is_paid_too() {
    let (mut w, t, charter) = building("dora");
    let case = milestone(&mut w, &t, charter, &[]);
    done(&mut w, &t, charter, case);
    for flow in ["wages", "contractor"] {
        w.does(&t["ann"], ask(charter, flow, case));
    }
    assert_eq!(w.owed(charter, &t["builder"]), 950_000);
    assert!(w.is_sound());
}
