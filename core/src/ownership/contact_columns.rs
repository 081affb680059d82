//! What contacts are made of, read column by column.

use std::ops::Range;

use rayon::prelude::*;

use super::gather::{Gather, Joined, namespace_of};
use super::ranked::{Ranked, Reached};
use crate::error::{Error, Result};
use crate::index::Snapshot;
use crate::pool;
use crate::registry::{Access, RegistrationField as Field};
use crate::segment::TextBuffer;

/// The fields that are read of the fullest registration of each owner.
pub(super) const FIELDS: [Field; 8] = [
    Field::Name,
    Field::Email,
    Field::Phone,
    Field::Street,
    Field::PostalCode,
    Field::City,
    Field::Language,
    Field::Country,
];

/// Some owners, column by column.
pub(super) struct ContactColumns {
    pub(super) owners: TextBuffer,
    pub(super) completeness: Vec<u8>,
    pub(super) access: Vec<Access>,
    /// The texts of [`FIELDS`].
    pub(super) fields: Vec<TextBuffer>,
    /// How many units there are up to the last of each owner.
    pub(super) unit_ends: Vec<usize>,
    pub(super) namespaces: TextBuffer,
    pub(super) serials: TextBuffer,
}

/// Owners that one thread reads: to wake others takes longer.
const ALONE_MAX: usize = 512;

impl ContactColumns {
    /// Reads some owners, by their rows: the columns in parallel where they are many.
    pub(super) fn read(
        snapshot: &Snapshot,
        ranked: &Ranked,
        owners: &[Range<usize>],
    ) -> Result<Self> {
        let fullest = |owner: &Range<usize>| {
            let rows = ranked.rows_of(owner).iter();
            rows.rev().max_by_key(|it| it.completeness).map(|it| it.joined)
        };
        let rows: Vec<Joined> = owners.iter().filter_map(fullest).collect();
        let gather = Gather::new(snapshot, &ranked.units, &rows)?;
        let tails = gather.tail_contacts()?;
        let field = |field: &Field| gather.contact_buffer(*field, &tails);
        let units = || units_of(snapshot, ranked, owners);
        let (fields, units): (Result<Vec<_>>, _) = if owners.len() <= ALONE_MAX {
            (FIELDS.iter().map(field).collect(), units())
        } else {
            let fields = || FIELDS.par_iter().map(field).collect();
            pool::shared()?.install(|| rayon::join(fields, units))
        };
        let (unit_ends, namespaces, serials) = units?;
        let mut columns = ContactColumns {
            owners: TextBuffer::with_capacity(owners.len()),
            completeness: Vec::with_capacity(owners.len()),
            access: Vec::with_capacity(owners.len()),
            fields: fields?,
            unit_ends,
            namespaces,
            serials,
        };
        for owner in owners {
            let rows = ranked.rows_of(owner);
            let token = rows.first().map_or("", |it| ranked.token(it));
            columns.owners.push(Some(token.as_bytes()));
            let join = |(full, access): (u8, Access), it: &Reached| {
                (full.max(it.completeness), access.union(it.access))
            };
            let (completeness, access) = rows.iter().fold((0, Access::default()), join);
            columns.completeness.push(completeness);
            columns.access.push(access);
        }
        Ok(columns)
    }
}

/// The units of each owner: how many up to its last, their namespaces, their serials.
fn units_of(
    snapshot: &Snapshot,
    ranked: &Ranked,
    owners: &[Range<usize>],
) -> Result<(Vec<usize>, TextBuffer, TextBuffer)> {
    let families = snapshot.schema().families();
    let mut ends = Vec::with_capacity(owners.len());
    let mut namespaces = TextBuffer::with_capacity(owners.len());
    let mut serials = TextBuffer::with_capacity(owners.len());
    let mut text = String::new();
    for owner in owners {
        let mut before = None;
        for row in ranked.rows_of(owner) {
            if before.replace(row.joined.unit) == Some(row.joined.unit) {
                continue;
            }
            let unit = ranked.units.get(row.joined.unit);
            let unit = unit.ok_or_else(|| Error::corrupt("a contact is of no unit"))?;
            namespaces.push(Some(namespace_of(snapshot, unit)?.as_bytes()));
            text.clear();
            families.text_into(&unit.key, &mut text)?;
            serials.push(Some(text.as_bytes()));
        }
        ends.push(serials.len());
    }
    Ok((ends, namespaces, serials))
}
