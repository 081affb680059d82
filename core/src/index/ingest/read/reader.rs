//! What every reader does.

use super::records::Records;
use crate::error::Result;
use crate::index::ingest::block::Block;
use crate::index::ingest::shape::{InputColumn, Shape};
use crate::index::ingest::units::Source;
use crate::pool::Halt;
use crate::schema::Schema;

/// Work that reads some rows; jobs run in parallel, and their blocks are joined in their order.
pub(in crate::index::ingest) type Job<'j> =
    Box<dyn FnOnce(&Shape, &Halt) -> Result<Vec<Block>> + Send + 'j>;

/// An input, read once from its start to its end.
pub(in crate::index::ingest) trait Reader {
    /// The columns it has; where its rows may leave some out, those of the schema too.
    fn columns(&mut self, schema: &Schema) -> Result<Vec<InputColumn>>;

    /// Whether a row may have columns that others do not have.
    fn rows_vary(&self) -> bool {
        false
    }

    /// Some serials of all its parts, before any row is read; none where it can be read only once.
    fn sample(&mut self, shape: &Shape) -> Result<Vec<String>>;

    /// The next jobs, about so many; none at the end.
    fn jobs(&mut self, count: usize) -> Result<Vec<Job<'static>>>;

    /// Some serials of the jobs given last, where they are many and were not sampled beforehand.
    fn sample_jobs(&mut self, shape: &Shape) -> Result<Vec<String>> {
        let _ = shape;
        Ok(Vec::new())
    }

    /// How many rows there are, where it says so beforehand.
    fn rows_total(&self) -> Option<u64>;
}

/// Opens an input.
pub(in crate::index::ingest) fn open(source: Source<'_>) -> Result<Box<dyn Reader + '_>> {
    Ok(match source {
        Source::Records(records) => Box::new(Records::new(records)),
        #[cfg(feature = "arrow")]
        Source::Batches(batches) => Box::new(super::batches::Batches::new(batches)),
        #[cfg(feature = "files")]
        Source::Parquet(paths) => Box::new(super::parquet::ParquetFiles::open(paths)?),
        #[cfg(feature = "files")]
        Source::Csv(paths) => Box::new(super::csv::CsvFiles::open(paths)?),
    })
}
