//! The writer of a segment of units.

use std::collections::BTreeMap;

use super::meta::{KEYS, META, Meta, MetaColumn, MetaIdentifiers, MetaMargin};
use crate::bytes::Hash;
use crate::column::EncodedColumn;
use crate::error::Result;
use crate::format::{FileBuilder, FileId, FileKind, FileSummary, SectionId};
use crate::io::FileWriter;
use crate::schema::ColumnType;
use crate::serial::FamilyId;

/// One encoded column of a segment to be.
#[derive(Debug)]
pub(crate) struct UnitColumn {
    pub(crate) name: String,
    pub(crate) column_type: ColumnType,
    pub(crate) encoded: EncodedColumn,
    /// Of an identifier column.
    pub(crate) identifiers: Option<EncodedIdentifiers>,
}

/// The identifiers of a column, and the rows that have them.
#[derive(Debug)]
pub(crate) struct EncodedIdentifiers {
    pub(crate) distinct: u64,
    /// How many rows have one.
    pub(crate) rows: u64,
    /// As [`crate::keys::encode_keys`] wrote them.
    pub(crate) keys: Vec<u8>,
    /// Where the rows of each identifier begin; none where each has one row.
    pub(crate) firsts: Option<EncodedColumn>,
    /// The rows of one identifier after another.
    pub(crate) places: EncodedColumn,
    /// How many rows have one of each family.
    pub(crate) families: BTreeMap<FamilyId, u64>,
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
    pub(crate) margins: Vec<MetaMargin>,
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
            .map(|it| MetaColumn {
                name: it.name.clone(),
                column_type: it.column_type,
                identifiers: it
                    .identifiers
                    .as_ref()
                    .map(|it| MetaIdentifiers { distinct: it.distinct, rows: it.rows }),
            })
            .collect(),
        margins: units.margins.clone(),
    };
    file.section(SectionId::of_file(META), &meta.encode()?)?;
    file.section(SectionId::of_file(KEYS), &units.keys)?;
    for (column, unit_column) in (0u32..).zip(&units.columns) {
        write_column(&mut file, column, &unit_column.encoded)?;
    }
    let identifiers = units.columns.iter().map(|it| it.identifiers.as_ref());
    let found = identifiers.zip(meta.finders());
    for (column, (identifiers, finder)) in (0u32..).zip(found) {
        let (Some(identifiers), Some((_, finder))) = (identifiers, finder) else { continue };
        if let Some(firsts) = &identifiers.firsts {
            write_column(&mut file, finder, firsts)?;
        }
        write_column(&mut file, finder + 1, &identifiers.places)?;
        file.section(SectionId { kind: KEYS, column }, &identifiers.keys)?;
    }
    file.finish()
}

fn write_column(file: &mut FileBuilder, column: u32, encoded: &EncodedColumn) -> Result<()> {
    let mut sections = encoded.sections.iter();
    sections.try_for_each(|(kind, bytes)| file.section(SectionId { kind: *kind, column }, bytes))
}
