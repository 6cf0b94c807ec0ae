//! How an answer is given: one block for the whole answer, a tag that names it, and honest caching.
//!
//! 1. A view is read at one height: if the book moved on while it was read, it is read again.
//! 2. Its strong `ETag` names network, program, height, path, form and the codings that are taken;
//!    with `If-None-Match` an unchanged view costs one look at the height.
//! 3. `?at=HEIGHT` is granted for the newest block only; what never changes is marked immutable.

use super::Api;
use super::fault::Fault;
use super::look::{AsOf, steady};
use super::problem::Problem;
use super::table::{self, Row};
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use weal_proof::Hash;
use weal_services::book::{BookError, Reader};
use weal_services::view::Page;

/// One thing, as of a block.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Shown<T> {
    /// The block it describes.
    pub(super) as_of: AsOf,
    /// The thing.
    #[serde(flatten)]
    pub(super) what: T,
}

/// Part of a list, as of a block.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Listed<T> {
    /// The block it describes.
    pub(super) as_of: AsOf,
    /// The entries of this part.
    pub(super) items: Vec<T>,
    /// All entries that match.
    pub(super) total: u64,
    /// Give this as `cursor`, with the same filter, for the next part; `null` at the end.
    pub(super) next: Option<String>,
}

/// Either an answer or a problem.
pub(super) type Answer = Result<Response, Problem>;

/// What of a request decides about the form of its answer.
pub(super) struct Call {
    /// Path below `/v1` with the query.
    target: String,
    if_none_match: Option<String>,
    /// Compressed bytes are other bytes, so they have another strong tag.
    codings: String,
    csv: bool,
}

impl<S: Sync> FromRequestParts<S> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let text = |name: HeaderName| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        Ok(Call {
            target: target.to_owned(),
            if_none_match: text(header::IF_NONE_MATCH),
            codings: text(header::ACCEPT_ENCODING).unwrap_or_default(),
            csv: text(header::ACCEPT).is_some_and(|accept| prefers_csv(&accept)),
        })
    }
}

/// Whether CSV is wanted more than JSON.
fn prefers_csv(accept: &str) -> bool {
    let weight = |wanted: &[&str]| {
        let ranges = accept.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let kind = parts.next()?;
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
            wanted.contains(&kind).then(|| weight.unwrap_or(1.0))
        });
        ranges.fold(0.0, f32::max)
    };
    weight(&["text/csv"]) > weight(&["application/json"])
}

/// What was read, or that the reader has it already.
enum Read<T> {
    Same(AsOf, String),
    New(AsOf, String, T),
}

impl Call {
    /// A strong tag for this path and form, at a height.
    fn tag(&self, api: &Api, height: Option<u64>, csv: bool) -> String {
        let height = height.map_or("for ever".to_owned(), |height| height.to_string());
        let form = if csv { "csv" } else { "json" };
        let program = env!("CARGO_PKG_VERSION");
        let parts = [&api.network, program, &height, form, &self.codings, &self.target];
        let hash = Hash::of(&[parts.join("\n").as_bytes()]).to_string();
        format!("\"{}\"", hash.get(..32).unwrap_or(&hash))
    }

