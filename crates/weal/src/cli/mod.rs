//! The command line: the same verbs as API and pages. Data on stdout, everything else on stderr.

mod args;
mod audit;
mod backup;
mod charter;
mod client;
mod conviction;
mod demo;
mod doctor;
mod founding;
mod fund;
mod houses;
mod import;
mod keys;
mod network;
mod node;
mod output;
mod read;
#[cfg(test)]
mod settings;
mod tamper;
mod verify;
mod witness;
mod write;

use args::{Cli, Command};
use clap::{CommandFactory as _, Parser as _};
pub(crate) use output::{Exit, Failure};
use std::io::IsTerminal as _;

/// Runs the command line of this process; returns its exit code.
pub fn run() -> u8 {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("WEAL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,commonware=error"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let logs = logs.with_ansi(std::io::stderr().is_terminal());
    let _ = match cli.log_format {
        args::LogFormat::Text => logs.try_init(),
        args::LogFormat::Json => logs.json().try_init(),
    };
    // A panic is told in one line; the engine turns its own into reasons.
    std::panic::set_hook(Box::new(|panic| tracing::error!("{panic}")));
    output::set_language(&cli.lang);
    match dispatch(&cli) {
        Ok(()) => Exit::Ok as u8,
        Err(failure) => {
            output::complain(&failure);
            failure.exit as u8
        }
    }
}

fn dispatch(cli: &Cli) -> Result<(), Failure> {
    match &cli.command {
        Command::Demo(demo) => demo::run(demo),
        Command::Network(args) => network::run(cli, args),
        Command::Node(node) => node::run(cli, node),
        Command::Verify(verify) => verify::run(cli, verify),
        Command::Audit(audit) => audit::run(cli, audit),
        Command::Witness(args) => witness::run(args),
        Command::Import(import) => import::run(cli, import),
        Command::Key(key) => keys::run(cli, key),
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "weal", &mut out);
            output::raw(&out)
        }
        Command::Charter(command) => charter::run(cli, command),
        Command::Fund(command) => fund::run(cli, command),
        Command::Explain { code } => read::explain(cli, code.as_deref()),
        Command::Write(command) => write::run(cli, command),
        Command::Read(command) => read::run(cli, command),
    }
}
