//! How far a need is met: amounts that may rest on unknown packs, bounds, percentages, sums.
//!
//! 1. A line counts base units, or packs. A pack of known content counts `packs * content`; an
//!    unknown one counts at least one unit each and has no upper end. It is never nothing.
//! 2. The bound of a need is the number stated; else what published facts give:
//!    `beds * days * use_per_1000_bed_days / 1000 - on_hand`. Without either, no
//!    percentage.
//! 3. Only goods of the item's class count, and only what the one who asked has counted himself is
//!    received. What was sent and not found on arrival is in dispute.
//! 4. Sums over a class add up what single needs add, so that they can be kept as running totals.

use crate::view::{Coverage, Derivation, Interval};

/// The largest number that every reader of JSON reads exactly; sums stop there.
pub const MOST: u64 = 9_007_199_254_740_991;

/// Base units: what is known for certain, and how many packs of unknown content come on top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Amount {
    /// Base units in packs of known content.
    pub known: u64,
    /// Packs of unknown content.
    pub unknown: u64,
}

impl Amount {
    /// So many packs of this content, or base units where the content is 1.
    pub fn of(quantity: u64, contains: Option<u64>) -> Amount {
        match contains {
            Some(contains) => {
                Amount { known: quantity.saturating_mul(contains).min(MOST), unknown: 0 }
            }
            None => Amount { known: 0, unknown: quantity.min(MOST) },
        }
    }

    /// Both together.
    pub fn plus(self, other: Amount) -> Amount {
        Amount {
            known: self.known.saturating_add(other.known).min(MOST),
            unknown: self.unknown.saturating_add(other.unknown).min(MOST),
        }
    }

    /// At least so much: every pack holds something.
    pub fn low(self) -> u64 {
        self.known.saturating_add(self.unknown).min(MOST)
    }

    /// As people read it.
    pub fn interval(self) -> Interval {
        Interval { low: self.low(), high: (self.unknown == 0).then_some(self.known) }
    }

    /// Whether nothing at all is meant.
    pub fn is_nothing(self) -> bool {
        self.known == 0 && self.unknown == 0
    }
}

/// Where the goods for a need are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Met {
    /// Kept for it by somebody.
    pub reserved: Amount,
    /// On the way to it.
    pub on_the_way: Amount,
    /// Counted by the one who asked.
    pub received: Amount,
    /// Sent and not found on arrival.
    pub in_dispute: Amount,
}

/// How urgent a need is; the order is the order of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Urgency {
    /// Lives depend on it now.
    Critical,
    /// Soon.
    High,
    /// Everything else.
    #[default]
    Normal,
}

impl Urgency {
    /// All of them, most urgent first.
    pub const ALL: [Urgency; 3] = [Urgency::Critical, Urgency::High, Urgency::Normal];

    /// The word in records.
    pub fn word(self) -> &'static str {
        match self {
            Urgency::Critical => "critical",
            Urgency::High => "high",
            Urgency::Normal => "normal",
        }
    }

    /// From the word in a record; what is not said is normal.
    pub fn read(word: Option<&str>) -> Urgency {
        let known = Urgency::ALL.into_iter().find(|urgency| Some(urgency.word()) == word);
        known.unwrap_or_default()
    }
}

/// All that sums need to know of one need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Base units asked for, stated or derived; `None` if nobody can say.
    pub bound: Option<u64>,
    /// How urgent.
    pub urgency: Urgency,
    /// Withdrawn, superseded or hidden.
    pub closed: bool,
    /// Where the goods are.
    pub met: Met,
}

/// The bound that published facts give.
pub fn derive(beds: u64, days: u64, use_per_1000_bed_days: u64, on_hand: u64) -> u64 {
    let bed_days = u128::from(beds).saturating_mul(u128::from(days));
    let wanted = bed_days.saturating_mul(u128::from(use_per_1000_bed_days)) / 1000;
    let wanted = u64::try_from(wanted).unwrap_or(MOST).min(MOST);
    wanted.saturating_sub(on_hand)
}

impl Derivation {
    /// The amount again, from the facts: what a reader can check by hand.
    pub fn recomputed(&self) -> u64 {
        derive(self.beds, self.days, self.use_per_1000_bed_days, self.on_hand)
    }
}

