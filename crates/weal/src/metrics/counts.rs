//! What is counted while the node works: operations handed in, refused, and how long they took.

use super::text::Text;
use crate::app::{SubmitError, Submitted};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Upper bounds of the buckets, milliseconds: a round of votes takes a tenth of a second, and
/// nobody waits longer than half a minute.
const BOUNDS_MS: [u32; 14] =
    [50, 100, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 20_000, 30_000];

/// Counted since the process began.
#[derive(Debug)]
pub struct Counts {
    began: SystemTime,
    own_address: OnceLock<SocketAddr>,
    sums: Mutex<Sums>,
}

#[derive(Debug, Default)]
struct Sums {
    submitted: u64,
    refused: BTreeMap<String, u64>,
    /// How many were final within each bound, and not within the one before; last those beyond.
    within: [u64; BOUNDS_MS.len() + 1],
    total: Duration,
}

impl Default for Counts {
    fn default() -> Self {
        let (own_address, sums) = (OnceLock::new(), Mutex::default());
        Counts { began: SystemTime::now(), own_address, sums }
    }
}

impl Counts {
    /// An operation was handed in, and this was the answer after so long.
    pub(crate) fn note(&self, took: Duration, answer: &Result<Submitted, SubmitError>) {
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        sums.submitted += 1;
        match answer {
            Ok(Submitted::Final { before: false, .. }) => sums.observe(took),
            Ok(_) => {}
            Err(error) => *sums.refused.entry(family(error)).or_default() += 1,
        }
    }

    /// The figures have an address of their own.
    pub(super) fn told_at(&self, address: SocketAddr) {
        let _ = self.own_address.set(address);
    }

    pub(super) fn has_own_address(&self) -> bool {
        self.own_address.get().is_some()
    }

    pub(super) fn write(&self, text: &mut Text) {
        let began = self.began.duration_since(UNIX_EPOCH).unwrap_or_default();
        text.one("process_start_time_seconds", &[], began.as_secs());
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        text.one("weal_submitted_total", &[], sums.submitted);
        for (family, count) in &sums.refused {
            text.one("weal_refused_total", &[("family", family)], count);
        }
        let (name, mut count) = ("weal_final_seconds", 0);
        for (bound, within) in BOUNDS_MS.iter().zip(sums.within) {
            count += within;
            let bound = Duration::from_millis(u64::from(*bound)).as_secs_f64().to_string();
            text.part(name, "_bucket", &[("le", &bound)], count);
        }
        let count: u64 = sums.within.iter().sum();
        text.part(name, "_bucket", &[("le", "+Inf")], count);
        text.part(name, "_sum", &[], sums.total.as_secs_f64());
        text.part(name, "_count", &[], count);
    }
}

impl Sums {
    fn observe(&mut self, took: Duration) {
        let fits = |bound: &u32| took <= Duration::from_millis(u64::from(*bound));
        let at = BOUNDS_MS.iter().position(fits).unwrap_or(BOUNDS_MS.len());
        if let Some(bucket) = self.within.get_mut(at) {
            *bucket += 1;
        }
        self.total += took;
    }
}

/// What stands before the number in a rule's code, or why nothing was judged at all.
fn family(error: &SubmitError) -> String {
    match error {
        SubmitError::Refused(refused) => {
            let code = refused.refusal.code();
            code.rsplit_once('-').map_or(code, |(family, _)| family).to_owned()
        }
        SubmitError::SenderBusy { .. } => "sender-busy".into(),
        SubmitError::NodeBusy { .. } => "node-busy".into(),
        SubmitError::TooManyNewcomers { .. } => "too-many-newcomers".into(),
        SubmitError::Short(_) | SubmitError::Stopped(_) => "stopped".into(),
    }
}
