//! No projection makes money or loses it, and small ones are what a hand computes.

use crate::{OLD, TINY, all, one, proved};
use weal_charter::actuary::Scaled;
use weal_charter::assess::{Cell, Class, Scenario, Situation, assess, group, project};

fn situation(proved: &weal_charter::Proved, cell: Cell, pool: u64) -> Situation {
    Situation {
        year: 2026,
        month: 0,
        pots: vec![pool],
        parameters: Vec::new(),
        cells: vec![Cell { done_ever: vec![false; proved.charter.flows.len()], ..cell }],
        seed: [1; 32],
        outside_assets_minor: 0,
    }
}

#[test]
fn in_every_month_what_came_in_less_what_went_out_is_what_the_pots_gained() {
    let three_percent = Scaled::ratio(3, 100).unwrap();
    for (name, proved, situation, _) in all() {
        let middle = Scenario::middle(&proved.charter, situation);
        let scenarios = [
            Scenario::low(),
            Scenario { asset_return: three_percent, ..middle.clone() },
            Scenario { asset_return: Scaled::ZERO.minus(three_percent).unwrap(), ..middle },
            Scenario::leaving(&proved.charter, situation),
        ];
        for scenario in scenarios {
            let run = project(proved, situation, &scenario).unwrap();
            let mut before = i128::try_from(situation.assets_minor()).unwrap();
            for line in &run.months {
                assert_eq!(line.opening_minor, before, "{name} {} {}", line.year, line.month);
                let gained = line.in_minor + line.returns_minor - line.out_minor;
                assert_eq!(line.closing_minor, before + gained, "{name} {}", line.year);
                assert!(line.closing_minor >= 0 && line.paid_minor <= line.due_minor, "{name}");
                before = line.closing_minor;
            }
        }
    }
}

#[test]
fn a_tiny_closed_fund_pays_what_a_hand_computes() {
    let proved = proved(TINY);
    let cell =
        Cell { count: 2, counters: vec![0], pots: vec![0], weights: vec![0], ..Cell::default() };
    let fund = situation(&proved, cell.clone(), 900);
    let run = project(&proved, &fund, &Scenario::closed_gate()).unwrap();
    let year = |year: i128| {
        let months = run.months.iter().filter(|line| line.year == year);
        months.fold((0, 0, 0), |sum, line| {
            (sum.0 + line.out_minor, sum.1 + line.due_minor, line.closing_minor)
        })
    };
    assert_eq!(year(2026), (200, 200, 700));
    assert_eq!(year(2029), (200, 200, 100));
    assert_eq!(year(2030), (100, 200, 0), "2 yuan are due and 1 is there");
    assert_eq!(year(2031), (0, 0, 0));
    assert_eq!((run.fails_in, run.last_payment), (Some(2030), Some(2030)));
    let found = assess(&proved, &fund).unwrap();
    assert_eq!(found.measures.liability_minor, 1000);
    assert_eq!(found.measures.funding_ratio, Some(Scaled::ratio(9, 10).unwrap()));
    assert_eq!(found.measures.recovery, Some(Scaled::ratio(9, 10).unwrap()));
    let words = "If nobody pays in after you, you get 90 % of what is promised, the last payment \
                 in 2030.";
    assert_eq!(found.closed_gate.sentence, words);
    let found = assess(&proved, &situation(&proved, cell, 1000)).unwrap();
    assert_eq!((found.class, found.measures.recovery), (Class::Funded, Some(Scaled::ONE)));
}

#[test]
fn those_who_die_within_a_year_are_paid_for_the_months_they_lived() {
    let proved = proved(OLD);
    let cell = Cell {
        count: 1000,
        fields: vec![1901],
        pots: vec![0],
        weights: vec![0, 1],
        ..Cell::default()
    };
    let fund = situation(&proved, cell, 10_000_000);
    let run = project(&proved, &fund, &Scenario::closed_gate()).unwrap();
    // All are 125 and die evenly over the year: Σ ⌊100 · 1000 · k/12⌋ for k from 12 down to 1.
    let pensions: i128 = run.months.iter().map(|line| line.due_minor).sum();
    assert_eq!(pensions, 649_996);
    let year: i128 = run.months.iter().take(12).map(|line| line.out_minor).sum();
    let funerals = year - pensions;
    assert!((499_988..=500_000).contains(&funerals), "{funerals}: 5 yuan for each, rounded down");
    assert_eq!(run.months[11].cases, 0);
    assert!(run.months[12..].iter().all(|line| line.out_minor == 0));
}

#[test]
fn what_is_recovered_of_promised_sums_is_at_most_what_is_there_for_them() {
    let mut seen = 0;
    for (name, _, _, found) in all() {
        if let (Some(recovery), Some(ratio)) =
            (found.measures.recovery, found.measures.funding_ratio)
        {
            assert!(recovery <= ratio && recovery <= Scaled::ONE, "{name}");
            seen += 1;
        }
    }
    assert!(seen >= 3);
}

#[test]
fn two_runs_are_the_same_and_can_be_read_back() {
    let (_, proved, situation, found) = one("ten-for-one");
    let again = assess(proved, situation).unwrap();
    let text = serde_json::to_string(found).unwrap();
    assert_eq!(text, serde_json::to_string(&again).unwrap());
    let back: weal_charter::assess::Assessment = serde_json::from_str(&text).unwrap();
    assert_eq!(back, again);
    let text = serde_json::to_string(situation).unwrap();
    assert_eq!(*situation, serde_json::from_str(&text).unwrap());
    let other = Situation { seed: [9; 32], ..one("deposit-interest").2.clone() };
    let other = assess(&one("deposit-interest").1, &other).unwrap();
    assert_ne!(other.fan, one("deposit-interest").3.fan, "another seed, another fan");
}

#[test]
fn grouping_loses_no_money_and_no_case() {
    let (_, proved, situation, _) = one("pension-account");
    let mut cases = Vec::new();
    for number in 0..500u64 {
        let mut cell = situation.cells[usize::try_from(number % 7).unwrap()].clone();
        cell.count = 1 + number % 3;
        cell.pots[0] = number * number * 97 % 1_000_003;
        cell.counters[0] = i128::from(number % 400);
        cases.push(cell);
    }
    let cells = group(&proved.charter, &cases).unwrap();
    assert!(cells.len() < cases.len());
    let totals = |cells: &[Cell]| {
        let of = |each: fn(&Cell) -> i128| -> i128 {
            cells.iter().map(|cell| i128::from(cell.count) * each(cell)).sum()
        };
        (of(|_| 1), of(|cell| i128::from(cell.pots[0])), of(|cell| cell.counters[0]))
    };
    assert_eq!(totals(&cells), totals(&cases));
    let grouped = Situation { cells, ..situation.clone() };
    let apart = Situation { cells: cases, ..situation.clone() };
    assert_eq!(grouped.assets_minor(), apart.assets_minor());
    grouped.check(proved).unwrap();
}
