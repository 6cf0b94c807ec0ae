//! Whose claims pay for something: the lots that a payer holds of the right issuer.

use super::super::charter::words::money;
use super::super::client::{Client, path};
use super::super::output::Failure;
use super::book::{self, Known};
use serde_json::{Value, json};
use weal_kernel::holdings::state::{Asset, Lot};
use weal_kernel::state::keys as places;
use weal_kernel::units::{Quantity, format_amount};
use weal_proof::Hash;

/// Lines of one act.
const LINES: usize = weal_kernel::limits::LINES;

/// Lines of money for an amount, out of what somebody holds of the fund's money.
pub(super) fn lines(
    client: &Client,
    known: &Known,
    payer: &Hash,
    (amount, named): (u64, &[String]),
) -> Result<Value, Failure> {
    let page = client.get(&path("/v1/parties/", &payer.to_string(), ""), &[])?;
    let held = page.get("holdings").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut left = amount;
    let mut lines = Vec::new();
    for row in &held {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let (number, lot) = (text("lot"), text("lot_id"));
        let wanted = named.is_empty() || named.iter().any(|name| name == number || name == lot);
        if left == 0 || !wanted || text("unit") != known.entry.currency {
            continue;
        }
        if !is_money_of(client, lot, known)? {
            continue;
        }
        let there = row.get("quantity").and_then(Value::as_u64).unwrap_or_default();
        let part = there.min(left);
        if part > 0 {
            let amount = format_amount(Quantity(part), &known.entry.currency);
            lines.push(json!({ "lot": lot, "amount": amount }));
            left -= part;
        }
    }
    let currency = &known.entry.currency;
    if left > 0 {
        let there = money(currency, i128::from(amount - left));
        let wanted = money(currency, i128::from(amount));
        let issuer = book::name(client, &known.entry.issuer);
        return Err(Failure::error(format!(
            "the payer holds {there} of {issuer} where it looked, {wanted} are wanted"
        ))
        .help(format!("this fund keeps claims on {issuer} only; let it issue some to the payer")));
    }
    if lines.len() > LINES {
        return Err(Failure::error(format!("this takes {} lots, one act {LINES}", lines.len()))
            .help("pay in several steps, or name large lots with --lot"));
    }
    Ok(Value::Array(lines))
}

/// Whether a lot is a claim on the fund's issuer in its currency.
fn is_money_of(client: &Client, lot: &str, known: &Known) -> Result<bool, Failure> {
    let lot: Option<Lot> = book::state(client, places::lot(lot))?;
    Ok(lot.is_some_and(|lot| match lot.asset {
        Asset::Money { issuer, currency } => {
            issuer == known.entry.issuer && currency == known.entry.currency
        }
        Asset::Goods { .. } => false,
    }))
}
