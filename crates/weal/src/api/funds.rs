//! Funds: what each promises, holds, paid and owes, and whether it can.
//!
//! 1. A view reads the book at one height, and the state after the last final block.
//! 2. Texts and assessments are kept, because they cost time and seldom change.
//! 3. A text that somebody writes is checked at once; its assessment gets what is left of a second,
//!    goes on behind, and is there when he asks again.

use super::Api;
use super::answer::{Answer, Call, JSON, json};
use super::body::read_body;
use super::fault::Fault;
use super::limits::{
    CHECK_BYTES, CHECK_WAIT_MS, CHECKS_AT_ONCE, CHECKS_KEPT, NAME_CHARS, WHOLE_MAX,
};
use super::problem::Problem;
use super::query::{Asked, Name, Nothing, Parameters, Query};
use super::views::AtQuery;
use super::write::bad_body;
use crate::app::{App, Ledger};
use axum::extract::{FromRequestParts, Path, Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use weal_kernel::Hash;
use weal_kernel::units::UnixMillis;
use weal_services::book::{BookError, Reader};
use weal_services::funds::cases::CaseView;
use weal_services::funds::check::CheckView;
use weal_services::funds::compare::CompareView;
use weal_services::funds::judge::{Judged, of_text};
use weal_services::funds::members::MemberView;
use weal_services::funds::outlook::OutlookView;
use weal_services::funds::payments::PaymentsView;
use weal_services::funds::view::{FundLine, FundPage};
use weal_services::funds::{Desk, Fund, Known, Library};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(funds))
        .routes(routes!(compare))
        .routes(routes!(fund))
        .routes(routes!(payments))
        .routes(routes!(case))
        .routes(routes!(outlook))
        .routes(routes!(member))
        .routes(routes!(check))
}

