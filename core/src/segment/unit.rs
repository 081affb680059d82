//! The reader of a segment of units.

use super::meta::{KEYS, META, Meta};
use crate::column::ColumnReader;
use crate::error::{Error, Result};
use crate::format::{FileId, FileKind, SealedFile, SectionId};
use crate::io::Bytes;
use crate::keys::Keys;
use crate::schema::Schema;

/// An open segment of units; cheap to share, never changed.
#[derive(Debug)]
pub(crate) struct UnitSegment {
    file: SealedFile,
    rows: u64,
    namespaces: Vec<String>,
    keys: Keys,
    columns: Vec<Option<ColumnReader>>,
}

impl UnitSegment {
    /// Opens a segment for an index of this schema: a column that the segment was written without
    /// is missing for all its units.
    pub(crate) fn open(bytes: Bytes, schema: &Schema) -> Result<Self> {
        let file = SealedFile::open(bytes, FileKind::UnitSegment)?;
        let meta = Meta::decode(file.section(SectionId::of_file(META))?.all()?)?;
        let keys = Keys::open(file.section(SectionId::of_file(KEYS))?, meta.rows)?;
        for group in keys.groups() {
            if usize::try_from(group.namespace).map_or(true, |it| it >= meta.namespaces.len()) {
                return Err(Error::corrupt("segment: a group of serials is of no namespace"));
            }
        }
        let mut columns: Vec<Option<ColumnReader>> = vec![None; schema.columns().len()];
        for (number, column) in (0u32..).zip(&meta.columns) {
            let place = schema
                .columns()
                .iter()
                .position(|it| it.name() == column.name)
                .ok_or_else(|| not_in_schema(&column.name))?;
            let declared = schema.columns().get(place).map(crate::schema::Column::column_type);
            if declared != Some(column.column_type) {
                return Err(Error::corrupt(format!(
                    "segment: column `{}` is a {} column, but not in the schema",
                    column.name,
                    column.column_type.name()
                )));
            }
            let reader = ColumnReader::open(&file, number, column.column_type, meta.rows)?;
            if let Some(slot) = columns.get_mut(place) {
                *slot = Some(reader);
            }
        }
        Ok(UnitSegment { file, rows: meta.rows, namespaces: meta.namespaces, keys, columns })
    }

    pub(crate) fn id(&self) -> FileId {
        self.file.id()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// The namespaces of its units, ascending; a row's namespace number is a place in this list.
    pub(crate) fn namespaces(&self) -> &[String] {
        &self.namespaces
    }

    /// The number of a namespace here.
    pub(crate) fn namespace(&self, name: &str) -> Option<u32> {
        let place = self.namespaces.binary_search_by(|it| it.as_str().cmp(name)).ok()?;
        u32::try_from(place).ok()
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The column at this place of the schema; none where all its values are missing here.
    pub(crate) fn column(&self, position: usize) -> Option<&ColumnReader> {
        self.columns.get(position).and_then(Option::as_ref)
    }

    /// Checks every byte against its checksum and every structure against its rules.
    pub(crate) fn verify(&self) -> Result<()> {
        self.file.verify()?;
        self.keys.verify()?;
        self.columns.iter().flatten().try_for_each(ColumnReader::verify)
    }
}

fn not_in_schema(name: &str) -> Error {
    Error::corrupt(format!("segment: its column `{name}` is not in the schema"))
}
