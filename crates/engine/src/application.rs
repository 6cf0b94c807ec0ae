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
        let deadline = context.current().saturating_add_ext(self.heartbeat);
        let parent = ancestry.clone().next().await?;
        if self.lineage.reach(&context, ancestry).await != Standing::Known {
            return None;
        }
        loop {
            let beat = self.ready_or_beat(&context, deadline).await;
            let proposal = self.build(&context, &parent).await;
            if proposal.is_some() || beat {
                return proposal;
            }
            context.sleep(DECLINED_PAUSE).await;
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
        context.sleep_until(at(header.time_ms) - AHEAD).await;
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
    /// Waits until the ledger has something to say; `true` if the heartbeat came first.
    async fn ready_or_beat<E: Clock>(&self, context: &E, deadline: SystemTime) -> bool {
        let ready = self.lineage.ledger.ready();
        let beat = pin!(context.sleep_until(deadline));
        matches!(select(ready, beat).await, Either::Right(_))
    }

    /// Asks the ledger for a block and refuses one the other validators could not accept.
    async fn build<E>(&self, context: &E, parent: &Digested<Block>) -> Option<Digested<Block>>
    where
        E: Spawner + Clock,
    {
        let time_ms = context.current().epoch_millis().max(parent.inner().header.time_ms);
        let (below, me) = (parent.inner_shared(), self.me);
        let propose = move |ledger: &dyn Ledger| ledger.propose(&below.header, time_ms, me);
        let block = self.lineage.apart(context, propose).await??;
        let me = keys::member(&self.me)?;
        let fits = block.body.len() <= self.body_bytes_max && block.is_bound();
        if !fits || !self.is_in_place(&block.header, parent, &me) {
            tracing::error!(?block, "the ledger proposed a block that nobody may accept");
            return None;
        }
        let digest = block.digest();
        Some(Digested::precomputed(block, digest))
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
