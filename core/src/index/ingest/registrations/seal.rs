//! From registrations in memory to a segment and its contacts.

use rayon::prelude::*;

use super::layout::{Layout, role};
use super::order::Ordered;
use super::permits::Permits;
use crate::error::{Error, Result};
use crate::index::ingest::block::usize_of;
use crate::index::ingest::buffer::{Buffer, BufferColumn};
use crate::index::ingest::interner::MISSING;
use crate::index::ingest::seal::{place, placed_bits};
use crate::keys::encode_keys;
use crate::pool::Halt;
use crate::registry::RegistrationField as Field;
use crate::segment::{RegistrationRows, StoredField, StoredValues};

/// The parts of a segment, and of its file of contacts.
pub(super) struct Sealed {
    pub(super) registrations: RegistrationRows,
    pub(super) contacts: Vec<StoredField>,
}

/// Encodes the rows of a buffer in their order, columns in parallel.
pub(super) fn encode(
    mut buffer: Buffer,
    ordered: Ordered,
    layout: &Layout,
    keeps_contact_text: bool,
    halt: &Halt,
) -> Result<Sealed> {
    let rows = ordered.rows;
    let (reach, filled) = Permits::new(&buffer, layout).read(&rows);
    let numbers = |values| StoredValues::Numbers { values, missing: Vec::new() };
    let mut values: Vec<(&'static str, StoredValues)> =
        vec![("reach", numbers(reach)), ("filled", numbers(filled))];
    for (field, column) in layout.fields.iter().zip(std::mem::take(&mut buffer.columns)) {
        let is_contact = Field::CONTACT_TEXT.contains(field);
        if !is_contact || keeps_contact_text {
            values.extend(stored(*field, column, &rows).map(|it| (field.name(), it)));
        }
    }
    let encode = |(name, values): (&'static str, StoredValues)| {
        // Keys are searched when later registrations come.
        StoredField::encode(name, &values, name == Field::Key.name(), halt)
            .map_err(|error| error.within(format!("field `{name}`")))
    };
    let (keys, fields) = rayon::join(
        || encode_keys(&ordered.groups, halt),
        || values.into_par_iter().map(encode).collect::<Result<Vec<_>>>(),
    );
    let is_contact =
        |it: &StoredField| Field::CONTACT_TEXT.iter().any(|field| field.name() == it.name);
    let (contacts, fields) = fields?.into_iter().partition(is_contact);
    let count = |it: usize| u64::try_from(it).map_err(|_| Error::unsupported("too many rows"));
    Ok(Sealed {
        registrations: RegistrationRows {
            rows: count(rows.len())?,
            namespaces: ordered.namespaces,
            keys: count(ordered.firsts.len())?,
            key_bytes: keys?,
            firsts: ordered.firsts,
            fields,
        },
        contacts,
    })
}

/// The values of a field in the order of the segment; none where the segment keeps none, or all
/// are missing.
fn stored(field: Field, column: BufferColumn, order: &[u32]) -> Option<StoredValues> {
    match (field, column) {
        (
            Field::Channels | Field::HasChannel(_) | Field::Consent(_) | Field::ChannelConsent(_),
            _,
        ) => None,
        (Field::Role, BufferColumn::Texts { texts, codes }) => {
            let numbers: Vec<i64> = texts.texts().iter().map(|text| role(text)).collect();
            let values: Vec<i64> = place(codes, Some(order))
                .iter()
                .map(|code| numbers.get(usize_of(*code)).copied().unwrap_or(0))
                .collect();
            let told = values.iter().any(|it| *it != 0);
            told.then_some(StoredValues::Numbers { values, missing: Vec::new() })
        }
        (_, BufferColumn::Texts { texts, codes }) => {
            let texts = texts.into_texts();
            let mut codes = place(codes, Some(order));
            let empty = texts.iter().position(|it| it.is_empty());
            for code in &mut codes {
                if empty == Some(usize_of(*code)) {
                    *code = MISSING;
                }
            }
            let there = codes.iter().any(|code| *code != MISSING);
            let texts = StoredValues::Texts { texts, codes };
            there.then_some(texts)
        }
        (_, BufferColumn::Numbers { values, missing }) => {
            let there = missing.len() < values.len();
            let missing = placed_bits(&missing, Some(order), order.len());
            let values = place(values, Some(order));
            there.then_some(StoredValues::Numbers { values, missing })
        }
        _ => None,
    }
}
