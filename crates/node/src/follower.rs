//! The follower of the final log: what a read model implements, and the thread that feeds it.

use crate::limits;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use weal_kernel::block::FinalBlock;

/// Follows the final log, block by block.
pub trait Follower: Send + 'static {
    /// Height of the last block followed; 0 if none was.
    fn height(&self) -> Result<u64, String>;

    /// Follows these blocks, in order, all or none.
    fn follow(&mut self, blocks: &[FinalBlock]) -> Result<(), String>;
}

/// A thread with a follower on it.
pub(crate) struct Feed {
    blocks: Option<SyncSender<FinalBlock>>,
    thread: Option<JoinHandle<()>>,
    progress: Arc<Progress>,
}

/// How far the follower is.
#[derive(Debug, Default)]
struct Progress {
    state: Mutex<(u64, Option<String>)>,
}

impl Progress {
    fn lock(&self) -> std::sync::MutexGuard<'_, (u64, Option<String>)> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Feed {
    pub(crate) fn start(
        mut follower: Box<dyn Follower>,
        notify: impl Fn(u64) + Send + 'static,
    ) -> Result<Feed, String> {
        let (blocks, given) = sync_channel(limits::FOLLOWER_BLOCKS);
        let progress = Arc::new(Progress::default());
        progress.lock().0 = follower.height()?;
        let shared = progress.clone();
        let run = move || {
            while let Some(batch) = next_batch(&given) {
                let Some(last) = batch.last().map(|block| block.header.height) else { continue };
                match follower.follow(&batch) {
                    Ok(()) => {
                        shared.lock().0 = last;
                        notify(last);
                    }
                    Err(reason) => {
                        tracing::error!(reason, "the read model stopped following the log");
                        shared.lock().1 = Some(reason);
                        return;
                    }
                }
            }
        };
        let thread = std::thread::Builder::new().name("follower".into()).spawn(run);
        let thread = thread.map_err(|e| e.to_string())?;
        Ok(Feed { blocks: Some(blocks), thread: Some(thread), progress })
    }

    /// Gives the follower a block; waits while it lags too far behind.
    pub(crate) fn give(&self, block: FinalBlock) {
        if let Some(blocks) = &self.blocks {
            let _ = blocks.send(block);
        }
    }

    /// Height of the last block followed.
    pub(crate) fn height(&self) -> u64 {
        self.progress.lock().0
    }

    /// Why the follower stopped, if it did.
    pub(crate) fn failed(&self) -> Option<String> {
        self.progress.lock().1.clone()
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.blocks = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Waits for a block, then takes what else is there, up to a limit.
fn next_batch(given: &Receiver<FinalBlock>) -> Option<Vec<FinalBlock>> {
    let first = given.recv().ok()?;
    let mut operations = first.entries.len();
    let mut batch = vec![first];
    while operations < limits::FOLLOWER_OPERATIONS {
        let Ok(block) = given.try_recv() else { break };
        operations += block.entries.len();
        batch.push(block);
    }
    Some(batch)
}
