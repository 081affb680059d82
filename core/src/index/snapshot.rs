//! One consistent view of an index.

use std::fmt;
use std::sync::Arc;

use super::manifest::{Manifest, UnitEntry};
use crate::bitmap::RowSet;
use crate::error::Result;
use crate::io::Directory;
use crate::schema::Schema;
use crate::segment::UnitSegment;
use crate::sidecar::read_retired;

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
        let segments = manifest.units.iter().map(open).collect::<Result<_>>()?;
        Ok(Snapshot { inner: Arc::new(Inner { manifest, segments }) })
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

    /// How many units it holds, each serial counted once.
    pub fn units(&self) -> u64 {
        self.segments().iter().map(LiveSegment::live).sum()
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
