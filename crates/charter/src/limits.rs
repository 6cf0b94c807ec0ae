//! Every size a charter's text may have, with its reason.

/// Bytes of a text: what one operation carries, and what a person reads in an evening.
pub const TEXT_BYTES: usize = 40_960;
/// Expressions inside each other: deeper ones cannot be read, and must not use up a stack.
pub const DEPTH: u32 = 40;
/// Operators in a row.
pub const OPERATORS: u32 = 64;
/// How deep expressions, blocks and called rules stand in each other, all together: running so many
/// takes less than 256 kB of a stack, unoptimised, and a thread of a node has 2 MB.
pub const HEIGHT: u32 = 256;
/// Blocks inside each other.
pub const BLOCKS: u32 = 8;
/// Rules of one charter.
pub const RULES: usize = 128;
/// Names inside one rule, and inputs of one rule.
pub const LOCALS: usize = 64;
/// Entries of all tables together: a life table for each sex, month by month.
pub const CELLS: usize = 8_192;
/// Declarations of one kind: flows, fields, pots...
pub const DECLARATIONS: usize = 32;
/// Characters of a name.
pub const NAME_CHARS: usize = 40;
/// Characters of a text in quotes.
pub const QUOTE_CHARS: usize = 500;
/// Steps of one call of a rule: a loop over a life with a loop over its months inside.
pub const STEPS: u64 = 100_000;
/// Steps that the proof of all rules may take together.
pub const PROOF_STEPS: u64 = 400_000;
/// Steps that constants and entries of tables take together: a text is read with every operation.
pub const FIXED_STEPS: u64 = 50_000;
/// Worked examples.
pub const EXAMPLES: usize = 256;
