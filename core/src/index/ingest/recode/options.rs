//! What a change of families is told.

use std::fmt;
use std::ops::ControlFlow;

use crate::index::ingest::options::{Limits, Progress};

/// How to change the serial families of an index: limits, and what to do without contact text.
///
/// # Examples
///
/// ```
/// use seriatim::FamilyChangeOptions;
///
/// let options = FamilyChangeOptions::default().memory_bytes_max(256 << 20).threads(2);
/// # drop(options);
/// ```
pub struct FamilyChangeOptions<'a> {
    pub(super) keeps_contact_text: bool,
    pub(super) limits: Limits<'a>,
}

impl Default for FamilyChangeOptions<'_> {
    /// Contact text kept, segments of 16 Mi rows, about 1 GiB of memory, the shared threads.
    fn default() -> Self {
        FamilyChangeOptions { keeps_contact_text: true, limits: Limits::default() }
    }
}

impl<'a> FamilyChangeOptions<'a> {
    /// Leaves names and contacts out of the registrations that are written anew, as an index must
    /// whose files of contacts are kept elsewhere.
    #[must_use]
    pub fn without_contact_text(mut self) -> Self {
        self.keeps_contact_text = false;
        self
    }

    /// Rows a segment of units may have, from 1 to 2^32; 16 Mi unless said otherwise.
    #[must_use]
    pub fn segment_rows_max(mut self, rows: u64) -> Self {
        self.limits.segment_rows_max = rows;
        self
    }

    /// Bytes of units to hold before a segment is written, about; 1 GiB unless said otherwise. The
    /// change needs up to as much again while it writes one, and holds the serials of one segment
    /// of registrations at a time.
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

    /// Calls back on the calling thread every few hundred thousand units; breaking cancels the
    /// change, which leaves the index as it was.
    #[must_use]
    pub fn on_progress(mut self, call: impl FnMut(Progress) -> ControlFlow<()> + 'a) -> Self {
        self.limits.on_progress = Some(Box::new(call));
        self
    }
}

impl fmt::Debug for FamilyChangeOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FamilyChangeOptions")
            .field("keeps_contact_text", &self.keeps_contact_text)
            .field("segment_rows_max", &self.limits.segment_rows_max)
            .field("memory_bytes_max", &self.limits.memory_bytes_max)
            .finish_non_exhaustive()
    }
}
