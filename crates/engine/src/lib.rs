//! Orders blocks among the validators and keeps every final block with its certificate.
//!
//! One validator alone is the embedded default; it runs the same path as many. The engine knows
//! blocks as bytes and asks a [`Ledger`] what they mean. This is the only crate that names the
//! consensus library, and it instantiates it once.
//!
//! A start, as a numbered program ([`start`] follows it):
//! 1. The configuration is checked: committee, own key, addresses, limits, genesis.
//! 2. One thread opens the archive, the log of record, and makes sure that the ledger's last
//!    block is the archive's block of that height.
//! 3. Blocks the archive processed and the ledger lacks are handed to it again, in order.
//! 4. Only then are new final blocks delivered, and voting begins.
//!
//! A block, from proposal to finality:
//! 1. The leader of a view waits until the ledger has something to say, or for the heartbeat.
//! 2. The ledger builds a block on the parent; if it does not know the parent's state, it is led
//!    there through the blocks between.
//! 3. Every other validator checks place, proposer and time, and lets its ledger check the rest.
//!    A block from the future is waited for; no verdict is given that could change.
//! 4. A quorum of votes makes the block final; it is stored durably with its certificate.
//! 5. Each height is handed to the ledger once, in order; then it is acknowledged.
//!
//! What is lost if the process dies: nothing that is final. A block that was handed over and not
//! yet acknowledged is handed over again unless the ledger kept it.

mod application;
mod block;
mod committee;
mod config;
mod delivery;
mod epochs;
mod failure;
mod gossip;
mod handle;
mod keys;
mod ledger;
mod liar;
mod lineage;
mod network;
mod refill;
mod settings;
mod start;
mod steady;
mod storage;
mod watch;
mod wiring;

pub use block::Block;
pub use config::{Config, EngineError};
pub use handle::Engine;
pub use ledger::{Evidence, Ledger, Member};
pub use liar::{Liar, lie};
pub use refill::refill;
pub use start::start;
pub use watch::Heard;

/// The parts of an engine, for those who bring their own runtime and network.
pub mod parts {
    pub use crate::committee::Committee;
    pub use crate::config::Plan;
    pub use crate::network::{Network, Tracker};
    pub use crate::settings::Runtime;
    pub use crate::wiring::{Archive, Opened, validate};
}
