//! Whoever audits finds what does not fit, and whoever told two stories is convicted by a file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../fixture/mod.rs"]
mod fixture;

mod compare;
mod copies;
mod witnesses;

use fixture::{START, TinyLedger};
use std::net::SocketAddr;
use std::process::{Command, Output};
use std::sync::Arc;
use weal_proof::Envelope;
use weal_services::relief::scenario::Scenario;

/// A node's faces over a ledger in memory, until the test ends.
struct Served {
    url: String,
    ledger: Arc<TinyLedger>,
    _runtime: tokio::runtime::Runtime,
}

fn serve(ledger: Arc<TinyLedger>) -> Served {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = weal_app::api::router(ledger.app());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    runtime.spawn(async move { axum::serve(listener, service).await });
    Served { url, ledger, _runtime: runtime }
}

/// Runs the program; gives its exit code and everything it printed.
fn weal(args: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weal"));
    for name in ["WEAL_NODE", "WEAL_NETWORK", "WEAL_HOME", "WEAL_LOG", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    let Output { status, stdout, stderr } = command.args(args).output().unwrap();
    let text = [stdout, stderr].concat();
    (status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

/// A story of so many operations, told in blocks of fifty.
fn tell(ledger: &TinyLedger, story: &[Envelope]) {
    for part in story.chunks(50) {
        ledger.commit(part).unwrap();
    }
}

fn story(ledger: &TinyLedger, seed: u64) -> Vec<Envelope> {
    Scenario::new(seed, ledger.network(), START).prologue()
}
