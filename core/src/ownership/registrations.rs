//! The registrations of the units of a set, in serial order.

use std::fmt;
use std::vec;

use super::gather::{Gather, Joined};
use super::join::{pairs_at, pairs_of};
use super::owned::Ownership;
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::index::{LiveRegistrations, RegistrationSource, Snapshot, count_uneven};
use crate::query::{Placed, SerialOrder, Stretch, UnitSet};
use crate::registry::Registration;

/// Units looked at a time, at most.
pub(super) const UNITS_MAX: usize = 1 << 16;

/// Units in serial order, batch by batch, each batch with the registrations that hold at an instant.
pub(super) struct Batches {
    snapshot: Snapshot,
    order: SerialOrder,
    as_of: i64,
}

/// Some units in serial order, and their registrations.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) units: Vec<Placed>,
    pub(super) rows: Vec<Joined>,
}

impl Batches {
    /// The units of a set that are linked to registrations.
    pub(super) fn new(units: &UnitSet, as_of: i64) -> Result<Self> {
        let snapshot = units.snapshot();
        let mut rows = Vec::with_capacity(units.rows().len());
        for (segment, affected) in units.rows().iter().enumerate() {
            let mut linked = RowSet::new();
            for lane in snapshot.links_of(segment).iter().flat_map(|it| it.lanes()) {
                linked = linked.union(&lane.linked()?.common(affected)?);
            }
            if let Some(tail) = snapshot.overlay()?.and_then(|it| it.of_units(segment)) {
                linked = linked.union(&tail.linked().intersection(affected));
            }
            rows.push(linked);
        }
        let order = SerialOrder::new(UnitSet::of(snapshot.clone(), rows));
        Ok(Batches { snapshot: snapshot.clone(), order, as_of })
    }

    /// The next units, about as many; none at the end.
    pub(super) fn next(&mut self, units_max: usize) -> Result<Option<Batch>> {
        let units = self.next_units(units_max)?;
        units.map(|units| self.join(units)).transpose()
    }

    /// The next units by themselves, at most so many; none at the end.
    pub(super) fn next_units(&mut self, units_max: usize) -> Result<Option<Stretch>> {
        self.order.take_stretch(units_max.clamp(1, UNITS_MAX))
    }

    /// Units with their registrations.
    pub(super) fn join(&self, units: Stretch) -> Result<Batch> {
        let units = units.into_units(&self.snapshot)?;
        let mut rows: Vec<Joined> = Vec::new();
        let mut segments: Vec<usize> = units.iter().map(|it| it.segment).collect();
        segments.dedup();
        segments.sort_unstable();
        segments.dedup();
        for segment in segments {
            let mut placed: Vec<(u32, usize)> = units
                .iter()
                .enumerate()
                .filter(|(_, it)| it.segment == segment)
                .map(|(unit, it)| (it.row, unit))
                .collect();
            placed.sort_unstable();
            let set = RowSet::from_sorted(placed.iter().map(|it| it.0));
            let mut placed = placed.into_iter().peekable();
            for pair in pairs_at(&self.snapshot, segment, &set, self.as_of)? {
                while placed.next_if(|it| it.0 < pair.unit).is_some() {}
                rows.extend(placed.peek().map(|(_, unit)| Joined { unit: *unit, pair }));
            }
        }
        rows.sort_by_key(|it| it.unit);
        Ok(Batch { units, rows })
    }

    pub(super) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }
}

impl Batch {
    pub(super) fn gather<'g>(&'g self, snapshot: &'g Snapshot) -> Result<Gather<'g>> {
        Gather::new(snapshot, &self.units, &self.rows)
    }
}

