//! Strict JSON: what every reader in every language understands the same way, and nothing else.
//!
//! The rules: UTF-8; one value and nothing after it; no fractions or exponents; whole numbers
//! within 2^53 - 1 without leading zeros or minus zero; no name twice in one object; at most
//! [`limits::JSON_DEPTH`] levels. A breach names its byte and the path that leads to it.

use crate::limits;
use std::collections::BTreeSet;

/// Why a text is not strict JSON, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {byte}, in {place}")]
pub struct JsonError {
    /// What is wrong.
    pub reason: &'static str,
    /// Offset of the offending byte.
    pub byte: usize,
    /// JSON Pointer (RFC 6901) of the value being read; `/` for the whole.
    pub place: String,
}

/// Accepts the text or says what breaks the rules and where.
pub fn check(text: &[u8]) -> Result<(), JsonError> {
    let mut reader = Reader { text, at: 0, path: Vec::new() };
    if std::str::from_utf8(text).is_err() {
        return reader.fail("the text is not UTF-8");
    }
    reader.space();
    reader.value()?;
    reader.space();
    if reader.at < text.len() {
        return reader.fail("something follows the end of the value");
    }
    Ok(())
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    path: Vec<Step<'a>>,
}

enum Step<'a> {
    Name(&'a [u8]),
    Index(usize),
}

impl<'a> Reader<'a> {
    fn fail<T>(&self, reason: &'static str) -> Result<T, JsonError> {
        let mut place = String::new();
        for step in &self.path {
            place.push('/');
            match step {
                Step::Name(name) => {
                    let name = String::from_utf8_lossy(name);
                    place.extend(name.chars().take(80));
                }
                Step::Index(index) => place.push_str(&index.to_string()),
            }
        }
        if place.is_empty() {
            place.push('/');
        }
        Err(JsonError { reason, byte: self.at, place })
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.step();
        }
    }

    fn value(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(|_| ()),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            Some(_) => self.fail("no value starts with this character"),
            None => self.fail("the text ends before the value does"),
        }
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<(), JsonError>) -> Result<(), JsonError> {
        if self.path.len() >= limits::JSON_DEPTH {
            return self.fail("the value is nested too deeply");
        }
        self.step();
        inner(self)
    }

    fn object(&mut self) -> Result<(), JsonError> {
        let mut names = BTreeSet::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.step();
            return Ok(());
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return self.fail("a name in quotes is expected");
            }
            let name = self.string()?;
            if name.contains(&b'\\') {
                return self.fail("names are written without escapes");
            }
            self.path.push(Step::Name(name));
            if !names.insert(name) {
                return self.fail("the same name stands twice in one object");
            }
            self.space();
            if self.peek() != Some(b':') {
                return self.fail("a colon is expected");
            }
            self.step();
            self.space();
            self.value()?;
            self.path.pop();
            self.space();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b'}') => {
                    self.step();
                    return Ok(());
                }
                _ => return self.fail("a comma or a closing brace is expected"),
            }
        }
    }

    fn array(&mut self) -> Result<(), JsonError> {
        self.space();
        if self.peek() == Some(b']') {
            self.step();
            return Ok(());
        }
        for index in 0.. {
            self.path.push(Step::Index(index));
            self.space();
            self.value()?;
            self.path.pop();
            self.space();
            match self.peek() {
                Some(b',') => self.step(),
                Some(b']') => {
                    self.step();
                    return Ok(());
                }
                _ => return self.fail("a comma or a closing bracket is expected"),
            }
        }
        Ok(())
    }

    fn string(&mut self) -> Result<&'a [u8], JsonError> {
        self.step();
        let start = self.at;
        loop {
            match self.peek() {
                Some(b'"') => {
                    let inner = self.text.get(start..self.at).unwrap_or_default();
                    self.step();
                    return Ok(inner);
                }
                Some(b'\\') => {
                    self.step();
                    self.escape()?;
                }
                Some(0..=0x1f) => return self.fail("a control character stands in a text"),
                Some(_) => self.step(),
                None => return self.fail("the text ends before its closing quote"),
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.step(),
            Some(b'u') => {
                for _ in 0..4 {
                    self.step();
                    if !self.peek().is_some_and(|c| c.is_ascii_hexdigit()) {
                        return self.fail("four hexadecimal digits are expected");
                    }
                }
                self.step();
            }
            _ => return self.fail("an unknown escape"),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), JsonError> {
        let negative = self.peek() == Some(b'-');
        if negative {
            self.step();
        }
        let start = self.at;
        let mut value = 0u64;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = u64::from(digit.wrapping_sub(b'0'));
            value = value.saturating_mul(10).saturating_add(digit);
            if value > limits::INTEGER_MAX {
                return self.fail("the number is beyond 9007199254740991");
            }
            self.step();
        }
        let digits = self.at.saturating_sub(start);
        if digits == 0 {
            return self.fail("a digit is expected");
        }
        if digits > 1 && self.text.get(start) == Some(&b'0') {
            return self.fail("a number starts with zero");
        }
        if negative && value == 0 {
            return self.fail("minus zero is not a whole number");
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return self.fail("fractions and exponents are not allowed, use whole numbers");
        }
        Ok(())
    }

    fn word(&mut self, word: &[u8]) -> Result<(), JsonError> {
        let end = self.at.saturating_add(word.len());
        if self.text.get(self.at..end) != Some(word) {
            return self.fail("an unknown word");
        }
        self.at = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str, reason: &str, place: &str) {
        let error = check(text.as_bytes()).unwrap_err();
        assert!(error.reason.contains(reason), "{text}: {error}");
        assert_eq!(error.place, place, "{text}");
    }

    #[test]
    fn plain_documents_are_accepted() {
        for text in ["{}", "[1,-2,\"a\\u00e9\\n\",null,true,false]", " {\"a\":{\"b\":[]}} "] {
            assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
        }
        assert_eq!(check(b"9007199254740991"), Ok(()));
    }

    #[test]
    fn every_breach_names_its_place() {
        refused(r#"{"a":1.5}"#, "fractions", "/a");
        refused(r#"{"a":1e3}"#, "fractions", "/a");
        refused(r#"{"a":{"b":1,"b":2}}"#, "twice", "/a/b");
        refused(r#"{"a":[1,02]}"#, "starts with zero", "/a/1");
        refused("9007199254740992", "beyond", "/");
        refused("-0", "minus zero", "/");
        refused("{} x", "follows the end", "/");
        refused(r#"{"\u0061":1}"#, "without escapes", "/");
        refused("[1,]", "no value", "/1");
        refused("\"a\u{1}\"", "control", "/");
        refused("[tru]", "unknown word", "/0");
    }

    #[test]
    fn nesting_stops_at_the_limit() {
        let nest = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert_eq!(check(nest(limits::JSON_DEPTH).as_bytes()), Ok(()));
        assert!(check(nest(limits::JSON_DEPTH + 1).as_bytes()).is_err());
        assert!(check(nest(30_000).as_bytes()).is_err());
    }
}
