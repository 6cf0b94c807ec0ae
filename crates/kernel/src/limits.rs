//! Every size the kernel accepts, with its reason.

/// Keys of one principal: a board of directors, not a crowd.
pub const KEYS: usize = 8;
/// Guardians of one principal.
pub const GUARDIANS: usize = 8;
/// Characters of a name of a principal, an item or a pack.
pub const NAME_CHARS: usize = 120;
/// Characters of a short text: a purpose, a cause, a ward, a label.
pub const SHORT_TEXT_CHARS: usize = 280;
/// Characters of a long text: a description or a warning; longer ones are files beside the log.
pub const LONG_TEXT_CHARS: usize = 4_000;
/// Languages in which one name is given.
pub const LANGUAGES: usize = 12;
/// Lines of one operation: a pallet list on two printed pages.
pub const LINES: usize = 64;
/// Evidence hashes of one operation.
pub const EVIDENCE: usize = 16;
/// Acts one mandate names.
pub const MANDATE_ACTS: usize = 32;
/// Steps of delegation from the one who holds the right to the one who uses it.
pub const MANDATE_DEPTH: u8 = 4;
/// Reservations on one holding at a time.
pub const RESERVATIONS: usize = 32;
/// Quantity of one line or one holding, in packs or base units: more than mankind ever shipped.
pub const QUANTITY: u64 = 1_000_000_000_000;
/// Content of one pack in base units.
pub const PACK_CONTENT: u64 = 1_000_000_000;
/// Minor units of money in one line or one holding.
pub const MINOR: u64 = 1_000_000_000_000_000;
/// How long an operation may travel before it takes effect: people in a disaster are offline.
pub const VALIDITY_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// How far a signer's clock may be ahead of the block's.
pub const CLOCK_AHEAD_MS: u64 = 10 * 60 * 1000;
/// Shortest delay between a recovery by guardians and its effect, so that the owner can object.
pub const RECOVERY_DELAY_MIN_MS: u64 = 60 * 60 * 1000;
/// Longest delay of a recovery.
pub const RECOVERY_DELAY_MAX_MS: u64 = 90 * 24 * 60 * 60 * 1000;
/// How long a record is hidden at most before a legal authority must say so again: a year.
pub const HIDING_MS: u64 = 366 * 24 * 60 * 60 * 1000;
/// How long guardians who were replaced may still begin a recovery, if their delay is no longer: a
/// theft is noticed within a month.
pub const FORMER_MS: u64 = 30 * 24 * 60 * 60 * 1000;
/// Changes of keys that kept some of what was granted, remembered one by one.
pub const VOIDS: usize = 8;
/// Longest life of a mandate: who trusts somebody for longer says so once a year.
pub const MANDATE_MS: u64 = 366 * 24 * 60 * 60 * 1000;
/// Bytes of one record's body.
pub const BODY_BYTES: usize = 16_384;
/// Entries of one list inside a record's body.
pub const LIST: usize = 64;
/// Characters of a code of an item, a role, a schema: what fits on a label.
pub const CODE_CHARS: usize = 48;
/// Issuers of one role that are looked through: as many as a book has keepers, so that those behind
/// whom different keepers stand always fit.
pub const ISSUERS: usize = 64;
/// How long goods can be kept for a need without being sent.
pub const RESERVATION_MS: u64 = 90 * 24 * 60 * 60 * 1000;
/// Characters of the place and of the finding in a refusal, which repeat what was sent.
pub const FINDING_CHARS: usize = 240;
/// Days an item keeps: a hundred years.
pub const SHELF_LIFE_DAYS: u64 = 36_525;
/// How long a proposed change of the network takes answers: boards meet once a quarter.
pub const PROPOSAL_MS: u64 = 90 * 24 * 60 * 60 * 1000;
/// Operations of other networks that one record names.
pub const CITES: usize = 8;
/// Holders of one role that are named when a charter is published.
pub const ROLE_HOLDERS: usize = 16;
/// Principals of one party of a case: the workers of a site, the heirs of a member.
pub const SHARES: usize = 256;
/// Principals who show the same evidence for one case at a time.
pub const SHOWN: usize = 64;
/// Auditors who stand for one text.
pub const AUDITORS: usize = 64;
/// Cases that one operation asks when it carries out the calendar: a block must stay short.
pub const RUN_CASES: u64 = 1_000;
/// Steps of rules in one such operation.
pub const RUN_STEPS: u64 = 500_000;
