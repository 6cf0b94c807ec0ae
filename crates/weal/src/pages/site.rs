//! What every page needs: who visits, how to read the book, and how an answer is dressed.
//!
//! 1. A handler reads the [`Visit`] and the book, and returns a [`Page`] or a [`Failure`].
//! 2. Neither knows of headers or frames: they travel as extensions of a bare response.
//! 3. [`dress`] answers 304 if the reader has this very page; else it runs the handler, puts the
//!    layout around its page, and says how long the page may be kept.

use super::assets::Assets;
use super::busy;
use super::errors;
use super::layout;
use super::live::Live;
use super::words::Lang;
use crate::app::{App, Status};
use crate::door::Busy;
use crate::serve::now;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use std::convert::Infallible;
use std::sync::Arc;
use weal_services::book::{BookError, Reader};

/// Rows of a list on one page.
pub(crate) const ROWS: u32 = 25;

/// Everything the handlers share.
pub(crate) struct Site {
    pub(crate) app: App,
    pub(crate) assets: Assets,
    pub(crate) live: Arc<Live>,
    /// Start of this process: pages of another build are not mixed up with those of this one.
    started_s: u64,
}

/// Light, dark, or as the reader's device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Theme {
    Auto,
    Light,
    Dark,
}

/// One request: who reads, in which language, and where the ledger stands.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) lang: Lang,
    pub(crate) theme: Theme,
    /// Path below the language, with the query: `/needs?open=1`.
    pub(crate) rest: String,
    pub(crate) status: Status,
}

/// Which entry of the navigation a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Overview,
    Needs,
    Trace,
    Orgs,
    Funds,
    /// Where texts of charters are written.
    Editor,
    Records,
    Balance,
    Verify,
    Nodes,
    Elsewhere,
}

/// Where another institution shows the same pages.
pub(crate) struct Elsewhere {
    pub(crate) name: String,
    pub(crate) web: String,
}

/// The content of a page, without its frame.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) place: Place,
    pub(crate) body: Markup,
    /// Whether newer blocks change it.
    pub(crate) moving: bool,
    /// Place in the log of the newest entry shown, if new ones are to be added on top.
    pub(crate) newest: Option<u64>,
    /// Whether it can check receipts.
    pub(crate) checks: bool,
}

/// Why there is no page.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// Nothing is known under this address.
    Missing,
    /// A cursor or value in the address that no page wrote.
    Address,
    /// Too many others read at the moment.
    Busy,
    /// The book cannot be read; the words are for the log, not for the reader.
    Broken(String),
}

/// What a handler returns.
pub(crate) type Answer = Result<Page, Failure>;

impl Site {
    pub(crate) fn new(app: App) -> Arc<Site> {
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let started_s = since_1970.map_or(0, |time| time.as_secs());
        let live = Live::new(app.clone());
        Arc::new(Site { app, assets: Assets::new(), live, started_s })
    }

    /// Reads the book on a thread that may block.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&Reader) -> Result<T, BookError> + Send + 'static,
    {
        let reader = self.app.reader.clone();
        match self.app.shares.work.run(move || read(&reader)).await {
            Ok(result) => result.map_err(Failure::from),
            Err(Busy::Failed(cause)) => Err(Failure::Broken(cause)),
            Err(Busy::Crowded | Busy::TooLong) => Err(Failure::Busy),
        }
    }

    fn visit(&self, parts: &Parts) -> Visit {
        let path = parts.uri.path();
        let accept = header_text(&parts.headers, header::ACCEPT_LANGUAGE);
        let (lang, rest) = match Lang::of_path(path) {
            Some(lang) => (lang, path.get(lang.code().len() + 1..).unwrap_or("/")),
            None => (Lang::of_accept(accept), path),
        };
        let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let theme = Theme::of_cookie(header_text(&parts.headers, header::COOKIE));
        Visit { lang, theme, rest: format!("{rest}{query}"), status: self.app.ledger.status() }
    }

    /// Names this page among all states of the book.
    fn tag(&self, visit: &Visit) -> String {
        let Status { indexed, signed, agree, validators, .. } = &visit.status;
        let (lang, theme) = (visit.lang.code(), visit.theme.code());
        // Who is silent for how long changes without any block.
        let moment_s = if visit.rest.starts_with("/nodes") { now().0 / 1000 } else { 0 };
        format!(
            "W/\"{indexed}-{signed}.{agree}.{validators}-{lang}-{theme}-{moment_s:x}-{:x}\"",
            self.started_s
        )
    }

