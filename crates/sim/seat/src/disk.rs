//! A node's disk: its part of the simulated storage, with everything a real disk does to people.
//!
//! 1. Every node sees only partitions that begin with its own name.
//! 2. Writes and syncs fail, are slow, or find the disk full, as its mood says.
//! 3. What was written and not synced is remembered here. After a crash the storage has lost all of
//!    it; [`Disk::tear`] then puts back some of it, whole or in part, as a disk may.

use crate::chance::Chance;
use commonware_runtime::deterministic::{self, Context};
use commonware_runtime::{
    Blob, BlobVersion, Clock as _, Error, Handle, IoBufs, IoBufsMut, ReadOptions, Storage as _,
    WriteOptions,
};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the disk does to those who use it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mood {
    /// So many writes of a thousand fail.
    pub write_fails: u64,
    /// So many reads of a thousand fail.
    pub read_fails: u64,
    /// So many syncs of a thousand fail.
    pub sync_fails: u64,
    /// There is no room.
    pub full: bool,
    /// A sync takes so long.
    pub slow_ms: u64,
    /// A sync does nothing and says it is done: no honest disk.
    pub lies: bool,
}

type File = (String, Vec<u8>);

/// Something done to a file that a crash may undo.
enum Unsynced {
    Write(u64, Vec<u8>),
    Resize(u64),
}

struct Open {
    versions: RangeInclusive<BlobVersion>,
    changes: Vec<Unsynced>,
}

struct Inner {
    mood: Mood,
    chance: Chance,
    unsynced: BTreeMap<File, Open>,
    partitions: BTreeSet<String>,
    failed: bool,
}

/// A node's disk; it outlives the node's lives.
pub struct Disk {
    name: String,
    inner: Mutex<Inner>,
}

