//! Who brings newcomers in.
//!
//! Where the rules document says so, a registration counts only when an institution that keeps the
//! book has signed it with its validator's key. Nobody has to pay for an account, and yet accounts
//! are not free without measure: each institution may bring in so many within a day, and how many
//! it brought in stands in the state for everybody to see.

use crate::operation::Signed;
use crate::refusal::{Refusal, Refused};
use crate::schema::Admission;
use crate::state::{Draft, State, keys};
use crate::units::UnixMillis;
use serde::{Deserialize, Serialize};
use weal_proof::keys::PublicKey;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Whom an institution brought in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// The last day on which it brought somebody in, counted from 1 January 1970 (UTC).
    pub day: u64,
    /// How many on that day.
    pub today: u64,
    /// How many in all.
    pub total: u64,
}

impl Brought {
    /// One more, unless that is more than the institution may bring in within this day.
    fn and_one_more(self, admission: &Admission, now: UnixMillis) -> Option<Brought> {
        let day = now.0.checked_div(DAY_MS).unwrap_or_default();
        let before = if day == self.day { self.today } else { 0 };
        let today = before.saturating_add(1);
        let total = self.total.saturating_add(1);
        (today <= admission.newcomers_per_day).then_some(Brought { day, today, total })
    }
}

impl State {
    /// Whether an institution still has to bring this newcomer in, and the one with this
    /// validator's key could.
    pub fn could_be_brought_in_by(&self, keeper: &PublicKey, signed: &Signed) -> bool {
        if self.rules().admission.is_none() || signed.newcomer().is_none() {
            return false;
        }
        let keepers = self.keeping().map(|network| network.validators).unwrap_or_default();
        keepers.iter().any(|one| one.key == *keeper)
            && !keepers.iter().any(|one| signed.signed_by(&one.key))
    }

    /// Whom the institution with this validator's key brought in.
    pub fn brought_in(&self, keeper: &PublicKey) -> Brought {
        self.get(&keys::brought_in(keeper)).unwrap_or_default()
    }
}

/// Counts a newcomer for the institution that signed.
pub(crate) fn charge(
    sponsor: &PublicKey,
    admission: &Admission,
    now: UnixMillis,
    draft: &mut Draft<'_>,
) -> Result<(), Refused> {
    let key = keys::brought_in(sponsor);
    let before: Brought = draft.get(&key).unwrap_or_default();
    let after = before.and_one_more(admission, now).ok_or_else(|| {
        let found = format!("{} today by {sponsor}", before.today);
        Refusal::NoRoomForNewcomers.at("/act/principal.register", found)
    })?;
    draft.put(key, &after);
    Ok(())
}
