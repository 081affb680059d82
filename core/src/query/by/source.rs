//! Where a term has its values in a segment.

use super::axis::Axis;
use super::calendar::{Buckets, Calendar};
use super::tally::Slot;
use super::term::{Bound, Part};
use crate::bitmap::Mask;
use crate::column::{Chunk, ColumnReader, Intervals};
use crate::error::{Error, Result};
use crate::keys::{GroupInfo, Keys};
use crate::limits::CHUNK_ROWS;
use crate::schema::ColumnType;
use crate::segment::UnitSegment;
use crate::serial::{Families, FamilyId, SerialKey};

/// A term in one segment.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// A column that the segment was written without.
    Absent,
    /// The namespaces, by the groups of serials.
    Namespaces(&'a [GroupInfo], u64),
    Serials(&'a Keys, &'a Part),
    /// A column of identifiers, and the families they are of.
    Identifiers(&'a ColumnReader, &'a Families, &'a Part),
    Column(&'a ColumnReader),
    Periods(&'a ColumnReader, &'a Calendar),
}

impl<'a> Source<'a> {
    pub(super) fn new(segment: &'a UnitSegment, term: &'a Bound) -> Self {
        match term {
            Bound::Namespace => Source::Namespaces(segment.keys().groups(), segment.rows()),
            Bound::Serial(part) => Source::Serials(segment.keys(), part),
            Bound::Identifier { place, families, part } => segment
                .column(*place)
                .map_or(Source::Absent, |column| Source::Identifiers(column, families, part)),
            Bound::Column { place, .. } => {
                segment.column(*place).map_or(Source::Absent, Source::Column)
            }
            Bound::Period { place, calendar } => segment
                .column(*place)
                .map_or(Source::Absent, |column| Source::Periods(column, calendar)),
        }
    }

    /// What all rows of a chunk have, where that shows without reading them.
    pub(super) fn constant(&self, key: u16, buckets: &mut Buckets) -> Result<Option<Slot>> {
        let (column, calendar) = match self {
            Source::Absent => return Ok(Some(Slot::Missing)),
            Source::Namespaces(groups, rows) => {
                let (first, end) = chunk_rows(key, *rows);
                let namespace = |row: u64| group_of(groups, row).map(|it| it.namespace);
                let first = namespace(first)?;
                let same = first == namespace(end.saturating_sub(1))?;
                return Ok(same.then(|| Slot::Value(u64::from(first))));
            }
            Source::Serials(keys, part) => {
                return common(keys, key, |family, first, last| part.common(family, first, last));
            }
            Source::Identifiers(column, ..) => {
                let chunk = column.chunk(usize::from(key))?;
                return Ok((chunk.missing_count() == chunk.rows()).then_some(Slot::Missing));
            }
            Source::Column(column) => (column, None),
            Source::Periods(column, calendar) => (column, Some(calendar)),
        };
        let chunk = column.chunk(usize::from(key))?;
        if chunk.missing_count() == chunk.rows() {
            return Ok(Some(Slot::Missing));
        }
        let listed = column.column_type() == ColumnType::TextList;
        Ok(match (chunk.zone(), calendar) {
            _ if chunk.missing_count() > 0 => None,
            (None, _) => Some(Slot::Empty),
            (Some((least, most)), None) => (least == most && !listed).then_some(Slot::Value(least)),
            (Some(zone), Some(calendar)) => match buckets.spanning(calendar, zone)? {
                Some([only]) => Some(Slot::Value(only.first_day)),
                _ => None,
            },
        })
    }

    /// What each row of a chunk has; for rows that are not in `rows`, anything.
    pub(super) fn axis(&self, key: u16, rows: &Mask, buckets: &mut Buckets) -> Result<Axis> {
        let chunk = |column: &'a ColumnReader| column.chunk(usize::from(key));
        match self {
            Source::Absent => Err(Error::corrupt("a column is not where it was")),
            Source::Namespaces(groups, all) => namespaces(groups, chunk_rows(key, *all)),
            Source::Serials(keys, part) => serials(keys, key, |family, codes, out| {
                part.slots_into(family, codes, out);
            }),
            Source::Identifiers(column, families, part) => {
                identifiers(&chunk(column)?, rows, |ordinal| {
                    identifier_slot(column, families, part, ordinal)
                })
            }
            Source::Column(column) if column.column_type() == ColumnType::TextList => {
                Axis::of_lists(&chunk(column)?)
            }
            Source::Column(column) => Axis::of_values(&chunk(column)?, rows),
            Source::Periods(column, calendar) => {
                Axis::of_periods(&chunk(column)?, calendar, buckets, rows)
            }
        }
    }

    /// What each of some rows of a chunk has, in turn; none of lists.
    pub(super) fn axis_of(&self, key: u16, rows: &[u16]) -> Result<Option<Axis>> {
        match self {
            Source::Column(column) | Source::Periods(column, _)
                if column.column_type() == ColumnType::TextList =>
            {
                Ok(None)
            }
            Source::Column(column) => {
                Axis::of_rows(&column.chunk(usize::from(key))?, rows).map(Some)
            }
            Source::Periods(column, calendar) => {
                let chunk = column.chunk(usize::from(key))?;
                Axis::of_rows_by_period(&chunk, calendar, rows).map(Some)
            }
            Source::Absent
            | Source::Namespaces(..)
            | Source::Serials(..)
            | Source::Identifiers(..) => {
                let mut slots = Vec::with_capacity(rows.len());
                for row in rows {
                    self.read(u32::from(key) << 16 | u32::from(*row), &mut slots)?;
                }
                Ok(Some(Axis::of_slots(&slots)))
            }
        }
    }

    /// Appends what one row has: one slot, or of lists one for each different value.
    pub(super) fn read(&self, row: u32, out: &mut Vec<Slot>) -> Result<()> {
        let (column, calendar) = match self {
            Source::Absent => {
                out.push(Slot::Missing);
                return Ok(());
            }
            Source::Namespaces(groups, _) => {
                let group = group_of(groups, u64::from(row))?;
                out.push(Slot::Value(u64::from(group.namespace)));
                return Ok(());
            }
            Source::Serials(keys, part) => {
                out.push(part.slot(&keys.key_at(row)?.1));
                return Ok(());
            }
            Source::Column(column) | Source::Identifiers(column, ..) => (column, None),
            Source::Periods(column, calendar) => (column, Some(calendar)),
        };
        let chunk = column.chunk(row as usize / CHUNK_ROWS)?;
        let [low, high, ..] = row.to_le_bytes();
        let row = u16::from_le_bytes([low, high]);
        if let Source::Identifiers(column, families, part) = self {
            let slot = |ordinal| identifier_slot(column, families, part, ordinal);
            out.push(chunk.ordinal_at(row)?.map_or(Ok(Slot::Missing), slot)?);
            return Ok(());
        }
        if column.column_type() == ColumnType::TextList {
            return read_list(&chunk, row, out);
        }
        out.push(match (chunk.ordinal_at(row)?, calendar) {
            (None, _) => Slot::Missing,
            (Some(ordinal), None) => Slot::Value(ordinal),
            (Some(ordinal), Some(calendar)) => Slot::Value(calendar.bucket(ordinal)?.first_day),
        });
        Ok(())
    }

    /// Tells how many rows of a chunk have each slot, where the column counts them itself.
    pub(super) fn count(
        &self,
        key: u16,
        mask: &Mask,
        mut tell: impl FnMut(Slot, u64) -> Result<()>,
    ) -> Result<bool> {
        let Source::Column(column) = self else { return Ok(false) };
        let chunk = column.chunk(usize::from(key))?;
        let mut missing = Mask::new();
        chunk.missing_into(&mut missing)?;
        let mut told = Ok(());
        let mut pass = |slot: Slot, units: u64| {
            if told.is_ok() && units > 0 {
                told = tell(slot, units);
            }
        };
        if column.column_type() == ColumnType::TextList {
            let mut empty = mask.clone();
            let mut filled = missing.clone();
            chunk.scan(&Intervals::between(0, u64::MAX), &mut filled)?;
            empty.and_not(&filled);
            pass(Slot::Empty, u64::from(empty.count()));
        }
        chunk.count_into(mask, |ordinal, units| pass(Slot::Value(ordinal), units))?;
        pass(Slot::Missing, u64::from(mask.and_count(&missing)));
        told.map(|()| true)
    }
}

fn read_list(chunk: &Chunk<'_>, row: u16, out: &mut Vec<Slot>) -> Result<()> {
    let mut codes = Vec::new();
    if !chunk.list_at(row, &mut codes)? {
        out.push(Slot::Missing);
    } else if codes.is_empty() {
        out.push(Slot::Empty);
    } else {
        codes.sort_unstable();
        codes.dedup();
        out.extend(codes.into_iter().map(|code| Slot::Value(u64::from(code))));
    }
    Ok(())
}

fn namespaces(groups: &[GroupInfo], (first, end): (u64, u64)) -> Result<Axis> {
    let mut axis = Axis::default();
    let start = groups.partition_point(|group| group.rows.end <= first);
    for group in groups.iter().skip(start).take_while(|group| group.rows.start < end) {
        let slot = Slot::Value(u64::from(group.namespace));
        let rows = group.rows.end.min(end) - group.rows.start.max(first);
        axis.push(slot, usize::try_from(rows).map_err(|_| Error::corrupt("a chunk is too long"))?);
    }
    Ok(axis)
}

/// What all serials of a chunk have, where `of` tells it of two codes of a family and all between.
fn common(
    keys: &Keys,
    key: u16,
    of: impl Fn(FamilyId, u128, u128) -> Option<Slot>,
) -> Result<Option<Slot>> {
    let (first, end) = chunk_rows(key, keys.rows());
    let last = end.saturating_sub(1);
    if group_of(keys.groups(), first)? != group_of(keys.groups(), last)? {
        return Ok(None);
    }
    Ok(match (key_at(keys, first)?, key_at(keys, last)?) {
        (SerialKey::Opaque(_), _) | (_, SerialKey::Opaque(_)) => Some(Slot::Missing),
        (SerialKey::Coded { family, code }, SerialKey::Coded { code: end, .. }) => {
            of(family, code, end)
        }
    })
}

/// What each row of a chunk has of its serial: `slots_into` appends what the codes of a family have.
fn serials(
    keys: &Keys,
    key: u16,
    slots_into: impl Fn(FamilyId, &[u128], &mut Vec<Slot>),
) -> Result<Axis> {
    let (first, end) = chunk_rows(key, keys.rows());
    let (mut slots, mut codes) = (Vec::new(), Vec::new());
    let start = keys.groups().partition_point(|group| group.rows.end <= first);
    for (at, group) in keys.groups().iter().enumerate().skip(start) {
        let rows = group.rows.start.max(first)..group.rows.end.min(end);
        if rows.is_empty() {
            break;
        }
        if group.family == FamilyId::OPAQUE {
            let count = usize::try_from(rows.end - rows.start);
            let count = count.map_err(|_| Error::corrupt("a chunk is too long"))?;
            slots.resize(slots.len() + count, Slot::Missing);
            continue;
        }
        codes.clear();
        keys.codes_into(at, rows, &mut codes)?;
        slots_into(group.family, &codes, &mut slots);
    }
    Ok(Axis::of_slots(&slots))
}

/// What each row of a chunk has of its identifier; for rows that are not in `rows`, anything.
fn identifiers(chunk: &Chunk<'_>, rows: &Mask, slot: impl Fn(u64) -> Result<Slot>) -> Result<Axis> {
    let mut asked = Mask::new();
    chunk.missing_into(&mut asked)?;
    asked.flip_range(0..chunk.rows());
    asked.and(rows);
    let mut ordinals = Vec::new();
    chunk.ordinals_into(&mut ordinals)?;
    let mut slots = vec![Slot::Missing; ordinals.len()];
    for row in asked.iter() {
        if let Some((out, ordinal)) =
            slots.get_mut(usize::from(row)).zip(ordinals.get(usize::from(row)))
        {
            *out = slot(*ordinal)?;
        }
    }
    Ok(Axis::of_slots(&slots))
}

/// What the identifier with an ordinal has.
fn identifier_slot(
    column: &ColumnReader,
    families: &Families,
    part: &Part,
    ordinal: u64,
) -> Result<Slot> {
    let key = families.classify_present(column.text(ordinal)?);
    let key = key.map_err(|error| Error::corrupt(format!("segment: {}", error.message())))?;
    Ok(key.map_or(Slot::Missing, |key| part.slot(&key)))
}

fn key_at(keys: &Keys, row: u64) -> Result<SerialKey> {
    let row = u32::try_from(row).map_err(|_| Error::corrupt("segment: too many rows"))?;
    Ok(keys.key_at(row)?.1)
}

/// The first row of a chunk, and the end of its rows.
fn chunk_rows(key: u16, rows: u64) -> (u64, u64) {
    let first = u64::from(key) << 16;
    (first, rows.min(first + CHUNK_ROWS as u64))
}

fn group_of(groups: &[GroupInfo], row: u64) -> Result<&GroupInfo> {
    let at = groups.partition_point(|group| group.rows.end <= row);
    groups.get(at).ok_or_else(|| Error::corrupt("segment: a row has no serial"))
}
