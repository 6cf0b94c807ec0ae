//! Wires archive, delivery, application and consensus into one validator.

use crate::application::Application;
use crate::block::Block;
use crate::committee::{Committee, Schemes};
use crate::config::Plan;
use crate::delivery::{self, Delivery, Inbox};
use crate::epochs::{self, Epochs};
use crate::lineage::Lineage;
use crate::network::Network;
use crate::settings::{Runtime, Voice};
use crate::watch::Voices;
use crate::{Ledger, gossip, settings, storage};
use bytes::Bytes;
use commonware_broadcast::buffered;
use commonware_consensus::marshal::core::{Actor, Mailbox};
use commonware_consensus::marshal::resolver::p2p as backfill;
use commonware_consensus::marshal::standard::Standard;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Finalization;
use commonware_consensus::types::{Epocher as _, FixedEpocher, Height};
use commonware_cryptography::certificate::Verifier as _;
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::sha256::Digest;
use commonware_cryptography::{Digested, Digestible as _};
use commonware_p2p::{Blocker, Provider, Receiver, Sender};
use commonware_parallel::Sequential;
use commonware_runtime::Handle;
use commonware_runtime::buffer::paged::CacheRef;
use commonware_storage::archive::immutable;
use commonware_utils::acknowledgement::Exact;
use futures::FutureExt as _;
use futures::channel::mpsc;
use futures::future::{BoxFuture, Either, select, select_all};
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

/// How long a part that ends first waits for delivery to say why.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Reads the archive of blocks and certificates.
pub type Archive = Mailbox<Scheme, Standard<Block>>;
pub(crate) type Certificates<E> = immutable::Archive<E, Digest, Finalization<Scheme, Digest>>;
pub(crate) type Blocks<E> = immutable::Archive<E, Digest, Arc<Block>>;
type Marshal<E> =
    Actor<E, Standard<Block>, Schemes, Certificates<E>, Blocks<E>, FixedEpocher, Sequential, Exact>;

/// What is told when the ledger is up to date.
pub struct Opened {
    /// Reads blocks and certificates.
    pub archive: Archive,
    /// Takes what is to be spread among the validators.
    pub gossip: mpsc::Sender<Bytes>,
    /// Which validators were heard.
    pub voices: Voices,
}

