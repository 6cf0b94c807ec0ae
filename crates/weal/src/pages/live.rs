//! Live pages: new entries as finished HTML, made once per language and block for all readers.
//!
//! 1. A reader who connects names the last entry he has seen (`after` or `Last-Event-ID`).
//! 2. He is added to the hearers first, then gets from the book what he missed, so nothing falls
//!    between; if he missed too much he gets `gap` and reloads the page.
//! 3. One task follows the ledger, renders each new entry in each language, and tells all hearers.

use super::busy;
use super::entry;
use super::layout;
use super::site::{Site, Visit};
use super::words::Lang;
use crate::api::StreamGuard;
use crate::app::App;
use crate::door::asker;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream, StreamExt};
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore, broadcast, watch};
use tokio_stream::wrappers::BroadcastStream;
use weal_services::view::Entry;

/// Entries a reader may have missed and still get; more than a page shows is of no use.
const MISSED: u32 = 50;
/// Entries read from the book at once.
const BATCH: u32 = 100;
/// News a slow reader may be behind before he has to reload.
const BEHIND: usize = 256;
/// Who agrees can change while no block comes.
const LULL: Duration = Duration::from_secs(5);
/// Blocks can come many times a second; people cannot read that fast.
const PACE: Duration = Duration::from_millis(400);
/// Proxies close a connection on which nothing is said for a minute.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// Seconds after which a reader comes again who found no seat: others stay for minutes.
const CROWDED_RETRY_S: u64 = 30;

/// The book could not be read now.
struct Unread;

/// What all hearers are told.
#[derive(Debug)]
struct News {
    event: &'static str,
    /// Place in the log, for entries.
    index: Option<u64>,
    /// The same in each language, in the order of `Lang::ALL`.
    html: [String; 2],
}

/// The one task that follows the ledger, and those who hear it.
pub(crate) struct Live {
    app: App,
    hearers: broadcast::Sender<Arc<News>>,
    /// 60 kB each, so that a crowd cannot use up the memory of a small machine.
    readers: Arc<Semaphore>,
    started: OnceCell<()>,
}

/// Counts a reader, in all and of their address, for as long as their connection lives.
type Seat = (OwnedSemaphorePermit, StreamGuard);

#[derive(Debug, Deserialize)]
pub(crate) struct After {
    after: Option<u64>,
}

impl News {
    fn event(&self, lang: Lang) -> Event {
        let [en, zh] = &self.html;
        let html = if lang == Lang::En { en } else { zh };
        let event = Event::default().event(self.event).data(html);
        match self.index {
            Some(index) => event.id(index.to_string()),
            None => event,
        }
    }
}

impl Live {
    pub(crate) fn new(app: App) -> Arc<Live> {
        let readers = Arc::new(Semaphore::new(app.limits().streams));
        let (hearers, _) = broadcast::channel(BEHIND);
        Arc::new(Live { app, hearers, readers, started: OnceCell::new() })
    }

    /// A seat, or with what status a reader is sent away.
    fn seat(&self) -> Result<Seat, StatusCode> {
        let own = self.app.buckets.stream(asker()).map_err(|_| StatusCode::TOO_MANY_REQUESTS)?;
        let seat = self.readers.clone().try_acquire_owned();
        Ok((seat.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?, own))
    }

    /// Starts to follow when the first reader comes; he waits until nothing can be missed.
    async fn start(self: &Arc<Self>) {
        let start = || async {
            let blocks = self.app.ledger.follow();
            let last = self.newest().await;
            tokio::spawn(self.clone().follow(blocks, last));
        };
        self.started.get_or_init(start).await;
    }

