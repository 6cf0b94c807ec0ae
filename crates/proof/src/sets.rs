//! The chain of validator sets: from the first page of a book to those who keep it at a block.
//!
//! Each change is decided by those who kept the book until then:
//! 1. A change happens at the last block of an epoch, above the change before it.
//! 2. The set in force certifies that block, in that epoch.
//! 3. The block's header names another set, the one that is listed; from the next epoch on that
//!    set is in force.
//!
//! Epochs without a change are not listed: nothing happened at their end.

use crate::certificate::{Certificate, CertificateError};
use crate::genesis::{Genesis, committee_hash};
use crate::hash::{Hash, from_hex};
use crate::header::Header;
use crate::keys::PublicKey;
use crate::limits;
use serde::{Deserialize, Serialize};

/// The end of an epoch at which the validator set changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetChange {
    /// The 256 bytes of the header of the epoch's last block, hex.
    pub header: String,
    /// Its certificate by the set before, hex.
    pub certificate: String,
    /// The set from the next epoch on: its keys sorted bytewise.
    pub validators: Vec<PublicKey>,
}

/// Why a change is not one that those before decided.
#[derive(Debug, thiserror::Error, PartialEq, Eq, Clone, Copy)]
pub enum ChangeError {
    /// The header is no header.
    #[error("its block header is malformed")]
    Header,
    /// The header names another network.
    #[error("its block belongs to another network")]
    Network,
    /// The block is not above the last change, or not below the block of the receipt.
    #[error("its block is out of order")]
    Order,
    /// The block does not end an epoch.
    #[error("its block is not the last of an epoch")]
    Middle,
    /// The certificate is about something else.
    #[error("its certificate is about another block")]
    Digest,
    /// The certificate is of another epoch.
    #[error("its certificate is of another epoch")]
    Epoch,
    /// Those before did not sign it.
    #[error("those who kept the book before did not sign it: {0}")]
    Certificate(#[from] CertificateError),
    /// The list is no committee.
    #[error("it needs 1 to {max} keys, sorted and none twice", max = limits::VALIDATORS)]
    Validators,
    /// The header names other validators than the list.
    #[error("its block names other validators than those listed")]
    Named,
    /// The list is that of the set before.
    #[error("it changes nothing")]
    Same,
}

/// Who keeps a book, epoch by epoch, as far as a chain of changes tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sets {
    /// The committee of the genesis text.
    first: Vec<PublicKey>,
    /// The first epoch of each later set, and its keys.
    later: Vec<(u64, Vec<PublicKey>)>,
    /// Height of the last change.
    height: Option<u64>,
}

impl Sets {
    /// The chain before any change.
    pub fn first(genesis: &Genesis) -> Self {
        Sets { first: genesis.committee(), later: Vec::new(), height: None }
    }

    /// Follows the changes in order; names the first that does not hold, counted from 1.
    pub fn follow(
        network: &Hash,
        genesis: &Genesis,
        changes: &[SetChange],
    ) -> Result<Self, (usize, ChangeError)> {
        let mut sets = Self::first(genesis);
        for (before, change) in changes.iter().enumerate() {
            let position = before.saturating_add(1);
            sets.change(network, genesis, change).map_err(|error| (position, error))?;
        }
        Ok(sets)
    }

    fn change(
        &mut self,
        network: &Hash,
        genesis: &Genesis,
        change: &SetChange,
    ) -> Result<(), ChangeError> {
        let header = from_hex(&change.header).and_then(|bytes| Header::from_bytes(&bytes));
        let header = header.ok_or(ChangeError::Header)?;
        if header.network != *network {
            return Err(ChangeError::Network);
        }
        if self.height.is_some_and(|last| last >= header.height) {
            return Err(ChangeError::Order);
        }
        if !genesis.ends_epoch(header.height) {
            return Err(ChangeError::Middle);
        }
        let certificate = from_hex(&change.certificate).ok_or(CertificateError::Malformed)?;
        let certificate = Certificate::from_bytes(&certificate)?;
        if certificate.digest != header.digest() {
            return Err(ChangeError::Digest);
        }
        if certificate.epoch != genesis.epoch(header.height) {
            return Err(ChangeError::Epoch);
        }
        certificate.verify(network, self.last())?;
        let count = change.validators.len();
        let sorted = change.validators.is_sorted_by(|one, next| one < next);
        if !(1..=limits::VALIDATORS).contains(&count) || !sorted {
            return Err(ChangeError::Validators);
        }
        if header.validators != committee_hash(&change.validators) {
            return Err(ChangeError::Named);
        }
        if change.validators == self.last() {
            return Err(ChangeError::Same);
        }
        // The last epoch there can be has none after it, so saturating loses nothing.
        let from = certificate.epoch.saturating_add(1);
        self.later.push((from, change.validators.clone()));
        self.height = Some(header.height);
        Ok(())
    }

    /// The newest set, sorted bytewise.
    pub fn last(&self) -> &[PublicKey] {
        self.later.last().map_or(&self.first, |(_, set)| set)
    }

    /// The set in force in an epoch, if nothing changed after the last change known.
    pub fn at(&self, epoch: u64) -> &[PublicKey] {
        let known = self.later.iter().rev().find(|(from, _)| *from <= epoch);
        known.map_or(&self.first, |(_, set)| set)
    }

    /// How many sets there were, that of the genesis text counted.
    pub fn count(&self) -> usize {
        self.later.len().saturating_add(1)
    }

    /// Height of the last change.
    pub fn height(&self) -> Option<u64> {
        self.height
    }

    /// The first epoch up to `epoch`, if any, in which two chains differ.
    pub fn first_difference(&self, other: &Sets, epoch: u64) -> Option<u64> {
        if self.first != other.first {
            return Some(0);
        }
        let starts = self.later.iter().chain(&other.later).map(|(from, _)| *from);
        let differing = starts.filter(|from| self.at(*from) != other.at(*from));
        differing.filter(|from| *from <= epoch).min()
    }
}
