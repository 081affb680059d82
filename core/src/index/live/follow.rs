//! Follows the log of an index as it grows.

use std::sync::Arc;

use super::source::Tail;
use crate::error::{ErrorKind, Result};
use crate::index::manifest::LogEntry;
use crate::io::Directory;
use crate::log::{Reader, Record, Resume};
use crate::tail::{ContactFolder, TailRows};

/// The folder of the log in that of an index.
pub(in crate::index) const LOG_FOLDER: &str = "log";

/// The rows of the log that are in no segment, as far as they have been read.
#[derive(Debug)]
pub(in crate::index) struct Follower {
    reader: Reader,
    log: LogEntry,
    rows: TailRows,
}

impl Follower {
    /// Reads the log from where the segments end.
    pub(in crate::index) fn open(directory: &Arc<dyn Directory>, log: &LogEntry) -> Result<Self> {
        let mut rows = TailRows::default();
        let resume = Resume::from(log.from).with_floor(log.floor());
        let mut push = |record: Record<'_>| rows.push(record.bytes);
        let reader = Reader::open(Arc::clone(directory), LOG_FOLDER, resume, &mut push)?;
        Ok(Follower { reader, log: log.clone(), rows })
    }

    /// Goes on to where the segments of a newer manifest end, and reads what is new. None where it
    /// has to be opened anew.
    pub(in crate::index) fn advance(mut self, log: &LogEntry) -> Result<Option<Self>> {
        let folded = log.from.checked_sub(self.log.from).and_then(|it| u32::try_from(it).ok());
        let Some(folded) = folded.filter(|it| *it <= self.rows.len()) else { return Ok(None) };
        if folded > 0 {
            self.rows = self.rows.without_first(folded)?;
        }
        self.log = log.clone();
        let rows = &mut self.rows;
        match self.reader.refresh(&mut |record: Record<'_>| rows.push(record.bytes)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            read => read.map(|()| Some(self)),
        }
    }

    /// What it has read, as the tail of a snapshot.
    pub(in crate::index) fn tail(&self, directory: &Arc<dyn Directory>) -> Tail {
        let contacts = ContactFolder::new(Arc::clone(directory));
        Tail { rows: self.rows.clone(), from: self.log.from, contacts }
    }
}
