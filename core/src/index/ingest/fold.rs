//! Registrations that came one by one, moved from the log into a segment.

use super::block::{Block, BlockKeys, BlockTexts};
use super::buffer::Buffer;
use super::interner::{Interner, MISSING};
use super::registrations::{Ordered, order};
use super::seal::{place, placed_bits};
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::files::Draft;
use crate::index::links::derive;
use crate::index::live::{RegistrationSource, Tail};
use crate::index::manifest::{FileEntry, Manifest, RegistrationEntry};
use crate::index::snapshot::Snapshot;
use crate::keys::encode_keys;
use crate::log::Head;
use crate::pool::Halt;
use crate::registry::{ContactText, RegistrationField as Field};
use crate::schema::Schema;
use crate::segment::{
    RegistrationRows, StoredField, StoredValues, write_contacts, write_registrations,
};

/// What a fold did.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoldReport {
    /// The version of the index that holds the registrations in segments.
    pub version: u64,
    /// Records of the log that were folded: registrations and changes.
    pub records: u64,
    /// Registrations that they come to.
    pub registrations: u64,
}

/// Writes what the tail comes to as a segment, with what it replaces, and commits. The log is
/// lasting up to `head`.
pub(in crate::index) fn fold(
    mut draft: Draft,
    before: &Snapshot,
    head: Head,
) -> Result<(Manifest, FoldReport)> {
    let mut manifest = before.manifest().next()?;
    let (Some(tail), Some(overlay)) = (before.tail(), before.overlay()?) else {
        return Err(Error::invalid("there is nothing in the log to fold"));
    };
    if !tail.has_contact_files()? {
        return Err(Error::not_found(
            "names and contacts of what was registered are not here, so that they cannot be folded; \
             put the files back",
        ));
    }
    let rows: Vec<u32> =
        (0..tail.rows.len()).filter(|row| !overlay.superseded().contains(*row)).collect();
    let records = u64::from(tail.rows.len());
    let mut retired: Vec<RowSet> = (0..before.registration_segments().len())
        .map(|place| overlay.retired(place).cloned().unwrap_or_default())
        .collect();
    if !rows.is_empty() {
        let entry = write(&mut draft, before, tail, (&rows, manifest.number))?;
        manifest.registrations.push(entry);
        retired.push(RowSet::new());
    }
    derive(&mut draft, &mut manifest, before, &retired, &Halt::default())?;
    if let Some(log) = &mut manifest.log {
        log.kept_from = log.from;
        log.from += records;
        *log = log.with_floor(head);
    }
    draft.commit(&manifest)?;
    let registrations = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let report = FoldReport { version: manifest.number, records, registrations };
    Ok((manifest, report))
}

/// Writes some rows of the tail.
fn write(
    draft: &mut Draft,
    before: &Snapshot,
    tail: &Tail,
    (rows, salt): (&[u32], u64),
) -> Result<RegistrationEntry> {
    let buffer = serials(before, tail, rows)?;
    // Without columns no row replaces another.
    let Ordered { namespaces, groups, rows: moved, firsts, .. } =
        order(&buffer, None, 0, &Halt::default())?;
    drop(buffer);
    let source = RegistrationSource::Tail(tail);
    let mut fields = Vec::new();
    for name in ["reach", "filled", "role", "valid_from", "valid_to", "recorded_at"] {
        let values = source.numbers(name, rows)?;
        let told = values.iter().any(|it| it.is_some_and(|it| name != "role" || it != 0));
        if told {
            fields.push(StoredField::encode(
                name,
                &numbers(&values, &moved),
                false,
                &Halt::default(),
            )?);
        }
    }
    for field in [Field::Key, Field::Owner, Field::Language, Field::Country] {
        let mut texts = Texts::default();
        source.each_text(field, rows, |text| texts.push(text))?;
        fields.extend(texts.encode(field, &moved)?);
    }
    let count = |it: usize| u64::try_from(it).map_err(|_| Error::unsupported("too many rows"));
    let written = RegistrationRows {
        rows: count(moved.len())?,
        namespaces,
        keys: count(firsts.len())?,
        key_bytes: encode_keys(&groups, &Halt::default())?,
        firsts,
        fields,
    };
    let id = written.id(salt << 20);
    let path = format!("registrations/{id}.seg");
    let summary = write_registrations(draft.create(&path)?, id, &written)?;
    let contacts = contacts(&source.contact_texts(rows)?, &moved)?;
    let mut contact_file = None;
    if !contacts.is_empty() {
        let path = format!("contacts/{id}.con");
        let summary = write_contacts(draft.create(&path)?, id, written.rows, &contacts)?;
        contact_file = Some(FileEntry::new(path, &summary));
    }
    Ok(RegistrationEntry {
        file: FileEntry::new(path, &summary),
        rows: written.rows,
        keys: written.keys,
        contacts: contact_file,
        amended: None,
    })
}

/// The serials of some rows, as the ordering of registrations takes them.
fn serials(before: &Snapshot, tail: &Tail, rows: &[u32]) -> Result<Buffer> {
    let (mut keys, mut names, mut codes) = (BlockKeys::default(), Interner::default(), Vec::new());
    before.with_identities(|identities| {
        for row in rows {
            keys.push(identities.serial(*row)?.clone());
            let namespace = tail.rows.record(*row)?.namespace;
            codes.push(namespace.map_or(Ok(MISSING), |it| names.number(it))?);
        }
        Ok(())
    })?;
    let block = Block {
        rows: rows.len(),
        keys,
        namespaces: Some(BlockTexts { distinct: names.into_texts(), codes }),
        columns: Vec::new(),
        rejected: Vec::new(),
    };
    let mut buffer = Buffer::new(&Schema::default());
    buffer.append(&block, 0..block.rows, None)?;
    Ok(buffer)
}

fn numbers(values: &[Option<i64>], moved: &[u32]) -> StoredValues {
    let gone = (0u32..).zip(values).filter(|(_, it)| it.is_none()).map(|(at, _)| at);
    let missing = placed_bits(&gone.collect::<Vec<_>>(), Some(moved), values.len());
    let values = values.iter().map(|it| it.unwrap_or(0)).collect();
    StoredValues::Numbers { values: place(values, Some(moved)), missing }
}

/// The texts of a field.
#[derive(Default)]
struct Texts {
    texts: Interner,
    codes: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: Option<&str>) -> Result<()> {
        self.codes.push(text.map_or(Ok(MISSING), |text| self.texts.number(text))?);
        Ok(())
    }

    /// The field, unless it is missing for all.
    fn encode(self, field: Field, moved: &[u32]) -> Result<Option<StoredField>> {
        if self.codes.iter().all(|it| *it == MISSING) {
            return Ok(None);
        }
        let codes = place(self.codes, Some(moved));
        let values = StoredValues::Texts { texts: self.texts.into_texts(), codes };
        // Keys are searched when later registrations come.
        StoredField::encode(field.name(), &values, field == Field::Key, &Halt::default()).map(Some)
    }
}

fn contacts(contacts: &[ContactText], moved: &[u32]) -> Result<Vec<StoredField>> {
    let mut fields = Vec::new();
    for field in Field::CONTACT_TEXT {
        let mut texts = Texts::default();
        contacts.iter().try_for_each(|it| texts.push(it.field(field)))?;
        fields.extend(texts.encode(field, moved)?);
    }
    Ok(fields)
}
