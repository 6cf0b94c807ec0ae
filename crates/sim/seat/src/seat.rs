//! A node's place in the simulated world: its clock, its disk, and who notices when it breaks.

use crate::disk::{Disk, Plate};
use commonware_runtime::deterministic::Context;
use commonware_runtime::telemetry::metrics::{Metric, Registered};
use commonware_runtime::{
    BlobVersion, Clock, Error, Handle, Metrics, Name, Spawner, Storage, Supervisor, signal,
};
use futures::FutureExt as _;
use governor::clock::{Clock as GovernorClock, ReasonablyRealtime};
use rand_core::{TryCryptoRng, TryRng};
use std::any::Any;
use std::convert::Infallible;
use std::ops::RangeInclusive;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::time::{Duration, SystemTime};

/// What stays with a node through all its lives.
pub struct Desk {
    /// Its disk.
    pub disk: Arc<Disk>,
    skew_ms: AtomicI64,
    panic: Mutex<(Option<String>, Option<Waker>)>,
}

impl Desk {
    /// A desk with this disk and a clock that is right.
    pub fn new(disk: Disk) -> Self {
        Desk { disk: Arc::new(disk), skew_ms: AtomicI64::new(0), panic: Mutex::default() }
    }

    /// Puts the clock forward by so much; back, if negative.
    pub fn set_clock(&self, skew_ms: i64) {
        self.skew_ms.store(skew_ms, Ordering::Relaxed);
    }

    fn shift(&self, time: SystemTime, sign: i64) -> SystemTime {
        let skew = self.skew_ms.load(Ordering::Relaxed).saturating_mul(sign);
        let by = Duration::from_millis(skew.unsigned_abs());
        let shifted = if skew >= 0 { time.checked_add(by) } else { time.checked_sub(by) };
        shifted.unwrap_or(time)
    }

    /// Forgets what the last life died of.
    pub fn begin(&self) {
        *self.panic.lock().unwrap_or_else(PoisonError::into_inner) = (None, None);
    }

    fn panicked(&self, panic: &(dyn Any + Send)) {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        let mut known = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
        known.0.get_or_insert(format!("panic: {}", text.unwrap_or("without words")));
        if let Some(waker) = known.1.take() {
            waker.wake();
        }
    }

    /// Resolves when a part of the node panicked, as the engine's thread would end.
    pub async fn broken(&self) -> String {
        futures::future::poll_fn(|context| {
            let mut known = self.panic.lock().unwrap_or_else(PoisonError::into_inner);
            match &known.0 {
                Some(reason) => std::task::Poll::Ready(reason.clone()),
                None => {
                    known.1 = Some(context.waker().clone());
                    std::task::Poll::Pending
                }
            }
        })
        .await
    }
}

/// The runtime as one node sees it.
pub struct Seat {
    inner: Context,
    desk: Arc<Desk>,
}

impl Seat {
    /// A node at this desk.
    pub fn new(inner: Context, desk: Arc<Desk>) -> Self {
        Seat { inner, desk }
    }
}

impl Supervisor for Seat {
    fn name(&self) -> Name {
        self.inner.name()
    }

    fn child(&self, label: &'static str) -> Self {
        Seat { inner: self.inner.child(label), desk: self.desk.clone() }
    }

    fn with_attribute(self, key: &'static str, value: impl std::fmt::Display) -> Self {
        Seat { inner: self.inner.with_attribute(key, value), desk: self.desk }
    }
}

impl Spawner for Seat {
    fn shared(self, blocking: bool) -> Self {
        Seat { inner: self.inner.shared(blocking), desk: self.desk }
    }

    fn dedicated(self) -> Self {
        Seat { inner: self.inner.dedicated(), desk: self.desk }
    }

    fn spawn<F, Fut, T>(self, f: F) -> Handle<T>
    where
        F: FnOnce(Self) -> Fut + Send + 'static,
        Fut: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let Seat { inner, desk } = self;
        let watch = desk.clone();
        inner.spawn(move |inner| {
            let future = AssertUnwindSafe(f(Seat { inner, desk })).catch_unwind();
            async move {
                match future.await {
                    Ok(value) => value,
                    Err(panic) => {
                        watch.panicked(panic.as_ref());
                        futures::future::pending().await
                    }
                }
            }
        })
    }

    async fn stop(self, value: i32, timeout: Option<Duration>) -> Result<(), Error> {
        self.inner.stop(value, timeout).await
    }

    fn stopped(&self) -> signal::Signal {
        self.inner.stopped()
    }
}

impl Metrics for Seat {
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

impl GovernorClock for Seat {
    type Instant = SystemTime;

    fn now(&self) -> SystemTime {
        self.current()
    }
}

impl ReasonablyRealtime for Seat {}

impl Clock for Seat {
    fn current(&self) -> SystemTime {
        self.desk.shift(self.inner.current(), 1)
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send + 'static + use<> {
        self.inner.sleep(duration)
    }

    fn sleep_until(
        &self,
        deadline: SystemTime,
    ) -> impl Future<Output = ()> + Send + 'static + use<> {
        self.inner.sleep_until(self.desk.shift(deadline, -1))
    }
}

impl TryRng for Seat {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.inner.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.inner.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.inner.try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for Seat {}

impl Storage for Seat {
    type Blob = Plate;

    async fn open_versioned(
        &self,
        partition: &str,
        name: &[u8],
        versions: RangeInclusive<BlobVersion>,
    ) -> Result<(Plate, u64, BlobVersion), Error> {
        self.desk.disk.open(&self.inner, partition, name, versions).await
    }

    async fn remove(&self, partition: &str, name: Option<&[u8]>) -> Result<(), Error> {
        self.desk.disk.remove(&self.inner, partition, name).await
    }

    async fn scan(&self, partition: &str) -> Result<Vec<Vec<u8>>, Error> {
        self.desk.disk.scan(&self.inner, partition).await
    }
}
