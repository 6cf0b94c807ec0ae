//! Wires archive, delivery, application and consensus into one validator.

use crate::Ledger;
use crate::application::Application;
use crate::block::Block;
use crate::config::Plan;
use crate::delivery::{Delivery, Inbox};
use crate::lineage::Lineage;
use crate::network::Network;
use crate::storage;
use bytes::Bytes;
use commonware_broadcast::buffered;
use commonware_consensus::marshal::resolver::p2p as marshal_resolver;
use commonware_consensus::marshal::standard::{Inline, Standard};
use commonware_consensus::marshal::{self, core::Actor, core::Mailbox};
use commonware_consensus::simplex::config::{Floor, ForwardPolicy, SkipBudget, SkipPolicy};
use commonware_consensus::simplex::types::Finalization;
use commonware_consensus::simplex::{self, elector::RoundRobin, scheme::ed25519::Scheme};
use commonware_consensus::types::{Epoch, FixedEpocher, ViewDelta};
use commonware_cryptography::certificate::{ConstantProvider, Verifier as _};
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::sha256::Digest;
use commonware_cryptography::{Digested, Digestible as _, Sha256, Signer as _};
use commonware_p2p::{Blocker, Provider, Receiver, Sender, max_message_size};
use commonware_parallel::Sequential;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Clock, Handle, Metrics, Spawner, Storage};
use commonware_storage::archive::immutable;
use commonware_utils::acknowledgement::Exact;
use commonware_utils::{NZDuration, NZU64, NZUsize};
use futures::FutureExt as _;
use futures::channel::mpsc;
use futures::future::select_all;
use rand_core::CryptoRng;
use std::num::{NonZeroU64, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;
use weal_proof::certificate;

/// The committee is fixed until epochs exist, so the first epoch never ends.
const EPOCH_BLOCKS: NonZeroU64 = NZU64!(u64::MAX);
/// Messages waiting at one actor.
const MAILBOX: NonZeroUsize = NZUsize!(256);
/// What a leader may take beyond the heartbeat to be heard.
const GRACE: Duration = Duration::from_millis(1_500);
/// Proposals of one peer kept until they are asked for.
const PROPOSALS_KEPT: usize = 8;
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
const MARSHAL_RETRY: Duration = Duration::from_millis(100);
const SIMPLEX_RETRY: Duration = Duration::from_millis(500);
/// A vote to give up a view is repeated this often.
const NULLIFY_RETRY: Duration = Duration::from_secs(1);

/// Reads the archive of blocks and certificates.
pub(crate) type Archive = Mailbox<Scheme, Standard<Block>>;

/// What every runtime offers that can run a validator.
pub(crate) trait Runtime: CryptoRng + Spawner + Metrics + Clock + Storage {}
impl<E: CryptoRng + Spawner + Metrics + Clock + Storage> Runtime for E {}

type Simplex<E, M> = simplex::Config<
    Scheme,
    RoundRobin<Sha256>,
    M,
    Digest,
    Voice<E>,
    Voice<E>,
    Voice<E>,
    Sequential,
>;
type Finalizations<E> = immutable::Archive<E, Digest, Finalization<Scheme, Digest>>;
type Blocks<E> = immutable::Archive<E, Digest, Arc<Block>>;
type Schemes = ConstantProvider<Scheme, Epoch>;
type Marshal<E> = Actor<
    E,
    Standard<Block>,
    Schemes,
    Finalizations<E>,
    Blocks<E>,
    FixedEpocher,
    Sequential,
    Exact,
>;
/// What consensus votes through.
type Voice<E> = Inline<E, Scheme, Application, Block, FixedEpocher>;

/// The longest message any part sends.
pub(crate) fn message_bytes_max(plan: &Plan) -> u32 {
    let members = u32::try_from(plan.members().get()).unwrap_or(u32::MAX);
    max_message_size(&[
        simplex::max_payload_size::<Scheme, Digest>(members),
        marshal::max_payload_size::<Standard<Block>, Scheme>(members, &plan.config.body_bytes_max),
    ])
}

/// Runs a validator until a part of it ends, and returns why; `opened` is told when the ledger is
/// up to date.
pub(crate) async fn validate<E, S, R, M>(
    context: E,
    plan: Plan,
    network: Network<S, R, M>,
    ledger: Arc<dyn Ledger>,
    opened: impl FnOnce(Archive),
) -> String
where
    E: Runtime,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
    M: Blocker<PublicKey = PublicKey> + Provider<PublicKey = PublicKey>,
{
    let Some(scheme) = scheme(&plan) else { return "the key is not in the committee".into() };
    let pages = storage::page_cache();
    let genesis = Block { header: plan.genesis.clone(), body: Bytes::new() };
    let genesis = Digested::compute(genesis, &Sequential).await;
    let root = (genesis.digest(), pages.clone());
    let (actor, archive) = match open(&context, &plan, &scheme, &pages, genesis).await {
        Ok(opened) => opened,
        Err(reason) => return reason,
    };
    let (buffer, proposals) = buffered::Engine::new(
        context.child("broadcast"),
        broadcast_config(&plan, network.manager.clone()),
    );
    let resolver = marshal_resolver::init(
        context.child("marshal_resolver"),
        resolver_config(&plan, network.manager.clone()),
        network.backfill,
    );
    let (sender, inbox) = mpsc::unbounded();
    let broadcast = buffer.start(network.broadcast);
    let marshal = actor.start(Inbox(sender), proposals, resolver);

    let lineage = Lineage::new(ledger);
    let delivery = Delivery { archive: archive.clone(), lineage: lineage.clone() };
    if let Err(reason) = delivery.catch_up().await {
        return reason;
    }
    opened(archive.clone());
    // A ledger may write to the disk as long as it likes, so it gets its own thread.
    let delivery = context.child("delivery").dedicated().spawn(move |_| delivery.run(inbox));

    let epocher = FixedEpocher::new(EPOCH_BLOCKS);
    let application = application(&plan, lineage);
    let voice = Inline::new(context.child("voice"), application, archive, epocher);
    let config = simplex_config(&plan, scheme, root, network.manager, voice);
    let simplex = simplex::Engine::new(context.child("simplex"), config);
    let simplex = simplex.start(network.votes, network.certificates, network.resolver);
    first_end(delivery, [("broadcast", broadcast), ("marshal", marshal), ("simplex", simplex)])
        .await
}

fn scheme(plan: &Plan) -> Option<Scheme> {
    let namespace = certificate::namespace(&plan.config.network);
    Scheme::signer(&namespace, plan.committee.clone(), plan.signer.clone())
}

fn application(plan: &Plan, lineage: Lineage) -> Application {
    Application {
        me: plan.config.key.public(),
        network: plan.config.network,
        heartbeat: plan.config.heartbeat,
        body_bytes_max: plan.config.body_bytes_max,
        lineage,
    }
}

/// Opens the archive; a fault of the disk is a panic of the library, caught where the thread runs.
async fn open<E: Runtime>(
    context: &E,
    plan: &Plan,
    scheme: &Scheme,
    pages: &CacheRef,
    genesis: Digested<Block>,
) -> Result<(Marshal<E>, Archive), String> {
    let unbounded = Scheme::certificate_codec_config_unbounded();
    let finalizations = storage::archive("finalizations", pages, unbounded);
    let finalizations = immutable::Archive::init(context.child("finalizations"), finalizations)
        .await
        .map_err(|error| format!("the archive of certificates cannot be opened: {error}"))?;
    let blocks = storage::archive("blocks", pages, plan.config.body_bytes_max);
    let blocks = immutable::Archive::init(context.child("blocks"), blocks)
        .await
        .map_err(|error| format!("the archive of blocks cannot be opened: {error}"))?;
    let config = marshal::Config {
        provider: ConstantProvider::<_, Epoch>::new(scheme.clone()),
        epocher: FixedEpocher::new(EPOCH_BLOCKS),
        start: marshal::Start::Genesis(genesis),
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
    };
    let context = context.child("marshal");
    let (actor, archive, _) = Actor::init(context, finalizations, blocks, config).await;
    Ok((actor, archive))
}

fn broadcast_config<M>(plan: &Plan, manager: M) -> buffered::Config<PublicKey, usize, M, Sequential>
where
    M: Provider<PublicKey = PublicKey>,
{
    buffered::Config {
        public_key: plan.signer.public_key(),
        mailbox_size: MAILBOX,
        deque_size: PROPOSALS_KEPT,
        priority: true,
        codec_config: plan.config.body_bytes_max,
        peer_provider: manager,
        strategy: Sequential,
    }
}

fn resolver_config<M>(plan: &Plan, manager: M) -> marshal_resolver::Config<PublicKey, M, M>
where
    M: Blocker<PublicKey = PublicKey> + Provider<PublicKey = PublicKey>,
{
    marshal_resolver::Config {
        public_key: plan.signer.public_key(),
        peer_provider: manager.clone(),
        blocker: manager,
        mailbox_size: MAILBOX,
        fetch_timeout: NZDuration!(FETCH_TIMEOUT),
        fetch_retry_delay: MARSHAL_RETRY,
        priority_requests: false,
        priority_responses: false,
    }
}

fn simplex_config<E: Runtime, M: Blocker<PublicKey = PublicKey>>(
    plan: &Plan,
    scheme: Scheme,
    root: (Digest, CacheRef),
    manager: M,
    voice: Voice<E>,
) -> Simplex<E, M> {
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
        fetch_retry_delay: SIMPLEX_RETRY,
        forward: ForwardPolicy::Disabled,
    }
}

/// Waits for the first part that ends; in a healthy validator none does.
async fn first_end(
    delivery: Handle<Result<(), String>>,
    parts: impl IntoIterator<Item = (&'static str, Handle<()>)>,
) -> String {
    let delivery = async move {
        match delivery.await {
            Ok(Err(reason)) => reason,
            _ => "delivery ended".into(),
        }
    };
    let part = |(name, handle): (&'static str, Handle<()>)| async move {
        match handle.await {
            Ok(()) => format!("{name} ended"),
            Err(error) => format!("{name} ended: {error}"),
        }
    };
    let mut ends = vec![delivery.boxed()];
    ends.extend(parts.into_iter().map(|end| part(end).boxed()));
    select_all(ends).await.0
}
