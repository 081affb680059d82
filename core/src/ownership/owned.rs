//! The units of a set that are registered, and what may be sent to their owners.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::join::evaluate;
use super::reach::Reach;
use crate::bitmap::RowSet;
use crate::calendar::Instant;
use crate::error::{Error, Result};
use crate::index::Snapshot;
use crate::pool;
use crate::query::UnitSet;
use crate::registry::{Access, Purpose, Standing, UnreachableReason};

/// A unit set joined with the registry as of an instant.
///
/// A unit is *registered* when a registration in an owning role ([`Role`](crate::Role)) holds at
/// that instant: begun by then, and not ended. The others are the *gap*. Of the registered ones, a
/// unit is *reachable* for a purpose when one of those registrations permits a message through a
/// usable channel; see [`Permissions`](crate::Permissions).
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{
///     Index, LoadOptions, Purpose, Record, RegistrationOptions, Registrations,
///     Schema, Units, Value,
/// };
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let units = (1..=9).map(|n| Record::of_serial(format!("A{n:03}")));
/// index.load_units(Units::records(units), LoadOptions::default())?;
/// let registrations = [("A001", "o-1"), ("A002", "o-1"), ("A007", "o-2")].map(|(serial, owner)| {
///     Record::of_serial(serial)
///         .with("owner", Value::Text(owner.into()))
///         .with("email", Value::Text(format!("{owner}@example.org")))
/// });
/// index.load_registrations(Registrations::records(registrations), RegistrationOptions::default())?;
///
/// let affected = index.snapshot().select(&"serial <= 'A005'".parse()?)?.affected;
/// let ownership = affected.ownership("2025-06-01T00:00:00Z".parse()?)?;
/// assert_eq!((ownership.registered(), ownership.gap()), (2, 3));
/// let safety = ownership.reach(Purpose::Safety)?;
/// assert_eq!((safety.reachable(), safety.by_unknown_consent()), (2, 2));
/// assert_eq!(ownership.contacts(Purpose::Safety)?.len(), 1);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone)]
pub struct Ownership {
    pub(super) affected: UnitSet,
    pub(super) as_of: Instant,
    registered: UnitSet,
    /// For each segment of the snapshot, what was found unit by unit.
    evaluated: Vec<Vec<(u32, Access)>>,
    /// For each segment of the snapshot and each of registrations, the units read from links; behind
    /// them, where there is a tail, those that it tells.
    steady: Vec<Vec<RowSet>>,
    /// How many registered units have what access, once it is asked.
    tally: OnceLock<BTreeMap<Access, u64>>,
}

impl UnitSet {
    /// Joins the units with the registry as of an instant.
    ///
    /// Where the instant is not before the one that the links were made for, nearly all is told by
    /// sets of bits; before it, the registrations of each unit are read.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub fn ownership(&self, as_of: Instant) -> Result<Ownership> {
        let snapshot = self.snapshot();
        // Derived here, before threads that share it ask for it.
        snapshot.overlay()?;
        let segment = |(place, rows): (usize, &RowSet)| OfSegment::of(snapshot, place, rows, as_of);
        let chunks: usize = self.rows().iter().map(RowSet::chunk_count).sum();
        let found: Vec<OfSegment> = if chunks <= ALONE_MAX {
            self.rows().iter().enumerate().map(segment).collect::<Result<_>>()?
        } else {
            pool::shared()?.install(|| {
                self.rows().par_iter().enumerate().map(segment).collect::<Result<_>>()
            })?
        };
        let (mut registered, mut evaluated, mut steady) = (Vec::new(), Vec::new(), Vec::new());
        for found in found {
            registered.push(found.registered);
            evaluated.push(found.evaluated);
            steady.push(found.steady);
        }
        let registered = UnitSet::of(snapshot.clone(), registered);
        let (affected, tally) = (self.clone(), OnceLock::new());
        Ok(Ownership { affected, as_of, registered, evaluated, steady, tally })
    }
}

/// Chunks of units that one thread joins: to wake others takes longer.
const ALONE_MAX: usize = 64;

/// What is found of one segment of units.
struct OfSegment {
    registered: RowSet,
    evaluated: Vec<(u32, Access)>,
    steady: Vec<RowSet>,
}

