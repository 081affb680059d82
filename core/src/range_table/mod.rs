//! Tables of models and serial ranges as regulators and makers publish them: read, checked row by
//! row against the families of a schema, and turned into a scope. Nothing here is guessed in
//! silence.

mod cells;
mod cover;
#[cfg(feature = "files")]
mod csv;
mod ends;
#[cfg(feature = "files")]
mod header;
mod models;
mod options;
mod overlaps;
mod reason;
mod report;
mod resolve;
mod row;
mod span;
mod speller;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use options::{Assumption, RangeTableOptions};
pub use reason::{Finding, RowOutcome, RowReason};
pub use report::{RangeTableReport, ReasonRows};
pub use row::TableRow;
pub use table::RangeTable;
