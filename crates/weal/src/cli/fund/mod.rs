//! `weal fund`: charters at work. Look at them, become part of one, pay, claim, draw.

mod args;
pub(crate) mod book;
mod case;
mod check;
mod open;
mod own;
mod payments;
mod purse;
mod read;
mod write;

use super::args::Cli;
use super::charter;
use super::client::Client;
use super::output::Failure;
pub(crate) use args::FundCommand;

/// Runs the command.
pub(crate) fn run(cli: &Cli, command: &FundCommand) -> Result<(), Failure> {
    let client = Client::new(&cli.node);
    match command {
        FundCommand::List(list) => read::list(cli, &client, list),
        FundCommand::Show { fund } => read::show(cli, &client, fund),
        FundCommand::Check { what, cases } => check::run(cli, what, *cases),
        FundCommand::Payments { fund, case, list } => {
            payments::run(cli, &client, (fund, *case), list)
        }
        FundCommand::Mine => read::mine(cli, &client),
        FundCommand::Case { fund, case } => case::run(cli, &client, fund, *case),
        FundCommand::Compare { a, b } => charter::compare::run(cli, a, b),
        FundCommand::Open { fund, fields, parties, reference, signing } => {
            let asked = open::Asked { fields, parties, reference: reference.as_deref() };
            open::run(cli, &client, fund, &asked, signing)
        }
        other => write::run(cli, &client, other),
    }
}