impl OfSegment {
    fn of(snapshot: &Snapshot, segment: usize, affected: &RowSet, as_of: Instant) -> Result<Self> {
        let (mut registered, mut varying, mut steady) = (RowSet::new(), RowSet::new(), Vec::new());
        if affected.is_empty() {
            return Ok(OfSegment { registered, evaluated: Vec::new(), steady });
        }
        let tail = snapshot.overlay()?.and_then(|it| it.of_units(segment));
        let untouched = tail.map(|tail| affected.difference(tail.touched()));
        let affected_of_links = untouched.as_ref().unwrap_or(affected);
        for links in snapshot.links_of(segment) {
            let told = links.steady()?.common(affected_of_links)?;
            varying = varying.union(&links.varying()?.common(affected_of_links)?);
            if as_of.micros() < links.as_of_min() {
                varying = varying.union(&told);
                steady.push(RowSet::new());
            } else {
                registered = registered.union(&told);
                steady.push(told);
            }
        }
        if let Some(tail) = tail {
            let later = tail.begun_after(as_of.micros());
            let told = tail.steady().intersection(affected).difference(&later);
            let varies = tail.varying().union(&later).intersection(affected);
            varying = varying.union(&varies);
            registered = registered.union(&told);
            // Behind those of the links.
            steady.push(told);
        }
        let evaluated = evaluate(snapshot, segment, &varying, as_of.micros())?;
        let registered = registered.union(&RowSet::from_sorted(evaluated.iter().map(|it| it.0)));
        Ok(OfSegment { registered, evaluated, steady })
    }
}

/// Rows of a chunk from which what is told of them is decoded as a whole.
const DENSE_ROWS: usize = 1_024;

impl Ownership {
    /// How many units were asked about.
    pub fn affected(&self) -> u64 {
        self.affected.len()
    }

    /// How many of them are registered.
    pub fn registered(&self) -> u64 {
        self.registered.len()
    }

    /// How many are not.
    pub fn gap(&self) -> u64 {
        self.affected.len() - self.registered.len()
    }

    /// The instant as of which it is told.
    pub fn as_of(&self) -> Instant {
        self.as_of
    }

    /// The registered units.
    pub fn registered_units(&self) -> &UnitSet {
        &self.registered
    }

    /// The units that are not registered.
    pub fn gap_units(&self) -> UnitSet {
        let rows = self.affected.rows().iter().zip(self.registered.rows());
        let rows = rows.map(|(affected, registered)| affected.difference(registered)).collect();
        UnitSet::of(self.snapshot().clone(), rows)
    }

