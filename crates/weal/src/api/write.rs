//! The one door for writing: signed envelopes, alone or many at once, and its rehearsal.
//!
//! Nobody logs in: who wrote is on the envelope. The operation's id is the key to repeat it safely:
//! it takes effect once, however often it is sent.

use super::Api;
use super::answer::{Answer, json, typed};
use super::body::{JSON_LINES, OPERATION_TYPES, read_body};
use super::fault::Fault;
use super::limits::{BATCH_AT_ONCE, BATCH_BYTES, BATCH_OPERATIONS, OPERATION_BYTES, WAIT_S};
use super::problem::Problem;
use super::query::{Asked, Nothing};
use super::shapes::Envelope;
use crate::app::{SubmitError, Submitted};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use futures::StreamExt;
use serde::Serialize;
use std::time::Duration;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use weal_proof::Hash;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(submit))
        .routes(routes!(submit_batch))
        .routes(routes!(judge))
}

/// What became of an operation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Taken {
    /// Its id.
    id: String,
    /// `received` (it waits to be ordered, and is lost if this node is) or `final`.
    status: &'static str,
    /// Its place in the log, once final.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    index: Option<u64>,
    /// Whether it had taken effect before it was sent this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    before: Option<bool>,
    /// Where its receipt is, once final.
    receipt: String,
}

/// One line of a batch's answer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchLine {
    /// Number of the operation in the batch, from 0.
    line: u64,
    /// Its id, where the line is an envelope at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<String>,
    /// `received`, `final` or `not_taken`.
    status: &'static str,
    /// Its place in the log, once final.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    index: Option<u64>,
    /// Whether it had taken effect before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    before: Option<bool>,
    /// Why it was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    problem: Option<Problem>,
}

/// The rules would allow an operation now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Judged {
    /// Its id.
    id: String,
    /// Always `true`: what the rules refuse is answered with a problem.
    allowed: bool,
}

fn taken(id: &Hash, submitted: &Submitted) -> Taken {
    let id = id.to_string();
    let receipt = format!("/v1/operations/{id}/receipt");
    match submitted {
        Submitted::Received => Taken { id, status: "received", index: None, before: None, receipt },
        Submitted::Final { index, before } => {
            Taken { id, status: "final", index: Some(*index), before: Some(*before), receipt }
        }
    }
}

/// Hand in a signed operation
///
/// Answers 202 as soon as it is received, or with `Prefer: wait=N` when it is final or N seconds
/// (at most 30) are over. Sent again, it takes effect once and answers with the same place.
#[utoipa::path(post, path = "/operations", tag = "writing", operation_id = "submit_operation",
    params(("Prefer" = Option<String>, Header, nullable = false,
        description = "`wait=N`: answer when it is final or after N seconds, at most 30.")),
    request_body(content(
        (Envelope = "application/vnd.dsse+json"), (Envelope = "application/json"))),
    responses(
        (status = 200, description = "It is final.", body = Taken,
            headers(("Location" = String, description = "Where it stands."))),
        (status = 202, description = "It was received.", body = Taken,
            headers(("Location" = String, description = "Where it will stand once final.")))
    ))]
async fn submit(State(api): State<Api>, _: Asked<Nothing>, request: Request) -> Answer {
    let wait = preferred_wait(request.headers());
    let body = read_body(&api, request, OPERATION_TYPES, OPERATION_BYTES).await?;
    let id = id_of(&body);
    let submitted = api.app.ledger.submit(body.to_vec(), wait.map(Duration::from_secs)).await?;
    let id = id.ok_or_else(|| Problem::internal(&"the ledger took what is no envelope"))?;
    let status = match submitted {
        Submitted::Received => StatusCode::ACCEPTED,
        Submitted::Final { .. } => StatusCode::OK,
    };
    let mut response = json(status, &taken(&id, &submitted))?;
    let waited = wait.map(|wait| ("preference-applied", format!("wait={wait}")));
    let place = (header::LOCATION.as_str(), format!("/v1/operations/{id}"));
    set(response.headers_mut(), [Some(place), waited].into_iter().flatten());
    Ok(response)
}

