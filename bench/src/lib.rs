//! What the measurements share: the load, and how it is handed in and timed.
#![allow(clippy::unwrap_used, clippy::panic)]

pub mod load;
pub mod measure;
