//! Hands final blocks to the ledger: each height once, in order, from the archive at a start and
//! from marshal afterwards.

use crate::block::Block;
use crate::keys;
use crate::lineage::Lineage;
use crate::wiring::Archive;
use commonware_actor::Feedback;
use commonware_codec::Encode as _;
use commonware_consensus::Reporter;
use commonware_consensus::marshal::Update;
use commonware_consensus::types::Height;
use commonware_cryptography::{Digested, Digestible};
use commonware_utils::Acknowledgement as _;
use commonware_utils::acknowledgement::Exact;
use futures::StreamExt as _;
use futures::channel::mpsc;

/// A final block with what tells marshal that it was taken.
pub(crate) type Final = (Digested<Block>, Exact);

/// Where marshal puts final blocks; it holds no more than marshal leaves unacknowledged.
#[derive(Clone)]
pub(crate) struct Inbox(pub(crate) mpsc::UnboundedSender<Final>);

impl Reporter for Inbox {
    type Activity = Update<Block>;

    fn report(&mut self, activity: Update<Block>) -> Feedback {
        match activity {
            Update::Block(block, acknowledgement) => {
                match self.0.unbounded_send((block, acknowledgement)) {
                    Ok(()) => Feedback::Ok,
                    Err(_) => Feedback::Closed,
                }
            }
            // A tip is not durable yet, so nobody may act on it.
            Update::Tip(..) => Feedback::Ok,
        }
    }
}

/// The way from the archive to the ledger.
pub(crate) struct Delivery {
    pub(crate) archive: Archive,
    pub(crate) lineage: Lineage,
}

impl Delivery {
    /// Brings the ledger up to the height the archive processed before the last stop.
    pub(crate) async fn catch_up(&self) -> Result<(), String> {
        let applied = self.lineage.settled();
        let last = self.archived(applied).await?;
        self.check_tip(&last)?;
        let processed = self.archive.get_processed().await.map_or(0, |p| p.height().get());
        for height in applied.saturating_add(1)..=processed {
            self.take(self.archived(height).await?.inner()).await?;
        }
        Ok(())
    }

    /// Delivers until marshal stops.
    pub(crate) async fn run(self, mut inbox: mpsc::UnboundedReceiver<Final>) -> Result<(), String> {
        while let Some((block, acknowledgement)) = inbox.next().await {
            let (height, settled) = (block.inner().header.height, self.lineage.settled());
            if height == settled {
                self.check_tip(&block)?;
            } else if height > settled {
                self.take(block.inner()).await?;
            }
            acknowledgement.acknowledge();
        }
        Ok(())
    }

    async fn archived(&self, height: u64) -> Result<Digested<Block>, String> {
        let block = self.archive.get_block(Height::new(height)).await;
        block.ok_or_else(|| format!("the archive lacks block {height}, which the ledger needs"))
    }

    /// A ledger restored from elsewhere must not be led on along another chain.
    fn check_tip(&self, block: &Digested<Block>) -> Result<(), String> {
        if self.lineage.ledger.knows(&keys::hash(&block.digest())) {
            return Ok(());
        }
        let height = block.inner().header.height;
        Err(format!("ledger and archive hold different blocks of height {height}"))
    }

    async fn take(&self, block: &Block) -> Result<(), String> {
        let height = block.header.height;
        if self.lineage.settled().checked_add(1) != Some(height) {
            return Err(format!("block {height} came out of order"));
        }
        let certificate = self.archive.get_finalization(Height::new(height)).await;
        let certificate = certificate.map(|finalization| finalization.encode().to_vec());
        self.lineage.ledger.finalize(block, certificate)?;
        self.lineage.settle(height);
        Ok(())
    }
}
