//! A made-up prefecture for demonstrations: everything in it is invented, and a seed decides it.
//!
//! 1. The opening: organisations, people and a device register; roles, mandates, items, packs.
//! 2. The showcase: one gift of goods and one of money, followed to the ward.
//! 3. The past: moves of the story until the book is worth looking at.
//! 4. Where several institutions keep the book, another one asks to keep it too.
//! 5. Funds are published, and gifts wait in one of them until they arrive.
//! 6. Afterwards [`Scenario::next`] goes on, one move at a time, for as long as anybody watches.
//!
//! The story knows what the book holds because it wrote it: every operation is allowed if all
//! those before it took effect, in this order.

mod chance;
mod charters;
mod goods;
mod joining;
mod lists;
mod money;
mod moves;
mod names;
mod opening;
mod showcase;
mod stage;
mod story;
mod voices;

pub use joining::keepers;
pub use showcase::Showcase;

use stage::Stage;
use story::Story;
use weal_kernel::Hash;
use weal_kernel::units::UnixMillis;
use weal_proof::Envelope;

/// Operations of the prologue, at least.
const PROLOGUE: usize = 3_200;
/// How long ago the past begins.
const PAST_MS: u64 = 12 * 24 * 60 * 60 * 1000;

/// A made-up story, told as signed operations.
#[derive(Debug)]
pub struct Scenario {
    stage: Stage,
    story: Story,
    ward_mandate: Option<Hash>,
    showcase: Option<Showcase>,
    start: UnixMillis,
}

impl Scenario {
    /// The story this seed tells in this network. Signers' clocks start at `start`, which should
    /// be the time of the first block or a little before.
    pub fn new(seed: u64, network: Hash, start: UnixMillis) -> Self {
        let mut scenario = Scenario {
            stage: Stage::new(seed, network, start),
            story: Story::default(),
            ward_mandate: None,
            showcase: None,
            start,
        };
        scenario.remember_the_past(0);
        scenario.open();
        scenario.state_lists();
        scenario.showcase = Some(scenario.show());
        scenario
    }

    /// The past, in the order in which it must be submitted; empty when asked for again.
    pub fn prologue(&mut self) -> Vec<Envelope> {
        if self.stage.past.is_none() {
            return Vec::new();
        }
        while self.stage.out.len() < PROLOGUE {
            self.remember_the_past(self.stage.out.len());
            self.step();
        }
        while self.story.packs.iter().filter(|pack| !pack.known).count() > 2 {
            self.measure_pack();
        }
        if let Some(at) = self.story.kept.len().checked_sub(1) {
            self.release(at);
        }
        self.stage.past = None;
        std::mem::take(&mut self.stage.out)
    }

    /// What happens next: usually one operation, sometimes two that belong together.
    pub fn next(&mut self, now: UnixMillis) -> Vec<Envelope> {
        if self.stage.past.is_some() {
            return self.prologue();
        }
        self.stage.now = now;
        self.step();
        std::mem::take(&mut self.stage.out)
    }

    /// The gifts worth following.
    pub fn showcase(&self) -> Option<Showcase> {
        let showcase = self.showcase.clone()?;
        Some(Showcase { other_claim_codes: self.story.claim_codes.clone(), ..showcase })
    }

    /// The past moves from its beginning to now as operations are told: slowly at first, then
    /// faster, as such things go.
    fn remember_the_past(&mut self, told: usize) {
        let whole = PROLOGUE / 100;
        let left = u64::try_from((PROLOGUE.saturating_sub(told)) / whole).unwrap_or(0);
        let ago = PAST_MS / 1_000_000 * left * left * left;
        self.stage.past = Some(UnixMillis(self.start.0.saturating_sub(ago)));
    }

    fn remember(&mut self, code: String) {
        if self.story.claim_codes.len() < names::UNNAMED_DONORS {
            self.story.claim_codes.push(code);
        }
    }
}
