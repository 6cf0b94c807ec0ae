//! `weal`: one binary for everybody who reads, writes, checks or keeps the book.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(weal_app::cli::run())
}
