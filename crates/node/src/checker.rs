//! Checks signatures, many at once, on its own threads.

use crate::limits;
use crate::pool::{Item, Pool};
use chacha20::ChaCha20Rng;
use rand_core::SeedableRng as _;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use weal_kernel::{Refusal, Signed};
use weal_proof::keys::verify_batch;

/// The threads and the queue before them; the pool bounds how long it gets.
pub(crate) struct Checker {
    queue: Option<Sender<Item>>,
    threads: Vec<JoinHandle<()>>,
}

impl Checker {
    pub(crate) fn start(pool: Arc<Pool>, threads: usize) -> std::io::Result<Checker> {
        let (queue, given) = channel();
        let given = Arc::new(Mutex::new(given));
        let spawn = |number: usize| {
            let (pool, given) = (pool.clone(), given.clone());
            let builder = std::thread::Builder::new().name(format!("checker-{number}"));
            builder.spawn(move || {
                while let Some(items) = next_batch(&given) {
                    check(&pool, items);
                }
            })
        };
        let threads = (0..threads.max(1)).map(spawn).collect::<Result<_, _>>()?;
        Ok(Checker { queue: Some(queue), threads })
    }

    /// Queues an operation that has its place in the pool.
    pub(crate) fn push(&self, item: Item) {
        if let Some(queue) = &self.queue {
            let _ = queue.send(item);
        }
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn next_batch(given: &Mutex<Receiver<Item>>) -> Option<Vec<Item>> {
    let given = given.lock().unwrap_or_else(PoisonError::into_inner);
    let mut items = vec![given.recv().ok()?];
    while items.len() < limits::CHECK_BATCH {
        let Ok(item) = given.try_recv() else { break };
        items.push(item);
    }
    Some(items)
}

fn check(pool: &Pool, items: Vec<Item>) {
    if are_signed(items.iter().map(|item| &*item.signed)) {
        pool.checked(&items);
        return;
    }
    let (good, bad): (Vec<_>, Vec<_>) =
        items.into_iter().partition(|item| item.signed.envelope.verify().is_ok());
    for item in bad {
        let key = item.signed.envelope.verify().err();
        let key = key.map(|key| key.to_string()).unwrap_or_default();
        pool.refuse(&item, Refusal::BadSignature.at("/signatures", key));
    }
    pool.checked(&good);
}

/// Whether every signature on every operation is valid.
pub(crate) fn are_signed<'a>(operations: impl Iterator<Item = &'a Signed>) -> bool {
    let messages: Vec<_> = operations.map(Signed::signatures).collect();
    let items = messages.iter().flat_map(|(message, signatures)| {
        signatures.iter().map(|(key, signature)| (*key, message.as_slice(), *signature))
    });
    let mut seed = [0; 32];
    if getrandom::fill(&mut seed).is_err() {
        return false;
    }
    verify_batch(items, ChaCha20Rng::from_seed(seed))
}
