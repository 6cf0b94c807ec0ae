//! Charters: immutable rule texts that hold money in pots and pay only along declared flows.
//!
//! Rules return a number or yes or no and never move money; [`movement`] moves it, and nothing else
//! does. A charter's account has no key: no act but those in this room takes from it.

pub(crate) mod cases;
pub(crate) mod clock;
pub(crate) mod life;
pub mod movement;
pub mod op;
pub(crate) mod room;
pub mod state;
pub(crate) mod trigger;
