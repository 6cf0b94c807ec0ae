//! The tables of settings in `docs/operator.md` are those of the program: clap writes them.
//!
//! `WEAL_BLESS=1 cargo test -p weal --lib settings` writes them anew.
#![allow(clippy::unwrap_used)]

use super::args::Cli;
use clap::{Arg, Command, CommandFactory as _};
use std::fmt::Write as _;

const BEGIN: &str =
    "<!-- settings: written by the program, see crates/weal/src/cli/settings.rs -->\n";
const END: &str = "<!-- end of settings -->";

#[test]
fn the_operators_guide_lists_every_setting() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operator.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let fresh = format!("{before}{BEGIN}{}{END}{after}", tables());
    if std::env::var_os("WEAL_BLESS").is_some() {
        std::fs::write(&path, fresh).unwrap();
        return;
    }
    assert!(text == fresh, "docs/operator.md is out of date: run this test with WEAL_BLESS=1");
}

fn tables() -> String {
    let root = Cli::command();
    let node = root.find_subcommand("node").unwrap();
    let mut out = String::new();
    table(&mut out, "Every command", &root, &[]);
    let run = node.find_subcommand("run").unwrap();
    table(&mut out, "`weal node run`, `follow`, `join`", run, &[]);
    let shared: Vec<_> = run.get_arguments().map(|arg| arg.get_id().to_string()).collect();
    for command in node.get_subcommands() {
        let name = command.get_name();
        let known: &[String] = if ["follow", "join"].contains(&name) { &shared } else { &[] };
        if name != "run" {
            table(&mut out, &format!("`weal node {name}`"), command, known);
        }
    }
    out.push('\n');
    out
}

/// One table, unless everything in it is known.
fn table(out: &mut String, title: &str, command: &Command, known: &[String]) {
    let new = |arg: &&Arg| !known.contains(&arg.get_id().to_string());
    let rows: Vec<_> = command.get_arguments().filter(new).map(row).collect();
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n**{title}**\n\n| option | variable | default | what |");
    let _ = writeln!(out, "|---|---|---|---|");
    rows.iter().for_each(|row| out.push_str(row));
}

fn row(arg: &Arg) -> String {
    let value = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let value = value.unwrap_or_else(|| arg.get_id().as_str().to_uppercase());
    let takes = arg.get_action().takes_values();
    let option = match (arg.get_long(), takes) {
        (Some(long), true) => format!("`--{long} {value}`"),
        (Some(long), false) => format!("`--{long}`"),
        (None, _) => format!("`{value}`"),
    };
    let variable = arg.get_env().map(|name| format!("`{}`", name.to_string_lossy()));
    let default: Vec<_> = arg.get_default_values().iter().map(|v| v.to_string_lossy()).collect();
    let default = if takes { default.join(" ") } else { String::new() };
    let default = if default.is_empty() { default } else { format!("`{default}`") };
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let help = help.replace('|', "\\|").replace('<', "&lt;");
    format!("| {option} | {} | {default} | {help} |\n", variable.unwrap_or_default())
}
