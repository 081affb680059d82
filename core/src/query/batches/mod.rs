//! The units of a set with their values, in serial order: as records, and as Arrow record batches.
//!
//! Units are taken a [`Page`](pages::Page) at a time, and of each column the values of a page are
//! read segment by segment and chunk by chunk, so that units which lie together are read together.

#[cfg(feature = "arrow")]
mod arrow;
mod cells;
mod pages;
mod records;
mod serial_column;

#[cfg(feature = "arrow")]
pub use arrow::UnitBatches;
pub use records::RecordIter;
