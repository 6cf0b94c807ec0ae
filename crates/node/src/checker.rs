//! Checks signatures, many at once, on its own threads.

use crate::limits;
use crate::pool::{Item, Pool};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng as _;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use weal_kernel::{Refusal, Signed};
use weal_proof::keys::{PublicKey, Signature, verify_batch};

/// The threads and the queue before them; the pool bounds how long it gets.
pub(crate) struct Checker {
    /// `None` ends all threads; others hold the queue, too.
    queue: Sender<Option<Item>>,
    threads: Vec<JoinHandle<()>>,
}

impl Checker {
    /// Starts the threads; `good` is told of what they found good.
    pub(crate) fn start(
        pool: Arc<Pool>,
        threads: usize,
        good: impl Fn(&[Item]) + Send + Sync + 'static,
    ) -> std::io::Result<Checker> {
        let (queue, given) = channel();
        let given = Arc::new(Mutex::new(given));
        let good = Arc::new(good);
        let spawn = |number: usize| {
            let (pool, given, good) = (pool.clone(), given.clone(), good.clone());
            let queue = queue.clone();
            let builder = std::thread::Builder::new().name(format!("checker-{number}"));
            builder.spawn(move || {
                while let Some(items) = next_batch(&given, &queue) {
                    good(&check(&pool, items));
                }
            })
        };
        let threads = (0..threads.max(1)).map(spawn).collect::<Result<_, _>>()?;
        Ok(Checker { queue, threads })
    }

    /// Where operations are queued that have their place in the pool.
    pub(crate) fn queue(&self) -> Sender<Option<Item>> {
        self.queue.clone()
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        let _ = self.queue.send(None);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Waits for an operation and takes what else is there; `None` when it is over, for all.
fn next_batch(
    given: &Mutex<Receiver<Option<Item>>>,
    queue: &Sender<Option<Item>>,
) -> Option<Vec<Item>> {
    let given = given.lock().unwrap_or_else(PoisonError::into_inner);
    let mut items = Vec::new();
    while items.len() < limits::CHECK_BATCH {
        let next = if items.is_empty() { given.recv().ok() } else { given.try_recv().ok() };
        match next {
            Some(Some(item)) => items.push(item),
            None if !items.is_empty() => break,
            Some(None) | None => {
                let _ = queue.send(None);
                break;
            }
        }
    }
    (!items.is_empty()).then_some(items)
}

/// Tells the pool what is signed and what is not; returns what is.
pub fn check(pool: &Pool, items: Vec<Item>) -> Vec<Item> {
    if are_signed(items.iter().map(|item| &*item.signed)) {
        pool.checked(&items);
        return items;
    }
    let (good, bad): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|item| item.signed.envelope.verify().is_ok());
    for item in bad {
        let key = item.signed.envelope.verify().err();
        let key = key.map(|key| key.to_string()).unwrap_or_default();
        pool.refuse(&item, Refusal::BadSignature.at("/signatures", key));
    }
    pool.checked(&good);
    good
}

/// Whether every signature on every operation is valid.
pub(crate) fn are_signed<'a>(operations: impl Iterator<Item = &'a Signed>) -> bool {
    let messages: Vec<_> = operations.map(Signed::signatures).collect();
    let items = messages.iter().flat_map(|(message, signatures)| {
        signatures.iter().map(|(key, signature)| (*key, message.as_slice(), *signature))
    });
    are_good(items)
}

/// Whether all these signatures are valid, checked together.
pub(crate) fn are_good<'a>(items: impl Iterator<Item = (PublicKey, &'a [u8], Signature)>) -> bool {
    let mut seed = [0; 32];
    if getrandom::fill(&mut seed).is_err() {
        return false;
    }
    verify_batch(items, ChaCha20Rng::from_seed(seed))
}
