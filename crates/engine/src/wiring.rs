//! Wires archive, delivery, application and consensus into one validator.

use crate::application::Application;
use crate::block::Block;
use crate::config::Plan;
use crate::delivery::{Delivery, Inbox};
use crate::lineage::Lineage;
use crate::network::Network;
use crate::settings::{Runtime, Schemes, Voice};
use crate::{Ledger, settings, storage};
use bytes::Bytes;
use commonware_broadcast::buffered;
use commonware_consensus::marshal::core::{Actor, Mailbox};
use commonware_consensus::marshal::resolver::p2p as backfill;
use commonware_consensus::marshal::standard::Standard;
use commonware_consensus::simplex::types::Finalization;
use commonware_consensus::simplex::{self, scheme::ed25519::Scheme};
use commonware_consensus::types::FixedEpocher;
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
use futures::future::select_all;
use std::sync::Arc;

/// Reads the archive of blocks and certificates.
pub(crate) type Archive = Mailbox<Scheme, Standard<Block>>;
type Certificates<E> = immutable::Archive<E, Digest, Finalization<Scheme, Digest>>;
type Blocks<E> = immutable::Archive<E, Digest, Arc<Block>>;
type Marshal<E> =
    Actor<E, Standard<Block>, Schemes, Certificates<E>, Blocks<E>, FixedEpocher, Sequential, Exact>;

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
    let Some(scheme) = settings::scheme(&plan) else {
        return "the key is not in the committee".into();
    };
    let pages = storage::page_cache();
    let genesis = Block { header: plan.genesis.clone(), body: Bytes::new() };
    let genesis = Digested::compute(genesis, &Sequential).await;
    let root = (genesis.digest(), pages.clone());
    let (actor, archive) = match open(&context, &plan, &scheme, &pages, genesis).await {
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

    let lineage = Lineage::new(ledger);
    let delivery = Delivery { archive: archive.clone(), lineage: lineage.clone() };
    if let Err(reason) = delivery.catch_up().await {
        return reason;
    }
    opened(archive.clone());
    // A ledger may write to the disk as long as it likes, so it gets its own thread.
    let delivery = context.child("delivery").dedicated().spawn(move |_| delivery.run(inbox));

    let application = application(&plan, lineage);
    let voice = context.child("voice");
    let voice = Voice::new(voice, application, archive, settings::epocher());
    let config = settings::simplex(&plan, scheme, root, network.manager, voice);
    let simplex = simplex::Engine::new(context.child("simplex"), config);
    let simplex = simplex.start(network.votes, network.certificates, network.resolver);
    first_end(delivery, [("broadcast", broadcast), ("marshal", marshal), ("simplex", simplex)])
        .await
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

/// Opens the archive; some faults of the disk are panics of the library, caught where the thread
/// starts.
async fn open<E: Runtime>(
    context: &E,
    plan: &Plan,
    scheme: &Scheme,
    pages: &CacheRef,
    genesis: Digested<Block>,
) -> Result<(Marshal<E>, Archive), String> {
    let unbounded = Scheme::certificate_codec_config_unbounded();
    let config = storage::archive("finalizations", pages, unbounded);
    let certificates = Certificates::init(context.child("finalizations"), config)
        .await
        .map_err(|error| format!("the archive of certificates cannot be opened: {error}"))?;
    let config = storage::archive("blocks", pages, plan.config.body_bytes_max);
    let blocks = Blocks::init(context.child("blocks"), config)
        .await
        .map_err(|error| format!("the archive of blocks cannot be opened: {error}"))?;
    let config = settings::marshal(plan, scheme, pages, genesis);
    let (actor, archive, _) =
        Actor::init(context.child("marshal"), certificates, blocks, config).await;
    Ok((actor, archive))
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
