//! How many newcomers one address may bring within a day: this institution signs for all of them,
//! out of a measure that the book gives it.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Newcomers of one address (for IPv6 one /64) within a day where the operator chose nothing else:
/// a fifth of what the institution may bring in, so that a town hall can register a town and a
/// flood leaves room for others.
pub(crate) const PER_DAY: u32 = 2_000;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Addresses remembered; beyond, all others count as one.
const ADDRESSES: usize = 65_536;

/// Who brought how many.
#[derive(Debug)]
pub(crate) struct Newcomers {
    per_day: AtomicU32,
    days: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

impl Default for Newcomers {
    fn default() -> Newcomers {
        Newcomers { per_day: AtomicU32::new(PER_DAY), days: Mutex::default() }
    }
}

impl Newcomers {
    /// From now on one address may bring so many within a day.
    pub(crate) fn allow(&self, per_day: u32) {
        self.per_day.store(per_day, Ordering::Relaxed);
    }

    /// Counts a newcomer of this address; `false` if that is one too many.
    pub(crate) fn enter(&self, address: IpAddr, now: Instant) -> bool {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        if days.len() >= ADDRESSES && !days.contains_key(&address) {
            days.retain(|_, (begun, _)| now.duration_since(*begun) < DAY);
        }
        let crowded = days.len() >= ADDRESSES && !days.contains_key(&address);
        let address = if crowded { IpAddr::V6(Ipv6Addr::UNSPECIFIED) } else { address };
        let day = days.entry(address).or_insert((now, 0));
        if now.duration_since(day.0) >= DAY {
            *day = (now, 0);
        }
        let enters = day.1 < self.per_day.load(Ordering::Relaxed);
        day.1 += u32::from(enters);
        enters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_brings_so_many_within_a_day_and_others_do_too() {
        let newcomers = Newcomers::default();
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let now = Instant::now();
        assert!((0..PER_DAY).all(|_| newcomers.enter(one, now)));
        assert!(!newcomers.enter(one, now));
        assert!(newcomers.enter(other, now));
        assert!(newcomers.enter(one, now + DAY));
        newcomers.allow(1);
        assert!(!newcomers.enter(one, now + DAY), "the operator closed the door");
    }
}
