//! `weal import`: brings published lists into the book, as one-sided statements.
//!
//! 1. The importer is a principal of its own; what it says about others is its word alone.
//! 2. The time of the first run is kept beside the key: a run that was broken off goes on by being
//!    run again, with the same operations and the same ids.
//! 3. Operations are sent in order, many at once. Refusals are counted by code, with examples.

use super::args::{Cli, Format, ImportCommand};
use super::client::Client;
use super::output::{self, Exit, Failure, group};
use super::{keys, node};
use crate::serve::{self, Live};
use futures::executor::block_on;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weal_kernel::units::UnixMillis;
use weal_kernel::{Act, Hash};
use weal_node::{Outcome, Pending, SubmitError};
use weal_services::compose::{Signer, random_nonce};
use weal_services::relief::import::{self, FileStatus, Plan, Planned, Report};

/// The key an import uses unless another is named.
const IMPORTER: &str = "importer";
/// Operations sent at once to a node.
const BATCH: usize = 1_000;
/// Examples shown of each refusal.
const EXAMPLES: usize = 5;
/// An operation under an older clock is refused as too old, and under a new one it is another
/// operation: the lists would be imported twice.
const RESUME_MS: u64 = 29 * 24 * 60 * 60 * 1000;

/// Runs the command.
pub(crate) fn run(cli: &Cli, command: &ImportCommand) -> Result<(), Failure> {
    let ImportCommand::Relief { directory, data, check, report } = command;
    let door = match data {
        Some(path) if !check => Door::Own(Own::open(path)?),
        _ => Door::Node(Client::new(&cli.node)),
    };
    let started = Instant::now();
    let signer = if *check { nobody()? } else { importer(cli, &door)? };
    let plan = plan(directory, &signer)?;
    let mut tally = Tally::default();
    if !check {
        send(&door, &signer, &plan.operations, &mut tally)?;
        door.wait_until_indexed()?;
    }
    let seconds = started.elapsed().as_secs_f32();
    tell(cli, &plan.report, &tally, seconds)?;
    if let Some(path) = report {
        let whole = json!({ "plan": plan.report, "outcome": tally.to_json() });
        std::fs::write(path, output::pretty(&whole)).map_err(Failure::error)?;
    }
    let unusable = plan.report.files.iter().filter(|f| f.status == FileStatus::Refused).count();
    if unusable > 0 {
        return Err(Failure::error(format!("{unusable} files could not be used; see above")));
    }
    let lost = tally.refused.values().map(|(count, _)| count).sum::<u64>();
    match lost {
        0 => Ok(()),
        _ => Err(Failure::new(Exit::Refused, format!("{lost} operations were refused"))),
    }
}

/// Where operations go: over HTTP, or into a node of this process.
enum Door {
    Node(Client),
    Own(Own),
}

struct Own {
    live: Arc<Live>,
    reader: weal_services::book::Reader,
}

impl Own {
    fn open(path: &Path) -> Result<Own, Failure> {
        if !path.join("genesis.json").exists() {
            node::create(path, "Imported relief book")?;
        }
        let config = node::config(path, Duration::from_secs(60))?;
        let (live, reader) = serve::start(config, false).map_err(Failure::error)?;
        Ok(Own { live, reader })
    }
}

/// What the book says to one operation.
enum Answer {
    New,
    Before,
    Busy,
    Refused { code: String, detail: String },
}

impl Door {
    fn network(&self) -> Result<Hash, Failure> {
        match self {
            Door::Node(client) => client.network(),
            Door::Own(own) => Ok(own.live.node().directory().network),
        }
    }

    fn send(&self, envelopes: &[Vec<u8>]) -> Result<Vec<Answer>, Failure> {
        match self {
            Door::Node(client) => {
                client.batch(envelopes, true)?.iter().map(|line| Ok(read_line(line))).collect()
            }
            Door::Own(own) => own.send(envelopes),
        }
    }

    fn wait_until_indexed(&self) -> Result<(), Failure> {
        match self {
            Door::Node(_) => Ok(()),
            Door::Own(own) => {
                let bar = indicatif::ProgressBar::hidden();
                node::wait_until_indexed(&own.live, &own.reader, &bar)
            }
        }
    }
}

fn read_line(line: &Value) -> Answer {
    let text = |place: &str| line.pointer(place).and_then(Value::as_str).unwrap_or_default();
    let code = text("/problem/code").to_owned();
    let status = line.pointer("/problem/status").and_then(Value::as_u64);
    match (text("/status"), status) {
        ("final", _) if line.get("before").and_then(Value::as_bool) == Some(true) => Answer::Before,
        ("final", _) => Answer::New,
        ("received", _) | (_, Some(429 | 503)) => Answer::Busy,
        _ => Answer::Refused { code, detail: text("/problem/detail").to_owned() },
    }
}

