//! A mirror: follows the book of others, checks everything, and votes on nothing.
//!
//! 1. One thread fetches final blocks from another node, ahead of what is checked. An answer has at
//!    most [`limits::MIRROR_ANSWER_BYTES`].
//! 2. Before a block is kept its body must hash to what its header names, and the header must
//!    follow the one before: network, height, parent, time. Blocks that no certificate covers yet
//!    are kept up to [`limits::MIRROR_OPEN_BYTES`].
//! 3. Each run of blocks must end in a certified one; the certificate must be a quorum's of the
//!    epoch's validators, whom this mirror knows from its own state.
//! 4. All signatures, of validators and on operations, are checked together.
//! 5. The blocks are stored durably, then executed; the state must be the one the header names.
//! 6. If an epoch begins in which this node's own key is a validator's, the mirror ends, and the
//!    node takes part in ordering from that block on.
//!
//! What the other node sends can delay a mirror. It can make it neither accept anything that a
//! quorum of validators did not sign, nor hold more than these limits.

use crate::chain::Chain;
use crate::checker::are_good;
use crate::limits;
use crate::open::{Open, follows};
use crate::store::{Sealed, Store};
use bytes::Bytes;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use weal_engine::Ledger as _;
use weal_kernel::Signed;
use weal_proof::certificate::{Certificate, quorum, signed_bytes};
use weal_proof::keys::{PublicKey, Signature};
use weal_proof::{Genesis, Hash, Header};

/// Another node: final blocks come from it, and operations go to it. Calls may block for seconds.
pub trait Source: Send + 'static {
    /// Final blocks from this height on, each as [`Sealed::write`] writes it; nothing if there is
    /// none yet.
    fn blocks(&mut self, from: u64) -> Result<Vec<u8>, String>;

    /// What hands operations on to that node; it is called from another thread.
    fn outbox(&mut self) -> Box<dyn FnMut(Bytes) + Send>;
}

/// A pause when there is nothing new.
const IDLE: Duration = Duration::from_millis(200);
/// A pause after the other node could not be reached or sent what does not hold.
const TROUBLE: Duration = Duration::from_secs(2);
/// Answers fetched ahead.
const AHEAD: usize = 2;

/// The thread that fetches; it gives back the other node.
type Fetcher = Option<JoinHandle<Box<dyn Source>>>;

/// What a mirror needs.
pub(crate) struct Mirror {
    pub(crate) chain: Arc<Chain>,
    pub(crate) store: Arc<Store>,
    pub(crate) genesis: Genesis,
    pub(crate) me: PublicKey,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) trouble: Arc<Trouble>,
}

/// The last thing that went wrong, and since when nothing went right.
#[derive(Default)]
pub(crate) struct Trouble(Mutex<Option<(String, Instant)>>);

impl Trouble {
    /// Something went wrong, or right.
    fn note(&self, trouble: Option<String>) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = last.as_ref().map_or_else(Instant::now, |(_, since)| *since);
        *last = trouble.map(|reason| (reason, since));
    }

    /// What is wrong, and for how long.
    pub(crate) fn now(&self) -> (Option<String>, Duration) {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = last.as_ref().map(|(reason, since)| (reason.clone(), since.elapsed()));
        last.map_or((None, Duration::ZERO), |(reason, age)| (Some(reason), age))
    }
}

/// How a mirror ends.
pub(crate) enum End {
    /// Somebody stopped it.
    Stopped,
    /// Its key is a validator's from the block after this certificate's on.
    Chosen(Vec<u8>),
    /// Its own disk failed.
    Failed(String),
}

/// A signature with the key and the bytes it is over.
type Check = (PublicKey, Arc<Vec<u8>>, Signature);

impl Mirror {
    /// Executes what the store has and the state lacks.
    pub(crate) fn catch_up(&self) -> Result<(), String> {
        let mut height = self.chain.applied();
        while height < self.store.height() {
            height += 1;
            let sealed = self.store.get(height).map_err(|e| format!("block {height}: {e}"))?;
            let sealed = sealed.ok_or_else(|| format!("block {height} is missing"))?;
            self.chain.finalize(&sealed.block, sealed.certificate)?;
        }
        Ok(())
    }

