//! The sizes the actuary accepts, each with its reason.

/// The highest age a table may hold: nobody is known to have lived longer than 122 years.
pub const AGE_MAX: u32 = 130;
/// Years of one projection or span: two lifetimes, and the trustees of funds look ahead 75 years.
pub const YEARS_MAX: u32 = 200;
/// Payments within one year: one a day.
pub const PARTS_MAX: u32 = 366;
/// The degree of a root: daily rates.
pub const ROOT_MAX: u32 = 366;
/// Paths of one fan: beyond, the percentiles move by less than a reader can see.
pub const PATHS_MAX: u32 = 10_000;
/// Rounds of a multiplication scheme: one a day for 2,700 years, and done within a second.
pub const ROUNDS_MAX: u32 = 1_000_000;
/// Characters of one life table: 131 ages with room for a dozen columns.
pub const TABLE_BYTES_MAX: usize = 64 * 1024;
