//! `weal-sim`: runs seeds, replays one, and proves that planted faults are found.
#![allow(clippy::print_stdout)]

use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use weal_sim::canary::{Plant, hunt};
use weal_sim::faults::Plan;
use weal_sim::sometimes::{ALL, Counters};
use weal_sim::{Options, Report, run};

const USAGE: &str = "\
weal-sim run --seeds A..B [--jobs N]   runs the seeds that ever failed, then these
weal-sim replay SEED [--trace]         runs one seed again, line by line; WEAL_LOG adds the engine
weal-sim finality VALIDATORS DELAY_MS  how long an operation takes when nothing goes wrong
weal-sim plan SEED                     shows what a seed draws
weal-sim canary [NAME]                 plants faults and finds them";

/// Seeds that failed once.
const KEPT: &str = include_str!("../kept.txt");

fn main() -> ExitCode {
    // Panics inside the simulation are part of it; what they say is in the report.
    std::panic::set_hook(Box::new(|_| {}));
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let good = match words.as_slice() {
        ["run", "--seeds", seeds] => range(seeds).map(|seeds| batch(seeds, 1)),
        ["run", "--seeds", seeds, "--jobs", jobs] => {
            range(seeds).zip(jobs.parse().ok()).map(|(seeds, jobs)| batch(seeds, jobs))
        }
        ["replay", seed] => seed.parse().ok().map(|seed| replay(seed, false)),
        ["replay", seed, "--trace"] => {
            tell_what_the_engine_logs();
            seed.parse().ok().map(|seed| replay(seed, true))
        }
        ["plan", seed] => seed.parse().ok().map(|seed| {
            println!("{:#?}", Plan::draw(seed, None));
            true
        }),
        ["finality", validators, delay_ms] => {
            validators.parse().ok().zip(delay_ms.parse().ok()).map(finality)
        }
        ["canary"] => Some(Plant::ALL.iter().all(|(name, ..)| canary(name) == Some(true))),
        ["canary", name] => canary(name),
        _ => None,
    };
    match good {
        Some(true) => ExitCode::SUCCESS,
        Some(false) => ExitCode::FAILURE,
        None => {
            println!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn range(text: &str) -> Option<std::ops::Range<u64>> {
    let (low, high) = text.split_once("..")?;
    Some(low.parse().ok()?..high.parse().ok()?)
}

/// The sums of many runs.
#[derive(Default)]
struct Sums {
    seeds: u64,
    blocks: u64,
    operations: u64,
    simulated_ms: u64,
    failures: Vec<(u64, String)>,
    counters: Counters,
}

impl Sums {
    fn add(&mut self, report: Report) {
        self.seeds += 1;
        self.blocks += report.blocks;
        self.operations += report.operations;
        self.simulated_ms += report.simulated_ms;
        self.counters.add(&report.counters);
        if let Some(failure) = report.failure {
            println!("seed {} failed {failure}", report.seed);
            println!("  again: cargo run -p weal-sim -- replay {} --trace", report.seed);
            self.failures.push((report.seed, failure));
        }
    }
}

fn batch(seeds: std::ops::Range<u64>, jobs: usize) -> bool {
    // Lines that begin with a word say what the seeds below them found.
    let kept = KEPT.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok());
    let queue: VecDeque<u64> = kept.chain(seeds).collect();
    let (queue, sums) = (Mutex::new(queue), Mutex::new(Sums::default()));
    let start = Instant::now();
    let work = || {
        loop {
            let seed = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some(seed) = seed else { break };
            let report = run(seed, &Options::default());
            let mut sums = sums.lock().unwrap_or_else(PoisonError::into_inner);
            sums.add(report);
            if sums.seeds % 500 == 0 {
                let seconds = start.elapsed().as_secs();
                println!("{} seeds, {} failed, {seconds} s", sums.seeds, sums.failures.len());
            }
        }
    };
    std::thread::scope(|scope| (0..jobs.max(1)).for_each(|_| drop(scope.spawn(work))));
    let sums = sums.into_inner().unwrap_or_else(PoisonError::into_inner);
    tell(&sums, start.elapsed().as_secs())
}

fn tell(sums: &Sums, seconds: u64) -> bool {
    let Sums { seeds, blocks, operations, simulated_ms, failures, counters } = sums;
    for name in ALL {
        println!("{:>9} {name}", counters.get(name));
    }
    let hours = simulated_ms / 3_600_000;
    println!(
        "{seeds} seeds: {blocks} blocks, {operations} operations, {hours} simulated hours in \
         {seconds} s; {} failed",
        failures.len()
    );
    let missing = counters.missing(*seeds);
    for name in &missing {
        println!("never happened: {name}");
    }
    failures.is_empty() && missing.is_empty()
}

/// WEAL_LOG says how much, as for `weal`.
fn tell_what_the_engine_logs() {
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("WEAL_LOG") {
        let log = tracing_subscriber::fmt().with_env_filter(filter).without_time();
        log.with_writer(std::io::stderr).init();
    }
}

fn replay(seed: u64, trace: bool) -> bool {
    let start = Instant::now();
    let report = run(seed, &Options { trace, ..Options::default() });
    for name in ALL {
        if report.counters.get(name) > 0 {
            println!("{:>9} {name}", report.counters.get(name));
        }
    }
    println!(
        "seed {seed}: audit {}, {} blocks, {} operations, {} simulated ms in {} ms",
        report.audit,
        report.blocks,
        report.operations,
        report.simulated_ms,
        start.elapsed().as_millis()
    );
    if let Some(failure) = &report.failure {
        println!("failed {failure}");
    }
    report.failure.is_none()
}

/// Pauses between operations, on average 1.1 times as long.
const PACES_MS: [u64; 4] = [500, 100, 40, 10];

/// Simulated time from handing in an operation until it is final, at several rates.
fn finality((validators, delay_ms): (usize, u64)) -> bool {
    println!("{validators} validators, {delay_ms} ms one way; milliseconds until final");
    PACES_MS.into_iter().all(|pace_ms| {
        let plan = Some(Plan::calm(validators, delay_ms, pace_ms));
        let Report { mut waits, failure, .. } = run(1, &Options { plan, ..Options::default() });
        waits.sort_unstable();
        let at = |part: usize| waits.get(waits.len().saturating_sub(1) * part / 100);
        let (median, late) = (at(50).copied().unwrap_or(0), at(99).copied().unwrap_or(0));
        println!("{:>6} operations: median {median}, p99 {late}", waits.len());
        failure.iter().for_each(|failure| println!("failed {failure}"));
        failure.is_none()
    })
}

/// `None` for a name that is unknown.
fn canary(name: &str) -> Option<bool> {
    let (_, plant, seeds) = Plant::ALL.iter().find(|(known, ..)| *known == name)?;
    match hunt(*plant, *seeds) {
        Some((seed, failure)) => println!("{name}: found at seed {seed} {failure}"),
        None => {
            println!("{name}: NOT found in {seeds} seeds");
            return Some(false);
        }
    }
    Some(true)
}
