//! The sizes of an assessment, each with its reason.

/// Cells of one situation: a hundred ages with two hundred bands each, done within minutes.
pub const CELLS: usize = 20_000;
/// Cells that grouping makes at most: a hundred ages with ten bands each, done within seconds.
pub const CELLS_GROUPED: usize = 1_000;
/// Cases of one situation: as many as the language counts.
pub const CASES: u64 = 1_000_000_000;
/// Years looked ahead: as trustees of public funds do; slow failures show after fifty.
pub const YEARS: i128 = 75;
/// Everybody there is; nobody joins after them.
pub const PEOPLE: u64 = 8_000_000_000;
/// Paths of the fan.
pub const PATHS: u32 = 1_000;
/// Halvings in the search for the growth of joiners: finer than 0.1 % a year.
pub const HALVINGS: u32 = 10;
/// Growths tried from 100 % a year downwards before none is found: down to 3 %.
pub const TRIES: u32 = 5;
/// Cells while a growth is sought, which takes up to twenty projections.
pub const CELLS_SOUGHT: usize = 150;
/// Cells of one projection, which grow by joiners and where a cell is paid in part.
pub const GROUPS: usize = 40_000;
