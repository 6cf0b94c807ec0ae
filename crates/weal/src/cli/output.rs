//! What the command line prints: tables for people, JSON for programs, and errors with a way out.

use super::args::{Cli, Format};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::Value;
use std::io::Write as _;
use weal_kernel::Refusal;

/// What the exit code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Ok = 0,
    /// Something went wrong.
    Error = 1,
    /// The command line was not understood.
    Usage = 2,
    /// There is no such thing.
    NotFound = 3,
    /// The rules say no.
    Refused = 4,
    /// A proof failed.
    Proof = 5,
    /// No node answers.
    NoNode = 6,
    /// Too busy or not up to date: try again.
    Stale = 7,
}

/// Why a command failed, and what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What happened.
    pub(crate) message: String,
    /// The way out.
    pub(crate) help: Option<String>,
    /// The rule, if the rules said no.
    pub(crate) code: Option<String>,
}

impl Failure {
    /// A failure with its exit code.
    pub(crate) fn new(exit: Exit, message: impl std::fmt::Display) -> Self {
        Failure { exit, message: message.to_string(), help: None, code: None }
    }

    /// Any error.
    pub(crate) fn error(message: impl std::fmt::Display) -> Self {
        Failure::new(Exit::Error, message)
    }

    /// A command line that makes no sense.
    pub(crate) fn usage(message: impl std::fmt::Display) -> Self {
        Failure::new(Exit::Usage, message)
    }

    /// With the way out.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<weal_kernel::Refused> for Failure {
    fn from(refused: weal_kernel::Refused) -> Self {
        let refusal = refused.refusal;
        Failure {
            exit: Exit::Refused,
            message: format!("{} ({}: {})", refusal.sentence(), refused.place, refused.detail),
            help: Some(refusal.remedy().to_owned()),
            code: Some(refusal.code().to_owned()),
        }
    }
}

/// Says on stderr what went wrong, with the way out.
pub(crate) fn complain(failure: &Failure) {
    let code = failure.code.as_ref().map(|code| format!("[{code}]")).unwrap_or_default();
    note(&format!("error{code}: {}", failure.message));
    if let Some(help) = &failure.help {
        note(&format!("help: {help}"));
    }
    if let Some(code) = &failure.code {
        note(&format!("more: weal explain {code}"));
    }
}

/// A line on stderr; a closed pipe is nobody's problem.
pub(crate) fn note(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// A line on stdout.
pub(crate) fn line(line: &str) -> Result<(), Failure> {
    raw(format!("{line}\n").as_bytes())
}

/// Bytes on stdout. Whoever closed the pipe has read enough.
pub(crate) fn raw(bytes: &[u8]) -> Result<(), Failure> {
    match std::io::stdout().write_all(bytes) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::error(e)),
        _ => Ok(()),
    }
}

/// Columns of a table: title and JSON pointer into each row.
pub(crate) type Columns = &'static [(&'static str, &'static str)];

/// Prints rows in the format asked for.
pub(crate) fn rows(cli: &Cli, rows: &[Value], columns: Columns) -> Result<(), Failure> {
    let rows: Vec<Value> = rows.iter().map(|row| pick(cli, row)).collect();
    match cli.output {
        Format::Json => line(&pretty(&Value::Array(rows))),
        Format::Jsonl => rows.iter().try_for_each(|row| line(&row.to_string())),
        Format::Table if !cli.fields.is_empty() => {
            let header = cli.fields.clone();
            let cells = |row: &Value| {
                cli.fields
                    .iter()
                    .map(|field| cell(row.get(field).unwrap_or(&Value::Null)))
                    .collect()
            };
            table(header, rows.iter().map(cells).collect())
        }
        Format::Table => {
            let header = columns.iter().map(|(title, _)| (*title).to_owned()).collect();
            let cells = |row: &Value| {
                let find = |place: &str| row.pointer(place).unwrap_or(&Value::Null);
                columns.iter().map(|(_, place)| cell(find(place))).collect()
            };
            table(header, rows.iter().map(cells).collect())
        }
    }
}

/// Prints one thing in the format asked for; tables as names and values.
pub(crate) fn one(cli: &Cli, value: &Value, columns: Columns) -> Result<(), Failure> {
    match cli.output {
        Format::Json => line(&pretty(&pick(cli, value))),
        Format::Jsonl => line(&pick(cli, value).to_string()),
        Format::Table if !cli.fields.is_empty() => cli.fields.iter().try_for_each(|field| {
            let found = value.get(field).unwrap_or(&Value::Null);
            line(&format!("{field:<14} {}", cell(found)))
        }),
        Format::Table => columns
            .iter()
            .filter_map(|(title, place)| Some((title, value.pointer(place)?)))
            .filter(|(_, value)| !cell(value).is_empty())
            .try_for_each(|(title, value)| line(&format!("{title:<14} {}", cell(value)))),
    }
}

fn pick(cli: &Cli, row: &Value) -> Value {
    if cli.fields.is_empty() {
        return row.clone();
    }
    let picked = cli.fields.iter().map(|field| {
        let value =
            row.get(field).or_else(|| row.pointer(&format!("/{}", field.replace('.', "/"))));
        (field.clone(), value.cloned().unwrap_or(Value::Null))
    });
    Value::Object(picked.collect())
}

/// JSON that a person can read.
pub(crate) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn table(header: Vec<String>, rows: Vec<Vec<String>>) -> Result<(), Failure> {
    if rows.is_empty() {
        note("nothing found");
        return Ok(());
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    let text = table.to_string();
    text.lines().try_for_each(|row| line(row.trim_end()))
}

/// The language in which names are shown, where they have one in it.
static LANGUAGE: std::sync::OnceLock<String> = std::sync::OnceLock::new();

/// Chooses the language of names; the first choice counts.
pub(crate) fn set_language(language: &str) {
    let _ = LANGUAGE.set(language.to_owned());
}

/// A cell: intervals, parties, items and times as people write them.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(", "),
        Value::Object(object) => {
            if let (Some(low), Some(high)) = (object.get("low"), object.get("high")) {
                return interval(low, high);
            }
            let language = LANGUAGE.get().map_or("en", String::as_str);
            let translated = object.get("names").and_then(|names| names.get(language));
            let named = ["name", "code", "number"].iter().find_map(|name| object.get(*name));
            translated.or(named).map_or_else(|| value.to_string(), cell)
        }
        other => other.to_string(),
    }
}

fn interval(low: &Value, high: &Value) -> String {
    match (low.as_u64(), high.as_u64()) {
        (Some(low), Some(high)) if low == high => group(low),
        (Some(low), Some(high)) => format!("{}-{}", group(low), group(high)),
        (Some(0), None) => "?".to_owned(),
        (Some(low), None) => format!("{}+?", group(low)),
        _ => String::new(),
    }
}

/// Digits in groups of three.
pub(crate) fn group(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A time as people write it, in UTC.
pub(crate) fn time(ms: u64) -> String {
    let format = time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]Z");
    let seconds = i64::try_from(ms / 1000).unwrap_or_default();
    let at = time::OffsetDateTime::from_unix_timestamp(seconds);
    at.ok().and_then(|at| at.format(&format).ok()).unwrap_or_default()
}

/// The rule book, for `weal explain`.
pub(crate) fn refusal(code: &str) -> Option<Refusal> {
    Refusal::ALL.iter().copied().find(|r| r.code().eq_ignore_ascii_case(code))
}
