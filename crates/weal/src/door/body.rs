//! Bodies that pass the door: one that does not arrive ends, and the end of an answer is noted.

use super::seats::{Seat, worth};
use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::time::{Instant, Sleep};

/// A request's body made no progress for too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body made no progress for {0} s")]
pub(crate) struct Stalled(pub(crate) u64);

/// A request's body on its way.
///
/// What came pays for time at the slowest rate that counts; nothing is saved up beyond now.
pub(super) struct Arriving {
    body: Incoming,
    seat: Arc<Seat>,
    paid: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Arriving {
    pub(super) fn watched(body: Incoming, seat: Arc<Seat>) -> Body {
        Body::new(Arriving { body, seat, paid: None, timer: None })
    }

    /// More is waited for; an error if it has been for too long.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Stalled>> {
        let now = Instant::now();
        let stall = self.seat.limits().body_stall;
        let paid = *self.paid.get_or_insert(now);
        if self.timer.is_none() {
            self.seat.await_body(paid.into_std());
            self.timer = Some(Box::pin(tokio::time::sleep_until(paid + stall)));
        }
        match self.timer.as_mut().map(|timer| timer.as_mut().poll(context)) {
            Some(Poll::Ready(())) => Poll::Ready(Err(Stalled(stall.as_secs()))),
            _ => Poll::Pending,
        }
    }

    fn arrived(&mut self, count: usize) {
        let rate = self.seat.limits().bytes_per_s;
        let now = Instant::now();
        self.paid = self.paid.map(|paid| (paid + worth(count, rate)).min(now));
        if self.timer.take().is_some() {
            self.seat.work();
        }
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Pending => match self.wait(context) {
                Poll::Ready(Err(stalled)) => Poll::Ready(Some(Err(stalled.into()))),
                Poll::Ready(Ok(())) | Poll::Pending => Poll::Pending,
            },
            Poll::Ready(frame) => {
                let data = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
                self.arrived(data.map_or(0, Bytes::len));
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if self.timer.is_some() {
            self.seat.work();
        }
    }
}

/// An answer; when it is dropped, its last part was made.
pub(super) struct Leaving {
    body: Body,
    seat: Arc<Seat>,
}

impl Leaving {
    pub(super) fn new(body: Body, seat: Arc<Seat>) -> Leaving {
        Leaving { body, seat }
    }
}

impl HttpBody for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.seat.answered();
    }
}
