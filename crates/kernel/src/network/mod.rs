//! The network: the institutions that keep the book, other networks it recognises, and receipts of
//! theirs that are cited here.
//!
//! Its law: nothing about the network changes unless enough of those who keep the book now approve
//! it, each with the key of his institution; and what they approve takes effect between epochs.
//!
//! How a change takes effect, as a numbered program:
//! 1. Anybody registered proposes it. Who would join, or takes a new key, signs too.
//! 2. Each keeper approves or declines once, signed by the owner's key, within 90 days.
//! 3. When enough of the present keepers have approved, the keepers of the next epoch change, or
//!    another network is recognised. When too few are left to approve, the proposal is rejected.
//! 4. `State::begin_epoch` puts the next keepers in the place of the present ones.

pub mod apply;
pub mod op;
pub mod state;
