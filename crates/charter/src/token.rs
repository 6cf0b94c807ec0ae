//! Cuts a text into words, with Python's lines and indentation.

use crate::fault::{Fault, Kind, Place, Result};
use crate::limits;

/// A word of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A whole number.
    Int(i128),
    /// A text in double quotes.
    Quote(String),
    /// A name or a word of the language.
    Name(String),
    /// A sign.
    Sign(&'static str),
    /// The end of a line.
    Newline,
    /// A block begins.
    Indent,
    /// A block ends.
    Dedent,
    /// The end of the text.
    End,
}

/// A word and where it stands.
pub(crate) type Spot = (Token, Place);

/// The longer signs first.
const SIGNS: [&str; 23] = [
    "//=", "==", "!=", "<=", ">=", "//", "+=", "-=", "*=", "<", ">", "+", "-", "*", "%", "(", ")",
    "[", "]", ",", ":", "=", "/",
];

struct Cutter<'t> {
    rest: &'t str,
    place: Place,
    brackets: Vec<&'static str>,
    indents: Vec<u32>,
    spots: Vec<Spot>,
}

/// Cuts a text into words.
pub(crate) fn cut(text: &str) -> Result<Vec<Spot>> {
    let start = Place { line: 1, column: 1 };
    if text.len() > limits::TEXT_BYTES {
        let found = format!("{} bytes; a text has at most {}", text.len(), limits::TEXT_BYTES);
        return Err(Fault::new(Kind::Limit, start, found));
    }
    let mut cutter =
        Cutter { rest: "", place: start, brackets: vec![], indents: vec![0], spots: vec![] };
    for (number, line) in (1u32..).zip(text.split('\n')) {
        cutter.place = Place { line: number, column: 1 };
        cutter.rest = line.strip_suffix('\r').unwrap_or(line);
        cutter.line()?;
    }
    if !cutter.brackets.is_empty() {
        return Err(cutter.fault("a bracket is not closed"));
    }
    while cutter.indents.pop().is_some_and(|indent| indent > 0) {
        cutter.push(Token::Dedent, cutter.place);
    }
    cutter.push(Token::End, cutter.place);
    Ok(cutter.spots)
}

