//! Loads running nodes over HTTP and remembers what they acknowledged as final.
//!
//! `weal-load --out FILE [--rate N] [--seconds S] [--seed N] [--batch N] [--lanes N] URL...`
//! 1. The parties are registered at the first node.
//! 2. So many threads for each node hand it batches; what a node did not say is final is handed to
//!    the next one, until it is. The same operation may thus arrive twice; it takes effect once.
//! 3. Each line of FILE is an acknowledged operation: `index id`.
//! 4. At the end: how many, how fast, how long each batch waited.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use serde_json::Value;
use std::io::{BufWriter, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use ureq::Agent;
use weal_bench::load::Load;
use weal_kernel::Hash;
use weal_proof::Envelope;

struct Plan {
    nodes: Vec<String>,
    out: String,
    rate: usize,
    seconds: u64,
    seed: u64,
    batch: usize,
    lanes: usize,
}

impl Plan {
    fn read() -> Plan {
        let (nodes, out, seed) = (vec![], String::new(), 1);
        let mut plan = Plan { nodes, out, rate: 300, seconds: 10, seed, batch: 25, lanes: 1 };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().unwrap_or_default();
            match word.as_str() {
                "--out" => plan.out = value(),
                "--rate" => plan.rate = value().parse().unwrap(),
                "--seconds" => plan.seconds = value().parse().unwrap(),
                "--seed" => plan.seed = value().parse().unwrap(),
                "--batch" => plan.batch = value().parse().unwrap(),
                "--lanes" => plan.lanes = value().parse().unwrap(),
                _ => plan.nodes.push(word),
            }
        }
        assert!(!plan.nodes.is_empty() && !plan.out.is_empty(), "usage: --out FILE URL...");
        plan
    }
}

struct Loader<'a> {
    plan: &'a Plan,
    agent: Agent,
    operations: &'a [Envelope],
    next: AtomicUsize,
    begun: Instant,
    acknowledged: Mutex<BufWriter<std::fs::File>>,
    waits_ms: Mutex<Vec<u128>>,
}

fn main() {
    let plan = Plan::read();
    let config = Agent::config_builder().timeout_global(Some(Duration::from_secs(8)));
    let agent: Agent = config.http_status_as_error(false).build().into();
    let batch = plan.batch;
    let network = network(&agent, &plan.nodes[0]);
    let count = plan.rate * usize::try_from(plan.seconds).unwrap() / batch * batch;
    let load = Load::new(network, count, plan.seed);
    let file = std::fs::File::create(&plan.out).unwrap();
    let loader = Loader {
        plan: &plan,
        agent,
        operations: &load.operations,
        next: AtomicUsize::new(0),
        begun: Instant::now(),
        acknowledged: Mutex::new(BufWriter::new(file)),
        waits_ms: Mutex::default(),
    };
    for chunk in load.opening.chunks(batch) {
        loader.settle(chunk, 0);
    }
    loader.acknowledged.lock().unwrap().flush().unwrap();
    let begun = Instant::now();
    let loader = Loader { begun, waits_ms: Mutex::default(), ..loader };
    std::thread::scope(|scope| {
        for lane in 0..plan.nodes.len() * plan.lanes {
            let loader = &loader;
            scope.spawn(move || loader.run(lane));
        }
    });
    let mut waits = loader.waits_ms.into_inner().unwrap();
    waits.sort_unstable();
    let at = |percent: usize| waits.get(waits.len() * percent / 100).copied().unwrap_or_default();
    loader.acknowledged.into_inner().unwrap().flush().unwrap();
    println!(
        "{count} acknowledged in {:.1} s, {:.0}/s; batches of {batch} waited {} ms (p50), {} ms \
         (p99), {} ms at the most",
        begun.elapsed().as_secs_f64(),
        count as f64 / begun.elapsed().as_secs_f64(),
        at(50),
        at(99),
        waits.last().copied().unwrap_or_default()
    );
}

fn network(agent: &Agent, node: &str) -> Hash {
    let mut answer = agent.get(format!("{node}/v1/status")).call().unwrap();
    let status: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    status["network"].as_str().unwrap().parse().unwrap()
}

impl Loader<'_> {
    /// Hands out batches at the rate that is asked for.
    fn run(&self, node: usize) {
        loop {
            let at = self.next.fetch_add(self.plan.batch, Ordering::Relaxed);
            let Some(batch) = self.operations.get(at..at + self.plan.batch) else { return };
            let due = Duration::from_secs_f64(at as f64 / self.plan.rate as f64);
            std::thread::sleep(due.saturating_sub(self.begun.elapsed()));
            let begun = Instant::now();
            self.settle(batch, node);
            self.waits_ms.lock().unwrap().push(begun.elapsed().as_millis());
        }
    }

    /// Hands a batch to one node after the other until every operation in it is final.
    fn settle(&self, batch: &[Envelope], mut node: usize) {
        let mut open: Vec<&Envelope> = batch.iter().collect();
        while !open.is_empty() {
            let lines = self.ask(&self.plan.nodes[node % self.plan.nodes.len()], &open);
            let mut left = Vec::new();
            for (at, envelope) in open.iter().enumerate() {
                match lines.get(at).and_then(index) {
                    Some(index) => {
                        let mut out = self.acknowledged.lock().unwrap();
                        writeln!(out, "{index} {}", envelope.id()).unwrap();
                    }
                    None => left.push(*envelope),
                }
            }
            if left.len() == open.len() {
                std::thread::sleep(Duration::from_millis(50));
            }
            open = left;
            node += 1;
        }
    }

    /// One answer for each operation, as far as there are answers.
    fn ask(&self, node: &str, batch: &[&Envelope]) -> Vec<Value> {
        let body = batch.iter().map(|envelope| envelope.to_bytes()).collect::<Vec<_>>();
        let request = self.agent.post(format!("{node}/v1/operations/batch"));
        let request =
            request.header("content-type", "application/jsonl").header("prefer", "wait=5");
        let Ok(mut answer) = request.send(&body.join(&b'\n')) else { return Vec::new() };
        let text = answer.body_mut().read_to_string().unwrap_or_default();
        text.lines().map_while(|line| serde_json::from_str(line).ok()).collect()
    }
}

/// The place of an operation that is final; a refused one would be a fault of the load.
fn index(line: &Value) -> Option<u64> {
    assert_ne!(line["problem"]["status"], 422, "{line}");
    line["index"].as_u64().filter(|_| line["status"] == "final")
}
