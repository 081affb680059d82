//! Writes a file from its start to its end.

use std::collections::BTreeSet;
use std::fmt;

use super::layout::{Entry, Header, Layout, Trailer, aligned};
use super::name::{FileId, FileKind, SectionId};
use crate::bytes::{Hash, Hasher, PutBytes, crc32c, crc32c_append};
use crate::error::{Error, Result};
use crate::io::FileWriter;
use crate::limits::BLOCK_BYTES;

/// What tells a finished file from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileSummary {
    pub(crate) length: u64,
    pub(crate) hash: Hash,
}

/// A file being written, section after section.
///
/// Holds no data: only 4 bytes for each 64 KiB written and an entry for each section. A file whose
/// builder has failed or was dropped before [`finish`](FileBuilder::finish) is no file.
pub(crate) struct FileBuilder {
    writer: Box<dyn FileWriter>,
    id: FileId,
    hasher: Hasher,
    at: usize,
    /// The checksums of the full blocks.
    checks: Vec<u32>,
    /// The checksum of the block that is not full yet.
    check: u32,
    entries: Vec<Entry>,
    taken: BTreeSet<SectionId>,
}

impl FileBuilder {
    /// Begins a file in a writer that nothing has been written to.
    pub(crate) fn create(writer: Box<dyn FileWriter>, kind: FileKind, id: FileId) -> Result<Self> {
        let mut builder = FileBuilder {
            writer,
            id,
            hasher: Hasher::default(),
            at: 0,
            checks: Vec::new(),
            check: 0,
            entries: Vec::new(),
            taken: BTreeSet::new(),
        };
        builder.data(&Header { kind, id }.encode())?;
        Ok(builder)
    }

    /// Writes a section whole. A second section of one id is a `conflict`.
    pub(crate) fn section(&mut self, id: SectionId, bytes: &[u8]) -> Result<()> {
        if !self.taken.insert(id) {
            return Err(Error::conflict(format!("{id} is written already")));
        }
        let start = self.at;
        self.data(bytes)?;
        self.entries.push(Entry { id, place: start..self.at });
        let padding = aligned(self.at).unwrap_or(self.at) - self.at;
        self.data(&vec![0; padding])
    }

    /// Writes everything that lets the file be read, and makes it lasting.
    pub(crate) fn finish(mut self) -> Result<FileSummary> {
        if !self.at.is_multiple_of(BLOCK_BYTES) {
            self.checks.push(self.check);
        }
        let layout = Layout::new(self.at, self.entries.len())
            .ok_or_else(|| Error::invalid("the file is too large for this machine"))?;

        let mut table = Vec::with_capacity(layout.block_table.len());
        self.checks.iter().for_each(|check| table.put_u32(*check));
        table.resize(layout.block_table.len(), 0);
        self.put(&table)?;

        let mut directory = Vec::with_capacity(layout.directory.len());
        table.chunks(BLOCK_BYTES).for_each(|page| directory.put_u32(crc32c(page)));
        self.entries.iter().for_each(|entry| entry.encode(&mut directory));
        directory.resize(layout.directory.len(), 0);
        self.put(&directory)?;

        let trailer = Trailer {
            length: layout.length as u64,
            data_end: layout.data_end as u64,
            sections: u32::try_from(self.entries.len())
                .map_err(|_| Error::invalid("the file has too many sections"))?,
            directory_check: crc32c(&directory),
            id: self.id,
        };
        self.put(&trailer.encode())?;
        self.writer.sync()?;
        Ok(FileSummary { length: trailer.length, hash: self.hasher.finish() })
    }

    /// Writes bytes that blocks cover.
    fn data(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.put(bytes)?;
        while !bytes.is_empty() {
            let room = BLOCK_BYTES - self.at % BLOCK_BYTES;
            let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            self.check = crc32c_append(self.check, now);
            self.at += now.len();
            if self.at.is_multiple_of(BLOCK_BYTES) {
                self.checks.push(self.check);
                self.check = 0;
            }
            bytes = later;
        }
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.writer.write(bytes)
    }
}

impl fmt::Debug for FileBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileBuilder")
            .field("id", &self.id)
            .field("at", &self.at)
            .field("sections", &self.entries.len())
            .finish_non_exhaustive()
    }
}
