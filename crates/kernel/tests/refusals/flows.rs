//! The rules about money that moves under a charter, broken once each beside a good twin.

use super::charters::workshop;
use super::{after, beside, check};
use crate::common::DAY;
use crate::common::build::{issue, lot};
use crate::common::charters::*;
use weal_kernel::Refusal;

promises! { workshop;
    a_flow_is_for_whom_the_text_names: NotForYou at "/act/charter.trigger/flow" = |w, s| {
        let grant = || trigger(s.charter, "grant", Some(0), Some(5));
        let bad = w.act(s.who("ann"), grant());
        beside(w.act(s.who("office"), grant()), bad)
    };
    flows_are_those_of_the_text: UnknownName at "/act/charter.trigger/flow" = |w, s| {
        let bad = w.act(s.who("ann"), ask(s.charter, "fill", 0));
        beside(w.act(s.who("ann"), ask(s.charter, "wages", 0)), bad)
    };
    a_flow_about_a_case_names_it: UnknownCase at "/act/charter.trigger/case" = |w, s| {
        let bad = w.act(s.who("ann"), trigger(s.charter, "wages", None, None));
        beside(w.act(s.who("ann"), ask(s.charter, "wages", 0)), bad)
    };
    the_rule_must_say_yes: RuleSaysNo at "/act/charter.trigger/flow" = |w, s| {
        w.does(s.who("office"), state(s.charter, 1, "grade", 1));
        let bad = w.act(s.who("ann"), ask(s.charter, "wages", 1));
        beside(w.act(s.who("ann"), ask(s.charter, "wages", 0)), bad)
    };
    what_is_due_is_paid_exactly: WrongAmount at "/act/charter.pay/lines" = |w, s| {
        let dues = |minor| pay_in(s.charter, "dues", Some(0), &[(s.money, minor)]);
        let bad = w.act(s.who("ann"), dues(99));
        beside(w.act(s.who("ann"), dues(100)), bad)
    };
    nobody_states_what_a_rule_gives: WrongAmount at "/act/charter.trigger/amount_minor" = |w, s| {
        let bad = w.act(s.who("ann"), trigger(s.charter, "wages", Some(0), Some(1000)));
        beside(w.act(s.who("ann"), ask(s.charter, "wages", 0)), bad)
    };
    a_month_is_paid_once: PaidAlready at "/act/charter.pay/flow" = |w, s| {
        let dues = || pay_in(s.charter, "dues", Some(0), &[(s.money, 100)]);
        let good = w.act(s.who("ann"), dues());
        after(good, w.act(s.who("ann"), dues()))
    };
    what_happens_once_ever_happens_once: PaidAlready at "/act/charter.trigger/flow" = |w, s| {
        let good = w.act(s.who("ann"), ask(s.charter, "wages", 0));
        after(good, w.act(s.who("ann"), ask(s.charter, "wages", 0)))
    };
    enough_is_shown: EvidenceMissing at "/act/charter.trigger/flow" = |w, s| {
        for case in [0, 1] {
            w.does(s.who("court"), vouch(s.charter, case, "word by court"));
        }
        w.does(s.who("bob"), vouch(s.charter, 0, "receipt by helper"));
        let bad = w.act(s.who("dora"), ask(s.charter, "help", 1));
        beside(w.act(s.who("dora"), ask(s.charter, "help", 0)), bad)
    };
    who_asks_waits: MustWait at "/act/charter.trigger/flow" = |w, s| {
        w.does(s.who("ann"), ask(s.charter, "leave", 0));
        w.wait(1);
        w.does(s.who("ann"), ask(s.charter, "leave", 1));
        w.wait(10 * DAY - 1);
        let bad = w.act(s.who("ann"), ask(s.charter, "leave", 1));
        beside(w.act(s.who("ann"), ask(s.charter, "leave", 0)), bad)
    };
    evidence_against_a_flow_holds_it_up: HeldUp at "/act/charter.trigger/flow" = |w, s| {
        w.does(s.who("ann"), name(s.charter, 1, "helper", &[(s.who("cai"), 1)]));
        for (case, helper) in [(0, "bob"), (1, "cai")] {
            w.does(s.who("court"), vouch(s.charter, case, "word by court"));
            w.does(s.who(helper), vouch(s.charter, case, "receipt by helper"));
        }
        w.does(s.who("court"), vouch(s.charter, 1, "stop by court"));
        let bad = w.act(s.who("dora"), ask(s.charter, "help", 1));
        beside(w.act(s.who("dora"), ask(s.charter, "help", 0)), bad)
    };
    the_brake_holds_up_what_comes_in_too: HeldUp at "/act/charter.pay/flow" = |w, s| {
        w.does(s.who("office"), brake(s.charter, "gift", 1));
        let bad = w.act(s.who("ann"), pay_in(s.charter, "gift", None, &[(s.money, 5)]));
        beside(w.act(s.who("ann"), pay_in(s.charter, "fill", Some(0), &[(s.money, 5)])), bad)
    };
    what_comes_in_needs_its_evidence_too: EvidenceMissing at "/act/charter.pay/flow" = |w, s| {
        w.does(s.who("court"), vouch(s.charter, 0, "word by court"));
        let give = |case| pay_in(s.charter, "give", Some(case), &[(s.money, 5)]);
        let bad = w.act(s.who("ann"), give(1));
        beside(w.act(s.who("ann"), give(0)), bad)
    };
    a_cap_is_for_the_month: OverCap at "/act/charter.trigger/flow" = |w, s| {
        let grant = |minor| trigger(s.charter, "grant", Some(0), Some(minor));
        w.does(s.who("office"), grant(4_999));
        let bad = w.act(s.who("office"), grant(2));
        beside(w.act(s.who("office"), grant(1)), bad)
    };
    a_pot_pays_what_it_holds: PotShort at "/act/charter.trigger/flow" = |w, s| {
        let crew: &[Named<'_>] = &[("crew", &[(s.who("bob"), 1)])];
        for size in [20_001, 20_000] {
            let case = w.opens(s.who("ann"), open(s.charter, &[("size", size)], crew));
            w.does(s.who("office"), state(s.charter, case, "grade", 2));
        }
        let bad = w.act(s.who("ann"), ask(s.charter, "wages", 2));
        beside(w.act(s.who("ann"), ask(s.charter, "wages", 3)), bad)
    };
    the_calendar_pays_a_month_once: NothingDue at "/act/charter.run/charter" = |w, s| {
        let good = w.act(s.who("dora"), run(s.charter));
        after(good, w.act(s.who("ann"), run(s.charter)))
    };
    counters_keep_their_range: OutOfRange at "/act/charter.pay" = |w, s| {
        let dues = |case| pay_in(s.charter, "dues", Some(case), &[(s.money, 100)]);
        for _ in 0..2 {
            w.does(s.who("ann"), dues(0));
            w.wait(31 * DAY);
        }
        let bad = w.act(s.who("ann"), dues(0));
        beside(w.act(s.who("ann"), dues(1)), bad)
    };
    one_draws_what_is_his: NothingToDraw at "/act/charter.draw/amount_minor" = |w, s| {
        w.does(s.who("ann"), ask(s.charter, "wages", 0));
        let bad = w.act(s.who("bob"), draw(s.charter, Some(751)));
        beside(w.act(s.who("bob"), draw(s.charter, Some(750))), bad)
    };
    nobody_draws_what_is_anothers: NothingToDraw at "/act/charter.draw/amount_minor" = |w, s| {
        w.does(s.who("ann"), ask(s.charter, "wages", 0));
        let bad = w.act(s.who("ann"), draw(s.charter, None));
        beside(w.act(s.who("bob"), draw(s.charter, None)), bad)
    };
    a_charter_keeps_one_kind_of_money: WrongMoney at "/act/charter.pay/lines/0" = |w, s| {
        let other = lot(w.does(s.who("bob"), issue(s.who("ann"), "CNY", "9.00")));
        let gift = |lot| pay_in(s.charter, "gift", None, &[(lot, 5)]);
        let bad = w.act(s.who("ann"), gift(other));
        beside(w.act(s.who("ann"), gift(s.money)), bad)
    };
    rules_are_proved_until_the_year_2500: RuleFailed at "/act/charter.trigger/flow" = |w, s| {
        w.wait((2501 - 2020) * 365 * DAY + 150 * DAY);
        let bad = w.act(s.who("dora"), ask(s.charter, "anniversary", 0));
        beside(w.act(s.who("dora"), ask(s.charter, "anniversary", 1)), bad)
    };
    a_brake_has_its_days: BrakeUsedUp at "/act/charter.brake/days" = |w, s| {
        w.does(s.who("office"), brake(s.charter, "gift", 15));
        let bad = w.act(s.who("office"), brake(s.charter, "grant", 6));
        beside(w.act(s.who("office"), brake(s.charter, "grant", 5)), bad)
    };
    nobody_cannot_be_paid: NoPayee at "/act/charter.trigger/flow" = |w, s| {
        let parties: &[Named<'_>] = &[("crew", &[(s.who("bob"), 1)])];
        for parties in [&[], parties] {
            let case = w.opens(s.who("ann"), open(s.charter, &[("size", 5)], parties));
            w.does(s.who("office"), state(s.charter, case, "grade", 2));
        }
        let bad = w.act(s.who("ann"), ask(s.charter, "wages", 2));
        beside(w.act(s.who("ann"), ask(s.charter, "wages", 3)), bad)
    };
}
