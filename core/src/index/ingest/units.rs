//! What units are loaded from.

use std::fmt;
#[cfg(feature = "files")]
use std::path::{Path, PathBuf};

#[cfg(feature = "arrow")]
use arrow_array::RecordBatch;

use crate::error::Result;
use crate::schema::Record;

/// Units to load: described one by one, as Arrow record batches, or in Parquet or CSV files.
///
/// # Examples
///
/// ```
/// use seriatim::{Record, Units};
///
/// let units = Units::records(["A001", "A002"].map(Record::of_serial));
/// # drop(units);
/// ```
pub struct Units<'a>(pub(super) Source<'a>);

pub(super) enum Source<'a> {
    Records(Box<dyn Iterator<Item = Result<Record>> + 'a>),
    #[cfg(feature = "arrow")]
    Batches(Box<dyn Iterator<Item = Result<RecordBatch>> + 'a>),
    #[cfg(feature = "files")]
    Parquet(Vec<PathBuf>),
    #[cfg(feature = "files")]
    Csv(Vec<PathBuf>),
}

impl<'a> Units<'a> {
    /// Units described one by one. Without a declared schema the columns are those of the first
    /// 16,384 records, of the type in which each is first seen.
    pub fn records(records: impl IntoIterator<Item = Record, IntoIter: 'a>) -> Self {
        Units(Source::Records(Box::new(records.into_iter().map(Ok))))
    }

    /// As [`records`](Units::records), from a source that may fail; its first error ends the load.
    pub fn try_records(records: impl IntoIterator<Item = Result<Record>, IntoIter: 'a>) -> Self {
        Units(Source::Records(Box::new(records.into_iter())))
    }

    /// Units in Arrow record batches of one schema; the first error of the iterator ends the load.
    #[cfg(feature = "arrow")]
    pub fn batches(batches: impl IntoIterator<Item = Result<RecordBatch>, IntoIter: 'a>) -> Self {
        Units(Source::Batches(Box::new(batches.into_iter())))
    }

    /// Units in Parquet files of one schema, read in this order.
    #[cfg(feature = "files")]
    pub fn parquet(paths: impl IntoIterator<Item: AsRef<Path>>) -> Self {
        Units(Source::Parquet(owned(paths)))
    }

    /// Units in CSV files (RFC 4180, UTF-8, a header line), read in this order. An empty field is
    /// missing. Without a declared schema, types are inferred from the first rows of the first
    /// file; digits with a leading zero are text.
    #[cfg(feature = "files")]
    pub fn csv(paths: impl IntoIterator<Item: AsRef<Path>>) -> Self {
        Units(Source::Csv(owned(paths)))
    }
}

#[cfg(feature = "files")]
pub(super) fn owned(paths: impl IntoIterator<Item: AsRef<Path>>) -> Vec<PathBuf> {
    paths.into_iter().map(|path| path.as_ref().to_owned()).collect()
}

impl fmt::Debug for Units<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Source::Records(_) => "Units::records",
            #[cfg(feature = "arrow")]
            Source::Batches(_) => "Units::batches",
            #[cfg(feature = "files")]
            Source::Parquet(_) => "Units::parquet",
            #[cfg(feature = "files")]
            Source::Csv(_) => "Units::csv",
        })
    }
}
