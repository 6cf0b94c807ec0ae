//! Who asks too often, or while too many others read, gets a short page and the time to come again.

use super::site::Site;
use crate::door::{self, asked_by};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;

/// Seconds after which somebody comes again whom a busy node could not serve.
pub(super) const RETRY_S: u64 = 2;

/// Bytes of a form: the longest text of a charter, of which every byte may take three.
const FORM_BYTES: usize = 2 << 20;

/// Pages count as reads of the API do: one bucket for each address. Files that a browser keeps for
/// ever are not counted; they come from memory.
pub(super) async fn count(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let address = site.app.buckets.address(&parts);
    let counted = !parts.uri.path().starts_with("/assets/");
    if let Err(seconds) = if counted { site.app.buckets.count(address) } else { Ok(()) } {
        return page(StatusCode::TOO_MANY_REQUESTS, seconds);
    }
    let mut request = Request::from_parts(parts, body);
    request.extensions_mut().insert(site.app.shares.clone());
    asked_by(address, next.run(request)).await
}

/// Reads a form within the memory for all bodies, before its handler sees it.
pub(super) async fn gather(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match crate::api::gather(&site.app.shares, body, FORM_BYTES).await {
        Ok(form) => {
            let body = Body::from(Bytes::from_owner(form));
            next.run(Request::from_parts(parts, body)).await
        }
        Err(problem) if problem.status == StatusCode::SERVICE_UNAVAILABLE.as_u16() => {
            page(StatusCode::SERVICE_UNAVAILABLE, RETRY_S)
        }
        Err(problem) => {
            let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
            (status, problem.title).into_response()
        }
    }
}

/// Counts the memory of a page before it is compressed.
pub(super) async fn weigh(request: Request, next: Next) -> Response {
    door::weigh(request, next, |_| page(StatusCode::SERVICE_UNAVAILABLE, RETRY_S)).await
}

/// The page, in both languages: making the whole frame would cost what is lacking.
pub(super) fn page(status: StatusCode, retry_s: u64) -> Response {
    let (code, english, chinese) = match status {
        StatusCode::TOO_MANY_REQUESTS => (
            "too-many-requests",
            "This address has asked too often. Please wait a moment.",
            "该地址请求过于频繁，请稍候再试。",
        ),
        _ => (
            "node-busy",
            "Many people are reading at the moment. Please try again in a few seconds.",
            "当前访问人数较多，请数秒后重试。",
        ),
    };
    let html = maud::html! {
        (maud::DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (status.as_u16()) }
            }
            body {
                p { (english) }
                p lang="zh" { (chinese) }
                p { code { (code) } }
            }
        }
    };
    let mut response = (status, Html(html.into_string())).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_s.max(1)));
    response
}
