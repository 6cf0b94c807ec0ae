//! The live log: entries as they become final, as server-sent events or as lines of JSON.
//!
//! 1. One task reads new entries once for all streams and sends them round.
//! 2. A stream first reads what it missed from the book, then takes what is sent round.
//! 3. A stream that falls behind reads the book again: nothing is left out, nothing told twice.
//! 4. Who is more than `STREAM_BACKLOG` entries behind is told of the gap and goes on after it.

use super::Api;
use super::answer::{Answer, typed};
use super::body::JSON_LINES;
use super::fault::Fault;
use super::limits::{HEARTBEAT_S, STREAM_BACKLOG, STREAM_BUFFER, STREAM_CHUNK, WHOLE_MAX};
use super::problem::Problem;
use super::query::{Asked, Parameters, Query};
use super::rate::StreamGuard;
use crate::door::asker;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use futures::{Stream, stream};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Once};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::{self, error::RecvError};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use weal_services::view::Entry;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(follow))
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StreamQuery {
    /// Place in the log after which to begin; left out, only what is new. `from=0` begins at the
    /// first entry.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    since: Option<u64>,
    /// Place in the log with which to begin; used when `since` is left out.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    from: Option<u64>,
}

impl Parameters for StreamQuery {
    fn read(query: &mut Query) -> Self {
        StreamQuery {
            since: query.whole("since", 0..=WHOLE_MAX),
            from: query.whole("from", 0..=WHOLE_MAX),
        }
    }
}

/// Entries that a stream leaves out because there are too many; /v1/records has them all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Gap {
    /// First entry left out.
    first: u64,
    /// Last entry left out.
    last: u64,
}

/// A line of the stream as JSON Lines: one of the members.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "describes the lines")]
pub(super) enum StreamLine {
    /// An entry.
    Entry(Box<Entry>),
    /// Entries left out.
    Gap(Gap),
}

/// New entries, sent round to all streams.
pub(super) struct Feed {
    lines: broadcast::Sender<Line>,
    started: Once,
}

/// An entry as JSON, written once for all who read it.
#[derive(Clone)]
struct Line {
    index: u64,
    json: Arc<str>,
}

impl Line {
    fn new(entry: &Entry) -> Option<Line> {
        let json = serde_json::to_string(entry).ok()?;
        Some(Line { index: entry.index, json: json.into() })
    }
}

impl Feed {
    pub(super) fn new() -> Arc<Feed> {
        Arc::new(Feed { lines: broadcast::Sender::new(STREAM_BUFFER), started: Once::new() })
    }

    /// News from now on, and the place of the newest entry before them. The first reader starts the
    /// task that reads for all.
    async fn join(&self, api: &Api) -> Result<(broadcast::Receiver<Line>, Option<u64>), Problem> {
        let live = self.lines.subscribe();
        let newest = api.newest().await?.log_size.checked_sub(1);
        self.started.call_once(|| {
            tokio::spawn(send_round(api.clone(), self.lines.clone(), newest));
        });
        Ok((live, newest))
    }
}

/// Reads new entries after each block and sends them round, until the ledger is gone.
async fn send_round(api: Api, lines: broadcast::Sender<Line>, mut last: Option<u64>) {
    let mut blocks = api.app.ledger.follow();
    blocks.mark_changed();
    while blocks.changed().await.is_ok() {
        while let Ok(new) = read_after(&api, last).await {
            let Some(end) = new.last() else { break };
            last = Some(end.index);
            for line in new {
                // Without a reader there is nobody to miss it.
                let _ = lines.send(line);
            }
        }
    }
}

async fn read_after(api: &Api, index: Option<u64>) -> Result<Vec<Line>, Problem> {
    let entries = api.book(move |reader| Ok(reader.entries_after(index, STREAM_CHUNK)?)).await?;
    Ok(entries.iter().filter_map(Line::new).collect())
}

/// What a stream says.
enum Word {
    Entry(Line),
    Gap(Gap),
    Alive,
}

/// Where one stream stands.
struct Follower {
    api: Api,
    live: broadcast::Receiver<Line>,
    last: Option<u64>,
    behind: bool,
    words: VecDeque<Word>,
    _guards: (StreamGuard, OwnedSemaphorePermit),
}

impl Follower {
    /// The next word; `None` ends the stream.
    async fn next(&mut self) -> Option<Word> {
        loop {
            if let Some(word) = self.words.pop_front() {
                return Some(word);
            }
            if self.behind {
                self.catch_up().await?;
                continue;
            }
            let heartbeat = Duration::from_secs(HEARTBEAT_S);
            match tokio::time::timeout(heartbeat, self.live.recv()).await {
                Err(_) => return Some(Word::Alive),
                Ok(Err(RecvError::Closed)) => return None,
                Ok(Err(RecvError::Lagged(_))) => self.behind = true,
                Ok(Ok(line)) => self.take(line),
            }
        }
    }