/// `part` of `whole` in ten-thousandths, never more than all of it.
fn share(part: u64, whole: u64) -> u64 {
    if whole == 0 || part >= whole {
        return 10_000;
    }
    let share = u128::from(part).saturating_mul(10_000) / u128::from(whole);
    u64::try_from(share).unwrap_or(10_000)
}

/// `part` of `whole` in percent, rounded down: 100 means all of it.
pub fn percent(part: u64, whole: u64) -> u8 {
    u8::try_from(share(part, whole) / 100).unwrap_or(100)
}

impl Standing {
    /// Received of the bound, in ten-thousandths, at least.
    pub fn basis_points(&self) -> Option<u64> {
        self.bound.map(|bound| share(self.met.received.low(), bound))
    }

    /// Received in full.
    pub fn is_covered(&self) -> bool {
        self.basis_points() == Some(10_000)
    }

    /// Whether nothing more is asked: received in full, or taken back.
    pub fn is_done(&self) -> bool {
        self.closed || self.is_covered()
    }

    /// `open`, `partly`, `covered`, `closed`.
    pub fn status(&self) -> &'static str {
        match self {
            standing if standing.closed => "closed",
            standing if standing.is_covered() => "covered",
            standing if standing.met.received.is_nothing() => "open",
            _ => "partly",
        }
    }

    /// The place in lists: open before done, urgent before not, least covered first.
    pub fn rank(&self) -> u64 {
        let class = match (self.closed, self.is_covered()) {
            (true, _) => 2,
            (false, true) => 1,
            (false, false) => 0,
        };
        let met = match self.basis_points() {
            Some(met) => met,
            // Without a bound nobody can say how much is missing: after those with nothing at all.
            None if self.met.received.is_nothing() => 0,
            None => 5_000,
        };
        class * RANK_CLASS + self.urgency as u64 * RANK_URGENCY + met
    }

    /// As people read it.
    pub fn coverage(&self) -> Coverage {
        Coverage {
            reserved: self.met.reserved.interval(),
            on_the_way: self.met.on_the_way.interval(),
            received: self.met.received.interval(),
            in_dispute: self.met.in_dispute.interval(),
            percent: self.basis_points().and_then(|met| u8::try_from(met / 100).ok()),
        }
    }

    /// What this need adds to the sums of its class.
    pub fn sums(&self) -> Sums {
        if self.closed {
            return Sums::default();
        }
        let (open, bounded) = (!self.is_done(), self.bound.is_some());
        let bound = self.bound.unwrap_or(0);
        let met = self.met;
        let number = |yes: bool| u64::from(yes);
        let capped = if bounded { met.received.low().min(bound) } else { 0 };
        let numbers = [
            number(open),
            number(open && self.urgency == Urgency::Critical),
            number(open && !bounded),
            number(bounded),
            self.basis_points().unwrap_or(0),
            bound,
            capped,
            met.received.known,
            met.received.unknown,
            met.on_the_way.known,
            met.on_the_way.unknown,
            met.reserved.known,
            met.reserved.unknown,
            1,
        ];
        Sums(numbers.map(|n| i64::try_from(n).unwrap_or(i64::MAX)))
    }
}

/// One step between urgencies in a rank.
pub const RANK_URGENCY: u64 = 100_000;
/// One step between open, covered and closed in a rank.
pub const RANK_CLASS: u64 = 1_000_000;

/// Running totals over the needs of one item; signed, because changes are added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums(pub [i64; 14]);

impl Sums {
    /// Adds the difference between two states of a need.
    pub fn change(&mut self, before: &Sums, after: &Sums) {
        for (sum, (old, new)) in self.0.iter_mut().zip(before.0.iter().zip(&after.0)) {
            *sum = sum.saturating_add(new.saturating_sub(*old));
        }
    }

    /// Adds other totals.
    pub fn add(&mut self, other: &Sums) {
        self.change(&Sums::default(), other);
    }

    fn number(&self, at: usize) -> u64 {
        self.0.get(at).and_then(|n| u64::try_from(*n).ok()).unwrap_or(0)
    }

    fn amount(&self, at: usize) -> Amount {
        Amount { known: self.number(at), unknown: self.number(at.saturating_add(1)) }
    }

    /// Needs not yet covered.
    pub fn open(&self) -> u64 {
        self.number(0)
    }

