//! What the simulation promises: it is the same again, it finds what is planted, and a batch of
//! seeds breaks nothing.

#![allow(clippy::unwrap_used, clippy::panic)]

mod canaries;
mod seeds;
mod stories;
