//! The rows of a segment that a later unit of the same serial has replaced.

use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::format::{FileBuilder, FileId, FileKind, FileSummary, SealedFile, SectionId};
use crate::io::{Content, FileWriter};

/// The rows, as standard portable Roaring bytes.
const RETIRED: SectionId = SectionId { kind: 1, column: SectionId::NO_COLUMN };

/// Writes and syncs the retired rows of the segment `id`.
pub(crate) fn write_retired(
    writer: Box<dyn FileWriter>,
    id: FileId,
    rows: &RowSet,
) -> Result<FileSummary> {
    let mut file = FileBuilder::create(writer, FileKind::Sidecar, id)?;
    file.section(RETIRED, &rows.to_portable())?;
    file.finish()
}

/// Reads the retired rows of the segment `id`, which has `rows` rows.
pub(crate) fn read_retired(content: Content, id: FileId, rows: u64) -> Result<RowSet> {
    let file = SealedFile::open(content, FileKind::Sidecar)?;
    if file.id() != id {
        return Err(Error::corrupt("sidecar: it amends another segment"));
    }
    let retired = RowSet::from_portable(file.section(RETIRED)?.all()?)?;
    if retired.range_count(rows..u64::MAX) != 0 {
        return Err(Error::corrupt("sidecar: it retires rows that the segment does not have"));
    }
    Ok(retired)
}
