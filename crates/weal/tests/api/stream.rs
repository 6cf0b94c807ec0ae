//! The stream: nothing is left out, nothing is told twice, and silence is kept alive.

use super::fixture::{START, TinyLedger};
use super::{ask, ask_with, request};
use axum::Router;
use axum::body::{Body, BodyDataStream};
use futures::StreamExt as _;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt as _;
use weal_app::api::limits;
use weal_proof::Envelope;
use weal_services::relief::scenario::Scenario;

fn world() -> (Arc<TinyLedger>, Router, Vec<Envelope>) {
    let ledger = TinyLedger::new();
    let router = weal_app::api::router(ledger.app());
    let story = Scenario::new(1, ledger.network(), START).prologue();
    (ledger, router, story)
}

/// An open stream, read line by line.
struct Open {
    body: BodyDataStream,
    text: String,
}

impl Open {
    async fn new(router: &Router, path: &str, headers: &[(&str, &str)]) -> Open {
        let request = request("GET", path, headers, Body::empty());
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["cache-control"], "no-store");
        Open { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next piece that ends like this.
    async fn next(&mut self, end: &str) -> String {
        loop {
            if let Some((piece, rest)) = self.text.split_once(end) {
                let piece = piece.to_owned();
                self.text = rest.to_owned();
                return piece;
            }
            let more = tokio::time::timeout(Duration::from_secs(60), self.body.next()).await;
            let more = more.expect("the stream is silent").expect("the stream ended").unwrap();
            self.text.push_str(std::str::from_utf8(&more).unwrap());
        }
    }

    async fn entry(&mut self) -> u64 {
        let line: Value = serde_json::from_str(&self.next("\n").await).unwrap();
        line["entry"]["index"].as_u64().unwrap_or_else(|| panic!("{line}"))
    }
}

const LINES: [(&str, &str); 1] = [("accept", "application/jsonl")];

#[tokio::test]
async fn who_missed_entries_is_told_them_and_then_what_is_new() {
    let (ledger, router, story) = world();
    for part in story[..300].chunks(50) {
        ledger.commit(part).unwrap();
    }
    let mut open = Open::new(&router, "/v1/stream?since=9", &LINES).await;
    for expected in 10..300 {
        assert_eq!(open.entry().await, expected);
    }
    ledger.commit(&story[300..310]).unwrap();
    for expected in 300..310 {
        assert_eq!(open.entry().await, expected);
    }
}

#[tokio::test]
async fn without_a_place_only_news_are_told() {
    let (ledger, router, story) = world();
    ledger.commit(&story[..50]).unwrap();
    let mut open = Open::new(&router, "/v1/stream", &LINES).await;
    ledger.commit(&story[50..52]).unwrap();
    assert_eq!((open.entry().await, open.entry().await), (50, 51));
    let mut all = Open::new(&router, "/v1/stream?from=0", &LINES).await;
    assert_eq!((all.entry().await, all.entry().await), (0, 1));
}

#[tokio::test]
async fn an_event_carries_its_place_and_the_last_one_resumes() {
    let (ledger, router, story) = world();
    ledger.commit(&story[..20]).unwrap();
    let mut open = Open::new(&router, "/v1/stream?since=15", &[]).await;
    assert_eq!(open.next("\n\n").await, "retry: 3000");
    let event = open.next("\n\n").await;
    let (id, data) = event.split_once('\n').unwrap();
    assert_eq!(id, "id: 16");
    let entry: Value = serde_json::from_str(data.trim_start_matches("data: ")).unwrap();
    assert_eq!(entry["index"], 16);
    let resumed = [("last-event-id", "17")];
    let mut open = Open::new(&router, "/v1/stream?since=3", &resumed).await;
    open.next("\n\n").await;
    assert!(open.next("\n\n").await.starts_with("id: 18\n"));
    ask_with(&router, "/v1/stream", &[("last-event-id", "x")]).await.problem(400, "bad-header");
    ask(&router, "/v1/stream?since=-1").await.problem(400, "bad-query");
}

#[tokio::test]
async fn a_slow_reader_misses_nothing() {
    let (ledger, router, story) = world();
    let mut open = Open::new(&router, "/v1/stream", &LINES).await;
    let mut other = Open::new(&router, "/v1/stream", &LINES).await;
    let many = limits::STREAM_BUFFER * 2;
    for part in story[..many].chunks(64) {
        ledger.commit(part).unwrap();
        tokio::task::yield_now().await;
    }
    for expected in 0..many as u64 {
        assert_eq!(open.entry().await, expected);
    }
    for expected in 0..many as u64 {
        assert_eq!(other.entry().await, expected);
    }
}

#[tokio::test]
async fn silence_is_kept_alive() {
    let (_, router, _) = world();
    let mut lines = Open::new(&router, "/v1/stream", &LINES).await;
    let mut events = Open::new(&router, "/v1/stream", &[]).await;
    events.next("\n\n").await;
    let (line, event) = tokio::join!(lines.next("\n"), events.next("\n\n"));
    assert_eq!((line.as_str(), event.as_str()), ("", ":"));
}

#[tokio::test]
async fn an_address_has_a_limited_number_of_streams() {
    let (_, router, _) = world();
    let mut open = Vec::new();
    for _ in 0..limits::STREAMS_PER_ADDRESS {
        open.push(Open::new(&router, "/v1/stream", &LINES).await);
    }
    ask(&router, "/v1/stream").await.problem(429, "too-many-streams");
    open.pop();
    open.push(Open::new(&router, "/v1/stream", &LINES).await);
}
