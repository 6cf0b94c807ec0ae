//! A payment is explained by the text: who asked, how much, and who is paid.

use super::raid::Raid;
use super::sight::{Sight, entitled};
use crate::common::Op;
use proptest::prelude::*;
use weal_charter::due::Clerk;
use weal_charter::model::{Actor, Amount, Flow, Input, Source, Target};
use weal_charter::run::Run;
use weal_kernel::charters::movement::Payment;
use weal_kernel::charters::op::Draw;
use weal_kernel::{Act, Hash};

/// The flow was asked for by one who may, when it could take place; or the calendar brought it.
pub(super) fn check_asked(
    sight: &Sight<'_>,
    before: &Raid,
    op: &Op,
    flow: &Flow,
    payment: &Payment,
) -> Result<(), TestCaseError> {
    let asked = match &op.payload.act {
        Act::CharterPay(act) => (act.charter, Some(act.flow.as_str()), act.case),
        Act::CharterTrigger(act) => (act.charter, Some(act.flow.as_str()), act.case),
        Act::CharterRun(act) => (act.charter, None, payment.case),
        Act::CharterDraw(Draw { into: Some(into), .. }) => {
            (into.charter, Some(into.flow.as_str()), into.case)
        }
        other => return Err(TestCaseError::fail(format!("{} pays", other.name()))),
    };
    let named = (!matches!(op.payload.act, Act::CharterRun(_))).then_some(flow.name.as_str());
    prop_assert_eq!(asked, (payment.charter, named, payment.case));
    let (pays, runs) = (flow.source == Source::Outside, flow.clock().is_some());
    let comes_in = matches!(op.payload.act, Act::CharterPay(_) | Act::CharterDraw(_));
    prop_assert_eq!(pays, comes_in, "{}", &flow.name);
    prop_assert_eq!(runs, matches!(op.payload.act, Act::CharterRun(_)), "{}", &flow.name);
    let actor = op.payload.actor.unwrap();
    let may = |by: &Actor| entitled(sight, *by, &actor, &before.roles);
    prop_assert!(runs || flow.by.iter().any(may), "{} by a stranger", flow.name);
    let held_up = |kind: &usize| !sight.witnesses(*kind, &before.roles).is_empty();
    prop_assert!(
        payment.amount == 0 || !flow.stopped_by.iter().any(held_up),
        "{} held up",
        flow.name
    );
    let shown = payment.amount == 0 || sight.is_shown(flow, &before.roles);
    prop_assert!(shown, "{} without evidence", flow.name);
    let braked = sight.entry.flows[payment.flow as usize].braked;
    prop_assert!(braked.is_none_or(|until| until <= sight.now), "{} braked", flow.name);
    if !runs {
        prop_assert_eq!(i128::from(payment.month), sight.value(Input::Month));
    }
    let Some(when) = flow.when else { return Ok(()) };
    let inputs = sight.text.inputs(when).unwrap();
    let steady = |input: &Input| match input {
        Input::Field(_) | Input::Parameter(_) => true,
        Input::Stated => false,
        _ => !runs,
    };
    if inputs.iter().all(steady) {
        let says = Clerk::new(&sight.text).ask(when, &|input| sight.value(input)).unwrap();
        prop_assert_eq!(says, 1, "{} against its rule", &flow.name);
    }
    Ok(())
}

/// What moved is what the rule gives for the inputs told, worked out again, or less where the text
/// says so; and the inputs told are true.
pub(super) fn check_amount(
    sight: &Sight<'_>,
    op: &Op,
    flow: &Flow,
    payment: &Payment,
    there: u64,
) -> Result<(), TestCaseError> {
    prop_assert!(payment.amount <= there, "{} takes more than there is", flow.name);
    let due = match flow.amount {
        Amount::All => there,
        Amount::Stated => match &op.payload.act {
            Act::CharterTrigger(act) => act.amount_minor.unwrap(),
            _ => payment.amount,
        },
        Amount::Rule(rule) => {
            let gives = Run::new(&sight.text.program).call(rule, &payment.inputs).unwrap();
            if flow.clock().is_none() {
                let inputs = sight.text.inputs(rule).unwrap().iter();
                let seen: Vec<i128> = inputs.map(|input| sight.value(*input)).collect();
                prop_assert_eq!(&seen, &payment.inputs, "inputs of {}", &flow.name);
            }
            u64::try_from(gives.max(0)).unwrap()
        }
    };
    prop_assert_eq!(payment.amount + payment.missed, due, "{}", &flow.name);
    Ok(())
}

/// Who is paid is whom the text names for this case, each in proportion to his weight.
pub(super) fn check_payees(
    sight: &Sight<'_>,
    flow: &Flow,
    payment: &Payment,
) -> Result<(), TestCaseError> {
    let shares: Vec<(Hash, u64)> = match flow.to {
        Target::Pot(_) => Vec::new(),
        Target::Party(at) => sight.case.unwrap().parties[at].clone(),
        Target::Role(at) => sight.entry.named[at].iter().map(|holder| (*holder, 1)).collect(),
    };
    if payment.amount == 0 {
        prop_assert!(payment.payees.is_empty());
        return Ok(());
    }
    let who = |list: &[(Hash, u64)]| list.iter().map(|(who, _)| *who).collect::<Vec<_>>();
    prop_assert_eq!(who(&payment.payees), who(&shares), "payees of {}", &flow.name);
    let whole: u128 = shares.iter().map(|(_, weight)| u128::from(*weight)).sum();
    for ((_, part), (_, weight)) in payment.payees.iter().zip(&shares) {
        let fair = u128::from(payment.amount) * u128::from(*weight);
        prop_assert!(
            (u128::from(*part) * whole).abs_diff(fair) < whole,
            "{part} of {}",
            payment.amount
        );
    }
    let parts: u64 = payment.payees.iter().map(|(_, part)| part).sum();
    prop_assert_eq!(parts, if flow.is_outward() { payment.amount } else { 0 });
    Ok(())
}
