//! What registrations are loaded from.

use std::fmt;
#[cfg(feature = "files")]
use std::path::Path;

#[cfg(feature = "arrow")]
use arrow_array::RecordBatch;

use crate::error::Result;
use crate::index::ingest::units::Source;
#[cfg(feature = "files")]
use crate::index::ingest::units::owned;
use crate::schema::Record;

/// Registrations to load: described one by one, as Arrow record batches, or in Parquet or CSV
/// files.
///
/// # Examples
///
/// ```
/// use seriatim::{Record, Registrations, Value};
///
/// let registrations = Registrations::records([
///     Record::of_serial("A001").with("owner", Value::Text("o-17".into())),
/// ]);
/// # drop(registrations);
/// ```
pub struct Registrations<'a>(pub(super) Source<'a>);

impl<'a> Registrations<'a> {
    /// Registrations described one by one, with the fields as columns: a key and an owner are
    /// text, `channels` is a list of texts. The first 16,384 records tell which fields there
    /// are. An empty namespace is none.
    pub fn records(records: impl IntoIterator<Item = Record, IntoIter: 'a>) -> Self {
        Registrations(Source::Records(Box::new(records.into_iter().map(Ok))))
    }

    /// As [`records`](Registrations::records), from a source that may fail; its first error ends
    /// the load.
    pub fn try_records(records: impl IntoIterator<Item = Result<Record>, IntoIter: 'a>) -> Self {
        Registrations(Source::Records(Box::new(records.into_iter())))
    }

    /// Registrations in Arrow record batches of one schema; the first error of the iterator ends
    /// the load.
    #[cfg(feature = "arrow")]
    pub fn batches(batches: impl IntoIterator<Item = Result<RecordBatch>, IntoIter: 'a>) -> Self {
        Registrations(Source::Batches(Box::new(batches.into_iter())))
    }

    /// Registrations in Parquet files of one schema, read in this order.
    #[cfg(feature = "files")]
    pub fn parquet(paths: impl IntoIterator<Item: AsRef<Path>>) -> Self {
        Registrations(Source::Parquet(owned(paths)))
    }

    /// Registrations in CSV files (RFC 4180, UTF-8, a header line), read in this order. An empty
    /// field is missing.
    #[cfg(feature = "files")]
    pub fn csv(paths: impl IntoIterator<Item: AsRef<Path>>) -> Self {
        Registrations(Source::Csv(owned(paths)))
    }
}

impl fmt::Debug for Registrations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Source::Records(_) => "Registrations::records",
            #[cfg(feature = "arrow")]
            Source::Batches(_) => "Registrations::batches",
            #[cfg(feature = "files")]
            Source::Parquet(_) => "Registrations::parquet",
            #[cfg(feature = "files")]
            Source::Csv(_) => "Registrations::csv",
        })
    }
}
