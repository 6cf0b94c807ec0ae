//! Joins a node, its read model and the faces into one process.

use crate::app::{App, FirstPage, Keeping, Ledger, Status, SubmitError, Submitted};
use crate::door::{self, DoorLimits};
use crate::keeping;
use crate::metrics::{self, Counts};
use crate::newcomers::Newcomers;
use crate::witness::{Cosigners, Head};
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;
use weal_kernel::block::FinalBlock;
use weal_kernel::units::UnixMillis;
use weal_kernel::{Hash, Refused};
use weal_node::{Config, Damaged, Follower, Full, Node, NodeError, Outcome, Pending};
use weal_proof::Receipt;
use weal_proof::sets::SetChange;
use weal_services::book::{Book, Reader};

/// The read model as a follower of the log.
struct BookFollower(Book);

impl Follower for BookFollower {
    fn height(&self) -> Result<u64, String> {
        self.0.height().map_err(|e| e.to_string())
    }

    fn follow(&mut self, blocks: &[FinalBlock]) -> Result<(), String> {
        self.0.follow(blocks).map_err(|e| e.to_string())
    }
}

/// A running node with its faces.
pub struct Live {
    node: Node,
    followed: watch::Receiver<u64>,
    demonstration: bool,
    cosigners: Cosigners,
    counts: Counts,
    newcomers: Newcomers,
}

/// Seconds after which a sender who was asked to slow down may try again.
const RETRY_AFTER_S: u64 = 1;
/// Seconds after which a newcomer may try again whose address has brought many: an hour.
const NEWCOMERS_AFTER_S: u64 = 3_600;

/// The clock of this machine.
pub fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixMillis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

fn busy(full: Full) -> SubmitError {
    match full {
        Full::Sender => SubmitError::SenderBusy { retry_after_s: RETRY_AFTER_S },
        Full::Everybody => SubmitError::NodeBusy { retry_after_s: RETRY_AFTER_S },
    }
}

/// Starts a node on a directory; returns what the faces need.
pub fn start(config: Config, demonstration: bool) -> Result<(Arc<Live>, Reader), NodeError> {
    let fail = |e: weal_services::book::BookError| NodeError::Follower(e.to_string());
    let path = config.directory.join("book");
    std::fs::create_dir_all(&path).map_err(|e| NodeError::Io(path.clone(), e))?;
    let book = Book::open(&path).map_err(fail)?;
    let reader = book.reader().map_err(fail)?;
    let (tell, followed) = watch::channel(0);
    let notify = move |height| {
        let _ = tell.send(height);
    };
    let node = Node::start(config, Box::new(BookFollower(book)), notify)?;
    let origin = weal_proof::checkpoint::origin(&node.directory().network);
    let cosigners = Cosigners::open(&node.directory().join("witness"), &origin);
    let (counts, newcomers) = (Counts::default(), Newcomers::default());
    let live = Live { node, followed, demonstration, cosigners, counts, newcomers };
    Ok((Arc::new(live), reader))
}

impl Live {
    /// The node behind the faces.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// What witnesses signed.
    pub fn cosigners(&self) -> &Cosigners {
        &self.cosigners
    }

    /// The newest checkpoint, signed by this node alone.
    pub async fn newest_head(&self) -> Result<Head, String> {
        let signed = self.node.checkpoint().await?;
        Ok(Head {
            checkpoint: signed.checkpoint,
            height: signed.header.height,
            time_ms: signed.header.time_ms,
            signature: signed.signature,
            cosignatures: Vec::new(),
        })
    }

    /// From now on one address may bring so many newcomers within a day.
    pub fn allow_newcomers(&self, per_day: u32) {
        self.newcomers.allow(per_day);
    }

    /// What was counted since the start.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    async fn take(
        &self,
        envelope: &[u8],
        wait: Option<Duration>,
    ) -> Result<Submitted, SubmitError> {
        let address = door::asker();
        let may_enter = || self.newcomers.enter(address, Instant::now());
        let (_, pending) =
            self.node.submit_for(envelope, &may_enter).map_err(|error| match error {
                weal_node::SubmitError::Refused(refused) => SubmitError::Refused(refused),
                weal_node::SubmitError::SenderBusy => busy(Full::Sender),
                weal_node::SubmitError::NodeBusy => busy(Full::Everybody),
                weal_node::SubmitError::TooManyNewcomers => {
                    SubmitError::TooManyNewcomers { retry_after_s: NEWCOMERS_AFTER_S }
                }
                weal_node::SubmitError::Short(reason) => SubmitError::Short(reason),
                weal_node::SubmitError::Stopped(reason) => SubmitError::Stopped(reason),
            })?;
        self.await_outcome(pending, wait).await
    }

    async fn await_outcome(
        &self,
        pending: Pending,
        wait: Option<Duration>,
    ) -> Result<Submitted, SubmitError> {
        let told = match pending {
            Pending::Before(index) => return Ok(Submitted::Final { index, before: true }),
            Pending::Waiting(told) => told,
        };
        let Some(wait) = wait else { return Ok(Submitted::Received) };
        match tokio::time::timeout(wait, told).await {
            Err(_) => Ok(Submitted::Received),
            Ok(Ok(Outcome::Final { index })) => Ok(Submitted::Final { index, before: false }),
            Ok(Ok(Outcome::Refused(refused))) => Err(SubmitError::Refused(refused)),
            Ok(Ok(Outcome::Crowded(full))) => Err(busy(full)),
            Ok(Err(_)) => Err(SubmitError::Stopped("the node is stopping".into())),
        }
    }
}

