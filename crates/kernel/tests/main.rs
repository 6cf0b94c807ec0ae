//! What the kernel promises, tested from outside.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, unreachable_pub)]

mod charters;
mod common;
mod docs;
mod limits;
mod promises;
mod reference;
mod refusals;
mod stories;
mod work;
