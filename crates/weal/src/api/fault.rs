//! What the API itself refuses, beside the rules of the book: one closed list with stable codes.

use axum::http::StatusCode;

macro_rules! faults {
    ($($name:ident = $code:literal, $status:ident, $title:literal, $remedy:literal;)*) => {
        /// One way in which a request fails. Codes are stable for ever.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Fault {
            $(#[doc = concat!("`", $code, "`: ", $title)] $name,)*
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &'static [Fault] = &[$(Fault::$name,)*];

            /// The stable code, last part of the problem's type.
            pub fn code(self) -> &'static str {
                match self { $(Fault::$name => $code,)* }
            }

            /// The HTTP status.
            pub fn status(self) -> StatusCode {
                match self { $(Fault::$name => StatusCode::$status,)* }
            }

            /// What is wrong, in one sentence.
            pub fn title(self) -> &'static str {
                match self { $(Fault::$name => $title,)* }
            }

            /// What the sender can do.
            pub fn remedy(self) -> &'static str {
                match self { $(Fault::$name => $remedy,)* }
            }
        }
    };
}

faults! {
    BadQuery = "bad-query", BAD_REQUEST,
        "A query parameter is unknown, given twice, missing or out of bounds.",
        "Correct the parameters named; /v1/openapi.json lists those allowed.";
    BadPath = "bad-path", BAD_REQUEST,
        "The path names something in a way that cannot be read.",
        "Correct the part of the path named.";
    BadCursor = "bad-cursor", BAD_REQUEST,
        "The cursor is not one of this list.",
        "Give `next` of the part before, with the same filter, or start again without a cursor.";
    BadHeader = "bad-header", BAD_REQUEST,
        "A header cannot be read.",
        "Correct the header named.";
    BadBody = "bad-body", BAD_REQUEST,
        "The body is not what is asked for here.",
        "Compare it with /v1/openapi.json.";
    NoSuchPath = "no-such-path", NOT_FOUND,
        "There is nothing at this path.",
        "/v1/openapi.json lists all paths.";
    NotFound = "not-found", NOT_FOUND,
        "The book holds nothing of this name.",
        "Correct the number or id; what was just sent may not be final yet.";
    NotYet = "not-yet", NOT_FOUND,
        "The book has not reached this block.",
        "Ask again later, or leave out `at`.";
    WrongMethod = "wrong-method", METHOD_NOT_ALLOWED,
        "This path does not answer this method.",
        "Use a method of the Allow header.";
    TooSlow = "too-slow", REQUEST_TIMEOUT,
        "The body took too long to arrive.",
        "Send it again.";
    Gone = "gone", GONE,
        "This node keeps list views of the newest block only.",
        "Leave out `at`; receipts stay good for ever.";
    TooLong = "too-long", PAYLOAD_TOO_LARGE,
        "The body is longer than this path takes.",
        "Split it; keep large content as files and name their hashes.";
    WrongType = "wrong-type", UNSUPPORTED_MEDIA_TYPE,
        "The body's content type is not one of those taken here.",
        "Set Content-Type as /v1/openapi.json says.";
    Hidden = "hidden", UNAVAILABLE_FOR_LEGAL_REASONS,
        "A legal authority has hidden these words.",
        "Read the responses to the record: one of them names the legal basis.";
    TooManyRequests = "too-many-requests", TOO_MANY_REQUESTS,
        "This address has asked too often.",
        "Wait as Retry-After says; use /v1/stream to follow the book.";
    TooManyStreams = "too-many-streams", TOO_MANY_REQUESTS,
        "This address has too many open streams.",
        "Close one first.";
    TooManyNewcomers = "too-many-newcomers", TOO_MANY_REQUESTS,
        "This address has registered too many within a day.",
        "Register by another institution, or wait as Retry-After says.";
    SenderBusy = "sender-busy", TOO_MANY_REQUESTS,
        "This sender has too many operations waiting.",
        "Wait as Retry-After says, then send it again.";
    Internal = "internal", INTERNAL_SERVER_ERROR,
        "The node failed to answer.",
        "Try again, or ask another institution; all keep the same book.";
    Damaged = "damaged", INTERNAL_SERVER_ERROR,
        "This node's own files are damaged.",
        "Ask another institution; all keep the same book.";
    NodeBusy = "node-busy", SERVICE_UNAVAILABLE,
        "The node has too much to do.",
        "Wait as Retry-After says, or ask another institution.";
    Stopped = "stopped", SERVICE_UNAVAILABLE,
        "The node takes no operations now.",
        "Wait as Retry-After says, or send it to another institution.";
}
