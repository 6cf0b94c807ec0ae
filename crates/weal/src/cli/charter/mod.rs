//! `weal charter`: rule texts that hold money, from the first line to the lock.
//!
//! Local verbs need no node: new, lint, test, explain, compare, run. The others write to the book.

mod args;
mod ask;
pub(crate) mod compare;
mod explain;
pub(crate) mod flows;
mod grid;
mod lint;
mod publish;
pub(crate) mod sign;
pub(crate) mod source;
mod templates;
mod test;
pub(crate) mod verdict;
pub(crate) mod words;

use super::args::Cli;
use super::output::{self, Exit, Failure};
pub(crate) use args::{CharterCommand, Signing};
use serde_json::json;
use std::path::Path;

/// Runs the command.
pub(crate) fn run(cli: &Cli, command: &CharterCommand) -> Result<(), Failure> {
    match command {
        CharterCommand::New { template, file } => new(cli, template.as_deref(), file.as_deref()),
        CharterCommand::Lint { files } => lint::run(cli, files),
        CharterCommand::Test { file } => test::run(cli, file),
        CharterCommand::Explain { file, cases } => explain::run(cli, file, *cases),
        CharterCommand::Compare { a, b } => compare::run(cli, a, b),
        CharterCommand::Run { file, rule, values } => ask::run(cli, file, rule, values),
        CharterCommand::Publish { file, issuer, roles, signing } => {
            publish::publish(cli, (file, issuer, roles), signing)
        }
        CharterCommand::Review(command) => publish::review(cli, command),
        CharterCommand::Attest { charter, file, scope, interest, signing } => {
            publish::attest(cli, (charter, file), (scope, interest), signing)
        }
        CharterCommand::Lock { charter, signing } => {
            publish::plain(cli, (charter, "charter.lock"), json!({}), signing)
        }
        CharterCommand::Withdraw { charter, reason, signing } => {
            let more = json!({ "reason": reason });
            publish::plain(cli, (charter, "charter.withdraw"), more, signing)
        }
        CharterCommand::Set { charter, parameter, value, source, signing } => {
            publish::set(cli, (charter, parameter), (value, source), signing)
        }
        CharterCommand::Brake { charter, flow, days, reason, signing } => {
            let more = json!({ "flow": flow, "days": days, "reason": reason });
            publish::plain(cli, (charter, "charter.brake"), more, signing)
        }
    }
}

/// `weal charter new`
fn new(cli: &Cli, template: Option<&str>, file: Option<&Path>) -> Result<(), Failure> {
    let named = match (template, file) {
        // `weal charter new gift-escrow` means the text, not a file of that name.
        (None, Some(file)) => file.to_str().filter(|name| templates::find(name).is_some()),
        (named, _) => named,
    };
    let Some(named) = named else {
        let row = |(name, about)| json!({ "name": name, "about": about });
        let rows: Vec<_> = templates::list().map(row).collect();
        if file.is_some() {
            return Err(Failure::usage("which text is it to be?")
                .help("name one with --template; `weal charter new` lists them"));
        }
        output::rows(cli, &rows, &[("NAME", "/name"), ("WHAT IT IS", "/about")])?;
        if !cli.quiet {
            output::note("begin with one: weal charter new --template gift-escrow gift.weal");
        }
        return Ok(());
    };
    let text = templates::find(named).ok_or_else(|| {
        Failure::new(Exit::NotFound, format!("there is no shipped text called {named}"))
            .help("`weal charter new` lists them")
    })?;
    let Some(file) = file.filter(|file| file.to_str() != Some(named)) else {
        return output::raw(text.as_bytes());
    };
    let mut options = std::fs::OpenOptions::new();
    let mut open = options.write(true).create_new(true).open(file).map_err(|e| {
        Failure::error(format!("{}: {e}", file.display())).help("nothing is written over")
    })?;
    std::io::Write::write_all(&mut open, text.as_bytes()).map_err(Failure::error)?;
    let name = file.display();
    output::note(&format!("{name} was written; change it, then"));
    output::note(&format!("  weal charter lint {name}"));
    output::note(&format!("  weal charter explain {name}"));
    Ok(())
}
