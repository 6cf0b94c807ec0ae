//! Every choice made for the parts of the consensus library, with its reason.

use crate::application::Application;
use crate::block::Block;
use crate::committee::Schemes;
use crate::config::Plan;
use crate::gossip::MESSAGE_BYTES;
use crate::storage;
use crate::watch::Ear;
use commonware_broadcast::buffered;
use commonware_consensus::marshal::resolver::p2p as backfill;
use commonware_consensus::marshal::standard::{Inline, Standard};
use commonware_consensus::simplex::config::{Floor, ForwardPolicy, SkipBudget, SkipPolicy};
use commonware_consensus::simplex::{self, elector::RoundRobin, scheme::ed25519::Scheme};
use commonware_consensus::types::{self, FixedEpocher, ViewDelta};
use commonware_consensus::{Epochable as _, Reporters, marshal, marshal::Start};
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::sha256::Digest;
use commonware_cryptography::{Digested, Sha256, Signer as _};
use commonware_p2p::{Blocker, Provider, max_message_size};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Metrics, Spawner, Storage};
use commonware_utils::{NZDuration, NZUsize};
use rand_core::CryptoRng;
use std::num::NonZeroUsize;
use std::time::Duration;
use weal_proof::limits;

/// What the number of an epoch adds to a message.
const SUBCHANNEL_BYTES: u32 = 10;
/// Messages waiting at one actor.
const MAILBOX: NonZeroUsize = NZUsize!(256);
/// A leader among several who is not heard for so long is passed over. An idle one is, too: the
/// next takes its turn, and no block is made.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Proposals of one validator kept until they are asked for; each may be as large as a body.
const PROPOSALS_KEPT: usize = 4;
/// Final blocks handed over and not yet acknowledged; each may be as large as a body.
const UNACKNOWLEDGED: NonZeroUsize = NZUsize!(8);
/// Missing blocks fetched at a time.
const FETCHED_AT_ONCE: NonZeroUsize = NZUsize!(16);
/// Views whose votes are kept behind the final one, for slower validators.
const VIEWS_KEPT: ViewDelta = ViewDelta::new(20);
/// Views whose blocks stay in marshal's cache, for slower validators.
const BLOCKS_KEPT: ViewDelta = ViewDelta::new(100);
/// A peer that does not answer within this is passed over for another.
const FETCH_TIMEOUT: Duration = Duration::from_secs(2);
const BACKFILL_RETRY: Duration = Duration::from_millis(100);
const CERTIFICATE_RETRY: Duration = Duration::from_millis(500);
/// A vote to give up a view is repeated this often.
const NULLIFY_RETRY: Duration = Duration::from_secs(1);

/// What every runtime offers that can run a validator.
pub trait Runtime: CryptoRng + Spawner + Metrics + Clock + Storage {}
impl<E: CryptoRng + Spawner + Metrics + Clock + Storage> Runtime for E {}

/// The application as consensus and marshal share it.
pub(crate) type Voice<E> = Inline<E, Scheme, Application, Block, FixedEpocher>;
type Marshal = marshal::Config<Schemes, FixedEpocher, Sequential, Block, Digested<Block>>;
type Simplex<M, V> =
    simplex::Config<Scheme, RoundRobin<Sha256>, M, Digest, V, V, Reporters<V, Ear>, Sequential>;

/// The longest message any part sends.
pub(crate) fn message_bytes_max(plan: &Plan) -> u32 {
    let members = u32::try_from(limits::VALIDATORS).unwrap_or(u32::MAX);
    let longest = max_message_size(&[
        simplex::max_payload_size::<Scheme, Digest>(members),
        marshal::max_payload_size::<Standard<Block>, Scheme>(members, &plan.config.body_bytes_max),
        MESSAGE_BYTES,
    ]);
    longest.saturating_add(SUBCHANNEL_BYTES)
}

pub(crate) fn epocher(plan: &Plan) -> FixedEpocher {
    FixedEpocher::new(plan.config.epoch_blocks)
}