/// Hand in up to 1000 signed operations
///
/// One envelope a line; one line of answer for each, in the same order. They are judged side by
/// side, so an operation that builds on another belongs into a later batch.
#[utoipa::path(post, path = "/operations/batch", tag = "writing", operation_id = "submit_batch",
    params(("Prefer" = Option<String>, Header, nullable = false,
        description = "`wait=N`: answer when all are final or after N seconds, at most 30.")),
    request_body(content = Envelope, content_type = "application/jsonl",
        description = "One envelope a line."),
    responses((status = 200, description = "One `BatchLine` for each operation.",
        body = BatchLine, content_type = "application/jsonl")))]
async fn submit_batch(State(api): State<Api>, _: Asked<Nothing>, request: Request) -> Answer {
    let wait = preferred_wait(request.headers());
    let body = read_body(&api, request, &[JSON_LINES], BATCH_BYTES).await?;
    let lines = body.lines();
    if lines.len() > BATCH_OPERATIONS {
        let detail = format!("{} operations, {BATCH_OPERATIONS} allowed", lines.len());
        return Err(Problem::new(Fault::TooLong, detail));
    }
    let work = futures::stream::iter((0..).zip(lines)).map(move |(line, envelope)| {
        let (api, body) = (api.clone(), body.clone());
        async move { batch_line(&api, line, body.part(envelope), wait).await }
    });
    let lines = work.buffered(BATCH_AT_ONCE).map(|line| {
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        Ok::<_, serde_json::Error>(text)
    });
    let mut response = typed(JSON_LINES, Body::from_stream(lines));
    set(response.headers_mut(), wait.map(|wait| ("preference-applied", format!("wait={wait}"))));
    Ok(response)
}

async fn batch_line(api: &Api, line: u64, envelope: &[u8], wait: Option<u64>) -> BatchLine {
    let id = id_of(envelope);
    let result = if envelope.len() > OPERATION_BYTES {
        let detail = format!("{} bytes, {OPERATION_BYTES} allowed", envelope.len());
        Err(Problem::new(Fault::TooLong, detail))
    } else {
        let wait = wait.map(Duration::from_secs);
        api.app.ledger.submit(envelope.to_vec(), wait).await.map_err(Problem::from)
    };
    let id = id.map(|id| id.to_string());
    match result {
        Ok(Submitted::Received) => {
            BatchLine { line, id, status: "received", index: None, before: None, problem: None }
        }
        Ok(Submitted::Final { index, before }) => BatchLine {
            line,
            id,
            status: "final",
            index: Some(index),
            before: Some(before),
            problem: None,
        },
        Err(problem) => BatchLine {
            line,
            id,
            status: "not_taken",
            index: None,
            before: None,
            problem: Some(problem),
        },
    }
}

/// Ask whether an operation would be allowed now
///
/// A rehearsal of `POST /v1/operations` with the same answers where the rules say no; nothing is
/// taken. Signatures that are still missing are not held against it.
#[utoipa::path(post, path = "/judge", tag = "writing", operation_id = "judge_operation",
    request_body(content(
        (Envelope = "application/vnd.dsse+json"), (Envelope = "application/json"))),
    responses((status = 200, description = "It would be allowed.", body = Judged)))]
async fn judge(State(api): State<Api>, _: Asked<Nothing>, request: Request) -> Answer {
    let envelope = read_body(&api, request, OPERATION_TYPES, OPERATION_BYTES).await?;
    let judged = api.ledger(move |ledger| ledger.judge(&envelope)).await?;
    let id = judged.map_err(SubmitError::Refused)?;
    json(StatusCode::OK, &Judged { id: id.to_string(), allowed: true })
}

fn id_of(envelope: &[u8]) -> Option<Hash> {
    weal_proof::Envelope::from_bytes(envelope).ok().map(|envelope| envelope.id())
}

/// Seconds of `Prefer: wait=N` (RFC 7240), as many as are granted. What cannot be read is no
/// preference.
fn preferred_wait(headers: &HeaderMap) -> Option<u64> {
    let values = headers.get_all("prefer").into_iter().filter_map(|value| value.to_str().ok());
    let mut wishes = values.flat_map(|value| value.split([',', ';'])).map(str::trim);
    let wait = wishes.find_map(|wish| wish.strip_prefix("wait=")?.parse::<u64>().ok())?;
    (wait > 0).then(|| wait.min(WAIT_S))
}

fn set(headers: &mut HeaderMap, fields: impl IntoIterator<Item = (&'static str, String)>) {
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

/// A body that cannot be read, with the place where reading ended.
pub(super) fn bad_body(pointer: impl Into<String>, detail: impl Into<String>) -> Problem {
    Problem::of(Fault::BadBody, pointer, detail)
}
