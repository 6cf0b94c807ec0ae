//! Principals: who acts. Organisations, people and devices; their keys, guardians and mandates.
//!
//! Its law: authority is always traceable to a signature, and delegation never widens.

pub mod admission;
pub mod apply;
pub mod change;
pub mod op;
pub(crate) mod parties;
pub(crate) mod recognition;
pub mod state;