/// Runs a validator until a part of it ends, and returns why; `opened` is told when the ledger is
/// up to date.
pub async fn validate<E, S, R, M>(
    context: E,
    plan: Plan,
    network: Network<S, R, M>,
    ledger: Arc<dyn Ledger>,
    opened: impl FnOnce(Opened),
) -> String
where
    E: Runtime,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
    M: Blocker<PublicKey = PublicKey> + Provider<PublicKey = PublicKey> + Sync,
{
    let pages = storage::page_cache();
    let genesis = Block { header: plan.genesis.clone(), body: Bytes::new() };
    let genesis = Digested::compute(genesis, &Sequential).await;
    let root = genesis.digest();
    let lineage = Lineage::new(ledger.clone());
    let schemes = Schemes::default();
    let opening = open(&context, &plan, &lineage, &schemes, (&pages, genesis));
    let (actor, archive) = match opening.await {
        Ok(opened) => opened,
        Err(reason) => return reason,
    };
    let config = settings::broadcast(&plan, &network.manager);
    let (buffer, proposals) = buffered::Engine::new(context.child("broadcast"), config);
    let config = settings::backfill(&plan, &network.manager);
    let resolver = backfill::init(context.child("backfill"), config, network.backfill);
    let (sender, inbox) = mpsc::unbounded();
    let broadcast = buffer.start(network.broadcast);
    let marshal = actor.start(Inbox(sender), proposals, resolver);
    let first = epochs::first(&plan, &archive, lineage.settled(), root).await;
    let first = match first {
        Ok(first) => first,
        Err(reason) => return reason,
    };

    let (gossip, given) = mpsc::channel(gossip::WAITING);
    let voices = Voices::default();
    opened(Opened { archive: archive.clone(), gossip, voices: voices.clone() });
    let (to_send, heard) = network.gossip;
    let spread = context.child("spread");
    let spread = spread.spawn(move |context| gossip::send(context, given, to_send));
    let listen = context.child("listen").spawn(move |_| gossip::receive(ledger, heard));
    let (turns, turned) = mpsc::unbounded();
    let epocher = settings::epocher(&plan);
    let delivery = Delivery { archive: archive.clone(), lineage: lineage.clone(), epocher, turns };
    // A ledger may write to the disk as long as it likes, so it gets its own thread.
    let delivery = context.child("delivery").dedicated().spawn(move |_| delivery.run(inbox));

    let (channels, strays, sharing) =
        epochs::share(&context, network.votes, network.certificates, network.resolver);
    let application = application(&plan, lineage.clone());
    let voice = context.child("voice");
    let voice = Voice::new(voice, application, archive.clone(), settings::epocher(&plan));
    let epochs = Epochs {
        context: context.child("epochs"),
        plan,
        lineage,
        archive,
        schemes,
        channels,
        manager: network.manager,
        tracker: network.tracker,
        tracked: None,
        voice,
        pages,
        voices,
        claims: BTreeMap::new(),
    };
    let parts = [
        ("broadcast", broadcast),
        ("marshal", marshal),
        ("spreading of operations", spread),
        ("listening for operations", listen),
    ];
    let mut others: Vec<_> = parts.into_iter().map(|part| end_of(part).boxed()).collect();
    others.push(epochs.run(first, turned, strays).boxed());
    others.push(sharing.boxed());
    let clock = context.child("ends");
    let last_words = async move { clock.sleep(LAST_WORDS).await };
    first_end(last_words, delivery, others).await
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

/// Opens the archive and brings the ledger up to it; some faults of the disk are panics of the
/// library, caught where the thread starts.
async fn open<E: Runtime>(
    context: &E,
    plan: &Plan,
    lineage: &Lineage,
    schemes: &Schemes,
    start: (&CacheRef, Digested<Block>),
) -> Result<(Marshal<E>, Archive), String> {
    let (pages, genesis) = start;
    let unbounded = Scheme::certificate_codec_config_unbounded();
    let config = storage::archive("finalizations", pages, unbounded);
    let certificates = Certificates::init(context.child("finalizations"), config)
        .await
        .map_err(|error| format!("the archive of certificates cannot be opened: {error}"))?;
    let config = storage::archive("blocks", pages, plan.config.body_bytes_max);
    let blocks = Blocks::init(context.child("blocks"), config)
        .await
        .map_err(|error| format!("the archive of blocks cannot be opened: {error}"))?;
    delivery::catch_up(plan, lineage, &blocks, &certificates).await?;
    // Marshal checks nothing of an epoch whose validators it does not know.
    let settled = lineage.settled();
    for height in [settled, settled.saturating_add(1)] {
        let epoch = settings::epocher(plan).containing(Height::new(height)).map(|i| i.epoch());
        let Some(epoch) = epoch else { continue };
        let Some(list) = lineage.ledger.committee(epoch.get()) else { continue };
        let committee = Committee::new(&list, plan.config.peers_max)?;
        schemes.enter(plan, epoch, &committee.members);
    }
    let config = settings::marshal(plan, schemes.clone(), pages, genesis);
    let (actor, archive, _) =
        Actor::init(context.child("marshal"), certificates, blocks, config).await;
    Ok((actor, archive))
}

/// The word about a part that has ended.
async fn end_of((name, handle): (&'static str, Handle<()>)) -> String {
    match handle.await {
        Ok(()) => format!("{name} ended"),
        Err(error) => format!("{name} ended: {error}"),
    }
}

/// Waits for the first part that ends; in a healthy validator none does. The others end when
/// delivery does: its reason, if it has one, is the cause.
async fn first_end(
    last_words: impl Future<Output = ()>,
    delivery: Handle<Result<(), String>>,
    others: Vec<BoxFuture<'_, String>>,
) -> String {
    let delivery = async move {
        match delivery.await {
            Ok(Err(reason)) => Some(reason),
            _ => None,
        }
    };
    let ended = || "delivery ended".to_owned();
    match select(pin!(delivery), select_all(others)).await {
        Either::Left((reason, _)) => reason.unwrap_or_else(ended),
        Either::Right(((reason, ..), delivery)) => match select(delivery, pin!(last_words)).await {
            Either::Left((Some(cause), _)) => cause,
            _ => reason,
        },
    }
}
