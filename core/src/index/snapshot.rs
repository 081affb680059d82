//! One consistent view of an index.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::links::LiveRegistrations;
use super::live::{Overlay, RegistrationSource, Tail};
use super::manifest::{LinkEntry, Manifest, UnitEntry};
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::io::Directory;
use crate::schema::Schema;
use crate::segment::UnitSegment;
use crate::sidecar::{Links, links_id, read_retired};
use crate::tail::Identities;

/// One consistent view of an index: what it held when the view was taken, whatever is loaded since.
///
/// Cloning is cheap, and a snapshot can be shared between threads.
///
/// # Examples
///
/// ```
/// use seriatim::io::MemoryDirectory;
/// use seriatim::{Index, Schema};
///
/// let index = Index::create_in(MemoryDirectory::new(), Schema::new(vec![])?)?;
/// let snapshot = index.snapshot();
/// assert_eq!(snapshot.units(), 0);
/// # Ok::<(), seriatim::Error>(())
/// ```
#[derive(Clone)]
pub struct Snapshot {
    inner: Arc<Inner>,
}

struct Inner {
    base: Arc<Base>,
    /// None as long as nothing came one by one.
    tail: Option<Tail>,
    overlay: OnceLock<Arc<Overlay>>,
}

/// What a manifest names, opened.
struct Base {
    manifest: Manifest,
    segments: Vec<LiveSegment>,
    registrations: Vec<LiveRegistrations>,
    /// Those of the first segment of units to each of registrations, then those of the second.
    links: Vec<Arc<Links>>,
    joined: Mutex<Joined>,
}

/// What was derived of the tail behind these segments; a later snapshot goes on from there.
#[derive(Default)]
struct Joined {
    identities: Identities,
    overlay: Option<Arc<Overlay>>,
}

/// A segment with what amends it.
#[derive(Clone, Debug)]
pub(crate) struct LiveSegment {
    pub(crate) units: Arc<UnitSegment>,
    /// Rows that a later unit of the same serial has replaced.
    pub(crate) retired: Arc<RowSet>,
}

impl LiveSegment {
    pub(super) fn open(
        directory: &dyn Directory,
        entry: &UnitEntry,
        schema: &Schema,
    ) -> Result<Self> {
        let opened = || {
            let units = UnitSegment::open(entry.file.open(directory)?, schema)?;
            if units.rows() != entry.rows {
                return Err(crate::error::Error::corrupt("it is not the segment it was"));
            }
            Ok(units)
        };
        let units = opened().map_err(|error| error.within(&entry.file.path))?;
        let segment = LiveSegment { units: Arc::new(units), retired: Arc::default() };
        segment.with_retired(directory, entry)
    }

    /// The same segment with the retired rows that an entry of it names.
    pub(super) fn with_retired(
        &self,
        directory: &dyn Directory,
        entry: &UnitEntry,
    ) -> Result<Self> {
        let units = Arc::clone(&self.units);
        let retired = match &entry.retired {
            None => RowSet::new(),
            Some(retired) => retired
                .file
                .open(directory)
                .and_then(|bytes| read_retired(bytes, units.id(), units.rows()))
                .map_err(|error| error.within(&retired.file.path))?,
        };
        Ok(LiveSegment { units, retired: Arc::new(retired) })
    }

    /// Units that are live in it.
    pub(crate) fn live(&self) -> u64 {
        self.units.rows() - self.retired.len()
    }
}

impl Base {
    /// Checks that there are links between every two segments, and that they are theirs.
    fn check_links(&self) -> Result<()> {
        let Base { manifest, segments, registrations, links, .. } = self;
        let pairs =
            segments.iter().flat_map(|units| registrations.iter().map(move |it| (units, it)));
        let fits = |((units, registrations), (entry, links)): (
            (&LiveSegment, &LiveRegistrations),
            (&LinkEntry, &Arc<Links>),
        )| {
            let (units, registrations) = (&units.units, &registrations.segment);
            (entry.units, entry.registrations) == (units.id(), registrations.id())
                && links.sizes() == (units.rows(), registrations.keys().rows())
        };
        let count = segments.len() * registrations.len();
        if links.len() != count || !pairs.zip(manifest.links.iter().zip(links)).all(fits) {
            return Err(crate::error::Error::corrupt(
                "the links of the manifest are not those of its segments",
            ));
        }
        Ok(())
    }
}

