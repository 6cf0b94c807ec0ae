//! Fills an empty archive with final blocks from elsewhere, so that whoever keeps a book alone can
//! go on from a backup.
//!
//! 1. All blocks and certificates are put into the archive, in order from height 1 on.
//! 2. The certificate of the last one stays beside it. Consensus starts from there: its own vote
//!    journal, which would know the view, is lost.
//!
//! Only for one who keeps a book alone. Among several, a validator without its journal could sign
//! a second vote in a view in which it voted before.

use crate::block::Block;
use crate::wiring::{Blocks, Certificates};
use crate::{EngineError, storage};
use bytes::Bytes;
use commonware_codec::Decode as _;
use commonware_consensus::marshal::store::{Blocks as _, Certificates as _};
use commonware_consensus::simplex::scheme::ed25519::Scheme;
use commonware_consensus::simplex::types::Finalization;
use commonware_consensus::types::Height;
use commonware_cryptography::certificate::Verifier as _;
use commonware_cryptography::sha256::Digest;
use commonware_cryptography::{Digested, Digestible as _};
use commonware_parallel::Sequential;
use commonware_runtime::{Runner as _, Supervisor as _, tokio};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// The certificate consensus starts from.
const RESUME: &str = ".resume";
/// Blocks after which what was put is made durable.
const SYNC_BLOCKS: u64 = 1_000;

/// A final block, with its own certificate where it has one.
type Given = Result<(Block, Option<Vec<u8>>), String>;

/// Fills the archive in this directory, which must be empty or missing.
pub fn refill(
    directory: &Path,
    body_bytes_max: usize,
    blocks: impl Iterator<Item = Given> + Send + 'static,
) -> Result<(), EngineError> {
    fs::create_dir_all(directory).map_err(EngineError::Directory)?;
    let mut files = fs::read_dir(directory).map_err(EngineError::Directory)?;
    if files.next().is_some() {
        return Err(EngineError::Occupied);
    }
    let runner =
        tokio::Runner::new(tokio::Config::new().with_storage_directory(directory.to_owned()));
    let last = runner.start(|context| put_all(context, body_bytes_max, blocks));
    let last = last.map_err(EngineError::Stopped)?;
    fs::write(directory.join(RESUME), last).map_err(EngineError::Directory)
}

/// Puts all blocks; gives the certificate of the last one.
async fn put_all(
    context: tokio::Context,
    body_bytes_max: usize,
    given: impl Iterator<Item = Given>,
) -> Result<Vec<u8>, String> {
    let pages = storage::page_cache();
    let unbounded = Scheme::certificate_codec_config_unbounded();
    let config = storage::archive("finalizations", &pages, unbounded);
    let mut certificates = Certificates::init(context.child("finalizations"), config)
        .await
        .map_err(|e| e.to_string())?;
    let config = storage::archive("blocks", &pages, body_bytes_max);
    let mut blocks =
        Blocks::init(context.child("blocks"), config).await.map_err(|e| e.to_string())?;
    let mut last = None;
    for one in given {
        let (block, certificate) = one?;
        let height = block.header.height;
        let digest = Digested::compute(block.clone(), &Sequential).await.digest();
        blocks = blocks.put(digest, &Arc::new(block)).await.map_err(|e| e.to_string())?;
        if let Some(bytes) = &certificate {
            let finalization: Finalization<Scheme, Digest> =
                Finalization::decode_cfg(Bytes::copy_from_slice(bytes), &unbounded)
                    .map_err(|e| format!("certificate {height}: {e}"))?;
            certificates = certificates
                .put(Height::new(height), digest, &finalization)
                .await
                .map_err(|e| e.to_string())?;
        }
        last = certificate;
        if height % SYNC_BLOCKS == 0 {
            blocks = blocks.sync().await.map_err(|e| e.to_string())?;
            certificates = certificates.sync().await.map_err(|e| e.to_string())?;
        }
    }
    blocks.sync().await.map_err(|e| e.to_string())?;
    certificates.sync().await.map_err(|e| e.to_string())?;
    last.ok_or_else(|| "the last block has no certificate of its own".into())
}

/// The certificate to start from, if this archive was filled from elsewhere.
pub(crate) fn resumed(
    directory: &Path,
) -> Result<Option<Finalization<Scheme, Digest>>, EngineError> {
    let Ok(bytes) = fs::read(directory.join(RESUME)) else { return Ok(None) };
    let unbounded = Scheme::certificate_codec_config_unbounded();
    let read = Finalization::decode_cfg(Bytes::from(bytes), &unbounded);
    read.map(Some).map_err(|_| EngineError::Floor)
}
