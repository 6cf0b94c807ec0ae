//! Relief: needs, gifts, hand-overs and traces, explained from the log.

pub mod balance;
pub mod coverage;
pub mod grade;
pub mod import;
pub mod need;
pub mod scenario;
pub mod trace;
