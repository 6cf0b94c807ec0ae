//! What every request under `/v1` passes: limits, the words of failures, and headers for browsers.

use super::Api;
use super::fault::Fault;
use super::limits::BUSY_RETRY_S;
use super::problem::{CONTENT_TYPE, Problem};
use crate::door::{self, asked_by};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Headers that a script on any site may read.
const EXPOSED: &str = "as-of-height, as-of-log-size, etag, link, location, preference-applied, \
                       retry-after, ratelimit, ratelimit-policy";

/// The outermost layer.
///
/// Browsers may call from any site: nothing here depends on cookies, what is written carries its
/// signatures, and what is read is public.
pub(super) async fn pass(State(api): State<Api>, request: Request, next: Next) -> Response {
    let mut response = if is_preflight(&request) {
        preflight()
    } else {
        let writes = request.uri().path().starts_with("/operations");
        let counted = !(writes && request.method() == Method::POST);
        let (parts, body) = request.into_parts();
        let address = api.app.buckets.address(&parts);
        let mut request = Request::from_parts(parts, body);
        request.extensions_mut().insert(api.app.shares.clone());
        match counted.then(|| api.app.buckets.admit(address)).flatten() {
            Some(refusal) => refusal,
            None => in_our_words(asked_by(address, next.run(request)).await),
        }
    };
    let headers = response.headers_mut();
    let fixed: [(HeaderName, &'static str); 4] = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn is_preflight(request: &Request) -> bool {
    let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    request.method() == Method::OPTIONS && asks
}

fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "accept, content-type, if-none-match, last-event-id, prefer",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Failures that the router or an extractor worded become problems; `Allow` and the like stay.
fn in_our_words(response: Response) -> Response {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    if !failed || is_problem(response.headers()) {
        return response;
    }
    let problem = match status {
        StatusCode::NOT_FOUND => Problem::new(Fault::NoSuchPath, "no resource has this path"),
        StatusCode::METHOD_NOT_ALLOWED => {
            Problem::new(Fault::WrongMethod, "the Allow header names the methods answered here")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Fault::TooLong, "the body is too long"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Problem::new(Fault::WrongType, "content type"),
        StatusCode::REQUEST_TIMEOUT => Problem::new(Fault::TooSlow, "it made no progress"),
        StatusCode::SERVICE_UNAVAILABLE => {
            Problem::new(Fault::NodeBusy, "it cannot answer now").retry_after(BUSY_RETRY_S)
        }
        other if other.is_client_error() => {
            Problem::new(Fault::BadQuery, other.canonical_reason().unwrap_or("bad request"))
        }
        other => Problem::internal(&other),
    };
    let kept = response.headers().get(header::ALLOW).cloned();
    let mut response = problem.into_response();
    if let Some(allow) = kept {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == CONTENT_TYPE)
}

/// Counts the memory of an answer before it is compressed.
pub(super) async fn weigh(request: Request, next: Next) -> Response {
    door::weigh(request, next, |busy| Problem::from(busy).into_response()).await
}

/// Anything that no route answers.
pub(super) async fn nothing_here() -> Problem {
    Problem::new(Fault::NoSuchPath, "no resource has this path")
}
