//! Watches the votes: which validator was heard when, and who contradicts himself.

use crate::{Evidence, Ledger, keys};
use commonware_actor::Feedback;
use commonware_codec::Encode as _;
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::{Activity, Attributable};
use commonware_consensus::types::Participant;
use commonware_consensus::{Epochable, Reporter, Viewable};
use commonware_cryptography::ed25519;
use commonware_cryptography::sha256::Digest;
use commonware_parallel::Sequential;
use commonware_runtime::{Clock, Spawner};
use commonware_utils::SystemTimeExt as _;
use commonware_utils::ordered::Set;
use futures::StreamExt as _;
use futures::channel::mpsc;
use rand_core::CryptoRng;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use weal_proof::keys::PublicKey;

/// Contradictions kept of one epoch; a liar may sign without end.
const EVIDENCE_MAX: usize = 64;

/// Votes waiting to be looked at.
const ACTIVITIES: usize = 1_024;

/// The last vote of a validator that reached this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// In this epoch.
    pub epoch: u64,
    /// In this view of the epoch.
    pub view: u64,
    /// The clock when it came, milliseconds since 1970.
    pub time_ms: u64,
}

/// Who was heard, shared with those who ask.
pub(crate) type Voices = Arc<Mutex<BTreeMap<PublicKey, Heard>>>;

/// Takes what consensus reports, beside marshal, and never holds it up.
#[derive(Clone)]
pub(crate) struct Ear(mpsc::Sender<Activity<Scheme, Digest>>);

impl Reporter for Ear {
    type Activity = Activity<Scheme, Digest>;

    fn report(&mut self, activity: Self::Activity) -> Feedback {
        let of_interest = matches!(
            activity,
            Activity::Notarize(_)
                | Activity::Nullify(_)
                | Activity::Finalize(_)
                | Activity::ConflictingNotarize(_)
                | Activity::ConflictingFinalize(_)
                | Activity::NullifyFinalize(_)
        );
        if of_interest {
            // Who was heard is worth no memory when there is too much of it.
            let _ = self.0.try_send(activity);
        }
        Feedback::Ok
    }
}

/// Watches one epoch.
pub(crate) struct Watch {
    pub(crate) members: Set<ed25519::PublicKey>,
    pub(crate) scheme: Scheme,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) voices: Voices,
}

impl Watch {
    /// Starts watching; it ends with the epoch's engine.
    pub(crate) fn start<E>(self, context: E) -> Ear
    where
        E: Spawner + Clock + CryptoRng,
    {
        let (ear, heard) = mpsc::channel(ACTIVITIES);
        context.spawn(move |context| self.run(context, heard));
        Ear(ear)
    }

    async fn run<E>(self, mut context: E, mut heard: mpsc::Receiver<Activity<Scheme, Digest>>)
    where
        E: Clock + CryptoRng,
    {
        let mut accused = 0;
        while let Some(activity) = heard.next().await {
            match &activity {
                Activity::Notarize(vote) => self.hear(&context, vote),
                Activity::Nullify(vote) => self.hear(&context, vote),
                Activity::Finalize(vote) => self.hear(&context, vote),
                _ if accused < EVIDENCE_MAX => {
                    accused += usize::from(self.accuse(&mut context, &activity));
                }
                _ => {}
            }
        }
    }

    fn hear<T>(&self, context: &impl Clock, vote: &T)
    where
        T: Attributable + Epochable + Viewable,
    {
        let Some(key) = self.key(vote.signer()) else { return };
        let heard = Heard {
            epoch: vote.epoch().get(),
            view: vote.view().get(),
            time_ms: context.current().epoch_millis(),
        };
        self.voices.lock().unwrap_or_else(PoisonError::into_inner).insert(key, heard);
    }

    /// Tells the ledger of a contradiction whose signatures are good.
    fn accuse<R: CryptoRng>(&self, rng: &mut R, activity: &Activity<Scheme, Digest>) -> bool {
        let (kind, good, signer, round, votes) = match activity {
            Activity::ConflictingNotarize(e) => (
                "conflicting-notarize",
                e.verify(rng, &self.scheme, &Sequential),
                e.signer(),
                (e.epoch(), e.view()),
                e.encode(),
            ),
            Activity::ConflictingFinalize(e) => (
                "conflicting-finalize",
                e.verify(rng, &self.scheme, &Sequential),
                e.signer(),
                (e.epoch(), e.view()),
                e.encode(),
            ),
            Activity::NullifyFinalize(e) => (
                "nullify-finalize",
                e.verify(rng, &self.scheme, &Sequential),
                e.signer(),
                (e.epoch(), e.view()),
                e.encode(),
            ),
            _ => return false,
        };
        let Some(validator) = self.key(signer).filter(|_| good) else { return false };
        let (epoch, view) = (round.0.get(), round.1.get());
        self.ledger.accuse(Evidence { kind, validator, epoch, view, votes: votes.to_vec() });
        true
    }

    fn key(&self, signer: Participant) -> Option<PublicKey> {
        keys::public(self.members.get(usize::from(signer))?)
    }
}
