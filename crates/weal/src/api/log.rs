//! The log itself: entries, operations, blocks and receipts.

use super::Api;
use super::answer::{Answer, Call, JSON, Listed, Shown};
use super::fault::Fault;
use super::limits::{KEY_CHARS, RECEIPT_KEYS};
use super::problem::Problem;
use super::query::{Asked, Name, Nothing, Number, Parameters, Query};
use super::shapes::{BlockPage, OperationPlace, ReceiptFile, act_name, state_keys};
use super::views::{AtQuery, ListQuery};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use weal_kernel::Act;
use weal_proof::Hash;
use weal_services::book::{BookError, Reader};
use weal_services::view::{BlockLine, Entry, RecordPage};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(records))
        .routes(routes!(record))
        .routes(routes!(record_payload))
        .routes(routes!(record_receipt))
        .routes(routes!(operation))
        .routes(routes!(operation_receipt))
        .routes(routes!(blocks))
        .routes(routes!(block))
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RecordsQuery {
    /// Only entries of this act.
    #[param(nullable = false, schema_with = act_name)]
    act: Option<String>,
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

impl Parameters for RecordsQuery {
    fn read(query: &mut Query) -> Self {
        RecordsQuery {
            act: query.word("act", Act::NAMES),
            at: query.at(),
            cursor: query.cursor(),
            limit: query.limit(),
        }
    }
}

/// What else a receipt shall prove.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReceiptQuery {
    /// Also prove these entries of the state, such as `item/respirator-n95`.
    #[param(required = false, schema_with = state_keys)]
    state: Vec<String>,
    /// A receipt of any block is as good; accepted so that pinned links work.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    #[allow(dead_code, reason = "checked and not needed")]
    at: Option<u64>,
}

impl Parameters for ReceiptQuery {
    fn read(query: &mut Query) -> Self {
        let state = query.texts("state", RECEIPT_KEYS, KEY_CHARS);
        ReceiptQuery { state, at: query.at() }
    }
}

/// Entries of the log, newest first
#[utoipa::path(get, path = "/records", tag = "log", params(RecordsQuery), responses(
    (status = 200, description = "Entries.", content(
        (Listed<Entry> = "application/json"), (String = "text/csv")))
))]
async fn records(State(api): State<Api>, Asked(query): Asked<RecordsQuery>, call: Call) -> Answer {
    let RecordsQuery { act, at, cursor, limit } = query;
    let read = move |reader: &Reader| reader.records(act.as_deref(), cursor.as_deref(), limit);
    call.table(&api, at, read).await
}

/// One entry with its text, signatures and responses
#[utoipa::path(get, path = "/records/{number}", tag = "log", params(
    ("number" = String, Path, max_length = 80,
        description = "Place in the log, number such as `N-182137`, or id."),
    AtQuery
), responses((status = 200, description = "The entry.", body = Shown<RecordPage>)))]
async fn record(
    State(api): State<Api>,
    Name(number): Name,
    Asked(query): Asked<AtQuery>,
    call: Call,
) -> Answer {
    call.show(&api, query.at, move |reader| reader.record(&number)).await
}

/// The exact text that was signed
///
/// Hash it with the pre-authentication encoding of DSSE to get the entry's id. It never changes;
/// what a legal authority has hidden is not shown.
#[utoipa::path(get, path = "/records/{number}/payload", tag = "log", params(
    ("number" = String, Path, max_length = 80,
        description = "Place in the log, number such as `N-182137`, or id.")
), responses((status = 200, description = "The text.",
    body = serde_json::Value, content_type = "application/vnd.commonweal.operation+json")))]
async fn record_payload(
    State(api): State<Api>,
    Name(number): Name,
    _: Asked<Nothing>,
    call: Call,
) -> Answer {
    let page = api.book(move |reader| Ok(reader.record(&number)?)).await?;
    let page = page.ok_or_else(|| Problem::not_found("no entry has this number or id"))?;
    if page.payload.is_empty() {
        return Err(Problem::new(Fault::Hidden, "a response to this record names the legal basis"));
    }
    Ok(call.content(weal_proof::envelope::PAYLOAD_TYPE, page.payload.into_bytes()))
}

/// The receipt of an entry
///
/// A file that shows the entry in the book without trusting anybody. A receipt stays good for
/// ever; asked again later, a node may give another one that is as good.
#[utoipa::path(get, path = "/records/{number}/receipt", tag = "log", params(
    ("number" = String, Path, max_length = 80,
        description = "Place in the log, number such as `N-182137`, or id."),
    ReceiptQuery
), responses((status = 200, description = "The receipt.", body = ReceiptFile)))]
async fn record_receipt(
    State(api): State<Api>,
    Name(number): Name,
    Asked(query): Asked<ReceiptQuery>,
    call: Call,
) -> Answer {
    let index = api.book(move |reader| Ok(place(reader, &number)?)).await?;
    receipt(&api, &call, index, query.state).await
}