impl Cutter<'_> {
    fn fault(&self, reason: impl Into<String>) -> Fault {
        Fault::new(Kind::Syntax, self.place, reason)
    }

    fn push(&mut self, token: Token, place: Place) {
        self.spots.push((token, place));
    }

    fn skip(&mut self, bytes: usize) {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        let columns = u32::try_from(taken.chars().count()).unwrap_or(u32::MAX);
        self.place.column = self.place.column.saturating_add(columns);
        self.rest = rest;
    }

    /// The first bytes that are such characters.
    fn run(&self, wanted: impl Fn(char) -> bool) -> usize {
        self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len())
    }

    fn line(&mut self) -> Result<()> {
        if let Some(c) = self.rest.chars().find(|c| is_hidden(*c)) {
            return Err(self.fault(format!("character U+{:04X} is not allowed", u32::from(c))));
        }
        let spaces = self.run(|c| c == ' ');
        self.skip(spaces);
        if self.rest.is_empty() || self.rest.starts_with('#') {
            return Ok(());
        }
        if self.brackets.is_empty() {
            self.indent()?;
        }
        while !self.rest.is_empty() && !self.rest.starts_with('#') {
            self.word()?;
            let spaces = self.run(|c| c == ' ');
            self.skip(spaces);
        }
        if self.brackets.is_empty() {
            self.push(Token::Newline, self.place);
        }
        Ok(())
    }

    fn indent(&mut self) -> Result<()> {
        let depth = self.place.column.saturating_sub(1);
        if self.indents.last().is_some_and(|last| depth > *last) {
            self.indents.push(depth);
            self.push(Token::Indent, self.place);
        }
        while self.indents.last().is_some_and(|last| depth < *last) {
            self.indents.pop();
            self.push(Token::Dedent, self.place);
        }
        if self.indents.last() != Some(&depth) {
            return Err(self.fault("this line is indented like no block above it"));
        }
        Ok(())
    }

    fn word(&mut self) -> Result<()> {
        let first = self.rest.chars().next().unwrap_or(' ');
        match first {
            '0'..='9' => self.number(),
            'a'..='z' | 'A'..='Z' | '_' => self.name(),
            '"' => self.quote(),
            _ => self.sign(first),
        }
    }

    fn number(&mut self) -> Result<()> {
        let (place, length) = (self.place, self.run(|c| c.is_ascii_alphanumeric() || c == '_'));
        let digits = self.rest.get(..length).unwrap_or_default();
        let plain = digits.bytes().all(|c| c.is_ascii_digit());
        if !plain || (digits.len() > 1 && digits.starts_with('0')) {
            return Err(self.fault("a number is written with plain digits, like 1500"));
        }
        let number = digits.parse().map_err(|_| {
            Fault::new(Kind::Overflow, place, "a number this large does not fit in 128 bits")
        })?;
        self.skip(length);
        if self.rest.starts_with('.') {
            return Err(self.fault("there are no fractions: use whole numbers and mul_div"));
        }
        self.push(Token::Int(number), place);
        Ok(())
    }

    fn name(&mut self) -> Result<()> {
        let (place, length) = (self.place, self.run(|c| c.is_ascii_alphanumeric() || c == '_'));
        if length > limits::NAME_CHARS {
            let found = format!("a name has at most {} characters", limits::NAME_CHARS);
            return Err(Fault::new(Kind::Limit, place, found));
        }
        let name = self.rest.get(..length).unwrap_or_default().to_owned();
        self.skip(length);
        self.push(Token::Name(name), place);
        Ok(())
    }

    fn quote(&mut self) -> Result<()> {
        let place = self.place;
        if self.rest.starts_with("\"\"\"") {
            return Err(self.fault("a text in quotes stands on one line, between single \" signs"));
        }
        let inside = self.rest.get(1..).unwrap_or_default();
        let Some(length) = inside.find(['"', '\\']) else {
            return Err(self.fault("the text in quotes is not closed on this line"));
        };
        let text = inside.get(..length).unwrap_or_default().to_owned();
        self.skip(length.saturating_add(1));
        if self.rest.starts_with('\\') {
            return Err(self.fault("a text in quotes has no backslash"));
        }
        if text.chars().count() > limits::QUOTE_CHARS {
            let found = format!("a text in quotes has at most {} characters", limits::QUOTE_CHARS);
            return Err(Fault::new(Kind::Limit, place, found));
        }
        self.skip(1);
        self.push(Token::Quote(text), place);
        Ok(())
    }

    fn sign(&mut self, first: char) -> Result<()> {
        let place = self.place;
        let found = SIGNS.iter().find(|sign| self.rest.starts_with(**sign));
        let Some(sign) = found.copied().filter(|sign| *sign != "/") else {
            return Err(self.fault(match first {
                '/' => "there are no fractions: write // for the whole quotient".to_owned(),
                '\t' => "a tab: indent with spaces".to_owned(),
                '\'' => "a text stands between double quotes".to_owned(),
                c => format!("character {c:?} (U+{:04X}) is not allowed here", u32::from(c)),
            }));
        };
        match sign {
            "(" => self.brackets.push(")"),
            "[" => self.brackets.push("]"),
            ")" | "]" if self.brackets.pop() != Some(sign) => {
                return Err(self.fault(format!("{sign} closes no bracket")));
            }
            _ => {}
        }
        self.skip(sign.len());
        if matches!(sign, "*" | "//") && self.rest.starts_with('*') {
            return Err(self.fault("there are no powers: multiply"));
        }
        self.push(Token::Sign(sign), place);
        Ok(())
    }
}

/// Characters that a reader does not see, or that change the order of what he sees.
fn is_hidden(c: char) -> bool {
    let marks = [
        '\u{a0}', '\u{ad}', '\u{34f}', '\u{61c}', '\u{115f}', '\u{1160}', '\u{1680}', '\u{17b4}',
        '\u{17b5}', '\u{180b}', '\u{180c}', '\u{180d}', '\u{180e}', '\u{2028}', '\u{2029}',
        '\u{2800}', '\u{3164}', '\u{feff}', '\u{ffa0}',
    ];
    (c.is_control() && c != '\t')
        || marks.contains(&c)
        || ('\u{2000}'..='\u{200f}').contains(&c)
        || ('\u{202a}'..='\u{202f}').contains(&c)
        || ('\u{205f}'..='\u{206f}').contains(&c)
        || ('\u{fe00}'..='\u{fe0f}').contains(&c)
        || ('\u{fff0}'..='\u{fffb}').contains(&c)
        || ('\u{1d173}'..='\u{1d17a}').contains(&c)
        || ('\u{e0000}'..='\u{e0fff}').contains(&c)
}