    /// Of these, critical.
    pub fn critical(&self) -> u64 {
        self.number(1)
    }

    /// Open needs without a bound.
    pub fn unbounded(&self) -> u64 {
        self.number(2)
    }

    /// Needs with a bound, covered or not.
    pub fn bounded(&self) -> u64 {
        self.number(3)
    }

    /// Mean of per-need coverage over needs with a bound, in percent.
    pub fn mean_percent(&self) -> Option<u8> {
        let mean = self.number(4).checked_div(self.bounded())? / 100;
        u8::try_from(mean.min(100)).ok()
    }

    /// Sum of bounds.
    pub fn asked(&self) -> u64 {
        self.number(5)
    }

    /// Received in percent of what was asked; what one need got too much helps no other.
    pub fn percent(&self) -> Option<u8> {
        (self.bounded() > 0).then(|| percent(self.number(6), self.asked()))
    }

    /// Received.
    pub fn received(&self) -> Amount {
        self.amount(7)
    }

    /// On the way.
    pub fn on_the_way(&self) -> Amount {
        self.amount(9)
    }

    /// Kept.
    pub fn reserved(&self) -> Amount {
        self.amount(11)
    }

    /// Needs that stand, covered or not.
    pub fn standing(&self) -> u64 {
        self.number(13)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(bound: Option<u64>, received: Amount) -> Standing {
        let met = Met { received, ..Met::default() };
        Standing { bound, met, ..Standing::default() }
    }

    #[test]
    fn a_need_without_a_number_has_no_percentage() {
        let standing = with(None, Amount::of(500, Some(1)));
        assert_eq!(standing.coverage().percent, None);
        assert_eq!(standing.status(), "partly");
        assert_eq!(standing.sums().percent(), None);
        assert_eq!(standing.sums().mean_percent(), None);
    }

    #[test]
    fn an_unknown_pack_never_counts_as_zero() {
        let amount = Amount::of(3, None).plus(Amount::of(2, Some(100)));
        assert_eq!(amount.interval(), Interval { low: 203, high: None });
        assert!(!Amount::of(1, None).is_nothing());
        assert_eq!(with(Some(10), Amount::of(3, None)).coverage().percent, Some(30));
    }

    #[test]
    fn a_hundred_percent_means_all_of_it() {
        assert_eq!(percent(9_999, 10_000), 99);
        assert_eq!(percent(10_000, 10_000), 100);
        assert_eq!(percent(30_000, 10_000), 100);
        assert!(!with(Some(100_000_000), Amount::of(99_999_999, Some(1))).is_covered());
    }

    #[test]
    fn what_one_need_got_too_much_helps_no_other() {
        let mut sums = Sums::default();
        sums.add(&with(Some(100), Amount::of(1_000, Some(1))).sums());
        sums.add(&with(Some(100), Amount::default()).sums());
        assert_eq!(sums.percent(), Some(50));
        assert_eq!(sums.mean_percent(), Some(50));
        assert_eq!((sums.open(), sums.standing()), (1, 2));
    }

    #[test]
    fn a_derived_bound_is_computed_from_its_facts_and_never_below_zero() {
        assert_eq!(derive(420, 7, 2_500, 350), 7_000);
        assert_eq!(derive(10, 1, 1_000, 50), 0);
        assert_eq!(derive(u64::MAX, 365, u64::MAX, 0), MOST);
    }

    #[test]
    fn sums_forget_what_is_closed() {
        let open = with(Some(100), Amount::of(20, Some(1)));
        let closed = Standing { closed: true, ..open };
        let mut sums = Sums::default();
        sums.change(&Sums::default(), &open.sums());
        sums.change(&open.sums(), &closed.sums());
        assert_eq!(sums, Sums::default());
    }

    #[test]
    fn urgent_and_empty_needs_come_first() {
        let critical = Standing { urgency: Urgency::Critical, ..with(Some(10), Amount::default()) };
        let half = with(Some(10), Amount::of(5, Some(1)));
        let full = with(Some(10), Amount::of(10, Some(1)));
        let closed = Standing { closed: true, ..half };
        let ranks = [critical, half, full, closed].map(|standing| standing.rank());
        assert!(ranks.is_sorted(), "{ranks:?}");
    }
}
