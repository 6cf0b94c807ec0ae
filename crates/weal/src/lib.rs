//! The faces of Commonweal: command line, HTTP API and pages, which say the same in the same words.

pub mod api;
pub mod app;
pub mod backup;
pub mod cli;
pub mod door;
mod keeping;
pub mod metrics;
mod newcomers;
pub mod pages;
pub mod serve;
pub mod solo;
pub mod upstream;
pub mod witness;
