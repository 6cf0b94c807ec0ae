//! `weal demo --tamper`: changes one byte, in a receipt and on disk, and shows both caught.

use super::demo::{open, receipt, tick};
use super::output::{self, Exit, Failure};
use crate::serve::Live;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use weal_proof::Receipt;
use weal_services::book::Reader;

/// Runs the demonstration; fails if anything goes unnoticed.
pub(crate) fn run(live: Arc<Live>, reader: Reader, home: &Path) -> Result<(), Failure> {
    let index = live.node().position().header.log_size / 2;
    let good = serde_json::to_vec(&receipt(&live, index)?).map_err(Failure::error)?;
    Receipt::from_bytes(&good).and_then(|r| r.check()).map_err(Failure::error)?;
    tick(&format!("the receipt of entry {index} is good"));
    in_the_receipt(&good)?;
    drop((live, reader));
    on_disk(home)
}

/// One character of the payload, as a forger would change a quantity.
fn in_the_receipt(good: &[u8]) -> Result<(), Failure> {
    let text = String::from_utf8_lossy(good);
    let start = text.find("\"payload\":\"").map(|at| at + 60);
    let mut bad = good.to_vec();
    let byte = start.and_then(|at| bad.get_mut(at));
    let byte = byte.ok_or_else(|| Failure::error("the receipt is too short"))?;
    *byte = if *byte == b'A' { b'B' } else { b'A' };
    match Receipt::from_bytes(&bad).and_then(|r| r.check()) {
        Err(reason) => {
            tick(&format!("one byte of it changed: {reason}"));
            Ok(())
        }
        Ok(_) => Err(Failure::new(Exit::Proof, "a changed receipt was taken for good")),
    }
}

/// One byte in the middle of the archive of blocks, with everything derived from it removed.
fn on_disk(home: &Path) -> Result<(), Failure> {
    for derived in ["state", "log", "book"] {
        std::fs::remove_dir_all(home.join(derived)).map_err(Failure::error)?;
    }
    let file = largest(&home.join("engine"), "blocks")
        .ok_or_else(|| Failure::error("the archive of blocks was not found"))?;
    let mut bytes = std::fs::read(&file).map_err(Failure::error)?;
    let middle = bytes.iter().rposition(|byte| *byte != 0).unwrap_or_default() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    std::fs::write(&file, bytes).map_err(Failure::error)?;
    let name = file.strip_prefix(home).unwrap_or(&file).display().to_string();
    match open(home) {
        Err(failure) => {
            tick(&format!("byte {middle} of {name} changed on disk: {}", failure.message));
            output::line("both changes were caught")
        }
        Ok((live, _)) => {
            let reason = live.node().failed();
            match reason {
                Some(reason) => {
                    tick(&format!("byte {middle} of {name} changed on disk: {reason}"));
                    output::line("both changes were caught")
                }
                None => Err(Failure::new(Exit::Proof, "a changed byte on disk went unnoticed")),
            }
        }
    }
}

/// The largest file below a directory whose path holds a word.
fn largest(directory: &Path, word: &str) -> Option<PathBuf> {
    let mut found: Option<(u64, PathBuf)> = None;
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).ok()?.flatten() {
            let (path, Ok(metadata)) = (entry.path(), entry.metadata()) else { continue };
            if metadata.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().contains(word)
                && path.to_string_lossy().contains("value")
                && found.as_ref().is_none_or(|(size, _)| metadata.len() > *size)
            {
                found = Some((metadata.len(), path));
            }
        }
    }
    found.map(|(_, path)| path)
}