    /// Follows until one of the ends.
    pub(crate) fn run(&self, mut upstream: Box<dyn Source>) -> End {
        self.mend(upstream.as_mut());
        let mut upstream = Some(upstream);
        while !self.is_stopped() {
            if let Some(certificate) = self.chosen() {
                return End::Chosen(certificate);
            }
            let Some(source) = upstream.take() else { break };
            let (batches, fetcher) = self.fetch(source);
            let end = self.take_in(&batches);
            drop(batches);
            match fetcher.map(JoinHandle::join) {
                Some(Ok(source)) => upstream = Some(source),
                _ => return End::Failed("the fetching thread ended".into()),
            }
            match end {
                Err(Fault::Theirs(reason)) => {
                    tracing::warn!(reason, "what another node sent does not hold");
                    self.note(Some(reason));
                    std::thread::sleep(TROUBLE);
                }
                Err(Fault::Ours(reason)) => return End::Failed(reason),
                Ok(()) => {}
            }
        }
        End::Stopped
    }

    /// Fetches again what the disk does not give back as it was written.
    fn mend(&self, upstream: &mut dyn Source) {
        let damaged = (1..=self.store.height()).filter(|height| self.store.get(*height).is_err());
        for height in damaged {
            if self.is_stopped() {
                return;
            }
            match self.fetch_again(upstream, height) {
                Ok(()) => tracing::warn!(height, "a damaged block was fetched again"),
                Err(reason) => tracing::error!(height, reason, "a block stays damaged"),
            }
        }
    }

