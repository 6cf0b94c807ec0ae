//! Every size and time between a log and its witnesses, with its reason.

/// Bytes of a request to cosign: 63 hashes, and a checkpoint with 64 signatures under long names.
pub const REQUEST_BYTES: usize = 65_536;
/// Hashes of a consistency proof, as C2SP tlog-witness has it.
pub const PROOF_LINES: usize = 63;
/// Seconds a request may take to arrive: it has some kilobytes.
pub const REQUEST_S: u64 = 10;
/// Requests a witness looks at at once; each waits for one disk.
pub const REQUESTS_AT_ONCE: usize = 32;
/// Bytes of a witness's answer: one line, or a few where it has several keys.
pub const ANSWER_BYTES: u64 = 16_384;
/// Seconds a witness may take to answer.
pub const ANSWER_S: u64 = 10;
/// Seconds between two requests to a witness.
pub const PAUSE_S: u64 = 10;
/// Milliseconds by which a cosigned checkpoint may be older than the newest and is still shown in
/// its place: six rounds of asking.
pub const OLDER_MS: u64 = 60_000;
/// Witnesses of one node: a note has 64 signatures at the most, and one is the log's.
pub const WITNESSES: usize = 16;
