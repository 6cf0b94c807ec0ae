//! Looks at a text that is not published yet: what is wrong with it, or what it promises.

use super::judge::{AssessmentView, Judged};
use super::page::dossier;
use super::view::{DossierView, FlowView, RuleView, VerdictView};
use super::{Fund, Known};
use crate::view::CharterRow;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;
use weal_charter::Fault;
use weal_kernel::Hash;
use weal_kernel::charters::state::Entry;
use weal_kernel::units::UnixMillis;

/// One thing that is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct FaultView {
    /// A stable code such as `TEXT-01`.
    pub code: String,
    /// The line, from 1.
    pub line: u32,
    /// The character in it, from 1.
    pub column: u32,
    /// What was found, and what to do instead.
    pub reason: String,
}

/// What can be said of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct CheckView {
    /// What is wrong; empty if it can be published.
    pub faults: Vec<FaultView>,
    /// SHA-256 of the text: what auditors stand for.
    pub text_hash: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// What the text alone tells.
    pub dossier: Option<DossierView>,
    /// Every way in which money would move.
    pub flows: Vec<FlowView>,
    /// The rules.
    pub rules: Vec<RuleView>,
    /// What would be said first, as if a thousand had just joined; `null` while it is worked out.
    pub verdict: Option<VerdictView>,
    /// The figures behind it.
    pub assessment: Option<AssessmentView>,
    /// Whether the verdict is still being worked out: ask again in a second.
    pub is_working: bool,
}

impl From<&Fault> for FaultView {
    fn from(fault: &Fault) -> Self {
        FaultView {
            code: fault.kind.code().to_owned(),
            line: fault.place.line,
            column: fault.place.column,
            reason: fault.reason.clone(),
        }
    }
}

impl CheckView {
    /// A text that cannot be published.
    pub fn faulty(text: &str, fault: &Fault) -> CheckView {
        CheckView {
            faults: vec![fault.into()],
            text_hash: Hash::of(&[text.as_bytes()]).to_string(),
            ..CheckView::default()
        }
    }

    /// A good text, with its assessment if there is one already.
    pub fn good(text: &str, known: Arc<Known>, judged: Option<&Judged>) -> CheckView {
        let fund = Fund::unpublished(text, known);
        let charter = fund.charter();
        CheckView {
            faults: Vec::new(),
            text_hash: fund.known.hash.to_string(),
            name: charter.name.clone(),
            kind: charter.kind.clone(),
            dossier: fund.known.dossier.as_ref().map(|found| dossier(found, &charter.money)),
            flows: fund.flows(),
            rules: fund.rules(),
            verdict: judged.map(Judged::verdict),
            assessment: judged.and_then(|judged| AssessmentView::of(judged, &charter.money)),
            is_working: judged.is_none(),
        }
    }
}

impl Fund {
    /// A text as it would stand right after it was published.
    pub fn unpublished(text: &str, known: Arc<Known>) -> Fund {
        let charter = &known.proved.charter;
        let nobody = Hash([0; 32]);
        let entry = Entry::published(charter, known.hash, (nobody, nobody), UnixMillis(0));
        let row = CharterRow { text: text.to_owned(), ..CharterRow::default() };
        Fund { id: known.hash, row, entry, known }
    }
}
