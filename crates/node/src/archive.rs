//! Final blocks and certificates, from the engine's archive or from a mirror's files.

use crate::store::{Sealed, Store};
use std::sync::{Arc, OnceLock};
use weal_engine::{Block, Engine};
use weal_proof::Header;

/// Where this node's final blocks are.
#[derive(Clone, Default)]
pub(crate) struct Archive {
    engine: Arc<OnceLock<Engine>>,
    store: Option<Arc<Store>>,
}

impl Archive {
    /// Without a store, only the engine's archive is asked.
    pub(crate) fn new(store: Option<Arc<Store>>) -> Self {
        Archive { engine: Arc::default(), store }
    }

    /// From now on this node takes part in ordering, too.
    pub(crate) fn join(&self, engine: Engine) {
        let _ = self.engine.set(engine);
    }

    /// The engine, once this node takes part in ordering.
    pub(crate) fn engine(&self) -> Option<&Engine> {
        self.engine.get()
    }

    /// The final block of this height.
    pub(crate) async fn block(&self, height: u64) -> Option<Block> {
        if let Some(sealed) = self.stored(height) {
            return Some(sealed.block);
        }
        self.engine()?.block(height).await
    }

    /// The certificate of exactly this height.
    pub(crate) async fn certificate(&self, height: u64) -> Option<Vec<u8>> {
        if let Some(sealed) = self.stored(height) {
            return sealed.certificate;
        }
        self.engine()?.certificate(height).await
    }

    /// A block with its certificate.
    pub(crate) async fn sealed(&self, height: u64) -> Option<Sealed> {
        if let Some(sealed) = self.stored(height) {
            return Some(sealed);
        }
        let block = self.block(height).await?;
        Some(Sealed { block, certificate: self.certificate(height).await })
    }

    /// A header and its own certificate.
    pub(crate) async fn certified(&self, height: u64) -> Option<(Header, Vec<u8>)> {
        let certificate = self.certificate(height).await?;
        Some((self.block(height).await?.header, certificate))
    }

    fn stored(&self, height: u64) -> Option<Sealed> {
        match self.store.as_ref()?.get(height) {
            Ok(sealed) => sealed,
            Err(error) => {
                tracing::error!(height, %error, "a block on the disk is damaged and is not served");
                None
            }
        }
    }
}
