//! Memory: a node that is nearly full takes nothing more while it can still answer.
//!
//! 1. What the process may use is the least of: the limits of its own control group and of those
//!    above it (version 2 `memory.max`, version 1 `memory.limit_in_bytes`), and all memory of the
//!    machine.
//! 2. What it uses is its resident set.
//! 3. Beyond [`limits::MEMORY_PERCENT`] of that, operations are refused; reads go on.

use crate::limits;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long a reading counts: the system is asked at most twice a second.
const FRESH: Duration = Duration::from_millis(500);

/// What was read at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryReading {
    /// Bytes that the process holds in memory.
    pub used_bytes: u64,
    /// Bytes that it may hold before the system kills it.
    pub limit_bytes: u64,
}

impl MemoryReading {
    /// What the system says now; `None` where it does not say.
    pub fn now() -> Option<MemoryReading> {
        let used_bytes = resident_bytes(&fs::read_to_string("/proc/self/status").ok()?)?;
        Some(MemoryReading { used_bytes, limit_bytes: memory_limit_bytes()? })
    }

    /// Says how much is used if that is too much.
    fn shortage(self) -> Option<String> {
        let bearable = self.limit_bytes / 100 * limits::MEMORY_PERCENT;
        (self.used_bytes > bearable).then(|| {
            let (used, limit) = (self.used_bytes >> 20, self.limit_bytes >> 20);
            format!(
                "the memory is nearly full: {used} MB used of {limit} MB, and {} % is the most; \
                 give this process more, or wait",
                limits::MEMORY_PERCENT
            )
        })
    }
}

type Reader = Box<dyn Fn() -> Option<MemoryReading> + Send + Sync>;

/// Watches the memory of this process.
pub(crate) struct Memory {
    read: Reader,
    last: Mutex<Option<(Instant, Option<MemoryReading>)>>,
}

impl Memory {
    pub(crate) fn new(read: Reader) -> Memory {
        Memory { read, last: Mutex::new(None) }
    }

    /// Says what is wrong if too much is used. A system that does not say is not held against
    /// anybody.
    pub(crate) fn shortage(&self) -> Option<String> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = match *last {
            Some((at, reading)) if at.elapsed() < FRESH => reading,
            _ => {
                let reading = (self.read)();
                *last = Some((Instant::now(), reading));
                reading
            }
        };
        reading.and_then(MemoryReading::shortage)
    }
}

/// From the line `VmRSS:   77000 kB`.
fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    kilobytes(line)
}

fn kilobytes(text: &str) -> Option<u64> {
    let kilobytes: u64 = text.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// Bytes that this process may hold in memory before the system kills it.
pub fn memory_limit_bytes() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let machine = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    least(&groups, Path::new("/sys/fs/cgroup"), &machine)
}

/// Threads that this process may have, by its control group; `None` where nothing limits them.
pub fn task_limit() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let limits = limits_of(&groups, Path::new("/sys/fs/cgroup"), "pids", "pids.max", "pids.max");
    limits.into_iter().min()
}

fn least(groups: &str, root: &Path, machine: &str) -> Option<u64> {
    let total = machine.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let total = total.and_then(kilobytes);
    let names = ("memory.limit_in_bytes", "memory.max");
    let groups = limits_of(groups, root, "memory", names.0, names.1);
    // Version 1 writes "no limit" as a number larger than any machine.
    groups.into_iter().chain(total).min()
}

/// The limits of a process's own control group and of all above it. In a container the group's
/// path may be that of the host; then the root of what is mounted is its own.
fn limits_of(groups: &str, root: &Path, controller: &str, old: &str, new: &str) -> Vec<u64> {
    let mut found = Vec::new();
    for line in groups.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(_), Some(kinds), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let (top, file) = if kinds.is_empty() {
            (root.to_owned(), new)
        } else if kinds.split(',').any(|kind| kind == controller) {
            (root.join(controller), old)
        } else {
            continue;
        };
        let own = top.join(path.trim_start_matches('/'));
        let above = own.ancestors().take_while(|group| group.starts_with(&top));
        let files = above.map(|group| group.join(file)).collect::<Vec<PathBuf>>();
        let texts = files.iter().filter_map(|file| fs::read_to_string(file).ok());
        found.extend(texts.filter_map(|text| text.trim().parse::<u64>().ok()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn with(used_bytes: u64, limit_bytes: u64) -> Option<String> {
        Memory::new(Box::new(move || Some(MemoryReading { used_bytes, limit_bytes }))).shortage()
    }

    #[test]
    fn nearly_full_memory_is_told_before_the_system_kills_the_process() {
        assert_eq!(with(800 << 20, 1000 << 20), None);
        let reason = with((800 << 20) + 1, 1000 << 20).unwrap();
        assert!(
            reason.starts_with("the memory is nearly full: 800 MB used of 1000 MB"),
            "{reason}"
        );
    }

    #[test]
    fn a_system_that_does_not_say_is_not_held_against_anybody() {
        assert_eq!(Memory::new(Box::new(|| None)).shortage(), None);
    }

    #[test]
    fn the_system_is_not_asked_for_every_operation() {
        let asked = Arc::new(AtomicU64::new(0));
        let count = asked.clone();
        let memory = Memory::new(Box::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Some(MemoryReading { used_bytes: 2, limit_bytes: 100 })
        }));
        let begun = Instant::now();
        for _ in 0..1_000 {
            assert_eq!(memory.shortage(), None);
        }
        let halves = begun.elapsed().as_millis() / FRESH.as_millis() + 1;
        assert!(u128::from(asked.load(Ordering::Relaxed)) <= halves);
    }

    /// A tree of control groups with these files.
    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    const MACHINE: &str = "MemTotal:        8388608 kB\nMemFree: 1 kB\n";

    #[test]
    fn the_least_of_all_limits_counts() {
        let own = |groups: &str, files: &[(&str, &str)]| {
            let root = tree(files);
            least(groups, root.path(), MACHINE)
        };
        let machine = Some(8 << 30);
        assert_eq!(own("", &[]), machine);
        let second = "0::/system.slice/weal.service\n";
        let limit = [("system.slice/weal.service/memory.max", "2147483648\n")];
        assert_eq!(own(second, &limit), Some(2 << 30));
        assert_eq!(own(second, &[("system.slice/weal.service/memory.max", "max\n")]), machine);
        assert_eq!(own(second, &[("system.slice/memory.max", "1048576\n")]), Some(1 << 20));
        let first = "4:memory:/weal\n3:cpu,cpuacct:/x\n";
        let limit = [("memory/weal/memory.limit_in_bytes", "1073741824\n")];
        assert_eq!(own(first, &limit), Some(1 << 30));
        let none = [("memory/weal/memory.limit_in_bytes", "9223372036854771712\n")];
        assert_eq!(own(first, &none), machine);
        // A container that sees the host's path and only its own group.
        let inside = [("memory/memory.limit_in_bytes", "1073741824\n")];
        assert_eq!(own("4:memory:/docker/abc\n", &inside), Some(1 << 30));
    }

    #[test]
    fn this_machine_says_what_it_has() {
        let reading = MemoryReading::now().unwrap();
        assert!(reading.used_bytes > 0 && reading.limit_bytes > reading.used_bytes);
    }
}