impl Own {
    fn send(&self, envelopes: &[Vec<u8>]) -> Result<Vec<Answer>, Failure> {
        let mut pending = Vec::with_capacity(envelopes.len());
        for envelope in envelopes {
            pending.push(self.submit(envelope)?);
        }
        pending.into_iter().map(settle).collect()
    }

    fn submit(&self, envelope: &[u8]) -> Result<Result<Pending, weal_kernel::Refused>, Failure> {
        loop {
            match self.live.node().submit(envelope) {
                Ok((_, pending)) => return Ok(Ok(pending)),
                Err(SubmitError::Refused(refused)) => return Ok(Err(refused)),
                Err(SubmitError::Short(reason) | SubmitError::Stopped(reason)) => {
                    return Err(Failure::error(reason));
                }
                Err(error @ SubmitError::TooManyNewcomers) => return Err(Failure::error(error)),
                Err(SubmitError::SenderBusy | SubmitError::NodeBusy) => {
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
        }
    }
}

fn settle(pending: Result<Pending, weal_kernel::Refused>) -> Result<Answer, Failure> {
    let refused = |refused: weal_kernel::Refused| {
        let detail = format!("{}: {}", refused.place, refused.detail);
        Answer::Refused { code: refused.refusal.code().to_owned(), detail }
    };
    match pending {
        Err(reason) => Ok(refused(reason)),
        Ok(Pending::Before(_)) => Ok(Answer::Before),
        Ok(Pending::Waiting(told)) => match block_on(told) {
            Ok(Outcome::Final { .. }) => Ok(Answer::New),
            Ok(Outcome::Refused(reason)) => Ok(refused(reason)),
            Ok(Outcome::Crowded(_)) => {
                Err(Failure::error("the node had no room; import again, it goes on where it was"))
            }
            Err(_) => Err(Failure::error("the node stopped")),
        },
    }
}

/// The importer's signer; on first use its key is made and registered.
fn importer(cli: &Cli, door: &Door) -> Result<Signer, Failure> {
    let network = door.network()?;
    let name = cli.actor.as_deref().unwrap_or(IMPORTER);
    let key = match keys::load(name) {
        Ok(key) => key,
        Err(failure) if failure.exit == Exit::NotFound && name == IMPORTER => keys::create(name)?,
        Err(failure) => return Err(failure),
    };
    if let Some(id) = keys::principal(name, &network)? {
        return Ok(Signer::new(network, id, key));
    }
    let act: Act = serde_json::from_value(json!({ "principal.register": {
        "kind": "organisation",
        "name": "Importer of published lists",
        "keys": { "keys": [key.public()], "threshold": 1 },
    } }))
    .map_err(Failure::error)?;
    let new = Signer { network, actor: None, mandate: None, keys: vec![key.clone()] };
    let envelope = new.envelope(act, serve::now(), random_nonce().map_err(Failure::error)?);
    match door.send(&[envelope.to_bytes()])?.pop() {
        Some(Answer::New | Answer::Before) => {}
        Some(Answer::Refused { code, detail }) => {
            return Err(Failure::new(Exit::Refused, format!("{code}: {detail}")));
        }
        _ => return Err(Failure::new(Exit::Stale, "the node is busy: try again")),
    }
    keys::remember(name, &network, &envelope.id())?;
    Ok(Signer::new(network, envelope.id(), key))
}

/// A signer for checks, who signs nothing that is sent.
fn nobody() -> Result<Signer, Failure> {
    Ok(Signer::new(Hash::ZERO, Hash::ZERO, keys::random()?))
}

/// The time of the first run for this importer: the same again while it is young enough.
fn time_of_first_run(signer: &Signer) -> Result<UnixMillis, Failure> {
    let actor = signer.actor.unwrap_or_default();
    let path = keys::home()?.join("imports").join(format!("{}-{actor}", signer.network));
    let now = serve::now();
    if signer.network == Hash::ZERO {
        return Ok(serve::now());
    }
    let kept = std::fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
    match kept {
        Some(time) if now.0.saturating_sub(time) < RESUME_MS => Ok(UnixMillis(time)),
        Some(_) => Err(Failure::error("this importer's first run was more than 29 days ago")
            .help("what it imported is there; to import again, all of it, use another key (--as)")),
        None => {
            let parent = path.parent().map(Path::to_owned).unwrap_or_default();
            std::fs::create_dir_all(parent).map_err(Failure::error)?;
            std::fs::write(&path, now.0.to_string()).map_err(Failure::error)?;
            Ok(now)
        }
    }
}

fn plan(directory: &Path, signer: &Signer) -> Result<Plan, Failure> {
    let bar = node::progress(0, "lines");
    let mut show = |progress: import::Progress| {
        bar.set_message(progress.file);
        bar.set_length(progress.lines);
        bar.set_position(progress.done);
    };
    let plan = import::plan(directory, signer, time_of_first_run(signer)?, &mut show);
    bar.finish_and_clear();
    plan.map_err(Failure::error)
}

/// What became of the operations.
#[derive(Default)]
struct Tally {
    new: u64,
    before: u64,
    refused: BTreeMap<String, (u64, Vec<String>)>,
}

impl Tally {
    /// Whether nothing was sent at all.
    fn is_empty(&self) -> bool {
        self.new == 0 && self.before == 0 && self.refused.is_empty()
    }

    fn count(&mut self, planned: &Planned, answer: Answer) {
        match answer {
            Answer::New => self.new += 1,
            Answer::Before => self.before += 1,
            Answer::Refused { code, .. } if planned.may_exist && code == "ITEM-02" => {
                self.before += 1;
            }
            Answer::Refused { code, detail } => {
                let (count, examples) = self.refused.entry(code).or_default();
                *count += 1;
                if examples.len() < EXAMPLES {
                    examples.push(format!("{} line {}: {detail}", planned.file, planned.line));
                }
            }
            Answer::Busy => {}
        }
    }

    fn to_json(&self) -> Value {
        let refused = self.refused.iter().map(|(code, (count, examples))| {
            json!({ "code": code, "count": count, "examples": examples })
        });
        json!({
            "accepted": self.new,
            "there_before": self.before,
            "refused": refused.collect::<Vec<_>>(),
        })
    }
}

/// Sends all operations in order; what meets a busy node is sent again.
fn send(
    door: &Door,
    signer: &Signer,
    operations: &[Planned],
    tally: &mut Tally,
) -> Result<(), Failure> {
    let bar = node::progress(operations.len() as u64, "operations");
    for batch in operations.chunks(BATCH) {
        let mut left: Vec<&Planned> = batch.iter().collect();
        while !left.is_empty() {
            let envelopes: Vec<_> = left.iter().map(|p| p.sign(signer).to_bytes()).collect();
            let answers = door.send(&envelopes)?;
            if answers.len() != left.len() {
                return Err(Failure::error("the node answered to fewer operations than were sent"));
            }
            let mut busy = Vec::new();
            for (planned, answer) in left.into_iter().zip(answers) {
                match answer {
                    Answer::Busy => busy.push(planned),
                    answer => {
                        tally.count(planned, answer);
                        bar.inc(1);
                    }
                }
            }
            left = busy;
            if !left.is_empty() {
                std::thread::sleep(Duration::from_millis(500));
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}

fn tell(cli: &Cli, report: &Report, tally: &Tally, seconds: f32) -> Result<(), Failure> {
    if cli.output != Format::Table {
        let whole = json!({ "plan": report, "outcome": tally.to_json(), "seconds": seconds });
        return output::line(&output::pretty(&whole));
    }
    let rows: Vec<Value> = report.files.iter().map(|file| json!(file)).collect();
    let columns = &[
        ("FILE", "/file"),
        ("STATUS", "/status"),
        ("LINES", "/lines"),
        ("OPERATIONS", "/operations"),
        ("USED", "/used"),
        ("SKIPPED", "/skipped"),
        ("REPEATED", "/repeated"),
    ];
    output::rows(cli, &rows, columns)?;
    for file in &report.files {
        if let Some(advice) = &file.advice {
            output::line(&format!("{}: {advice}", file.file))?;
        }
        for issue in file.issues.values() {
            let place = issue.examples.first();
            let place = place.map(|e| format!(", first in line {} {}", e.line, e.column));
            output::line(&format!(
                "{}: {} x {} {}{}",
                file.file,
                issue.count,
                issue.code,
                issue.sentence,
                place.unwrap_or_default()
            ))?;
        }
    }
    let packs = &report.packs;
    output::line(&format!(
        "packs: {} defined, {} of unknown content ({} lines count in them; none counts as zero)",
        packs.defined, packs.unknown, packs.lines_unknown
    ))?;
    let names = &report.names;
    output::line(&format!(
        "names: {} different, {} resolved, {} lead to nobody (`weal unresolved` lists them)",
        names.names, names.resolved, names.unresolved
    ))?;
    if let Some(check) = &report.cross_check {
        output::line(&format!(
            "needs open after the stream: {}; in the final list: {}; in both and equal: {}",
            check.open, check.listed, check.agree
        ))?;
    }
    if tally.is_empty() {
        let operations = group(report.operations);
        return output::line(&format!("checked: {operations} operations to send, none was sent"));
    }
    output::line(&format!(
        "{} operations: {} accepted, {} there before, {} refused, in {seconds:.1} s",
        group(report.operations),
        group(tally.new),
        group(tally.before),
        tally.refused.values().map(|(count, _)| count).sum::<u64>()
    ))?;
    for (code, (count, examples)) in &tally.refused {
        output::line(&format!("refused with {code}: {count}, such as {}", examples.join("; ")))?;
    }
    Ok(())
}
