//! Starts the engine on a thread of its own and watches over it.

use crate::config::Plan;
use crate::failure::Failure;
use crate::handle::{Metrics, Running};
use crate::wiring::{self, Opened};
use crate::{Config, Engine, EngineError, Ledger, network, refill, settings};
use commonware_runtime::{Metrics as _, Runner as _, Spawner as _, Supervisor as _, tokio};
use futures::channel::oneshot;
use futures::future::{Either, select};
use std::fs::{File, TryLockError};
use std::io;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Threads for tasks; calls of the ledger and of the disk run on others.
const WORKERS: usize = 2;
/// Threads for calls that block; they come and go.
const BLOCKING: usize = 64;
/// Time the parts get to end by themselves; after it they are cut off, as by a power failure.
const FAREWELL: Duration = Duration::from_secs(2);
/// A previous engine of this process may still be closing its files.
const HOLD_TRIES: u32 = 40;
const HOLD_PAUSE: Duration = Duration::from_millis(50);
/// The file the runtime locks while it uses a directory.
const HOLD: &str = ".hold";

/// What the thread hands out when the ledger is up to date.
type Ready = (Opened, Metrics);

/// Starts an engine. Returns when the archive is open and the ledger has every block the archive
/// had processed; new final blocks follow.
pub fn start(config: Config, ledger: Arc<dyn Ledger>) -> Result<Engine, EngineError> {
    let mut plan = Plan::new(config, ledger.as_ref())?;
    wait_for_directory(&plan.config.directory)?;
    plan.resume = refill::resumed(&plan.config.directory)?;
    // Only to answer at once: later the network would have to break the engine to say so.
    TcpListener::bind(plan.config.listen).map_err(EngineError::Listen)?;
    let failure = Arc::new(Failure::default());
    let (opened, archive) = mpsc::sync_channel(1);
    let (stop, stopped) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let watched = failure.clone();
    let body = move || {
        supervise(plan, ledger, &watched, opened, stopped);
        drop::<oneshot::Sender<()>>(end);
    };
    let thread = std::thread::Builder::new().name("weal-engine".into());
    let thread = thread.spawn(body).map_err(EngineError::Thread)?;
    match archive.recv() {
        Ok((opened, metrics)) => {
            let running = Running { stop, thread };
            Ok(Engine::new(opened, metrics, failure, running, ended))
        }
        Err(_) => {
            let _ = thread.join();
            Err(EngineError::Stopped(failure.reason().unwrap_or_default()))
        }
    }
}

/// Runs the engine to its end. The library answers a fault of the disk with a panic: it is kept as
/// the reason, and the process lives on to tell it.
fn supervise(
    plan: Plan,
    ledger: Arc<dyn Ledger>,
    failure: &Failure,
    opened: mpsc::SyncSender<Ready>,
    stopped: oneshot::Receiver<()>,
) {
    let config = tokio::Config::new()
        .with_storage_directory(&plan.config.directory)
        .with_worker_threads(WORKERS)
        .with_max_blocking_threads(BLOCKING);
    let runner = tokio::Runner::new(config);
    let run = || runner.start(|context| run(context, plan, ledger, opened, stopped));
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(None) => tracing::debug!("the engine was stopped"),
        Ok(Some(reason)) => failure.record(reason),
        Err(panic) => failure.record_panic(panic.as_ref()),
    }
}

/// Runs until somebody wants a stop or a part ends; gives the reason in the second case.
async fn run(
    context: tokio::Context,
    plan: Plan,
    ledger: Arc<dyn Ledger>,
    opened: mpsc::SyncSender<Ready>,
    stopped: oneshot::Receiver<()>,
) -> Option<String> {
    let (parts, connections) = network::open(&context, &plan, settings::message_bytes_max(&plan));
    let figures = context.child("figures");
    let metrics: Metrics = Box::new(move || figures.encode());
    let opened = move |ready| drop(opened.send((ready, metrics)));
    let validate = wiring::validate(context.child("validator"), plan, parts, ledger, opened);
    let life = pin!(async move {
        match select(pin!(validate), connections).await {
            Either::Left((reason, _)) => reason,
            Either::Right(_) => "the network ended".into(),
        }
    });
    let reason = match select(life, stopped).await {
        Either::Left((reason, _)) => Some(reason),
        Either::Right(_) => None,
    };
    if context.stop(0, Some(FAREWELL)).await.is_err() {
        tracing::debug!("some parts of the engine had to be cut off");
    }
    reason
}

/// The runtime would wait for ever for a directory another process uses.
fn wait_for_directory(directory: &Path) -> Result<(), EngineError> {
    std::fs::create_dir_all(directory).map_err(EngineError::Directory)?;
    for _ in 0..HOLD_TRIES {
        match try_hold(directory) {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(HOLD_PAUSE),
            Err(TryLockError::Error(error)) => return Err(EngineError::Directory(error)),
        }
    }
    Err(EngineError::Occupied)
}

fn try_hold(directory: &Path) -> Result<(), TryLockError> {
    let open = |path| -> io::Result<File> {
        File::options().write(true).create(true).truncate(false).open(path)
    };
    open(directory.join(HOLD)).map_err(TryLockError::Error)?.try_lock()
}
