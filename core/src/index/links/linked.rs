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
