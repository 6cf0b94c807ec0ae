//! Memory of answers that are whole before they are sent: it is taken until the reader has them.
//!
//! 1. Where an answer is made, before it is compressed, its bytes are counted ([`weigh`]).
//! 2. The count travels with the answer to its connection, which drops it when all is written.

use super::bodies::Held;
use super::limits::LIGHT_BYTES;
use super::{Busy, Shares};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::Body as _;
use std::sync::Arc;

/// What an answer takes, until it is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Weight {
    _held: Arc<Held>,
}

/// Counts an answer, or gives another in its place that says that the node is busy.
pub(crate) async fn weigh(request: Request, next: Next, busy: fn(Busy) -> Response) -> Response {
    let shares = request.extensions().get::<Arc<Shares>>().cloned();
    let mut response = next.run(request).await;
    let bytes = response.body().size_hint().exact().filter(|bytes| *bytes > LIGHT_BYTES);
    let (Some(shares), Some(bytes)) = (shares, bytes) else { return response };
    let mut held = shares.ready.hold();
    if held.grow(usize::try_from(bytes).unwrap_or(usize::MAX)).is_err() {
        return busy(Busy::Crowded);
    }
    response.extensions_mut().insert(Weight { _held: Arc::new(held) });
    response
}
