//! Where the ledger stands, what is needed, what was given, and who is who.

use super::Api;
use super::answer::{Answer, Call, JSON, Listed, Shown};
use super::limits::QUERY_CHARS;
use super::problem::Problem;
use super::query::{Asked, Name, Nothing, Parameters, Query};
use crate::app::Status;
use axum::extract::State;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use weal_services::view::{Entry, Need, NeedFilter, NeedPage, Overview, Party, PartyPage, Trace};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(status))
        .routes(routes!(overview))
        .routes(routes!(needs))
        .routes(routes!(need))
        .routes(routes!(gifts))
        .routes(routes!(trace))
        .routes(routes!(parties))
        .routes(routes!(party))
}

/// How urgent a need is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[allow(dead_code, reason = "documents the words a query takes")]
enum Urgency {
    /// Lives depend on it now.
    Critical,
    /// Soon.
    High,
    /// As everybody.
    Normal,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NeedsQuery {
    /// Items of this class or code.
    #[param(nullable = false, max_length = 200)]
    item: Option<String>,
    /// This city or district.
    #[param(nullable = false, max_length = 200)]
    place: Option<String>,
    /// This urgency.
    #[param(nullable = false, value_type = Option<Urgency>, inline)]
    urgency: Option<String>,
    /// Open ones only.
    #[param(nullable = false)]
    open: Option<bool>,
    /// Words in the name of the needy, the item or the specification.
    #[param(nullable = false, max_length = 200)]
    text: Option<String>,
    /// Refuse to answer for another block than this.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    at: Option<u64>,
    /// `next` of the part before.
    #[param(nullable = false, max_length = 500)]
    cursor: Option<String>,
    /// How many entries; 50 if left out.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: u32,
}

impl Parameters for NeedsQuery {
    fn read(query: &mut Query) -> Self {
        NeedsQuery {
            item: query.text("item", QUERY_CHARS),
            place: query.text("place", QUERY_CHARS),
            urgency: query.word("urgency", &["critical", "high", "normal"]),
            open: query.flag("open"),
            text: query.text("text", QUERY_CHARS),
            at: query.at(),
            cursor: query.cursor(),
            limit: query.limit(),
        }
    }
}

/// The block a view is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AtQuery {
    /// Refuse to answer for another block than this.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    pub(super) at: Option<u64>,
}

impl Parameters for AtQuery {
    fn read(query: &mut Query) -> Self {
        AtQuery { at: query.at() }
    }
}

/// A list without a filter.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Refuse to answer for another block than this.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    pub(super) at: Option<u64>,
    /// `next` of the part before.
    #[param(nullable = false, max_length = 500)]
    pub(super) cursor: Option<String>,
    /// How many entries; 50 if left out.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 200)]
    pub(super) limit: u32,
}

impl Parameters for ListQuery {
    fn read(query: &mut Query) -> Self {
        ListQuery { at: query.at(), cursor: query.cursor(), limit: query.limit() }
    }
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PartiesQuery {
    /// Words in the name.
    #[param(nullable = false, max_length = 200)]
    text: Option<String>,
    /// Refuse to answer for another block than this.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    at: Option<u64>,
    /// `next` of the part before.
    #[param(nullable = false, max_length = 500)]
    cursor: Option<String>,
    /// How many entries; 50 if left out.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: u32,
}

impl Parameters for PartiesQuery {
    fn read(query: &mut Query) -> Self {
        PartiesQuery {
            text: query.text("text", QUERY_CHARS),
            at: query.at(),
            cursor: query.cursor(),
            limit: query.limit(),
        }
    }
}

/// Where the ledger stands
///
/// The newest final block, the roots of log and state, and how far lists and sums have followed.
#[utoipa::path(get, path = "/status", tag = "ledger", responses(
    (status = 200, description = "Where it stands.", body = Status)
))]
async fn status(State(api): State<Api>, _: Asked<Nothing>, call: Call) -> Answer {
    let status = api.app.ledger.status();
    let body = serde_json::to_vec(&status).map_err(|e| Problem::internal(&e))?;
    Ok(call.content(JSON, body))
}

