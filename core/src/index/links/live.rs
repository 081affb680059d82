//! Segments of registrations with what amends them.

use std::sync::Arc;

use crate::error::{Error, Result};
use crate::index::manifest::{Manifest, RegistrationEntry};
use crate::index::snapshot::Snapshot;
use crate::io::Directory;
use crate::segment::{ContactFile, RegistrationSegment};
use crate::sidecar::Amendment;

/// A segment of registrations with what amends it.
#[derive(Clone, Debug)]
pub(crate) struct LiveRegistrations {
    pub(crate) segment: Arc<RegistrationSegment>,
    /// Name and contact of the owners; none where the file was left out.
    pub(crate) contacts: Option<Arc<ContactFile>>,
    pub(crate) amendment: Arc<Amendment>,
}

impl LiveRegistrations {
    /// Opens all that a manifest names, sharing what the view before it has open already.
    pub(in crate::index) fn open_all(
        directory: &dyn Directory,
        manifest: &Manifest,
        before: Option<&Snapshot>,
    ) -> Result<Vec<Self>> {
        let open = |entry: &RegistrationEntry| {
            let shared = before.and_then(|before| {
                let mut earlier = before.manifest().registrations.iter();
                let place = earlier.position(|it| it == entry)?;
                before.registration_segments().get(place).cloned()
            });
            shared.map_or_else(|| LiveRegistrations::open(directory, entry), Ok)
        };
        manifest.registrations.iter().map(open).collect()
    }

    fn open(directory: &dyn Directory, entry: &RegistrationEntry) -> Result<Self> {
        let opened = || {
            let segment = RegistrationSegment::open(entry.file.open(directory)?)?;
            if (segment.rows(), segment.keys().rows()) != (entry.rows, entry.keys) {
                return Err(Error::corrupt("it is not the segment it was"));
            }
            Ok(segment)
        };
        let segment = opened().map_err(|error| error.within(&entry.file.path))?;
        let contacts = entry.contacts.as_ref().filter(|it| it.is_there(directory));
        let contacts = contacts.map(|file| {
            let bytes = file.open(directory);
            bytes
                .and_then(|bytes| ContactFile::open(bytes, segment.id(), entry.rows))
                .map_err(|error| error.within(&file.path))
        });
        let amendment = entry.amended.as_ref().map(|amended| {
            let bytes = amended.file.open(directory);
            bytes
                .and_then(|bytes| Amendment::read(bytes, segment.id(), entry.rows, entry.keys))
                .map_err(|error| error.within(&amended.file.path))
        });
        Ok(LiveRegistrations {
            segment: Arc::new(segment),
            contacts: contacts.transpose()?.map(Arc::new),
            amendment: Arc::new(amendment.transpose()?.unwrap_or_default()),
        })
    }

    /// Registrations that are live in it.
    pub(crate) fn live(&self) -> u64 {
        self.segment.rows() - self.amendment.retired.len()
    }
}
