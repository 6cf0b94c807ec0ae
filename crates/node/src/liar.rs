//! A validator that contradicts itself on purpose, for demonstrations: see [`weal_engine::lie`].

use crate::chain::Outlets;
use crate::node::{Config, NodeError, begin, engine_config};
use std::sync::Arc;
pub use weal_engine::Liar;

/// Lets the key of this configuration sign votes that exclude each other. The node that used the
/// key must have stopped, and the directory must be another one with the same first page.
pub fn lie(config: &Config) -> Result<Liar, NodeError> {
    let outlets = Outlets {
        follow: Box::new(drop),
        save: Box::new(drop),
        check: Box::new(drop),
        accuse: Box::new(drop),
    };
    let directory = &config.directory;
    let chain = begin(directory, Arc::default(), outlets);
    let chain = chain.map_err(|e| NodeError::Io(directory.path().to_owned(), e))?;
    Ok(weal_engine::lie(engine_config(directory, config, None), &chain)?)
}
