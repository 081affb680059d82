//! One consistent view of an index.

use std::fmt;
use std::sync::Arc;

use super::links::LiveRegistrations;
use super::manifest::{LinkEntry, Manifest, UnitEntry};
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::io::Directory;
use crate::schema::Schema;
use crate::segment::UnitSegment;
use crate::sidecar::{Links, links_id, read_retired};

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
    manifest: Manifest,
    segments: Vec<LiveSegment>,
    registrations: Vec<LiveRegistrations>,
    /// Those of the first segment of units to each of registrations, then those of the second.
    links: Vec<Arc<Links>>,
}

/// A segment with what amends it.
#[derive(Clone, Debug)]
pub(crate) struct LiveSegment {
    pub(crate) units: Arc<UnitSegment>,
    /// Rows that a later unit of the same serial has replaced.
    pub(crate) retired: Arc<RowSet>,
}

impl LiveSegment {
    fn open(directory: &dyn Directory, entry: &UnitEntry, schema: &Schema) -> Result<Self> {
        let opened = || {
            let units = UnitSegment::open(entry.file.open(directory)?, schema)?;
            if units.rows() != entry.rows {
                return Err(crate::error::Error::corrupt("it is not the segment it was"));
            }
            Ok(units)
        };
        let units = opened().map_err(|error| error.within(&entry.file.path))?;
        let retired = match &entry.retired {
            None => RowSet::new(),
            Some(retired) => retired
                .file
                .open(directory)
                .and_then(|bytes| read_retired(bytes, units.id(), units.rows()))
                .map_err(|error| error.within(&retired.file.path))?,
        };
        Ok(LiveSegment { units: Arc::new(units), retired: Arc::new(retired) })
    }

    /// Units that are live in it.
    pub(crate) fn live(&self) -> u64 {
        self.units.rows() - self.retired.len()
    }
}

impl Snapshot {
    /// Opens what a manifest names, sharing what the view before it has open already.
    pub(super) fn open(
        directory: &dyn Directory,
        manifest: Manifest,
        before: Option<&Snapshot>,
    ) -> Result<Self> {
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
        let snapshot =
            Snapshot { inner: Arc::new(Inner { manifest, segments, registrations, links }) };
        snapshot.check_links()?;
        Ok(snapshot)
    }

    /// Checks that there are links between every two segments, and that they are theirs.
    fn check_links(&self) -> Result<()> {
        let Inner { manifest, segments, registrations, links } = &*self.inner;
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

    fn shared_links(&self, entry: &LinkEntry) -> Option<Arc<Links>> {
        let place = self.inner.manifest.links.iter().position(|it| it == entry)?;
        self.inner.links.get(place).cloned()
    }

    fn shared(&self, entry: &UnitEntry, schema: &Schema) -> Option<LiveSegment> {
        if self.schema().columns() != schema.columns() {
            return None;
        }
        let place = self.inner.manifest.units.iter().position(|it| it == entry)?;
        self.inner.segments.get(place).cloned()
    }

    /// The number of the manifest it shows; later ones have higher numbers.
    pub fn version(&self) -> u64 {
        self.inner.manifest.number
    }

    /// The columns and serial families.
    pub fn schema(&self) -> &Schema {
        &self.inner.manifest.schema
    }

    /// How often the serial families were [changed](crate::Index::change_families), plus one.
    pub fn families_version(&self) -> u64 {
        self.inner.manifest.families_version
    }

    /// How many units it holds, each serial counted once.
    pub fn units(&self) -> u64 {
        self.segments().iter().map(LiveSegment::live).sum()
    }

    /// How many registrations it holds, replaced ones left out.
    pub fn registrations(&self) -> u64 {
        self.inner.registrations.iter().map(LiveRegistrations::live).sum()
    }

    /// The segments of registrations, in the order in which they were loaded.
    pub(crate) fn registration_segments(&self) -> &[LiveRegistrations] {
        &self.inner.registrations
    }

    /// Whether the names and contacts of all registrations that were loaded with them are there.
    pub(crate) fn has_contact_text(&self) -> bool {
        let named = self.inner.manifest.registrations.iter().map(|it| it.contacts.is_some());
        let open = self.inner.registrations.iter().map(|it| it.contacts.is_some());
        named.eq(open)
    }

    /// The links of the segment of units at `segment` to each segment of registrations.
    pub(crate) fn links_of(&self, segment: usize) -> &[Arc<Links>] {
        let count = self.inner.registrations.len();
        self.inner.links.get(segment * count..(segment + 1) * count).unwrap_or_default()
    }

    /// Whether both show the same version of the same opened index.
    pub(crate) fn is(&self, other: &Snapshot) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    pub(crate) fn segments(&self) -> &[LiveSegment] {
        &self.inner.segments
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.inner.manifest
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("version", &self.version())
            .field("units", &self.units())
            .field("segments", &self.inner.segments.len())
            .finish_non_exhaustive()
    }
}
