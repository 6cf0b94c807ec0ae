//! Mass balance: whether what is said to have gone out can have come in, as intervals.
//!
//! Two published lists of one custodian are compared, what he took in and what he issued, for one
//! class of items:
//!
//! 1. The period runs from the later of the two first days to the earlier of the two last days:
//!    outside it one list is silent, and silence is not zero.
//! 2. What was in store when the period began is not known. Receipts listed on earlier days are
//!    given apart (`before`): some of them may have been issued before the list of issues begins.
//! 3. `consistent`: even with empty shelves at the start, and with the least that can have come in
//!    and the most that can have gone out in the period, enough came in: `out.high <= in.low`.
//!    That is a statement about the sums of the period, not about every single day.
//! 4. `short`: even if everything listed before the period was still there, and with the most that
//!    can have come in and the least that can have gone out, too little came in:
//!    `out.low > before.high + in.high`. Assumption: no stock older than the first listed receipt.
//!    Lists are one-sided statements, so this is a question to be answered, not a verdict.
//! 5. Everything else is `undecidable`, with the pack definitions that would decide it; where no
//!    pack is missing, a stock count of the first day would.
//!
//! Inside the book goods are conserved by the kernel: a principal's balance is always consistent,
//! and what is missing stands as a difference with an owner.

use super::coverage::Amount;
use crate::view::Interval;
use std::collections::BTreeMap;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Days are those of China Standard Time. A date written as midnight, there or in Greenwich, stays
/// that date.
const ZONE_MS: u64 = 8 * 60 * 60 * 1000;

/// The day of a time, counted from 1970-01-01.
pub fn day_of(time_ms: u64) -> u64 {
    time_ms.saturating_add(ZONE_MS) / DAY_MS
}

/// A day as `2020-01-30`.
pub fn date_text(day: u64) -> String {
    let days = i64::try_from(day).unwrap_or(0);
    let seconds = days.saturating_mul(24 * 60 * 60);
    match time::OffsetDateTime::from_unix_timestamp(seconds) {
        Ok(time) => {
            let date = time.date();
            format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
        }
        Err(_) => String::new(),
    }
}

/// Lines of a list that share a day and a pack.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines {
    /// The day.
    pub day: u64,
    /// Packs, or base units where no pack is named.
    pub quantity: u64,
    /// Content of the pack; 1 where no pack is named.
    pub contains: Option<u64>,
    /// The pack's label.
    pub label: String,
    /// How many lines.
    pub lines: u64,
    /// Of these, how many have a quantity that nobody could read.
    pub unread: u64,
}

impl Lines {
    fn interval(&self) -> Interval {
        let mut interval = Amount::of(self.quantity, self.contains).interval();
        if self.unread > 0 {
            interval.high = None;
        }
        interval
    }
}

/// The days a list covers, over all its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub first: u64,
    /// Last day.
    pub last: u64,
}

/// What a comparison comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// First day compared.
    pub from: u64,
    /// Last day compared.
    pub to: u64,
    /// Receipts listed before the first day.
    pub before: Interval,
    /// Receipts in the period.
    pub taken_in: Interval,
    /// Issues in the period.
    pub issued: Interval,
    /// Lines in and out.
    pub lines: (u64, u64),
    /// Lines in and out whose pack is unknown.
    pub unknown: (u64, u64),
    /// `consistent`, `short`, `undecidable`.
    pub word: &'static str,
    /// Short by at least so much.
    pub short_by: u64,
    /// What would decide it, most frequent first.
    pub would_decide: Vec<String>,
}

#[derive(Default)]
struct Sum {
    amount: Interval,
    lines: u64,
    unknown: u64,
}

impl Sum {
    fn of<'a>(lines: impl Iterator<Item = &'a Lines>) -> Sum {
        let start = Sum { amount: Interval::exactly(0), ..Sum::default() };
        lines.fold(start, |sum, line| Sum {
            amount: sum.amount.plus(line.interval()),
            lines: sum.lines.saturating_add(line.lines),
            unknown: sum.unknown.saturating_add(if line.contains.is_none() {
                line.lines
            } else {
                0
            }),
        })
    }
}

/// Compares two lists about one class of items; nothing if they have no day in common.
pub fn compare(taken_in: (&[Lines], Days), issued: (&[Lines], Days)) -> Option<Verdict> {
    let from = taken_in.1.first.max(issued.1.first);
    let to = taken_in.1.last.min(issued.1.last);
    if from > to {
        return None;
    }
    let within = |line: &&Lines| (from..=to).contains(&line.day);
    let earlier = |line: &&Lines| line.day < from;
    let before = Sum::of(taken_in.0.iter().filter(earlier));
    let into = Sum::of(taken_in.0.iter().filter(within));
    let out = Sum::of(issued.0.iter().filter(within));
    let mut verdict = Verdict {
        from,
        to,
        before: before.amount,
        taken_in: into.amount,
        issued: out.amount,
        lines: (into.lines, out.lines),
        unknown: (into.unknown, out.unknown),
        ..Verdict::default()
    };
    let most_in = before.amount.plus(into.amount).high;
    if out.amount.high.is_some_and(|high| high <= into.amount.low) {
        verdict.word = "consistent";
    } else if let Some(high) = most_in.filter(|high| out.amount.low > *high) {
        verdict.word = "short";
        verdict.short_by = out.amount.low.saturating_sub(high);
    } else {
        verdict.word = "undecidable";
        let lines = taken_in.0.iter().filter(|line| line.day <= to);
        verdict.would_decide = missing(lines.chain(issued.0.iter().filter(within)));
        if verdict.would_decide.is_empty() {
            verdict.would_decide.push(format!("stock count {}", date_text(from)));
        }
    }
    Some(verdict)
}

