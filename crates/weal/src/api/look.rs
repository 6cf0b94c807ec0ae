//! One look at the book: a thread that may block, its turn, and one height for all that is read.

use super::Api;
use super::fault::Fault;
use super::limits::{CATCH_UP, READ_ATTEMPTS};
use super::problem::Problem;
use crate::app::Ledger;
use serde::Serialize;
use std::sync::{Mutex, PoisonError};
use utoipa::ToSchema;
use weal_kernel::Hash;
use weal_services::book::{BookError, Reader};

/// The block an answer describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct AsOf {
    /// Height of the newest block in lists and sums.
    pub(super) height: u64,
    /// Entries in the log up to there.
    pub(super) log_size: u64,
}

/// What is known of the newest block: the log's size at a height never changes.
#[derive(Debug, Default)]
pub(super) struct Memo(Mutex<Option<AsOf>>);

impl Memo {
    fn get(&self, height: u64) -> Option<AsOf> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|known| known.height == height)
    }

    fn set(&self, as_of: AsOf) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(as_of);
    }
}

/// The newest block in the book.
fn as_of(reader: &Reader, memo: &Memo) -> Result<AsOf, Problem> {
    for _ in 0..READ_ATTEMPTS {
        let height = reader.height()?;
        if let Some(known) = memo.get(height) {
            return Ok(known);
        }
        let newest = reader.records(None, None, 1)?.items.into_iter().next();
        let log_size = newest.map_or(0, |entry| entry.index.saturating_add(1));
        if reader.height()? == height {
            let as_of = AsOf { height, log_size };
            memo.set(as_of);
            return Ok(as_of);
        }
    }
    Err(too_fast())
}

/// Reads until nothing was followed meanwhile.
pub(super) fn steady<T>(
    reader: &Reader,
    memo: &Memo,
    read: &dyn Fn(&Reader) -> Result<T, BookError>,
) -> Result<(AsOf, T), Problem> {
    for _ in 0..READ_ATTEMPTS {
        let before = as_of(reader, memo)?;
        let found = read(reader)?;
        if reader.height()? == before.height {
            return Ok((before, found));
        }
    }
    Err(too_fast())
}

fn too_fast() -> Problem {
    Problem::new(Fault::NodeBusy, "blocks follow too fast to read one").retry_after(1)
}

impl Api {
    /// The newest block in the book.
    pub(super) async fn newest(&self) -> Result<AsOf, Problem> {
        let memo = self.memo.clone();
        self.book(move |reader| as_of(reader, &memo)).await
    }

    /// Reads the book on a thread that may block, once it is this request's turn.
    pub(super) async fn book<T, F>(&self, read: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&Reader) -> Result<T, Problem> + Send + 'static,
    {
        let reader = self.app.reader.clone();
        self.app.shares.work.run(move || read(&reader)).await?
    }

    /// What the book holds of an operation. Whoever was told that it is final finds it: if the
    /// lists do not have it yet, they are waited for.
    pub(super) async fn of_operation<T, F>(&self, id: Hash, read: F) -> Result<Option<T>, Problem>
    where
        T: Send + 'static,
        F: Fn(&Reader, &Hash) -> Result<Option<T>, BookError> + Clone + Send + Sync + 'static,
    {
        let look = || {
            let read = read.clone();
            self.book(move |reader| Ok(read(reader, &id)?))
        };
        if let Some(found) = look().await? {
            return Ok(Some(found));
        }
        let ledger = &self.app.ledger;
        if ledger.state().is_none_or(|state| state.index_of(&id).is_none()) {
            return Ok(None);
        }
        let (height, mut followed) = (ledger.status().height, ledger.follow());
        let caught_up = async { drop(followed.wait_for(|followed| *followed >= height).await) };
        let _ = tokio::time::timeout(CATCH_UP, caught_up).await;
        let lags = "it is final, and not in the lists of this node yet";
        let found = look().await?;
        found.map(Some).ok_or_else(|| Problem::new(Fault::NodeBusy, lags).retry_after(1))
    }

    /// Asks the ledger what blocks a thread, once it is this request's turn.
    pub(super) async fn ledger<T, F>(&self, ask: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Ledger) -> T + Send + 'static,
    {
        let ledger = self.app.ledger.clone();
        Ok(self.app.shares.work.run(move || ask(&*ledger)).await?)
    }
}
