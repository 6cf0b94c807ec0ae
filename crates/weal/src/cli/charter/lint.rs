//! `weal charter lint`: all faults of a text that can be known at once, with the way out.
//!
//! 1. The text is read. Where it cannot be, the statement with the fault is left out and the rest
//!    is read again; what then misses that statement is an echo, and is not told.
//! 2. Every worked example is run, and rules without one are told.
//! 3. The rules of every flow are proved by themselves.
//! 4. Last comes the reading that publishing demands.

use super::super::args::{Cli, Format};
use super::super::output::{self, Failure};
use super::source;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use weal_charter::dossier::Weight;
use weal_charter::fault::{Fault, Kind};
use weal_charter::prove::prove;
use weal_charter::run::Run;
use weal_charter::{Charter, Proved};

/// Faults told of one text; who has more mends these first.
const FAULTS: usize = 50;

/// Runs the command.
pub(super) fn run(cli: &Cli, files: &[String]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let (mut count, mut bad) = (0usize, 0usize);
    for name in files {
        let text = source::read(cli, name)?.text;
        let found = faults(&text);
        count = count.saturating_add(found.len());
        bad = bad.saturating_add(usize::from(!found.is_empty()));
        for fault in &found {
            if cli.output == Format::Table {
                output::line(&picture(name, &text, fault))?;
            }
            rows.push(row(name, &text, fault));
        }
        if found.is_empty() && cli.output == Format::Table {
            good(cli, name, &text)?;
        }
    }
    if cli.output != Format::Table {
        output::rows(cli, &rows, &[])?;
    }
    let many = |number: usize, word: &str| {
        format!("{number} {word}{}", if number == 1 { "" } else { "s" })
    };
    match count {
        0 => Ok(()),
        _ => Err(Failure::error(format!("{} in {}", many(count, "fault"), many(bad, "text")))
            .help("mend the first and run this again; `weal charter test` shows what rules give")),
    }
}

/// A text without faults, and what a reader might still miss.
fn good(cli: &Cli, name: &str, text: &str) -> Result<(), Failure> {
    output::line(&format!("{name}: no faults"))?;
    let Ok(proved) = Proved::read(text) else { return Ok(()) };
    let findings = proved.dossier().findings;
    for finding in findings.iter().filter(|f| f.weight > Weight::Note && !cli.quiet) {
        let word = if finding.weight == Weight::Alarm { "alarm" } else { "warning" };
        output::note(&format!("{name}: {word}[{}]: {}", finding.kind, finding.sentence));
    }
    Ok(())
}

fn row(name: &str, text: &str, fault: &Fault) -> Value {
    let place = fault.place;
    json!({
        "file": name,
        "line": place.line,
        "column": place.column,
        "code": fault.kind.code(),
        "kind": fault.kind,
        "reason": fault.reason,
        "way_out": way_out(fault.kind),
        "source": source_line(text, place.line),
    })
}

fn source_line(text: &str, line: u32) -> &str {
    let at = usize::try_from(line).unwrap_or(1).saturating_sub(1);
    text.lines().nth(at).unwrap_or_default()
}

/// A fault as people read it: its place, the line, a caret below, and the way out.
pub(super) fn picture(name: &str, text: &str, fault: &Fault) -> String {
    let place = fault.place;
    let line = source_line(text, place.line);
    let before = usize::try_from(place.column).unwrap_or(1).saturating_sub(1);
    let margin: usize = line.chars().take(before).map(width).sum();
    let code = fault.kind.code();
    format!(
        "{name}:{}:{}: error[{code}]: {}\n{:>6} | {line}\n{:>6} | {}^\n  way out: {}",
        place.line,
        place.column,
        fault.reason,
        place.line,
        "",
        " ".repeat(margin),
        way_out(fault.kind)
    )
}

/// Columns that a character takes on a terminal: two for East Asian ones.
fn width(c: char) -> usize {
    let wide = [
        '\u{1100}'..='\u{115f}',
        '\u{2e80}'..='\u{a4cf}',
        '\u{ac00}'..='\u{d7a3}',
        '\u{f900}'..='\u{faff}',
        '\u{fe30}'..='\u{fe6f}',
        '\u{ff00}'..='\u{ff60}',
        '\u{20000}'..='\u{3fffd}',
    ];
    if wide.iter().any(|range| range.contains(&c)) { 2 } else { 1 }
}

