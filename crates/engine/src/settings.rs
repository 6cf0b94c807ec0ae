//! Every choice made for the parts of the consensus library, with its reason.

use crate::application::Application;
use crate::block::Block;
use crate::config::Plan;
use crate::storage;
use commonware_broadcast::buffered;
use commonware_consensus::marshal::resolver::p2p as backfill;
use commonware_consensus::marshal::standard::{Inline, Standard};
use commonware_consensus::simplex::config::{Floor, ForwardPolicy, SkipBudget, SkipPolicy};
use commonware_consensus::simplex::{self, elector::RoundRobin, scheme::ed25519::Scheme};
use commonware_consensus::types::{Epoch, FixedEpocher, ViewDelta};
use commonware_consensus::{marshal, marshal::Start};
use commonware_cryptography::certificate::ConstantProvider;
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::sha256::Digest;
use commonware_cryptography::{Digested, Sha256, Signer as _};
use commonware_p2p::{Blocker, Provider, max_message_size};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Metrics, Spawner, Storage};
use commonware_utils::{NZDuration, NZU64, NZUsize};
use rand_core::CryptoRng;
use std::num::{NonZeroU64, NonZeroUsize};
use std::time::Duration;
use weal_proof::certificate;

/// The committee is fixed until epochs exist, so the first epoch never ends.
const EPOCH_BLOCKS: NonZeroU64 = NZU64!(u64::MAX);
/// Messages waiting at one actor.
const MAILBOX: NonZeroUsize = NZUsize!(256);
/// What a leader may take beyond the heartbeat to be heard.
const GRACE: Duration = Duration::from_millis(1_500);
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
pub(crate) trait Runtime: CryptoRng + Spawner + Metrics + Clock + Storage {}
impl<E: CryptoRng + Spawner + Metrics + Clock + Storage> Runtime for E {}

/// The application as consensus and marshal share it.
pub(crate) type Voice<E> = Inline<E, Scheme, Application, Block, FixedEpocher>;
/// One committee for all epochs.
pub(crate) type Schemes = ConstantProvider<Scheme, Epoch>;
type Marshal = marshal::Config<Schemes, FixedEpocher, Sequential, Block, Digested<Block>>;
type Simplex<M, V> = simplex::Config<Scheme, RoundRobin<Sha256>, M, Digest, V, V, V, Sequential>;

/// The longest message any part sends.
pub(crate) fn message_bytes_max(plan: &Plan) -> u32 {
    let members = u32::try_from(plan.members().get()).unwrap_or(u32::MAX);
    max_message_size(&[
        simplex::max_payload_size::<Scheme, Digest>(members),
        marshal::max_payload_size::<Standard<Block>, Scheme>(members, &plan.config.body_bytes_max),
    ])
}

/// Signs and checks votes; `None` if the key is not in the committee.
pub(crate) fn scheme(plan: &Plan) -> Option<Scheme> {
    let namespace = certificate::namespace(&plan.config.network);
    Scheme::signer(&namespace, plan.committee.clone(), plan.signer.clone())
}

pub(crate) fn epocher() -> FixedEpocher {
    FixedEpocher::new(EPOCH_BLOCKS)
}

pub(crate) fn marshal(
    plan: &Plan,
    scheme: &Scheme,
    pages: &CacheRef,
    genesis: Digested<Block>,
) -> Marshal {
    marshal::Config {
        provider: ConstantProvider::new(scheme.clone()),
        epocher: epocher(),
        start: Start::Genesis(genesis),
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

/// `root` is the digest of genesis and the page cache of the vote journal.
pub(crate) fn simplex<E, M>(
    plan: &Plan,
    scheme: Scheme,
    root: (Digest, CacheRef),
    manager: M,
    voice: Voice<E>,
) -> Simplex<M, Voice<E>>
where
    E: Runtime,
    M: Blocker<PublicKey = PublicKey>,
{
    let (genesis, page_cache) = root;
    let leader_timeout = plan.config.heartbeat.saturating_add(GRACE);
    simplex::Config {
        scheme,
        elector: RoundRobin::default(),
        blocker: manager,
        automaton: voice.clone(),
        relay: voice.clone(),
        reporter: voice,
        track_historical_votes: false,
        strategy: Sequential,
        partition: format!("{}-simplex", storage::PREFIX),
        mailbox_size: MAILBOX,
        epoch: Epoch::zero(),
        floor: Floor::Genesis(genesis),
        replay_buffer: storage::REPLAY_BUFFER,
        write_buffer: storage::WRITE_BUFFER,
        page_cache,
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
