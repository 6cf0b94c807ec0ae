//! What the system says about this process: memory, processor time, open files. Linux only.

use super::text::Text;
use std::fs;

/// Ticks of processor time in a second, as Linux tells them to programs on every machine.
const TICKS_PER_S: u64 = 100;

/// What could be learnt.
#[derive(Debug, Default)]
pub(super) struct Process {
    pub(super) resident_bytes: Option<u64>,
    pub(super) cpu_ticks: Option<u64>,
    pub(super) open_files: Option<u64>,
}

impl Process {
    pub(super) fn look() -> Process {
        let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
        Process {
            resident_bytes: resident_bytes(&text("/proc/self/status")),
            cpu_ticks: cpu_ticks(&text("/proc/self/stat")),
            open_files: fs::read_dir("/proc/self/fd").ok().map(|files| files.count() as u64),
        }
    }

    pub(super) fn write(&self, text: &mut Text) {
        if let Some(bytes) = self.resident_bytes {
            text.one("process_resident_memory_bytes", &[], bytes);
        }
        if let Some(ticks) = self.cpu_ticks {
            let (whole, rest) = (ticks / TICKS_PER_S, ticks % TICKS_PER_S);
            text.one("process_cpu_seconds_total", &[], format!("{whole}.{rest:02}"));
        }
        if let Some(files) = self.open_files {
            text.one("process_open_fds", &[], files);
        }
    }
}

/// From the line `VmRSS:   77000 kB`.
fn resident_bytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// Fields 14 and 15; the second field is a name in brackets that may hold anything.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    user.checked_add(system)
}
