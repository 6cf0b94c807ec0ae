//! Serves pages and API over a town with funds, without a network: for work on the pages.
//!
//! `cargo run -p weal --example funds_fixture -- [PORT]`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for those who make the pages")]
#![allow(clippy::panic, clippy::indexing_slicing, reason = "made-up data, known to be good")]

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::net::SocketAddr;

const PORT: u16 = 8475;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(PORT);
    let town = fixture::town::Town::told();
    for (name, id) in &town.funds {
        println!("{name}: {id}");
    }
    let service = weal_app::serve::router(town.ledger.app());
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("open http://127.0.0.1:{port}/en/funds");
    axum::serve(listener, service).await
}
