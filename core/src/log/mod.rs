//! The append-only log under registrations and ledgers: what is acknowledged is lasting, and what
//! is there can be proved whole.
//!
//! A [`Log`] is a folder of files. Records are opaque bytes with a sequence each; those that are
//! written together make a frame, which holds the hash of the frame before. A [`Reader`] follows a
//! log that grows, [`salvage`] exports what a damaged one still holds. A frame that is bad is taken
//! for the end of the log only where nothing intact follows: everything else is damage, which is
//! refused and never repaired in silence. `docs/format.md` has the bytes.

mod file;
mod follow;
mod frame;
mod head;
#[expect(clippy::module_inception, reason = "the file of the type `Log`")]
mod log;
mod options;
mod reader;
#[cfg(fuzzing)]
mod reseal;
mod salvage;
mod scan;
#[cfg(test)]
mod tests;
mod writer;

pub use file::LogId;
pub use follow::Record;
pub use head::{Head, Resume};
pub use log::{Log, Recovery, Ticket};
pub use options::LogOptions;
pub use reader::Reader;
#[cfg(fuzzing)]
pub(crate) use reseal::reseal;
pub use salvage::{Salvaged, salvage};
