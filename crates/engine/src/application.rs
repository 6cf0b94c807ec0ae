//! Proposes and verifies blocks on behalf of the ledger.

use crate::block::Block;
use crate::lineage::{Lineage, Standing};
use crate::{Ledger, keys};
use commonware_consensus::marshal::ancestry::Ancestry;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Context;
use commonware_cryptography::ed25519;
use commonware_cryptography::sha256::Digest;
use commonware_cryptography::{Digested, Digestible};
use commonware_runtime::{Clock, Metrics, Spawner};
use commonware_utils::SystemTimeExt as _;
use futures::StreamExt as _;
use futures::future::{Either, pending, select};
use std::pin::pin;
use std::time::{Duration, SystemTime};
use weal_proof::keys::PublicKey;
use weal_proof::{Hash, Header};

/// A block may be ahead of a validator's clock by this; more than that is waited for.
const AHEAD: Duration = Duration::from_secs(5);
/// What only has to be judged waits for so long after the last block: refusals make no haste, and
/// whoever sends what the rules refuse cannot fill the archive with blocks.
const LULL: Duration = Duration::from_millis(200);
/// A ledger that was ready and yet declined is asked again after this, so that it cannot spin.
const DECLINED_PAUSE: Duration = Duration::from_millis(2);

/// What consensus tells about a block to be proposed or verified.
type Place = Context<Digest, ed25519::PublicKey>;

/// The application as the consensus library sees it.
#[derive(Clone)]
pub(crate) struct Application {
    pub(crate) me: PublicKey,
    pub(crate) network: Hash,
    pub(crate) heartbeat: Duration,
    pub(crate) body_bytes_max: usize,
    pub(crate) lineage: Lineage,
}

impl<E> commonware_consensus::Application<E> for Application
where
    E: Spawner + Metrics + Clock,
{
    type SigningScheme = Scheme;
    type Context = Place;
    type Block = Block;
    type Input = ();

    async fn propose(
        &mut self,
        (context, _): (E, Place),
        ancestry: impl Ancestry<Block>,
        (): (),
    ) -> Option<Digested<Block>> {
        let parent = ancestry.clone().next().await?;
        // Among several, turns pass while nothing is said; the silence is counted from the last
        // block.
        let last = at(parent.inner().header.time_ms).min(context.current());
        let deadline = last.saturating_add_ext(self.heartbeat);
        match self.lineage.reach(&context, ancestry).await {
            Standing::Known => {}
            Standing::Passed => return None,
            Standing::Invalid => {
                tracing::error!(?parent, "the ledger refuses what a quorum accepted");
                context.sleep_until(deadline).await;
                return None;
            }
        }
        loop {
            let beat = self.ready_or_beat(&context, last, deadline).await;
            match self.ask(&context, &parent).await {
                Some(block) if self.is_acceptable(&block, &parent) => {
                    let digest = block.digest();
                    return Some(Digested::precomputed(block, digest));
                }
                // The same ledger would say the same again, and fill the log.
                Some(block) => {
                    tracing::error!(?block, "the ledger proposed a block that nobody may accept");
                    context.sleep_until(deadline).await;
                    return None;
                }
                None if beat => return None,
                None => context.sleep(DECLINED_PAUSE).await,
            }
        }
    }

    async fn verify(
        &mut self,
        (context, place): (E, Place),
        ancestry: impl Ancestry<Block>,
    ) -> bool {
        let mut parents = ancestry;
        let Some(block) = parents.next().await else { return pending().await };
        let Some(parent) = parents.clone().next().await else { return pending().await };
        let header = &block.inner().header;
        if !self.is_in_place(header, &parent, &place.leader) {
            return false;
        }
        // A child with its parent's time is never waited for: a book that stands ahead of the
        // clocks goes on at that time until they have come up with it.
        if header.time_ms > parent.inner().header.time_ms {
            context.sleep_until(at(header.time_ms) - AHEAD).await;
        }
        loop {
            match self.lineage.reach(&context, parents.clone()).await {
                Standing::Known => {}
                Standing::Invalid => return false,
                // To abstain is to stay silent; consensus drops the question when it moves on.
                Standing::Passed => return pending().await,
            }
            if let Some(valid) = self.lineage.follow(&context, &parent, &block).await {
                return valid;
            }
        }
    }
}

impl Application {
    /// Waits until the ledger has something to say or to judge; `true` if the heartbeat came first.
    async fn ready_or_beat<E: Clock>(
        &self,
        context: &E,
        last: SystemTime,
        deadline: SystemTime,
    ) -> bool {
        let ledger = &self.lineage.ledger;
        let judge = pin!(async {
            ledger.restless().await;
            context.sleep_until(last.saturating_add_ext(LULL)).await;
        });
        let ready = select(ledger.ready(), judge);
        let beat = pin!(context.sleep_until(deadline));
        matches!(select(ready, beat).await, Either::Right(_))
    }

    async fn ask<E>(&self, context: &E, parent: &Digested<Block>) -> Option<Block>
    where
        E: Spawner + Clock,
    {
        let time_ms = context.current().epoch_millis().max(parent.inner().header.time_ms);
        let (parent, me) = (parent.inner_shared(), self.me);
        let propose = move |ledger: &dyn Ledger| ledger.propose(&parent.header, time_ms, me);
        self.lineage.apart(context, propose).await.flatten()
    }

    /// Whether the other validators could accept the block as ours.
    fn is_acceptable(&self, block: &Block, parent: &Digested<Block>) -> bool {
        let me = keys::member(&self.me);
        let in_place = me.is_some_and(|me| self.is_in_place(&block.header, parent, &me));
        in_place && block.body.len() <= self.body_bytes_max && block.is_bound()
    }

    fn is_in_place(
        &self,
        header: &Header,
        parent: &Digested<Block>,
        leader: &ed25519::PublicKey,
    ) -> bool {
        let below = &parent.inner().header;
        header.network == self.network
            && Some(header.height) == below.height.checked_add(1)
            && header.parent == keys::hash(&parent.digest())
            && keys::is_same(&header.proposer, leader)
            && header.time_ms >= below.time_ms
    }
}

/// The moment of a block time; one beyond what the clock can express is never reached.
fn at(time_ms: u64) -> SystemTime {
    let since = Duration::from_millis(time_ms);
    SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or_else(SystemTime::limit)
}
