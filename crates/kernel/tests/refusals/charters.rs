//! The rules about a charter's life and its cases, broken once each beside a twin that keeps them.

use super::{after, beside, check};
use crate::common::build::nobody;
use crate::common::charters::*;
use crate::common::{Actor, DAY, Op, World};
use std::sync::OnceLock;
use weal_kernel::charters::op::{Open, Share};
use weal_kernel::holdings::op::LotId;
use weal_kernel::{Act, Hash, Refusal};

/// A workshop with two jobs in it. The first is whole; the second is large in nothing, and neither
/// helper nor crew are named for it.
#[derive(Clone)]
pub(super) struct Workshop {
    pub(super) town: Town,
    pub(super) charter: Hash,
    /// Ann's claims on the bank.
    pub(super) money: LotId,
}

impl Workshop {
    pub(super) fn who(&self, name: &str) -> &Actor {
        &self.town[name]
    }
}

/// Made once, then shared.
pub(super) fn workshop() -> (World, Workshop) {
    static WORKSHOP_SCENE: OnceLock<(World, Workshop)> = OnceLock::new();
    let found = || {
        let (mut w, town) = World::town();
        let charter = w.founded(&town, WORKSHOP, &[("office", &[&town["office"]])]);
        let (ann, bob) = (&town["ann"], &town["bob"]);
        let crew = [(bob, 3), (&town["cai"], 1)];
        let parties: &[Named<'_>] = &[("helper", &[(bob, 1)]), ("crew", &crew)];
        w.opens(ann, open(charter, &[("size", 1000)], parties));
        w.opens(ann, open(charter, &[("size", 0)], &[]));
        let money = w.claims(&town, "ann", 1_000_000);
        w.does(ann, pay_in(charter, "gift", None, &[(money, 20_000)]));
        for case in [0, 1] {
            w.does(ann, pay_in(charter, "fill", Some(case), &[(money, 1_000)]));
            w.does(&town["office"], state(charter, case, "grade", 2));
        }
        (w, Workshop { town, charter, money })
    };
    WORKSHOP_SCENE.get_or_init(found).clone()
}

fn published(w: &mut World, s: &Workshop) -> Hash {
    let text = publish(WORKSHOP, s.who("bank"), &[("office", &[s.who("office")])]);
    w.does(s.who("author"), text)
}

fn opening(w: &mut World, s: &Workshop, change: impl Fn(&mut Open)) -> Op {
    let mut act = open(s.charter, &[("size", 5)], &[]);
    change(&mut act);
    w.act(s.who("ann"), Act::CharterOpen(act))
}

/// An invoice over 1000 fen that Bob has signed.
fn invoice(w: &mut World, s: &Workshop, charter: Hash, reference: Option<&str>) -> Op {
    let bob = s.who("bob");
    let fields = [("due_day", 18_300), ("interest_permille", 0)];
    let parties: &[Named<'_>] = &[("debtor", &[(bob, 1)]), ("holder", &[(s.who("ann"), 1000)])];
    let reference = reference.map(str::to_owned);
    let act = Open { reference, ..open(charter, &fields, parties) };
    w.act(s.who("ann"), Act::CharterOpen(act)).with(bob)
}

promises! { workshop;
    charters_exist: UnknownCharter at "/act/charter.run/charter" = |w, s| {
        let bad = w.act(s.who("ann"), run(nobody()));
        beside(w.act(s.who("ann"), run(s.charter)), bad)
    };
    a_rule_that_could_fail_is_not_published: BadCharter at "/act/charter.publish/text" = |w, s| {
        let roles: &[(&str, &[&Actor])] = &[("office", &[s.who("office")])];
        let faulty = WORKSHOP.replace("(2501 - year)", "(2026 - year)");
        let bad = w.act(s.who("author"), publish(&faulty, s.who("bank"), roles));
        beside(w.act(s.who("author"), publish(WORKSHOP, s.who("bank"), roles)), bad)
    };
    a_text_under_review_takes_no_cases: WrongStage at "/act/charter.open/charter" = |w, s| {
        let charter = published(w, s);
        let bad = opening(w, s, |act| act.charter = charter);
        beside(opening(w, s, |_| {}), bad)
    };
    a_text_is_read_before_it_is_locked: CannotLock at "/act/charter.lock/charter" = |w, s| {
        let old = published(w, s);
        w.wait(1);
        let new = published(w, s);
        w.wait(7 * DAY - 1);
        for charter in [old, new] {
            w.does(s.who("auditor"), audit(charter, WORKSHOP));
        }
        let bad = w.act(s.who("ann"), lock(new));
        beside(w.act(s.who("ann"), lock(old)), bad)
    };
    the_holders_of_roles_are_named: WrongParties at "/act/charter.publish/roles/office" = |w, s| {
        let bad = w.act(s.who("author"), publish(WORKSHOP, s.who("bank"), &[]));
        let roles: &[(&str, &[&Actor])] = &[("office", &[s.who("office")])];
        beside(w.act(s.who("author"), publish(WORKSHOP, s.who("bank"), roles)), bad)
    };
    cases_exist: UnknownCase at "/act/charter.vouch/case" = |w, s| {
        let bad = w.act(s.who("court"), vouch(s.charter, 2, "word by court"));
        beside(w.act(s.who("court"), vouch(s.charter, 1, "word by court")), bad)
    };
    an_ended_case_is_over: CaseEnded at "/act/charter.pay/case" = |w, s| {
        for office in ["court", "registry"] {
            w.does(s.who(office), vouch(s.charter, 0, &format!("word by {office}")));
        }
        w.does(s.who("dora"), ask(s.charter, "help", 0));
        let fill = |case| pay_in(s.charter, "fill", Some(case), &[(s.money, 5)]);
        let bad = w.act(s.who("ann"), fill(0));
        beside(w.act(s.who("ann"), fill(1)), bad)
    };
    names_are_those_of_the_text: UnknownName at "/act/charter.name/party" = |w, s| {
        let named = |party| name(s.charter, 0, party, &[(s.who("cai"), 1)]);
        let bad = w.act(s.who("ann"), named("heir"));
        beside(w.act(s.who("ann"), named("helper")), bad)
    };
    who_may_name_a_party_names_it: NotForYou at "/act/charter.name" = |w, s| {
        let named = || name(s.charter, 0, "helper", &[(s.who("cai"), 1)]);
        let bad = w.act(s.who("bob"), named());
        beside(w.act(s.who("ann"), named()), bad)
    };
    fields_keep_their_range: OutOfRange at "/act/charter.open/fields/size" = |w, s| {
        let sized = |w: &mut World, size| {
            opening(w, s, |act| *act.fields.get_mut("size").unwrap() = size)
        };
        let bad = sized(w, 1_000_001);
        beside(sized(w, 1_000_000), bad)
    };
    a_parameter_changes_slowly: ChangedTooMuch at "/act/charter.set/value" = |w, s| {
        let bad = w.act(s.who("office"), set(s.charter, "rate", 111));
        beside(w.act(s.who("office"), set(s.charter, "rate", 110)), bad)
    };
    a_parameter_changes_seldom: ChangedTooMuch at "/act/charter.set/value" = |w, s| {
        let good = w.act(s.who("office"), set(s.charter, "rate", 101));
        after(good, w.act(s.who("office"), set(s.charter, "rate", 102)))
    };
    a_document_backs_one_case: PledgedBefore at "/act/charter.open/reference" = |w, s| {
        let charter = w.founded(&s.town, RECEIVABLE, &[]);
        let first = invoice(w, s, charter, Some("Inv 7"));
        w.done(&first);
        let bad = invoice(w, s, charter, Some("inv-7"));
        beside(invoice(w, s, charter, Some("inv-8")), bad)
    };
    a_document_is_named: PledgedBefore at "/act/charter.open/reference" = |w, s| {
        let charter = w.founded(&s.town, RECEIVABLE, &[]);
        let bad = invoice(w, s, charter, None);
        beside(invoice(w, s, charter, Some("inv-8")), bad)
    };
    a_defect_is_what_the_rule_gives: DefectNotShown at "/act/charter.review/remark" = |w, s| {
        let charter = published(w, s);
        let bad = w.act(s.who("dora"), defect(charter, "half", &[5], 3));
        beside(w.act(s.who("dora"), defect(charter, "half", &[5], 2)), bad)
    };
    an_auditor_names_what_he_has_read: WrongText at "/act/charter.attest/text" = |w, s| {
        let charter = published(w, s);
        let bad = w.act(s.who("auditor"), audit(charter, GIFT));
        beside(w.act(s.who("auditor"), audit(charter, WORKSHOP)), bad)
    };
    nobody_has_two_places_in_a_party: WrongParties at "/act/charter.open/parties/crew" = |w, s| {
        let manned = |w: &mut World, second: &str| {
            let crew = [s.who("bob"), s.who(second)];
            let crew = crew.map(|who| Share { principal: who.id, weight: 1 }).to_vec();
            opening(w, s, |act| drop(act.parties.insert("crew".into(), crew.clone())))
        };
        let bad = manned(w, "bob");
        beside(manned(w, "cai"), bad)
    };
}
