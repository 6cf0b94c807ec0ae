//! Blocks that a mirror fetched and that no certificate covers yet: linked, counted and bounded.

use crate::limits;
use crate::store::Sealed;
use weal_proof::Header;

/// Such blocks, one after the other.
pub(crate) struct Open {
    blocks: Vec<Sealed>,
    bytes: usize,
    /// What the next block must follow.
    tip: Header,
}

impl Open {
    /// Nothing yet, after this block.
    pub(crate) fn after(tip: Header) -> Open {
        Open { blocks: Vec::new(), bytes: 0, tip }
    }

    /// Keeps blocks that follow; of those after one that does not, none.
    pub(crate) fn keep(&mut self, batch: Vec<Sealed>) -> Result<(), String> {
        for sealed in batch {
            follows(&sealed.block.header, &self.tip)?;
            self.tip = sealed.block.header.clone();
            self.bytes += bytes_of(&sealed);
            self.blocks.push(sealed);
        }
        Ok(())
    }

    /// Splits off blocks of one epoch up to the last certified one.
    pub(crate) fn next_run(&mut self, epoch_of: impl Fn(u64) -> u64) -> Option<Vec<Sealed>> {
        let epoch = epoch_of(self.blocks.first()?.block.header.height);
        let of_epoch = |sealed: &&Sealed| epoch_of(sealed.block.header.height) == epoch;
        let same = self.blocks.iter().take_while(of_epoch).count();
        let mut same = self.blocks.iter().take(same);
        let certified = same.rposition(|sealed| sealed.certificate.is_some())?;
        let rest = self.blocks.split_off(certified + 1);
        let run = std::mem::replace(&mut self.blocks, rest);
        self.bytes -= run.iter().map(bytes_of).sum::<usize>();
        Some(run)
    }

    /// Whether the other node may go on without a certificate.
    pub(crate) fn is_bearable(&self) -> Result<(), String> {
        let (count, megabytes) = (self.blocks.len(), self.bytes >> 20);
        if count > limits::MIRROR_BLOCKS || self.bytes > limits::MIRROR_OPEN_BYTES {
            return Err(format!("{count} blocks ({megabytes} MB) came without a certificate"));
        }
        Ok(())
    }
}

fn bytes_of(sealed: &Sealed) -> usize {
    sealed.block.body.len() + sealed.certificate.as_ref().map_or(0, Vec::len)
}

/// Says why a header cannot stand after another one.
pub(crate) fn follows(header: &Header, parent: &Header) -> Result<(), String> {
    let (height, before) = (header.height, parent.height);
    if header.network != parent.network {
        return Err(format!("block {height} is of network {}", header.network));
    }
    if Some(height) != before.checked_add(1) || header.parent != parent.digest() {
        return Err(format!("block {height} does not follow block {before}"));
    }
    if header.time_ms < parent.time_ms {
        return Err(format!("block {height} is older than block {before}"));
    }
    Ok(())
}
