//! A segment of registrations, written anew in the order of its serials' new codes.

use super::keys::Change;
use super::report::Tally;
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::files::Draft;
use crate::index::ingest::block::{Block, BlockKeys, BlockTexts};
use crate::index::ingest::buffer::Buffer;
use crate::index::ingest::interner::{Interner, MISSING};
use crate::index::ingest::registrations::{Ordered, order};
use crate::index::ingest::seal::{place, placed_bits};
use crate::index::links::LiveRegistrations;
use crate::index::manifest::{FileEntry, RegistrationEntry};
use crate::keys::encode_keys;
use crate::registry::RegistrationField as Field;
use crate::schema::Schema;
use crate::segment::{
    RegistrationRows, RegistrationSegment, StoredColumn, StoredField, StoredValues, write_contacts,
    write_registrations,
};

/// Serials read at a time.
const STRIDE: u64 = 1 << 16;

/// Writes the live registrations of a segment anew; `salt` tells its name from every other. None
/// where none is live.
pub(super) fn recode(
    draft: &mut Draft,
    live: &LiveRegistrations,
    entry: &RegistrationEntry,
    change: &Change,
    (salt, keeps_contact_text): (u64, bool),
) -> Result<Option<RegistrationEntry>> {
    let keeps_contacts = entry.contacts.is_some() && keeps_contact_text;
    if keeps_contacts && live.contacts.is_none() {
        return Err(Error::not_found(
            "the names and contacts of the registrations are not here, so that they cannot be put \
             in their new order; put the files back, or change the families without contact text",
        ));
    }
    let (buffer, rows) = live_rows(&live.segment, &live.amendment.retired, change)?;
    if rows.is_empty() {
        return Ok(None);
    }
    // Without columns no row replaces another.
    let Ordered { namespaces, groups, rows: moved, firsts, .. } = order(&buffer, None, 0);
    drop(buffer);
    let fields = encode(live.segment.fields(), &rows, &moved)?;
    let rewritten = RegistrationRows {
        rows: count(moved.len())?,
        namespaces,
        keys: count(firsts.len())?,
        key_bytes: encode_keys(&groups)?,
        firsts,
        fields,
    };
    let id = rewritten.id(salt);
    let path = format!("registrations/{id}.seg");
    let summary = write_registrations(draft.create(&path)?, id, &rewritten)?;
    let mut contacts = None;
    if let Some(file) = live.contacts.as_deref().filter(|_| keeps_contacts) {
        let fields = encode(file.fields(), &rows, &moved)?;
        let path = format!("contacts/{id}.con");
        let summary = write_contacts(draft.create(&path)?, id, rewritten.rows, &fields)?;
        contacts = Some(FileEntry::new(path, &summary));
    }
    Ok(Some(RegistrationEntry {
        file: FileEntry::new(path, &summary),
        rows: rewritten.rows,
        keys: rewritten.keys,
        contacts,
        amended: None,
    }))
}

fn count(it: usize) -> Result<u64> {
    u64::try_from(it).map_err(|_| Error::unsupported("too many rows"))
}

/// The new serial of every live registration, and its row, in the order of the rows.
fn live_rows(
    segment: &RegistrationSegment,
    retired: &RowSet,
    change: &Change,
) -> Result<(Buffer, Vec<u32>)> {
    let mut buffer = Buffer::new(&Schema::default());
    let mut rows = Vec::new();
    let names: Vec<Box<str>> =
        (0u32..).map_while(|number| segment.namespace(number)).map(Box::from).collect();
    let bare = u32::try_from(names.len()).unwrap_or(MISSING);
    let keys = segment.keys();
    let (mut start, mut tally) = (0, Tally::default());
    while start < keys.rows() {
        let range = start..keys.rows().min(start + STRIDE);
        let mut serials = Vec::new();
        change.each_key(keys, (&range, &RowSet::new()), &mut tally, |_, namespace, key| {
            serials.push((if namespace < bare { namespace } else { MISSING }, key));
        })?;
        let positions: Vec<u32> = range.clone().filter_map(|it| u32::try_from(it).ok()).collect();
        let (mut block_keys, mut codes) = (BlockKeys::default(), Vec::new());
        let mut of_serials = serials.into_iter();
        segment.each_span(&positions, |first, end| {
            let (namespace, key) = of_serials
                .next()
                .ok_or_else(|| Error::corrupt("registrations: a row belongs to no serial"))?;
            for row in (first..end).filter(|row| !retired.contains(*row)) {
                rows.push(row);
                block_keys.push(key.clone());
                codes.push(namespace);
            }
            Ok(())
        })?;
        let block = Block {
            rows: codes.len(),
            keys: block_keys,
            namespaces: Some(BlockTexts { distinct: names.clone(), codes }),
            columns: Vec::new(),
            rejected: Vec::new(),
        };
        buffer.append(&block, 0..block.rows, None)?;
        start = range.end;
    }
    Ok((buffer, rows))
}

/// Encodes fields anew: of `rows`, in the order in which `moved` names their places.
fn encode<'f>(
    fields: impl Iterator<Item = (&'f str, &'f StoredColumn)>,
    rows: &[u32],
    moved: &[u32],
) -> Result<Vec<StoredField>> {
    let encoded = fields.map(|(name, column)| {
        let name = known_name(name)?;
        let values = match column {
            StoredColumn::Numbers(_) => numbers(column, rows, moved)?,
            StoredColumn::Texts(_) | StoredColumn::Packed(_) => texts(column, rows, moved)?,
        };
        StoredField::encode(name, &values, name == Field::Key.name())
            .map_err(|error| error.within(format!("field `{name}`")))
    });
    encoded.collect()
}

fn numbers(column: &StoredColumn, rows: &[u32], moved: &[u32]) -> Result<StoredValues> {
    let (mut values, mut missing) = (Vec::with_capacity(rows.len()), Vec::new());
    column.each_number(rows, |number| {
        if number.is_none() {
            missing.extend(u32::try_from(values.len()));
        }
        values.push(number.unwrap_or(0));
        Ok(())
    })?;
    let missing = placed_bits(&missing, Some(moved), rows.len());
    Ok(StoredValues::Numbers { values: place(values, Some(moved)), missing })
}

fn texts(column: &StoredColumn, rows: &[u32], moved: &[u32]) -> Result<StoredValues> {
    let (mut texts, mut codes) = (Interner::default(), Vec::with_capacity(rows.len()));
    column.each_text(rows, |text| {
        codes.push(text.map_or(Ok(MISSING), |text| texts.number(text))?);
        Ok(())
    })?;
    Ok(StoredValues::Texts { texts: texts.into_texts(), codes: place(codes, Some(moved)) })
}

/// The name of a field as files of registrations have it.
fn known_name(name: &str) -> Result<&'static str> {
    let names = Field::ALL.into_iter().map(Field::name).chain(["reach", "filled"]);
    let mut names = names.into_iter();
    names
        .find(|it| *it == name)
        .ok_or_else(|| Error::corrupt(format!("registrations: there is no field `{name}`")))
}
