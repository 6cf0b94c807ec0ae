//! The five primitives and the network that keeps them, as one pure state machine: same operations
//! in, same bytes out.
//!
//! How an operation takes effect, as a numbered program:
//! 1. [`check_shape`] reads an envelope without any state: strict JSON, limits, texts, lines.
//! 2. Whoever runs the kernel checks the signatures, many at once (`Signed::signatures`).
//! 3. [`State::judge`] reads the state and either refuses or returns a [`Decision`]; either way it
//!    returns the [`Work`] that this took, so that a block can have a budget.
//! 4. [`State::apply`] writes the decision. It cannot fail: everything was checked before.
//!
//! Everything that can be refused is a variant of [`Refusal`]: to read that file is to read the
//! rules. This crate does no input or output and knows no clock, thread or chance.
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::float_arithmetic,
    missing_docs
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic))]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::cast_possible_truncation))]

pub mod authority;
pub mod block;
pub mod charters;
pub mod holdings;
pub mod limits;
pub mod network;
pub mod operation;
pub mod principals;
pub mod records;
pub mod refusal;
pub mod schema;
pub mod state;
pub mod text;
pub mod units;
pub mod work;

mod machine;

pub use machine::{Context, Decision, Effects, check_envelope, check_shape};
pub use operation::{Act, Payload, Signed};
pub use refusal::{Refusal, Refused};
pub use schema::Rules;
pub use state::State;
pub use weal_proof::Hash;
pub use work::Work;
