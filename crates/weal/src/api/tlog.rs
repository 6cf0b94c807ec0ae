//! The log as static files under `/log` (C2SP tlog-tiles), for witnesses, mirrors and auditors.
//!
//! 1. `/log/checkpoint`: a signed note, of this node and of witnesses.
//! 2. `/log/tile/LEVEL/INDEX[.p/WIDTH]` and `/log/tile/entries/INDEX[.p/WIDTH]`: each has one path
//!    and is answered as long as the log is so long; what is full never changes.
//! 3. `/log/keeper.vkey`: the key under this node's signature.
//!
//! What this node cannot check against its own state it does not give out.

use super::Api;
use super::answer::{Answer, Call, json};
use super::fault::Fault;
use super::long;
use super::problem::Problem;
use super::query::{Asked, Nothing};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::routing::get;
use serde::Serialize;
use tower_http::compression::CompressionLayer;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use weal_node::Damaged;
use weal_proof::Hash;
use weal_proof::checkpoint::origin;
use weal_proof::note::VerifierKey;
use weal_proof::tile::{TILE_WIDTH, Tile};

const PLAIN: &str = "text/plain; charset=utf-8";
const BYTES: &str = "application/octet-stream";

/// The static files, below `/log`.
pub(super) fn files() -> Router<Api> {
    let texts = Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/keeper.vkey", get(vkey))
        .route("/tile/entries/{*place}", get(entries))
        .layer(CompressionLayer::new());
    // Hashes are random; there is nothing to compress.
    texts.route("/tile/{level}/{*place}", get(hashes))
}

/// What of it is described below `/v1`.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(described))
}

/// Size and head of the log, and who stands by them.
#[derive(Serialize, ToSchema)]
pub(super) struct CheckpointPage {
    /// The log's name.
    origin: String,
    /// Entries in the log.
    size: u64,
    /// RFC 6962 head of them.
    root: String,
    /// Height of a block that has them.
    height: u64,
    /// Its time, milliseconds since 1970.
    time_ms: u64,
    /// The key under this node's signature (C2SP signed-note).
    key: String,
    /// How many witnesses signed exactly this.
    witnesses: u64,
    /// Which, and when.
    cosignatures: Vec<CosignatureLine>,
    /// The signed note, as `/log/checkpoint` gives it.
    note: String,
}

/// A witness that signed.
#[derive(Serialize, ToSchema)]
pub(super) struct CosignatureLine {
    /// Its name.
    name: String,
    /// Which key of that name, eight hexadecimal digits.
    key_id: String,
    /// When it signed, milliseconds since 1970.
    time_ms: u64,
}

/// Size and head of the log, and the witnesses who signed them
#[utoipa::path(get, path = "/network/checkpoint", tag = "network", responses(
    (status = 200, description = "What `/log/checkpoint` shows now.", body = CheckpointPage)
))]
async fn described(State(api): State<Api>, _: Asked<Nothing>) -> Answer {
    let head = api.app.ledger.checkpoint().await.map_err(|e| Problem::internal(&e))?;
    let note = head.note().map_err(|e| Problem::internal(&e))?;
    let line = |c: &crate::witness::Cosignature| CosignatureLine {
        name: c.line.name.clone(),
        key_id: format!("{:08x}", c.line.key_id),
        time_ms: c.time_s.saturating_mul(1000),
    };
    let cosignatures: Vec<_> = head.cosignatures.iter().map(line).collect();
    let page = CheckpointPage {
        origin: head.checkpoint.origin.clone(),
        size: head.checkpoint.size,
        root: head.checkpoint.root.to_string(),
        height: head.height,
        time_ms: head.time_ms,
        key: own_key(&api)?.to_string(),
        witnesses: cosignatures.len() as u64,
        cosignatures,
        note,
    };
    json(StatusCode::OK, &page)
}

async fn checkpoint(State(api): State<Api>, _: Asked<Nothing>, call: Call) -> Answer {
    let head = api.app.ledger.checkpoint().await.map_err(|e| Problem::internal(&e))?;
    let note = head.note().map_err(|e| Problem::internal(&e))?;
    Ok(call.content(PLAIN, note.into_bytes()))
}

async fn vkey(State(api): State<Api>, _: Asked<Nothing>, call: Call) -> Answer {
    Ok(call.content(PLAIN, format!("{}\n", own_key(&api)?).into_bytes()))
}

fn own_key(api: &Api) -> Result<VerifierKey, Problem> {
    let network: Hash = api.network.parse().map_err(|e| Problem::internal(&e))?;
    let key = api.app.ledger.keeping().own_key;
    let key = weal_proof::keys::PublicKey::from_hex(&key);
    let key = key.ok_or_else(|| Problem::internal(&"the node's own key is no key"))?;
    Ok(VerifierKey::ed25519(&origin(&network), key))
}

async fn hashes(State(api): State<Api>, uri: Uri, _: Asked<Nothing>, call: Call) -> Answer {
    let Some(Tile::Hashes { level, index, width }) = tile(&uri) else { return Err(no_tile()) };
    let hashes = api.ledger(move |ledger| ledger.tile(level, index, width)).await?;
    let hashes = hashes.map_err(damaged)?.ok_or_else(no_tile)?;
    let bytes = hashes.iter().flat_map(|hash| hash.0).collect();
    Ok(lasting(&api, &call, width, bytes))
}

async fn entries(State(api): State<Api>, uri: Uri, _: Asked<Nothing>, call: Call) -> Answer {
    let Some(Tile::Entries { index, width }) = tile(&uri) else { return Err(no_tile()) };
    let leaves = api.ledger(move |ledger| ledger.tile(0, index, width)).await?;
    let leaves = leaves.map_err(damaged)?.ok_or_else(no_tile)?;
    let full = width == TILE_WIDTH;
    if let Some(unchanged) = call.kept(&api, full) {
        return Ok(unchanged);
    }
    let turn = long::turn(&api)?;
    let ledger = api.app.ledger.clone();
    let first = index.saturating_mul(u64::from(TILE_WIDTH));
    let bundle = long::parts((first, leaves), move |(first, mut leaves)| {
        let ledger = ledger.clone();
        async move {
            if leaves.is_empty() {
                return Ok(None);
            }
            let (bytes, count) = ledger.entries(first, leaves.clone()).await.map_err(damaged)?;
            leaves.drain(..count.min(leaves.len()));
            Ok(Some((bytes, (first.saturating_add(count as u64), leaves))))
        }
    });
    Ok(call.stream_of(&api, BYTES, (long::body(turn, bundle).await?, full)))
}

/// The tile of a path as it was sent: another spelling is another path.
fn tile(uri: &Uri) -> Option<Tile> {
    Tile::from_path(uri.path().strip_prefix('/')?)
}

/// A full tile never changes; a partial one is asked for less and less.
fn lasting(api: &Api, call: &Call, width: u16, bytes: Vec<u8>) -> axum::response::Response {
    match width {
        TILE_WIDTH => call.for_ever(api, BYTES, bytes),
        _ => call.content(BYTES, bytes),
    }
}

fn no_tile() -> Problem {
    Problem::not_found("the log has no such tile, or not yet")
}

fn damaged(damaged: Damaged) -> Problem {
    tracing::error!(%damaged, "a tile is not served");
    Problem::new(Fault::Damaged, "which, stands in the node's log")
}