    fn take(&mut self, line: Line) {
        let expected = self.last.map_or(0, |last| last.saturating_add(1));
        self.behind = line.index > expected;
        if line.index == expected {
            self.last = Some(line.index);
            self.words.push_back(Word::Entry(line));
        }
    }

    async fn catch_up(&mut self) -> Option<()> {
        let lines = read_after(&self.api, self.last).await.ok()?;
        self.behind = !lines.is_empty();
        self.last = lines.last().map(|line| line.index).or(self.last);
        self.words.extend(lines.into_iter().map(Word::Entry));
        Some(())
    }

    fn into_stream(self) -> impl Stream<Item = Word> + Send + 'static {
        stream::unfold(self, |mut follower| async move {
            follower.next().await.map(|word| (word, follower))
        })
    }
}

/// Follow the log
///
/// Server-sent events: each entry is a message whose id is its place in the log, so that
/// `Last-Event-ID` resumes; a `gap` event names entries left out because the reader was too far
/// behind; comments keep the line alive. With `Accept: application/jsonl` the same as lines
/// `{"entry":…}` and `{"gap":…}`, and empty lines that keep it alive.
#[utoipa::path(get, path = "/stream", tag = "log", operation_id = "follow_log",
    params(StreamQuery, ("Last-Event-ID" = Option<u64>, Header, nullable = false, minimum = 0,
        maximum = 9007199254740991_u64, description = "As `since`, and before it.")),
    responses((status = 200, description = "Entries, as they become final.", content(
        (String = "text/event-stream"), (StreamLine = "application/jsonl")))))]
async fn follow(
    State(api): State<Api>,
    Asked(query): Asked<StreamQuery>,
    request: Request,
) -> Answer {
    let guard = api.app.buckets.stream(asker())?;
    let Ok(permit) = api.streams.clone().try_acquire_owned() else {
        return Err(Problem::new(Fault::NodeBusy, "too many streams are open").retry_after(10));
    };
    let resumed = last_event(request.headers())?;
    let (live, newest) = api.feed.join(&api).await?;
    let before = query.from.map(|from| from.checked_sub(1));
    let since = resumed.or(query.since).map(Some).or(before).unwrap_or(newest);
    let mut words = VecDeque::new();
    let last = skip_gap(since, newest, &mut words);
    let behind = last < newest;
    let follower = Follower { api, live, last, behind, words, _guards: (guard, permit) };
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    Ok(if accept.is_some_and(|accept| accept.contains(JSON_LINES)) {
        as_lines(follower)
    } else {
        as_events(follower)
    })
}

fn last_event(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let index = value.to_str().ok().and_then(|text| text.parse().ok());
    let index = index.filter(|index: &u64| *index <= WHOLE_MAX);
    let detail = "expected the id of an event of this stream";
    index.map(Some).ok_or_else(|| Problem::of(Fault::BadHeader, "/header/last-event-id", detail))
}

/// Where to begin, after telling what is left out.
fn skip_gap(since: Option<u64>, newest: Option<u64>, words: &mut VecDeque<Word>) -> Option<u64> {
    let first = since.map_or(0, |since| since.saturating_add(1));
    let begin = newest.map_or(0, |newest| newest.saturating_sub(STREAM_BACKLOG));
    if begin <= first {
        return since;
    }
    let last = begin.saturating_sub(1);
    words.push_back(Word::Gap(Gap { first, last }));
    Some(last)
}

fn as_lines(follower: Follower) -> axum::response::Response {
    use futures::StreamExt as _;
    let lines = follower.into_stream().map(|word| {
        Ok::<_, std::convert::Infallible>(match word {
            Word::Entry(line) => format!("{{\"entry\":{}}}\n", line.json),
            Word::Gap(gap) => format!("{{\"gap\":{}}}\n", gap_json(&gap)),
            Word::Alive => "\n".to_owned(),
        })
    });
    live(typed(JSON_LINES, Body::from_stream(lines)))
}

fn as_events(follower: Follower) -> axum::response::Response {
    use futures::StreamExt as _;
    let hello = stream::iter(["retry: 3000\n\n".to_owned()]);
    let events = follower.into_stream().map(|word| match word {
        Word::Entry(line) => format!("id: {}\ndata: {}\n\n", line.index, line.json),
        Word::Gap(gap) => format!("event: gap\nid: {}\ndata: {}\n\n", gap.last, gap_json(&gap)),
        Word::Alive => ":\n\n".to_owned(),
    });
    let events = hello.chain(events).map(Ok::<_, std::convert::Infallible>);
    live(typed("text/event-stream", Body::from_stream(events)))
}

fn gap_json(gap: &Gap) -> String {
    serde_json::to_string(gap).unwrap_or_default()
}

/// No cache and no proxy holds a stream back.
fn live(mut response: axum::response::Response) -> axum::response::Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    response
}
