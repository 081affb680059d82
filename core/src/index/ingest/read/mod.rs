//! Readers: from whatever units come in to checked and typed blocks of rows.

#[cfg(feature = "arrow")]
mod arrow;
#[cfg(feature = "arrow")]
mod batches;
#[cfg(feature = "files")]
mod csv;
mod faults;
#[cfg(feature = "files")]
mod parquet;
mod reader;
mod records;
#[cfg(feature = "arrow")]
mod texts;
mod values;

pub(super) use reader::{Job, Reader, open};
