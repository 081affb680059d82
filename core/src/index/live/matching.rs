//! The units of serials that came one by one.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::index::snapshot::LiveSegment;
use crate::keys::Lookup;
use crate::serial::SerialKey;

/// A serial to be matched with units.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted<'w> {
    /// None matches units of any namespace, as long as all are of one.
    pub(super) namespace: Option<&'w str>,
    pub(super) serial: &'w SerialKey,
    /// What the caller calls it.
    pub(super) name: u32,
}

/// A unit of a wanted serial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Matched {
    pub(super) segment: usize,
    pub(super) row: u32,
    /// The name of what was wanted.
    pub(super) name: u32,
}

/// The units of serials, by segment and row. A serial without a namespace that units of several
/// namespaces have is of no unit.
pub(super) fn match_units(
    segments: &[LiveSegment],
    mut wanted: Vec<Wanted<'_>>,
) -> Result<Vec<Matched>> {
    // Serials that ascend are found fastest.
    wanted.sort_unstable();
    let mut lookups: Vec<BTreeMap<&str, (u32, Lookup<'_>)>> = Vec::new();
    for segment in segments {
        let names = segment.units.namespaces().iter().map(String::as_str);
        let lookup = |(number, name)| (name, (number, segment.units.keys().lookup()));
        lookups.push((0u32..).zip(names).map(lookup).collect());
    }
    let mut matched = Vec::new();
    let mut found: Vec<(&str, usize, u32)> = Vec::new();
    for Wanted { namespace, serial, name } in wanted {
        found.clear();
        for ((place, lookups), segment) in lookups.iter_mut().enumerate().zip(segments) {
            let mut find = |name, (number, lookup): &mut (u32, Lookup<'_>)| -> Result<()> {
                let row = lookup.row_of(*number, serial)?;
                let row = row.filter(|row| !segment.retired.contains(*row));
                found.extend(row.map(|row| (name, place, row)));
                Ok(())
            };
            match namespace {
                Some(asked) => lookups.get_mut(asked).map_or(Ok(()), |it| find(asked, it))?,
                None => lookups.iter_mut().try_for_each(|(name, it)| find(name, it))?,
            }
        }
        let ambiguous = found.iter().any(|it| Some(it.0) != found.first().map(|it| it.0));
        if !ambiguous {
            let units = found.iter();
            matched.extend(units.map(|(_, segment, row)| Matched {
                segment: *segment,
                row: *row,
                name,
            }));
        }
    }
    matched.sort_unstable();
    Ok(matched)
}
