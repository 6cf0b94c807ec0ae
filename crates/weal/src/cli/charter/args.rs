//! The words of `weal charter`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

/// How something is signed.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Signing {
    /// Do not ask before signing; without a terminal nobody is asked.
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Another key of this machine that signs too; several times.
    #[arg(long = "with", value_name = "KEY")]
    pub(crate) others: Vec<String>,
    /// Write the signed envelope here instead of sending it, for others to sign with `weal sign`.
    #[arg(long, value_name = "FILE")]
    pub(crate) to_file: Option<PathBuf>,
}

const NEW: &str = "Examples:
  weal charter new                                    the shipped texts
  weal charter new --template gift-escrow gift.weal   a copy to change
  weal charter new --template receivable              the text on stdout";
const LINT: &str = "Examples:
  weal charter lint gift.weal
  weal charter lint charters/*.weal -o json";
const TEST: &str = "Examples:
  weal charter test gift.weal
  weal charter test pension-shares      a shipped text by its name";
const EXPLAIN: &str = "Examples:
  weal charter explain gift.weal
  weal charter explain ten-for-one      a shipped text by its name
  weal charter explain R-182137         a published text, from the node";
const COMPARE: &str = "Examples:
  weal charter compare old.weal new.weal
  weal charter compare pension-account pension-notional -o json";
const RUN: &str = "Examples:
  weal charter run pension.weal pension account=139000.00 year=2026 born=1966
  weal charter run pension.weal pension 13900000 2026 1966
  weal charter run gift.weal is_late 2026-08-12 2026-08-11";
const PUBLISH: &str = "Examples:
  weal charter publish gift.weal --issuer R-17 --role operator=R-42 --as author
  weal charter publish project.weal --issuer bank --role sponsor=city --role client=city --as city

Principals are numbers, ids, or keys of this machine by name.";
const ATTEST: &str = "Examples:
  weal charter attest R-182137 --file read.weal --scope 'all rules, 300 cases' \\
    --interest 'paid 5000.00 CNY by the author' --as auditor

The file is the text you have read: its hash is what you stand for.";
const SET: &str = "Examples:
  weal charter set R-182137 avg_wage 7350.00 --source 'yearbook 2026, table 4-2' --as statistics";
const BRAKE: &str = "Examples:
  weal charter brake R-182137 help --days 7 --reason 'two claims for one roof' --as supervisor";
const LOCK: &str = "Examples:
  weal charter lock R-182137 --as author
  weal charter withdraw R-182137 --reason 'a better text follows' --as author";

/// `weal charter ...`
#[derive(Debug, Subcommand)]
pub(crate) enum CharterCommand {
    /// Begin with a shipped text; without a template, list them.
    #[command(after_help = NEW)]
    New {
        /// Which text.
        #[arg(short, long, value_name = "NAME")]
        template: Option<String>,
        /// Where to write it; stdout if left out. Nothing is written over.
        file: Option<PathBuf>,
    },
    /// Tell all faults of texts, with their places and the way out.
    #[command(after_help = LINT)]
    Lint {
        /// The texts.
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// Run the worked examples and a grid of inputs, and sum up the dossier.
    #[command(after_help = TEST)]
    Test {
        /// The text: a file, `-`, a shipped text's name, an address, or a charter of the book.
        file: String,
    },
    /// Tell in plain words what a text does: who takes money out, on whose word, how it may end.
    #[command(after_help = EXPLAIN)]
    Explain {
        /// The text: a file, `-`, a shipped text's name, an address, or a charter of the book.
        file: String,
        /// Members, gifts or invoices in the made-up beginning that is assessed.
        #[arg(long, default_value_t = 1_000)]
        #[arg(value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
        cases: u64,
    },
    /// Compare two texts: rules, ways of money, numbers, and what both pay for the same inputs.
    #[command(after_help = COMPARE)]
    Compare {
        /// One text.
        a: String,
        /// The other.
        b: String,
    },
    /// Ask one rule.
    #[command(after_help = RUN)]
    Run {
        /// The text: a file, `-`, a shipped text's name, an address, or a charter of the book.
        file: String,
        /// The rule.
        rule: String,
        /// Its inputs in order, or NAME=VALUE: whole numbers, sums of money with a point, dates.
        #[arg(allow_negative_numbers = true)]
        values: Vec<String>,
    },
    /// Publish a text for review; from then on nobody changes it.
    #[command(after_help = PUBLISH)]
    Publish {
        /// The text's file.
        file: String,
        /// Whose money it keeps: the issuer of the claims.
        #[arg(long)]
        issuer: String,
        /// Who holds a role that the text wants named: NAME=PRINCIPAL, several times.
        #[arg(long = "role", value_name = "NAME=PRINCIPAL")]
        roles: Vec<String>,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Ask about a text under review, show a defect, or answer.
    #[command(subcommand)]
    Review(ReviewCommand),
    /// Stand for a text as an auditor.
    #[command(after_help = ATTEST)]
    Attest {
        /// The charter.
        charter: String,
        /// The text you have read; its hash must be the charter's.
        #[arg(long)]
        file: String,
        /// What you looked at.
        #[arg(long)]
        scope: String,
        /// What you gain from it yourself.
        #[arg(long)]
        interest: String,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Lock a text whose review is over: from then on it takes money, and nobody changes it.
    #[command(after_help = LOCK)]
    Lock {
        /// The charter.
        charter: String,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Take your own text back before it is locked.
    Withdraw {
        /// The charter.
        charter: String,
        /// Why; it is public.
        #[arg(long)]
        reason: String,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Publish a parameter's value, as the holder of the role that sets it.
    #[command(after_help = SET)]
    Set {
        /// The charter.
        charter: String,
        /// The parameter.
        parameter: String,
        /// Its value: a whole number, a sum of money with a point, or a date.
        #[arg(allow_negative_numbers = true)]
        value: String,
        /// Where the value was published.
        #[arg(long)]
        source: String,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Delay a way of money, as the text allows; it ends by itself.
    #[command(after_help = BRAKE)]
    Brake {
        /// The charter.
        charter: String,
        /// The flow.
        flow: String,
        /// For how many days.
        #[arg(long)]
        days: u64,
        /// Why; it is public.
        #[arg(long)]
        reason: String,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
}

const ASK: &str = "Examples:
  weal charter review ask R-182137 'Who tells the registry of a death abroad?' --as citizen";
const DEFECT: &str = "Examples:
  weal charter review defect R-182137 pension account=1000.00 year=2026 born=2020 \\
    --because 'a child of six is paid' --as citizen

The rule is run here first; what it gives is what you show.";
const ANSWER: &str = "Examples:
  weal charter review answer R-182137 R-182140 'The consulate does.' --as author";

/// `weal charter review ...`
#[derive(Debug, Subcommand)]
pub(crate) enum ReviewCommand {
    /// Ask what you do not understand.
    #[command(after_help = ASK)]
    Ask {
        /// The charter.
        charter: String,
        /// The question.
        text: String,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Show that a rule gives something it should not give; auditors must then read again.
    #[command(after_help = DEFECT)]
    Defect {
        /// The charter.
        charter: String,
        /// The rule.
        rule: String,
        /// Its inputs in order, or NAME=VALUE.
        #[arg(allow_negative_numbers = true)]
        values: Vec<String>,
        /// Why it should not.
        #[arg(long)]
        because: String,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
    /// Answer a remark.
    #[command(after_help = ANSWER)]
    Answer {
        /// The charter.
        charter: String,
        /// The remark: number or id.
        remark: String,
        /// The answer.
        text: String,
        /// How it is signed.
        #[command(flatten)]
        signing: Signing,
    },
}

#[cfg(test)]
mod tests {
    use crate::cli::args::Cli;
    use clap::{Command, CommandFactory as _, Parser as _};

    /// The words of a line as a shell cuts them; a remark stands after two spaces.
    fn words(line: &str) -> Vec<String> {
        let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
        let mut before = 'x';
        for c in line.trim().chars() {
            match c {
                '\'' => quoted = !quoted,
                ' ' if !quoted && before == ' ' => break,
                ' ' if !quoted => words.push(std::mem::take(&mut word)),
                other => word.push(other),
            }
            before = c;
        }
        words.push(word);
        words.retain(|word| !word.is_empty());
        words
    }

    fn examples(command: &Command, found: &mut Vec<String>) {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let lines = help.replace("\\\n    ", "").lines().map(str::to_owned).collect::<Vec<_>>();
        found.extend(lines.into_iter().filter(|line| line.starts_with("  weal ")));
        command.get_subcommands().for_each(|command| examples(command, found));
    }

    #[test]
    fn every_example_in_the_help_is_understood() {
        let command = Cli::command();
        command.clone().debug_assert();
        let mut found = Vec::new();
        examples(&command, &mut found);
        assert!(found.len() > 40, "{} examples", found.len());
        for line in found {
            let parsed = Cli::try_parse_from(words(&line));
            assert!(parsed.is_ok(), "{line}: {:?}", parsed.err().map(|e| e.to_string()));
        }
    }

    #[test]
    fn every_verb_that_can_be_shown_by_example_is() {
        let command = Cli::command();
        let without = ["list", "show", "mine", "case", "payments", "compare", "withdraw"];
        for name in ["charter", "fund"] {
            let group = command.find_subcommand(name).unwrap();
            for verb in group.get_subcommands().filter(|verb| !verb.has_subcommands()) {
                let plain = without.contains(&verb.get_name());
                assert!(plain || verb.get_after_help().is_some(), "{name} {}", verb.get_name());
            }
        }
    }
}
