//! Units joined with the live registrations of their serials.

use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::{RegistrationSource, Snapshot, linked_rows};
use crate::registry::{Access, Permissions, Role};

/// A registration of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    /// The row of the unit in its segment.
    pub(super) unit: u32,
    /// The place of where it is read from among those of the snapshot.
    pub(super) source: usize,
    /// The row there.
    pub(super) row: u32,
}

/// The registrations of units of one segment that hold at an instant, by unit, then in the order in
/// which they came.
pub(super) fn pairs_at(
    snapshot: &Snapshot,
    segment: usize,
    units: &RowSet,
    as_of: i64,
) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for source in 0..snapshot.registration_sources().count() {
        pairs.extend(pairs_of(snapshot, (segment, source), units, as_of)?);
    }
    pairs.sort_unstable();
    Ok(pairs)
}

/// Those of them that are of one source, in no order.
pub(super) fn pairs_of(
    snapshot: &Snapshot,
    (segment, source): (usize, usize),
    units: &RowSet,
    as_of: i64,
) -> Result<Vec<Pair>> {
    let Some(from) = snapshot.registration_source(source) else { return Ok(Vec::new()) };
    let overlay = snapshot.overlay()?;
    let mut found = match from {
        RegistrationSource::Segment(live) => {
            let Some(links) = snapshot.links_of(segment).get(source) else { return Ok(Vec::new()) };
            let mut found = linked_rows(links, live, units)?;
            if let Some(retired) = overlay.and_then(|it| it.retired(source)) {
                found.retain(|(_, row)| !retired.contains(*row));
            }
            found
        }
        RegistrationSource::Tail(_) => {
            overlay.and_then(|it| it.of_units(segment)).map_or_else(Vec::new, |it| it.pairs(units))
        }
    };
    hold_at(from, &mut found, as_of)?;
    Ok(found.into_iter().map(|(unit, row)| Pair { unit, source, row }).collect())
}

/// Leaves those that hold at an instant: begun by then, and not ended.
fn hold_at(source: RegistrationSource<'_>, found: &mut Vec<(u32, u32)>, as_of: i64) -> Result<()> {
    for (name, begins) in [("valid_from", true), ("valid_to", false)] {
        if source.has(name) {
            let rows: Vec<u32> = found.iter().map(|it| it.1).collect();
            let mut numbers = source.numbers(name, &rows)?.into_iter();
            found.retain(|_| {
                let bound = numbers.next().flatten();
                bound.is_none_or(|it| if begins { it <= as_of } else { as_of < it })
            });
        }
    }
    Ok(())
}

/// What each of some registrations of one source permits; none for those in no owning role.
pub(super) fn access_of(
    source: RegistrationSource<'_>,
    rows: &[u32],
) -> Result<Vec<Option<Access>>> {
    let roles = source.numbers("role", rows)?;
    let permissions = permissions_of(source, rows)?;
    let access = |(role, permissions): (Option<i64>, Permissions)| {
        Ok(role_of(role)?.is_owning().then(|| Access::of(permissions)))
    };
    roles.into_iter().zip(permissions).map(access).collect()
}

/// The permissions of some registrations of one source.
pub(super) fn permissions_of(
    source: RegistrationSource<'_>,
    rows: &[u32],
) -> Result<Vec<Permissions>> {
    let permissions = |bits: Option<i64>| {
        Permissions::from_bits(bits.unwrap_or(0))
            .ok_or_else(|| Error::corrupt("registrations: there are no such permissions"))
    };
    source.numbers("reach", rows)?.into_iter().map(permissions).collect()
}

/// The role of a number.
pub(super) fn role_of(number: Option<i64>) -> Result<Role> {
    Role::from_number(number.unwrap_or(0))
        .ok_or_else(|| Error::corrupt("registrations: there is no such role"))
}

/// The units that are registered by what holds at an instant, and what that permits, by unit.
pub(super) fn evaluate(
    snapshot: &Snapshot,
    segment: usize,
    units: &RowSet,
    as_of: i64,
) -> Result<Vec<(u32, Access)>> {
    if units.is_empty() {
        return Ok(Vec::new());
    }
    let pairs = pairs_at(snapshot, segment, units, as_of)?;
    let mut found: Vec<(u32, Access)> = Vec::new();
    for (source, from) in snapshot.registration_sources().enumerate() {
        let ours: Vec<&Pair> = pairs.iter().filter(|it| it.source == source).collect();
        let rows: Vec<u32> = ours.iter().map(|it| it.row).collect();
        let access = access_of(from, &rows)?;
        found.extend(ours.iter().zip(access).filter_map(|(pair, it)| Some((pair.unit, it?))));
    }
    found.sort_unstable();
    let join = |same: &[(u32, Access)]| {
        let (unit, first) = *same.first()?;
        Some((unit, same.iter().fold(first, |joined, (_, it)| joined.union(*it))))
    };
    Ok(found.chunk_by(|a, b| a.0 == b.0).filter_map(join).collect())
}
