//! Drafts: the exact text to sign, so that a browser or a script needs no library but Ed25519.

use super::Api;
use super::answer::{Answer, JSON, json};
use super::body::read_body;
use super::limits::OPERATION_BYTES;
use super::problem::Problem;
use super::query::{Asked, Nothing};
use super::shapes::act as act_schema;
use super::write::bad_body;
use crate::app::Status;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::time::{SystemTime, UNIX_EPOCH};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Refusal};
use weal_proof::{Envelope, Hash};
use weal_services::compose::{Signer, random_nonce};
use weal_services::sentence::sentence;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(draft))
}

/// What somebody wants to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftRequest {
    /// In whose name; left out only when registering.
    #[schema(nullable = false, pattern = "^[0-9a-f]{64}$")]
    actor: Option<String>,
    /// The mandate used, when somebody else signs in the actor's name.
    #[schema(nullable = false, pattern = "^[0-9a-f]{64}$")]
    mandate: Option<String>,
    /// What is done.
    #[schema(schema_with = act_schema)]
    act: Box<RawValue>,
}

/// What to sign.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Draft {
    /// The exact text; put its base64 into the envelope's `payload`.
    payload: String,
    /// The id the operation will have.
    id: String,
    /// The bytes to sign with Ed25519, in base64.
    pae_base64: String,
    /// What the signature means, in English.
    sentence: String,
}

/// Draft an operation
///
/// Fills in network, time and nonce, checks the shape, and tells in one sentence what the signature
/// will mean. Nothing is kept here. Whether the rules allow it, `POST /v1/judge` tells.
#[utoipa::path(post, path = "/drafts", tag = "writing", operation_id = "draft_operation",
    request_body(content = DraftRequest, content_type = "application/json"),
    responses((status = 200, description = "What to sign.", body = Draft)))]
async fn draft(State(api): State<Api>, _: Asked<Nothing>, request: Request) -> Answer {
    let body = read_body(&api, request, &[JSON], OPERATION_BYTES).await?;
    let request: DraftRequest =
        serde_json::from_slice(&body).map_err(|e| bad_body("/", e.to_string()))?;
    let (actor, mandate) = (id("/actor", request.actor)?, id("/mandate", request.mandate)?);
    let act: Act = serde_json::from_str(request.act.get())
        .map_err(|e| Refusal::UnknownShape.at("/act", e.to_string()))?;
    let status = api.app.ledger.status();
    let network = status.network.parse().map_err(|e| Problem::internal(&e))?;
    let signer = Signer { network, actor, mandate, keys: Vec::new() };
    let words = sentence(&act);
    let nonce = random_nonce().map_err(|e| Problem::internal(&e))?;
    let envelope = signer.envelope(act, time(&status), nonce);
    weal_kernel::check_shape(&network, &envelope.to_bytes())?;
    json(StatusCode::OK, &answer(&envelope, words)?)
}

fn answer(envelope: &Envelope, sentence: String) -> Result<Draft, Problem> {
    let payload = String::from_utf8(envelope.payload().to_vec());
    Ok(Draft {
        payload: payload.map_err(|e| Problem::internal(&e))?,
        id: envelope.id().to_string(),
        pae_base64: STANDARD.encode(envelope.pae()),
        sentence,
    })
}

fn id(pointer: &str, text: Option<String>) -> Result<Option<Hash>, Problem> {
    let id = text.map(|text| text.parse()).transpose();
    id.map_err(|e: weal_proof::hash::NotAHash| bad_body(pointer, e.to_string()))
}

/// The signer's clock; a demonstration lives in the time of its made-up data.
fn time(status: &Status) -> UnixMillis {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = u64::try_from(now.as_millis()).unwrap_or(status.time_ms);
    UnixMillis(if status.demonstration { status.time_ms } else { now })
}
