//! Records: signed statements with a schema, and what others say about them.
//!
//! Its law: nothing is edited; a record is corroborated, disputed, corrected, superseded,
//! withdrawn or hidden by further records. The text stays in the log; the state keeps standings.

pub mod apply;
pub mod op;
pub mod state;
