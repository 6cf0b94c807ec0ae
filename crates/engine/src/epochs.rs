//! Leads from epoch to epoch: one run of consensus for each, among the validators of that epoch.
//!
//! 1. Votes, certificates and their resolver are shared out by epoch over the same connections.
//! 2. The last block of an epoch is the root of the next. When it is final and the ledger has taken
//!    it, the ledger names the next validators; their scheme is made known, the network told of
//!    them, their consensus started, and the old one cut off. Then the block is acknowledged.
//! 3. Votes of a later epoch say that this validator is behind: it fetches the last block of its
//!    own epoch from whoever sent them. It starts no consensus for an epoch that is over, which
//!    more members must say than can be liars: one who lies about it must not stop the others.
//! 4. The vote journal of an epoch is removed one epoch late: a consensus that was cut off may
//!    still be writing it.

use crate::committee::{Committee, Schemes};
use crate::config::Plan;
use crate::delivery::Turn;
use crate::lineage::Lineage;
use crate::network::Tracker;
use crate::settings::{self, Runtime, Voice};
use crate::steady::Steady;
use crate::watch::{Voices, Watch};
use crate::wiring::Archive;
use commonware_consensus::types::{Epoch, Epocher as _, Height};
use commonware_consensus::{Epochable as _, simplex};
use commonware_cryptography::Digestible as _;
use commonware_cryptography::ed25519::PublicKey;
use commonware_cryptography::sha256::Digest;
use commonware_p2p::utils::mux::{Builder as _, MuxHandle, Muxer};
use commonware_p2p::{Blocker, Receiver, Sender};
use commonware_runtime::buffer::paged::CacheRef;
use commonware_runtime::{Handle, IoBuf};
use commonware_utils::ordered::Set;
use commonware_utils::vec::NonEmptyVec;
use futures::channel::mpsc::UnboundedReceiver;
use futures::future::select_all;
use futures::{FutureExt as _, StreamExt as _};
use std::collections::BTreeMap;

/// A vote of an epoch nobody here takes part in.
type Stray = (u64, (PublicKey, IoBuf));
/// Votes of epochs not entered yet.
pub(crate) type Strays = commonware_utils::channel::mpsc::Receiver<Stray>;

/// The channels of consensus, shared out by epoch.
pub(crate) struct Channels<S: Sender> {
    votes: MuxHandle<S>,
    certificates: MuxHandle<S>,
    resolver: MuxHandle<S>,
}

/// Starts sharing out three channels. The last part resolves when one of them ends.
pub(crate) fn share<E, S, R>(
    context: &E,
    votes: (S, R),
    certificates: (S, R),
    resolver: (S, R),
) -> (Channels<S>, Strays, impl Future<Output = String> + Send)
where
    E: Runtime,
    S: Sender<PublicKey = PublicKey>,
    R: Receiver<PublicKey = PublicKey>,
{
    let builder = Muxer::builder(context.child("votes"), votes.0, votes.1);
    let (first, votes, strays) = builder.with_backup().build();
    let (second, certificates) =
        Muxer::new(context.child("certificates"), certificates.0, certificates.1);
    let (third, resolver) = Muxer::new(context.child("resolver"), resolver.0, resolver.1);
    let ends = [first.start(), second.start(), third.start()];
    let ended = select_all(ends.map(|end| end.boxed())).map(|_| "a channel ended".to_owned());
    (Channels { votes, certificates, resolver }, strays, ended)
}

/// What an epoch may meet.
enum Event {
    /// Its last block is final.
    Turn(Option<Turn>),
    /// Somebody votes in another epoch.
    Stray(Option<Stray>),
}

/// Waits for consensus to end, which it never does by itself.
async fn end(running: &mut Option<Handle<()>>) {
    match running {
        Some(handle) => drop(handle.await),
        None => futures::future::pending().await,
    }
}

/// What all epochs share.
pub(crate) struct Epochs<E: Runtime, S: Sender, M> {
    pub(crate) context: E,
    pub(crate) plan: Plan,
    pub(crate) lineage: Lineage,
    pub(crate) archive: Archive,
    pub(crate) schemes: Schemes,
    pub(crate) channels: Channels<S>,
    pub(crate) manager: M,
    pub(crate) tracker: Tracker,
    pub(crate) tracked: Option<Committee>,
    pub(crate) voice: Voice<E>,
    pub(crate) pages: CacheRef,
    pub(crate) voices: Voices,
    /// The newest epoch each peer voted in, as he says; none of it was checked.
    pub(crate) claims: BTreeMap<PublicKey, u64>,
}