impl Disk {
    /// The disk of the node with this name.
    pub fn new(name: String, chance: Chance) -> Self {
        let inner = Inner {
            mood: Mood::default(),
            chance,
            unsynced: BTreeMap::new(),
            partitions: BTreeSet::new(),
            failed: false,
        };
        Disk { name, inner: Mutex::new(inner) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the mood.
    pub fn set(&self, change: impl FnOnce(&mut Mood)) {
        change(&mut self.lock().mood);
    }

    /// Whether an operation failed since the last time this was asked.
    pub fn take_failed(&self) -> bool {
        std::mem::take(&mut self.lock().failed)
    }

    fn partition(&self, name: &str) -> String {
        format!("{}-{name}", self.name)
    }

    /// What this operation meets.
    fn meet(&self, fails: impl Fn(&Mood) -> u64, needs_room: bool) -> Result<u64, Error> {
        let mut inner = self.lock();
        let mood = inner.mood;
        let full = mood.full && needs_room;
        if full || inner.chance.per_mille(fails(&mood)) {
            inner.failed = true;
            let reason = if full { "the disk is full" } else { "the disk failed" };
            return Err(std::io::Error::other(reason).into());
        }
        Ok(mood.slow_ms)
    }

    fn note(&self, file: &File, change: Unsynced) {
        if let Some(open) = self.lock().unsynced.get_mut(file) {
            open.changes.push(change);
        }
    }

    fn synced(&self, file: &File) {
        if let Some(open) = self.lock().unsynced.get_mut(file) {
            open.changes.clear();
        }
    }

    /// After a crash: puts back some of what was never synced. Says whether anything was torn.
    pub async fn tear(&self, context: &Context) -> bool {
        let open = std::mem::take(&mut self.lock().unsynced);
        let mut torn = false;
        for ((partition, name), open) in open {
            let kept = self.choose(open.changes);
            if kept.is_empty() {
                continue;
            }
            let opened = context.open_versioned(&partition, &name, open.versions).await;
            let Ok((blob, _, _)) = opened else { continue };
            for change in kept {
                torn = true;
                let _ = match change {
                    Unsynced::Write(at, bytes) => {
                        blob.write_at(at, bytes, WriteOptions::default()).await
                    }
                    Unsynced::Resize(length) => blob.resize(length).await,
                };
            }
            let _ = blob.sync().await;
        }
        torn
    }

    /// Of each change nothing, all, a beginning or scattered bytes.
    fn choose(&self, changes: Vec<Unsynced>) -> Vec<Unsynced> {
        let mut inner = self.lock();
        let chance = &mut inner.chance;
        if chance.per_mille(400) {
            return Vec::new();
        }
        let mut kept = Vec::new();
        for change in changes {
            match (change, chance.between(0, 4)) {
                (_, 0) => {}
                (Unsynced::Write(at, mut bytes), 1) => {
                    let length = usize::try_from(chance.between(0, bytes.len() as u64 + 1));
                    bytes.truncate(length.unwrap_or(0));
                    kept.push(Unsynced::Write(at, bytes));
                }
                (Unsynced::Write(at, bytes), 2) => {
                    for (offset, byte) in (at..).zip(bytes) {
                        if chance.per_mille(700) {
                            kept.push(Unsynced::Write(offset, vec![byte]));
                        }
                    }
                }
                (change, _) => kept.push(change),
            }
        }
        kept
    }

    /// Removes every partition whose name holds this text: all of them for an empty one.
    pub async fn wipe(&self, context: &Context, text: &str) {
        let partitions = self.lock().partitions.clone();
        for partition in partitions.iter().filter(|name| name.contains(text)) {
            let _ = context.remove(partition, None).await;
            self.lock().unsynced.retain(|(other, _), _| other != partition);
        }
    }

    pub(crate) async fn open(
        self: &Arc<Self>,
        context: &Context,
        partition: &str,
        name: &[u8],
        versions: RangeInclusive<BlobVersion>,
    ) -> Result<(Plate, u64, BlobVersion), Error> {
        self.meet(|_| 0, true)?;
        let file = (self.partition(partition), name.to_vec());
        self.lock().partitions.insert(file.0.clone());
        let opened = context.open_versioned(&file.0, name, versions.clone()).await?;
        self.lock().unsynced.insert(file.clone(), Open { versions, changes: Vec::new() });
        use commonware_runtime::Supervisor as _;
        let (blob, size, version) = opened;
        let plate = Plate { blob, file, disk: self.clone(), context: context.child("disk") };
        Ok((plate, size, version))
    }

    pub(crate) async fn remove(
        &self,
        context: &Context,
        partition: &str,
        name: Option<&[u8]>,
    ) -> Result<(), Error> {
        let partition = self.partition(partition);
        context.remove(&partition, name).await?;
        let gone = |(other, file): &File| *other == partition && name.is_none_or(|n| n == file);
        self.lock().unsynced.retain(|file, _| !gone(file));
        Ok(())
    }

    pub(crate) async fn scan(
        &self,
        context: &Context,
        partition: &str,
    ) -> Result<Vec<Vec<u8>>, Error> {
        context.scan(&self.partition(partition)).await
    }
}

/// An open file on a node's disk.
pub struct Plate {
    blob: deterministic::Blob,
    file: File,
    disk: Arc<Disk>,
    context: Context,
}

impl Plate {
    async fn ready_to_sync(&self) -> Result<bool, Error> {
        let slow_ms = self.disk.meet(|mood| mood.sync_fails, false)?;
        if slow_ms > 0 {
            self.context.sleep(Duration::from_millis(slow_ms)).await;
        }
        Ok(!self.disk.lock().mood.lies)
    }
}

impl Blob for Plate {
    async fn read_at_buf(
        &self,
        offset: u64,
        len: usize,
        bufs: impl Into<IoBufsMut> + Send,
        options: ReadOptions,
    ) -> Result<IoBufsMut, Error> {
        self.disk.meet(|mood| mood.read_fails, false)?;
        self.blob.read_at_buf(offset, len, bufs, options).await
    }

    async fn read_at(
        &self,
        offset: u64,
        len: usize,
        options: ReadOptions,
    ) -> Result<IoBufsMut, Error> {
        self.disk.meet(|mood| mood.read_fails, false)?;
        self.blob.read_at(offset, len, options).await
    }

    async fn write_at(
        &self,
        offset: u64,
        bufs: impl Into<IoBufs> + Send,
        options: WriteOptions,
    ) -> Result<(), Error> {
        self.disk.meet(|mood| mood.write_fails, true)?;
        let bufs: IoBufs = bufs.into();
        let lies = self.disk.lock().mood.lies;
        let options = if lies { options.without(WriteOptions::SYNC) } else { options };
        if !options.contains(WriteOptions::SYNC) {
            let mut bytes = Vec::with_capacity(bufs.len());
            bufs.for_each_chunk(|chunk| bytes.extend_from_slice(chunk));
            self.disk.note(&self.file, Unsynced::Write(offset, bytes));
        }
        self.blob.write_at(offset, bufs, options).await
    }

    async fn resize(&self, len: u64) -> Result<(), Error> {
        self.disk.meet(|mood| mood.write_fails, true)?;
        self.disk.note(&self.file, Unsynced::Resize(len));
        self.blob.resize(len).await
    }

    async fn sync(&self) -> Result<(), Error> {
        if self.ready_to_sync().await? {
            self.blob.sync().await?;
            self.disk.synced(&self.file);
        }
        Ok(())
    }

    async fn start_sync(&self) -> Handle<()> {
        match self.ready_to_sync().await {
            Ok(true) => {
                let handle = self.blob.start_sync().await;
                self.disk.synced(&self.file);
                handle
            }
            Ok(false) => Handle::ready(Ok(())),
            Err(error) => Handle::ready(Err(error)),
        }
    }
}
