//! Hands final blocks to the ledger: each height once, in order, from the archive at a start and
//! from marshal afterwards.

use crate::block::Block;
use crate::config::Plan;
use crate::lineage::Lineage;
use crate::wiring::Archive;
use commonware_actor::Feedback;
use commonware_codec::Encode as _;
use commonware_consensus::Reporter;
use commonware_consensus::marshal::Update;
use commonware_consensus::marshal::store::{Blocks, Certificates};
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::types::{Epocher as _, FixedEpocher, Height};
use commonware_cryptography::sha256::Digest;
use commonware_cryptography::{Digested, Digestible as _};
use commonware_storage::archive::Identifier;
use commonware_utils::Acknowledgement as _;
use commonware_utils::acknowledgement::Exact;
use futures::StreamExt as _;
use futures::channel::{mpsc, oneshot};
use std::sync::Arc;

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

/// The last block of an epoch, and what waits until the next epoch has begun.
pub(crate) type Turn = (Digested<Block>, oneshot::Sender<()>);

/// The way from the archive to the ledger.
pub(crate) struct Delivery {
    pub(crate) archive: Archive,
    pub(crate) lineage: Lineage,
    pub(crate) epocher: FixedEpocher,
    pub(crate) turns: mpsc::UnboundedSender<Turn>,
}

impl Delivery {
    /// Delivers until marshal stops.
    pub(crate) async fn run(self, mut inbox: mpsc::UnboundedReceiver<Final>) -> Result<(), String> {
        while let Some((block, acknowledgement)) = inbox.next().await {
            let (height, settled) = (block.inner().header.height, self.lineage.settled());
            if height == settled {
                self.lineage.check_tip(&block.digest(), height)?;
            } else if height > settled {
                let certificate = self.archive.get_finalization(Height::new(height)).await;
                let certificate = certificate.map(|finalization| finalization.encode().to_vec());
                self.lineage.take(block.inner(), certificate)?;
                self.turn(block).await;
            }
            acknowledgement.acknowledge();
        }
        Ok(())
    }

    /// After the last block of an epoch nothing more is acknowledged until the next has begun.
    async fn turn(&self, block: Digested<Block>) {
        let height = Height::new(block.inner().header.height);
        let is_last = self.epocher.containing(height).is_some_and(|info| info.last() == height);
        if is_last {
            let (begun, told) = oneshot::channel();
            if self.turns.unbounded_send((block, begun)).is_ok() {
                let _ = told.await;
            }
        }
    }
}

/// Brings the ledger up to the last block the opened archive holds without a gap.
pub(crate) async fn catch_up(
    plan: &Plan,
    lineage: &Lineage,
    blocks: &impl Blocks<Block = Arc<Block>>,
    certificates: &impl Certificates<Scheme = Scheme, Commitment = Digest>,
) -> Result<(), String> {
    let applied = lineage.settled();
    // The block a ledger began at comes from a peer, perhaps after later ones.
    let floor = plan.floor.as_ref().map(|floor| floor.proposal.payload);
    let at_floor = floor.is_some_and(|digest| lineage.check_tip(&digest, applied).is_ok());
    if let Some(last) = stored(blocks, applied).await? {
        lineage.check_tip(&last.digest(), applied)?;
    } else if !at_floor && blocks.last_index().is_some_and(|last| last.get() > 0) && applied > 0 {
        return Err(format!("the archive lacks block {applied}, which the ledger needs"));
    }
    let mut height = applied.saturating_add(1);
    while let Some(block) = stored(blocks, height).await? {
        let certificate = certificates.get(Identifier::Index(height)).await;
        let certificate = certificate.map_err(|e| format!("certificate {height}: {e}"))?;
        let certificate = certificate.map(|finalization| finalization.encode().to_vec());
        lineage.take(&block, certificate)?;
        height = height.saturating_add(1);
    }
    Ok(())
}

async fn stored(
    blocks: &impl Blocks<Block = Arc<Block>>,
    height: u64,
) -> Result<Option<Arc<Block>>, String> {
    let block = blocks.get(Identifier::Index(height)).await;
    block.map_err(|e| format!("block {height} cannot be read from the archive: {e}"))
}