impl<E, S, M> Epochs<E, S, M>
where
    E: Runtime,
    S: Sender<PublicKey = PublicKey>,
    M: Blocker<PublicKey = PublicKey> + Sync,
{
    /// Runs one epoch after the other; returns why it cannot go on.
    pub(crate) async fn run(
        mut self,
        first: (Epoch, Digest),
        mut turns: UnboundedReceiver<Turn>,
        mut strays: Strays,
    ) -> String {
        let (mut epoch, root) = first;
        let mut running = match self.enter(epoch, root).await {
            Ok(running) => running,
            Err(reason) => return reason,
        };
        loop {
            let event = futures::select_biased! {
                () = end(&mut running).fuse() => {
                    return format!("consensus of epoch {epoch} ended");
                }
                turn = turns.next() => Event::Turn(turn),
                stray = strays.recv().fuse() => Event::Stray(stray),
            };
            match event {
                Event::Turn(None) => return "delivery ended".into(),
                Event::Stray(None) => return "the votes ended".into(),
                Event::Stray(Some((theirs, (peer, _)))) => self.follow(epoch, theirs, peer),
                Event::Turn(Some((block, begun))) => {
                    let next = match self.enter(epoch.next(), block.digest()).await {
                        Ok(next) => next,
                        Err(reason) => return reason,
                    };
                    if let Some(old) = std::mem::replace(&mut running, next) {
                        old.abort();
                    }
                    self.forget(epoch).await;
                    epoch = epoch.next();
                    let _ = begun.send(());
                }
            }
        }
    }

    /// Starts the consensus of an epoch that stands on this root, unless it is over already.
    async fn enter(&mut self, epoch: Epoch, root: Digest) -> Result<Option<Handle<()>>, String> {
        let list = self.lineage.ledger.committee(epoch.get());
        let list =
            list.ok_or_else(|| format!("the ledger knows no validators of epoch {epoch}"))?;
        let committee = Committee::new(&list, self.plan.config.peers_max)?;
        let scheme = self.schemes.enter(&self.plan, epoch, &committee.members);
        if self.tracked.as_ref() != Some(&committee) {
            (self.tracker)(epoch.get(), &committee);
            self.tracked = Some(committee.clone());
        }
        self.claims.retain(|_, claimed| *claimed > epoch.get());
        if self.is_over(&committee.members) {
            tracing::debug!(%epoch, "this epoch is over for others");
            return Ok(None);
        }
        let watch = Watch {
            members: committee.members.clone(),
            scheme: scheme.clone(),
            ledger: self.lineage.ledger.clone(),
            voices: self.voices.clone(),
        };
        let config = settings::Epoch {
            number: epoch,
            members: committee.members.len(),
            scheme,
            root,
            pages: self.pages.clone(),
            manager: self.manager.clone(),
            voice: self.voice.clone(),
            ear: watch.start(self.context.child("watch")),
        };
        let config = settings::simplex(&self.plan, config);
        let context = self.context.child("simplex").with_attribute("epoch", epoch);
        let context = Steady::new(context);
        let engine = simplex::Engine::new(context, config);
        let closed = |_| format!("a channel is closed, or epoch {epoch} was entered twice");
        let votes = self.channels.votes.register(epoch.get()).await.map_err(closed)?;
        let certificates =
            self.channels.certificates.register(epoch.get()).await.map_err(closed)?;
        let resolver = self.channels.resolver.register(epoch.get()).await.map_err(closed)?;
        tracing::debug!(%epoch, validators = committee.members.len(), "an epoch begins");
        Ok(Some(engine.start(votes, certificates, resolver)))
    }

    /// Whether one who keeps the rules is in a later epoch: so many of the members say so that
    /// they cannot all be liars.
    fn is_over(&self, members: &Set<PublicKey>) -> bool {
        let ahead = members.iter().filter(|member| self.claims.contains_key(member)).count();
        ahead > members.len().saturating_sub(1) / 3
    }

    /// Somebody votes in a later epoch: what ended ours is fetched from him.
    fn follow(&mut self, epoch: Epoch, theirs: u64, peer: PublicKey) {
        if theirs <= epoch.get() {
            return;
        }
        let claim = self.claims.entry(peer.clone()).or_default();
        *claim = theirs.max(*claim);
        if let Some(last) = settings::epocher(&self.plan).last(epoch) {
            self.archive.hint_finalized(last, NonEmptyVec::new(peer));
        }
    }

    async fn forget(&self, epoch: Epoch) {
        if let Some(old) = epoch.previous() {
            let _ = self.context.remove(&settings::journal(old), None).await;
        }
    }
}

/// The epoch in which the block after this height is made, and its root.
pub(crate) async fn first(
    plan: &Plan,
    archive: &Archive,
    settled: u64,
    genesis: Digest,
) -> Result<(Epoch, Digest), String> {
    let epocher = settings::epocher(plan);
    let next = Height::new(settled.saturating_add(1));
    let epoch = epocher.containing(next).map(|info| info.epoch());
    let epoch = epoch.ok_or("there is no epoch for the next block")?;
    let Some(last) = epoch.previous().and_then(|previous| epocher.last(previous)) else {
        return Ok((epoch, genesis));
    };
    // The block to begin at is not in the archive before the first peer has sent it.
    let floor = plan.floor.as_ref().map(|floor| (floor.proposal.payload, floor.epoch()));
    if let Some((digest, ended)) = floor
        && ended.next() == epoch
    {
        return Ok((epoch, digest));
    }
    let root = archive.get_block(last).await;
    let root = root.ok_or_else(|| format!("the archive lacks block {last}, an epoch's last"))?;
    Ok((epoch, root.digest()))
}
