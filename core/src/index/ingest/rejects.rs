//! Rows that could not be read: counted, with reasons, and written to a file of their own.

use super::block::RejectedRow;
use super::options::RejectPolicy;
use super::report::{EXAMPLES_MAX, Rejected};
use crate::error::Result;

/// Collects the rejected rows of a load.
#[derive(Debug)]
pub(super) struct Rejects {
    rejected: Rejected,
    #[cfg(feature = "files")]
    file: Option<file::RejectFile>,
}

impl Rejects {
    pub(super) fn new(policy: &RejectPolicy) -> Self {
        Rejects {
            rejected: Rejected::default(),
            #[cfg(feature = "files")]
            file: match policy {
                RejectPolicy::Refuse => None,
                RejectPolicy::CollectIn(path) => Some(file::RejectFile::new(path.clone())),
            },
        }
    }

    pub(super) fn take(&mut self, rows: &[RejectedRow]) -> Result<()> {
        for row in rows {
            self.rejected.rows += 1;
            if self.rejected.examples.len() < EXAMPLES_MAX {
                self.rejected.examples.push(format!(
                    "{}, row {}, column `{}`: {}",
                    row.input, row.row, row.column, row.reason
                ));
            }
            #[cfg(feature = "files")]
            if let Some(file) = &mut self.file {
                file.write(row)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Rejected> {
        #[cfg(feature = "files")]
        if let Some(file) = self.file {
            file.finish()?;
        }
        Ok(self.rejected)
    }
}

#[cfg(feature = "files")]
mod file {
    use std::path::PathBuf;

    use super::RejectedRow;
    use crate::error::{Error, Result};
    use crate::io::{FileWriter, create_file};

    /// Bytes to gather before they are written.
    const GATHERED_BYTES: usize = 1 << 16;

    /// A CSV file of rejected rows, made when the first one comes.
    pub(super) struct RejectFile {
        path: PathBuf,
        writer: Option<Box<dyn FileWriter>>,
        gathered: csv::Writer<Vec<u8>>,
    }

    impl RejectFile {
        pub(super) fn new(path: PathBuf) -> Self {
            RejectFile { path, writer: None, gathered: csv::Writer::from_writer(Vec::new()) }
        }

        pub(super) fn write(&mut self, row: &RejectedRow) -> Result<()> {
            if self.writer.is_none() {
                self.writer = Some(create_file(&self.path)?);
                self.record(["input", "row", "column", "reason"])?;
            }
            self.record([&*row.input, &row.row.to_string(), &row.column, &row.reason])?;
            if self.gathered.get_ref().len() >= GATHERED_BYTES { self.flush() } else { Ok(()) }
        }

        fn record<'f>(&mut self, fields: impl IntoIterator<Item = &'f str>) -> Result<()> {
            self.gathered.write_record(fields).map_err(|source| {
                Error::io("write the rejected rows", std::io::Error::other(source))
            })
        }

        fn flush(&mut self) -> Result<()> {
            let full = std::mem::replace(&mut self.gathered, csv::Writer::from_writer(Vec::new()));
            let bytes = full.into_inner().map_err(|error| {
                Error::io("write the rejected rows", std::io::Error::other(error.to_string()))
            })?;
            self.writer.as_mut().map_or(Ok(()), |writer| writer.write(&bytes))
        }

        pub(super) fn finish(mut self) -> Result<()> {
            self.flush()?;
            self.writer.as_mut().map_or(Ok(()), |writer| writer.sync())
        }
    }

    impl std::fmt::Debug for RejectFile {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("RejectFile").field("path", &self.path).finish_non_exhaustive()
        }
    }
}
