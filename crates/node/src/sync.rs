//! The locks of pool and chain: those of the system, or those of the tool that tries all orders in
//! which threads may take them (feature `shuttle`, for tests only).

#[cfg(feature = "shuttle")]
pub(crate) use shuttle::sync::{Mutex, MutexGuard};
#[cfg(not(feature = "shuttle"))]
pub(crate) use std::sync::{Mutex, MutexGuard};
