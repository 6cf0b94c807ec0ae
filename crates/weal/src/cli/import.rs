//! `weal import`: brings published lists into the book, as one-sided statements.

use super::args::{Cli, ImportCommand};
use super::output::Failure;

/// Runs the command.
pub(crate) fn run(_cli: &Cli, _command: &ImportCommand) -> Result<(), Failure> {
    Err(Failure::error("not wired yet"))
}