pub(crate) fn marshal(
    plan: &Plan,
    schemes: Schemes,
    pages: &CacheRef,
    genesis: Digested<Block>,
) -> Marshal {
    marshal::Config {
        provider: schemes,
        epocher: epocher(plan),
        start: plan.floor.clone().map_or(Start::Genesis(genesis), Start::Floor),
        partition_prefix: storage::PREFIX.into(),
        mailbox_size: MAILBOX,
        view_retention: BLOCKS_KEPT,
        prunable_items_per_section: storage::CACHE_SECTION,
        page_cache: pages.clone(),
        replay_buffer: storage::REPLAY_BUFFER,
        key_write_buffer: storage::WRITE_BUFFER,
        value_write_buffer: storage::WRITE_BUFFER,
        block_codec_config: plan.config.body_bytes_max,
        max_repair: FETCHED_AT_ONCE,
        max_pending_acks: UNACKNOWLEDGED,
        strategy: Sequential,
    }
}

pub(crate) fn broadcast<M>(
    plan: &Plan,
    manager: &M,
) -> buffered::Config<PublicKey, usize, M, Sequential>
where
    M: Provider<PublicKey = PublicKey>,
{
    buffered::Config {
        public_key: plan.signer.public_key(),
        mailbox_size: MAILBOX,
        deque_size: PROPOSALS_KEPT,
        priority: true,
        codec_config: plan.config.body_bytes_max,
        peer_provider: manager.clone(),
        strategy: Sequential,
    }
}

pub(crate) fn backfill<M>(plan: &Plan, manager: &M) -> backfill::Config<PublicKey, M, M>
where
    M: Blocker<PublicKey = PublicKey> + Provider<PublicKey = PublicKey>,
{
    backfill::Config {
        public_key: plan.signer.public_key(),
        peer_provider: manager.clone(),
        blocker: manager.clone(),
        mailbox_size: MAILBOX,
        fetch_timeout: NZDuration!(FETCH_TIMEOUT),
        fetch_retry_delay: BACKFILL_RETRY,
        priority_requests: false,
        priority_responses: false,
    }
}

/// What one epoch's consensus runs with.
pub(crate) struct Epoch<E: Runtime, M> {
    pub(crate) number: types::Epoch,
    pub(crate) members: usize,
    pub(crate) scheme: Scheme,
    /// Digest of the last block before it.
    pub(crate) root: Digest,
    pub(crate) pages: CacheRef,
    pub(crate) manager: M,
    pub(crate) voice: Voice<E>,
    pub(crate) ear: Ear,
}

/// The vote journal of an epoch.
pub(crate) fn journal(epoch: types::Epoch) -> String {
    format!("{}-simplex-{epoch}", storage::PREFIX)
}

pub(crate) fn simplex<E, M>(plan: &Plan, epoch: Epoch<E, M>) -> Simplex<M, Voice<E>>
where
    E: Runtime,
    M: Blocker<PublicKey = PublicKey>,
{
    // Nobody can take the turn of one who is alone.
    let alone = epoch.members == 1;
    let resume = plan.resume.clone().filter(|resume| resume.epoch() == epoch.number);
    let floor = resume.map_or(Floor::Genesis(epoch.root), Floor::Finalized);
    let heartbeat = plan.config.heartbeat;
    let leader_timeout = if alone { heartbeat.saturating_add(PATIENCE) } else { PATIENCE };
    simplex::Config {
        scheme: epoch.scheme,
        elector: RoundRobin::default(),
        blocker: epoch.manager,
        automaton: epoch.voice.clone(),
        relay: epoch.voice.clone(),
        reporter: (epoch.voice, epoch.ear).into(),
        track_historical_votes: false,
        strategy: Sequential,
        partition: journal(epoch.number),
        mailbox_size: MAILBOX,
        epoch: epoch.number,
        floor,
        replay_buffer: storage::REPLAY_BUFFER,
        write_buffer: storage::WRITE_BUFFER,
        page_cache: epoch.pages,
        leader_timeout,
        certification_timeout: leader_timeout.saturating_mul(2),
        timeout_retry: NULLIFY_RETRY,
        view_retention: VIEWS_KEPT,
        skip: SkipPolicy::Enabled {
            timeout: leader_timeout.saturating_mul(5),
            budget: SkipBudget::Participants,
        },
        fetch_timeout: NZDuration!(FETCH_TIMEOUT),
        fetch_retry_delay: CERTIFICATE_RETRY,
        forward: ForwardPolicy::Disabled,
    }
}
