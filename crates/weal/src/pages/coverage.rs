//! How far something is met, as a bar and as a sentence.

use super::chart::{Part, bar, textures};
use super::phrase;
use super::words::{Lang, args};
use maud::{Markup, html};
use weal_services::view::{Interval, Need};

/// What is known of a quantity asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Met {
    /// What was asked for, or derived from published facts.
    pub(crate) bound: u64,
    pub(crate) received: Interval,
    pub(crate) on_the_way: Interval,
    pub(crate) reserved: Interval,
    /// Received in percent as the book counts it: over several needs, plenty for one of them
    /// does not make up for what another lacks.
    pub(crate) percent: Option<u8>,
}

impl Met {
    /// How far a need is met, if it can be measured.
    pub(crate) fn of(need: &Need) -> Option<Met> {
        let coverage = &need.coverage;
        Some(Met {
            bound: phrase::bound(need).filter(|bound| *bound > 0)?,
            received: coverage.received,
            on_the_way: coverage.on_the_way,
            reserved: coverage.reserved,
            percent: coverage.percent,
        })
    }

    /// What nobody has given, sent or promised, as far as is known.
    pub(crate) fn nobody_yet(&self) -> u64 {
        let known = [self.received, self.on_the_way, self.reserved];
        known.iter().fold(self.bound, |left, part| left.saturating_sub(part.low))
    }

    /// The certain part of each state, in percent, together at most 100.
    fn parts(&self) -> [Part; 3] {
        let mut left = 100.0;
        let states =
            [("received", self.received), ("moving", self.on_the_way), ("promised", self.reserved)];
        states.map(|(state, quantity)| {
            let share = match (state, self.percent) {
                ("received", Some(percent)) => f64::from(percent),
                _ => quantity.low as f64 * 100.0 / self.bound.max(1) as f64,
            };
            let percent = f64::min(share, left);
            left -= percent;
            Part { state, percent }
        })
    }

    /// The bar, with its sentence for those who cannot see it.
    pub(crate) fn bar(&self, lang: Lang, height: u32) -> Markup {
        let [received, moving, promised] = self.parts();
        let whole = |part: Part| part.percent.round() as u64;
        let words = lang.tell(
            "coverage-words",
            args! {
                received: whole(received),
                moving: whole(moving),
                promised: whole(promised),
                nobody: 100u64.saturating_sub(whole(received) + whole(moving) + whole(promised)),
            },
        );
        bar(&self.parts(), &words, height)
    }

    /// Received in percent of the bound, as far as is known.
    pub(crate) fn percent(&self) -> u64 {
        let counted = self.received.low.saturating_mul(100) / self.bound.max(1);
        self.percent.map_or(counted, u64::from)
    }
}

/// What the textures of bars mean; brings the textures with it.
pub(crate) fn legend(lang: Lang) -> Markup {
    let states = [
        ("received", "state-received"),
        ("moving", "state-moving"),
        ("promised", "state-promised"),
        ("nobody", "state-nobody"),
    ];
    html! {
        (textures())
        ul.legend {
            @for (state, key) in states {
                li {
                    @let part = [Part { state, percent: 100.0 }];
                    @let shown = if state == "nobody" { &part[..0] } else { &part[..] };
                    span.swatch aria-hidden="true" { (bar(shown, "", 12)) }
                    (lang.say(key))
                }
            }
        }
    }
}
