//! Serves the API over a made-up book, for tools that test APIs from outside.
//!
//! `cargo run -p weal --example api_fixture -- 127.0.0.1:8471`

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::net::SocketAddr;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8471".into());
    let app = fixture::TinyLedger::with_story().app();
    let service = weal_app::api::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let listener = tokio::net::TcpListener::bind(&address).await?;
    eprintln!("the API answers at http://{address}/v1/status");
    axum::serve(listener, service).await
}
