//! `weal demo`: a made-up prefecture on the real engine, in one process.

use super::args::DemoArgs;
use super::houses::{self, House};
use super::node;
use super::output::{self, Failure, group};
use crate::serve::{self, Live};
use futures::executor::block_on;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use weal_node::{Outcome, Pending, SubmitError};
use weal_proof::{Envelope, Receipt};
use weal_services::book::Reader;
use weal_services::relief::scenario::{Scenario, Showcase};

const NAME: &str = "Qingchuan relief book";

/// Which institution goes dark, and which goes bad.
const DARK: usize = 3;
const BAD: usize = 5;

/// Runs the command.
pub(crate) fn run(args: &DemoArgs) -> Result<(), Failure> {
    let started = Instant::now();
    weal_node::raise_files().map_err(Failure::error)?;
    let home = Home::new(args.keep.as_deref())?;
    let count = if args.tamper { 1 } else { args.keepers };
    let mut houses = houses::found(&home.0, NAME, count, args.listen)?;
    let first = houses.first_mut();
    let first = first.and_then(|house| Some((house.live()?, house.listener()?)));
    let ((live, reader), listener) = first.ok_or_else(|| Failure::error("nobody started"))?;
    tick(&format!("a new book with keys made on the spot, kept in {}", home.0.display()));
    let network = live.node().directory().network;
    let mut scenario = Scenario::new(args.seed, network, serve::now());
    let mut story = scenario.prologue();
    if count > 1 {
        let keys: Vec<_> = houses.iter().map(House::keys).collect();
        story.extend(scenario.ask_to_join(serve::now(), &keys));
    }
    story.extend(scenario.found_funds(serve::now()));
    let others: Vec<_> = houses.iter().skip(1).filter_map(House::live).collect();
    let others: Vec<_> = others.into_iter().map(|(live, _)| live).collect();
    let entries = tell((&live, &others), &reader, story)?;
    tick(&format!("{} signed operations ordered, proven and indexed", group(entries)));
    let showcase =
        scenario.showcase().ok_or_else(|| Failure::error("the story has no showcase"))?;
    if args.tamper {
        houses::stop_all(&mut houses);
        return super::tamper::run(live, reader, &home.0);
    }
    for house in houses.iter_mut().skip(1) {
        house.open(houses::limits(count))?;
    }
    let base = format!("http://{}", listener.local_addr().map_err(Failure::error)?);
    let fate = Fate::new(args);
    ready(started, &base, &showcase);
    tell_of(&houses, &base, fate);
    output::note("");
    output::note("Ctrl-C ends it.");
    let stop = Arc::new(AtomicBool::new(false));
    let teller = (args.pace > 0).then(|| go_on(live.clone(), scenario, args.pace, stop.clone()));
    let fates = fate.run(houses, stop.clone());
    let limits = houses::limits(count);
    let result = node::runtime()?.block_on(async {
        listener.set_nonblocking(true).map_err(Failure::error)?;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(Failure::error)?;
        serve::serve(listener, (live, reader), limits).await.map_err(Failure::error)
    });
    stop.store(true, Ordering::Relaxed);
    for thread in teller.into_iter().chain([fates]) {
        let _ = thread.join();
    }
    result
}

/// What happens to the institutions: seconds after which one goes dark and one goes bad.
#[derive(Debug, Clone, Copy)]
struct Fate {
    dark: Option<u64>,
    bad: Option<u64>,
}

impl Fate {
    /// As many fail as the book can bear: none of one, one of four, two of seven.
    fn new(args: &DemoArgs) -> Fate {
        let wish = |seconds: u64| Some(seconds).filter(|seconds| *seconds > 0);
        match args.keepers {
            7 => Fate { dark: wish(args.dark_after), bad: wish(args.bad_after) },
            4 => Fate { dark: wish(args.dark_after), bad: None },
            _ => Fate { dark: None, bad: None },
        }
    }

    /// Lets it happen; stops all institutions at the end.
    fn run(self, mut houses: Vec<House>, stop: Arc<AtomicBool>) -> JoinHandle<()> {
        std::thread::spawn(move || {
            let (begun, mut liar) = (Instant::now(), None);
            let (mut dark, mut bad) = (self.dark, self.bad);
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(100));
                let seconds = begun.elapsed().as_secs();
                if dark.take_if(|after| *after <= seconds).is_some()
                    && let Some(house) = houses.get_mut(DARK)
                {
                    house.stop();
                    tick(&format!("{} has gone dark", house.keeper.name));
                }
                if bad.take_if(|after| *after <= seconds).is_some()
                    && let Some(house) = houses.get_mut(BAD)
                {
                    match house.go_bad() {
                        Ok(lies) => liar = Some(lies),
                        Err(failure) => tracing::warn!(failure.message, "nobody went bad"),
                    }
                    tick(&format!("{} signs votes that contradict each other", house.keeper.name));
                }
            }
            drop(liar);
            houses::stop_all(&mut houses);
        })
    }
}

