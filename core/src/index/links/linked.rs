//! The registrations that links give to units.

use super::live::LiveRegistrations;
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::sidecar::Links;

/// Pairs of one of some units and a row of its registrations in one segment, retired ones left out,
/// in no order.
pub(crate) fn linked_rows(
    links: &Links,
    live: &LiveRegistrations,
    units: &RowSet,
) -> Result<Vec<(u32, u32)>> {
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
    Ok(found)
}

/// How many registrations the `units` have that are uneven, where none is retired. What is read of a
/// chunk is kept.
pub(crate) fn count_uneven(links: &Links, live: &LiveRegistrations, units: &RowSet) -> Result<u64> {
    let (uneven, mut count) = (links.uneven()?, 0);
    for (key, wanted) in units.chunks() {
        let Some(all) = uneven.chunk(key)? else { continue };
        let counts = links.uneven_counts(key, || {
            let mut rows = RowSet::new();
            rows.push_mask(key, &all.to_mask());
            let mut linked: Vec<u32> =
                linked_rows(links, live, &rows)?.into_iter().map(|(unit, _)| unit).collect();
            linked.sort_unstable();
            let mut linked = linked.into_iter().peekable();
            let count = |unit| {
                let mut count = 0;
                while linked.next_if_eq(&unit).is_some() {
                    count += 1;
                }
                count
            };
            Ok(rows.iter().map(count).collect())
        })?;
        all.each_rank(wanted, |_, rank| {
            count += u64::from(counts.get(rank as usize).copied().unwrap_or(0));
        });
    }
    Ok(count)
}
