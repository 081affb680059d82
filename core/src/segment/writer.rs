//! The writer of a segment of units.

use super::meta::{KEYS, META, Meta, MetaColumn};
use crate::bytes::Hash;
use crate::column::EncodedColumn;
use crate::error::Result;
use crate::format::{FileBuilder, FileId, FileKind, FileSummary, SectionId};
use crate::io::FileWriter;
use crate::schema::ColumnType;

/// One encoded column of a segment to be.
#[derive(Debug)]
pub(crate) struct UnitColumn {
    pub(crate) name: String,
    pub(crate) column_type: ColumnType,
    pub(crate) encoded: EncodedColumn,
}

/// The parts of a segment to be, in row order.
#[derive(Debug)]
pub(crate) struct UnitRows {
    pub(crate) rows: u64,
    /// Ascending.
    pub(crate) namespaces: Vec<String>,
    /// As [`crate::keys::encode_keys`] wrote them.
    pub(crate) keys: Vec<u8>,
    pub(crate) columns: Vec<UnitColumn>,
}

impl UnitRows {
    /// The name of the segment, without chance in it: the same serials with the same `salt` have
    /// the same name.
    pub(crate) fn id(&self, salt: u64) -> FileId {
        let mut text = salt.to_le_bytes().to_vec();
        text.extend_from_slice(&Hash::of(&self.keys).0);
        let mut id = [0; FileId::BYTES];
        for (slot, byte) in id.iter_mut().zip(Hash::of(&text).0) {
            *slot = byte;
        }
        FileId(id)
    }
}

/// Writes and syncs a segment.
pub(crate) fn write_units(
    writer: Box<dyn FileWriter>,
    id: FileId,
    units: &UnitRows,
) -> Result<FileSummary> {
    let mut file = FileBuilder::create(writer, FileKind::UnitSegment, id)?;
    let meta = Meta {
        rows: units.rows,
        namespaces: units.namespaces.clone(),
        columns: units
            .columns
            .iter()
            .map(|it| MetaColumn { name: it.name.clone(), column_type: it.column_type })
            .collect(),
    };
    file.section(SectionId::of_file(META), &meta.encode()?)?;
    file.section(SectionId::of_file(KEYS), &units.keys)?;
    for (column, unit_column) in (0u32..).zip(&units.columns) {
        for (kind, bytes) in &unit_column.encoded.sections {
            file.section(SectionId { kind: *kind, column }, bytes)?;
        }
    }
    file.finish()
}
