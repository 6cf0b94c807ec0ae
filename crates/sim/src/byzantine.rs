//! Validators that have no engine of ours: the liars of the consensus library, silence and noise.

use crate::faults::Liar;
use crate::record::Record;
use bytes::Bytes;
use commonware_codec::DecodeExt as _;
use commonware_consensus::simplex::elector::RoundRobin;
use commonware_consensus::simplex::mocks::{
    conflicter, equivocator, impersonator, nuller, nullify_only, outdated, reconfigurer, relay,
};
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::types::{Epoch, ViewDelta};
use commonware_cryptography::Sha256;
use commonware_cryptography::ed25519::{PrivateKey, PublicKey};
use commonware_p2p::simulated::{Oracle, Receiver, Sender};
use commonware_p2p::utils::mux::{MuxHandle, Muxer, SubReceiver, SubSender};
use commonware_p2p::{Receiver as _, Recipients, Sender as _};
use commonware_runtime::deterministic::Context;
use commonware_runtime::{Clock as _, Quota, Spawner as _, Supervisor as _};
use commonware_utils::ordered::Set;
use commonware_utils::{NZU32, TryCollect as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use weal_proof::certificate;
use weal_sim_seat::chance::Chance;

const QUOTA: Quota = Quota::per_second(NZU32!(512));
const CHANNELS: u64 = 6;

type Line = (Sender<PublicKey, Context>, Receiver<PublicKey>);
type SubLine = (SubSender<Sender<PublicKey, Context>>, SubReceiver<PublicKey>);

/// Lies until the run ends.
pub async fn lie(
    context: Context,
    oracle: Oracle<PublicKey, Context>,
    (me, key): (PublicKey, PrivateKey),
    liar: Liar,
    (record, chance): (Arc<Record>, Chance),
) {
    let control = oracle.control(me);
    let mut lines = Vec::new();
    for channel in 0..CHANNELS {
        let Ok(line) = control.register(channel, QUOTA).await else { return };
        lines.push(line);
    }
    match liar {
        Liar::Silent => futures::future::pending().await,
        Liar::Noise => noise(context, lines, chance).await,
        Liar::FarAhead => far_ahead(context, lines).await,
        _ => vote(context, lines, key, liar, record).await,
    }
}

/// Votes in every epoch, each as soon as anybody knows its validators.
async fn vote(
    context: Context,
    lines: Vec<Line>,
    key: PrivateKey,
    liar: Liar,
    record: Arc<Record>,
) {
    let mut lines = lines.into_iter();
    let (Some(votes), Some(certificates)) = (lines.next(), lines.next()) else { return };
    let (mux, mut votes) = Muxer::new(context.child("votes"), votes.0, votes.1);
    mux.start();
    let (mux, mut certificates) =
        Muxer::new(context.child("certificates"), certificates.0, certificates.1);
    mux.start();
    for epoch in 0.. {
        let members = loop {
            match record.committee(epoch) {
                Some(members) => break members,
                None => context.sleep(Duration::from_millis(50)).await,
            }
        };
        let decode = |bytes: &[u8]| PublicKey::decode(Bytes::copy_from_slice(bytes)).ok();
        let members = members.iter().filter_map(|key| decode(&key.0));
        let Ok(members) = members.try_collect::<Set<_>>() else { continue };
        let namespace = certificate::namespace(&record.network);
        let Some(scheme) = Scheme::signer(&namespace, members, key.clone()) else { continue };
        let lines = (line(&mut votes, epoch).await, line(&mut certificates, epoch).await);
        let (Some(votes), Some(certificates)) = lines else { return };
        let context = context.child("liar").with_attribute("epoch", epoch);
        start(context, liar, (scheme, epoch), votes, certificates);
    }
}

async fn line(mux: &mut MuxHandle<Sender<PublicKey, Context>>, epoch: u64) -> Option<SubLine> {
    mux.register(epoch).await.ok()
}

fn start(
    context: Context,
    liar: Liar,
    (scheme, epoch): (Scheme, u64),
    votes: SubLine,
    certificates: SubLine,
) {
    match liar {
        Liar::Conflicter => {
            let config = conflicter::Config { scheme };
            conflicter::Conflicter::<_, _, Sha256>::new(context, config).start(votes);
        }
        Liar::Nuller => {
            let config = nuller::Config { scheme };
            nuller::Nuller::<_, _, Sha256>::new(context, config).start(votes);
        }
        Liar::NullifyOnly => {
            let config = nullify_only::Config { scheme };
            nullify_only::NullifyOnly::<_, _, Sha256>::new(context, config).start(votes);
        }
        Liar::Outdated => {
            let config = outdated::Config { scheme, view_delta: ViewDelta::new(3) };
            outdated::Outdated::<_, _, Sha256>::new(context, config).start(votes);
        }
        Liar::Impersonator => {
            let config = impersonator::Config { scheme };
            impersonator::Impersonator::<_, _, Sha256>::new(context, config).start(votes);
        }
        Liar::Reconfigurer => {
            let config = reconfigurer::Config { scheme };
            reconfigurer::Reconfigurer::<_, _, Sha256>::new(context, config).start(votes);
        }
        _ => {
            let config = equivocator::Config {
                scheme,
                elector: RoundRobin::<Sha256>::default(),
                epoch: Epoch::new(epoch),
                relay: Arc::new(relay::Relay::new()),
            };
            let liar = equivocator::Equivocator::<_, _, _, Sha256>::new(context, config);
            liar.start(votes, certificates);
        }
    }
}

/// A vote in an epoch that will not come for years: the number of the epoch comes first.
async fn far_ahead(context: Context, lines: Vec<Line>) {
    let Some((mut sender, _receiver)) = lines.into_iter().next() else { return };
    loop {
        sender.send(Recipients::All, vec![0xff, 0xff, 0x7f, 1, 2, 3], true);
        context.sleep(Duration::from_millis(900)).await;
    }
}

/// Random bytes, and copies of what was heard with some bits turned, on every channel.
async fn noise(context: Context, lines: Vec<Line>, mut chance: Chance) {
    let heard: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let mut senders = Vec::new();
    for (sender, mut receiver) in lines {
        senders.push(sender);
        let heard = heard.clone();
        context.child("ear").spawn(move |_| async move {
            while let Ok((_, message)) = receiver.recv().await {
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.push(message.as_ref().to_vec());
                if heard.len() > 64 {
                    heard.remove(0);
                }
            }
        });
    }
    loop {
        context.sleep(Duration::from_millis(chance.between(10, 80))).await;
        let copy = {
            let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            chance.pick(&heard).cloned()
        };
        let bytes = match copy {
            Some(mut copy) if chance.per_mille(700) => {
                for _ in 0..chance.between(1, 4) {
                    let at = usize::try_from(chance.between(0, copy.len() as u64)).unwrap_or(0);
                    if let Some(byte) = copy.get_mut(at) {
                        *byte ^= 1 << chance.between(0, 8);
                    }
                }
                copy
            }
            _ => (0..chance.between(0, 200)).map(|_| chance.draw().to_le_bytes()[0]).collect(),
        };
        let channel = usize::try_from(chance.between(0, CHANNELS)).unwrap_or(0);
        if let Some(sender) = senders.get_mut(channel) {
            sender.send(Recipients::All, bytes, false);
        }
    }
}
