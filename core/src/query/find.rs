//! Serials become rows.

use std::ops::Range;

use crate::error::{Error, Result};
use crate::index::{LiveSegment, Snapshot};
use crate::keys::GroupInfo;
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
    /// Of several namespaces.
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
        for_groups(segment, namespace, |group| {
            if group.family == key.family()
                && let Some(row) = segment.units.keys().row_of(group.namespace, key)?
                && !segment.retired.contains(row)
            {
                found.add(Place { segment: at, row });
            }
            Ok(())
        })?;
    }
    Ok(found)
}

/// Tells the place in `keys` and the row of every live unit of `segment` that has one of them, in
/// one namespace or in any; `keys` ascend and are unique.
pub(super) fn find_sorted(
    segment: &LiveSegment,
    namespace: Option<&str>,
    keys: &[SerialKey],
    mut tell: impl FnMut(usize, u32),
) -> Result<()> {
    let mut stored = segment.units.keys().lookup();
    for_groups(segment, namespace, |group| {
        let start = keys.partition_point(|key| key.family() < group.family);
        let end = keys.partition_point(|key| key.family() <= group.family);
        let ours = keys.get(start..end).unwrap_or_default();
        let Some((first, last)) = ends(segment, group)? else { return Ok(()) };
        let skipped = ours.partition_point(|key| *key < first);
        let inside = ours.iter().enumerate().skip(skipped);
        for (at, key) in inside.take_while(|(_, key)| **key <= last) {
            if let Some(row) = stored.row_of(group.namespace, key)?
                && !segment.retired.contains(row)
            {
                tell(start + at, row);
            }
        }
        Ok(())
    })
}

/// Calls for each group of serials of a segment, of one namespace or of all.
pub(super) fn for_groups(
    segment: &LiveSegment,
    namespace: Option<&str>,
    mut call: impl FnMut(&GroupInfo) -> Result<()>,
) -> Result<()> {
    let groups = segment.units.keys().groups();
    let Some(namespace) = namespace else { return groups.iter().try_for_each(call) };
    let Some(number) = segment.units.namespace(namespace) else { return Ok(()) };
    let start = groups.partition_point(|group| group.namespace < number);
    let mine = groups.iter().skip(start).take_while(|group| group.namespace == number);
    mine.into_iter().try_for_each(&mut call)
}

/// The first and the last key of a group.
pub(super) fn ends(
    segment: &LiveSegment,
    group: &GroupInfo,
) -> Result<Option<(SerialKey, SerialKey)>> {
    let Some(last) = group.rows.clone().next_back() else { return Ok(None) };
    let key = |row: u64| {
        let row = u32::try_from(row).map_err(|_| Error::corrupt("segment: too many rows"))?;
        segment.units.keys().key_at(row).map(|(_, key)| key)
    };
    Ok(Some((key(group.rows.start)?, key(last)?)))
}

/// Rows decoded one by one where they are fewer than this share of the rows between them.
const SPARSE: u64 = 8;

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

/// Decodes all keys of a span of rows of one group, and keeps those of `rows`.
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
    let mut codes = Vec::new();
    keys.codes_into(number, span.clone(), &mut codes)?;
    let kept = span.zip(codes).filter(|(row, _)| wanted.next_if_eq(row).is_some());
    out.extend(kept.map(|(_, code)| (*namespace, SerialKey::Coded { family: *family, code })));
    Ok(())
}