    async fn follow(self: Arc<Self>, mut blocks: watch::Receiver<u64>, mut last: Option<u64>) {
        let mut agreed = None;
        loop {
            let lull = match tokio::time::timeout(LULL, blocks.changed()).await {
                Ok(Ok(())) => false,
                Ok(Err(_)) => return,
                Err(_) => true,
            };
            let agree = self.app.ledger.status().agree;
            if agreed.replace(agree) == Some(agree) && lull {
                continue;
            }
            loop {
                let Ok(entries) = self.after(last, BATCH).await else { break };
                last = entries.last().map(|entry| entry.index).or(last);
                // Without hearers nothing is rendered: who comes later reads the book himself.
                if self.hearers.receiver_count() > 0 {
                    entries.iter().for_each(|entry| self.tell(entry));
                }
                if entries.len() < BATCH as usize {
                    break;
                }
            }
            if self.hearers.receiver_count() > 0 {
                self.tell_strip();
            }
            tokio::time::sleep(PACE).await;
        }
    }

    fn tell(&self, entry: &Entry) {
        let html = Lang::ALL.map(|lang| entry::line(lang, entry).into_string());
        let news = News { event: "entry", index: Some(entry.index), html };
        // An error means that nobody listens any more.
        let _ = self.hearers.send(Arc::new(news));
    }

    fn tell_strip(&self) {
        let status = self.app.ledger.status();
        let html = Lang::ALL.map(|lang| layout::strip_state(lang, &status).into_string());
        let _ = self.hearers.send(Arc::new(News { event: "strip", index: None, html }));
    }

    async fn newest(&self) -> Option<u64> {
        let reader = self.app.reader.clone();
        let newest = self.app.shares.work.run(move || reader.records(None, None, 1)).await;
        newest.ok()?.ok()?.items.first().map(|entry| entry.index)
    }

    /// Entries after a place, oldest first.
    async fn after(&self, index: Option<u64>, limit: u32) -> Result<Vec<Entry>, Unread> {
        let reader = self.app.reader.clone();
        let found = self.app.shares.work.run(move || reader.entries_after(index, limit)).await;
        let found =
            found.map_err(|busy| busy.to_string()).and_then(|f| f.map_err(|e| e.to_string()));
        found.map_err(|reason| {
            tracing::warn!(reason, "live pages cannot read the book");
            Unread
        })
    }

    /// What a reader gets who has seen everything up to `seen`.
    async fn hear(
        self: Arc<Self>,
        lang: Lang,
        seen: Option<u64>,
        seat: Seat,
    ) -> impl Stream<Item = Result<Event, Infallible>> {
        let hearer = self.hearers.subscribe();
        let (missed, last) = self.missed(lang, seen).await;
        let news = BroadcastStream::new(hearer).map(move |news| {
            let _seat = &seat;
            let event = match news {
                Ok(news) if news.index.is_some() && news.index <= last => return None,
                Ok(news) => news.event(lang),
                Err(_) => Event::default().event("gap").data("behind"),
            };
            Some(Ok(event))
        });
        stream::iter(missed.into_iter().map(Ok)).chain(news.filter_map(std::future::ready))
    }

    async fn missed(&self, lang: Lang, seen: Option<u64>) -> (Vec<Event>, Option<u64>) {
        let Some(seen) = seen else { return (Vec::new(), None) };
        let Ok(mut entries) = self.after(Some(seen), MISSED + 1).await else {
            // The page is read again, which tells more of what is wrong.
            return (vec![Event::default().event("gap").data("missed")], Some(seen));
        };
        let last = entries.last().map_or(seen, |entry| entry.index);
        if entries.len() > MISSED as usize {
            entries.clear();
            let gap = Event::default().event("gap").data("missed").id(last.to_string());
            return (vec![gap], Some(last));
        }
        let event = |entry: &Entry| {
            let html = entry::line(lang, entry).into_string();
            Event::default().event("entry").data(html).id(entry.index.to_string())
        };
        (entries.iter().map(event).collect(), Some(last))
    }
}

/// `GET /{lang}/stream`.
pub(crate) async fn stream(
    State(site): State<Arc<Site>>,
    visit: Visit,
    headers: HeaderMap,
    Query(query): Query<After>,
) -> Response {
    let live = site.live.clone();
    let seat = match live.seat() {
        Ok(seat) => seat,
        Err(status) => return busy::page(status, CROWDED_RETRY_S),
    };
    live.start().await;
    let last_event = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let events = live.hear(visit.lang, last_event.or(query.after), seat).await;
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::VARY, "Last-Event-ID")];
    (headers, Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT))).into_response()
}
