//! Money leaves a charter along the flows of its text and in no other way, whoever holds the keys.

use super::explained::{check_amount, check_asked, check_payees};
use super::raid::{Raid, SCENES};
use super::sight::Sight;
use crate::common::play::{Move, script};
use crate::common::{Actor, Op};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use weal_charter::model::{self, Flow, MONEY_HIGH, Once, Source, Target};
use weal_kernel::charters::movement::Payment;
use weal_kernel::charters::op::Draw;
use weal_kernel::charters::state::{Case, unbalanced_charters};
use weal_kernel::holdings::Posting;
use weal_kernel::holdings::posting::{Account, unbalanced_lots};
use weal_kernel::state::keys;
use weal_kernel::{Act, Hash, Refusal};

/// A pot: shared by all cases of a charter, or a case's own.
type Pot = (Hash, Option<u64>, usize);

/// What every pot of every charter holds.
fn pots(raid: &Raid) -> BTreeMap<Pot, u64> {
    let mut found = BTreeMap::new();
    for (id, text) in &raid.charters {
        let entry = raid.world.entry(*id);
        let shared = text.pots.iter().enumerate().filter(|(_, pot)| !pot.per_case);
        found.extend(shared.map(|(at, _)| ((*id, None, at), entry.pots[at])));
        for number in 0..entry.cases {
            let case = raid.world.case(*id, number);
            let own = text.pots.iter().enumerate().filter(|(_, pot)| pot.per_case);
            found.extend(own.map(|(at, _)| ((*id, Some(number), at), case.pots[at])));
        }
    }
    found
}

/// What was told so far, kept by hand from the payments and postings alone.
#[derive(Default)]
struct Watch {
    /// What is owed by a charter to somebody.
    owed: BTreeMap<(Hash, Hash), u64>,
    /// What left through a flow in a month.
    in_month: BTreeMap<(Hash, u32, u32), u64>,
    /// What took place for a case in a period.
    taken: BTreeSet<(Hash, u32, Option<u64>, u32)>,
    payments: u64,
    paid_out: u64,
}

impl Watch {
    /// Looks at an operation that was accepted.
    fn look(
        &mut self,
        (before, after): (&Raid, &Raid),
        op: &Op,
        postings: &[Posting],
        payments: &[Payment],
    ) -> Result<(), TestCaseError> {
        let state = &after.world.state;
        prop_assert_eq!(unbalanced_lots(state), Vec::<String>::new());
        prop_assert_eq!(unbalanced_charters(state), Vec::<Hash>::new());
        let mut expected = pots(before);
        for payment in payments {
            self.explain(before, op, payment, &mut expected)?;
        }
        for (pot, minor) in pots(after) {
            let told = expected.get(&pot).copied().unwrap_or(0);
            prop_assert_eq!(minor, told, "pot {:?} after {:?}", pot, op.payload.act);
        }
        self.account(before, op, postings, payments)?;
        for (id, _) in &after.charters {
            let mine = self.owed.iter().filter(|((charter, _), _)| charter == id);
            let entry = after.world.entry(*id);
            prop_assert_eq!(entry.due, mine.map(|(_, due)| due).sum::<u64>());
            let lot = |place| state.get(&keys::charter_lot(id, place)).unwrap();
            let own = Actor { id: *id, keys: Vec::new() };
            let queue: Vec<u64> =
                (entry.lots.0..entry.lots.1).map(|at| after.world.holds(&own, lot(at))).collect();
            prop_assert!(queue.iter().all(|held| *held > 0), "an empty place: {:?}", queue);
            prop_assert_eq!(queue.iter().sum::<u64>(), entry.held());
            for who in after.town.0.values() {
                let told = self.owed.get(&(*id, who.id)).copied().unwrap_or(0);
                prop_assert_eq!(after.world.owed(*id, who), told);
            }
        }
        Ok(())
    }

    /// What moved between a charter's account and people's.
    fn account(
        &mut self,
        before: &Raid,
        op: &Op,
        postings: &[Posting],
        payments: &[Payment],
    ) -> Result<(), TestCaseError> {
        let actor = op.payload.actor.unwrap();
        for (id, _) in &before.charters {
            let (mut came, mut left) = (0, 0);
            for posting in postings {
                if posting.to == Account::Held(*id) {
                    let (to, from) = match &op.payload.act {
                        Act::CharterPay(act) => (act.charter, actor),
                        Act::CharterDraw(Draw { charter, into: Some(into), .. }) => {
                            (into.charter, *charter)
                        }
                        act => return Err(TestCaseError::fail(format!("in by {act:?}"))),
                    };
                    prop_assert_eq!((to, Account::Held(from)), (*id, posting.from));
                    came += posting.quantity.0;
                }
                if posting.from == Account::Held(*id) {
                    let Act::CharterDraw(act) = &op.payload.act else {
                        return Err(TestCaseError::fail(format!("out by {:?}", op.payload.act)));
                    };
                    let onward = act.into.as_ref().map(|into| into.charter);
                    let to = Account::Held(onward.or(act.to).unwrap_or(actor));
                    prop_assert_eq!((act.charter, posting.to), (*id, to));
                    left += posting.quantity.0;
                }
            }
            let paid = payments.iter().filter(|p| p.charter == *id && came > 0);
            prop_assert_eq!(came, paid.map(|p| p.amount).sum::<u64>());
            let owed = self.owed.entry((*id, actor)).or_default();
            prop_assert!(left <= *owed, "{left} drawn, {owed} owed");
            *owed -= left;
            self.paid_out += left;
        }
        Ok(())
    }

