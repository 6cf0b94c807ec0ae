//! Problems as RFC 9457 wants them: the same shape for the book's rules and for HTTP's.

use super::fault::Fault;
use super::limits::BUSY_RETRY_S;
use crate::app::SubmitError;
use crate::door::Busy;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::fmt;
use utoipa::ToSchema;
use weal_kernel::Refused;
use weal_services::book::BookError;

/// The media type of problems.
pub(super) const CONTENT_TYPE: &str = "application/problem+json";

/// Why a request was not done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Page about this kind of problem: `/problems/` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is wrong, in one sentence; the same for every problem of this code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was found this time.
    pub detail: String,
    /// Stable code: a rule of the book such as `HOLD-02`, or one of the API such as `bad-query`.
    pub code: String,
    /// For rules of the book, a JSON Pointer into the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub place: Option<String>,
    /// What the sender can do.
    pub remedy: String,
    /// Each part that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Part>,
    /// Seconds for `Retry-After`.
    #[serde(skip)]
    pub retry_after_s: Option<u64>,
}

/// One part of a request that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Part {
    /// `/query/NAME`, `/path/NAME` or `/header/NAME`; else a JSON Pointer into the body.
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
}

impl Part {
    /// A wrong part.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Part {
        Part { pointer: pointer.into(), detail: detail.into() }
    }
}

impl Problem {
    /// A fault with what was found.
    pub fn new(fault: Fault, detail: impl fmt::Display) -> Problem {
        Problem {
            kind: format!("/problems/{}", fault.code()),
            title: fault.title().to_owned(),
            status: fault.status().as_u16(),
            detail: detail.to_string(),
            code: fault.code().to_owned(),
            place: None,
            remedy: fault.remedy().to_owned(),
            errors: Vec::new(),
            retry_after_s: None,
        }
    }

    /// A fault of one part of the request.
    pub fn of(fault: Fault, pointer: impl Into<String>, detail: impl Into<String>) -> Problem {
        let part = Part::new(pointer, detail);
        let detail = format!("{}: {}", part.pointer, part.detail);
        Problem { errors: vec![part], ..Problem::new(fault, detail) }
    }

    /// Something that is not in the book.
    pub fn not_found(what: impl fmt::Display) -> Problem {
        Problem::new(Fault::NotFound, what)
    }

    /// A failure of the node itself; only the log learns the cause.
    pub fn internal(cause: &dyn fmt::Display) -> Problem {
        tracing::error!(%cause, "a request failed");
        Problem::new(Fault::Internal, "the cause is in the node's log")
    }

    /// The same, to be tried again after so many seconds.
    pub fn retry_after(self, seconds: u64) -> Problem {
        Problem { retry_after_s: Some(seconds.max(1)), ..self }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        let rule = refused.refusal;
        Problem {
            kind: format!("/problems/{}", rule.code()),
            title: rule.sentence().to_owned(),
            status: StatusCode::UNPROCESSABLE_ENTITY.as_u16(),
            detail: refused.detail.clone(),
            code: rule.code().to_owned(),
            place: Some(refused.place.clone()),
            remedy: rule.remedy().to_owned(),
            errors: vec![Part::new(refused.place, refused.detail)],
            retry_after_s: None,
        }
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Problem {
        match error {
            SubmitError::Refused(refused) => refused.into(),
            SubmitError::SenderBusy { retry_after_s } => {
                let detail = format!("try again in {retry_after_s} s");
                Problem::new(Fault::SenderBusy, detail).retry_after(retry_after_s)
            }
            SubmitError::NodeBusy { retry_after_s } => {
                let detail = format!("try again in {retry_after_s} s");
                Problem::new(Fault::NodeBusy, detail).retry_after(retry_after_s)
            }
            SubmitError::TooManyNewcomers { retry_after_s } => {
                let detail = "each institution signs for so many newcomers within a day";
                Problem::new(Fault::TooManyNewcomers, detail).retry_after(retry_after_s)
            }
            SubmitError::Short(reason) => {
                tracing::error!(reason, "the node takes no operations");
                Problem::new(Fault::Stopped, format!("reads go on; {reason}")).retry_after(30)
            }
            SubmitError::Stopped(cause) => {
                tracing::error!(%cause, "the node takes no operations");
                let detail = "reads go on; the cause is in the node's log";
                Problem::new(Fault::Stopped, detail).retry_after(30)
            }
        }
    }
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Problem {
        match busy {
            Busy::Crowded | Busy::TooLong => {
                Problem::new(Fault::NodeBusy, busy).retry_after(BUSY_RETRY_S)
            }
            Busy::Failed(cause) => Problem::internal(&cause),
        }
    }
}

impl From<BookError> for Problem {
    fn from(error: BookError) -> Problem {
        match error {
            BookError::Cursor => {
                Problem::of(Fault::BadCursor, "/query/cursor", "this list did not write it")
            }
            other => Problem::internal(&other),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = self.retry_after_s;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_the_book_tells_the_log_and_nobody_else() {
        let problem = Problem::from(BookError::Order { expected: 4_711, got: 9 });
        assert_eq!((problem.status, problem.code.as_str()), (500, "internal"));
        assert!(!serde_json::to_string(&problem).unwrap().contains("4711"));
        assert_eq!(Problem::from(BookError::Cursor).status, 400);
    }
}