    /// How many units can be reached for a purpose, by channel, and why the others cannot. The
    /// first call takes time with the registered units; what it finds answers for every purpose.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub fn reach(&self, purpose: Purpose) -> Result<Reach> {
        let tally = if let Some(known) = self.tally.get() {
            known
        } else {
            let counted = self.count()?;
            self.tally.get_or_init(|| counted)
        };
        Ok(Reach::of(purpose, (self.affected(), self.registered()), tally))
    }

    /// The units that can be reached for a purpose.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub fn reachable_units(&self, purpose: Purpose) -> Result<UnitSet> {
        self.units_where(|access| access.is_reachable(purpose))
    }

    /// The registered units that cannot be reached for a purpose, for one reason.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub fn unreachable_units(
        &self,
        purpose: Purpose,
        reason: UnreachableReason,
    ) -> Result<UnitSet> {
        self.units_where(|access| access.standing(purpose) == Standing::Unreachable(reason))
    }

    pub(super) fn snapshot(&self) -> &Snapshot {
        self.affected.snapshot()
    }

    fn units_where(&self, holds: impl Fn(Access) -> bool + Sync) -> Result<UnitSet> {
        let of_segment = |segment: usize| {
            let mut rows = Vec::new();
            self.each_access(segment, |row, access| {
                if holds(access) {
                    rows.push(row);
                }
            })?;
            Ok(RowSet::from_sorted(rows))
        };
        let segments = 0..self.affected.rows().len();
        let rows = pool::shared()?
            .install(|| segments.into_par_iter().map(of_segment).collect::<Result<_>>())?;
        Ok(UnitSet::of(self.snapshot().clone(), rows))
    }

    fn count(&self) -> Result<BTreeMap<Access, u64>> {
        let of_segment = |segment: usize| {
            let mut tally = BTreeMap::new();
            let mut run = (Access::default(), 0u64);
            self.each_access(segment, |_, access| {
                if run.0 != access {
                    *tally.entry(run.0).or_default() += run.1;
                    run = (access, 0);
                }
                run.1 += 1;
            })?;
            *tally.entry(run.0).or_default() += run.1;
            Ok(tally)
        };
        let segments = 0..self.affected.rows().len();
        let tallies: Vec<BTreeMap<Access, u64>> = pool::shared()?
            .install(|| segments.into_par_iter().map(of_segment).collect::<Result<_>>())?;
        let mut all = BTreeMap::new();
        for (access, count) in tallies.into_iter().flatten().filter(|(_, count)| *count > 0) {
            *all.entry(access).or_default() += count;
        }
        Ok(all)
    }

    /// Calls back with every registered unit of a segment, ascending, and what its registrations
    /// permit together.
    fn each_access(&self, segment: usize, mut call: impl FnMut(u32, Access)) -> Result<()> {
        let Some(registered) = self.registered.rows().get(segment) else { return Ok(()) };
        let mut evaluated = self.evaluated.get(segment).into_iter().flatten().peekable();
        for (key, container) in registered.chunks() {
            let lows: Vec<u16> = container.iter().collect();
            let mut access = vec![Access::default(); lows.len()];
            self.read_steady(segment, key, &lows, &mut access)?;
            self.read_tail(segment, key, &lows, &mut access)?;
            for (low, access) in lows.iter().zip(access) {
                let row = u32::from(key) << 16 | u32::from(*low);
                let single = evaluated.next_if(|it| it.0 == row).map(|it| it.1);
                call(row, single.map_or(access, |single| access.union(single)));
            }
        }
        Ok(())
    }

    /// Joins what the links tell of the rows `lows` of a chunk to `access`.
    fn read_steady(
        &self,
        segment: usize,
        key: u16,
        lows: &[u16],
        access: &mut [Access],
    ) -> Result<()> {
        let steady = self.steady.get(segment).into_iter().flatten();
        for (links, rows) in self.snapshot().links_of(segment).iter().zip(steady) {
            let Some(container) = rows.chunk(key) else { continue };
            let chunk = links.access(usize::from(key))?;
            let told = container.to_mask();
            let mut all = Vec::new();
            let dense = lows.len() >= DENSE_ROWS;
            if dense {
                chunk.ordinals_into(&mut all)?;
            }
            for (low, slot) in lows.iter().zip(access.iter_mut()) {
                if !told.contains(*low) {
                    continue;
                }
                let ordinal = if dense {
                    all.get(usize::from(*low)).copied()
                } else {
                    chunk.ordinal_at(*low)?
                };
                let found = ordinal.map(crate::column::ordinal_number).and_then(Access::from_bits);
                let found =
                    found.ok_or_else(|| Error::corrupt("links: there is no such access"))?;
                *slot = slot.union(found);
            }
        }
        Ok(())
    }
}

impl Ownership {
    /// Sets `access` of the rows `lows` of a chunk to what the tail tells of them.
    fn read_tail(
        &self,
        segment: usize,
        key: u16,
        lows: &[u16],
        access: &mut [Access],
    ) -> Result<()> {
        let snapshot = self.snapshot();
        let Some(tail) = snapshot.overlay()?.and_then(|it| it.of_units(segment)) else {
            return Ok(());
        };
        let place = snapshot.links_of(segment).len();
        let told = self.steady.get(segment).and_then(|it| it.get(place));
        let Some(told) = told.and_then(|it| it.chunk(key)) else { return Ok(()) };
        let told = told.to_mask();
        let mut standing = tail.standing(key).iter().peekable();
        for (low, slot) in lows.iter().zip(access) {
            let unit = u32::from(key) << 16 | u32::from(*low);
            while standing.next_if(|it| it.unit < unit).is_some() {}
            if let Some(standing) = standing.next_if(|it| it.unit == unit)
                && told.contains(*low)
            {
                *slot = slot.union(standing.access);
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Ownership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ownership")
            .field("as_of", &self.as_of)
            .field("affected", &self.affected())
            .field("registered", &self.registered())
            .finish_non_exhaustive()
    }
}
