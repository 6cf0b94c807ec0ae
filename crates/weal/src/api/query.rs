//! Reads what a request asks for, and refuses what nobody documented.

use super::fault::Fault;
use super::limits::{CURSOR_CHARS, NAME_CHARS, PAGE, PAGE_MAX, WHOLE_MAX};
use super::problem::{Part, Problem};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use std::ops::RangeInclusive;

/// The parameters of a query; what is taken out of it is known, what stays is refused.
pub(super) struct Query {
    pairs: Vec<(String, String)>,
    errors: Vec<Part>,
}

impl Query {
    fn take_all(&mut self, name: &str) -> Vec<String> {
        let taken = self.pairs.extract_if(.., |(known, _)| known == name);
        taken.map(|(_, value)| value).collect()
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let values = self.take_all(name);
        if values.len() > 1 {
            self.fail(name, "given twice");
        }
        values.into_iter().next()
    }

    fn fail(&mut self, name: &str, detail: impl Into<String>) {
        self.errors.push(Part::new(format!("/query/{name}"), detail));
    }

    /// A text of at most so many characters; forms send empty ones for those left out.
    pub(super) fn text(&mut self, name: &str, chars: usize) -> Option<String> {
        let value = self.take(name).filter(|value| !value.is_empty())?;
        self.check_text(name, &value, chars);
        Some(value)
    }

    fn check_text(&mut self, name: &str, value: &str, chars: usize) {
        let length = value.chars().count();
        if length > chars {
            self.fail(name, format!("{length} characters, {chars} allowed"));
        } else if value.contains('\0') {
            self.fail(name, "character U+0000");
        }
    }

    /// A parameter that may be repeated.
    pub(super) fn texts(&mut self, name: &str, count: usize, chars: usize) -> Vec<String> {
        let values = self.take_all(name);
        if values.len() > count {
            self.fail(name, format!("given {} times, {count} allowed", values.len()));
        }
        for value in &values {
            self.check_text(name, value, chars);
            if value.is_empty() {
                self.fail(name, "empty");
            }
        }
        values
    }

    /// A text that must be there.
    pub(super) fn needed(&mut self, name: &str, chars: usize) -> String {
        let value = self.text(name, chars);
        if value.is_none() {
            self.fail(name, "missing or empty");
        }
        value.unwrap_or_default()
    }

    /// A whole number within bounds.
    pub(super) fn whole(&mut self, name: &str, bounds: RangeInclusive<u64>) -> Option<u64> {
        let value = self.take(name)?;
        let number = whole(&value).filter(|number| bounds.contains(number));
        if number.is_none() {
            let (low, high) = bounds.into_inner();
            self.fail(name, format!("expected a whole number from {low} to {high}"));
        }
        number
    }

    /// Yes or no.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.take(name)?.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.fail(name, "expected true or false");
                None
            }
        }
    }

    /// One of these words.
    pub(super) fn word(&mut self, name: &str, words: &[&str]) -> Option<String> {
        let value = self.take(name)?;
        if words.contains(&value.as_str()) {
            return Some(value);
        }
        self.fail(name, format!("expected one of {}", words.join(", ")));
        None
    }

    /// The block a reader wants to see.
    pub(super) fn at(&mut self) -> Option<u64> {
        self.whole("at", 0..=WHOLE_MAX)
    }

    /// Where a list goes on.
    pub(super) fn cursor(&mut self) -> Option<String> {
        self.text("cursor", CURSOR_CHARS)
    }

    /// How many entries of a list.
    pub(super) fn limit(&mut self) -> u32 {
        let limit = self.whole("limit", 1..=u64::from(PAGE_MAX));
        limit.and_then(|limit| u32::try_from(limit).ok()).unwrap_or(PAGE)
    }

    fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.pairs) {
            let name: String = name.chars().take(NAME_CHARS).collect();
            self.fail(&name, "unknown parameter");
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        let words: Vec<_> =
            self.errors.iter().map(|part| format!("{}: {}", part.pointer, part.detail)).collect();
        let problem = Problem::new(Fault::BadQuery, words.join("; "));
        Err(Problem { errors: self.errors, ..problem })
    }
}

/// Digits, perhaps followed by a point and zeros: JSON Schema calls `5.0` an integer too.
pub(super) fn whole(text: &str) -> Option<u64> {
    let (digits, zeros) = text.split_once('.').unwrap_or((text, "0"));
    let plain = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
    let whole = !zeros.is_empty() && zeros.bytes().all(|c| c == b'0');
    let number = if plain && whole { digits.parse().ok() } else { None };
    number.filter(|number| *number <= WHOLE_MAX)
}

/// Parameters of one resource.
pub(super) trait Parameters: Sized {
    /// Takes what it knows out of the query.
    fn read(query: &mut Query) -> Self;
}

/// No parameters at all.
pub(super) struct Nothing;

impl Parameters for Nothing {
    fn read(_: &mut Query) -> Self {
        Nothing
    }
}

/// Extracts the parameters of a resource.
pub(super) struct Asked<P>(pub(super) P);

impl<P: Parameters, S: Sync> FromRequestParts<S> for Asked<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let pairs = pairs.map_err(|e| Problem::new(Fault::BadQuery, e.body_text()))?;
        let mut query = Query { pairs: pairs.0, errors: Vec::new() };
        let parameters = P::read(&mut query);
        query.finish().map(|()| Asked(parameters))
    }
}

/// Extracts the one name in the path: a number, code or id.
pub(super) struct Name(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let name = Path::<String>::from_request_parts(parts, state).await;
        let Path(name) = name.map_err(|e| Problem::new(Fault::BadPath, e.body_text()))?;
        let length = name.chars().count();
        if length > NAME_CHARS || name.contains('\0') {
            let detail = format!("{length} characters, {NAME_CHARS} allowed, none of them U+0000");
            return Err(Problem::of(Fault::BadPath, "/path", detail));
        }
        Ok(Name(name))
    }
}

/// Extracts the one whole number in the path.
pub(super) struct Number(pub(super) u64);

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Name(name) = Name::from_request_parts(parts, state).await?;
        let wrong = || {
            let detail = format!("expected a whole number from 0 to {WHOLE_MAX}");
            Problem::of(Fault::BadPath, "/path", detail)
        };
        whole(&name).map(Number).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn whole_numbers_are_read_as_json_schema_reads_them() {
        assert_eq!(whole("5"), Some(5));
        assert_eq!(whole("5.0"), Some(5));
        assert_eq!(whole("9007199254740991"), Some(9_007_199_254_740_991));
        for wrong in ["", "5.1", "-5", "+5", "5.", ".0", "9007199254740992", "5e0", "５"] {
            assert_eq!(whole(wrong), None, "{wrong}");
        }
    }
}
