//! Makes a mirror's directory that of the one who keeps the book alone, after a restore.

use crate::directory::Directory;
use crate::limits;
use crate::store::Store;
use std::fs;

/// Moves the final blocks of a mirror into the archive of an engine, which must not exist yet. The
/// node must not be running, and nobody else may keep the book.
pub fn reseat(directory: &Directory) -> Result<(), String> {
    let mirror = directory.join("mirror");
    let store = Store::open(&mirror).map_err(|e| format!("{}: {e}", mirror.display()))?;
    let blocks = (1..=store.height()).map(move |height| {
        let sealed = store.get(height).map_err(|e| format!("block {height}: {e}"))?;
        let sealed = sealed.ok_or_else(|| format!("block {height} is missing"))?;
        Ok((sealed.block, sealed.certificate))
    });
    let engine = directory.join("engine");
    weal_engine::refill(&engine, limits::BODY_BYTES, blocks).map_err(|e| e.to_string())?;
    fs::remove_dir_all(&mirror).map_err(|e| format!("{}: {e}", mirror.display()))
}
