//! A validator that contradicts itself on purpose: to show and to test what the others do then.
//!
//! 1. It connects with a validator's key, whose own engine must have stopped: the others talk to
//!    one process for each key.
//! 2. It hears votes, and so knows epoch and view.
//! 3. It votes in the next view for two blocks that nobody made, and sends everybody both votes.
//! 4. Whoever hears both keeps them as evidence, and talks to this key no more.

use crate::committee::{Committee, Schemes};
use crate::config::Plan;
use crate::network::{self, Network};
use crate::{Config, EngineError, Ledger, settings};
use commonware_codec::{DecodeExt as _, Encode as _};
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::{Notarize, Proposal, Vote};
use commonware_consensus::types::{Epoch, Round, View};
use commonware_consensus::{Epochable as _, Viewable as _};
use commonware_cryptography::sha256::Digest;
use commonware_p2p::Recipients;
use commonware_p2p::utils::mux::{Builder as _, Muxer};
use commonware_runtime::{Runner as _, Spawner as _, Supervisor as _, tokio};
use futures::channel::oneshot;
use futures::future::select;
use std::pin::pin;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Time its connections get to end.
const FAREWELL: Duration = Duration::from_secs(1);

/// A validator that lies until this is dropped.
pub struct Liar {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Liar {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts to lie with the key of this configuration, among the validators this ledger knows of
/// its first epoch.
pub fn lie(config: Config, ledger: &dyn Ledger) -> Result<Liar, EngineError> {
    let plan = Plan::new(config, ledger)?;
    let members = ledger.committee(0).ok_or(EngineError::Committee)?;
    let committee = Committee::new(&members, plan.config.peers_max);
    let committee = Arc::new(committee.map_err(|_| EngineError::Committee)?);
    let (stop, stopped) = oneshot::channel::<()>();
    let run = move || {
        let config = tokio::Config::new()
            .with_storage_directory(&plan.config.directory)
            .with_worker_threads(1);
        tokio::Runner::new(config).start(|context| async move {
            let lying = pin!(speak(context.child("liar"), &plan, &committee));
            select(lying, stopped).await;
            let _ = context.stop(0, Some(FAREWELL)).await;
        });
    };
    let thread = std::thread::Builder::new().name("weal-liar".into());
    let thread = thread.spawn(run).map_err(EngineError::Thread)?;
    Ok(Liar { stop: Some(stop), thread: Some(thread) })
}

/// Answers what it hears with two votes for the view that follows.
async fn speak(context: tokio::Context, plan: &Plan, committee: &Committee) {
    let (parts, _connections) = network::open(&context, plan, settings::message_bytes_max(plan));
    let Network { mut tracker, votes, .. } = parts;
    tracker(1, committee);
    let scheme = Schemes::default().enter(plan, Epoch::zero(), &committee.members);
    let builder = Muxer::builder(context.child("votes"), votes.0, votes.1);
    let (sharing, _channels, mut heard, mut sender) =
        builder.with_backup().with_global_sender().build();
    let _sharing = sharing.start();
    let mut last = None;
    while let Some((channel, (_, bytes))) = heard.recv().await {
        let Ok(vote) = Vote::<Scheme, Digest>::decode(bytes) else { continue };
        let round = Round::new(vote.epoch(), vote.view().next());
        if last.replace(round) == Some(round) {
            continue;
        }
        tracing::debug!(?round, "the liar votes twice");
        for lie in [1, 2].map(|content| sign(&scheme, round, vote.view(), content)) {
            let Some(lie) = lie else { continue };
            let bytes = Vote::Notarize(lie).encode();
            let _ = sender.send(channel, Recipients::All, bytes, true);
        }
    }
}

/// A vote for a block that nobody made.
fn sign(
    scheme: &Scheme,
    round: Round,
    parent: View,
    content: u8,
) -> Option<Notarize<Scheme, Digest>> {
    Notarize::sign(scheme, Proposal::new(round, parent, Digest([content; 32])))
}
