//! What a charter's text means: its language, its dossier, and what it can pay.
//!
//! This crate does no input or output and knows no clock, thread, chance or fraction: the same text
//! and the same numbers give the same answer on every machine.
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

pub mod actuary;
pub mod assess;
mod declare;
pub mod dossier;
pub mod due;
pub mod fault;
pub mod limits;
pub mod model;
pub mod number;
mod parse;
pub mod prove;
pub mod run;
mod token;
pub mod tree;
mod typical;

pub use declare::KINDS;
pub use dossier::{Dossier, Proved};
pub use fault::Fault;
pub use model::Charter;
pub use parse::Example;
