//! What somebody owns in funds: his cases, and what was paid to him and not yet taken.

use super::{Desk, Fund, month};
use crate::book::BookError;
use crate::view::Party;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use weal_kernel::Hash;

/// A case somebody takes part in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct OwnCase {
    /// Number of the fund.
    pub fund: String,
    /// Its name.
    pub name: String,
    /// What its cases are called.
    pub case_word: String,
    /// The case.
    pub case: u64,
    /// As what he takes part; empty if he did so once.
    pub parties: Vec<String>,
    /// The month it was opened in.
    pub opened: String,
    /// Whether it has ended.
    pub ended: bool,
}

/// What was paid to somebody in one fund and is not yet taken.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct OwnDue {
    /// Number of the fund.
    pub fund: String,
    /// Its name.
    pub name: String,
    /// How much.
    pub due: String,
}

/// What somebody owns in funds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct MemberView {
    /// Who.
    pub party: Party,
    /// His cases, those of the newest funds first.
    pub cases: Vec<OwnCase>,
    /// What he can take.
    pub due: Vec<OwnDue>,
}

impl Desk<'_> {
    /// The cases and dues of somebody, by his id; nothing if nobody has it.
    pub fn member(&self, id: &Hash) -> Result<Option<MemberView>, BookError> {
        let party = self.reader.who(&[*id])?.into_iter().next().unwrap_or_default();
        if party.id.is_empty() {
            return Ok(None);
        }
        let mut funds: BTreeMap<Hash, Option<Fund>> = BTreeMap::new();
        let (mut cases, mut due) = (Vec::new(), Vec::new());
        for (charter, number) in self.reader.cases_of(id)? {
            let is_new = !funds.contains_key(&charter);
            if is_new {
                funds.insert(charter, self.fund(&charter.to_string())?);
            }
            let Some(Some(fund)) = funds.get(&charter) else { continue };
            let minor = if is_new { self.state.charter_due(&charter, id) } else { 0 };
            if minor > 0 {
                let (number, name) = (fund.row.number.clone(), fund.charter().name.clone());
                due.push(OwnDue { fund: number, name, due: fund.money(minor) });
            }
            let Some(case) = self.state.case(&charter, number) else { continue };
            let parties = fund.charter().parties.iter().zip(&case.parties);
            let his = parties.filter(|(_, shares)| shares.iter().any(|(who, _)| who == id));
            cases.push(OwnCase {
                fund: fund.row.number.clone(),
                name: fund.charter().name.clone(),
                case_word: fund.charter().case.clone(),
                case: number,
                parties: his.map(|(party, _)| party.name.clone()).collect(),
                opened: month(case.opened),
                ended: case.ended,
            });
        }
        Ok(Some(MemberView { party, cases, due }))
    }
}