/// Where an operation stands in the book
///
/// 404 until it is final: what was received and is not yet ordered could still be lost.
#[utoipa::path(get, path = "/operations/{id}", tag = "log", params(
    ("id" = String, Path, pattern = "^[0-9a-f]{64}$", description = "Id of the operation."),
    AtQuery
), responses((status = 200, description = "It is final.", body = OperationPlace)))]
async fn operation(
    State(api): State<Api>,
    Name(id): Name,
    _: Asked<AtQuery>,
    call: Call,
) -> Answer {
    let id = hash(&id)?;
    let page = api.of_operation(id, |reader, id| reader.record(&id.to_string())).await?;
    let Some(page) = page else {
        return Err(Problem::not_found("no operation with this id is final yet"));
    };
    let Entry { index, number, height, time_ms, .. } = page.entry;
    let id = id.to_string();
    let place = OperationPlace { id, status: "final", index, number, height, time_ms };
    let body = serde_json::to_vec(&place).map_err(|e| Problem::internal(&e))?;
    Ok(call.for_ever(&api, JSON, body))
}

/// The receipt of an operation
#[utoipa::path(get, path = "/operations/{id}/receipt", tag = "log", params(
    ("id" = String, Path, pattern = "^[0-9a-f]{64}$", description = "Id of the operation."),
    ReceiptQuery
), responses((status = 200, description = "The receipt.", body = ReceiptFile)))]
async fn operation_receipt(
    State(api): State<Api>,
    Name(id): Name,
    Asked(query): Asked<ReceiptQuery>,
    call: Call,
) -> Answer {
    let id = hash(&id)?;
    let index = api.of_operation(id, Reader::index_of).await?;
    receipt(&api, &call, index, query.state).await
}

/// Blocks with entries, newest first
#[utoipa::path(get, path = "/blocks", tag = "log", params(ListQuery), responses(
    (status = 200, description = "Blocks.", body = Listed<BlockLine>)
))]
async fn blocks(State(api): State<Api>, Asked(query): Asked<ListQuery>, call: Call) -> Answer {
    let ListQuery { at, cursor, limit } = query;
    call.list(&api, at, move |reader| reader.blocks(cursor.as_deref(), limit)).await
}

/// One block with its entries
///
/// The block never changes; how its entries are told may, when names are resolved or words hidden.
#[utoipa::path(get, path = "/blocks/{height}", tag = "log", params(
    ("height" = u64, Path, minimum = 0, maximum = 9007199254740991_u64, description = "Height."),
    AtQuery
), responses((status = 200, description = "The block.", body = Shown<BlockPage>)))]
async fn block(
    State(api): State<Api>,
    Number(height): Number,
    Asked(query): Asked<AtQuery>,
    call: Call,
) -> Answer {
    let page = |(block, entries)| BlockPage { block, entries };
    call.show(&api, query.at, move |reader| Ok(reader.block(height)?.map(page))).await
}

/// A receipt alone stays good for ever; state entries are those of the newest block.
async fn receipt(api: &Api, call: &Call, index: Option<u64>, state: Vec<String>) -> Answer {
    let missing = || Problem::not_found("there is no certified entry of this number or id");
    let index = index.ok_or_else(missing)?;
    let lasting = state.is_empty();
    let receipt = api.app.ledger.receipt(index, state).await;
    let receipt = receipt.map_err(|e| Problem::internal(&e))?.ok_or_else(missing)?;
    let body = serde_json::to_vec(&receipt).map_err(|e| Problem::internal(&e))?;
    let mut response =
        if lasting { call.for_ever(api, JSON, body) } else { call.content(JSON, body) };
    let name = format!("attachment; filename=\"receipt-{index}.json\"");
    if let Ok(name) = HeaderValue::try_from(name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The place in the log of an entry that people name in one of three ways.
fn place(reader: &Reader, number: &str) -> Result<Option<u64>, BookError> {
    if let Ok(id) = number.parse::<Hash>() {
        return reader.index_of(&id);
    }
    Ok(reader.record(number)?.map(|page| page.entry.index))
}

fn hash(id: &str) -> Result<Hash, Problem> {
    id.parse().map_err(|e: weal_proof::hash::NotAHash| {
        Problem::of(Fault::BadPath, "/path/id", e.to_string())
    })
}
