//! What can be checked and found: balances, differences, names, state entries, search, the rules.

use super::Api;
use super::answer::{Answer, Call, JSON, Listed};
use super::fault::Fault;
use super::limits::{KEY_CHARS, QUERY_CHARS};
use super::problem::Problem;
use super::query::{Asked, Nothing, Parameters, Query};
use super::shapes::{FaultLine, RecordSchemas, RuleBook, RuleLine, StateProof};
use super::views::{AtQuery, ListQuery};
use axum::extract::State;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use weal_kernel::Refusal;
use weal_services::view::{Balance, Difference, Hit, Page, Unresolved};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(balances))
        .routes(routes!(differences))
        .routes(routes!(unresolved))
        .routes(routes!(search))
        .routes(routes!(state))
        .routes(routes!(refusals))
        .routes(routes!(schemas))
        .routes(routes!(openapi))
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// A number, code, hash or words.
    #[param(min_length = 1, max_length = 200)]
    q: String,
    /// Refuse to answer for another block than this.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    at: Option<u64>,
}

impl Parameters for SearchQuery {
    fn read(query: &mut Query) -> Self {
        SearchQuery { q: query.needed("q", QUERY_CHARS), at: query.at() }
    }
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StateQuery {
    /// Name of the entry, such as `item/respirator-n95`; spec/proofs.md lists them.
    #[param(min_length = 1, max_length = 300)]
    key: String,
}

impl Parameters for StateQuery {
    fn read(query: &mut Query) -> Self {
        StateQuery { key: query.needed("key", KEY_CHARS) }
    }
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DifferencesQuery {
    /// Refuse to answer for another block than this.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    at: Option<u64>,
    /// How many entries; 50 if left out.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: u32,
}

impl Parameters for DifferencesQuery {
    fn read(query: &mut Query) -> Self {
        DifferencesQuery { at: query.at(), limit: query.limit() }
    }
}

/// A list that has one part only.
fn whole<T>(items: Vec<T>) -> Page<T> {
    let total = u64::try_from(items.len()).unwrap_or(u64::MAX);
    Page { items, total, next: None }
}

/// Mass balance by custodian and item
#[utoipa::path(get, path = "/balances", tag = "checks", params(AtQuery), responses(
    (status = 200, description = "Every balance.", content(
        (Listed<Balance> = "application/json"), (String = "text/csv")))
))]
async fn balances(State(api): State<Api>, Asked(query): Asked<AtQuery>, call: Call) -> Answer {
    call.table(&api, query.at, |reader| reader.balances().map(whole)).await
}

/// Differences nobody has explained, oldest first
#[utoipa::path(get, path = "/differences", tag = "checks", params(DifferencesQuery), responses(
    (status = 200, description = "Oldest differences.", body = Listed<Difference>)
))]
async fn differences(
    State(api): State<Api>,
    Asked(query): Asked<DifferencesQuery>,
    call: Call,
) -> Answer {
    let DifferencesQuery { at, limit } = query;
    call.list(&api, at, move |reader| reader.differences(limit).map(whole)).await
}

/// Names in statements that lead to nobody, most used first
#[utoipa::path(get, path = "/names/unresolved", tag = "checks", params(ListQuery), responses(
    (status = 200, description = "Names.", content(
        (Listed<Unresolved> = "application/json"), (String = "text/csv")))
))]
async fn unresolved(State(api): State<Api>, Asked(query): Asked<ListQuery>, call: Call) -> Answer {
    let ListQuery { at, cursor, limit } = query;
    call.table(&api, at, move |reader| reader.unresolved(cursor.as_deref(), limit)).await
}

/// Whatever a number, code, hash or words lead to
#[utoipa::path(get, path = "/search", tag = "checks", params(SearchQuery), responses(
    (status = 200, description = "Hits, best first.", body = Listed<Hit>)
))]
async fn search(State(api): State<Api>, Asked(query): Asked<SearchQuery>, call: Call) -> Answer {
    let SearchQuery { q, at } = query;
    call.list(&api, at, move |reader| reader.search(&q).map(whole)).await
}

/// One entry of the state with its proof
///
/// Under the newest certified header. An entry that does not exist is proven absent.
#[utoipa::path(get, path = "/state", tag = "checks", params(StateQuery), responses(
    (status = 200, description = "The entry and the way to the state root.", body = StateProof)
))]
async fn state(State(api): State<Api>, Asked(query): Asked<StateQuery>, call: Call) -> Answer {
    let entry = api.ledger(move |ledger| ledger.state_entry(&query.key)).await?;
    let entry = entry.ok_or_else(|| Problem::not_found("no certified state holds this entry"))?;
    Ok(call.content(JSON, entry.into_bytes()))
}

/// Every way in which the book or the API says no
#[utoipa::path(get, path = "/refusals", tag = "rules", responses(
    (status = 200, description = "The rule book.", body = RuleBook)
))]
async fn refusals(_: Asked<Nothing>, call: Call) -> Answer {
    let rules = Refusal::ALL.iter().map(|rule| RuleLine {
        code: rule.code(),
        sentence: rule.sentence(),
        remedy: rule.remedy(),
        page: format!("/problems/{}", rule.code()),
    });
    let faults = Fault::ALL.iter().map(|fault| FaultLine {
        code: fault.code(),
        status: fault.status().as_u16(),
        sentence: fault.title(),
        remedy: fault.remedy(),
        page: format!("/problems/{}", fault.code()),
    });
    let book = RuleBook { rules: rules.collect(), faults: faults.collect() };
    let body = serde_json::to_vec(&book).map_err(|e| Problem::internal(&e))?;
    Ok(call.content(JSON, body))
}

/// The kinds of records that ship with this program
///
/// A network fixes its own in genesis, by the hash of this document's exact text.
#[utoipa::path(get, path = "/schemas", tag = "rules", responses(
    (status = 200, description = "The rules document.", body = RecordSchemas)
))]
async fn schemas(_: Asked<Nothing>, call: Call) -> Answer {
    Ok(call.content(JSON, weal_services::schemas::rules().to_bytes()))
}

/// This description
#[utoipa::path(get, path = "/openapi.json", tag = "rules", responses(
    (status = 200, description = "OpenAPI 3.1.", body = serde_json::Value)
))]
async fn openapi(State(api): State<Api>, _: Asked<Nothing>, call: Call) -> Answer {
    Ok(call.content(JSON, api.document.as_bytes().to_vec()))
}
