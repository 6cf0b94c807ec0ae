//! Runs the whole network in one thread from one seed, with faults, and finds broken promises.
//!
//! Network, clock, disk and scheduler are simulated; engine and ledger are those that ship. The
//! same seed is the same run, to the last message.
//!
//! A run, as a numbered program ([`run`] follows it):
//! 1. The seed draws a plan: how many validators, who lies, what goes wrong and when.
//! 2. The nodes start, clients hand them operations, validators come and go.
//! 3. Faults begin and end. After every final block every node is asked whether it holds what it
//!    promised.
//! 4. Everything heals. Soon after, all nodes must have gone on, and no node may keep anything.
//! 5. Nobody speaks for a while: no more blocks may come than heartbeats.
//! 6. A naive reference executes the history once more and compares everything.
//!
//! What is not simulated: threads (there is one), the encrypted connections, the files derived
//! from the archive, and the HTTP pages. Tests of engine, node and weal hold those.

pub mod body;
pub mod byzantine;
pub mod canary;
pub mod faults;
pub mod hostile;
pub mod invariants;
pub mod ledger;
pub mod liveness;
pub mod members;
pub mod model;
pub mod node;
pub mod record;
pub mod sometimes;
pub mod weather;
pub mod workload;
pub mod world;

use canary::Plant;
use commonware_runtime::deterministic::{Config, Runner};
use commonware_runtime::{Clock as _, Runner as _};
use faults::Plan;
use sometimes::Counters;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};
use world::World;

/// Simulated time at the start: some day in 2026.
const START: Duration = Duration::from_secs(1_790_000_000);
/// A run that lasts longer than this of simulated time hangs.
const LONGEST: Duration = Duration::from_secs(180);

/// How to run.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// A fault that is planted to be found.
    pub plant: Option<Plant>,
    /// Tell what happens, line by line.
    pub trace: bool,
    /// This plan instead of the one the seed draws.
    pub plan: Option<Plan>,
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// Hash of everything the scheduler, the disk and the network did.
    pub audit: String,
    /// The highest final block.
    pub blocks: u64,
    /// Operations that became final.
    pub operations: u64,
    /// Simulated time.
    pub simulated_ms: u64,
    /// Milliseconds until each operation was final.
    pub waits: Vec<u64>,
    /// What fired, and how often.
    pub counters: Counters,
    /// The first broken promise.
    pub failure: Option<String>,
}

/// Runs one seed.
pub fn run(seed: u64, options: &Options) -> Report {
    let attempt = || {
        let config = Config::new().with_seed(seed).with_timeout(Some(LONGEST));
        let config = config.with_start_time(SystemTime::UNIX_EPOCH + START);
        let config = config.with_catch_panics(true);
        Runner::new(config).start(|context| live(context, seed, options))
    };
    match catch_unwind(AssertUnwindSafe(attempt)) {
        Ok(report) => report,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            let failure = format!("the run panicked: {}", text.unwrap_or("without words"));
            Report { seed, failure: Some(failure), ..Report::default() }
        }
    }
}

async fn live(
    context: commonware_runtime::deterministic::Context,
    seed: u64,
    options: &Options,
) -> Report {
    use commonware_runtime::Supervisor as _;
    let plan = options.plan.clone().unwrap_or_else(|| Plan::draw(seed, options.plant));
    let mut report = Report { seed, ..Report::default() };
    let below = match scratch() {
        Ok(below) => below,
        Err(error) => {
            report.failure = Some(format!("no directory for derived files: {error}"));
            return report;
        }
    };
    let how = (options.plant, options.trace);
    let built = World::build(context.child("world"), (seed, plan), below.path(), how).await;
    let (mut world, record) = match built {
        Ok(built) => built,
        Err(reason) => {
            report.failure = Some(reason);
            return report;
        }
    };
    world.live().await;
    let since = context.current().duration_since(SystemTime::UNIX_EPOCH + START);
    report.simulated_ms = since.map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX));
    report.blocks = record.height();
    report.operations = world.operations();
    report.waits = record.lock().waits.clone();
    report.counters = record.lock().counters.clone();
    report.failure = record.failure();
    report.audit = context.auditor().state();
    report
}

/// A directory in memory where there is one.
fn scratch() -> std::io::Result<tempfile::TempDir> {
    let memory = std::path::Path::new("/dev/shm");
    let builder = tempfile::Builder::new();
    if memory.is_dir() { builder.tempdir_in(memory) } else { builder.tempdir() }
}
