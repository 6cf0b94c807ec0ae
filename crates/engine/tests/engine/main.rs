//! What the engine promises, tested from outside with a toy ledger.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod block;
mod committee;
mod kill;
mod refusals;
mod restart;
mod single;
mod toy;
