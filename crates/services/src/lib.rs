//! Built upon the five primitives: operations to sign, views to read, standards to export.
//!
//! Services never write state. They build operations that the kernel judges, and they explain the
//! final log: [`book::Book`] is a pure function of it, can be dropped at any time and rebuilt.

pub mod book;
pub mod codes;
pub mod compose;
pub mod funds;
pub mod relief;
pub mod schemas;
pub mod sentence;
pub mod view;
