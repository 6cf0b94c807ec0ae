//! Why the engine stopped by itself: the first reason counts.

use std::any::Any;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Shared by the thread that runs the engine and the handles of those who use it.
#[derive(Default)]
pub(crate) struct Failure {
    reason: OnceLock<String>,
    asked: AtomicBool,
}

impl Failure {
    /// Somebody wants the engine to stop: what breaks from now on is no failure.
    pub(crate) fn ask_to_stop(&self) {
        self.asked.store(true, Ordering::SeqCst);
    }

    /// Keeps the reason unless there is an earlier one or the stop was wanted.
    pub(crate) fn record(&self, reason: String) {
        if self.asked.load(Ordering::SeqCst) {
            tracing::debug!(reason, "while stopping");
            return;
        }
        tracing::error!(reason, "the engine stops");
        let _ = self.reason.set(reason);
    }

    /// Keeps what a panic said.
    pub(crate) fn record_panic(&self, panic: &(dyn Any + Send)) {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        self.record(format!("panic: {}", text.unwrap_or("without words")));
    }

    /// The first reason, if any.
    pub(crate) fn reason(&self) -> Option<String> {
        self.reason.get().cloned()
    }
}