impl Ownership {
    /// Every registration of the units that holds at the instant, whatever its role, in serial
    /// order and of one unit in the order of loading.
    ///
    /// Reads as it goes; the first error ends it. Where the index is open without its contacts, or
    /// was loaded without contact text, the contacts are empty.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub fn registrations(&self) -> Result<RegistrationIter> {
        let batches = Batches::new(&self.affected, self.as_of.micros())?;
        Ok(RegistrationIter { batches: Some(batches), ready: Vec::new().into_iter() })
    }

    /// How many registrations [`registrations`](Ownership::registrations) gives. Where the instant
    /// is not before the one that the links were made for, only those are read of units that have
    /// several, or one that ends.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub fn registration_count(&self) -> Result<u64> {
        let (snapshot, as_of) = (self.snapshot(), self.as_of.micros());
        let mut count = 0;
        for (segment, units) in self.affected.rows().iter().enumerate() {
            if units.is_empty() {
                continue;
            }
            let tail = snapshot.overlay()?.and_then(|it| it.of_units(segment));
            let touched = tail.map(|it| it.touched().intersection(units)).unwrap_or_default();
            for (source, links) in snapshot.links_of(segment).iter().enumerate() {
                if as_of < links.as_of_min() {
                    count += pairs_of(snapshot, (segment, source), units, as_of)?.len() as u64;
                    continue;
                }
                // One each, but for those that are read.
                let read = links.uneven()?.common(units)?.union(&touched);
                for lane in links.lanes() {
                    let linked = lane.linked()?;
                    count += linked.common_len(units)? - linked.common_len(&read)?;
                }
                if read.is_empty() {
                    continue;
                }
                count += match lasting(snapshot, source)?.filter(|_| tail.is_none()) {
                    Some(live) => count_uneven(links, live, &read)?,
                    None => pairs_of(snapshot, (segment, source), &read, as_of)?.len() as u64,
                };
            }
            let tail = snapshot.links_of(segment).len();
            if !touched.is_empty() {
                count += pairs_of(snapshot, (segment, tail), &touched, as_of)?.len() as u64;
            }
        }
        Ok(count)
    }

    /// Whether names and contacts of all registrations are at hand: false where a file of them was
    /// left out.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub fn has_contact_text(&self) -> Result<bool> {
        self.snapshot().has_contact_text()
    }
}

/// A segment of registrations all of which hold, whenever they are asked for; none where that is
/// not known.
fn lasting(snapshot: &Snapshot, source: usize) -> Result<Option<&LiveRegistrations>> {
    let Some(from) = snapshot.registration_source(source) else { return Ok(None) };
    let RegistrationSource::Segment(live) = from else { return Ok(None) };
    let ends = from.has("valid_from") || from.has("valid_to");
    let replaced = snapshot
        .overlay()?
        .is_some_and(|it| it.retired(source).is_some_and(|rows| !rows.is_empty()));
    let lasts = !ends && !replaced && live.amendment.retired.is_empty();
    Ok(Some(live).filter(|_| lasts))
}

/// The registrations of units in serial order. Made by [`Ownership::registrations`].
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, Schema};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let nobody = index.snapshot().all().ownership("2025-06-01T00:00:00Z".parse()?)?;
/// assert!(nobody.registrations()?.next().is_none());
/// # Ok::<(), seriatim::Error>(())
/// ```
pub struct RegistrationIter {
    /// None after the last, or an error.
    batches: Option<Batches>,
    ready: vec::IntoIter<Registration>,
}

/// Units of which registrations are read at a time.
const STRIDE: usize = 4_096;

impl RegistrationIter {
    fn step(&mut self) -> Result<Option<Registration>> {
        loop {
            if let Some(ready) = self.ready.next() {
                return Ok(Some(ready));
            }
            let Some(batches) = &mut self.batches else { return Ok(None) };
            let Some(batch) = batches.next(STRIDE)? else { return Ok(None) };
            self.ready = batch.gather(batches.snapshot())?.registrations()?.into_iter();
        }
    }
}

impl Iterator for RegistrationIter {
    type Item = Result<Registration>;

    fn next(&mut self) -> Option<Result<Registration>> {
        let stepped = self.step();
        if !matches!(stepped, Ok(Some(_))) {
            self.batches = None;
        }
        stepped.transpose()
    }
}

impl fmt::Debug for RegistrationIter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistrationIter(..)")
    }
}
