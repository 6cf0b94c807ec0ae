//! What may change of a charter and its cases, and what never does.

use super::read;
use crate::common::Op;
use proptest::prelude::*;
use weal_kernel::Act;
use weal_kernel::charters::state::{Case, Entry, Stage};

/// Once said, said: a text, its author, its bank and its offices stay; cases stay as they were
/// opened, but for what the text lets somebody say anew.
pub(super) fn check_charter(
    key: &str,
    was: &[u8],
    is: &[u8],
    op: &Op,
) -> Result<(), TestCaseError> {
    let parts: Vec<&str> = key.split('/').collect();
    match parts[..] {
        [_, _] => check_entry(read(was), read(is), op),
        [_, _, "case", _] => check_case(read(was), read(is), op),
        [_, _, "due", _] => {
            let (was, is): (u64, u64) = (read(was), read(is));
            let drawn = matches!(op.payload.act, Act::CharterDraw(_));
            prop_assert_eq!(is < was, drawn, "{} after {}", key, op.payload.act.name());
            Ok(())
        }
        _ => Err(TestCaseError::fail(format!("{key} was changed by {}", op.payload.act.name()))),
    }
}

fn check_entry(was: Entry, is: Entry, op: &Op) -> Result<(), TestCaseError> {
    prop_assert_eq!((was.author, was.text, was.issuer), (is.author, is.text, is.issuer));
    prop_assert_eq!((was.currency, was.published), (is.currency, is.published));
    prop_assert_eq!(was.named, is.named);
    prop_assert!(was.cases <= is.cases && was.brake_days <= is.brake_days);
    let stage = match op.payload.act {
        Act::CharterLock(_) => Stage::Running,
        Act::CharterWithdraw(_) => Stage::Withdrawn,
        _ => was.stage,
    };
    prop_assert_eq!(is.stage, stage);
    let moves = matches!(
        op.payload.act,
        Act::CharterPay(_) | Act::CharterTrigger(_) | Act::CharterRun(_) | Act::CharterDraw(_)
    );
    prop_assert!(moves || (was.pots, was.due, was.lots) == (is.pots, is.due, is.lots));
    Ok(())
}

fn check_case(was: Case, is: Case, op: &Op) -> Result<(), TestCaseError> {
    prop_assert_eq!((was.opened, &was.reference), (is.opened, &is.reference));
    prop_assert!(!was.ended, "an ended case changed");
    let act = &op.payload.act;
    let named = matches!(act, Act::CharterName(_) | Act::CharterPass(_));
    prop_assert!(named || was.parties == is.parties);
    prop_assert!(matches!(act, Act::CharterState(_)) || was.fields == is.fields);
    let moves = matches!(act, Act::CharterPay(_) | Act::CharterTrigger(_) | Act::CharterRun(_));
    prop_assert!(moves || (was.pots, was.counters, was.last) == (is.pots, is.counters, is.last));
    Ok(())
}