/// What to do about a kind of fault.
fn way_out(kind: Kind) -> &'static str {
    match kind {
        Kind::Syntax => "write it as spec/charter.md says; a shipped text shows how",
        Kind::Limit => "make it shorter, or split it into rules that call each other",
        Kind::Name => "correct the name, or declare it above the line that uses it",
        Kind::Type => "a number goes where numbers go, yes or no where conditions go",
        Kind::Declaration => "complete the declaration; `weal charter new` has whole ones",
        Kind::Overflow => "bound the inputs with low and high, or divide before you multiply",
        Kind::Zero => "divide by max(what may be zero, 1), or ask first",
        Kind::Index => "keep the place inside the table with min and max",
        Kind::Steps => "make the loop shorter; a table is worked out once",
        Kind::Example => "work it out by hand, then correct the rule or the example",
        Kind::Unproven => "narrow the inputs with min and max, so that it holds for all of them",
    }
}

/// All faults that can be known, by their places.
pub(super) fn faults(text: &str) -> Vec<Fault> {
    let mut found: Vec<Fault> = Vec::new();
    let add = |fault: Fault, found: &mut Vec<Fault>| {
        if !found.contains(&fault) && found.len() < FAULTS {
            found.push(fault);
        }
    };
    let (charter, mut early, unshown) = Patient::new(text).read();
    found.append(&mut early);
    if let Some(charter) = charter {
        examples(&charter, &unshown).into_iter().for_each(|fault| add(fault, &mut found));
        for flow in &charter.flows {
            let one = Charter { flows: vec![flow.clone()], ..charter.clone() };
            if let Err(fault) = prove(&one)
                && !found.iter().any(|known| known.place == fault.place)
            {
                add(fault, &mut found);
            }
        }
    }
    if found.is_empty()
        && let Err(fault) = Proved::read(text)
    {
        add(fault, &mut found);
    }
    found.sort_by_key(|fault| fault.place);
    found
}

/// Examples that do not hold, and rules without any.
fn examples(charter: &Charter, unshown: &BTreeSet<String>) -> Vec<Fault> {
    let mut run = Run::new(&charter.program);
    let mut found = Vec::new();
    for example in &charter.examples {
        match run.call(example.rule, &example.inputs) {
            Ok(result) if result == example.result => {}
            Ok(result) => {
                let reason = format!("the rule gives {result}, not {}", example.result);
                found.push(Fault::new(Kind::Example, example.place, reason));
            }
            Err(fault) => found.push(fault),
        }
    }
    for (number, rule) in charter.program.rules.iter().enumerate() {
        let shown = charter.examples.iter().any(|example| example.rule == number);
        if !shown && !unshown.contains(&rule.name) {
            let reason = format!("{} has no worked example: example({0}(…), …)", rule.name);
            found.push(Fault::new(Kind::Example, rule.place, reason));
        }
    }
    found
}

/// A text of which faulty statements are left out one by one.
struct Patient<'t> {
    lines: Vec<&'t str>,
    /// First and last line of each statement, from 0.
    statements: Vec<(usize, usize)>,
    /// What the statements that were left out declared.
    gone: BTreeSet<String>,
    /// Rules with an example that was left out.
    unshown: BTreeSet<String>,
}

