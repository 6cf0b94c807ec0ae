//! The part of an address behind the question mark: read kindly, written so that it reads back.

use super::site::{Failure, Site};
use super::words::Lang;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use maud::{Markup, html};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A query, or the page that says the address is wrong.
pub(crate) struct Ask<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Site>> for Ask<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Failure> {
        let Query(query) =
            Query::from_request_parts(parts, site).await.map_err(|_| Failure::Address)?;
        Ok(Ask(query))
    }
}

/// What a form sends for a field that was left empty is no filter.
pub(crate) fn filled(value: Option<String>) -> Option<String> {
    value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// `?name=value&…` of the fields that are filled; empty if none is.
pub(crate) fn write(fields: &[(&str, Option<&str>)]) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if let Some(value) = value {
            text.push(if text.is_empty() { '?' } else { '&' });
            text.push_str(name);
            text.push('=');
            text.push_str(&escape(value));
        }
    }
    text
}

/// A value as it may stand in a path or a query.
pub(crate) fn escape(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escaped = value.bytes().map(|byte| {
        if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    });
    escaped.collect()
}

/// The way to the next part of a list, and back to its start.
pub(crate) fn pager(lang: Lang, path: &str, next: Option<&str>, started: bool) -> Markup {
    let link = |cursor: &str| {
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("/{}{path}{mark}cursor={}", lang.code(), escape(cursor))
    };
    html! {
        @if next.is_some() || started {
            nav.pager aria-label=(lang.say("pager-label")) {
                @if started {
                    a href={ "/" (lang.code()) (path) } { (lang.say("pager-first")) }
                }
                @if let Some(next) = next {
                    a.next rel="next" href=(link(next)) { (lang.say("pager-next")) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_keeps_every_character() {
        let fields = [("item", Some("口罩")), ("place", None), ("text", Some("a&b=c d"))];
        assert_eq!(write(&fields), "?item=%E5%8F%A3%E7%BD%A9&text=a%26b%3Dc%20d");
        assert_eq!(write(&[]), "");
    }
}
