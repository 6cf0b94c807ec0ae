//! Holdings: double-entry conserved assets, goods by item, lot and pack, money as a claim on a
//! named issuer.
//!
//! Its law: every movement has two sides, and where custody changes two signatures; nothing
//! appears or vanishes; what differs stays in transit, with an owner and an age.

pub mod apply;
pub mod goods;
pub mod money;
pub mod op;
pub mod posting;
pub mod state;

pub use posting::{Account, Posting};
