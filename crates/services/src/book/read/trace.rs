//! A gift followed to its last hand.

use super::View;
use crate::book::BookError;
use crate::codes;
use crate::view::Trace;
use weal_kernel::Hash;

impl View<'_> {
    /// The first gift with this claim hash.
    pub(super) fn claimed(&self, hash: &Hash) -> Result<Option<i64>, BookError> {
        self.first("SELECT MIN(ix) FROM gift WHERE claim=?", [hash.0], |row| row.get(0))
            .map(Option::flatten)
    }

    pub(in crate::book) fn trace(&self, code: &str) -> Result<Option<Trace>, BookError> {
        let _ = codes::claim_hash(code);
        Ok(None)
    }
}
