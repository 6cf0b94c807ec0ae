//! Every payment with its flow, its rule's sentence, and the numbers that the rule was asked with.

use super::view::Named;
use super::{Desk, Fund, month};
use crate::book::BookError;
use crate::view::{Party, PaymentRow};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use weal_charter::model::Amount;
use weal_kernel::Hash;

/// Somebody who got part of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct PayeeView {
    /// Who.
    pub party: Party,
    /// How much.
    pub amount: String,
}

/// A payment, or a payment that was due and missed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct PaymentView {
    /// Its place among the fund's payments.
    pub nth: u64,
    /// Number of the entry that brought it about.
    pub entry: String,
    /// Block time, milliseconds since 1970.
    pub time_ms: u64,
    /// The flow.
    pub flow: String,
    /// A pot, or `outside`.
    pub from: String,
    /// A pot, a party or a role.
    pub to: String,
    /// The case.
    pub case: Option<u64>,
    /// The month it is for, such as `2026-08`.
    pub month: String,
    /// What moved.
    pub amount: String,
    /// What was due and could not be paid; `null` if nothing.
    pub missed: Option<String>,
    /// What else left the pot for the one where rests go; `null` if nothing.
    pub rest: Option<String>,
    /// Who got it, where money left the pots.
    pub payees: Vec<PayeeView>,
    /// The rule that said how much; `null` if it was stated, or all there was.
    pub rule: Option<String>,
    /// What the rule says, in its author's words.
    pub sentence: String,
    /// The numbers it was asked with.
    pub numbers: Vec<Named>,
}

/// Part of a fund's payments, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct PaymentsView {
    /// The payments.
    pub items: Vec<PaymentView>,
    /// All payments of the fund.
    pub total: u64,
    /// Give this as `before`, with the same `case`, for the next part; `null` at the end.
    pub next_before: Option<u64>,
}

impl Desk<'_> {
    /// Payments of one case or of all, before one of them, at most 200.
    pub fn payments(
        &self,
        fund: &Fund,
        case: Option<u64>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<PaymentsView, BookError> {
        let limit = limit.clamp(1, 200);
        let rows = self.reader.payments(&fund.id, case, before, limit)?;
        let ids = rows.iter().flat_map(|row| &row.payees).filter_map(|(id, _)| id.parse().ok());
        let ids: Vec<Hash> = ids.collect();
        let parties = self.reader.who(&ids)?;
        let names: BTreeMap<String, Party> =
            ids.iter().map(ToString::to_string).zip(parties).collect();
        let full = rows.len() == limit as usize;
        let next_before = rows.last().map(|row| row.nth).filter(|nth| full && *nth > 0);
        let items = rows.iter().map(|row| fund.payment(row, &names)).collect();
        Ok(PaymentsView { items, total: fund.row.payments, next_before })
    }
}

impl Fund {
    fn payment(&self, row: &PaymentRow, names: &BTreeMap<String, Party>) -> PaymentView {
        let charter = self.charter();
        let flow = usize::try_from(row.flow).ok().and_then(|at| charter.flows.get(at));
        let rule = flow.and_then(|flow| match flow.amount {
            Amount::Rule(rule) => Some(rule),
            _ => None,
        });
        let inputs = rule.and_then(|rule| charter.inputs(rule)).unwrap_or_default();
        let values = row.inputs.iter().map(|value| value.parse::<i128>().unwrap_or_default());
        let payee = |(id, part): &(String, u64)| PayeeView {
            party: names.get(id).cloned().unwrap_or_default(),
            amount: self.money(*part),
        };
        let some = |minor: u64| (minor > 0).then(|| self.money(minor));
        PaymentView {
            nth: row.nth,
            entry: row.entry.clone(),
            time_ms: row.time_ms,
            flow: flow.map(|flow| flow.name.clone()).unwrap_or_default(),
            from: flow.map(|f| charter.source_name(f.source).to_owned()).unwrap_or_default(),
            to: flow.map(|f| charter.target_name(f.to).to_owned()).unwrap_or_default(),
            case: row.case,
            month: month(row.month),
            amount: self.money(row.amount_minor),
            missed: some(row.missed_minor),
            rest: some(row.rest_minor),
            payees: row.payees.iter().map(payee).collect(),
            sentence: rule
                .and_then(|rule| charter.program.rule(rule))
                .map(|rule| rule.sentence.clone())
                .unwrap_or_default(),
            rule: rule.map(|rule| self.rule_name(rule)),
            numbers: inputs.iter().zip(values).map(|(i, value)| self.named(*i, value)).collect(),
        }
    }
}