/// Labels of unknown packs and unreadable lines with the number of lines, most frequent first.
fn missing<'a>(lines: impl Iterator<Item = &'a Lines>) -> Vec<String> {
    let mut labels: BTreeMap<&str, u64> = BTreeMap::new();
    for line in lines {
        let count = match line.contains {
            None => line.lines,
            Some(_) => line.unread,
        };
        if count > 0 {
            let label = if line.contains.is_none() { line.label.as_str() } else { "?" };
            let sum = labels.entry(label).or_default();
            *sum = sum.saturating_add(count);
        }
    }
    let mut labels: Vec<_> = labels.into_iter().collect();
    labels.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    labels.into_iter().map(|(label, lines)| format!("{label} × {lines}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Days = Days { first: 0, last: 100 };

    fn line(day: u64, quantity: u64, contains: Option<u64>) -> Lines {
        Lines { day, quantity, contains, label: "箱".into(), lines: 1, unread: 0 }
    }

    fn word(taken_in: &[Lines], issued: &[Lines]) -> &'static str {
        compare((taken_in, ALL), (issued, ALL)).unwrap().word
    }

    #[test]
    fn more_out_than_can_have_come_in_is_short_by_at_least_the_gap() {
        let verdict = compare(
            (&[line(1, 10, Some(1))], ALL),
            (&[line(1, 3, None), line(2, 12, Some(1))], ALL),
        )
        .unwrap();
        assert_eq!((verdict.word, verdict.short_by), ("short", 5));
    }

    #[test]
    fn an_unknown_pack_leaves_it_undecided_and_is_named() {
        let verdict = compare(
            (&[line(1, 10, Some(1)), line(1, 1, None)], ALL),
            (&[line(1, 20, Some(1))], ALL),
        )
        .unwrap();
        assert_eq!(verdict.word, "undecidable");
        assert_eq!(verdict.would_decide, ["箱 × 1"]);
        assert_eq!(verdict.unknown, (1, 0));
        assert_eq!(word(&[line(1, 10, Some(1))], &[line(1, 1, None)]), "undecidable");
    }

    #[test]
    fn enough_known_goods_are_consistent_whatever_the_unknown_packs_that_came_in_hold() {
        assert_eq!(
            word(&[line(1, 30, Some(1)), line(1, 1, None)], &[line(1, 20, Some(1))]),
            "consistent"
        );
    }

    #[test]
    fn earlier_receipts_can_excuse_but_not_prove() {
        let early = Days { first: 0, last: 10 };
        let late = Days { first: 5, last: 10 };
        let taken_in = [line(1, 50, Some(1)), line(6, 10, Some(1))];
        let verdict = compare((&taken_in, early), (&[line(6, 20, Some(1))], late)).unwrap();
        assert_eq!((verdict.from, verdict.to), (5, 10));
        assert_eq!(verdict.before, Interval::exactly(50));
        assert_eq!(verdict.word, "undecidable");
        assert_eq!(verdict.would_decide, ["stock count 1970-01-06"]);
        let verdict = compare((&taken_in, early), (&[line(6, 61, Some(1))], late)).unwrap();
        assert_eq!((verdict.word, verdict.short_by), ("short", 1));
    }

    #[test]
    fn a_line_nobody_could_read_is_not_nothing() {
        let unread = Lines { quantity: 0, contains: Some(1), unread: 1, ..line(1, 0, None) };
        assert_eq!(
            word(&[line(1, 5, Some(1)), unread.clone()], &[line(1, 9, Some(1))]),
            "undecidable"
        );
        assert_eq!(word(&[line(1, 5, Some(1))], &[unread]), "undecidable");
    }

    #[test]
    fn lists_without_a_day_in_common_are_not_compared() {
        let early = Days { first: 0, last: 4 };
        let late = Days { first: 5, last: 9 };
        assert_eq!(compare((&[line(1, 5, Some(1))], early), (&[line(6, 9, Some(1))], late)), None);
    }

    #[test]
    fn a_date_stays_that_date() {
        assert_eq!(date_text(day_of(1_580_342_400_000)), "2020-01-30"); // midnight in Greenwich
        assert_eq!(date_text(day_of(1_580_313_600_000)), "2020-01-30"); // midnight in Wuhan
    }
}
