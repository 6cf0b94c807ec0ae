//! Promises of the book, kept on logs that the kernel itself has judged.

mod cursors;
mod evidence;
mod gifts;
mod names;
mod needs;
mod network;
mod real;
mod rebuilding;
mod story;
mod world;
