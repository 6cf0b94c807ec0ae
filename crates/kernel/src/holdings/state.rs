//! What the state keeps about goods and money.

use crate::units::{Quantity, UnixMillis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use weal_proof::Hash;

/// An item.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    /// Its names by language.
    pub names: BTreeMap<String, String>,
    /// The unit it is counted in.
    pub unit: String,
    /// The class it belongs to.
    pub category: String,
    /// Who defined it.
    pub definer: Hash,
}

/// A pack.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Pack {
    /// The item inside.
    pub item: String,
    /// Base units inside, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<Quantity>,
    /// Who defined it.
    pub definer: Hash,
}

/// What a lot consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asset {
    /// Goods.
    Goods {
        /// The item.
        item: String,
        /// The pack its quantities count; base units where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pack: Option<Hash>,
    },
    /// Money: a claim on an issuer, in minor units.
    Money {
        /// Who owes.
        issuer: Hash,
        /// ISO 4217 code.
        currency: String,
    },
}

impl Default for Asset {
    fn default() -> Self {
        Asset::Goods { item: String::new(), pack: None }
    }
}

/// A lot's totals. Always: minted = held + on the way + used + lost.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Lot {
    /// What it consists of.
    pub asset: Asset,
    /// How much came into the book.
    pub minted: Quantity,
    /// How much was used, or redeemed.
    pub used: Quantity,
    /// How much was written off.
    pub lost: Quantity,
    /// When it must not be used any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<UnixMillis>,
}

/// How much of a lot an account holds.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Holding {
    /// All of it, reserved or free.
    pub quantity: Quantity,
    /// Reservations, some of which may have ended by themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserved: Vec<Reserved>,
}

/// A quantity kept for a need.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reserved {
    /// The reservation.
    pub id: Hash,
    /// How much is still kept.
    pub quantity: Quantity,
    /// Until when.
    pub until: UnixMillis,
}

impl Holding {
    /// What is neither gone nor kept for somebody at this time.
    pub fn free(&self, now: UnixMillis) -> Quantity {
        let kept = self.reserved.iter().filter(|r| r.until > now);
        let kept = kept.fold(0u64, |sum, r| sum.saturating_add(r.quantity.0));
        Quantity(self.quantity.0.saturating_sub(kept))
    }

    /// Forgets reservations that have ended or were used up.
    pub(crate) fn drop_ended(&mut self, now: UnixMillis) {
        self.reserved.retain(|r| r.until > now && !r.quantity.is_zero());
    }
}

/// Goods on the way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Shipment {
    /// Who sent them and answers for them until they are accepted.
    pub giver: Hash,
    /// Who is to take them.
    pub taker: Hash,
}

/// Where a reservation is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reservation {
    /// Who keeps the goods.
    pub holder: Hash,
    /// The lot.
    pub lot: super::op::LotId,
    /// The need.
    pub need: Hash,
}

/// The last stock count of a lot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Counted {
    /// What was on the shelf.
    pub counted: Quantity,
    /// What the book said then.
    pub book: Quantity,
    /// Block time.
    pub at: UnixMillis,
}

/// A payment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Payment {
    /// Who was paid.
    pub payee: Hash,
    /// Who paid.
    pub payer: Hash,
}
