//! Work that blocks a thread: so much at once, so much waiting, and none for whoever has left.
//!
//! 1. Work takes a place; if all places are taken, or all of its address, it is refused at once.
//! 2. It waits for one of its address's threads, which are half of all, and then for one of all, in
//!    order of arrival, but not longer than its patience. So a crowd at one address slows others
//!    down and does not stand before them.
//! 3. If its reader leaves while it waits, its place comes free and it never begins.
//! 4. Once begun it ends, and keeps its thread until then.

use super::limits::DoorLimits;
use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

tokio::task_local! {
    /// For whom a request is worked.
    static ASKER: IpAddr;
}

/// Runs a request's handler for this address.
pub(crate) async fn asked_by<F: Future>(address: IpAddr, handler: F) -> F::Output {
    ASKER.scope(address, handler).await
}

/// For whom this request is worked. What the node reads for itself, such as a live feed, is of
/// nobody.
pub(crate) fn asker() -> IpAddr {
    ASKER.try_with(|address| *address).unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))
}

/// Threads that may block, and the places before them.
#[derive(Debug)]
pub(crate) struct Work {
    threads: Arc<Semaphore>,
    address_threads: usize,
    places_max: usize,
    address_max: usize,
    patience: Duration,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    all: usize,
    by_address: HashMap<IpAddr, Own>,
}

/// What one address has taken.
#[derive(Debug)]
struct Own {
    places: usize,
    threads: Arc<Semaphore>,
}

/// Why work was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Busy {
    /// All places are taken, or all of this address.
    #[error("too much work waits")]
    Crowded,
    /// It waited too long for a thread.
    #[error("no thread came free in time")]
    TooLong,
    /// It ended without an answer.
    #[error("{0}")]
    Failed(String),
}

/// A place, until it is dropped.
struct Place {
    work: Arc<Work>,
    address: IpAddr,
}

impl Work {
    pub(super) fn new(limits: &DoorLimits) -> Arc<Work> {
        Arc::new(Work {
            threads: Arc::new(Semaphore::new(limits.work_at_once)),
            address_threads: limits.work_at_once.div_ceil(2),
            places_max: limits.work_at_once.saturating_add(limits.work_waiting),
            address_max: limits.work_per_address,
            patience: limits.work_patience,
            places: Mutex::default(),
        })
    }

    /// Does work on a thread that may block, when it is its turn.
    pub(crate) async fn run<T, F>(self: &Arc<Self>, work: F) -> Result<T, Busy>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let (place, own) = self.place(asker()).ok_or(Busy::Crowded)?;
        let threads = async {
            let own = own.acquire_owned().await;
            (own, self.threads.clone().acquire_owned().await)
        };
        let Ok(threads) = tokio::time::timeout(self.patience, threads).await else {
            return Err(Busy::TooLong);
        };
        let done = tokio::task::spawn_blocking(move || {
            let _held = (place, threads);
            work()
        });
        done.await.map_err(|error| Busy::Failed(error.to_string()))
    }

    fn place(self: &Arc<Self>, address: IpAddr) -> Option<(Place, Arc<Semaphore>)> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = places.by_address.get(&address).map_or(0, |own| own.places);
        if places.all >= self.places_max || taken >= self.address_max {
            return None;
        }
        places.all += 1;
        let nothing = || Own { places: 0, threads: Arc::new(Semaphore::new(self.address_threads)) };
        let own = places.by_address.entry(address).or_insert_with(nothing);
        own.places += 1;
        Some((Place { work: self.clone(), address }, own.threads.clone()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.work.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.all = places.all.saturating_sub(1);
        if let Some(own) = places.by_address.get_mut(&self.address) {
            own.places = own.places.saturating_sub(1);
            if own.places == 0 {
                places.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    fn work(at_once: usize, waiting: usize, per_address: usize, patience: Duration) -> Arc<Work> {
        Work::new(&DoorLimits {
            work_at_once: at_once,
            work_waiting: waiting,
            work_per_address: per_address,
            work_patience: patience,
            ..DoorLimits::default()
        })
    }

    const LONG: Duration = Duration::from_secs(600);

    #[tokio::test]
    async fn beyond_its_places_work_is_refused_at_once() {
        let work = work(1, 1, 10, LONG);
        let (go, wait) = mpsc::channel::<()>();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let first = work.clone();
        let first = tokio::spawn(async move {
            let block = move || {
                let _ = (begun.send(()), wait.recv());
            };
            first.run(block).await
        });
        has_begun.await.unwrap();
        let second = work.clone();
        let second = tokio::spawn(async move { second.run(|| 2).await });
        while work.places.lock().unwrap().all < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(work.run(|| 3).await, Err(Busy::Crowded));
        drop(go);
        assert_eq!((first.await.unwrap(), second.await.unwrap()), (Ok(()), Ok(2)));
        assert_eq!(work.run(|| 4).await, Ok(4));
    }

    #[tokio::test]
    async fn work_of_one_who_left_never_begins() {
        let work = work(1, 10, 10, LONG);
        let done = Arc::new(AtomicUsize::new(0));
        let thread = work.threads.clone().acquire_owned().await.unwrap();
        let count = done.clone();
        let mut left = Box::pin(work.run(move || count.fetch_add(1, Ordering::Relaxed)));
        assert!(futures::poll!(left.as_mut()).is_pending());
        drop(left);
        drop(thread);
        assert_eq!(work.run(|| 1).await, Ok(1));
        assert_eq!(done.load(Ordering::Relaxed), 0);
        assert_eq!(work.places.lock().unwrap().all, 0);
    }

    #[tokio::test]
    async fn one_address_does_not_have_all_places() {
        let work = work(1, 10, 1, LONG);
        let _thread = work.threads.clone().acquire_owned().await.unwrap();
        let one = IpAddr::from([192, 0, 2, 1]);
        let mut first = Box::pin(asked_by(one, work.run(|| 1)));
        assert!(futures::poll!(first.as_mut()).is_pending());
        assert_eq!(asked_by(one, work.run(|| 2)).await, Err(Busy::Crowded));
        let mut other = Box::pin(asked_by(IpAddr::from([192, 0, 2, 2]), work.run(|| 3)));
        assert!(futures::poll!(other.as_mut()).is_pending());
    }

    #[tokio::test]
    async fn a_crowd_at_one_address_has_half_of_the_threads() {
        let work = work(4, 100, 100, LONG);
        let (go, wait) = mpsc::channel::<()>();
        let wait = Arc::new(Mutex::new(wait));
        let one = IpAddr::from([192, 0, 2, 1]);
        let crowd: Vec<_> = (0..50)
            .map(|_| {
                let (work, wait) = (work.clone(), wait.clone());
                let block = move || drop(wait.lock().map(|wait| wait.recv()));
                tokio::spawn(asked_by(one, async move { work.run(block).await }))
            })
            .collect();
        while work.places.lock().unwrap().all < 50 {
            tokio::task::yield_now().await;
        }
        let other = asked_by(IpAddr::from([192, 0, 2, 2]), work.run(|| 1)).await;
        assert_eq!(other, Ok(1));
        drop(go);
        for member in crowd {
            assert_eq!(member.await.unwrap(), Ok(()));
        }
    }

    #[tokio::test]
    async fn who_waits_too_long_is_told_so() {
        let work = work(1, 10, 10, Duration::ZERO);
        let _thread = work.threads.clone().acquire_owned().await.unwrap();
        assert_eq!(work.run(|| 1).await, Err(Busy::TooLong));
    }
}
