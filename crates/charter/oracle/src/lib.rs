//! Asks Python and Starlark whether charters mean what this project says they mean.
//!
//! 1. A text is run unchanged by all three, with stubs for its declarations: those in
//!    `python/weal_stubs.py` serve both others.
//! 2. Its rules are called with the same numbers.
//! 3. Results are compared as text, and so are kinds of errors: 17, True, zero, index, overflow.

pub mod ours;
pub mod python;
pub mod starlark;
pub mod writer;

/// A rule and its inputs.
pub type Call = (String, Vec<i128>);
