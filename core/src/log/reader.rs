//! The reading handle, which follows a log that another process may write.

use std::sync::Arc;

use super::follow::{Follower, Record};
use super::head::{Head, Resume};
use crate::error::Result;
use crate::io::Directory;

/// A log that is open for reading, and followed while it grows. Writes nothing.
///
/// It may show a record shortly before the writer acknowledges it; it never shows part of a batch.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
///
/// use seriatim::io::MemoryDirectory;
/// use seriatim::log::{Log, LogId, LogOptions, Reader, Resume};
///
/// let folder = Arc::new(MemoryDirectory::new());
/// let log = Log::create(folder.clone(), "log", LogId([1; 16]), LogOptions::new([7; 16]))?;
/// log.append(&[b"one"])?;
/// let mut count = 0;
/// let mut reader = Reader::open(folder, "log", Resume::default(), &mut |_| { count += 1; Ok(()) })?;
/// log.append(&["two", "three"])?;
/// reader.refresh(&mut |_| { count += 1; Ok(()) })?;
/// assert_eq!((count, reader.head()), (3, log.head()));
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Debug)]
pub struct Reader {
    pub(super) follower: Follower,
}

impl Reader {
    /// Opens a log, and shows every record from where `resume` says.
    ///
    /// # Errors
    ///
    /// As [`Log::open`](super::Log::open).
    pub fn open(
        directory: Arc<dyn Directory>,
        folder: &str,
        resume: Resume,
        visit: &mut dyn FnMut(Record<'_>) -> Result<()>,
    ) -> Result<Self> {
        let mut follower = Follower::start(directory, folder, resume)?;
        follower.run(visit)?;
        Ok(Reader { follower })
    }

    /// Shows the records that were appended since.
    ///
    /// # Errors
    ///
    /// `not_found` when the file it stands in was removed, because its records are in segments now:
    /// take a new snapshot; `corrupt`; `io`; what `visit` returns, after which it stands before the
    /// batch that it was shown.
    pub fn refresh(&mut self, visit: &mut dyn FnMut(Record<'_>) -> Result<()>) -> Result<()> {
        self.follower.run(visit).map(drop)
    }

    /// How far it has read.
    pub fn head(&self) -> Head {
        self.follower.place.head
    }
}