    fn has(&self, tag: &str) -> bool {
        let known = self.if_none_match.as_deref().unwrap_or_default();
        known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)
    }

    /// Reads at one height, unless the reader has the answer already.
    async fn read<T, F>(
        &self,
        api: &Api,
        at: Option<u64>,
        csv: bool,
        read: F,
    ) -> Result<Read<T>, Problem>
    where
        T: Send + 'static,
        F: Fn(&Reader) -> Result<T, BookError> + Send + 'static,
    {
        let as_of = api.newest().await?;
        pinned(at, as_of.height)?;
        let tag = self.tag(api, Some(as_of.height), csv);
        if self.has(&tag) {
            return Ok(Read::Same(as_of, tag));
        }
        let memo = api.memo.clone();
        let (as_of, found) = api.book(move |reader| steady(reader, &memo, &read)).await?;
        pinned(at, as_of.height)?;
        Ok(Read::New(as_of, self.tag(api, Some(as_of.height), csv), found))
    }

    /// Answers with one thing of the newest block.
    pub(super) async fn show<T, F>(&self, api: &Api, at: Option<u64>, read: F) -> Answer
    where
        T: Serialize + Send + 'static,
        F: Fn(&Reader) -> Result<Option<T>, BookError> + Send + 'static,
    {
        match self.read(api, at, false, read).await? {
            Read::Same(as_of, tag) => Ok(unchanged(Some(as_of), &tag, FRESH)),
            Read::New(_, _, None) => Err(Problem::not_found("this node knows of no such thing")),
            Read::New(as_of, tag, Some(what)) => {
                let mut response = json(StatusCode::OK, &Shown { as_of, what })?;
                describe(response.headers_mut(), Some(as_of), &tag, FRESH);
                Ok(response)
            }
        }
    }

    /// Answers with part of a list as JSON.
    pub(super) async fn list<T, F>(&self, api: &Api, at: Option<u64>, read: F) -> Answer
    where
        T: Serialize + Send + 'static,
        F: Fn(&Reader) -> Result<Page<T>, BookError> + Send + 'static,
    {
        match self.read(api, at, false, read).await? {
            Read::Same(as_of, tag) => Ok(unchanged(Some(as_of), &tag, FRESH)),
            Read::New(as_of, tag, page) => self.listed(as_of, &tag, page),
        }
    }

    fn listed<T: Serialize>(&self, as_of: AsOf, tag: &str, page: Page<T>) -> Answer {
        let Page { items, total, next } = page;
        let link = self.link(next.as_deref());
        let mut response = json(StatusCode::OK, &Listed { as_of, items, total, next })?;
        describe(response.headers_mut(), Some(as_of), tag, FRESH);
        response.headers_mut().extend(link);
        Ok(response)
    }

    /// Answers with part of a list as JSON, or as CSV where that is wanted more.
    pub(super) async fn table<T, F>(&self, api: &Api, at: Option<u64>, read: F) -> Answer
    where
        T: Serialize + Row + Send + 'static,
        F: Fn(&Reader) -> Result<Page<T>, BookError> + Send + 'static,
    {
        let mut response = match self.read(api, at, self.csv, read).await? {
            Read::Same(as_of, tag) => unchanged(Some(as_of), &tag, FRESH),
            Read::New(as_of, tag, page) if self.csv => {
                let link = self.link(page.next.as_deref());
                let text = table::write(&page.items);
                let mut response = typed("text/csv; charset=utf-8; header=present", text);
                describe(response.headers_mut(), Some(as_of), &tag, FRESH);
                response.headers_mut().extend(link);
                response
            }
            Read::New(as_of, tag, page) => self.listed(as_of, &tag, page)?,
        };
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
        Ok(response)
    }

    /// Answers with something that never changes once it is there.
    pub(super) fn for_ever(
        &self,
        api: &Api,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> Response {
        let tag = self.tag(api, None, false);
        if self.has(&tag) {
            return unchanged(None, &tag, FOR_EVER);
        }
        let mut response = typed(content_type, body);
        describe(response.headers_mut(), None, &tag, FOR_EVER);
        response
    }

    /// Answers with something whose tag is its own content.
    pub(super) fn content(&self, content_type: &'static str, body: Vec<u8>) -> Response {
        let hash = Hash::of(&[self.codings.as_bytes(), b"\n", &body]).to_string();
        let tag = format!("\"{}\"", hash.get(..32).unwrap_or(&hash));
        if self.has(&tag) {
            return unchanged(None, &tag, FRESH);
        }
        let mut response = typed(content_type, body);
        describe(response.headers_mut(), None, &tag, FRESH);
        response
    }

    /// Answers with what is read while it is sent, and is therefore not named by its content.
    pub(super) fn stream(&self, content_type: &'static str, body: Body) -> Response {
        let mut response = typed(content_type, body);
        let caching = HeaderValue::from_static("no-cache");
        response.headers_mut().insert(header::CACHE_CONTROL, caching);
        response
    }

    /// The same, of what never changes; `caching` says whether it may be kept without asking.
    pub(super) fn stream_of(
        &self,
        api: &Api,
        content_type: &'static str,
        (body, full): (Body, bool),
    ) -> Response {
        let mut response = typed(content_type, body);
        let caching = if full { FOR_EVER } else { FRESH };
        describe(response.headers_mut(), None, &self.tag(api, None, false), caching);
        response
    }

    /// Whether the reader has already what never changes at this path.
    pub(super) fn kept(&self, api: &Api, full: bool) -> Option<Response> {
        let tag = self.tag(api, None, false);
        let caching = if full { FOR_EVER } else { FRESH };
        self.has(&tag).then(|| unchanged(None, &tag, caching))
    }

    /// The `Link` to the next part: the same query with another cursor.
    fn link(&self, next: Option<&str>) -> Option<(HeaderName, HeaderValue)> {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
        let cursor = format!("cursor={}", encoded(next?));
        let query: Vec<_> = kept.chain([cursor.as_str()]).collect();
        let link = format!("</v1{path}?{}>; rel=\"next\"", query.join("&"));
        Some((header::LINK, HeaderValue::try_from(link).ok()?))
    }
}