    /// A payment is along a declared flow, and no more than its rule gives.
    fn explain(
        &mut self,
        before: &Raid,
        op: &Op,
        payment: &Payment,
        expected: &mut BTreeMap<Pot, u64>,
    ) -> Result<(), TestCaseError> {
        let case = payment.case.map(|number| before.world.case(payment.charter, number));
        let sight = Sight::of(before, payment.charter, case.as_ref());
        let flow = sight.text.flows[payment.flow as usize].clone();
        prop_assert_eq!(payment.case.is_some(), flow.per_case);
        let pot = |at: usize| {
            let own = sight.text.pots[at].per_case;
            (payment.charter, payment.case.filter(|_| own), at)
        };
        let there = match flow.source {
            Source::Pot(at) => expected[&pot(at)],
            Source::Outside => MONEY_HIGH as u64,
        };
        check_asked(&sight, before, op, &flow, payment)?;
        check_amount(&sight, op, &flow, payment, there)?;
        check_payees(&sight, &flow, payment)?;
        self.check_often(&sight, &flow, payment)?;
        let moved = payment.amount > 0 || payment.missed == 0;
        let rest = flow.rest_to.filter(|_| moved).map_or(0, |_| there - payment.amount);
        prop_assert_eq!(payment.rest, rest, "rest of {}", &flow.name);
        if let Source::Pot(at) = flow.source {
            *expected.get_mut(&pot(at)).unwrap() -= payment.amount + payment.rest;
        }
        if let Target::Pot(at) = flow.to {
            *expected.get_mut(&pot(at)).unwrap() += payment.amount;
        }
        if let Some(at) = flow.rest_to {
            *expected.get_mut(&pot(at)).unwrap() += payment.rest;
        }
        for (payee, part) in &payment.payees {
            *self.owed.entry((payment.charter, *payee)).or_default() += part;
        }
        self.payments += u64::from(payment.amount > 0);
        Ok(())
    }

    /// Never above the cap of a month, never twice in a period.
    fn check_often(
        &mut self,
        sight: &Sight<'_>,
        flow: &Flow,
        payment: &Payment,
    ) -> Result<(), TestCaseError> {
        if payment.amount == 0 {
            return Ok(());
        }
        let (charter, number, month) = (payment.charter, payment.flow, payment.month);
        let sum = self.in_month.entry((charter, number, month)).or_default();
        *sum += payment.amount;
        prop_assert!(
            flow.cap.is_none_or(|cap| i128::from(*sum) <= cap),
            "{} over its cap",
            flow.name
        );
        let yearly = flow.by.contains(&model::Actor::EachYear);
        let period = match flow.once {
            Once::Ever => Some(0),
            Once::Year => Some(month / 12),
            Once::Month if !yearly => Some(month),
            _ if yearly => Some(month / 12),
            _ => flow.clock().map(|_| month),
        };
        if let Some(period) = period {
            let first = self.taken.insert((charter, number, payment.case, period));
            prop_assert!(first, "{} of {:?} twice in {period}", flow.name, payment.case);
        }
        prop_assert!(
            !sight.case.is_some_and(|case: &Case| case.ended),
            "{} of an ended case",
            flow.name
        );
        Ok(())
    }
}

/// Plays a raid and watches every operation that is accepted.
fn raid(
    scene: usize,
    moves: &[Move],
    mut count: impl FnMut(&Op, Option<Refusal>),
) -> Result<Watch, TestCaseError> {
    let mut raid = Raid::on(scene);
    let mut watch = Watch::default();
    for m in Raid::prelude().iter().chain(moves) {
        let op = raid.op(*m);
        let before = raid.clone();
        let told = raid.world.payments.len();
        let verdict = raid.world.run_claimed(&op);
        count(&op, verdict.as_ref().err().map(|refused| refused.refusal));
        let Ok(postings) = verdict else { continue };
        let payments = raid.world.payments.split_off(told);
        watch.look((&before, &raid), &op, &postings, &payments)?;
        raid.learn(&op);
    }
    Ok(watch)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_sequence_of_operations_takes_money_out_except_along_a_declared_flow(
        scene in 0..SCENES,
        moves in script(20..120),
    ) {
        raid(scene, &moves, |_, _| {})?;
    }
}

/// A raid that never gets anything would prove nothing.
#[test]
fn raids_reach_every_act_and_take_what_the_texts_give() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut acts = BTreeMap::<String, (u32, u32)>::new();
    let mut refusals = BTreeMap::<(String, Refusal), u32>::new();
    let (mut payments, mut paid_out) = (0, 0);
    for round in 0..60 {
        let moves = script(60..120).new_tree(&mut runner).unwrap().current();
        let watch = raid(round % SCENES, &moves, |op, refused| {
            let count = acts.entry(op.payload.act.name().to_owned()).or_default();
            if refused.is_none() {
                count.0 += 1
            } else {
                count.1 += 1
            }
            if let Some(refusal) = refused {
                *refusals.entry((op.payload.act.name().to_owned(), refusal)).or_default() += 1;
            }
        });
        let watch = watch.unwrap();
        payments += watch.payments;
        paid_out += watch.paid_out;
    }
    println!("{payments} payments, {paid_out} drawn: {acts:?}; {refusals:?}");
    for name in Act::NAMES.iter().filter(|name| name.starts_with("charter.")) {
        assert!(acts.get(*name).is_some_and(|count| count.0 > 0), "{name} never took effect");
    }
    assert!(payments > 300 && paid_out > 100_000, "{payments} payments, {paid_out} drawn");
}
