//! The front door: takes connections, gives each a seat, and closes those that make no progress.
//!
//! 1. A newcomer takes a seat ([`seats`]); if all are taken, whoever has waited longest for their
//!    own peer leaves. So a crowd that sends half a request keeps nobody out.
//! 2. The head of a request has [`DoorLimits::head`], the pause before it [`DoorLimits::idle`].
//! 3. A body that stalls ends with an error that its reader words as 408 ([`body`]).
//! 4. An answer that nobody reads is closed ([`wire`]).
//! 5. What requests share is bounded: memory for bodies in and out ([`bodies`], [`weight`]), turns
//!    for long answers ([`answers`]), and threads that may block ([`work`]). Who finds it spent is
//!    asked to come again.
//!
//! A system that gives no more files neither ends the process nor keeps it busy: the one who waits
//! longest leaves, and the door rests for a moment.

mod answers;
mod bodies;
mod body;
mod limits;
mod seats;
mod weight;
mod wire;
mod work;

pub(crate) use answers::{AnswerTurn, Answers};
pub(crate) use bodies::{Bodies, Held};
pub(crate) use body::Stalled;
pub use limits::DoorLimits;
pub(crate) use weight::weigh;
pub(crate) use work::{Busy, Work, asked_by, asker};

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use body::{Arriving, Leaving};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use seats::{Seat, Seats};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::{TcpListener, TcpStream};
use weight::Weight;
use wire::Wire;

/// The answer to whom no seat can be given; it is written if the system takes it at once.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 2\r\n\
    content-type: text/plain\r\ncontent-length: 41\r\nconnection: close\r\n\r\n\
    node-busy: every connection is worked for";

/// Serves these routes until it is dropped. Requests carry [`ConnectInfo`].
pub async fn serve(listener: TcpListener, router: Router, limits: DoorLimits) -> Infallible {
    let seats = Seats::new(limits);
    tokio::join!(take_in(listener, router, &seats), sweep(&seats)).0
}

async fn take_in(listener: TcpListener, router: Router, seats: &Arc<Seats>) -> Infallible {
    let service = TowerToHyperService::new(router);
    loop {
        seats.settle().await;
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                not_accepted(&error, seats).await;
                continue;
            }
        };
        match seats.enter(peer.ip()) {
            Ok(seat) => drop(tokio::spawn(attend(stream, peer, seat, service.clone()))),
            // What cannot be written at once is left: nobody waits for whom has no seat.
            Err(seats::Full) => drop(stream.try_write(FULL)),
        }
    }
}

async fn not_accepted(error: &io::Error, seats: &Seats) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        return;
    }
    tracing::warn!(%error, "a connection could not be accepted");
    seats.make_room();
    tokio::time::sleep(limits::OUT_OF_FILES).await;
}

async fn sweep(seats: &Seats) -> Infallible {
    loop {
        tokio::time::sleep(limits::SWEEP).await;
        let late = seats.sweep(Instant::now());
        if late > 0 {
            tracing::debug!(late, "connections without progress were closed");
        }
    }
}

/// Serves one connection until it ends or must leave.
async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    seat: Seat,
    service: TowerToHyperService<Router>,
) {
    // Without it the last part of an answer may wait for the reader's acknowledgement.
    let _ = stream.set_nodelay(true);
    let seat = Arc::new(seat);
    let worker = seat.clone();
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        worker.work();
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(ConnectInfo(peer));
        let body = Arriving::watched(body, worker.clone());
        let answered = service.call(Request::from_parts(parts, body));
        let seat = worker.clone();
        async move {
            let mut response: Response = answered.await?;
            seat.carry(response.extensions_mut().remove::<Weight>());
            Ok::<_, Infallible>(response.map(|body| Leaving::new(body, seat)))
        }
    });
    let idle = seat.limits().idle;
    let wire = TokioIo::new(Wire::new(stream, seat.clone()));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // The seat ends a head that has begun much sooner; this is for one that never begins.
        .header_read_timeout(idle)
        .max_buf_size(limits::HEAD_BYTES)
        .serve_connection(wire, answer);
    tokio::select! {
        // The bias lets an answer that is ready go out before its connection leaves.
        biased;
        ended = connection => {
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended");
            }
        }
        () = seat.must_leave() => {}
    }
}

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Shares {
    pub(crate) limits: DoorLimits,
    pub(crate) bodies: Arc<Bodies>,
    /// Answers that are whole before they are sent.
    ready: Arc<Bodies>,
    pub(crate) answers: Arc<Answers>,
    pub(crate) work: Arc<Work>,
}

impl Shares {
    pub(crate) fn new(limits: DoorLimits) -> Arc<Shares> {
        Arc::new(Shares {
            bodies: Bodies::new(limits.bodies_bytes, &limits),
            ready: Bodies::new(limits.answers_bytes, &limits),
            answers: Answers::new(&limits),
            work: Work::new(&limits),
            limits,
        })
    }
}
