//! Every size an outsider's check accepts, with its reason.

/// Bytes of one envelope: a log entry bundle (C2SP `tlog-tiles`) carries 16-bit lengths.
pub const ENVELOPE_BYTES: usize = 65_535;
/// Bytes of one operation's JSON text: what base64 leaves of an envelope, less room for signatures.
pub const PAYLOAD_BYTES: usize = 45_056;
/// Signatures on one envelope: two parties with thresholds of up to eight keys each.
pub const SIGNATURES: usize = 16;
/// Nesting of JSON: deeper text is an attack on parsers, not a statement.
pub const JSON_DEPTH: usize = 16;
/// The largest whole number that every JSON reader holds exactly (2^53 - 1).
pub const INTEGER_MAX: u64 = 9_007_199_254_740_991;
/// Validators of a network: a certificate grows by 64 bytes for each.
pub const VALIDATORS: usize = 64;
/// Bytes of a receipt file: an envelope, a certificate, 64 path nodes and a few state entries.
pub const RECEIPT_BYTES: usize = 1 << 20;
/// State entries in one receipt.
pub const RECEIPT_STATE_ENTRIES: usize = 64;
/// Bytes of a genesis text.
pub const GENESIS_BYTES: usize = 65_536;
/// Nodes of a log path: a log of 2^64 entries has no longer one.
pub const LOG_PATH: usize = 64;
/// Nodes of a state path: one for each bit of a key at the most.
pub const STATE_PATH: usize = 256;
/// Bytes of the name of an institution that keeps the book.
pub const KEEPER_NAME_BYTES: usize = 200;
/// Bytes of a `host:port`: a host name has no more than 253.
pub const KEEPER_ADDRESS_BYTES: usize = 260;
/// Blocks of the shortest epoch: a validator set must be known well before it votes.
pub const EPOCH_BLOCKS_MIN: u64 = 4;
/// Blocks of the longest epoch.
pub const EPOCH_BLOCKS_MAX: u64 = 1 << 20;
/// Changes of the validator set in one receipt: two a month for forty years.
pub const RECEIPT_SETS: usize = 1_000;
/// Bytes of a signed note: some kilobytes for each signature at the most.
pub const NOTE_BYTES: usize = 1 << 20;
/// Signatures on a note: a log, its keepers and its witnesses.
pub const NOTE_SIGNATURES: usize = 64;
/// Bytes of a conviction: what two receipts of the longest chain of changes may have in common.
pub const CONVICTION_BYTES: usize = RECEIPT_BYTES;
