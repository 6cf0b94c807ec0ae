//! Encrypted connections between the validators, and the channels they carry.

use crate::committee::Committee;
use crate::config::Plan;
use commonware_cryptography::ChaCha20Poly1305;
use commonware_cryptography::ed25519::{PrivateKey, PublicKey};
use commonware_p2p::authenticated::lookup;
use commonware_p2p::{AddressableManager as _, AddressableTrackedPeers};
use commonware_p2p::{Blocker, Provider, Receiver, Sender};
use commonware_runtime::{Handle, Quota, Supervisor as _, tokio};
use commonware_stream::cups::{self, Cups};
use commonware_stream::sake::{self, Sake};
use commonware_utils::ordered::Map;
use commonware_utils::{NZU32, NZUsize, union};
use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;
use weal_proof::certificate;

/// Clocks of validators may differ by this when they connect.
const SYNCHRONY: Duration = Duration::from_secs(5);
/// Age after which a greeting is refused.
const HANDSHAKE_AGE: Duration = Duration::from_secs(10);
/// Between calls to different validators,
const DIAL_PAUSE: Duration = Duration::from_millis(50);
/// and to the same one.
const DIAL_AGAIN: Duration = Duration::from_millis(250);
/// A stranger who connects must have shown a validator's key within this: three messages, also
/// between continents.
const GREETING_PATIENCE: Duration = Duration::from_secs(3);
/// Connections that have not yet shown a key, in all: each takes a file from the archive, and a
/// process may have only 512. 64 validators that start together need as many.
const GREETINGS_AT_ONCE: NonZeroU32 = NZU32!(128);
/// Greetings from one address. With the patience above they are at most 48 at once, so that one
/// address cannot keep all others out. Validators behind one address call again soon, and are
/// called.
const GREETINGS_PER_SECOND: NonZeroU32 = NZU32!(16);
/// The same for a neighbourhood (/24, for IPv6 /48): at most 96 at once, of 128.
const NEIGHBOURS_PER_SECOND: NonZeroU32 = NZU32!(32);
/// Messages waiting inside the network besides those of the channels.
const MAILBOX: NonZeroUsize = NZUsize!(256);
/// A validator sends some five votes and certificates a view, and views turn a few hundred times
/// a second at the most. What exceeds a quota is dropped and costs a timeout, so they are ample.
const VOTES_PER_SECOND: u32 = 1_024;
/// Answers of a peer that helps another to catch up; each may be as large as a block.
const BACKFILL_PER_SECOND: u32 = 128;
/// Messages with operations; each gathers what comes meanwhile.
const GOSSIP_PER_SECOND: u32 = 512;
/// A channel keeps room for one second of every peer: about half a kilobyte for each message.
/// All peers together get this, as more validators turn fewer views.
const SLOTS: u32 = 8_192;

/// Sets of validators one stays connected with: those of now and those before them.
const PEER_SETS: NonZeroUsize = NZUsize!(2);

/// One sender and one receiver.
pub(crate) type Channel<S, R> = (S, R);

/// Makes the members of an epoch known to the network, which is given numbers that only rise.
pub type Tracker = Box<dyn FnMut(u64, &Committee) + Send + Sync>;

/// What wiring needs of a network; channels are numbered in this order.
pub struct Network<S, R, M> {
    /// Blocks peers and knows whom there is.
    pub manager: M,
    /// Told of every new set of members.
    pub tracker: Tracker,
    /// Votes, by epoch.
    pub votes: Channel<S, R>,
    /// Certificates, by epoch.
    pub certificates: Channel<S, R>,
    /// Missing certificates, by epoch.
    pub resolver: Channel<S, R>,
    /// Missing final blocks.
    pub backfill: Channel<S, R>,
    /// Proposed blocks.
    pub broadcast: Channel<S, R>,
    /// Operations.
    pub gossip: Channel<S, R>,
}

/// Opens the connections; a single validator has nobody to connect to and still listens.
pub(crate) fn open(
    context: &tokio::Context,
    plan: &Plan,
    message_bytes_max: u32,
) -> (
    Network<
        impl Sender<PublicKey = PublicKey>,
        impl Receiver<PublicKey = PublicKey>,
        impl Blocker<PublicKey = PublicKey> + Provider<PublicKey = PublicKey> + Sync,
    >,
    Handle<()>,
) {
    let config = config(plan, message_bytes_max);
    let (mut network, manager) = lookup::Network::new(context.child("network"), config);
    let mut peers = manager.clone();
    let track = move |number, committee: &Committee| {
        let nobody = Map::default();
        peers.track(number, AddressableTrackedPeers::new(committee.addresses.clone(), nobody));
    };
    let vote = quota(plan, VOTES_PER_SECOND);
    let help = quota(plan, BACKFILL_PER_SECOND);
    let parts = Network {
        manager,
        tracker: Box::new(track),
        votes: network.register(0, vote),
        certificates: network.register(1, vote),
        resolver: network.register(2, help),
        backfill: network.register(3, help),
        broadcast: network.register(4, vote),
        gossip: network.register(5, quota(plan, GOSSIP_PER_SECOND)),
    };
    (parts, network.start())
}

fn config(
    plan: &Plan,
    message_bytes_max: u32,
) -> lookup::Config<Cups<Sake<PrivateKey>, ChaCha20Poly1305>> {
    let greeting = Sake {
        signer: plan.signer.clone(),
        synchrony_bound: SYNCHRONY,
        max_handshake_age: HANDSHAKE_AGE,
        version: sake::Version::V1,
    };
    let mut config = lookup::Config::local(
        Cups::new(greeting, cups::Version::V1),
        &union(&certificate::namespace(&plan.config.network), b"_P2P"),
        plan.config.listen,
        plan.config.peers_max,
        message_bytes_max,
        MAILBOX,
    );
    // Few and known validators can afford to connect at once.
    config.dial_frequency = DIAL_PAUSE;
    config.peer_connection_cooldown = DIAL_AGAIN;
    config.handshake_timeout = GREETING_PATIENCE;
    config.max_concurrent_handshakes = GREETINGS_AT_ONCE;
    config.allowed_handshake_rate_per_ip = Quota::per_second(GREETINGS_PER_SECOND);
    config.allowed_handshake_rate_per_subnet = Quota::per_second(NEIGHBOURS_PER_SECOND);
    // Validators are few and known by key; many sit behind one address or leave by another.
    config.bypass_ip_check = true;
    config.allow_private_ips = true;
    config.allow_dns = true;
    // Who has just left is still helped to learn of it.
    config.tracked_peer_sets = PEER_SETS;
    config
}

fn quota(plan: &Plan, per_second: u32) -> Quota {
    let members = u32::try_from(plan.config.peers_max.get()).unwrap_or(u32::MAX);
    let shared = per_second.min(SLOTS / members.max(1));
    Quota::per_second(NonZeroU32::new(shared).unwrap_or(NonZeroU32::MIN))
}
