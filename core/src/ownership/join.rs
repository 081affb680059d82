//! Units joined with the live registrations of their serials.

use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::{LiveRegistrations, Snapshot};
use crate::registry::{Access, Permissions, Role};

/// A registration of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pair {
    /// The row of the unit in its segment.
    pub(super) unit: u32,
    /// The place of the segment of registrations in the snapshot.
    pub(super) source: usize,
    /// The row there.
    pub(super) row: u32,
}

/// The registrations of units of one segment that hold at an instant, by unit, then in the order in
/// which they were loaded.
pub(super) fn pairs_at(
    snapshot: &Snapshot,
    segment: usize,
    units: &RowSet,
    as_of: i64,
) -> Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for source in 0..snapshot.links_of(segment).len() {
        pairs.extend(pairs_of(snapshot, (segment, source), units, as_of)?);
    }
    pairs.sort_unstable();
    Ok(pairs)
}

/// Those of them that are in one segment of registrations, in no order.
pub(super) fn pairs_of(
    snapshot: &Snapshot,
    (segment, source): (usize, usize),
    units: &RowSet,
    as_of: i64,
) -> Result<Vec<Pair>> {
    let links = snapshot.links_of(segment).get(source);
    let Some((links, live)) = links.zip(snapshot.registration_segments().get(source)) else {
        return Ok(Vec::new());
    };
    let mut found: Vec<(u32, u32)> = Vec::new();
    for lane in links.lanes() {
        let (mut linked, mut positions) = (Vec::new(), Vec::new());
        lane.each_position(units, |unit, position| {
            linked.push(unit);
            positions.push(position);
            Ok(())
        })?;
        let mut linked = linked.into_iter();
        live.segment.each_span(&positions, |start, end| {
            let unit = linked.next().unwrap_or(0);
            if found.len() as u64 + u64::from(end - start) > 2 * live.segment.rows() {
                return Err(Error::corrupt("links: a registration is of several units"));
            }
            found.extend((start..end).map(|row| (unit, row)));
            Ok(())
        })?;
    }
    let retired = &live.amendment.retired;
    if !retired.is_empty() {
        found.retain(|(_, row)| !retired.contains(*row));
    }
    hold_at(live, &mut found, as_of)?;
    Ok(found.into_iter().map(|(unit, row)| Pair { unit, source, row }).collect())
}

/// Leaves those that hold at an instant: begun by then, and not ended.
fn hold_at(live: &LiveRegistrations, found: &mut Vec<(u32, u32)>, as_of: i64) -> Result<()> {
    for (name, begins) in [("valid_from", true), ("valid_to", false)] {
        if live.segment.stored(name).is_some() {
            let rows: Vec<u32> = found.iter().map(|it| it.1).collect();
            let mut numbers = live.segment.numbers(name, &rows)?.into_iter();
            found.retain(|_| {
                let bound = numbers.next().flatten();
                bound.is_none_or(|it| if begins { it <= as_of } else { as_of < it })
            });
        }
    }
    Ok(())
}

/// What each of some registrations of one source permits; none for those in no owning role.
pub(super) fn access_of(live: &LiveRegistrations, rows: &[u32]) -> Result<Vec<Option<Access>>> {
    let roles = live.segment.numbers("role", rows)?;
    let permissions = permissions_of(live, rows)?;
    let access = |(role, permissions): (Option<i64>, Permissions)| {
        Ok(role_of(role)?.is_owning().then(|| Access::of(&permissions)))
    };
    roles.into_iter().zip(permissions).map(access).collect()
}

/// The permissions of some registrations of one source.
pub(super) fn permissions_of(live: &LiveRegistrations, rows: &[u32]) -> Result<Vec<Permissions>> {
    let permissions = |bits: Option<i64>| {
        Permissions::from_bits(bits.unwrap_or(0))
            .ok_or_else(|| Error::corrupt("registrations: there are no such permissions"))
    };
    live.segment.numbers("reach", rows)?.into_iter().map(permissions).collect()
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
    for (source, live) in snapshot.registration_segments().iter().enumerate() {
        let ours: Vec<&Pair> = pairs.iter().filter(|it| it.source == source).collect();
        let rows: Vec<u32> = ours.iter().map(|it| it.row).collect();
        let access = access_of(live, &rows)?;
        found.extend(ours.iter().zip(access).filter_map(|(pair, it)| Some((pair.unit, it?))));
    }
    found.sort_unstable();
    let join = |same: &[(u32, Access)]| {
        let (unit, first) = *same.first()?;
        Some((unit, same.iter().fold(first, |joined, (_, it)| joined.union(*it))))
    };
    Ok(found.chunk_by(|a, b| a.0 == b.0).filter_map(join).collect())
}
