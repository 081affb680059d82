//! What a compaction is told.

use std::fmt;
use std::ops::ControlFlow;

use crate::index::ingest::options::{Limits, Progress};

/// How to make few segments of many: how large they may be, and what it may take.
///
/// # Examples
///
/// ```
/// use seriatim::CompactOptions;
///
/// let options = CompactOptions::default().memory_bytes_max(256 << 20).threads(1);
/// # drop(options);
/// ```
pub struct CompactOptions<'a> {
    pub(super) limits: Limits<'a>,
}

impl Default for CompactOptions<'_> {
    /// Segments of 16 Mi rows, about 1 GiB of memory, the shared threads.
    fn default() -> Self {
        CompactOptions { limits: Limits::default() }
    }
}

impl<'a> CompactOptions<'a> {
    /// Rows a segment may have, from 1 to 2^32; 16 Mi unless said otherwise.
    #[must_use]
    pub fn segment_rows_max(mut self, rows: u64) -> Self {
        self.limits.segment_rows_max = rows;
        self
    }

    /// Bytes of rows to hold before a segment is written, about; 1 GiB unless said otherwise. The
    /// compaction needs up to as much again while it writes one.
    #[must_use]
    pub fn memory_bytes_max(mut self, bytes: usize) -> Self {
        self.limits.memory_bytes_max = bytes;
        self
    }

    /// How many threads to use; those that all calls share unless said otherwise.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.limits.threads = Some(threads);
        self
    }

    /// Calls back on the calling thread after every segment that was written, with the units and
    /// registrations so far; breaking cancels, which leaves the index as it was.
    #[must_use]
    pub fn on_progress(mut self, call: impl FnMut(Progress) -> ControlFlow<()> + 'a) -> Self {
        self.limits.on_progress = Some(Box::new(call));
        self
    }
}

impl fmt::Debug for CompactOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompactOptions")
            .field("segment_rows_max", &self.limits.segment_rows_max)
            .field("memory_bytes_max", &self.limits.memory_bytes_max)
            .finish_non_exhaustive()
    }
}
