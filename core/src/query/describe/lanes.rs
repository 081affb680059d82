//! The runs of units that are in a set, and of those that are not, segment by segment.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::error::{Error, Result};
use crate::index::LiveSegment;
use crate::query::UnitSet;
use crate::serial::FamilyId;

/// The units of one namespace and family in one segment.
#[derive(Debug)]
pub(super) struct Lane {
    /// The place of the segment in the snapshot.
    pub(super) segment: usize,
    /// The number of the namespace in the segment.
    pub(super) namespace: u32,
    /// In the order of rows; each has live units.
    pub(super) runs: Vec<Run>,
}

/// Rows that follow one another and are all in the set, or none of them is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) rows: Range<u64>,
    pub(super) inside: bool,
}

/// The lanes of each namespace and family of which the set has units.
pub(super) fn lanes(set: &UnitSet) -> Result<BTreeMap<(String, FamilyId), Vec<Lane>>> {
    let mut lanes: BTreeMap<(String, FamilyId), Vec<Lane>> = BTreeMap::new();
    for (segment, live) in set.snapshot().segments().iter().enumerate() {
        for group in live.units.keys().groups() {
            let name = usize::try_from(group.namespace).ok();
            let name = name
                .and_then(|at| live.units.namespaces().get(at))
                .ok_or_else(|| Error::corrupt("segment: a group of serials is of no namespace"))?;
            let runs = runs(set, segment, live, &group.rows);
            let lane = Lane { segment, namespace: group.namespace, runs };
            lanes.entry((name.clone(), group.family)).or_default().push(lane);
        }
    }
    lanes.retain(|_, lanes| lanes.iter().any(|lane| lane.runs.iter().any(|run| run.inside)));
    Ok(lanes)
}

fn runs(set: &UnitSet, segment: usize, live: &LiveSegment, group: &Range<u64>) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut push = |rows: Range<u64>, inside: bool| {
        if live_units(live, &rows) > 0 {
            runs.push(Run { rows, inside });
        }
    };
    let mut start = group.start;
    let rows = set.rows().get(segment).into_iter().flat_map(crate::bitmap::RowSet::ranges);
    for range in rows {
        let inside = range.start.max(group.start)..range.end.min(group.end);
        if inside.is_empty() {
            continue;
        }
        push(start..inside.start, false);
        start = inside.end;
        push(inside, true);
    }
    push(start..group.end, false);
    runs
}

/// How many units of these rows no later unit has replaced.
pub(super) fn live_units(live: &LiveSegment, rows: &Range<u64>) -> u64 {
    (rows.end - rows.start.min(rows.end)) - live.retired.range_count(rows.clone())
}
