//! What a segment of registrations has lost since it was written, and what it cannot decide.

use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::format::{FileBuilder, FileId, FileKind, FileSummary, SealedFile, SectionId};
use crate::io::{Content, FileWriter};

/// The retired rows, as standard portable Roaring bytes.
const RETIRED: u32 = 1;
/// The ambiguous serials, as standard portable Roaring bytes.
const AMBIGUOUS: u32 = 2;

/// What amends a segment of registrations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Amendment {
    /// Rows that a later registration has replaced.
    pub(crate) retired: RowSet,
    /// Places of serials that came without a namespace and that several namespaces have.
    pub(crate) ambiguous: RowSet,
}

impl Amendment {
    /// Writes and syncs what amends the segment `id`.
    pub(crate) fn write(&self, writer: Box<dyn FileWriter>, id: FileId) -> Result<FileSummary> {
        let mut file = FileBuilder::create(writer, FileKind::Sidecar, id)?;
        file.section(SectionId::of_file(RETIRED), &self.retired.to_portable())?;
        file.section(SectionId::of_file(AMBIGUOUS), &self.ambiguous.to_portable())?;
        file.finish()
    }

    /// Reads what amends the segment `id`, which has `rows` rows of `keys` serials.
    pub(crate) fn read(content: Content, id: FileId, rows: u64, keys: u64) -> Result<Self> {
        let file = SealedFile::open(content, FileKind::Sidecar)?;
        if file.id() != id {
            return Err(Error::corrupt("sidecar: it amends another segment"));
        }
        let set = |kind| RowSet::from_portable(file.section(SectionId::of_file(kind))?.all()?);
        let (retired, ambiguous) = (set(RETIRED)?, set(AMBIGUOUS)?);
        if retired.range_count(rows..u64::MAX) + ambiguous.range_count(keys..u64::MAX) != 0 {
            return Err(Error::corrupt("sidecar: it amends rows that the segment does not have"));
        }
        Ok(Amendment { retired, ambiguous })
    }
}
