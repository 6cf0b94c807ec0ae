//! Every size, count and time the API accepts, with its reason.

use std::time::Duration;

/// Bytes of one operation's body: an envelope that fits into the log, and not one byte more.
pub const OPERATION_BYTES: usize = weal_proof::limits::ENVELOPE_BYTES;
/// Operations in one batch: a hospital's list of a day, answered within one request.
pub const BATCH_OPERATIONS: usize = 1_000;
/// Bytes of a batch: ordinary envelopes have 2 KiB; a thousand of the longest would be 64 MiB.
pub const BATCH_BYTES: usize = 16 << 20;
/// Operations of one batch that are judged at the same time.
pub const BATCH_AT_ONCE: usize = 64;
/// Longest wait for a block that `Prefer: wait=N` is granted: proxies give up after 60 seconds.
pub const WAIT_S: u64 = 30;
/// Time a body may take to arrive: a slow telephone sends 64 KiB in ten seconds.
pub const BODY_S: u64 = 60;
/// Seconds after which somebody tries again whom a busy node could not serve.
pub const BUSY_RETRY_S: u64 = 2;
/// Entries of a list where the reader does not say.
pub const PAGE: u32 = 50;
/// Entries of a list at the most.
pub const PAGE_MAX: u32 = 200;
/// Characters of a text in a query.
pub const QUERY_CHARS: usize = 200;
/// Characters of a state key: the longest kind names two ids and an item.
pub const KEY_CHARS: usize = 300;
/// State entries proven along with a receipt.
pub const RECEIPT_KEYS: usize = weal_proof::limits::RECEIPT_STATE_ENTRIES;
/// Characters of a cursor.
pub const CURSOR_CHARS: usize = 500;
/// Characters of a name in a path: an id has 64, a claim code with hyphens 19.
pub const NAME_CHARS: usize = 80;
/// Largest whole number: what every JSON reader holds exactly.
pub const WHOLE_MAX: u64 = weal_proof::limits::INTEGER_MAX;
/// How often a read starts again because a block was followed meanwhile.
pub const READ_ATTEMPTS: usize = 8;
/// Reads one address may do each second, and how many it may save up. Generous: a hospital or a
/// whole mobile network can stand behind one address.
pub const READ_RATE: Rate = Rate { per_s: 200, burst: 1_000 };
/// Addresses remembered for that; one more shares its bucket with all further ones.
pub const ADDRESSES: usize = 65_536;
/// Open streams of one address.
pub const STREAMS_PER_ADDRESS: usize = 64;
/// Entries a stream catches up; who is further behind is told of the gap and reads the list.
pub const STREAM_BACKLOG: u64 = 10_000;
/// Entries a stream reads at a time while it catches up.
pub const STREAM_CHUNK: u32 = 200;
/// New entries kept for streams that are slow; slower ones read the book again.
pub const STREAM_BUFFER: usize = 1_024;
/// Seconds of silence after which a stream says that it lives: proxies give up after 30.
pub const HEARTBEAT_S: u64 = 15;

/// Bytes of a text to be checked, as JSON: every character of it may be escaped.
pub const CHECK_BYTES: usize = 400_000;
/// Texts checked at the same time: each uses up to one core for some seconds.
pub const CHECKS_AT_ONCE: usize = 2;
/// How long somebody waits for the assessment of his text before he is told to ask again.
pub const CHECK_WAIT_MS: u64 = 700;
/// Assessments of texts kept: those that are being written now.
pub const CHECKS_KEPT: usize = 64;

/// A token bucket's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Tokens that come back each second.
    pub per_s: u32,
    /// Tokens saved up at the most.
    pub burst: u32,
}
/// How long an answer waits for the lists to have what is final: they lag by a fraction of that.
pub const CATCH_UP: Duration = Duration::from_secs(5);
