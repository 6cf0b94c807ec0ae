//! Every size and count of a node, with its reason.

/// Operations in one block: some 50 ms of one core's work.
pub const BLOCK_OPERATIONS: usize = 4_096;
/// Bytes of one block's body: crosses a 100 Mbit/s line in a third of a second.
pub const BODY_BYTES: usize = 4 << 20;
/// Operations a block is offered when more waits: it is built, sent and verified in some tens of
/// milliseconds, so that a crowd of others costs a sender little time.
pub const BLOCK_OFFERS: usize = 512;
/// Steps of work after which no operation begins in a block (see `weal_kernel::Work`); whoever
/// verifies it checks that. Some 100 ms of one core.
pub const BLOCK_STEPS: u64 = 4_000_000;
/// Steps a leader gives to operations that may run rules of charters, each of which may take
/// hundreds of thousands; once they are used up, such operations wait for another block.
pub const BLOCK_RULE_STEPS: u64 = 1_000_000;
/// As many operations that may run rules are judged in order of arrival with the others; more go
/// last, those first whose sender's turn was longest ago.
pub const RULES_IN_ORDER: usize = 8;
/// Operations refused before that a block is offered again: judging them costs as much as taking.
pub const DEFERRED_OFFERS: usize = 256;
/// Times the rules refuse an operation before that is the last word though others wait before it;
/// the pause doubles each time, so that by then everything that waited has had its turn.
pub const JUDGEMENTS: u32 = 8;
/// Operations in the pool: a few seconds of work.
pub const POOL_OPERATIONS: usize = 32_768;
/// Bytes in the pool: what a small machine can spare.
pub const POOL_BYTES: usize = 64 << 20;
/// Operations of one sender in the pool: a quarter, so that nobody fills it alone.
pub const SENDER_OPERATIONS: usize = 8_192;
/// Their bytes, likewise.
pub const SENDER_BYTES: usize = POOL_BYTES / 4;
/// Operations of one sender that wait and may run rules of charters,
pub const SENDER_RULE_OPERATIONS: usize = 128;
/// and of one ingress: what runs rules as long as it may leaves the pool within ten seconds.
pub const RULE_OPERATIONS: usize = 256;
/// Registrations of one ingress that wait: a fire brigade of new members, not a flood.
pub const NEWCOMER_OPERATIONS: usize = 8_192;
/// Operations of one ingress whose sender's keys are not known: they arrived before what they rest
/// on, which is rare, or they are junk.
pub const STRANGER_OPERATIONS: usize = 1_024;
/// Their bytes.
pub const STRANGER_BYTES: usize = 4 << 20;
/// Operations of one ingress whose signatures wait to be checked: a second of one core's work.
pub const CHECK_OPERATIONS: usize = 16_384;
/// Their bytes.
pub const CHECK_BYTES: usize = 32 << 20;
/// Envelopes of one operation with different signatures: people collect them one by one.
pub const VARIANTS: usize = 4;
/// Who waits for word of one operation; a sender asks again now and then.
pub const LISTENERS: usize = 64;
/// Ids remembered of the last final blocks, and so many blocks at the most: whoever looked an id up
/// in an older state looks again.
pub const RECENT_IDS: usize = 65_536;
/// The most blocks whose ids are remembered.
pub const RECENT_BLOCKS: usize = 1_024;
/// Operations whose signatures are checked at once: batches gain little beyond.
pub const CHECK_BATCH: usize = 512;
/// Refusals remembered for senders who did not wait.
pub const REFUSALS_REMEMBERED: usize = 10_000;
/// Operations after which the state is saved, at least: replaying so many takes less than a second.
pub const SNAPSHOT_OPERATIONS: u64 = 20_000;
/// A long book's state is saved when the book has grown by one part of so many: saving it costs as
/// much as it is large, so an operation's share of that stays the same however long the book is.
pub const SNAPSHOT_SHARE: u64 = 20;
/// Final blocks that may wait for the follower before ordering waits for it too.
pub const FOLLOWER_BLOCKS: usize = 16;
/// Operations the follower is given at once.
pub const FOLLOWER_OPERATIONS: usize = 8_192;
/// Headers after a block among which its certificate is looked for.
pub const CERTIFICATE_SEARCH: u64 = 64;
/// Free bytes below which nothing more is taken: the engine needs room to finish and to say so.
pub const DISK_FREE_BYTES: u64 = 64 << 20;
/// Of a hundred parts of the memory this process may use, how many may be in use when an operation
/// is taken: answers, blocks of others and a saved state need the rest.
pub const MEMORY_PERCENT: u64 = 80;
/// Operations spread again at a time: a few blocks' worth.
pub const SPREAD_AGAIN: usize = 8_192;
/// Seconds after which what was handed to this node and still waits is spread again.
pub const SPREAD_AGAIN_S: u64 = 2;
/// Files of evidence kept: a liar may sign without end.
pub const EVIDENCE_FILES: usize = 1_000;
/// Bytes of final blocks given to a mirror at once.
pub const MIRROR_BYTES: usize = 8 << 20;
/// Bytes of one answer that a mirror takes: what is given at once, which ends after the block that
/// passes it, and that block's certificate and lengths.
pub const MIRROR_ANSWER_BYTES: usize = MIRROR_BYTES + BODY_BYTES + CERTIFICATE_BYTES + 4_096;
/// Blocks without a certificate of their own that a mirror holds until one follows.
pub const MIRROR_BLOCKS: usize = 16_384;
/// Bytes of these blocks: sixteen full ones. An honest engine certifies nearly every block.
pub const MIRROR_OPEN_BYTES: usize = 64 << 20;
/// Validators that may join before the process must be started again to make room.
pub const NEWCOMERS: usize = 8;
/// Bytes of a certificate: 64 signatures and what they sign.
pub const CERTIFICATE_BYTES: usize = 8_192;
