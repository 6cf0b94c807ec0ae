//! The changes of the validators since genesis, as receipts carry them.

use crate::archive::Archive;
use weal_kernel::State;
use weal_kernel::state::keys;
use weal_proof::Genesis;
use weal_proof::hash::to_hex;
use weal_proof::sets::SetChange;

/// The ends of epochs after which other validators kept the book, up to this epoch.
pub(crate) async fn changes(
    archive: &Archive,
    genesis: &Genesis,
    state: &State,
    epoch: u64,
) -> Result<Vec<SetChange>, String> {
    let network = state.keeping().ok_or("the state says nothing about the network")?;
    let mut changes = Vec::new();
    for begun in network.changes.into_iter().filter(|begun| *begun <= epoch) {
        let height = begun.saturating_mul(genesis.epoch_blocks).saturating_sub(1);
        let sealed = archive.certified(height).await;
        let (header, certificate) =
            sealed.ok_or_else(|| format!("block {height}, an epoch's last, is not at hand"))?;
        let validators = state.get(&keys::committee(begun));
        changes.push(SetChange {
            header: to_hex(&header.to_bytes()),
            certificate: to_hex(&certificate),
            validators: validators.ok_or_else(|| format!("epoch {begun} has no validators"))?,
        });
    }
    Ok(changes)
}