    /// A block is the right one if the next one, or the state, names its digest.
    fn fetch_again(&self, upstream: &mut dyn Source, height: u64) -> Result<(), String> {
        let last = self.chain.last().header;
        let digest = if height == last.height {
            last.digest()
        } else {
            let next = self.store.get(height + 1).map_err(|e| e.to_string())?;
            next.ok_or("the next block is missing, too")?.block.header.parent
        };
        let bytes = upstream.blocks(height)?;
        let sealed = Sealed::read(&mut bytes.as_slice()).ok_or("the answer is malformed")?;
        if sealed.block.header.digest() != digest {
            return Err("the answer is another block".into());
        }
        self.store.replace(height, &sealed).map_err(|e| e.to_string())
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn note(&self, trouble: Option<String>) {
        self.trouble.note(trouble);
    }

    /// Fetches in a thread of its own until nobody takes the answers any more.
    fn fetch(&self, mut source: Box<dyn Source>) -> (Receiver<Vec<Sealed>>, Fetcher) {
        let (give, batches) = sync_channel(AHEAD);
        let (stop, trouble) = (self.stop.clone(), self.trouble.clone());
        let mut from = self.chain.applied() + 1;
        let run = move || {
            while !stop.load(Ordering::Relaxed) {
                let (batch, pause) = match source.blocks(from).and_then(|bytes| read(&bytes)) {
                    Ok(batch) if batch.is_empty() => {
                        trouble.note(None);
                        (batch, IDLE)
                    }
                    Ok(batch) => (batch, Duration::ZERO),
                    Err(reason) => {
                        tracing::debug!(reason, "another node gives no blocks");
                        trouble.note(Some(reason));
                        (Vec::new(), TROUBLE)
                    }
                };
                from += batch.len() as u64;
                if give.send(batch).is_err() {
                    break;
                }
                std::thread::sleep(pause);
            }
            source
        };
        let thread = std::thread::Builder::new().name("mirror-fetch".into()).spawn(run);
        (batches, thread.ok())
    }

    /// Checks and takes what is fetched, until an epoch begins in which this node votes.
    fn take_in(&self, batches: &Receiver<Vec<Sealed>>) -> Result<(), Fault> {
        let mut open = Open::after(self.chain.last().header);
        while let Ok(batch) = batches.recv() {
            if self.is_stopped() {
                return Ok(());
            }
            if batch.is_empty() {
                continue;
            }
            open.keep(batch).map_err(Fault::Theirs)?;
            while let Some(run) = open.next_run(|height| self.genesis.epoch(height)) {
                self.check(&run).map_err(Fault::Theirs)?;
                self.store.append(&run).map_err(|e| Fault::Ours(format!("the disk: {e}")))?;
                for sealed in run {
                    let taken = self.chain.finalize(&sealed.block, sealed.certificate);
                    taken.map_err(Fault::Ours)?;
                }
                self.note(None);
                if self.chosen().is_some() {
                    return Ok(());
                }
            }
            open.is_bearable().map_err(Fault::Theirs)?;
        }
        Ok(())
    }

    /// Checks links, certificates and all signatures of a run.
    fn check(&self, run: &[Sealed]) -> Result<(), String> {
        let mut parent = self.chain.last().header;
        let epoch = self.genesis.epoch(parent.height + 1);
        let committee = self.chain.committee(epoch).ok_or("the epoch's validators are unknown")?;
        let mut committee: Vec<_> = committee.into_iter().map(|member| member.key).collect();
        committee.sort_unstable();
        let quorum_of = Validators { network: parent.network, epoch, committee };
        let mut checks = Vec::new();
        for sealed in run {
            let header = &sealed.block.header;
            follows(header, &parent)?;
            if let Some(certificate) = &sealed.certificate {
                certificate_checks(&quorum_of, header, certificate, &mut checks)?;
            }
            for signed in self.chain.operations(&sealed.block).ok_or("a body is malformed")? {
                operation_checks(&signed, &mut checks);
            }
            parent = header.clone();
        }
        if all_good(&checks) { Ok(()) } else { Err("a signature is wrong".into()) }
    }

    /// The certificate of the last block, if the next epoch's validators include this node.
    fn chosen(&self) -> Option<Vec<u8>> {
        let last = self.chain.last().header;
        if !self.genesis.ends_epoch(last.height) {
            return None;
        }
        let committee = self.chain.committee(self.genesis.epoch(last.height) + 1)?;
        if !committee.iter().any(|member| member.key == self.me) {
            return None;
        }
        self.store.get(last.height).ok().flatten()?.certificate
    }
}

/// Whose fault it is that a mirror cannot go on.
enum Fault {
    /// The other node's.
    Theirs(String),
    /// This node's.
    Ours(String),
}

/// The blocks of an answer, each with the body that its header names.
fn read(bytes: &[u8]) -> Result<Vec<Sealed>, String> {
    if bytes.len() > limits::MIRROR_ANSWER_BYTES {
        return Err(format!("an answer of {} bytes is longer than any node gives", bytes.len()));
    }
    let (mut rest, mut blocks) = (bytes, Vec::new());
    while !rest.is_empty() {
        let sealed = Sealed::read(&mut rest);
        blocks.push(sealed.ok_or("an answer is cut, or a body is not the one its header names")?);
    }
    Ok(blocks)
}

/// Those whose quorum makes blocks of an epoch final.
struct Validators {
    network: Hash,
    epoch: u64,
    /// Sorted bytewise.
    committee: Vec<PublicKey>,
}

/// What must be checked for a certificate; says at once what cannot hold.
fn certificate_checks(
    validators: &Validators,
    header: &Header,
    certificate: &[u8],
    checks: &mut Vec<Check>,
) -> Result<(), String> {
    let Validators { network, epoch, committee } = validators;
    let height = header.height;
    let certificate = Certificate::from_bytes(certificate).map_err(|e| e.to_string())?;
    let enough = certificate.signatures.len() as u64 >= quorum(committee.len() as u64);
    let about = certificate.digest == header.digest() && certificate.epoch == *epoch;
    if !about || !enough || certificate.committee != committee.len() as u64 {
        return Err(format!("the certificate of block {height} is not its quorum's"));
    }
    let message = Arc::new(signed_bytes(network, &certificate));
    for (signer, signature) in &certificate.signatures {
        let key = usize::try_from(*signer).ok().and_then(|at| committee.get(at));
        let key = key.ok_or_else(|| format!("a signer of block {height} is no validator"))?;
        checks.push((*key, message.clone(), *signature));
    }
    Ok(())
}

fn operation_checks(signed: &Signed, checks: &mut Vec<Check>) {
    let (message, signatures) = signed.signatures();
    let message = Arc::new(message);
    checks.extend(signatures.iter().map(|(key, signature)| (*key, message.clone(), *signature)));
}

/// Whether all signatures are valid; two halves at the same time.
fn all_good(checks: &[Check]) -> bool {
    let good = |checks: &[Check]| {
        are_good(checks.iter().map(|(key, message, signature)| (*key, &message[..], *signature)))
    };
    let (left, right) = checks.split_at(checks.len() / 2);
    std::thread::scope(|scope| {
        let check = move || left.is_empty() || good(left);
        let other = std::thread::Builder::new().spawn_scoped(scope, check);
        let right = right.is_empty() || good(right);
        // Where the system gives no further thread, this one does both.
        right && other.map_or_else(|_| check(), |thread| thread.join().unwrap_or(false))
    })
}
