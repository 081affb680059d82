//! What the tail of the log changes of the registrations that are in segments.

use std::collections::BTreeSet;

use super::matching::{Matched, Wanted, match_units};
use super::retired::Replacing;
use super::source::{RegistrationSource, Tail};
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::index::links::{Held, LiveRegistrations, linked_rows};
use crate::index::snapshot::Snapshot;
use crate::registry::Access;
use crate::serial::SerialKey;
use crate::tail::Identities;

/// The first rows of the tail, joined with the segments: which registrations they replace, and
/// where the units stand that they touch.
#[derive(Debug, Default)]
pub(crate) struct Overlay {
    /// How many rows of the tail it takes in.
    rows: u32,
    /// Rows of the tail that later ones replace.
    superseded: RowSet,
    /// For each segment of registrations, the rows that the tail replaces.
    retired: Vec<RowSet>,
    /// For each segment of units.
    units: Vec<TailUnits>,
}

/// What the tail changes of the units of one segment.
#[derive(Clone, Debug, Default)]
pub(crate) struct TailUnits {
    /// Units that have or had a registration in the tail, or lost one to it. What links tell of them
    /// does not hold; what follows does, whatever segment their registrations are in.
    touched: RowSet,
    /// Units with owning registrations none of which ends.
    steady: RowSet,
    /// Those again, ascending, with what their registrations permit once all have begun.
    standing: Vec<Standing>,
    /// Units with an owning registration that ends.
    varying: RowSet,
    /// Pairs of a unit and a row of the tail, ascending.
    pairs: Vec<(u32, u32)>,
}

/// Where a unit stands from an instant on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) unit: u32,
    /// When the last of its registrations begins.
    pub(crate) from: i64,
    pub(crate) access: Access,
}

impl TailUnits {
    pub(crate) fn touched(&self) -> &RowSet {
        &self.touched
    }

    pub(crate) fn steady(&self) -> &RowSet {
        &self.steady
    }

    pub(crate) fn varying(&self) -> &RowSet {
        &self.varying
    }

    /// The units of [`steady`](Self::steady) of a chunk, ascending.
    pub(crate) fn standing(&self, chunk: u16) -> &[Standing] {
        let at = |chunk: u32| self.standing.partition_point(|it| it.unit >> 16 < chunk);
        self.standing.get(at(chunk.into())..at(u32::from(chunk) + 1)).unwrap_or_default()
    }

    /// The units of [`steady`](Self::steady) of which a registration begins after an instant.
    pub(crate) fn begun_after(&self, as_of: i64) -> RowSet {
        RowSet::from_sorted(self.standing.iter().filter(|it| it.from > as_of).map(|it| it.unit))
    }

    /// The units that have registrations in the tail.
    pub(crate) fn linked(&self) -> RowSet {
        let mut units: Vec<u32> = self.pairs.iter().map(|it| it.0).collect();
        units.dedup();
        RowSet::from_sorted(units)
    }

    /// Pairs of one of some units and a row of the tail, ascending.
    pub(crate) fn pairs(&self, units: &RowSet) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        for (key, container) in units.chunks() {
            let at = |chunk: u32| self.pairs.partition_point(|it| it.0 >> 16 < chunk);
            let ours = self.pairs.get(at(key.into())..at(u32::from(key) + 1)).unwrap_or_default();
            if !ours.is_empty() {
                let mask = container.to_mask();
                let wanted = |unit: u32| {
                    let [low, high, ..] = unit.to_le_bytes();
                    mask.contains(u16::from_le_bytes([low, high]))
                };
                found.extend(ours.iter().filter(|it| wanted(it.0)));
            }
        }
        found
    }
}

impl Overlay {
    /// How many rows of the tail it takes in.
    pub(crate) fn rows(&self) -> u32 {
        self.rows
    }

    /// The rows of a segment of registrations that the tail replaces.
    pub(crate) fn retired(&self, source: usize) -> Option<&RowSet> {
        self.retired.get(source)
    }

    /// Rows of the tail that later ones replace.
    pub(crate) fn superseded(&self) -> &RowSet {
        &self.superseded
    }

    /// What the tail changes of a segment of units.
    pub(crate) fn of_units(&self, segment: usize) -> Option<&TailUnits> {
        self.units.get(segment)
    }

