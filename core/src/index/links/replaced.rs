//! Registrations of an earlier segment that a later one replaces.

use super::matches::{Side, each_match};
use crate::bitmap::{Mask, RowSet};
use crate::column::Intervals;
use crate::error::Result;
use crate::registry::RegistrationField as Field;
use crate::segment::{RegistrationSegment, StoredColumn};
use crate::serial::Families;

/// How many times as many keys a dictionary may have before it is searched rather than walked.
const WALK_TIMES_MAX: u32 = 16;

/// The rows of `earlier` that `later` replaces: those of the same key, or where `later` has no keys
/// those of the same unit and owner.
pub(in crate::index) fn replaced(
    later: &RegistrationSegment,
    earlier: &RegistrationSegment,
    families: &Families,
) -> Result<RowSet> {
    match later.field(Field::Key) {
        Some(keys) => match earlier.field(Field::Key) {
            Some(earlier) => same_keys(keys, earlier),
            None => Ok(RowSet::new()),
        },
        None => same_owners(later, earlier, families),
    }
}

fn same_keys(later: &StoredColumn, earlier: &StoredColumn) -> Result<RowSet> {
    let StoredColumn::Texts(later) = later else { return Ok(RowSet::new()) };
    let Some(ours) = later.dictionary() else { return Ok(RowSet::new()) };
    let count = ours.len()?;
    rows_of_keys((0..count).map(|code| ours.text(code)), count, earlier)
}

/// The rows of `earlier` that have one of `count` keys, which ascend.
pub(in crate::index) fn rows_of_keys<'k>(
    keys: impl Iterator<Item = Result<&'k str>>,
    count: u32,
    earlier: &StoredColumn,
) -> Result<RowSet> {
    let mut rows = RowSet::new();
    let StoredColumn::Texts(earlier) = earlier else { return Ok(rows) };
    let Some(theirs) = earlier.dictionary() else { return Ok(rows) };
    let theirs_len = theirs.len()?;
    let walks = theirs_len / WALK_TIMES_MAX <= count;
    let (mut place, mut common) = (0, Vec::new());
    for key in keys {
        let key = key?;
        if walks {
            while place < theirs_len && theirs.text(place)? < key {
                place += 1;
            }
        } else {
            place = theirs.partition_point(|it| it < key)?;
        }
        if place < theirs_len && theirs.text(place)? == key {
            common.push((u64::from(place), u64::from(place)));
        }
    }
    if common.is_empty() {
        return Ok(rows);
    }
    let common = Intervals::new(common);
    for index in 0..earlier.chunks() {
        let mut mask = Mask::new();
        earlier.chunk(index)?.scan(&common, &mut mask)?;
        if let Ok(key) = u16::try_from(index) {
            rows.push_mask(key, &mask);
        }
    }
    Ok(rows)
}

fn same_owners(
    later: &RegistrationSegment,
    earlier: &RegistrationSegment,
    families: &Families,
) -> Result<RowSet> {
    let namespaces = |name: Option<&str>| earlier.namespace_number(name).into_iter().collect();
    let side = Side { keys: earlier.keys(), namespaces: &namespaces, grew_families: true };
    let mut common: Vec<(u32, u32)> = Vec::new();
    each_match(later, &side, families, |found| {
        common.push((found.position, found.row));
        Ok(())
    })?;
    let mut ours: Vec<u32> = common.iter().map(|it| it.0).collect();
    ours.sort_unstable();
    ours.dedup();
    let mut theirs: Vec<u32> = common.iter().map(|it| it.1).collect();
    theirs.sort_unstable();
    theirs.dedup();
    let (ours, theirs) = (Owners::read(later, ours)?, Owners::read(earlier, theirs)?);
    let mut rows = Vec::new();
    for (position, other) in common {
        let owners = ours.of(position);
        let same =
            theirs.of(other).iter().filter(|(_, it)| owners.iter().any(|(_, owner)| owner == it));
        rows.extend(same.map(|(row, _)| *row));
    }
    rows.sort_unstable();
    Ok(RowSet::from_sorted(rows))
}

/// The owners of some serials.
struct Owners {
    /// Places of serials, ascending.
    positions: Vec<u32>,
    /// Where the rows of each end.
    ends: Vec<usize>,
    /// Each row with its owner.
    rows: Vec<(u32, String)>,
}

impl Owners {
    fn read(segment: &RegistrationSegment, positions: Vec<u32>) -> Result<Self> {
        let (mut ends, mut rows) = (Vec::new(), Vec::new());
        segment.each_span(&positions, |start, end| {
            rows.extend(start..end);
            ends.push(rows.len());
            Ok(())
        })?;
        let mut owners = Vec::with_capacity(rows.len());
        if let Some(column) = segment.field(Field::Owner) {
            column.each_text(&rows, |owner| {
                owners.push(owner.unwrap_or_default().to_owned());
                Ok(())
            })?;
        }
        Ok(Owners { positions, ends, rows: rows.into_iter().zip(owners).collect() })
    }

    fn of(&self, position: u32) -> &[(u32, String)] {
        let Ok(at) = self.positions.binary_search(&position) else { return &[] };
        let end = self.ends.get(at).copied().unwrap_or(0);
        let start = at.checked_sub(1).and_then(|it| self.ends.get(it)).copied().unwrap_or(0);
        self.rows.get(start..end).unwrap_or_default()
    }
}
