//! Texts that were read before, and assessments that are still good: both cost time.
//!
//! 1. A text is read, proved and looked through once; it never changes.
//! 2. Work is bounded before it is begun: a text whose rules could keep the node busy for longer
//!    than a reader waits is shown without a dossier, and says so.

use super::judge::Judged;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use weal_charter::model::{Amount, Input};
use weal_charter::{Dossier, Fault, Proved};
use weal_proof::Hash;

/// Texts kept at the most: those of all charters people look at within a day.
const TEXTS: usize = 512;
/// Assessments kept at the most.
const JUDGED: usize = 512;
/// Steps of rules that a dossier may take: about half a second.
const DOSSIER_STEPS: u64 = 40_000_000;

/// A text that was read and proved.
#[derive(Debug)]
pub struct Known {
    /// SHA-256 of it.
    pub hash: Hash,
    /// The charter and what was proved.
    pub proved: Proved,
    /// What the text alone tells; nothing if finding it out would take too long.
    pub dossier: Option<Dossier>,
}

impl Known {
    /// Reads a text. Fails as publishing it would.
    pub fn read(text: &str) -> Result<Known, Fault> {
        let proved = Proved::read(text)?;
        let dossier = (dossier_steps(&proved) <= DOSSIER_STEPS).then(|| proved.dossier());
        Ok(Known { hash: Hash::of(&[text.as_bytes()]), proved, dossier })
    }
}

/// Steps that a dossier takes at the most: each amount on a grid for each counter it sees, and
/// every proof twice for each parameter.
fn dossier_steps(proved: &Proved) -> u64 {
    let charter = &proved.charter;
    let proof = proved.facts.iter().fold(0u64, |sum, facts| sum.saturating_add(facts.steps()));
    let parameters = u64::try_from(charter.parameters.len()).unwrap_or(u64::MAX);
    let again = proof.saturating_mul(parameters).saturating_mul(2);
    charter.flows.iter().zip(&proved.facts).fold(again, |sum, (flow, facts)| {
        let Amount::Rule(rule) = flow.amount else { return sum };
        let counter = |input: &&Input| matches!(input, Input::Counter(_));
        let counters = charter.inputs(rule).unwrap_or_default().iter().filter(counter).count();
        let grids = u64::try_from(counters).unwrap_or(u64::MAX).saturating_mul(81 * 9);
        let steps = facts.amount.as_ref().map_or(0, |facts| facts.steps);
        sum.saturating_add(steps.saturating_mul(grids))
    })
}

/// Texts and assessments, shared by all faces of a node.
#[derive(Debug, Default)]
pub struct Library {
    texts: Mutex<HashMap<Hash, Option<Arc<Known>>>>,
    judged: Mutex<HashMap<Hash, Arc<Judged>>>,
}

impl Library {
    /// A text, read now or before; nothing if it is no charter.
    pub fn read(&self, text: &str) -> Option<Arc<Known>> {
        let hash = Hash::of(&[text.as_bytes()]);
        if let Some(known) = lock(&self.texts).get(&hash) {
            return known.clone();
        }
        let known = Known::read(text).ok().map(Arc::new);
        let mut texts = lock(&self.texts);
        if texts.len() >= TEXTS {
            texts.clear();
        }
        texts.insert(hash, known.clone());
        known
    }

    /// An assessment that was made before.
    pub(super) fn judged(&self, key: &Hash) -> Option<Arc<Judged>> {
        lock(&self.judged).get(key).cloned()
    }

    /// Keeps an assessment.
    pub(super) fn keep(&self, key: Hash, judged: Arc<Judged>) {
        let mut kept = lock(&self.judged);
        if kept.len() >= JUDGED {
            kept.clear();
        }
        kept.insert(key, judged);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