impl Snapshot {
    /// Opens what a manifest names, sharing what the view before it has open already. Shows nothing
    /// of the log.
    pub(super) fn open(
        directory: &dyn Directory,
        manifest: Manifest,
        before: Option<&Snapshot>,
    ) -> Result<Self> {
        if before.is_none() {
            // A disk reads many places sooner than one after the other. What is wrong with a file is
            // told when it is opened below.
            for file in manifest.files() {
                if let Ok(content) = directory.content(&file.path) {
                    content.read_ends_ahead();
                }
            }
        }
        let open = |entry: &UnitEntry| {
            let shared = before.and_then(|before| before.shared(entry, &manifest.schema));
            shared.map_or_else(|| LiveSegment::open(directory, entry, &manifest.schema), Ok)
        };
        let segments = manifest.units.iter().map(open).collect::<Result<Vec<_>>>()?;
        let registrations = LiveRegistrations::open_all(directory, &manifest, before)?;
        let open = |entry: &LinkEntry| {
            let shared = before.and_then(|before| before.shared_links(entry));
            let opened = || {
                let bytes = entry.file.open(directory)?;
                Links::open(bytes, links_id(entry.units, entry.registrations)).map(Arc::new)
            };
            shared.map_or_else(opened, Ok).map_err(|error| error.within(&entry.file.path))
        };
        let links = manifest.links.iter().map(open).collect::<Result<Vec<_>>>()?;
        let base = Base { manifest, segments, registrations, links, joined: Mutex::default() };
        base.check_links()?;
        Ok(Snapshot::of(Arc::new(base), None))
    }

    fn of(base: Arc<Base>, tail: Option<Tail>) -> Self {
        Snapshot { inner: Arc::new(Inner { base, tail, overlay: OnceLock::new() }) }
    }

    /// The same segments, with other rows of the log behind them.
    pub(super) fn with_tail(&self, tail: Tail) -> Self {
        if self.inner.tail.as_ref().is_some_and(|it| it.is(&tail)) {
            return self.clone();
        }
        Snapshot::of(Arc::clone(&self.inner.base), Some(tail))
    }

    /// The same, without the records of the log from a sequence on.
    pub(super) fn with_records_before(&self, sequence: u64) -> Result<Self> {
        let Some(tail) = self.tail() else { return Ok(self.clone()) };
        let count = u32::try_from(sequence.saturating_sub(tail.from)).unwrap_or(u32::MAX);
        Ok(self.with_tail(Tail { rows: tail.rows.first(count)?, ..tail.clone() }))
    }

    /// The rows of the log that are in no segment; none where there are none.
    pub(crate) fn tail(&self) -> Option<&Tail> {
        self.inner.tail.as_ref().filter(|it| it.rows.len() > 0)
    }

    /// What the tail changes of the registrations in segments; none where there is no tail. The
    /// first call takes time with what came since the last one.
    pub(crate) fn overlay(&self) -> Result<Option<&Overlay>> {
        let Some(tail) = self.tail() else { return Ok(None) };
        if let Some(known) = self.inner.overlay.get() {
            return Ok(Some(known));
        }
        let joined = self.joined(|joined| {
            let Joined { identities, overlay } = joined;
            let earlier = overlay.as_deref().filter(|it| it.rows() <= tail.rows.len());
            let found = Arc::new(Overlay::extend(self, tail, identities, earlier)?);
            if overlay.as_ref().is_none_or(|it| it.rows() <= found.rows()) {
                *overlay = Some(Arc::clone(&found));
            }
            Ok(found)
        })?;
        Ok(Some(self.inner.overlay.get_or_init(|| joined)))
    }

    /// Calls with which rows of the tail are of one registration.
    pub(super) fn with_identities<T>(
        &self,
        call: impl FnOnce(&Identities) -> Result<T>,
    ) -> Result<T> {
        self.joined(|joined| call(&joined.identities))
    }

