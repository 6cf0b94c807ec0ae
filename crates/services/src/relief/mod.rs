//! Relief: needs, gifts, hand-overs and traces, explained from the log.

pub mod scenario;
