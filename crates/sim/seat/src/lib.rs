//! A node's place in the simulated world: its clock, its disk, its ties, and the engine on them.
//!
//! It is a crate of its own because the engine takes long to compile wherever it is instantiated.

pub mod chance;
pub mod disk;
pub mod seat;
pub mod ties;

use seat::Seat;
use std::sync::Arc;
use ties::{Echoing, Sending, Ties};
use weal_engine::Ledger;
use weal_engine::parts::{Network, Opened, Plan};

/// What the engine is told to do when the ledger is up to date.
pub type Told = Box<dyn FnOnce(Opened) + Send>;

/// Runs the engine in this seat until a part of it ends, and returns why.
pub async fn validate(
    seat: Seat,
    plan: Plan,
    network: Network<Sending, Echoing, Ties>,
    ledger: Arc<dyn Ledger>,
    opened: Told,
) -> String {
    Box::pin(weal_engine::parts::validate(seat, plan, network, ledger, opened)).await
}
