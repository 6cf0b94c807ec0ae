//! What issuing, paying and redeeming money demand and change.

use super::goods::check_hands;
use super::op::{Issue, LotId, MoneyLine, Pay, Redeem};
use super::posting::{Account, Books, Posting};
use super::state::{Asset, Lot, Payment};
use crate::machine::Context;
use crate::refusal::{Refusal, Refused};
use crate::state::{State, keys};
use crate::units::{Quantity, parse_amount};
use weal_proof::Hash;

/// The minor units of a line, if its lot is money and the amount is well written.
pub(crate) fn minor_of(line: &MoneyLine, state: &State) -> Option<Quantity> {
    let lot: Lot = state.get(&keys::lot(&line.lot.to_string()))?;
    match &lot.asset {
        Asset::Money { currency, .. } => parse_amount(&line.amount, currency),
        Asset::Goods { .. } => None,
    }
}

/// The issuer, currency and minor units of a line.
pub(crate) fn read_line(
    place: &str,
    line: &MoneyLine,
    books: &Books<'_, '_>,
) -> Result<(Hash, String, Quantity), Refused> {
    let lot = books.lot(place, &line.lot)?;
    let Asset::Money { issuer, currency } = lot.asset else {
        return Err(Refusal::MoneyIsNotGoods.at(place, "a lot of goods"));
    };
    let minor = parse_amount(&line.amount, &currency).ok_or_else(|| {
        let found: String = line.amount.chars().take(40).collect();
        Refusal::BadAmount.at(format!("{place}/amount"), found)
    })?;
    Ok((issuer, currency, minor))
}

impl Issue {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        let place = "/act/money.issue";
        if !books.draft.has(&keys::principal(&self.to)) {
            return Err(Refusal::UnknownPrincipal.at(format!("{place}/to"), self.to));
        }
        let quantity = self
            .minor()
            .ok_or_else(|| Refusal::BadAmount.at(format!("{place}/amount"), "amount"))?;
        let asset = Asset::Money { issuer: at.actor, currency: self.currency.clone() };
        let lot = LotId { operation: at.id, line: 0 };
        let entry = Lot { asset, minted: quantity, ..Lot::default() };
        books.draft.put(keys::lot(&lot.to_string()), &entry);
        let (from, to) = (Account::Source, Account::Held(self.to));
        books.post(place, Posting { lot, from, to, quantity })
    }
}

impl Pay {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        if !books.draft.has(&keys::principal(&self.to)) {
            return Err(Refusal::UnknownPrincipal.at("/act/money.pay/to", self.to));
        }
        if self.to == at.actor {
            return Err(Refusal::SameHands.at("/act/money.pay/to", self.to));
        }
        for (number, line) in self.lines.iter().enumerate() {
            let place = format!("/act/money.pay/lines/{number}");
            let (_, _, quantity) = read_line(&place, line, books)?;
            let (from, to) = (Account::Held(at.actor), Account::Held(self.to));
            books.post(&place, Posting { lot: line.lot, from, to, quantity })?;
        }
        let payment = Payment { payee: self.to, payer: at.actor };
        books.draft.put(keys::payment(&at.id), &payment);
        Ok(())
    }
}

impl Redeem {
    pub(crate) fn decide(&self, at: &Context, books: &mut Books<'_, '_>) -> Result<(), Refused> {
        if self.issuer != at.actor {
            check_hands("/act/money.redeem/issuer", &self.issuer, at)?;
        }
        let mut first: Option<String> = None;
        for (number, line) in self.lines.iter().enumerate() {
            let place = format!("/act/money.redeem/lines/{number}");
            let (issuer, currency, quantity) = read_line(&place, line, books)?;
            let same = *first.get_or_insert_with(|| currency.clone()) == currency;
            if issuer != self.issuer || !same {
                return Err(Refusal::NotTheIssuer.at(place, issuer));
            }
            let (from, to) = (Account::Held(at.actor), Account::Used);
            books.post(&place, Posting { lot: line.lot, from, to, quantity })?;
        }
        Ok(())
    }
}
