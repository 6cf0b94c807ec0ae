//! Can this pay what it promises? Runs a charter's own rules forward and says so in one sentence.
//!
//! 1. A [`Situation`] says who is in a charter and what it holds, in cells of cases that are alike,
//!    never in persons; [`Grouper`] makes cells of cases and loses no money.
//! 2. A [`Scenario`] says what is assumed: lives, returns, wages, joiners, leavers.
//! 3. [`project`] runs all flows month by month, for 75 years or until the charter ends, and checks
//!    in every month that what came in less what went out is what the pots gained.
//! 4. [`assess`] does so for several scenarios, measures, and puts the charter into one of seven
//!    classes, decided from its structure and its figures, never from its name or kind.
//!
//! All of it is whole numbers without chance but for the seeded fan: two nodes find the same.
//!
//! Assumptions that are not scenarios: everybody pays what the plan asks, calendar flows run after
//! it, evidence that lets money move is shown, evidence that only holds it up is not, nobody waits,
//! the brake is not used, and whoever may take out promised money does so when the charter ends.

mod balance;
mod calendar;
mod class;
mod error;
mod forward;
mod group;
pub mod limits;
mod lines;
mod lives;
mod measure;
mod month;
mod parts;
mod report;
mod rounds;
mod scenario;
mod situation;
mod verdict;
mod world;

pub use class::Class;
pub use error::AssessError;
pub use forward::{Projection, project};
pub use group::{Grouper, group};
pub use lines::{FanYear, MonthLine, Outcome, YearLine};
pub use lives::LIVES_SOURCE;
pub use measure::{Measures, RunOnIt};
pub use report::{Assessment, Scenarios, assess, assess_with};
pub use rounds::{RoundLine, Rounds};
pub use scenario::Scenario;
pub use situation::{Cell, Situation, TYPICAL_YEAR};
pub use verdict::Verdict;
