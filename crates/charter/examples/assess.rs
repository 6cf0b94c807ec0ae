//! Assesses all texts in `charters/`, or measures how long a million members take: `assess speed`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::time::Instant;
use weal_charter::Proved;
use weal_charter::assess::{Cell, Grouper, Scenario, Situation, assess, project};

fn read(name: &str) -> Proved {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../charters");
    Proved::read(&std::fs::read_to_string(format!("{directory}/{name}.weal")).unwrap()).unwrap()
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("speed") {
        return speed();
    }
    let names = [
        "deposit-interest",
        "gift-escrow",
        "mutual-relief",
        "pension-account",
        "pension-notional",
        "pension-shares",
        "project-milestones",
        "receivable",
        "ten-for-one",
    ];
    for name in names {
        let proved = read(name);
        let cases = if name == "ten-for-one" { 100 } else { 1_000 };
        let begin = Instant::now();
        let situation = Situation::typical(&proved, cases).unwrap();
        let found = assess(&proved, &situation).unwrap();
        println!("\n{name}: {:?} in {:?}", found.class, begin.elapsed());
        println!("  {}\n  {}", found.verdict.sentence, found.closed_gate.sentence);
        println!("  {:?}", found.measures);
        for run in &found.scenarios {
            let last = run.years.last().unwrap();
            let out: i128 = run.years.iter().map(|year| year.out_minor).sum();
            println!(
                "  {}: fails {:?}, last payment {:?}, entered {}, out {out}, unpaid {}, at end {}",
                run.scenario.name,
                run.fails_in,
                run.last_payment,
                run.entered,
                run.years.iter().map(|year| year.unpaid_minor).sum::<i128>(),
                last.assets_minor,
            );
        }
        println!("  fan at the end: {:?}", found.fan.last());
        println!("  rounds: {:?}", found.rounds);
    }
}

/// A million members of all ages, each with an account of its own size.
fn speed() {
    for name in ["pension-account", "pension-shares", "pension-notional"] {
        let proved = read(name);
        let charter = &proved.charter;
        let begin = Instant::now();
        let mut grouper = Grouper::new(charter);
        let mut random = 1u64;
        for number in 0..1_000_000i128 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let age = 20 + number % 70;
            let months = i128::from(random >> 33) % 400;
            let money = months * 70_000 * (100 + i128::from(random >> 40) % 100) / 100;
            let counter = |name: &str| if name == "paid_months" { months } else { money };
            let pot = |per_case: bool| if per_case { u64::try_from(money).unwrap() } else { 0 };
            let cell = Cell {
                count: 1,
                fields: charter.fields.iter().map(|_| 2026 - age).collect(),
                counters: charter.counters.iter().map(|c| counter(&c.name)).collect(),
                pots: charter.pots.iter().map(|p| pot(p.per_case)).collect(),
                weights: vec![0; charter.parties.len()],
                done_ever: vec![false; charter.flows.len()],
            };
            grouper.add(&cell).unwrap();
        }
        let cells = grouper.finish(1_000).unwrap();
        let pot = |per_case: bool| if per_case { 0 } else { 900_000_000_000_000 };
        let situation = Situation {
            year: 2026,
            month: 0,
            pots: charter.pots.iter().map(|p| pot(p.per_case)).collect(),
            parameters: charter.parameters.iter().map(|p| p.start).collect(),
            cells,
            seed: [7; 32],
            outside_assets_minor: 0,
        };
        println!("{name}: {} cells in {:?}", situation.cells.len(), begin.elapsed());
        let begin = Instant::now();
        let scenarios = [
            Scenario::low(),
            Scenario::middle(charter, &situation),
            Scenario::high(charter, &situation),
        ];
        for scenario in &scenarios {
            let run = project(&proved, &situation, scenario).unwrap();
            println!("  {}: fails {:?} after {:?}", scenario.name, run.fails_in, begin.elapsed());
        }
        let begin = Instant::now();
        let found = assess(&proved, &situation).unwrap();
        println!("  whole assessment: {:?} in {:?}", found.class, begin.elapsed());
    }
}
