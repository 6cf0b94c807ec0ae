//! Postings: the two sides of every movement, and the one function that books them.

use super::op::LotId;
use super::state::{Holding, Lot};
use crate::charters::movement::Payment;
use crate::refusal::{Refusal, Refused};
use crate::state::{Draft, State, keys};
use crate::units::Quantity;
use std::collections::BTreeMap;
use std::fmt;
use weal_proof::Hash;

/// Where a quantity of a lot can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// In somebody's custody.
    Held(Hash),
    /// On the way in a shipment.
    Transit(Hash),
    /// Outside the book: where lots come from.
    Source,
    /// Used for what it was meant for; redeemed, for money.
    Used,
    /// Written off.
    Lost,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::Held(id) => write!(f, "{id}"),
            Account::Transit(id) => write!(f, "transit:{id}"),
            Account::Source => f.write_str("source"),
            Account::Used => f.write_str("used"),
            Account::Lost => f.write_str("lost"),
        }
    }
}

/// A movement of a quantity of one lot from one account to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The lot.
    pub lot: LotId,
    /// Where it leaves.
    pub from: Account,
    /// Where it arrives.
    pub to: Account,
    /// How much.
    pub quantity: Quantity,
}

/// Books postings on a draft. Both sides of each are booked or none.
pub(crate) struct Books<'d, 's> {
    /// The draft the books are kept on.
    pub(crate) draft: &'d mut Draft<'s>,
    /// What was booked.
    pub(crate) postings: Vec<Posting>,
    /// What charters paid.
    pub(crate) payments: Vec<Payment>,
}

impl Books<'_, '_> {
    /// The lot's entry.
    pub(crate) fn lot(&self, place: &str, lot: &LotId) -> Result<Lot, Refused> {
        let entry = self.draft.get(&keys::lot(&lot.to_string()));
        entry.ok_or_else(|| Refusal::UnknownLot.at(place, lot))
    }

    /// What an account holds of a lot.
    pub(crate) fn holding(&self, lot: &LotId, account: &Account) -> Holding {
        let key = keys::holding(&lot.to_string(), &account.to_string());
        self.draft.get(&key).unwrap_or_default()
    }

    /// Writes what an account holds of a lot.
    pub(crate) fn put_holding(&mut self, lot: &LotId, account: &Account, holding: &Holding) {
        self.draft.put(keys::holding(&lot.to_string(), &account.to_string()), holding);
    }

    /// Moves a quantity, or refuses if there is not enough where it comes from.
    pub(crate) fn post(&mut self, place: &str, posting: Posting) -> Result<(), Refused> {
        if posting.quantity.is_zero() || posting.from == posting.to {
            return Ok(());
        }
        self.take(place, &posting)?;
        self.give(place, &posting)?;
        self.postings.push(posting);
        Ok(())
    }

    fn take(&mut self, place: &str, posting: &Posting) -> Result<(), Refused> {
        if posting.from == Account::Source {
            return Ok(());
        }
        let mut holding = self.holding(&posting.lot, &posting.from);
        let held = holding.quantity;
        holding.quantity = held.minus(posting.quantity).ok_or_else(|| {
            let found = format!("{} asked, {held} held", posting.quantity);
            Refusal::NotEnough.at(place, found)
        })?;
        self.put_holding(&posting.lot, &posting.from, &holding);
        Ok(())
    }

    fn give(&mut self, place: &str, posting: &Posting) -> Result<(), Refused> {
        let too_much = || Refusal::BadQuantity.at(place, posting.quantity);
        let key = keys::lot(&posting.lot.to_string());
        match posting.to {
            Account::Held(_) | Account::Transit(_) => {
                let mut holding = self.holding(&posting.lot, &posting.to);
                holding.quantity = holding.quantity.plus(posting.quantity).ok_or_else(too_much)?;
                self.put_holding(&posting.lot, &posting.to, &holding);
            }
            Account::Used | Account::Lost => {
                let mut lot = self.lot(place, &posting.lot)?;
                let total = if posting.to == Account::Used { &mut lot.used } else { &mut lot.lost };
                *total = total.plus(posting.quantity).ok_or_else(too_much)?;
                self.draft.put(key, &lot);
            }
            Account::Source => {}
        }
        Ok(())
    }
}

/// Whether, for each lot touched, what the postings take equals what they bring: the assertion
/// before every commit. Postings are two-sided by construction; this reads the entries themselves.
pub(crate) fn is_conserved(before: &State, draft: &Draft<'_>, postings: &[Posting]) -> bool {
    let mut accounts: BTreeMap<LotId, Vec<Account>> = BTreeMap::new();
    for posting in postings {
        let known = accounts.entry(posting.lot).or_default();
        for account in [posting.from, posting.to] {
            let counted = matches!(account, Account::Held(_) | Account::Transit(_));
            if counted && !known.contains(&account) {
                known.push(account);
            }
        }
    }
    accounts.iter().all(|(lot, accounts)| {
        let name = lot.to_string();
        let old: Lot = before.get(&keys::lot(&name)).unwrap_or_default();
        let Some(new) = draft.get::<Lot>(&keys::lot(&name)) else { return false };
        let held = |get: &dyn Fn(&str) -> Option<Holding>| {
            let key = |account: &Account| keys::holding(&name, &account.to_string());
            let entries = accounts.iter().filter_map(|account| get(&key(account)));
            entries.fold(0u128, |sum, h| sum.saturating_add(u128::from(h.quantity.0)))
        };
        let before_held = held(&|key| before.get(key));
        let after_held = held(&|key| draft.get(key));
        let outside = |lot: &Lot| u128::from(lot.used.0).saturating_add(u128::from(lot.lost.0));
        let left =
            before_held.saturating_add(outside(&old)).saturating_add(u128::from(new.minted.0));
        let right =
            after_held.saturating_add(outside(&new)).saturating_add(u128::from(old.minted.0));
        left == right
    })
}

/// Every lot of which more or less is held, used and lost than was minted: the assertion after
/// every load. An empty list is the only good answer.
pub fn unbalanced_lots(state: &State) -> Vec<String> {
    let mut sums: BTreeMap<String, (u128, u128)> = BTreeMap::new();
    state.each_entry(&mut |key, value| {
        if let Some(lot) = key.strip_prefix("lot/") {
            let entry: Lot = serde_json::from_slice(value).unwrap_or_default();
            let outside = u128::from(entry.used.0).saturating_add(u128::from(entry.lost.0));
            let sum = sums.entry(lot.to_owned()).or_default();
            sum.0 = sum.0.saturating_add(u128::from(entry.minted.0));
            sum.1 = sum.1.saturating_add(outside);
        } else if let Some((lot, _)) = key.strip_prefix("holding/").and_then(|k| k.split_once('/'))
        {
            let entry: Holding = serde_json::from_slice(value).unwrap_or_default();
            let sum = sums.entry(lot.to_owned()).or_default();
            sum.1 = sum.1.saturating_add(u128::from(entry.quantity.0));
        }
    });
    sums.into_iter().filter(|(_, (minted, found))| minted != found).map(|(lot, _)| lot).collect()
}
