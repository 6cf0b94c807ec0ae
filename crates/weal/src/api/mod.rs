//! The HTTP API, version 1: one router, one description generated from it, one shape of failure.
//!
//! What a request passes, as a numbered program:
//! 1. [`edge`] counts reads by address, answers preflights, and words every failure as a problem.
//! 2. [`query`] and [`body`] read what is asked for; what nobody documented is refused.
//! 3. [`look`] reads the book at one height on a thread that may block, [`answer`] tags and caches.
//! 4. [`write`] hands signed envelopes to the ledger, whose rules are the only authority.
//!
//! Deliberately absent: sessions, cookies, accounts, fees. What is public is read by anybody; what
//! is written carries its signatures.

mod answer;
mod body;
mod drafts;
mod edge;
mod fault;
mod figures;
pub(crate) mod funds;
pub mod limits;
mod log;
mod long;
mod look;
mod network;
mod openapi;
mod problem;
mod query;
mod rate;
mod shapes;
mod stream;
mod table;
mod tlog;
mod views;
mod write;

pub(crate) use body::gather;
pub use fault::Fault;
pub use openapi::document;
pub use problem::{Part, Problem};
pub(crate) use rate::{Buckets, StreamGuard};

use crate::app::App;
use axum::routing::any;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;

/// What handlers share.
#[derive(Clone)]
struct Api {
    app: App,
    network: Arc<str>,
    document: Arc<str>,
    memo: Arc<look::Memo>,
    feed: Arc<stream::Feed>,
    streams: Arc<Semaphore>,
}

impl Api {
    fn new(app: App) -> Api {
        let network = app.ledger.status().network.into();
        let streams = Arc::new(Semaphore::new(app.limits().streams));
        Api {
            app,
            network,
            document: document().to_string().into(),
            memo: Arc::default(),
            feed: stream::Feed::new(),
            streams,
        }
    }
}

/// Every resource, below `/v1`.
fn routes() -> OpenApiRouter<Api> {
    // A stream must not wait until there is enough to compress.
    OpenApiRouter::new()
        .merge(views::routes())
        .merge(log::routes())
        .merge(figures::routes())
        .merge(network::routes())
        .merge(funds::routes())
        .merge(tlog::routes())
        .layer(axum::middleware::from_fn(edge::weigh))
        .layer(CompressionLayer::new())
        .merge(stream::routes())
        .merge(write::routes())
        .merge(drafts::routes())
}

/// The API under `/v1` and the log under `/log`. Serve it with
/// `into_make_service_with_connect_info::<SocketAddr>()`, or all clients share one bucket.
pub fn router(app: App) -> axum::Router {
    let api = Api::new(app);
    let edge = axum::middleware::from_fn_with_state(api.clone(), edge::pass);
    let (routes, _) = routes().split_for_parts();
    let routes = routes.fallback(edge::nothing_here).layer(edge.clone());
    // Nesting leaves out the bare prefix with its slash.
    let bare = axum::Router::new().route("/v1/", any(edge::nothing_here)).layer(edge.clone());
    let log = tlog::files().fallback(edge::nothing_here).layer(edge);
    axum::Router::new().nest("/v1", routes).nest("/log", log).merge(bare).with_state(api)
}