/// The figures of the first page
#[utoipa::path(get, path = "/overview", tag = "relief", params(AtQuery), responses(
    (status = 200, description = "Needs, coverage and newest entries.", body = Shown<Overview>)
))]
async fn overview(State(api): State<Api>, Asked(query): Asked<AtQuery>, call: Call) -> Answer {
    call.show(&api, query.at, |reader| reader.overview().map(Some)).await
}

/// Needs, most urgent and least covered first
#[utoipa::path(get, path = "/needs", tag = "relief", params(NeedsQuery), responses(
    (status = 200, description = "Needs that match.", content(
        (Listed<Need> = "application/json"), (String = "text/csv")))
))]
async fn needs(State(api): State<Api>, Asked(query): Asked<NeedsQuery>, call: Call) -> Answer {
    let NeedsQuery { item, place, urgency, open, text, at, cursor, limit } = query;
    let filter = NeedFilter { item, place, urgency, open: open.unwrap_or(false), text };
    call.table(&api, at, move |reader| reader.needs(&filter, cursor.as_deref(), limit)).await
}

/// One need with its history
#[utoipa::path(get, path = "/needs/{number}", tag = "relief", params(
    ("number" = String, Path, max_length = 80, description = "Number such as `N-182137`, or id."),
    AtQuery
), responses((status = 200, description = "The need.", body = Shown<NeedPage>)))]
async fn need(
    State(api): State<Api>,
    Name(number): Name,
    Asked(query): Asked<AtQuery>,
    call: Call,
) -> Answer {
    call.show(&api, query.at, move |reader| reader.need(&number)).await
}

/// Gifts of goods and money, newest first
#[utoipa::path(get, path = "/gifts", tag = "relief", params(ListQuery), responses(
    (status = 200, description = "Gifts.", body = Listed<Entry>)
))]
async fn gifts(State(api): State<Api>, Asked(query): Asked<ListQuery>, call: Call) -> Answer {
    let ListQuery { at, cursor, limit } = query;
    call.list(&api, at, move |reader| reader.gifts(cursor.as_deref(), limit)).await
}

/// A gift followed to its last hand
#[utoipa::path(get, path = "/gifts/{code}/trace", tag = "relief", params(
    ("code" = String, Path, max_length = 80,
        description = "Claim code, number such as `G-20018`, or id."),
    AtQuery
), responses((status = 200, description = "Where it is now.", body = Shown<Trace>)))]
async fn trace(
    State(api): State<Api>,
    Name(code): Name,
    Asked(query): Asked<AtQuery>,
    call: Call,
) -> Answer {
    call.show(&api, query.at, move |reader| reader.trace(&code)).await
}

/// Organisations, people and facilities, by name
#[utoipa::path(get, path = "/parties", tag = "relief", params(PartiesQuery), responses(
    (status = 200, description = "Parties that match.", body = Listed<Party>)
))]
async fn parties(State(api): State<Api>, Asked(query): Asked<PartiesQuery>, call: Call) -> Answer {
    let PartiesQuery { text, at, cursor, limit } = query;
    let read = move |reader: &weal_services::book::Reader| {
        reader.parties(text.as_deref(), cursor.as_deref(), limit)
    };
    call.list(&api, at, read).await
}

/// One party with what it holds, asked and signed
#[utoipa::path(get, path = "/parties/{number}", tag = "relief", params(
    ("number" = String, Path, max_length = 80, description = "Number such as `P-1205`, or id."),
    AtQuery
), responses((status = 200, description = "The party.", body = Shown<PartyPage>)))]
async fn party(
    State(api): State<Api>,
    Name(number): Name,
    Asked(query): Asked<AtQuery>,
    call: Call,
) -> Answer {
    call.show(&api, query.at, move |reader| reader.party(&number)).await
}
