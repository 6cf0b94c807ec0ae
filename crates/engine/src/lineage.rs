//! Leads the ledger to the state after a block, through the blocks between.
//!
//! 1. Walk from the wanted block towards genesis until the ledger knows a block's state.
//! 2. Let it verify forward from there.
//! 3. A walk that passes below the ledger's final height leads nowhere: the chain went elsewhere.
//! 4. A walk that is too long means that delivery of final blocks lags: wait for it.

use crate::block::Block;
use crate::{Ledger, keys};
use commonware_consensus::marshal::ancestry::Ancestry;
use commonware_cryptography::sha256::Digest;
use commonware_cryptography::{Digested, Digestible as _};
use commonware_runtime::{Clock, Spawner};
use futures::StreamExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Blocks verified ahead of final ones: more than ever stand open when all is well, and few
/// enough to hold in memory.
const WALK_BLOCKS: usize = 32;
/// A walk that could not end is tried again after this.
const WALK_PAUSE: Duration = Duration::from_millis(50);

/// What the ledger makes of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has the state after it.
    Known,
    /// It, or a block before it, breaks a rule.
    Invalid,
    /// The final chain went elsewhere; there is nothing to say any more.
    Passed,
}

/// How a walk towards genesis ended.
enum Walk {
    /// At a block the ledger knows; the blocks from the wanted one down to it.
    Path(Vec<Digested<Block>>),
    /// Below the final height.
    Passed,
    /// Nowhere yet.
    Unfinished,
}

/// The ledger, with the height up to which it took final blocks.
#[derive(Clone)]
pub(crate) struct Lineage {
    pub(crate) ledger: Arc<dyn Ledger>,
    settled: Arc<AtomicU64>,
}

impl Lineage {
    pub(crate) fn new(ledger: Arc<dyn Ledger>) -> Self {
        let settled = Arc::new(AtomicU64::new(ledger.applied()));
        Lineage { ledger, settled }
    }

    /// The height up to which the ledger took final blocks.
    pub(crate) fn settled(&self) -> u64 {
        self.settled.load(Ordering::SeqCst)
    }

    /// A ledger restored from elsewhere must not be led on along another chain.
    pub(crate) fn check_tip(&self, digest: &Digest, height: u64) -> Result<(), String> {
        if self.ledger.knows(&keys::hash(digest)) {
            return Ok(());
        }
        Err(format!("ledger and archive hold different blocks of height {height}"))
    }

    /// Hands the next final block to the ledger.
    pub(crate) fn take(&self, block: &Block, certificate: Option<Vec<u8>>) -> Result<(), String> {
        let height = block.header.height;
        if self.settled().checked_add(1) != Some(height) {
            return Err(format!("block {height} came out of order"));
        }
        self.ledger.finalize(block, certificate)?;
        self.settled.store(height, Ordering::SeqCst);
        Ok(())
    }

    /// Runs a call that may hold the processor on a thread where it holds up nobody.
    pub(crate) async fn apart<E, T>(
        &self,
        context: &E,
        work: impl FnOnce(&dyn Ledger) -> T + Send + 'static,
    ) -> Option<T>
    where
        E: Spawner,
        T: Send + 'static,
    {
        let ledger = self.ledger.clone();
        let context = context.child("ledger").shared(true);
        context.spawn(move |_| async move { work(ledger.as_ref()) }).await.ok()
    }

    /// Leads the ledger to the first block of the ancestry.
    pub(crate) async fn reach<E>(&self, context: &E, ancestry: impl Ancestry<Block>) -> Standing
    where
        E: Spawner + Clock,
    {
        loop {
            match self.walk(ancestry.clone()).await {
                Walk::Path(path) => {
                    if let Some(standing) = self.replay(context, path).await {
                        return standing;
                    }
                }
                Walk::Passed => return Standing::Passed,
                Walk::Unfinished => {}
            }
            context.sleep(WALK_PAUSE).await;
        }
    }

    async fn walk(&self, mut ancestry: impl Ancestry<Block>) -> Walk {
        let mut path = Vec::new();
        while let Some(block) = ancestry.next().await {
            // Read before asking: a block that becomes final in between must not count as passed.
            let settled = self.settled();
            let known = self.ledger.knows(&keys::hash(&block.digest()));
            let height = block.inner().header.height;
            path.push(block);
            if known {
                return Walk::Path(path);
            }
            if height <= settled {
                return Walk::Passed;
            }
            if path.len() > WALK_BLOCKS {
                return Walk::Unfinished;
            }
        }
        Walk::Unfinished
    }

    /// Verifies forward along a path; `None` if the ledger dropped a state on the way.
    async fn replay<E>(&self, context: &E, path: Vec<Digested<Block>>) -> Option<Standing>
    where
        E: Spawner,
    {
        let mut path = path.into_iter().rev();
        let mut parent = path.next()?;
        for block in path {
            match self.follow(context, &parent, &block).await? {
                true => parent = block,
                false => return Some(Standing::Invalid),
            }
        }
        Some(Standing::Known)
    }

    /// Whether the block follows from its parent; `None` if the ledger cannot tell any more.
    pub(crate) async fn follow<E>(
        &self,
        context: &E,
        parent: &Digested<Block>,
        block: &Digested<Block>,
    ) -> Option<bool>
    where
        E: Spawner,
    {
        let digest = keys::hash(&parent.digest());
        let (parent, block) = (parent.inner_shared(), block.inner_shared());
        let verify = move |ledger: &dyn Ledger| {
            // Finality may have dropped the parent's state during the call; then a refusal says
            // nothing about the block.
            let valid = ledger.verify(&parent.header, &block);
            (valid || ledger.knows(&digest)).then_some(valid)
        };
        self.apart(context, verify).await.flatten()
    }
}
