//! Every size, count and time at the front door, with its reason.

use std::net::IpAddr;
use std::time::Duration;

/// Files kept free for the archive, the read model and the other institutions: at the least this
/// many, which is what a book of some millions of entries and 64 institutions take,
const FILES_KEPT_MIN: u64 = 256;
/// and at the least one of so many.
const FILES_KEPT_SHARE: u64 = 3;
/// Connections at the most: one that waits takes about 13 kB and up to [`HEAD_BYTES`] more, so all
/// of them take 370 MB at the worst.
const SEATS_MAX: usize = 8_192;
/// Bytes of a request's head, and of what is read of a body or made of an answer at a time. The
/// longest query names 64 entries of the state, 20 kB.
pub(super) const HEAD_BYTES: usize = 32 << 10;
/// Bytes of an answer that are not counted: all connections together have 128 MB of these.
pub(super) const LIGHT_BYTES: u64 = 16 << 10;
/// Connections that were asked to leave and have not yet closed their files.
pub(super) const LEAVING_MAX: usize = 64;
/// How often connections are looked at that make no progress.
pub(super) const SWEEP: Duration = Duration::from_millis(500);
/// A pause when the system gives no more files: others must close theirs first.
pub(super) const OUT_OF_FILES: Duration = Duration::from_millis(100);

/// What the front door allows.
#[derive(Debug, Clone)]
pub struct DoorLimits {
    /// Connections in all.
    pub seats: usize,
    /// Connections of one address (for IPv6 one /64), of a proxy excepted: a hospital or a whole
    /// mobile network can stand behind one.
    pub seats_per_address: usize,
    /// Connections of one site (IPv6 /48), which has 65,536 such addresses.
    pub seats_per_site: usize,
    /// Time for the head of a request from its first byte, and for the first one from the start.
    pub head: Duration,
    /// Time between two requests: proxies and browsers keep a connection for a minute.
    pub idle: Duration,
    /// Time without progress of a body.
    pub body_stall: Duration,
    /// Time without progress of an answer: a telephone may lose its network in a tunnel.
    pub answer_stall: Duration,
    /// Slowest progress that counts, of bodies and answers: a tenth of the slowest telephone's.
    pub bytes_per_s: u32,
    /// Bytes of bodies that are held at the same time: a tenth of a small machine.
    pub bodies_bytes: usize,
    /// Of these, kept free for bodies of at most [`DoorLimits::small_body_bytes`].
    pub small_bodies_bytes: usize,
    /// What nearly every operation is shorter than.
    pub small_body_bytes: usize,
    /// Bytes of ready-made answers that are on their way, of lists and pages, counted like bodies.
    pub answers_bytes: usize,
    /// Long answers (blocks, bundles of entries) under way: each holds one block of up to 4 MB.
    pub long_answers: usize,
    /// Of one address: a mirror needs one, and a second one while the first ends.
    pub long_answers_per_address: usize,
    /// Live streams of the API, and as many of the pages.
    pub streams: usize,
    /// Work that blocks a thread, at the same time: some of it waits for the disk, and an address
    /// has half of it. More would only wait for the same cores.
    pub work_at_once: usize,
    /// Such work that waits: some seconds' worth.
    pub work_waiting: usize,
    /// Of one address, waiting or under way.
    pub work_per_address: usize,
    /// How long it waits before the node answers that it is busy.
    pub work_patience: Duration,
    /// Machines that are believed when they say for whom they ask (`X-Forwarded-For`), besides this
    /// one itself.
    pub proxies: Vec<IpAddr>,
}

impl DoorLimits {
    /// What a process that may have so many files open can serve.
    pub fn for_files(files: u64) -> DoorLimits {
        let kept = FILES_KEPT_MIN.max(files / FILES_KEPT_SHARE);
        let seats = usize::try_from(files.saturating_sub(kept)).unwrap_or(usize::MAX);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let seats = seats.clamp(1, SEATS_MAX);
        DoorLimits {
            seats,
            // Whoever has more displaces their own connections, and nobody else's.
            seats_per_address: (seats / 8).max(32),
            seats_per_site: (seats / 4).max(64),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            body_stall: Duration::from_secs(10),
            answer_stall: Duration::from_secs(30),
            bytes_per_s: 1_024,
            bodies_bytes: 192 << 20,
            small_bodies_bytes: 32 << 20,
            small_body_bytes: 64 << 10,
            answers_bytes: 128 << 20,
            long_answers: 32,
            long_answers_per_address: 4,
            // Readers of streams stay for hours; half of all connections are for others.
            streams: (seats / 4).max(1),
            work_at_once: cores.saturating_mul(4).max(8),
            work_waiting: 256,
            work_per_address: 128,
            work_patience: Duration::from_secs(5),
            proxies: Vec::new(),
        }
    }

    /// A door for a few who look after the node, beside the one for everybody.
    pub fn few() -> DoorLimits {
        DoorLimits { seats: 32, seats_per_address: 32, ..DoorLimits::for_files(0) }
    }

    /// Whether this machine asks for many others.
    pub(crate) fn is_proxy(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        peer.is_loopback() || self.proxies.iter().any(|proxy| proxy.to_canonical() == peer)
    }
}

impl Default for DoorLimits {
    fn default() -> DoorLimits {
        DoorLimits::for_files(weal_node::files_max())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_keeps_a_third_of_all_files() {
        for (files, seats) in [(512, 256), (1_024, 683), (4_096, 2_731), (65_536, SEATS_MAX)] {
            assert_eq!(DoorLimits::for_files(files).seats, seats, "{files}");
        }
        assert_eq!(DoorLimits::for_files(0).seats, 1);
        assert_eq!(DoorLimits::for_files(u64::MAX).seats, SEATS_MAX);
    }

    #[test]
    fn this_machine_and_those_named_are_proxies_and_nobody_else() {
        let named = "10.88.0.1".parse().unwrap();
        let limits = DoorLimits { proxies: vec![named], ..DoorLimits::default() };
        for (address, believed) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("10.88.0.1", true),
            ("::ffff:10.88.0.1", true),
            ("10.88.0.2", false),
        ] {
            assert_eq!(limits.is_proxy(address.parse().unwrap()), believed, "{address}");
        }
    }
}
