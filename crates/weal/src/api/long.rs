//! Long answers: made part by part while they are sent, a bounded number at a time.

use super::Api;
use super::fault::Fault;
use super::limits::BUSY_RETRY_S;
use super::problem::Problem;
use crate::door::{AnswerTurn, asker};
use axum::body::{Body, Bytes};
use futures::stream::{self, Stream, StreamExt as _};
use std::future::Future;

/// A turn for a long answer, or the problem that too many are under way.
pub(super) fn turn(api: &Api) -> Result<AnswerTurn, Problem> {
    let busy = || {
        let detail = "too many long answers are under way, to this address or to all";
        Problem::new(Fault::NodeBusy, detail).retry_after(BUSY_RETRY_S)
    };
    api.app.shares.answers.turn(asker()).ok_or_else(busy)
}

/// Parts made one after the other: each step gives bytes and what the next one needs.
pub(super) fn parts<S, F, Next>(
    first: S,
    step: F,
) -> impl Stream<Item = Result<Bytes, Problem>> + Send
where
    S: Send + 'static,
    F: FnMut(S) -> Next + Send + 'static,
    Next: Future<Output = Result<Option<(Vec<u8>, S)>, Problem>> + Send + 'static,
{
    let step = (step, Some(first));
    stream::unfold(step, |(mut step, state)| async move {
        match step(state?).await {
            Ok(Some((bytes, next))) => Some((Ok(bytes.into()), (step, Some(next)))),
            Ok(None) => None,
            Err(problem) => Some((Err(problem), (step, None))),
        }
    })
    // Whoever sends a body may ask once more after its end.
    .fuse()
}

/// The parts as a body that holds its turn until its end. What fails at once is a problem; what
/// fails later cuts the body off, which readers notice.
pub(super) async fn body(
    turn: AnswerTurn,
    parts: impl Stream<Item = Result<Bytes, Problem>> + Send + 'static,
) -> Result<Body, Problem> {
    let mut parts = Box::pin(parts);
    let Some(first) = parts.next().await else { return Ok(Body::empty()) };
    let first = first?;
    let rest = parts.map(move |part| {
        let _held = &turn;
        part.map_err(|problem| std::io::Error::other(problem.detail))
    });
    Ok(Body::from_stream(stream::once(async { Ok(first) }).chain(rest)))
}
