//! A made-up story told to the ledger in memory, which then goes on block by block.

use crate::fixture::{START, TinyLedger};
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use weal_app::app::{App, Ledger, Status, SubmitError, Submitted};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Hash, Refused};
use weal_proof::Receipt;
use weal_services::relief::scenario::{Scenario, Showcase};

/// Operations in one block of the past.
const BLOCK: usize = 40;
/// Time between two blocks of the present.
const STEP_MS: u64 = 1_000;

/// The ledger in memory, with the looks of seven institutions of which six have signed.
pub(crate) struct Story {
    ledger: Arc<TinyLedger>,
    scenario: Mutex<Scenario>,
    /// The gifts worth looking at.
    pub(crate) showcase: Showcase,
}

impl Story {
    /// The story up to now.
    pub(crate) fn told() -> Arc<Story> {
        let ledger = TinyLedger::new();
        let mut scenario = Scenario::new(7, ledger.network(), START);
        for part in scenario.prologue().chunks(BLOCK) {
            ledger.commit(part).unwrap();
        }
        let showcase = scenario.showcase().unwrap();
        Arc::new(Story { ledger, scenario: Mutex::new(scenario), showcase })
    }

    /// One block more.
    pub(crate) fn go_on(&self) {
        let now = UnixMillis(self.ledger.status().time_ms + STEP_MS);
        let told = self.scenario.lock().unwrap().next(now);
        self.ledger.commit(&told).unwrap();
    }

    /// What the pages need.
    pub(crate) fn app(self: &Arc<Self>) -> App {
        App { reader: self.ledger.app().reader, ledger: self.clone() }
    }
}

impl Ledger for Story {
    fn status(&self) -> Status {
        Status { validators: 7, signed: 6, ..self.ledger.status() }
    }

    fn submit(
        &self,
        envelope: Vec<u8>,
        wait: Option<Duration>,
    ) -> BoxFuture<'_, Result<Submitted, SubmitError>> {
        self.ledger.submit(envelope, wait)
    }

    fn judge(&self, envelope: &[u8]) -> Result<Hash, Refused> {
        self.ledger.judge(envelope)
    }

    fn receipt(
        &self,
        index: u64,
        state: Vec<String>,
    ) -> BoxFuture<'_, Result<Option<Receipt>, String>> {
        self.ledger.receipt(index, state)
    }

    fn state_entry(&self, key: &str) -> Option<String> {
        self.ledger.state_entry(key)
    }

    fn follow(&self) -> watch::Receiver<u64> {
        self.ledger.follow()
    }
}
