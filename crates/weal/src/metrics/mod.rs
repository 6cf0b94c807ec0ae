//! Figures for those who watch a node: `GET /metrics` in the text format of Prometheus, 0.0.4.
//!
//! 1. What is counted while the node works is in [`Counts`]; all else is looked up when asked.
//! 2. The node's own figures come first, named in [`FIGURES`]; then the process's; then the
//!    ordering engine's, each with the prefix `weal_engine_`.
//! 3. Without an address of their own, the figures are told on the pages' address, and only to
//!    this machine: not to others, and not through a proxy.

mod counts;
mod engine;
mod process;
mod text;

pub use counts::Counts;

use crate::app::{Keeping, Ledger as _, Status};
use crate::door::{self, DoorLimits};
use crate::serve::Live;
use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use process::Process;
use std::net::SocketAddr;
use std::sync::Arc;
use text::{Kind, Text};

/// The media type of the text format.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";
/// What a node can be.
const ROLES: [&str; 3] = ["keeper", "mirror", "waiting"];

/// A figure: its name, its kind, and what it says.
type Figure = (&'static str, Kind, &'static str);

/// Every figure of the node itself and of its process.
const FIGURES: &[Figure] = &[
    ("weal_build_info", Kind::Gauge, "Always 1; the label says the version."),
    ("weal_height", Kind::Gauge, "Height of the last final block."),
    ("weal_block_time_seconds", Kind::Gauge, "Time of the last final block, since 1970."),
    ("weal_log_entries", Kind::Gauge, "Operations in the log."),
    ("weal_indexed_height", Kind::Gauge, "Height up to which lists and sums are up to date."),
    ("weal_read_model_lag_blocks", Kind::Gauge, "Final blocks the lists do not know yet."),
    ("weal_pool_operations", Kind::Gauge, "Operations received and not yet final."),
    ("weal_pool_oldest_seconds", Kind::Gauge, "How long the oldest of them has waited."),
    ("weal_validators", Kind::Gauge, "Institutions that keep the book."),
    ("weal_agree", Kind::Gauge, "Of these, how many were heard to agree lately."),
    ("weal_signed", Kind::Gauge, "Of these, how many signed the newest certificate at hand."),
    ("weal_epoch", Kind::Gauge, "The epoch that runs."),
    ("weal_role", Kind::Gauge, "1 for what this node is."),
    ("weal_mirror_trouble", Kind::Gauge, "1 if something keeps a mirror from following."),
    ("weal_evidence_total", Kind::Counter, "Contradictions of institutions this node saw."),
    ("weal_disk_free_bytes", Kind::Gauge, "Bytes that may still be written to the node's disk."),
    ("weal_submitted_total", Kind::Counter, "Operations handed in here."),
    ("weal_refused_total", Kind::Counter, "Operations not taken, by family of the reason."),
    ("weal_final_seconds", Kind::Histogram, "From handing in to final, where somebody waited."),
    ("process_resident_memory_bytes", Kind::Gauge, "Memory in use."),
    ("process_cpu_seconds_total", Kind::Counter, "Processor time used."),
    ("process_open_fds", Kind::Gauge, "Open files and connections."),
    ("process_start_time_seconds", Kind::Gauge, "When the process began, since 1970."),
];

/// All that is told at one moment.
struct Seen {
    status: Status,
    keeping: Keeping,
    disk_free_bytes: Option<u64>,
    process: Process,
    engine: String,
}

fn look(live: &Live) -> Seen {
    let node = live.node();
    Seen {
        status: live.status(),
        keeping: live.keeping(),
        disk_free_bytes: weal_node::free_bytes(node.directory().path()),
        process: Process::look(),
        engine: node.engine_metrics(),
    }
}

/// The whole text.
fn write(seen: &Seen, counts: &Counts) -> String {
    let mut text = Text::new(FIGURES);
    let Seen { status, keeping, process, .. } = seen;
    text.one("weal_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    text.one("weal_height", &[], status.height);
    text.one("weal_block_time_seconds", &[], status.time_ms / 1_000);
    text.one("weal_log_entries", &[], status.log_size);
    text.one("weal_indexed_height", &[], status.indexed);
    text.one("weal_read_model_lag_blocks", &[], status.height.saturating_sub(status.indexed));
    text.one("weal_pool_operations", &[], status.waiting);
    text.one("weal_pool_oldest_seconds", &[], status.oldest_wait_s);
    text.one("weal_validators", &[], status.validators);
    text.one("weal_agree", &[], status.agree);
    text.one("weal_signed", &[], status.signed);
    text.one("weal_epoch", &[], keeping.epoch);
    for role in ROLES {
        text.one("weal_role", &[("role", role)], u64::from(keeping.role == role));
    }
    text.one("weal_mirror_trouble", &[], u64::from(keeping.trouble.is_some()));
    text.one("weal_evidence_total", &[], keeping.evidence.len());
    if let Some(bytes) = seen.disk_free_bytes {
        text.one("weal_disk_free_bytes", &[], bytes);
    }
    counts.write(&mut text);
    process.write(&mut text);
    let mut text = text.finish();
    engine::append(&seen.engine, &mut text);
    text
}

/// The figures of a node now.
pub fn text(live: &Live) -> String {
    write(&look(live), live.counts())
}

/// The figures on the pages' address.
pub fn beside_pages(live: Arc<Live>) -> Router {
    Router::new().route("/metrics", get(guarded)).with_state(live)
}

/// The figures on an address of their own, to whoever reaches it.
pub async fn serve(address: SocketAddr, live: Arc<Live>) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    live.counts().told_at(address);
    let open = |State(live): State<Arc<Live>>| async move { answer(&live) };
    let router = Router::new().route("/metrics", get(open)).with_state(live);
    tokio::spawn(door::serve(listener, router, DoorLimits::few()));
    Ok(())
}

async fn guarded(
    State(live): State<Arc<Live>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let proxied = ["x-forwarded-for", "forwarded"].iter().any(|name| headers.contains_key(*name));
    if live.counts().has_own_address() || !peer.ip().to_canonical().is_loopback() || proxied {
        let reason = "figures are told to this machine, or at the address of --metrics\n";
        return (StatusCode::NOT_FOUND, reason).into_response();
    }
    answer(&live)
}

fn answer(live: &Live) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE), (header::CACHE_CONTROL, "no-store")], text(live))
        .into_response()
}

#[cfg(test)]
mod tests;
