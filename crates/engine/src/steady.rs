//! A clock that never goes back, for whoever counts patience by it.
//!
//! Consensus gives up a view when so much time has passed. Counted by the clock on the wall, a
//! clock set back by an hour would make its validator wait for an hour. This clock stands still for
//! a moment instead: what the wall's clock lost is added from then on. Block times do not use it.

use commonware_runtime::telemetry::metrics::{Metric, Registered};
use commonware_runtime::{
    BlobVersion, Clock, Error, Handle, Metrics, Name, Spawner, Storage, Supervisor, signal,
};
use governor::clock::{Clock as GovernorClock, ReasonablyRealtime};
use rand_core::{TryCryptoRng, TryRng};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// What the wall's clock showed last, and what it has lost in all.
#[derive(Debug, Clone, Copy)]
struct Reading {
    wall: SystemTime,
    lost: Duration,
}

impl Reading {
    /// The steady time, now that the wall's clock shows this.
    fn steady(&mut self, wall: SystemTime) -> SystemTime {
        self.lost = self.lost.saturating_add(self.wall.duration_since(wall).unwrap_or_default());
        self.wall = wall;
        wall.checked_add(self.lost).unwrap_or(wall)
    }
}

/// A runtime whose clock never goes back; all else is that of the runtime inside.
pub(crate) struct Steady<E> {
    inner: E,
    reading: Arc<Mutex<Reading>>,
}

impl<E: Clock> Steady<E> {
    /// A runtime with a steady clock that now shows the same as the clock inside.
    pub(crate) fn new(inner: E) -> Self {
        let reading = Reading { wall: inner.current(), lost: Duration::ZERO };
        Steady { inner, reading: Arc::new(Mutex::new(reading)) }
    }
}

impl<E: Supervisor> Supervisor for Steady<E> {
    fn name(&self) -> Name {
        self.inner.name()
    }

    fn child(&self, label: &'static str) -> Self {
        Steady { inner: self.inner.child(label), reading: self.reading.clone() }
    }

    fn with_attribute(self, key: &'static str, value: impl std::fmt::Display) -> Self {
        Steady { inner: self.inner.with_attribute(key, value), reading: self.reading }
    }
}

impl<E: Spawner> Spawner for Steady<E> {
    fn shared(self, blocking: bool) -> Self {
        Steady { inner: self.inner.shared(blocking), reading: self.reading }
    }

    fn dedicated(self) -> Self {
        Steady { inner: self.inner.dedicated(), reading: self.reading }
    }

    fn spawn<F, Fut, T>(self, f: F) -> Handle<T>
    where
        F: FnOnce(Self) -> Fut + Send + 'static,
        Fut: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let Steady { inner, reading } = self;
        inner.spawn(move |inner| f(Steady { inner, reading }))
    }

    async fn stop(self, value: i32, timeout: Option<Duration>) -> Result<(), Error> {
        self.inner.stop(value, timeout).await
    }

    fn stopped(&self) -> signal::Signal {
        self.inner.stopped()
    }
}

impl<E: Metrics> Metrics for Steady<E> {
    fn register<N: Into<String>, H: Into<String>, M: Metric>(
        &self,
        name: N,
        help: H,
        metric: M,
    ) -> Registered<M> {
        self.inner.register(name, help, metric)
    }

    fn encode(&self) -> String {
        self.inner.encode()
    }
}

impl<E: Clock> GovernorClock for Steady<E> {
    type Instant = SystemTime;

    fn now(&self) -> SystemTime {
        self.current()
    }
}

impl<E: Clock> ReasonablyRealtime for Steady<E> {}

impl<E: Clock> Clock for Steady<E> {
    fn current(&self) -> SystemTime {
        let wall = self.inner.current();
        self.reading.lock().unwrap_or_else(PoisonError::into_inner).steady(wall)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send + 'static + use<E> {
        self.inner.sleep(duration)
    }

    fn sleep_until(
        &self,
        deadline: SystemTime,
    ) -> impl Future<Output = ()> + Send + 'static + use<E> {
        self.inner.sleep(deadline.duration_since(self.current()).unwrap_or_default())
    }
}

impl<E: TryRng> TryRng for Steady<E> {
    type Error = E::Error;

    fn try_next_u32(&mut self) -> Result<u32, E::Error> {
        self.inner.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, E::Error> {
        self.inner.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), E::Error> {
        self.inner.try_fill_bytes(bytes)
    }
}

impl<E: TryCryptoRng> TryCryptoRng for Steady<E> {}

impl<E: Storage> Storage for Steady<E> {
    type Blob = E::Blob;

    async fn open_versioned(
        &self,
        partition: &str,
        name: &[u8],
        versions: RangeInclusive<BlobVersion>,
    ) -> Result<(E::Blob, u64, BlobVersion), Error> {
        self.inner.open_versioned(partition, name, versions).await
    }

    async fn remove(&self, partition: &str, name: Option<&[u8]>) -> Result<(), Error> {
        self.inner.remove(partition, name).await
    }

    async fn scan(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        self.inner.scan(partition).await
    }
}
