//! What the HTTP API promises, tried over a ledger in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../fixture/mod.rs"]
mod fixture;

mod caching;
mod contract;
mod failures;
mod funds;
mod lists;
mod stream;
mod tlog;
mod writing;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use fixture::TinyLedger;
use serde_json::Value;
use std::sync::{Arc, OnceLock};
use tower::ServiceExt as _;

/// A book with a story that no test writes to, as long as it is told only once.
fn story() -> &'static Arc<TinyLedger> {
    static STORY: OnceLock<Arc<TinyLedger>> = OnceLock::new();
    STORY.get_or_init(TinyLedger::with_story)
}

/// A router over that book.
fn reading() -> Router {
    weal_app::api::router(story().app())
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    /// Asserts that it is a problem of this code, whole and well-formed.
    fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code);
        assert_eq!(problem["status"], status);
        assert_eq!(problem["type"], format!("/problems/{code}"));
        for member in ["title", "detail", "remedy"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
        }
        problem
    }
}

async fn send(router: &Router, request: Request<Body>) -> Reply {
    let response = router.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
    Reply { status, headers, body }
}

async fn ask(router: &Router, path: &str) -> Reply {
    ask_with(router, path, &[]).await
}

async fn ask_with(router: &Router, path: &str, headers: &[(&str, &str)]) -> Reply {
    send(router, request("GET", path, headers, Body::empty())).await
}

async fn post(router: &Router, path: &str, kind: &str, body: impl Into<Body>) -> Reply {
    send(router, request("POST", path, &[("content-type", kind)], body.into())).await
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body).unwrap()
}

/// Reads one value out of the first entry of a list.
async fn first(router: &Router, path: &str, member: &str) -> String {
    let list = ask(router, path).await.json();
    match &list["items"][0][member] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("{path} begins with {other}"),
    }
}