impl Ledger for Live {
    fn status(&self) -> Status {
        let position = self.node.position();
        let header = position.header;
        let genesis = &self.node.directory().genesis;
        let keeping = self.keeping();
        Status {
            network: header.network.to_string(),
            name: genesis.name.clone(),
            height: header.height,
            time_ms: header.time_ms,
            digest: header.digest().to_string(),
            log_size: header.log_size,
            log_root: header.log_root.to_string(),
            state_root: header.state_root.to_string(),
            validators: keeping.keepers.len() as u64,
            signed: position.signed,
            agree: match keeping.role {
                "keeper" => keeping.keepers.iter().filter(|k| k.state == "agrees").count() as u64,
                _ => position.signed,
            },
            indexed: position.followed,
            waiting: position.waiting,
            oldest_wait_s: position.oldest_wait.as_secs(),
            demonstration: self.demonstration,
        }
    }

    fn submit(
        &self,
        envelope: Vec<u8>,
        wait: Option<Duration>,
    ) -> BoxFuture<'_, Result<Submitted, SubmitError>> {
        async move {
            let begun = Instant::now();
            let answer = self.take(&envelope, wait).await;
            self.counts.note(begun.elapsed(), &answer);
            answer
        }
        .boxed()
    }

    fn judge(&self, envelope: &[u8]) -> Result<Hash, Refused> {
        self.node.judge(envelope, now())
    }

    fn receipt(
        &self,
        index: u64,
        state: Vec<String>,
    ) -> BoxFuture<'_, Result<Option<Receipt>, String>> {
        async move { self.node.receipt(index, &state).await }.boxed()
    }

    fn state_entry(&self, key: &str) -> Option<String> {
        let (header, certificate, entry) = self.node.state_entry(key)?;
        let answer = serde_json::json!({
            "header": weal_proof::hash::to_hex(&header.to_bytes()),
            "certificate": weal_proof::hash::to_hex(&certificate),
            "entry": entry,
        });
        Some(answer.to_string())
    }

    fn keeping(&self) -> Keeping {
        keeping::of(&self.node)
    }

    fn complaint(&self) -> Option<String> {
        keeping::complaint(&self.node)
    }

    fn first_page(&self) -> FirstPage {
        let directory = self.node.directory();
        let (genesis, rules) = (directory.genesis_text.clone(), directory.rules.to_bytes());
        FirstPage { genesis, rules }
    }

    fn block(&self, height: u64) -> BoxFuture<'_, Result<Option<Vec<u8>>, String>> {
        self.node.sealed_block(height).boxed()
    }

    fn sets(&self) -> BoxFuture<'_, Result<Vec<SetChange>, String>> {
        self.node.sets().boxed()
    }

    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Option<Vec<Hash>>, Damaged> {
        self.node.tile(level, index, width)
    }

    fn entries(
        &self,
        first: u64,
        leaves: Vec<Hash>,
    ) -> BoxFuture<'_, Result<(Vec<u8>, usize), Damaged>> {
        async move { self.node.entries(first, &leaves).await }.boxed()
    }

    fn checkpoint(&self) -> BoxFuture<'_, Result<Head, String>> {
        async move { Ok(self.cosigners.over(self.newest_head().await?)) }.boxed()
    }

    fn state(&self) -> Option<weal_kernel::State> {
        Some(self.node.state())
    }

    fn follow(&self) -> watch::Receiver<u64> {
        self.followed.clone()
    }
}

/// Why the faces stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not this machine's.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// The node stopped by itself.
    #[error("the node stopped: {0}")]
    Node(String),
}

/// All routes of all faces.
pub fn router(app: App) -> axum::Router {
    let health = axum::routing::get(health).with_state(app.clone());
    crate::api::router(app.clone()).merge(crate::pages::router(app)).route("/health", health)
}

/// For monitoring: 200 and `ok`, or 503 and what is wrong.
async fn health(State(app): State<App>) -> (StatusCode, [(HeaderName, &'static str); 1], String) {
    let headers = [(header::CACHE_CONTROL, "no-store")];
    match app.ledger.complaint() {
        None => (StatusCode::OK, headers, "ok\n".into()),
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, headers, reason + "\n"),
    }
}

/// Opens the address to serve on.
pub async fn listen(address: SocketAddr) -> Result<tokio::net::TcpListener, ServeError> {
    tokio::net::TcpListener::bind(address).await.map_err(|e| ServeError::Listen(address, e))
}

/// Serves behind a door with these limits until the process is asked to stop or the node fails.
pub async fn serve(
    listener: tokio::net::TcpListener,
    (live, reader): (Arc<Live>, Reader),
    limits: DoorLimits,
) -> Result<(), ServeError> {
    let app = App::with_limits(reader, live.clone(), limits.clone());
    let router = router(app).merge(metrics::beside_pages(live.clone()));
    tokio::select! {
        never = door::serve(listener, router, limits) => match never {},
        () = asked_to_stop() => {}
        () = live.node().ended() => {
            let reason = live.node().failed().unwrap_or_else(|| "without saying why".into());
            return Err(ServeError::Node(reason));
        }
    }
    Ok(())
}

/// Resolves when the process is asked to stop.
pub(crate) async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
