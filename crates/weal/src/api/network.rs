//! Who keeps the book, and what another node needs to follow it.

use super::Api;
use super::answer::{Answer, Call, JSON, json};
use super::long;
use super::problem::Problem;
use super::query::{Asked, Nothing, Number};
use crate::app::Keeping;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use weal_kernel::units::UnixMillis;
use weal_node::limits::MIRROR_BYTES;
use weal_services::view::Proposal;

/// Blocks one after the other, as `spec/proofs.md` describes them.
const BLOCKS: &str = "application/octet-stream";

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(network))
        .routes(routes!(proposals))
        .routes(routes!(genesis))
        .routes(routes!(rules))
        .routes(routes!(sets))
        .routes(routes!(mirror))
}

/// Proposals, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct Proposals {
    items: Vec<Proposal>,
}

/// The changes of the institutions since genesis.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "describes what weal-proof writes")]
pub(super) struct Sets {
    /// Each as in a receipt.
    items: Vec<Set>,
}

/// The end of an epoch at which the institutions changed.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "describes what weal-proof writes")]
pub(super) struct Set {
    /// The header of the epoch's last block, hex.
    header: String,
    /// Its certificate by those before, hex.
    certificate: String,
    /// Keys of those from the next epoch on.
    validators: Vec<String>,
}

/// Who keeps the book, who was heard lately, and what contradicts
#[utoipa::path(get, path = "/network", tag = "network", responses(
    (status = 200, description = "As this node sees it.", body = Keeping)
))]
async fn network(State(api): State<Api>, _: Asked<Nothing>) -> Answer {
    json(StatusCode::OK, &api.app.ledger.keeping())
}

/// Proposed changes of the network and the answers to them, newest first
#[utoipa::path(get, path = "/network/proposals", tag = "network", responses(
    (status = 200, description = "The newest 200.", body = Proposals)
))]
async fn proposals(State(api): State<Api>, _: Asked<Nothing>) -> Answer {
    let mut items = api.book(|reader| Ok(reader.proposals()?)).await?;
    if let Some(state) = api.app.ledger.state() {
        let now_ms = UnixMillis(api.app.ledger.status().time_ms).0;
        items.iter_mut().for_each(|proposal| proposal.judge(&state, now_ms));
    }
    json(StatusCode::OK, &Proposals { items })
}

/// The exact genesis text; its SHA-256 is the network's id
#[utoipa::path(get, path = "/genesis", tag = "network", responses(
    (status = 200, description = "The genesis text.", body = serde_json::Value)
))]
async fn genesis(State(api): State<Api>, _: Asked<Nothing>, call: Call) -> Answer {
    Ok(call.content(JSON, api.app.ledger.first_page().genesis))
}

/// The exact rules document that genesis names by its hash
#[utoipa::path(get, path = "/rules", tag = "network", responses(
    (status = 200, description = "The rules document.", body = serde_json::Value)
))]
async fn rules(State(api): State<Api>, _: Asked<Nothing>, call: Call) -> Answer {
    Ok(call.content(JSON, api.app.ledger.first_page().rules))
}

/// The changes of the institutions since genesis, each with its proof
#[utoipa::path(get, path = "/network/sets", tag = "network", responses(
    (status = 200, description = "Oldest first.", body = Sets)
))]
async fn sets(State(api): State<Api>, _: Asked<Nothing>) -> Answer {
    let items = api.app.ledger.sets().await.map_err(|e| Problem::internal(&e))?;
    json(StatusCode::OK, &serde_json::json!({ "items": items }))
}

/// Final blocks from a height on, for those who follow and check
///
/// Each block is `u32 length, header and body, u32 length, certificate or nothing`; some megabytes
/// at a time, and nothing if there is no newer block.
#[utoipa::path(get, path = "/mirror/{from}", tag = "network", params(
    ("from" = u64, Path, minimum = 0, maximum = 9007199254740991_u64, description = "Height.")
), responses((status = 200, description = "Blocks.", body = String,
    content_type = "application/octet-stream")))]
async fn mirror(
    State(api): State<Api>,
    Number(from): Number,
    _: Asked<Nothing>,
    call: Call,
) -> Answer {
    let turn = long::turn(&api)?;
    let ledger = api.app.ledger.clone();
    let blocks = long::parts((from.max(1), 0), move |(height, given)| {
        let ledger = ledger.clone();
        async move {
            if given >= MIRROR_BYTES {
                return Ok(None);
            }
            let block = ledger.block(height).await.map_err(|e| Problem::internal(&e))?;
            Ok(block.map(|bytes| {
                let given = given + bytes.len();
                (bytes, (height.saturating_add(1), given))
            }))
        }
    });
    Ok(call.stream(BLOCKS, long::body(turn, blocks).await?))
}
