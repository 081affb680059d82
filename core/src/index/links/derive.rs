//! The links of a version of an index to be.

use std::sync::Arc;

use super::ambiguity::ambiguous;
use super::build::build;
use super::live::LiveRegistrations;
use crate::bitmap::RowSet;
use crate::error::{Error, Result};
use crate::index::files::Draft;
use crate::index::manifest::{AmendedEntry, FileEntry, LinkEntry, Manifest, UnitEntry};
use crate::index::snapshot::{LiveSegment, Snapshot};
use crate::pool::Halt;
use crate::sidecar::{Amendment, links_id};

/// What was derived for one segment of registrations.
#[derive(Clone, Debug, Default)]
pub(in crate::index) struct Derived {
    /// The places of the serials that units have.
    pub(in crate::index) matched: RowSet,
    /// The places of the serials that several namespaces have.
    pub(in crate::index) ambiguous: RowSet,
}

/// Writes the links that a manifest lacks, once it names all its segments. `retired` gives for each
/// segment of registrations the rows that the load retires.
///
/// For segments that are new, tells which of their serials units have.
pub(in crate::index) fn derive(
    draft: &mut Draft,
    manifest: &mut Manifest,
    before: &Snapshot,
    retired: &[RowSet],
    halt: &Halt,
) -> Result<Vec<Derived>> {
    if manifest.registrations.is_empty() {
        return Ok(Vec::new());
    }
    let units = open_units(draft, manifest, before)?;
    let mut registrations = LiveRegistrations::open_all(draft.directory(), manifest, Some(before))?;
    let earlier = std::mem::take(&mut manifest.links);
    let mut derived = Vec::new();
    for (place, live) in registrations.iter_mut().enumerate() {
        halt.check()?;
        amend(draft, manifest, place, (live, &units), retired.get(place))?;
        let ambiguous = live.amendment.ambiguous.clone();
        derived.push(Derived { matched: RowSet::new(), ambiguous });
    }
    for LiveSegment { units, retired: gone } in &units {
        for (place, live) in registrations.iter().enumerate() {
            let amended = manifest.registrations.get(place).and_then(|it| it.amended.as_ref());
            let amended = amended.map(|it| it.file.hash);
            let ids = (units.id(), live.segment.id());
            let same =
                |it: &&LinkEntry| (it.units, it.registrations) == ids && it.amended == amended;
            if let Some(entry) = earlier.iter().find(same) {
                manifest.links.push(entry.clone());
                continue;
            }
            let links = build(units, live, manifest.schema.families(), halt)?;
            if let Some(derived) = derived.get_mut(place) {
                let mut places: Vec<u32> = Vec::new();
                for lane in &links.lanes {
                    let live = lane.linked.iter().zip(&lane.positions);
                    let live = live.filter(|(row, _)| !gone.contains(*row));
                    places.extend(live.filter_map(|(_, it)| u32::try_from(*it).ok()));
                }
                places.sort_unstable();
                derived.matched = derived.matched.union(&RowSet::from_sorted(places));
            }
            let path = format!("links/{}-{}.{}.side", ids.0, ids.1, manifest.number);
            let summary = links.write(draft.create(&path)?, links_id(ids.0, ids.1))?;
            let file = FileEntry::new(path, &summary);
            manifest.links.push(LinkEntry { units: ids.0, registrations: ids.1, amended, file });
        }
    }
    Ok(derived)
}

/// Writes what amends a segment of registrations, where it changes.
fn amend(
    draft: &mut Draft,
    manifest: &mut Manifest,
    place: usize,
    (live, units): (&mut LiveRegistrations, &[LiveSegment]),
    retired: Option<&RowSet>,
) -> Result<()> {
    let none = RowSet::new();
    let amendment = Amendment {
        retired: live.amendment.retired.union(retired.unwrap_or(&none)),
        ambiguous: ambiguous(&live.segment, units, manifest.schema.families())?,
    };
    if amendment == *live.amendment {
        return Ok(());
    }
    let id = live.segment.id();
    let path = format!("registrations/{id}.{}.side", manifest.number);
    let summary = amendment.write(draft.create(&path)?, id)?;
    let entry = manifest
        .registrations
        .get_mut(place)
        .ok_or_else(|| Error::invalid("there is no such segment of registrations"))?;
    let rows = amendment.retired.len();
    entry.amended = Some(AmendedEntry { file: FileEntry::new(path, &summary), rows });
    live.amendment = Arc::new(amendment);
    Ok(())
}

/// Every segment of units that a manifest names, with what it retires.
fn open_units(draft: &Draft, manifest: &Manifest, before: &Snapshot) -> Result<Vec<LiveSegment>> {
    let open = |entry: &UnitEntry| {
        let mut earlier = before.manifest().units.iter();
        let shared = earlier.position(|it| it.file == entry.file);
        let shared = shared.and_then(|place| before.segments().get(place));
        match shared {
            Some(segment) => segment.with_retired(draft.directory(), entry),
            None => LiveSegment::open(draft.directory(), entry, &manifest.schema),
        }
    };
    manifest.units.iter().map(open).collect()
}