    /// The other institutions that say where their pages are.
    fn elsewhere(&self) -> Vec<Elsewhere> {
        let keeping = self.app.ledger.keeping();
        let own = keeping.own_key;
        let others = keeping.keepers.into_iter().filter(|k| k.key != own && !k.web.is_empty());
        let mut others: Vec<_> = others.map(|k| Elsewhere { name: k.name, web: k.web }).collect();
        others.sort_by(|a, b| a.web.cmp(&b.web));
        others
    }
}

impl Theme {
    pub(crate) const ALL: [Theme; 3] = [Theme::Auto, Theme::Light, Theme::Dark];

    pub(crate) fn code(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// What the browser may use before the style sheet is there.
    pub(crate) fn schemes(self) -> &'static str {
        match self {
            Theme::Auto => "light dark",
            other => other.code(),
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.code() == text)
    }

    fn of_cookie(cookies: &str) -> Theme {
        let theme = cookies.split(';').find_map(|pair| pair.trim().strip_prefix("theme="));
        theme.and_then(Theme::parse).unwrap_or(Theme::Auto)
    }
}

impl Visit {
    /// A path in the reader's language.
    pub(crate) fn href(&self, path: &str) -> String {
        format!("/{}{path}", self.lang.code())
    }
}

impl Page {
    /// A page that newer blocks change.
    pub(crate) fn moving(title: String, place: Place, body: Markup) -> Page {
        Page { title, place, body, moving: true, newest: None, checks: false }
    }

    /// A page that says the same at every block.
    pub(crate) fn still(title: String, place: Place, body: Markup) -> Page {
        Page { moving: false, ..Page::moving(title, place, body) }
    }

    /// With the script that checks receipts.
    pub(crate) fn with_check(self) -> Page {
        Page { checks: true, ..self }
    }

    /// With entries newer than this one added on top.
    pub(crate) fn with_newest(self, newest: Option<u64>) -> Page {
        Page { newest, ..self }
    }
}

impl From<BookError> for Failure {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Cursor => Failure::Address,
            other => Failure::Broken(other.to_string()),
        }
    }
}

impl Failure {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Failure::Missing => StatusCode::NOT_FOUND,
            Failure::Address => StatusCode::BAD_REQUEST,
            Failure::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = StatusCode::OK.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl FromRequestParts<Arc<Site>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        // `dress` has read the status once; page and frame must speak of the same block.
        Ok(parts.extensions.get::<Visit>().cloned().unwrap_or_else(|| site.visit(parts)))
    }
}

/// Puts the frame around what a handler returns.
pub(crate) async fn dress(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = site.visit(&parts);
    let tag = site.tag(&visit);
    let known = header_text(&parts.headers, header::IF_NONE_MATCH);
    if known.split(',').any(|known| known.trim() == tag) {
        return keep(StatusCode::NOT_MODIFIED.into_response(), &tag);
    }
    parts.extensions.insert(visit.clone());
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(page) = response.extensions_mut().remove::<Page>() {
        let html = layout::document(&visit, &site.assets, &page, &site.elsewhere());
        return keep(Html(html.into_string()).into_response(), &tag);
    }
    match response.extensions_mut().remove::<Failure>() {
        Some(failure) => fail(&site, &visit, &failure),
        None => response,
    }
}

fn fail(site: &Site, visit: &Visit, failure: &Failure) -> Response {
    match failure {
        Failure::Busy => return busy::page(failure.status(), busy::RETRY_S),
        Failure::Broken(cause) => {
            tracing::error!(%cause, page = visit.rest, "a page could not be made");
        }
        Failure::Missing | Failure::Address => {}
    }
    let page = errors::page(visit, failure);
    let html = layout::document(visit, &site.assets, &page, &site.elsewhere());
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (failure.status(), headers, Html(html.into_string())).into_response()
}

/// A page may be kept, and must be asked for again: it is the same while its tag is.
fn keep(mut response: Response, tag: &str) -> Response {
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    response
}

fn header_text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
