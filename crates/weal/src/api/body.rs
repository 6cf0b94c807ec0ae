//! Bodies: the right kind, no longer than allowed, and soon enough.

use super::fault::Fault;
use super::limits::BODY_S;
use super::problem::Problem;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header;
use std::time::Duration;

/// One JSON value a line.
pub(super) const JSON_LINES: &str = "application/jsonl";
/// What an envelope is sent as.
pub(super) const OPERATION_TYPES: &[&str] = &["application/json", "application/vnd.dsse+json"];

/// Reads a body of one of these types, of at most so many bytes.
pub(super) async fn read_body(
    request: Request,
    types: &[&str],
    limit: usize,
) -> Result<Bytes, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let plain = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !types.contains(&plain.as_str()) {
        let found = if plain.is_empty() { "nothing".to_owned() } else { plain };
        let detail = format!("expected {}, found {found}", types.join(" or "));
        return Err(Problem::of(Fault::WrongType, "/header/content-type", detail));
    }
    let too_long = || Problem::new(Fault::TooLong, format!("at most {limit} bytes are taken"));
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(too_long());
    }
    let body = to_bytes(request.into_body(), limit);
    match tokio::time::timeout(Duration::from_secs(BODY_S), body).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(error)) if is_length_limit(&error) => Err(too_long()),
        Ok(Err(error)) => Err(Problem::new(Fault::BadBody, error)),
        Err(_) => Err(Problem::new(Fault::TooSlow, format!("it had {BODY_S} s"))),
    }
}

/// The reader of bodies names its limit only as the source of its error.
fn is_length_limit(error: &axum::Error) -> bool {
    let source = std::error::Error::source(error);
    source.is_some_and(|source| source.to_string().contains("length limit"))
}
