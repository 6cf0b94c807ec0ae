//! What the measurements share: the load.
#![allow(clippy::unwrap_used)]

pub mod load;