    fn joined<T>(&self, call: impl FnOnce(&mut Joined) -> Result<T>) -> Result<T> {
        // A panic leaves it as far as it was: every change of it is made by one call at its end.
        let joined = self.inner.base.joined.lock();
        let mut joined = joined.unwrap_or_else(PoisonError::into_inner);
        if let Some(tail) = self.tail() {
            joined.identities.extend(&tail.rows, self.schema().families())?;
        }
        call(&mut joined)
    }

    fn shared_links(&self, entry: &LinkEntry) -> Option<Arc<Links>> {
        let place = self.manifest().links.iter().position(|it| it == entry)?;
        self.inner.base.links.get(place).cloned()
    }

    fn shared(&self, entry: &UnitEntry, schema: &Schema) -> Option<LiveSegment> {
        if self.schema().columns() != schema.columns() {
            return None;
        }
        let place = self.manifest().units.iter().position(|it| it == entry)?;
        self.segments().get(place).cloned()
    }

    /// The number of the manifest it shows; later ones have higher numbers.
    pub fn version(&self) -> u64 {
        self.inner.base.manifest.number
    }

    /// The columns and serial families.
    pub fn schema(&self) -> &Schema {
        &self.inner.base.manifest.schema
    }

    /// How often the serial families were [changed](crate::Index::change_families), plus one.
    pub fn families_version(&self) -> u64 {
        self.inner.base.manifest.families_version
    }

    /// How many units it holds, each serial counted once.
    pub fn units(&self) -> u64 {
        self.segments().iter().map(LiveSegment::live).sum()
    }

    /// How many registrations it holds, replaced ones left out.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`: what the log replaces is read when it is asked for.
    pub fn registrations(&self) -> Result<u64> {
        let stored: u64 = self.registration_segments().iter().map(LiveRegistrations::live).sum();
        let (Some(tail), Some(overlay)) = (self.tail(), self.overlay()?) else { return Ok(stored) };
        let sources = 0..self.registration_segments().len();
        let replaced: u64 = sources.filter_map(|it| overlay.retired(it)).map(RowSet::len).sum();
        Ok(stored - replaced + u64::from(tail.rows.len()) - overlay.superseded().len())
    }

    /// How many registrations and changes ever came one by one and are shown: those with a
    /// [receipt](crate::Receipt) of a lower number.
    pub fn recorded(&self) -> u64 {
        self.inner.tail.as_ref().map_or(0, |it| it.from + u64::from(it.rows.len()))
    }

    /// The segments of registrations, in the order in which they were loaded.
    pub(crate) fn registration_segments(&self) -> &[LiveRegistrations] {
        &self.inner.base.registrations
    }

    /// Where registrations are read from: the segments, and behind them the tail.
    pub(crate) fn registration_sources(&self) -> impl Iterator<Item = RegistrationSource<'_>> {
        let segments = self.registration_segments().iter().map(RegistrationSource::Segment);
        segments.chain(self.tail().map(RegistrationSource::Tail))
    }

    /// One of them, by its place.
    pub(crate) fn registration_source(&self, place: usize) -> Option<RegistrationSource<'_>> {
        self.registration_sources().nth(place)
    }

    /// Whether the names and contacts of all registrations that came with them are there.
    ///
    /// # Errors
    ///
    /// `corrupt`; `io`.
    pub(crate) fn has_contact_text(&self) -> Result<bool> {
        let named = self.manifest().registrations.iter().map(|it| it.contacts.is_some());
        let open = self.registration_segments().iter().map(|it| it.contacts.is_some());
        Ok(named.eq(open) && self.tail().map_or(Ok(true), Tail::has_contact_files)?)
    }

    /// The links of the segment of units at `segment` to each segment of registrations.
    pub(crate) fn links_of(&self, segment: usize) -> &[Arc<Links>] {
        let count = self.registration_segments().len();
        self.inner.base.links.get(segment * count..(segment + 1) * count).unwrap_or_default()
    }

    /// Whether both show the same version of the same opened index.
    pub(crate) fn is(&self, other: &Snapshot) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    pub(crate) fn segments(&self) -> &[LiveSegment] {
        &self.inner.base.segments
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.inner.base.manifest
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("version", &self.version())
            .field("units", &self.units())
            .field("segments", &self.inner.base.segments.len())
            .finish_non_exhaustive()
    }
}
