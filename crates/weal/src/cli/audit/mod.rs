//! `weal audit`: checks a whole log, copies it as static files, and compares what nodes say.

mod compare;
mod finals;
mod fsck;
mod place;
mod walk;

use super::args::Cli;
use super::output::Failure;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// `weal audit ...`
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check a whole log: every entry, signature, hash, and the head that was signed.
    Fsck(FsckArgs),
    /// Copy a log as static files that anybody can serve, checking everything.
    Mirror(MirrorArgs),
    /// Ask several nodes whether they keep one history; if not, write the file that convicts.
    Compare(CompareArgs),
}

/// Whom to believe that a log is the one meant.
#[derive(Debug, Args)]
pub(crate) struct TrustArgs {
    /// Key that must have signed the checkpoint; without it, one of the institutions that keep the
    /// book.
    #[arg(long, value_name = "VKEY")]
    pub(crate) vkey: Option<String>,
    /// The network's id you trust; without it the one found is shown for comparison.
    #[arg(long, env = "WEAL_NETWORK")]
    pub(crate) network: Option<String>,
}

/// `weal audit fsck`
#[derive(Debug, Args)]
pub(crate) struct FsckArgs {
    /// A node, a server of static files, or a directory.
    #[arg(value_name = "URL|DIR")]
    pub(crate) log: String,
    /// Whom to believe.
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

/// `weal audit mirror`
#[derive(Debug, Args)]
pub(crate) struct MirrorArgs {
    /// A node, or a server of static files.
    #[arg(value_name = "URL")]
    pub(crate) log: String,
    /// Directory to write; what it has is not fetched again.
    pub(crate) directory: PathBuf,
    /// Whom to believe.
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

/// `weal audit compare`
#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// Nodes to ask; one is enough if there are receipts.
    #[arg(value_name = "URL")]
    pub(crate) nodes: Vec<String>,
    /// Receipts to hold against the nodes and against each other.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(crate) receipts: Vec<PathBuf>,
    /// Where to write the file that convicts.
    #[arg(long, default_value = "conviction.json")]
    pub(crate) out: PathBuf,
}

/// Runs the command.
pub(crate) fn run(cli: &Cli, command: &AuditCommand) -> Result<(), Failure> {
    match command {
        AuditCommand::Fsck(args) => fsck::check(cli, args),
        AuditCommand::Mirror(args) => fsck::mirror(cli, args),
        AuditCommand::Compare(args) => compare::run(cli, args),
    }
}