/// JSON, as a media type.
pub(super) const JSON: &str = "application/json";
const FRESH: &str = "no-cache";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Refuses a view of another block than the newest.
fn pinned(at: Option<u64>, height: u64) -> Result<(), Problem> {
    let found = |at| format!("asked for block {at}, the newest is {height}");
    match at {
        Some(at) if at < height => Err(Problem::new(Fault::Gone, found(at))),
        Some(at) if at > height => Err(Problem::new(Fault::NotYet, found(at))),
        _ => Ok(()),
    }
}

/// A JSON answer.
pub(super) fn json<T: Serialize>(status: StatusCode, body: &T) -> Answer {
    let body = serde_json::to_vec(body).map_err(|e| Problem::internal(&e))?;
    let mut response = typed(JSON, body);
    *response.status_mut() = status;
    Ok(response)
}

/// An answer of this media type.
pub(super) fn typed(content_type: &'static str, body: impl Into<Body>) -> Response {
    ([(header::CONTENT_TYPE, content_type)], body.into()).into_response()
}

fn unchanged(as_of: Option<AsOf>, tag: &str, caching: &'static str) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    describe(response.headers_mut(), as_of, tag, caching);
    response
}

fn describe(headers: &mut HeaderMap, as_of: Option<AsOf>, tag: &str, caching: &'static str) {
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Some(as_of) = as_of {
        headers.insert("as-of-height", HeaderValue::from(as_of.height));
        headers.insert("as-of-log-size", HeaderValue::from(as_of.log_size));
    }
}

/// Percent-encodes everything but unreserved characters.
fn encoded(text: &str) -> String {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'.' | b'_' | b'~');
    let letter = |c: u8| if plain(c) { char::from(c).to_string() } else { format!("%{c:02X}") };
    text.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::{encoded, prefers_csv};

    #[test]
    fn csv_is_given_to_those_who_want_it_more() {
        assert!(prefers_csv("text/csv"));
        assert!(prefers_csv("text/csv, application/json;q=0.5"));
        assert!(prefers_csv("text/csv;q=0.2, */*;q=0.1"));
        for other in ["*/*", "application/json", "application/json, text/csv", "text/html", ""] {
            assert!(!prefers_csv(other), "{other}");
        }
    }

    #[test]
    fn a_cursor_survives_a_link() {
        assert_eq!(encoded("a-b.c_d~9/+ é"), "a-b.c_d~9%2F%2B%20%C3%A9");
    }
}
