//! The writers of a segment of registrations and of a file of contacts.

use super::columns::{StoredType, StoredValues, encode_stored};
use super::meta::{FIELDS, FIRSTS, KEYS, META, Meta, MetaColumn};
use crate::bytes::Hash;
use crate::error::Result;
use crate::format::{FileBuilder, FileId, FileKind, FileSummary, SectionId};
use crate::io::FileWriter;
use crate::pool::Halt;

/// An encoded field of a file to be.
#[derive(Debug)]
pub(crate) struct StoredField {
    pub(crate) name: &'static str,
    pub(crate) stored_type: StoredType,
    pub(crate) sections: Vec<(u32, Vec<u8>)>,
}

impl StoredField {
    /// Encodes a field; a dictionary is kept sorted where `sorted` says that it will be searched.
    pub(crate) fn encode(
        name: &'static str,
        values: &StoredValues,
        sorted: bool,
        halt: &Halt,
    ) -> Result<Self> {
        let (stored_type, sections) = encode_stored(values, sorted, halt)?;
        Ok(StoredField { name, stored_type, sections })
    }
}

/// The parts of a segment of registrations to be, in row order.
#[derive(Debug)]
pub(crate) struct RegistrationRows {
    pub(crate) rows: u64,
    /// Ascending.
    pub(crate) namespaces: Vec<String>,
    /// How many distinct serials there are.
    pub(crate) keys: u64,
    /// As [`crate::keys::encode_keys`] wrote them.
    pub(crate) key_bytes: Vec<u8>,
    /// The first row of each serial.
    pub(crate) firsts: Vec<i64>,
    pub(crate) fields: Vec<StoredField>,
}

impl RegistrationRows {
    /// The name of the segment, without chance in it: the same serials with the same `salt` have
    /// the same name.
    pub(crate) fn id(&self, salt: u64) -> FileId {
        let mut text = salt.to_le_bytes().to_vec();
        text.extend_from_slice(&Hash::of(&self.key_bytes).0);
        let mut id = [0; FileId::BYTES];
        for (slot, byte) in id.iter_mut().zip(Hash::of(&text).0) {
            *slot = byte;
        }
        FileId(id)
    }
}

/// Writes and syncs a segment of registrations.
pub(crate) fn write_registrations(
    writer: Box<dyn FileWriter>,
    id: FileId,
    registrations: &RegistrationRows,
) -> Result<FileSummary> {
    let mut file = FileBuilder::create(writer, FileKind::RegistrationSegment, id)?;
    let meta = Meta {
        rows: registrations.rows,
        keys: registrations.keys,
        namespaces: registrations.namespaces.clone(),
        columns: meta_columns(&registrations.fields),
    };
    file.section(SectionId::of_file(META), &meta.encode()?)?;
    file.section(SectionId::of_file(KEYS), &registrations.key_bytes)?;
    let firsts =
        StoredValues::Numbers { values: registrations.firsts.clone(), missing: Vec::new() };
    for (kind, bytes) in encode_stored(&firsts, false, &Halt::default())?.1 {
        file.section(SectionId { kind, column: FIRSTS }, &bytes)?;
    }
    write_fields(&mut file, &registrations.fields)?;
    file.finish()
}

/// Writes and syncs the contacts of the segment `id`, which has `rows` rows.
pub(crate) fn write_contacts(
    writer: Box<dyn FileWriter>,
    id: FileId,
    rows: u64,
    fields: &[StoredField],
) -> Result<FileSummary> {
    let mut file = FileBuilder::create(writer, FileKind::Contacts, id)?;
    let meta = Meta { rows, keys: 0, namespaces: Vec::new(), columns: meta_columns(fields) };
    file.section(SectionId::of_file(META), &meta.encode()?)?;
    write_fields(&mut file, fields)?;
    file.finish()
}

fn meta_columns(fields: &[StoredField]) -> Vec<MetaColumn> {
    let column =
        |it: &StoredField| MetaColumn { name: it.name.to_owned(), stored_type: it.stored_type };
    fields.iter().map(column).collect()
}

fn write_fields(file: &mut FileBuilder, fields: &[StoredField]) -> Result<()> {
    for (column, field) in (FIELDS..).zip(fields) {
        for (kind, bytes) in &field.sections {
            file.section(SectionId { kind: *kind, column }, bytes)?;
        }
    }
    Ok(())
}
