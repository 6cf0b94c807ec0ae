//! A block that is final, with what its operations moved: what followers of the log are given.

use crate::charters::movement::Payment;
use crate::holdings::Posting;
use crate::operation::Signed;
use std::sync::Arc;
use weal_proof::Header;

/// One operation that took effect.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// Its place in the log.
    pub index: u64,
    /// The operation.
    pub signed: Arc<Signed>,
    /// The movements of goods and money it caused.
    pub postings: Vec<Posting>,
    /// What charters paid, or missed.
    pub payments: Vec<Payment>,
}

/// A final block.
#[derive(Debug, Clone)]
pub struct FinalBlock {
    /// Its header.
    pub header: Header,
    /// Validators that signed its own certificate; 0 if it is final through a later block.
    pub signed: u64,
    /// Its operations, in order.
    pub entries: Vec<LogEntry>,
}
