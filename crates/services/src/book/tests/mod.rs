//! Promises of the book, kept on logs that the kernel itself has judged.

mod lists;
mod world;