impl<'t> Patient<'t> {
    fn new(text: &'t str) -> Patient<'t> {
        let lines: Vec<&str> = text.lines().collect();
        let statements = statements(&lines);
        Patient { lines, statements, gone: BTreeSet::new(), unshown: BTreeSet::new() }
    }

    /// The charter as far as it can be read, the faults on the way there, and the rules whose
    /// examples were left out.
    fn read(mut self) -> (Option<Charter>, Vec<Fault>, BTreeSet<String>) {
        let mut found = Vec::new();
        while found.len() < FAULTS {
            let mut text = self.lines.join("\n");
            text.push('\n');
            match Charter::load(&text) {
                Ok(charter) => return (Some(charter), found, self.unshown),
                Err(fault) => {
                    let line = usize::try_from(fault.place.line).unwrap_or(1).saturating_sub(1);
                    if !self.is_echo(&fault) {
                        found.push(fault);
                    }
                    if !self.leave_out(line) {
                        break;
                    }
                }
            }
        }
        (None, found, self.unshown)
    }

    /// Whether a fault is there only because of what was left out.
    fn is_echo(&self, fault: &Fault) -> bool {
        let words = fault.reason.split(|c: char| !c.is_alphanumeric() && c != '_');
        words.into_iter().any(|word| self.gone.contains(word) || is_sum_of(word, &self.gone))
            || (!self.gone.is_empty() && fault.kind == Kind::Declaration && fault.place.line == 1)
    }

    /// Leaves out the statement at a line; says whether there was one that can be left out.
    fn leave_out(&mut self, line: usize) -> bool {
        let around = |(first, last): &&(usize, usize)| (*first..=*last).contains(&line);
        let Some((first, last)) = self.statements.iter().find(around).copied() else {
            return false;
        };
        let head = self.lines.get(first).copied().unwrap_or_default();
        if head.is_empty() || head.starts_with("charter(") {
            return false;
        }
        match head.strip_prefix("example(") {
            Some(rest) => {
                let rule = rest.split('(').next().unwrap_or_default();
                self.unshown.insert(rule.trim().to_owned());
            }
            None => self.gone.extend(declared(head)),
        }
        for line in self.lines.iter_mut().take(last.saturating_add(1)).skip(first) {
            *line = "";
        }
        true
    }
}

fn is_sum_of(word: &str, names: &BTreeSet<String>) -> bool {
    word.strip_prefix("all_").is_some_and(|name| names.contains(name))
}

/// The name that a statement declares.
fn declared(head: &str) -> Option<String> {
    let rest = head.strip_prefix("def ").unwrap_or(head);
    let quoted = || rest.split_once("(\"").and_then(|(_, rest)| rest.split('"').next());
    let plain = || rest.split(['(', '=', ' ']).next();
    let name = if head.starts_with("def ") { plain() } else { quoted().or_else(plain) };
    name.filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Where each statement begins and ends: at the margin, outside of brackets.
fn statements(lines: &[&str]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    let mut depth = 0usize;
    for (number, line) in lines.iter().enumerate() {
        let margin = line.starts_with(|c: char| !c.is_whitespace() && c != '#');
        // A word and a bracket at the margin begin a statement, whatever was left open above.
        let fresh = margin && (depth == 0 || line.starts_with("def ") || starts_with_call(line));
        if fresh {
            depth = 0;
            found.push((number, number));
        } else if let Some((_, last)) = found.last_mut()
            && !line.trim().is_empty()
        {
            *last = number;
        }
        depth = brackets(line, depth);
    }
    found
}

fn starts_with_call(line: &str) -> bool {
    let name: String = line.chars().take_while(|c| c.is_ascii_lowercase()).collect();
    !name.is_empty() && line.get(name.len()..).is_some_and(|rest| rest.starts_with('('))
}

/// Open brackets after a line.
fn brackets(line: &str, mut depth: usize) -> usize {
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => break,
            '(' | '[' if !quoted => depth = depth.saturating_add(1),
            ')' | ']' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::charter::templates::{find, list};

    fn places(text: &str) -> Vec<(u32, &'static str)> {
        faults(text).iter().map(|fault| (fault.place.line, fault.kind.code())).collect()
    }

    #[test]
    fn shipped_texts_have_no_faults() {
        for (name, _) in list() {
            assert_eq!(faults(find(name).unwrap()), [], "{name}");
        }
    }

    #[test]
    fn several_faults_are_told_at_once_and_echoes_are_not() {
        let text = find("gift-escrow").unwrap();
        let line = |part: &str| {
            let at = text.lines().position(|line| line.contains(part)).unwrap();
            u32::try_from(at + 1).unwrap()
        };
        let bad = text
            .replace("return day <= deadline_day", "return day <= dead_line")
            .replace("example(operator_part(99, 30), 2)", "example(operator_part(99, 30), \"2\")")
            .replace("amount = \"all\", when = is_late", "amount = \"all\", when = never");
        let found = places(&bad);
        let lines: Vec<u32> = found.iter().map(|(line, _)| *line).collect();
        assert!(lines.contains(&line("return day <= deadline_day")), "{found:?}");
        assert!(lines.contains(&line("example(operator_part(99, 30)")), "{found:?}");
        assert!(lines.contains(&line("amount = \"all\", when = is_late")), "{found:?}");
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn all_wrong_examples_are_told() {
        let text = find("ten-for-one").unwrap();
        let bad = text.replace(", 1000)\nexample(is_over", ", 999)\nexample(is_over");
        let bad = bad.replace("example(equal_share(1000, 3), 333)", "example(price(), 100)");
        let bad = bad.replace("example(has_paid(99), False)", "example(has_paid(99), True)");
        let codes: Vec<_> = places(&bad).into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, ["TEXT-10", "TEXT-10"]);
    }

    #[test]
    fn the_caret_stands_below_the_place() {
        let text = "charter(\nexample(foo(1), 2)\n";
        let place = weal_charter::fault::Place { line: 2, column: 9 };
        let fault = Fault::new(Kind::Name, place, "there is no rule foo");
        let expected = expect_test::expect![[r#"
            a.weal:2:9: error[TEXT-03]: there is no rule foo
                 2 | example(foo(1), 2)
                   |         ^
              way out: correct the name, or declare it above the line that uses it"#]];
        expected.assert_eq(&picture("a.weal", text, &fault));
    }
}
