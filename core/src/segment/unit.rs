//! The reader of a segment of units.

use super::identifiers::Identifiers;
use super::meta::{KEYS, META, Meta, MetaColumn};
use crate::column::ColumnReader;
use crate::error::{Error, Result};
use crate::format::{FileId, FileKind, SealedFile, SectionId};
use crate::io::Content;
use crate::keys::Keys;
use crate::schema::{Column, Schema};
use crate::serial::Families;

/// An open segment of units; cheap to share, never changed.
#[derive(Debug)]
pub(crate) struct UnitSegment {
    file: SealedFile,
    rows: u64,
    namespaces: Vec<String>,
    keys: Keys,
    /// By place in the schema, as the identifiers.
    columns: Vec<Option<ColumnReader>>,
    identifiers: Vec<Option<(Identifiers, Families)>>,
}

impl UnitSegment {
    /// Opens a segment for an index of this schema: a column that the segment was written without
    /// is missing for all its units.
    pub(crate) fn open(content: Content, schema: &Schema) -> Result<Self> {
        let file = SealedFile::open(content, FileKind::UnitSegment)?;
        let meta = Meta::decode(file.section(SectionId::of_file(META))?.all()?)?;
        let keys = Keys::open(file.section(SectionId::of_file(KEYS))?, meta.rows)?;
        for group in keys.groups() {
            if usize::try_from(group.namespace).map_or(true, |it| it >= meta.namespaces.len()) {
                return Err(Error::corrupt("segment: a group of serials is of no namespace"));
            }
        }
        let mut columns: Vec<Option<ColumnReader>> = vec![None; schema.columns().len()];
        let mut identifiers = vec![None; schema.columns().len()];
        let margin_rows: Vec<u64> = meta.margins.iter().map(|it| it.rows).collect();
        for ((number, column), finder) in (0u32..).zip(&meta.columns).zip(meta.finders()) {
            let (place, declared) = declared(schema, column)?;
            let reader = ColumnReader::open(&file, number, column.column_type, meta.rows)?;
            let own = meta.margins.iter().position(|it| it.column == number);
            let reader = reader.with_margins(&file, &margin_rows, own)?;
            if let Some(slot) = columns.get_mut(place) {
                *slot = Some(reader);
            }
            let (Some(finder), Some(families)) = (finder, declared.identifier()) else { continue };
            let found = Identifiers::open(&file, number, finder, meta.rows)?;
            if let Some(slot) = identifiers.get_mut(place) {
                *slot = Some((found, families.clone()));
            }
        }
        let Meta { rows, namespaces, .. } = meta;
        Ok(UnitSegment { file, rows, namespaces, keys, columns, identifiers })
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

    /// The identifiers of the column at this place of the schema; none where no unit here has one.
    pub(crate) fn identifiers(&self, position: usize) -> Option<&Identifiers> {
        self.identifiers.get(position)?.as_ref().map(|(identifiers, _)| identifiers)
    }

    /// Checks every byte against its checksum and every structure against its rules.
    pub(crate) fn verify(&self) -> Result<()> {
        self.file.verify()?;
        self.keys.verify()?;
        self.columns.iter().flatten().try_for_each(ColumnReader::verify)?;
        for (column, identifiers) in self.columns.iter().zip(&self.identifiers) {
            if let (Some(column), Some((identifiers, families))) = (column, identifiers) {
                identifiers.verify(column, families)?;
            }
        }
        for of in self.columns.iter().flatten() {
            let Some(number) = of.own_margin() else { continue };
            let columns = self.columns.iter().flatten();
            columns.into_iter().try_for_each(|column| column.verify_margin(number, of))?;
        }
        Ok(())
    }
}

/// The column of the schema that a column of the file is, and its place.
fn declared<'s>(schema: &'s Schema, column: &MetaColumn) -> Result<(usize, &'s Column)> {
    let mut all = schema.columns().iter().enumerate();
    let (place, declared) =
        all.find(|(_, it)| it.name() == column.name).ok_or_else(|| not_in_schema(&column.name))?;
    if declared.column_type() != column.column_type {
        return Err(Error::corrupt(format!(
            "segment: column `{}` is a {} column, but not in the schema",
            column.name,
            column.column_type.name()
        )));
    }
    if declared.identifier().is_some() != column.identifiers.is_some() {
        return Err(Error::corrupt(format!(
            "segment: column `{}` is an identifier either here or in the schema, not in both",
            column.name
        )));
    }
    Ok((place, declared))
}

fn not_in_schema(name: &str) -> Error {
    Error::corrupt(format!("segment: its column `{name}` is not in the schema"))
}