    /// Takes in the rows of the tail that an earlier overlay of the same segments lacks.
    pub(crate) fn extend(
        snapshot: &Snapshot,
        tail: &Tail,
        identities: &Identities,
        earlier: Option<&Overlay>,
    ) -> Result<Overlay> {
        let none = Overlay::default();
        let earlier = earlier.unwrap_or(&none);
        let (start, end) = (earlier.rows, tail.rows.len());
        let mut gone: Vec<u32> =
            identities.replaced_by(start, end).iter().map(|(_, row)| *row).collect();
        gone.sort_unstable();
        let gone = RowSet::from_sorted(gone);
        let mut overlay = Overlay {
            rows: end,
            superseded: earlier.superseded.union(&gone),
            retired: Vec::new(),
            units: Vec::new(),
        };
        let fresh = overlay.retire(
            snapshot,
            earlier,
            &Replacing::of(&tail.rows, identities, (start, end))?,
        )?;
        let lost = units_of_rows(snapshot, &fresh)?;
        let added = overlay.units_of_tail(snapshot, tail, identities, start)?;
        for segment in 0..snapshot.segments().len() {
            let before = earlier.units.get(segment);
            let change = Change {
                added: of_segment(&added, segment),
                lost: of_segment(&lost, segment).iter().map(|it| it.row).collect(),
                gone: &gone,
            };
            overlay.units.push(TailUnits::default());
            let units = overlay.changed(snapshot, tail, (segment, before), &change)?;
            if let Some(slot) = overlay.units.last_mut() {
                *slot = units;
            }
        }
        Ok(overlay)
    }

    /// Finds the rows of segments that are replaced; gives those that were not replaced before.
    fn retire(
        &mut self,
        snapshot: &Snapshot,
        earlier: &Overlay,
        replacing: &Replacing<'_>,
    ) -> Result<Vec<RowSet>> {
        let mut fresh = Vec::new();
        for (place, live) in snapshot.registration_segments().iter().enumerate() {
            let none = RowSet::new();
            let before = earlier.retired.get(place).unwrap_or(&none);
            let found = replacing.in_segment(live, snapshot.schema().families())?;
            let found = found.difference(&live.amendment.retired).difference(before);
            self.retired.push(before.union(&found));
            fresh.push(found);
        }
        Ok(fresh)
    }

    /// The units of the rows of the tail from `start` on that are in force.
    fn units_of_tail(
        &self,
        snapshot: &Snapshot,
        tail: &Tail,
        identities: &Identities,
        start: u32,
    ) -> Result<Vec<Matched>> {
        let mut wanted = Vec::new();
        for row in (start..self.rows).filter(|row| !self.superseded.contains(*row)) {
            let namespace = tail.rows.record(row)?.namespace;
            wanted.push(Wanted { namespace, serial: identities.serial(row)?, name: row });
        }
        match_units(snapshot.segments(), wanted)
    }

    /// What the tail changes of a segment of units, from what it changed of it before.
    fn changed(
        &self,
        snapshot: &Snapshot,
        tail: &Tail,
        (segment, before): (usize, Option<&TailUnits>),
        change: &Change<'_>,
    ) -> Result<TailUnits> {
        let none = TailUnits::default();
        let before = before.unwrap_or(&none);
        let left = before.pairs.iter().filter(|it| change.gone.contains(it.1)).map(|it| it.0);
        let added = change.added.iter().map(|it| it.row);
        let mut again: Vec<u32> = left.chain(added).chain(change.lost.iter().copied()).collect();
        again.sort_unstable();
        let again = RowSet::from_sorted(again);
        let mut pairs: Vec<(u32, u32)> =
            before.pairs.iter().filter(|it| !change.gone.contains(it.1)).copied().collect();
        pairs.extend(change.added.iter().map(|it| (it.row, it.name)));
        pairs.sort_unstable();
        let mut units =
            TailUnits { touched: before.touched.union(&again), pairs, ..TailUnits::default() };
        let (fresh, varying) = self.stand(snapshot, tail, (segment, &units), &again)?;
        units.varying = before.varying.difference(&again).union(&RowSet::from_sorted(varying));
        units.standing =
            before.standing.iter().filter(|it| !again.contains(it.unit)).copied().collect();
        units.standing.extend(fresh);
        units.standing.sort_unstable_by_key(|it| it.unit);
        units.steady = RowSet::from_sorted(units.standing.iter().map(|it| it.unit));
        Ok(units)
    }