/// Asks about funds: the book of one height, and the state.
pub(crate) fn at_desk<T>(
    app: &App,
    reader: &Reader,
    ask: impl FnOnce(&Desk<'_>) -> Result<Option<T>, BookError>,
) -> Result<Option<T>, BookError> {
    let ledger: &dyn Ledger = &*app.ledger;
    let Some(state) = ledger.state() else { return Ok(None) };
    let status = ledger.status();
    let library: &Library = &app.library;
    let now = UnixMillis(status.time_ms);
    ask(&Desk { reader, state: &state, library, now, height: status.height })
}

/// Assessments of texts that nobody has published, and how many are made at a time.
pub(crate) struct Checks {
    turns: Arc<Semaphore>,
    kept: Mutex<HashMap<Hash, Option<Arc<Judged>>>>,
}

impl Default for Checks {
    fn default() -> Self {
        Checks { turns: Arc::new(Semaphore::new(CHECKS_AT_ONCE)), kept: Mutex::default() }
    }
}

impl Checks {
    /// Looks at a text. Never takes much longer than a second: reading is bounded by the language,
    /// and who waits for an assessment is told to ask again.
    pub(crate) async fn look(self: &Arc<Self>, text: String) -> Result<CheckView, Problem> {
        let busy = || Problem::new(Fault::NodeBusy, "too many texts are being checked");
        let turn = tokio::time::timeout(
            Duration::from_millis(CHECK_WAIT_MS),
            self.turns.clone().acquire_owned(),
        );
        let Ok(Ok(turn)) = turn.await else { return Err(busy().retry_after(1)) };
        let read = tokio::task::spawn_blocking(move || {
            let known = Known::read(&text);
            (text, known)
        });
        let (text, known) = read.await.map_err(|e| Problem::internal(&e))?;
        let known = match known {
            Err(fault) => return Ok(CheckView::faulty(&text, &fault)),
            Ok(known) => Arc::new(known),
        };
        let hash = known.hash;
        let is_new = self.begin(hash);
        if is_new {
            let (known, checks) = (known.clone(), self.clone());
            let work = tokio::task::spawn_blocking(move || {
                let judged = Arc::new(of_text(&known));
                checks.kept().insert(hash, Some(judged));
                drop(turn);
            });
            let _ = tokio::time::timeout(Duration::from_millis(CHECK_WAIT_MS), work).await;
        }
        let judged = self.kept().get(&hash).cloned().flatten();
        Ok(CheckView::good(&text, known, judged.as_deref()))
    }

    /// Whether nobody works on this text yet; from now on somebody does.
    fn begin(&self, hash: Hash) -> bool {
        let mut kept = self.kept();
        if kept.len() >= CHECKS_KEPT {
            kept.retain(|_, judged| judged.is_none());
        }
        let is_new = !kept.contains_key(&hash);
        kept.entry(hash).or_default();
        is_new
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<Hash, Option<Arc<Judged>>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The newest funds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Funds {
    /// The newest 200, newest first.
    items: Vec<FundLine>,
}

/// A text to look at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckRequest {
    /// The whole text.
    text: String,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PaymentsQuery {
    /// Payments of this case only.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    case: Option<u64>,
    /// `next_before` of the part before.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    before: Option<u64>,
    /// Refuse to answer for another block than this.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    at: Option<u64>,
    /// How many payments; 50 if left out.
    #[param(nullable = false, value_type = Option<u32>, minimum = 1, maximum = 200)]
    limit: u32,
}

impl Parameters for PaymentsQuery {
    fn read(query: &mut Query) -> Self {
        PaymentsQuery {
            case: query.whole("case", 0..=WHOLE_MAX),
            before: query.whole("before", 0..=WHOLE_MAX),
            at: query.at(),
            limit: query.limit(),
        }
    }
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CompareQuery {
    /// Number or id of the first fund.
    #[param(min_length = 1, max_length = 80)]
    a: String,
    /// Number or id of the second.
    #[param(min_length = 1, max_length = 80)]
    b: String,
    /// Refuse to answer for another block than this.
    #[param(nullable = false, minimum = 0, maximum = 9007199254740991_u64)]
    at: Option<u64>,
}

impl Parameters for CompareQuery {
    fn read(query: &mut Query) -> Self {
        CompareQuery {
            a: query.needed("a", NAME_CHARS),
            b: query.needed("b", NAME_CHARS),
            at: query.at(),
        }
    }
}

/// Extracts a fund and one of its cases.
pub(super) struct FundCase(String, u64);

impl<S: Send + Sync> FromRequestParts<S> for FundCase {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((fund, case)) = path.map_err(|e| Problem::new(Fault::BadPath, e.body_text()))?;
        let wrong = || {
            let detail = format!("expected a fund, and a case from 0 to {WHOLE_MAX}");
            Problem::of(Fault::BadPath, "/path", detail)
        };
        let plain = fund.chars().count() <= NAME_CHARS && !fund.contains('\0');
        let case = super::query::whole(&case).filter(|_| plain).ok_or_else(wrong)?;
        Ok(FundCase(fund, case))
    }
}

/// Funds, newest first
///
/// A verdict is there once somebody has asked for the fund itself.
#[utoipa::path(get, path = "/funds", tag = "funds", params(AtQuery), responses(
    (status = 200, description = "The newest 200.", body = super::answer::Shown<Funds>)
))]
async fn funds(State(api): State<Api>, Asked(query): Asked<AtQuery>, call: Call) -> Answer {
    let app = api.app.clone();
    let read = move |reader: &Reader| {
        let items = at_desk(&app, reader, |desk| desk.funds().map(Some))?.unwrap_or_default();
        Ok(Some(Funds { items }))
    };
    call.show(&api, query.at, read).await
}

/// Answers a question about one fund.
async fn of_fund<T, F>(api: Api, call: Call, (number, at): (String, Option<u64>), ask: F) -> Answer
where
    T: Serialize + Send + 'static,
    F: Fn(&Desk<'_>, &Fund) -> Result<Option<T>, BookError> + Send + 'static,
{
    let app = api.app.clone();
    let read = move |reader: &Reader| {
        at_desk(&app, reader, |desk| match desk.fund(&number)? {
            Some(fund) => ask(desk, &fund),
            None => Ok(None),
        })
    };
    call.show(&api, at, read).await
}

/// One fund: verdict, text, rules, flows, parameters, review
#[utoipa::path(get, path = "/funds/{number}", tag = "funds", params(
    ("number" = String, Path, max_length = 80,
        description = "Number such as `R-182137`, id, or the first eight digits of it."),
    AtQuery
), responses((status = 200, description = "The fund.", body = super::answer::Shown<FundPage>)))]
async fn fund(
    State(api): State<Api>,
    Name(number): Name,
    Asked(query): Asked<AtQuery>,
    call: Call,
) -> Answer {
    of_fund(api, call, (number, query.at), |desk, fund| desk.page(fund).map(Some)).await
}

