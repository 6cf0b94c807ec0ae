//! Keeps the book: pool, state and snapshots, log, receipts, and the follower of the final log.
//!
//! The way of an operation, as a numbered program:
//! 1. [`Node::submit`] reads it ([`weal_kernel::check_shape`]) and gives it a ticket in the pool,
//!    or says who is asked to slow down.
//! 2. A checker thread verifies signatures, many at once; then it takes its place on an account.
//! 3. The leader takes waiting operations in order of arrival, within the fair share of each
//!    ingress and account, asks the kernel, and builds a block. What the kernel refuses is told to
//!    its sender.
//! 4. The engine makes the block final. From here on it is never lost.
//! 5. The final state moves on, the log grows, senders are told, and the follower is given the
//!    block. The follower may lag; it can be dropped and rebuilt.
//!
//! What is lost if the process dies: in steps 1 to 3 everything, and the answer said "received";
//! from step 4 on nothing. State, log hashes and read model are derived from the engine's archive
//! and restored from it.

mod archive;
mod body;
mod chain;
mod checker;
mod directory;
mod evidence;
mod files;
mod follower;
mod hashes;
mod liar;
pub mod limits;
mod memory;
mod mirror;
mod node;
mod open;
mod overdue;
mod pool;
mod receipts;
mod reseat;
mod room;
mod sets;
mod snapshot;
mod sponsor;
mod stall;
mod store;
mod sync;
mod tiles;
mod voter;

pub use chain::{Pending, SubmitError};
pub use directory::{Directory, DirectoryError};
pub use directory::{read_key, write_key};
pub use evidence::Contradiction;
pub use files::{FILES_MIN, TooFewFiles, files_max, raise_files};
pub use follower::Follower;
pub use liar::{Liar, lie};
pub use memory::{MemoryReading, memory_limit_bytes, task_limit};
pub use mirror::Source;
pub use node::{Config, Node, NodeError, Position, Standing};
pub use pool::{Full, Outcome};
pub use reseat::reseat;
pub use room::free_bytes;
pub use store::Sealed;
pub use tiles::{Damaged, SignedCheckpoint};

/// The parts of a node, for those who bring their own threads, clocks and disks.
pub mod parts {
    pub use crate::chain::{Chain, Outlets};
    pub use crate::checker::check;
    pub use crate::node::begin;
    pub use crate::overdue::Overdue;
    pub use crate::pool::{Ingress, Item, Pool};
}
