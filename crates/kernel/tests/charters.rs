//! What charters promise to those who pay into them and are paid by them, told as stories.

mod calendar;
mod explained;
mod faults;
mod gift;
mod money;
mod pension;
mod project;
mod queue;
pub mod raid;
mod receivable;
mod review;
mod sight;