/// Who keeps the book, where, and what will happen to them.
fn tell_of(houses: &[House], base: &str, fate: Fate) {
    if houses.len() < 2 {
        return;
    }
    output::note("");
    output::note(&format!(
        "{} institutions keep this book on this machine; see {base}/nodes",
        if houses.len() == 7 { "Seven" } else { "Four" }
    ));
    for House { keeper, .. } in houses {
        output::note(&format!("  {}/    {}", keeper.web, keeper.name));
    }
    for (seconds, at, what) in [
        (fate.dark, DARK, "goes dark: its node and its pages stop"),
        (fate.bad, BAD, "goes bad: it signs two votes that contradict each other"),
    ] {
        if let (Some(seconds), Some(house)) = (seconds, houses.get(at)) {
            output::note(&format!("After {seconds} s {} {what}.", house.keeper.name));
        }
    }
    if fate.dark.is_some() || fate.bad.is_some() {
        output::note("The others go on.");
    }
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

/// Operations of the story that wait at a time.
const TOLD_AT_ONCE: usize = weal_node::limits::BLOCK_OFFERS * 3 / 4;

/// Submits operations in order and waits until all are final and indexed. Each is handed to all
/// institutions at once: the story is right in its own order only, and whoever leads while the
/// institutions still connect would otherwise put what it has before what it lacks. For the same
/// reason no more of it waits at a time than fits a block: of more, everybody gets a fair share.
fn tell(
    (live, others): (&Arc<Live>, &[Arc<Live>]),
    reader: &Reader,
    story: Vec<Envelope>,
) -> Result<u64, Failure> {
    let bar = node::progress(story.len() as u64, "operations");
    let mut waiting = VecDeque::with_capacity(TOLD_AT_ONCE);
    let from = live.node().standing().key;
    for envelope in &story {
        // As the first institution spreads it: with its signature, if it brings somebody in.
        let bytes = live.node().as_spread(&envelope.to_bytes());
        for other in others {
            // The first one says what is wrong.
            let _ = other.node().hear(from, &bytes);
        }
        if waiting.len() >= TOLD_AT_ONCE
            && let Some(first) = waiting.pop_front()
        {
            settle(first)?;
        }
        waiting.push_back(submit(live, envelope)?);
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
            Err(SubmitError::Short(reason) | SubmitError::Stopped(reason)) => {
                return Err(Failure::error(reason));
            }
            Err(error @ SubmitError::TooManyNewcomers) => return Err(Failure::error(error)),
        }
    }
}

fn settle(pending: Pending) -> Result<(), Failure> {
    match pending {
        Pending::Waiting(told) => settled(block_on(told).ok()),
        _ => Ok(()),
    }
}

fn settled(outcome: Option<Outcome>) -> Result<(), Failure> {
    match outcome {
        Some(Outcome::Final { .. }) => Ok(()),
        Some(Outcome::Refused(refused)) => Err(refused.into()),
        Some(Outcome::Crowded(_)) => Err(Failure::error("the node had no room")),
        None => Err(Failure::error("the node stopped")),
    }
}

/// As [`settle`], but gives up when the demonstration ends: the others that would have to agree may
/// have stopped already.
fn settle_unless(stop: &AtomicBool, pending: Pending) -> Result<(), Failure> {
    let Pending::Waiting(mut told) = pending else { return Ok(()) };
    while !stop.load(Ordering::Relaxed) {
        match told.try_recv() {
            Ok(None) => std::thread::sleep(Duration::from_millis(10)),
            Ok(outcome) => return settled(outcome),
            Err(_) => return settled(None),
        }
    }
    Ok(())
}

/// Goes on with the story at a human pace, so that the pages move.
fn go_on(
    live: Arc<Live>,
    mut scenario: Scenario,
    pace: u64,
    stop: Arc<AtomicBool>,
) -> JoinHandle<()> {
    std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(pace));
            for envelope in scenario.next(serve::now()) {
                let told = submit(&live, &envelope);
                if let Err(failure) = told.and_then(|told| settle_unless(&stop, told)) {
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
        "  weal fund check ten-for-one            can this pay what it promises?".to_owned(),
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