/// Payments of a fund with the numbers that decided them, newest first
#[utoipa::path(get, path = "/funds/{number}/payments", tag = "funds", params(
    ("number" = String, Path, max_length = 80, description = "Number or id of the fund."),
    PaymentsQuery
), responses((status = 200, description = "Payments.", body = super::answer::Shown<PaymentsView>)))]
async fn payments(
    State(api): State<Api>,
    Name(number): Name,
    Asked(query): Asked<PaymentsQuery>,
    call: Call,
) -> Answer {
    let PaymentsQuery { case, before, at, limit } = query;
    let read =
        move |desk: &Desk<'_>, fund: &Fund| desk.payments(fund, case, before, limit).map(Some);
    of_fund(api, call, (number, at), read).await
}

/// One case: what it states and owns, what waits, and what each rule gives for it now
#[utoipa::path(get, path = "/funds/{number}/cases/{case}", tag = "funds", params(
    ("number" = String, Path, max_length = 80, description = "Number or id of the fund."),
    ("case" = u64, Path, minimum = 0, maximum = 9007199254740991_u64, description = "The case."),
    AtQuery
), responses((status = 200, description = "The case.", body = super::answer::Shown<CaseView>)))]
async fn case(
    State(api): State<Api>,
    FundCase(number, case): FundCase,
    Asked(query): Asked<AtQuery>,
    call: Call,
) -> Answer {
    of_fund(api, call, (number, query.at), move |desk, fund| desk.case(fund, case)).await
}

/// What a case can expect: by leaving today, for heirs, and at 60, 63 and 65
#[utoipa::path(get, path = "/funds/{number}/cases/{case}/outlook", tag = "funds", params(
    ("number" = String, Path, max_length = 80, description = "Number or id of the fund."),
    ("case" = u64, Path, minimum = 0, maximum = 9007199254740991_u64, description = "The case."),
    AtQuery
), responses((status = 200, description = "In today's money.",
    body = super::answer::Shown<OutlookView>)))]
async fn outlook(
    State(api): State<Api>,
    FundCase(number, case): FundCase,
    Asked(query): Asked<AtQuery>,
    call: Call,
) -> Answer {
    of_fund(api, call, (number, query.at), move |desk, fund| desk.outlook(fund, case)).await
}

/// The cases of somebody, and what was paid to him and not yet taken
#[utoipa::path(get, path = "/principals/{id}/cases", tag = "funds", params(
    ("id" = String, Path, max_length = 80, description = "Id of a principal."),
    AtQuery
), responses((status = 200, description = "His cases.", body = super::answer::Shown<MemberView>)))]
async fn member(
    State(api): State<Api>,
    Name(id): Name,
    Asked(query): Asked<AtQuery>,
    call: Call,
) -> Answer {
    let app = api.app.clone();
    let read = move |reader: &Reader| {
        at_desk(&app, reader, |desk| match id.to_ascii_lowercase().parse::<Hash>() {
            Ok(id) => desk.member(&id),
            Err(_) => Ok(None),
        })
    };
    call.show(&api, query.at, read).await
}

/// Two funds side by side, part by part and rule by rule
#[utoipa::path(get, path = "/funds/compare", tag = "funds", params(CompareQuery), responses(
    (status = 200, description = "What differs.", body = super::answer::Shown<CompareView>)
))]
async fn compare(State(api): State<Api>, Asked(query): Asked<CompareQuery>, call: Call) -> Answer {
    let CompareQuery { a, b, at } = query;
    let app = api.app.clone();
    let read = move |reader: &Reader| {
        at_desk(&app, reader, |desk| match (desk.fund(&a)?, desk.fund(&b)?) {
            (Some(a), Some(b)) => desk.compare(&a, &b).map(Some),
            _ => Ok(None),
        })
    };
    call.show(&api, at, read).await
}

/// Look at a text before publishing it
///
/// Tells what is wrong with it and where, or what it promises, who could take money out, and
/// whether it could pay, as if a thousand had just joined. Nothing is kept in the book.
#[utoipa::path(post, path = "/charters/check", tag = "funds",
    request_body(content = CheckRequest, content_type = "application/json"),
    responses((status = 200, description = "What was found.", body = CheckView)))]
async fn check(State(api): State<Api>, _: Asked<Nothing>, request: Request) -> Answer {
    let body = read_body(&api, request, &[JSON], CHECK_BYTES).await?;
    let request: CheckRequest =
        serde_json::from_slice(&body).map_err(|e| bad_body("/", e.to_string()))?;
    json(StatusCode::OK, &api.app.checks.look(request.text).await?)
}
