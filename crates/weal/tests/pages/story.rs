//! A made-up story told to the ledger in memory, which then goes on block by block.

use crate::fixture::{START, TinyLedger};
use futures::future::BoxFuture;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use weal_app::app::{App, FirstPage, Keeping, Ledger, Status, SubmitError, Submitted};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Hash, Refused};
use weal_proof::sets::SetChange;
use weal_proof::{Envelope, Receipt};
use weal_services::relief::scenario::{Scenario, Showcase};

/// Operations in one block of the past.
const BLOCK: usize = 40;
/// Time between two blocks of the present.
const STEP_MS: u64 = 1_000;

/// The ledger in memory, with the looks of seven institutions of which six have signed.
pub(crate) struct Story {
    ledger: Arc<TinyLedger>,
    scenario: Mutex<Scenario>,
    shown: Mutex<Option<Keeping>>,
    /// What is wrong with it, if anything is.
    pub(crate) wrong: Mutex<Option<String>>,
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
        let (scenario, shown) = (Mutex::new(scenario), Mutex::new(None));
        Arc::new(Story { ledger, scenario, shown, wrong: Mutex::new(None), showcase })
    }

    /// The same ledger without a past.
    pub(crate) fn untold() -> Arc<Story> {
        let ledger = TinyLedger::new();
        let scenario = Scenario::new(7, ledger.network(), START);
        let showcase = scenario.showcase().unwrap();
        let (scenario, shown) = (Mutex::new(scenario), Mutex::new(None));
        Arc::new(Story { ledger, scenario, shown, wrong: Mutex::new(None), showcase })
    }

    /// From now on this is who keeps the book, and who agrees.
    pub(crate) fn show(&self, keeping: Keeping) {
        *self.shown.lock().unwrap() = Some(keeping);
    }

    /// What the scenario tells next, in one block.
    pub(crate) fn tell(&self, tell: impl FnOnce(&mut Scenario) -> Vec<Envelope>) {
        let told = tell(&mut self.scenario.lock().unwrap());
        self.ledger.commit(&told).unwrap();
    }

    /// One block more.
    pub(crate) fn go_on(&self) {
        let now = UnixMillis(self.ledger.status().time_ms + STEP_MS);
        let told = self.scenario.lock().unwrap().next(now);
        self.ledger.commit(&told).unwrap();
    }

    /// What the pages need.
    pub(crate) fn app(self: &Arc<Self>) -> App {
        App::new(self.ledger.app().reader, self.clone())
    }
}

impl Ledger for Story {
    fn status(&self) -> Status {
        let status = self.ledger.status();
        match self.shown.lock().unwrap().as_ref() {
            None => Status { validators: 7, signed: 6, agree: 6, ..status },
            Some(shown) => {
                let agree = shown.keepers.iter().filter(|keeper| keeper.state == "agrees").count();
                let agree = if shown.role == "keeper" { agree as u64 } else { 6 };
                let validators = shown.keepers.len() as u64;
                Status { validators, signed: 6, agree, ..status }
            }
        }
    }

    fn keeping(&self) -> Keeping {
        self.shown.lock().unwrap().clone().unwrap_or_else(|| self.ledger.keeping())
    }

    fn complaint(&self) -> Option<String> {
        self.wrong.lock().unwrap().clone()
    }

    fn first_page(&self) -> FirstPage {
        self.ledger.first_page()
    }

    fn block(&self, height: u64) -> BoxFuture<'_, Result<Option<Vec<u8>>, String>> {
        self.ledger.block(height)
    }

    fn sets(&self) -> BoxFuture<'_, Result<Vec<SetChange>, String>> {
        self.ledger.sets()
    }

    fn state(&self) -> Option<weal_kernel::State> {
        self.ledger.state()
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
