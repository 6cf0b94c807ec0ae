//! The engine as others hold it: reads the archive, stops the thread, tells why it stopped.

use crate::block::Block;
use crate::failure::Failure;
use crate::watch::{Heard, Voices};
use crate::wiring::{Archive, Opened};
use bytes::Bytes;
use commonware_codec::Encode as _;
use commonware_consensus::types::Height;
use futures::channel::{mpsc, oneshot};
use futures::executor::block_on;
use futures::future::{FutureExt as _, Shared};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use weal_proof::keys::PublicKey;

/// Writes all figures.
pub(crate) type Metrics = Box<dyn Fn() -> String + Send>;

/// A running engine; cheap to clone. When the last clone is dropped, the engine stops.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    archive: Archive,
    gossip: Mutex<mpsc::Sender<Bytes>>,
    voices: Voices,
    /// Holds on to the runtime, and with it to the directory, until the engine is stopped.
    metrics: Mutex<Option<Metrics>>,
    failure: Arc<Failure>,
    running: Mutex<Option<Running>>,
    ended: Shared<oneshot::Receiver<()>>,
}

/// What stops the thread and what joins it.
pub(crate) struct Running {
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) thread: JoinHandle<()>,
}

impl Engine {
    pub(crate) fn new(
        opened: Opened,
        metrics: Metrics,
        failure: Arc<Failure>,
        running: Running,
        ended: oneshot::Receiver<()>,
    ) -> Self {
        let Opened { archive, gossip, voices } = opened;
        let (gossip, metrics) = (Mutex::new(gossip), Mutex::new(Some(metrics)));
        let (running, ended) = (Mutex::new(Some(running)), ended.shared());
        Engine(Arc::new(Inner { archive, gossip, voices, metrics, failure, running, ended }))
    }

    /// Spreads bytes to the ledgers of all validators that are connected now. `false` if too much
    /// waits already; nothing tells whether they arrive.
    pub fn spread(&self, message: Bytes) -> bool {
        let mut gossip = self.0.gossip.lock().unwrap_or_else(PoisonError::into_inner);
        gossip.try_send(message).is_ok()
    }

    /// The last vote of each validator that was heard.
    pub fn heard(&self) -> BTreeMap<PublicKey, Heard> {
        self.0.voices.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The figures of all parts in the text format of Prometheus.
    pub fn metrics(&self) -> String {
        let metrics = self.0.metrics.lock().unwrap_or_else(PoisonError::into_inner);
        metrics.as_ref().map(|write| write()).unwrap_or_default()
    }

    /// The final block of this height; `None` if there is none yet or the engine has stopped.
    pub async fn block(&self, height: u64) -> Option<Block> {
        let block = self.0.archive.get_block(Height::new(height)).await?;
        Some(block.inner().clone())
    }

    /// The certificate of exactly this height, as `weal_proof` reads it; `None` also where the
    /// block became final through a descendant.
    pub async fn certificate(&self, height: u64) -> Option<Vec<u8>> {
        let finalization = self.0.archive.get_finalization(Height::new(height)).await?;
        Some(finalization.encode().to_vec())
    }

    /// [`Engine::block`] for a plain thread.
    pub fn block_blocking(&self, height: u64) -> Option<Block> {
        block_on(self.block(height))
    }

    /// [`Engine::certificate`] for a plain thread.
    pub fn certificate_blocking(&self, height: u64) -> Option<Vec<u8>> {
        block_on(self.certificate(height))
    }

    /// Stops the engine and waits until its thread has ended. A ledger must not call it from
    /// within its own calls: the engine waits for them.
    pub fn stop(&self) {
        let mut running = self.0.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Running { stop, thread }) = running.take() {
            self.0.failure.ask_to_stop();
            let _ = stop.send(());
            self.0.metrics.lock().unwrap_or_else(PoisonError::into_inner).take();
            let _ = thread.join();
        }
    }

    /// Why the engine stopped by itself, if it did.
    pub fn failed(&self) -> Option<String> {
        self.0.failure.reason()
    }

    /// Resolves when the engine has ended, whether it was stopped or failed.
    pub async fn ended(&self) {
        // The sender is dropped, not used: a thread that ends in any way resolves this.
        let _ = self.0.ended.clone().await;
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("failed", &self.failed()).finish_non_exhaustive()
    }
}
