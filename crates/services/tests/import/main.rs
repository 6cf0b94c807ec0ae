//! Importing published lists: every line is an operation the book takes, or is told of.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod files;
mod folder;
mod goods;
mod ledger;
mod nasty;
mod quirks;
mod real;
