//! Serves the pages over a made-up story, without a network: for work on the pages and for the
//! browser tests.
//!
//! `cargo run -p weal --example pages_fixture -- [PORT] [MILLISECONDS BETWEEN BLOCKS]`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for those who make the pages")]

#[path = "../tests/fixture/mod.rs"]
mod fixture;
#[path = "../tests/pages/story.rs"]
#[allow(dead_code, reason = "the tests use more of it")]
mod story;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use std::sync::Arc;
use std::time::Duration;
use story::Story;
use weal_app::app::Ledger as _;
use weal_proof::Receipt;

const PORT: u64 = 8470;

async fn receipt(
    State(story): State<Arc<Story>>,
    Path(index): Path<u64>,
) -> Result<Json<Receipt>, StatusCode> {
    let receipt = story.receipt(index, Vec::new()).await;
    receipt.ok().flatten().map(Json).ok_or(StatusCode::NOT_FOUND)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut numbers = std::env::args().skip(1).map_while(|word| word.parse::<u64>().ok());
    let (port, pace_ms) = (numbers.next().unwrap_or(PORT), numbers.next().unwrap_or(0));
    let story = Story::told();
    println!("gift of goods: {}", story.showcase.goods_claim_code);
    println!("gift of money: {}", story.showcase.money_claim_code);
    if pace_ms > 0 {
        let story = story.clone();
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(pace_ms));
                story.go_on();
            }
        });
    }
    let receipts =
        Router::new().route("/v1/records/{index}/receipt", get(receipt)).with_state(story.clone());
    let routes = weal_app::pages::router(story.app()).merge(receipts);
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("http://{}/", listener.local_addr()?);
    axum::serve(listener, routes).await
}
