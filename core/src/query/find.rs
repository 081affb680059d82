//! Serials become rows.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::index::{LiveSegment, Snapshot};
use crate::keys::{GroupInfo, Keys};
use crate::serial::{FamilyId, SerialKey};

/// Where a unit is in a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) segment: usize,
    pub(super) row: u32,
}

/// The units of one serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    One(Place),
    /// A serial of several namespaces, or an identifier that units share.
    Several,
}

impl Found {
    /// Takes one more unit into account.
    pub(super) fn add(&mut self, place: Place) {
        *self = match self {
            Found::Nothing => Found::One(place),
            Found::One(_) | Found::Several => Found::Several,
        };
    }
}

/// The live units of a key, in one namespace or in any.
pub(super) fn find(snapshot: &Snapshot, namespace: Option<&str>, key: &SerialKey) -> Result<Found> {
    let mut found = Found::Nothing;
    for (at, segment) in snapshot.segments().iter().enumerate() {
        let namespace = numbered(segment, namespace);
        let keys = segment.units.keys();
        for_groups(keys, namespace, |group| {
            if group.family == key.family()
                && let Some(row) = keys.row_of(group.namespace, key)?
                && !segment.retired.contains(row)
            {
                found.add(Place { segment: at, row });
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// The number that a namespace has in a segment; where it has none, one that no serial is of.
fn numbered(segment: &LiveSegment, namespace: Option<&str>) -> Option<u32> {
    namespace.map(|name| segment.units.namespace(name).unwrap_or(u32::MAX))
}

/// Tells the place in `keys` and the row of every live unit of `segment` that has one of them, in
/// one namespace or in any; `keys` ascend and are unique.
pub(super) fn find_sorted(
    segment: &LiveSegment,
    namespace: Option<&str>,
    keys: &[SerialKey],
    mut tell: impl FnMut(usize, u32),
) -> Result<()> {
    find_keys(segment.units.keys(), numbered(segment, namespace), keys, |at, row| {
        if !segment.retired.contains(row) {
            tell(at, row);
        }
        Ok(())
    })
}

/// As [`find_sorted`], with the identifiers of a column; one may have several units.
pub(super) fn find_identified(
    segment: &LiveSegment,
    column: usize,
    keys: &[SerialKey],
    mut tell: impl FnMut(usize, u32),
) -> Result<()> {
    let Some(identifiers) = segment.units.identifiers(column) else { return Ok(()) };
    let mut walk = identifiers.walk();
    find_keys(identifiers.keys(), None, keys, |at, place| {
        walk.each_row(u64::from(place)..u64::from(place) + 1, |row| {
            if !segment.retired.contains(row) {
                tell(at, row);
            }
        })
    })
}

/// Tells the place in `wanted` and the row of every one of them that is among some keys, of one
/// namespace or of any; `wanted` ascend and are unique.
pub(super) fn find_keys(
    keys: &Keys,
    namespace: Option<u32>,
    wanted: &[SerialKey],
    mut tell: impl FnMut(usize, u32) -> Result<()>,
) -> Result<()> {
    let mut stored = keys.lookup();
    for_groups(keys, namespace, |group| {
        let start = wanted.partition_point(|key| key.family() < group.family);
        let end = wanted.partition_point(|key| key.family() <= group.family);
        let ours = wanted.get(start..end).unwrap_or_default();
        let Some((first, last)) = ends(keys, group)? else { return Ok(()) };
        let skipped = ours.partition_point(|key| *key < first);
        let inside = ours.iter().enumerate().skip(skipped);
        for (at, key) in inside.take_while(|(_, key)| **key <= last) {
            if let Some(row) = stored.row_of(group.namespace, key)? {
                tell(start + at, row)?;
            }
        }
        Ok(())
    })
}

/// Calls for each group of keys, of one namespace or of all.
fn for_groups(
    keys: &Keys,
    namespace: Option<u32>,
    mut call: impl FnMut(&GroupInfo) -> Result<()>,
) -> Result<()> {
    let groups = keys.groups();
    let Some(number) = namespace else { return groups.iter().try_for_each(call) };
    let start = groups.partition_point(|group| group.namespace < number);
    let mine = groups.iter().skip(start).take_while(|group| group.namespace == number);
    mine.into_iter().try_for_each(&mut call)
}

/// The first and the last key of a group.
pub(super) fn ends(keys: &Keys, group: &GroupInfo) -> Result<Option<(SerialKey, SerialKey)>> {
    let Some(last) = group.rows.clone().next_back() else { return Ok(None) };
    let key = |row: u64| {
        let row = u32::try_from(row).map_err(|_| Error::corrupt("segment: too many rows"))?;
        keys.key_at(row).map(|(_, key)| key)
    };
    Ok(Some((key(group.rows.start)?, key(last)?)))
}

/// Rows decoded one by one where they are fewer than this share of the rows between them.
const SPARSE: u64 = 64;

/// Appends the namespace number and key of rows of a segment; `rows` ascend.
pub(super) fn read_keys(
    segment: &LiveSegment,
    rows: &[u32],
    out: &mut Vec<(u32, SerialKey)>,
) -> Result<()> {
    let keys = segment.units.keys();
    let mut rest = rows;
    while let Some(&first) = rest.first() {
        let (number, group) = group_of(segment, first)?;
        let inside = rest.partition_point(|row| u64::from(*row) < group.rows.end);
        let (mine, later) = rest.split_at_checked(inside).unwrap_or((rest, &[]));
        let last = mine.last().copied().unwrap_or(first);
        let span = u64::from(first)..u64::from(last) + 1;
        if span.end - span.start > SPARSE.saturating_mul(mine.len() as u64) {
            for row in mine {
                out.push(keys.key_at(*row)?);
            }
        } else {
            read_span(segment, number, span, mine, out)?;
        }
        rest = later;
    }
    Ok(())
}

/// The group of a row, and its place.
fn group_of(segment: &LiveSegment, row: u32) -> Result<(usize, &GroupInfo)> {
    let groups = segment.units.keys().groups();
    let at = groups.partition_point(|group| group.rows.end <= u64::from(row));
    let group = groups.get(at).filter(|group| group.rows.contains(&u64::from(row)));
    group.map(|it| (at, it)).ok_or_else(|| Error::corrupt("segment: a row has no serial"))
}

/// Goes over all keys of a span of rows of one group, and keeps those of `rows`.
fn read_span(
    segment: &LiveSegment,
    number: usize,
    span: Range<u64>,
    rows: &[u32],
    out: &mut Vec<(u32, SerialKey)>,
) -> Result<()> {
    let keys = segment.units.keys();
    let Some(GroupInfo { namespace, family, .. }) = keys.groups().get(number) else {
        return Ok(());
    };
    let mut wanted = rows.iter().copied().map(u64::from).peekable();
    if *family == FamilyId::OPAQUE {
        return keys.for_each_text(number, span, |row, text| {
            if wanted.next_if_eq(&row).is_some() {
                out.push((*namespace, SerialKey::Opaque(text.into())));
            }
            Ok(())
        });
    }
    keys.for_each_run(number, span, |run| {
        let end = run.row + u64::from(run.length);
        while let Some(row) = wanted.next_if(|row| *row < end) {
            let code = run.first.wrapping_add(u128::from(row.saturating_sub(run.row)));
            out.push((*namespace, SerialKey::Coded { family: *family, code }));
        }
    })
}
