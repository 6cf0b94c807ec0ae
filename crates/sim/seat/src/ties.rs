//! A node's ties to the others: whom it knows, whom it shuts out, and messages that come twice.

use crate::chance::Chance;
use commonware_actor::Feedback;
use commonware_cryptography::ed25519::PublicKey;
use commonware_p2p::simulated::{self, Control, Oracle};
use commonware_p2p::{
    BlockedSubscription, Blocker, Message, PeerSetSubscription, PeerSetUpdate, Provider, Receiver,
    TrackedPeers,
};
use commonware_runtime::deterministic::Context;
use commonware_runtime::{IoBuf, Quota};
use commonware_utils::NZU32;
use commonware_utils::channel::mpsc;
use commonware_utils::ordered::Set;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use weal_engine::parts::{Committee, Network};

/// Who is told what happens on the network.
pub trait Notes: Send + Sync + 'static {
    /// A message came twice.
    fn echoed(&self);
    /// A node shut another out.
    fn blocked(&self, node: usize, peer: &PublicKey);
}

/// Channels of a node, and how many messages a second each takes: those of the real network.
const QUOTAS: [Quota; 6] = [
    Quota::per_second(NZU32!(1_024)),
    Quota::per_second(NZU32!(1_024)),
    Quota::per_second(NZU32!(128)),
    Quota::per_second(NZU32!(128)),
    Quota::per_second(NZU32!(1_024)),
    Quota::per_second(NZU32!(128)),
];

/// The sending end of a channel.
pub type Sending = simulated::Sender<PublicKey, Context>;

/// Sets of peers a node stays connected with: those of now and those before them.
const PEER_SETS: usize = 2;

#[derive(Default)]
struct Peers {
    sets: BTreeMap<u64, Set<PublicKey>>,
    subscribers: Vec<mpsc::UnboundedSender<PeerSetUpdate<PublicKey>>>,
}

impl Peers {
    fn update(&self) -> Option<PeerSetUpdate<PublicKey>> {
        let (index, latest) = self.sets.last_key_value()?;
        let all = Set::from_iter_dedup(self.sets.values().flat_map(|set| set.iter().cloned()));
        let latest = TrackedPeers::primary(latest.clone());
        Some(PeerSetUpdate { index: *index, latest, all: TrackedPeers::primary(all) })
    }
}

/// Blocks peers and knows whom there is, as the real network does for its process.
#[derive(Clone)]
pub struct Ties {
    node: usize,
    control: Control<PublicKey, Context>,
    notes: Arc<dyn Notes>,
    peers: Arc<Mutex<Peers>>,
}

impl fmt::Debug for Ties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ties({})", self.node)
    }
}

impl Ties {
    fn track(&self, epoch: u64, members: Set<PublicKey>) {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        peers.sets.insert(epoch, members);
        while peers.sets.len() > PEER_SETS {
            peers.sets.pop_first();
        }
        if let Some(update) = peers.update() {
            peers.subscribers.retain(|subscriber| subscriber.send(update.clone()).is_ok());
        }
    }
}

impl Blocker for Ties {
    type PublicKey = PublicKey;

    fn block(&mut self, peer: PublicKey) -> Feedback {
        self.notes.blocked(self.node, &peer);
        self.control.block(peer)
    }

    fn blocked(&mut self) -> BlockedSubscription<PublicKey> {
        self.control.blocked()
    }
}

impl Provider for Ties {
    type PublicKey = PublicKey;

    async fn peer_set(&mut self, id: u64) -> Option<TrackedPeers<PublicKey>> {
        let peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        peers.sets.get(&id).cloned().map(TrackedPeers::primary)
    }

    async fn subscribe(&mut self) -> PeerSetSubscription<PublicKey> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(update) = peers.update() {
            let _ = sender.send(update);
        }
        peers.subscribers.push(sender);
        receiver
    }
}

/// So many messages of a thousand come once more, later; shared by all nodes.
pub type Echoes = Arc<AtomicU64>;

/// A receiver to which some messages come twice.
pub struct Echoing {
    inner: simulated::Receiver<PublicKey>,
    echoes: Echoes,
    chance: Chance,
    /// Each with the number of messages that come before it.
    again: VecDeque<(u64, (PublicKey, IoBuf))>,
    came: u64,
    notes: Arc<dyn Notes>,
}

impl fmt::Debug for Echoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Echoing after {}", self.came)
    }
}

impl Receiver for Echoing {
    type Error = simulated::Error;
    type PublicKey = PublicKey;

    async fn recv(&mut self) -> Result<Message<PublicKey>, Self::Error> {
        if self.again.front().is_some_and(|(due, _)| *due <= self.came)
            && let Some((_, message)) = self.again.pop_front()
        {
            self.notes.echoed();
            return Ok(message);
        }
        let message = self.inner.recv().await?;
        self.came += 1;
        let rate = self.echoes.load(Ordering::Relaxed);
        if rate > 0 && self.chance.per_mille(rate) {
            let due = self.came + self.chance.between(0, 40);
            self.again.push_back((due, message.clone()));
        }
        Ok(message)
    }

    fn capacity(&self) -> NonZeroUsize {
        self.inner.capacity()
    }
}

/// Registers a node with the network and gives it everything the engine needs of one.
pub async fn connect(
    oracle: &Oracle<PublicKey, Context>,
    (node, me): (usize, PublicKey),
    (echoes, mut chance): (Echoes, Chance),
    notes: Arc<dyn Notes>,
) -> Option<Network<Sending, Echoing, Ties>> {
    let control = oracle.control(me);
    let mut channels = VecDeque::new();
    for (channel, quota) in (0u64..).zip(QUOTAS) {
        let (sender, inner) = control.register(channel, quota).await.ok()?;
        let chance = Chance::new(chance.draw(), "echo");
        let (echoes, notes) = (echoes.clone(), notes.clone());
        let echoing = Echoing { inner, echoes, chance, again: VecDeque::new(), came: 0, notes };
        channels.push_back((sender, echoing));
    }
    let ties = Ties { node, control, notes, peers: Arc::default() };
    let known = ties.clone();
    let tracker = move |epoch: u64, committee: &Committee| {
        known.track(epoch, committee.members.clone());
    };
    Some(Network {
        manager: ties,
        tracker: Box::new(tracker),
        votes: channels.pop_front()?,
        certificates: channels.pop_front()?,
        resolver: channels.pop_front()?,
        backfill: channels.pop_front()?,
        broadcast: channels.pop_front()?,
        gossip: channels.pop_front()?,
    })
}