    /// Where some units of a segment stand by all their registrations: those that are steady, and
    /// those that vary.
    fn stand(
        &self,
        snapshot: &Snapshot,
        tail: &Tail,
        (segment, ours): (usize, &TailUnits),
        units: &RowSet,
    ) -> Result<(Vec<Standing>, Vec<u32>)> {
        let mut held: Vec<(u32, Held)> = Vec::new();
        let mut read = |source: RegistrationSource<'_>, mut pairs: Vec<(u32, u32)>| -> Result<()> {
            pairs.sort_unstable_by_key(|it| it.1);
            let rows: Vec<u32> = pairs.iter().map(|it| it.1).collect();
            let found = Held::read(|name| source.numbers(name, &rows))?;
            held.extend(pairs.iter().map(|it| it.0).zip(found));
            Ok(())
        };
        let sources = snapshot.links_of(segment).iter().zip(snapshot.registration_segments());
        for (place, (links, live)) in sources.enumerate() {
            let mut pairs = linked_rows(links, live, units)?;
            if let Some(retired) = self.retired(place).filter(|it| !it.is_empty()) {
                pairs.retain(|it| !retired.contains(it.1));
            }
            read(RegistrationSource::Segment(live), pairs)?;
        }
        read(RegistrationSource::Tail(tail), ours.pairs(units))?;
        held.retain(|(_, it)| it.role.is_owning());
        held.sort_by_key(|it| it.0);
        let (mut steady, mut varying) = (Vec::new(), Vec::new());
        for same in held.chunk_by(|a, b| a.0 == b.0) {
            let Some((unit, _)) = same.first() else { continue };
            if same.iter().any(|(_, it)| it.to.is_some()) {
                varying.push(*unit);
                continue;
            }
            let from = same.iter().filter_map(|(_, it)| it.from).max().unwrap_or(i64::MIN);
            let permits = same.iter().map(|(_, it)| Access::of(it.permissions));
            let access = permits.fold(Access::default(), Access::union);
            steady.push(Standing { unit: *unit, from, access });
        }
        Ok((steady, varying))
    }
}

/// What some rows of the tail change of a segment of units.
struct Change<'c> {
    /// Units of rows that were added.
    added: &'c [Matched],
    /// Units of registrations that were replaced in segments.
    lost: Vec<u32>,
    /// Rows of the tail that were replaced.
    gone: &'c RowSet,
}

fn of_segment(matched: &[Matched], segment: usize) -> &[Matched] {
    let at = |segment: usize| matched.partition_point(|it| it.segment < segment);
    matched.get(at(segment)..at(segment + 1)).unwrap_or_default()
}

/// The units of registrations in segments.
fn units_of_rows(snapshot: &Snapshot, rows: &[RowSet]) -> Result<Vec<Matched>> {
    let mut matched = Vec::new();
    for (live, rows) in snapshot.registration_segments().iter().zip(rows) {
        let serials = serials_of(snapshot, live, rows)?;
        let wanted = serials.iter().map(|(namespace, serial)| Wanted {
            namespace: *namespace,
            serial,
            name: 0,
        });
        matched.extend(match_units(snapshot.segments(), wanted.collect())?);
    }
    matched.sort_unstable();
    matched.dedup();
    Ok(matched)
}

/// The serials of some rows of a segment of registrations, each once.
fn serials_of<'l>(
    snapshot: &Snapshot,
    live: &'l LiveRegistrations,
    rows: &RowSet,
) -> Result<BTreeSet<(Option<&'l str>, SerialKey)>> {
    let segment = &live.segment;
    let mut serials = BTreeSet::new();
    for row in rows.iter() {
        let position = segment.position_of(row)?;
        let (number, mut serial) = segment.keys().key_at(position)?;
        if let SerialKey::Opaque(text) = &serial {
            serial = snapshot.schema().families().classify(text)?;
        }
        serials.insert((segment.namespace(number), serial));
    }
    Ok(serials)
}
