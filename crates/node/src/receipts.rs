//! Receipts: what an outsider needs to check an entry without this node.

use crate::archive::Archive;
use crate::chain::Chain;
use crate::directory::Directory;
use crate::tiles::place;
use crate::{body, limits, sets};
use base64::Engine as _;
use std::sync::PoisonError;
use weal_proof::hash::to_hex;
use weal_proof::log::inclusion_path;
use weal_proof::receipt::{FORMAT, StateEntry};
use weal_proof::{Header, Receipt};

/// Makes the receipt of the operation at this place; with proofs of state entries, under the newest
/// certified header, else under that of its own block.
pub(crate) async fn make(
    chain: &Chain,
    archive: &Archive,
    directory: &Directory,
    index: u64,
    state: &[String],
) -> Result<Option<Receipt>, String> {
    let Some((height, first)) = place(chain, index) else { return Ok(None) };
    let block = archive.block(height).await.ok_or("the block is not in the archive")?;
    let envelopes = body::split(&block.body).ok_or("the block's body is malformed")?;
    let at = usize::try_from(index - first).map_err(|e| e.to_string())?;
    let operation = envelopes.get(at).ok_or("the block is shorter than the log says")?;
    let operation = String::from_utf8(operation.to_vec()).map_err(|e| e.to_string())?;
    let (header, certificate, state) = if state.is_empty() {
        let (header, certificate) = certified(archive, block.header).await?;
        (header, certificate, Vec::new())
    } else {
        let newest = chain.certified().ok_or("no certified block is at hand yet")?;
        let entries = state.iter().map(|key| entry(&newest.state, key)).collect();
        (newest.header, newest.certificate, entries)
    };
    let genesis = &directory.genesis;
    let epoch = genesis.epoch(header.height);
    let sets = sets::changes(archive, genesis, &chain.last().state, epoch).await?;
    let hashes = chain.hashes.read().unwrap_or_else(PoisonError::into_inner);
    let inclusion = inclusion_path(&*hashes, index, header.log_size);
    let receipt = Receipt {
        format: FORMAT.into(),
        network: header.network,
        genesis: base64::engine::general_purpose::STANDARD.encode(&directory.genesis_text),
        operation: serde_json::value::RawValue::from_string(operation)
            .map_err(|e| e.to_string())?,
        index,
        inclusion: inclusion.ok_or("the log's hashes are incomplete")?,
        header: to_hex(&header.to_bytes()),
        certificate: to_hex(&certificate),
        state,
        sets,
    };
    // A disk that gave back something else than was written must not make this node a liar.
    receipt.check().map_err(|e| format!("this node's own files are damaged: {e}"))?;
    Ok(Some(receipt))
}

/// The first header from this one on that has a certificate of its own.
async fn certified(archive: &Archive, header: Header) -> Result<(Header, Vec<u8>), String> {
    let start = header.height;
    if let Some(certificate) = archive.certificate(start).await {
        return Ok((header, certificate));
    }
    for height in start + 1..=start + limits::CERTIFICATE_SEARCH {
        if let Some(certificate) = archive.certificate(height).await {
            let block = archive.block(height).await.ok_or("a certified block is missing")?;
            return Ok((block.header, certificate));
        }
    }
    Err("no certificate is at hand yet".into())
}

pub(crate) fn entry(state: &weal_kernel::State, key: &str) -> StateEntry {
    let value = state.entry(key).map(|value| String::from_utf8_lossy(value).into_owned());
    StateEntry { key: key.to_owned(), value, proof: state.prove(key) }
}
