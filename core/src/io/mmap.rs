//! The one place that maps a file into memory.

use std::fs::File;

use memmap2::Mmap;

use crate::error::{Error, Result};

/// A whole file, mapped for reading.
#[derive(Debug)]
pub(super) struct Mapped(Mmap);

impl Mapped {
    /// Maps all of `file`. The mapping outlives the handle and the file's name.
    pub(super) fn new(file: &File, path: &str) -> Result<Self> {
        #[expect(unsafe_code, reason = "there is no safe way to map a file")]
        // SAFETY: a mapping is sound while nobody changes or shortens the file below it. Every file
        // that is opened through a directory is complete before it is published, and no code of
        // this crate writes to, truncates or renames over a published file; it only removes names,
        // which leaves mappings whole. `Directory::open` asks the same of everyone else.
        let mapped = unsafe { Mmap::map(file) };
        mapped.map(Mapped).map_err(|source| Error::io(format!("map {path}"), source))
    }

    /// Asks the system to read a part soon, without waiting for it.
    #[cfg(unix)]
    pub(super) fn will_need(&self, start: usize, length: usize) {
        // Where the system does not follow advice, the part is read when it is touched.
        let advised = self.0.advise_range(memmap2::Advice::WillNeed, start, length);
        drop(advised);
    }

    #[cfg(not(unix))]
    pub(super) fn will_need(&self, _: usize, _: usize) {}

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
