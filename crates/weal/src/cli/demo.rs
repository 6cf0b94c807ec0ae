//! `weal demo`: a made-up prefecture on the real engine, in one process.

use super::args::DemoArgs;
use super::node;
use super::output::{self, Failure, group};
use crate::serve::{self, Live};
use futures::executor::block_on;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use weal_node::{Outcome, Pending, SubmitError};
use weal_proof::{Envelope, Receipt};
use weal_services::book::Reader;
use weal_services::relief::scenario::{Scenario, Showcase};

const NAME: &str = "Qingchuan relief book";

/// Runs the command.
pub(crate) fn run(args: &DemoArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let home = Home::new(args.keep.as_deref())?;
    node::create(&home.0, NAME)?;
    let (live, reader) = open(&home.0)?;
    tick(&format!("a new book with keys made on the spot, kept in {}", home.0.display()));
    let network = live.node().directory().network;
    let mut scenario = Scenario::new(args.seed, network, serve::now());
    let entries = tell(&live, &reader, scenario.prologue())?;
    tick(&format!("{} signed operations ordered, proven and indexed", group(entries)));
    let showcase =
        scenario.showcase().ok_or_else(|| Failure::error("the story has no showcase"))?;
    if args.tamper {
        return super::tamper::run(live, reader, &home.0);
    }
    let runtime = node::runtime()?;
    runtime.block_on(async {
        let listener = serve::listen(args.listen).await.map_err(|e| {
            Failure::error(e).help("another program uses this address: name another with --listen")
        })?;
        let address = listener.local_addr().map_err(Failure::error)?;
        ready(started, &format!("http://{address}"), &showcase);
        let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let teller =
            (args.pace > 0).then(|| go_on(live.clone(), scenario, args.pace, stop.clone()));
        let result = serve::serve(listener, live, reader).await.map_err(Failure::error);
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        if let Some(teller) = teller {
            let _ = teller.join();
        }
        result
    })
}

/// A directory that goes when the demonstration ends, unless it is to be kept.
struct Home(PathBuf, bool);

impl Home {
    fn new(keep: Option<&Path>) -> Result<Home, Failure> {
        if let Some(path) = keep {
            return Ok(Home(path.to_owned(), true));
        }
        let name = format!("weal-demo-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).map_err(Failure::error)?;
        Ok(Home(path, false))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if !self.1 {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

pub(crate) fn open(path: &Path) -> Result<(Arc<Live>, Reader), Failure> {
    let config = node::config(path, Duration::from_secs(10))?;
    serve::start(config, true).map_err(Failure::error)
}

pub(crate) fn tick(text: &str) {
    output::note(&format!("  ok  {text}"));
}

/// Submits operations in order and waits until all are final and indexed.
fn tell(live: &Arc<Live>, reader: &Reader, story: Vec<Envelope>) -> Result<u64, Failure> {
    let bar = node::progress(story.len() as u64, "operations");
    let mut waiting = Vec::with_capacity(story.len());
    for envelope in &story {
        waiting.push(submit(live, envelope)?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    for pending in waiting {
        settle(pending)?;
    }
    node::wait_until_indexed(live, reader, &indicatif::ProgressBar::hidden())?;
    Ok(live.node().position().header.log_size)
}

/// Hands in one operation; waits while the node asks to slow down.
fn submit(live: &Live, envelope: &Envelope) -> Result<Pending, Failure> {
    let bytes = envelope.to_bytes();
    loop {
        match live.node().submit(&bytes) {
            Ok((_, pending)) => return Ok(pending),
            Err(SubmitError::SenderBusy | SubmitError::NodeBusy) => {
                std::thread::sleep(Duration::from_millis(5));
            }
            Err(SubmitError::Refused(refused)) => return Err(refused.into()),
            Err(SubmitError::Stopped(reason)) => return Err(Failure::error(reason)),
        }
    }
}

fn settle(pending: Pending) -> Result<(), Failure> {
    let Pending::Waiting(told) = pending else { return Ok(()) };
    match block_on(told) {
        Ok(Outcome::Final { .. }) => Ok(()),
        Ok(Outcome::Refused(refused)) => Err(refused.into()),
        Err(_) => Err(Failure::error("the node stopped")),
    }
}

/// Goes on with the story at a human pace, so that the pages move.
fn go_on(
    live: Arc<Live>,
    mut scenario: Scenario,
    pace: u64,
    stop: Arc<std::sync::atomic::AtomicBool>,
) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(pace));
            for envelope in scenario.next(serve::now()) {
                if let Err(failure) = submit(&live, &envelope).and_then(settle) {
                    tracing::warn!(failure.message, "the story lost an operation");
                }
            }
        }
    })
}

fn ready(started: Instant, base: &str, showcase: &Showcase) {
    let seconds = started.elapsed().as_secs_f32();
    let (goods, money) = (&showcase.goods_claim_code, &showcase.money_claim_code);
    let lines = [
        String::new(),
        format!("Ready in {seconds:.1} s. Open {base}/"),
        "Everything in it is made up.".to_owned(),
        String::new(),
        "Then try, in another window:".to_owned(),
        format!("  weal trace {goods}     a box of respirators, from the donor to the ward"),
        format!("  weal trace {money}     money that became goods in three wards"),
        format!("  weal verify {goods}    its proof, checked on your own machine"),
        "  weal need list --urgency critical      who waits for what".to_owned(),
        "  weal balance                           does what came in cover what went out?"
            .to_owned(),
        "  weal watch                             new entries as they come".to_owned(),
        String::new(),
        "Ctrl-C ends it.".to_owned(),
    ];
    for line in lines {
        output::note(&line);
    }
}

/// The receipt of an entry, as a node gives it.
pub(crate) fn receipt(live: &Live, index: u64) -> Result<Receipt, Failure> {
    let receipt = block_on(live.node().receipt(index, &[])).map_err(Failure::error)?;
    receipt.ok_or_else(|| Failure::error("there is no such entry"))
}
