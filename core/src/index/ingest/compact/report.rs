//! What a compaction did.

use crate::index::manifest::Manifest;

/// What a compaction did.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompactReport {
    /// The version of the index after it: the one before where there was nothing to do.
    pub version: u64,
    /// Segments of units before and after.
    pub unit_segments: (u64, u64),
    /// Units that were written again.
    pub units: u64,
    /// Segments of registrations before and after.
    pub registration_segments: (u64, u64),
    /// Registrations that were written again.
    pub registrations: u64,
}

impl CompactReport {
    /// Of an index that had nothing to be written again.
    pub(in crate::index) fn unchanged(manifest: &Manifest) -> Self {
        let (units, registrations) = (manifest.units.len(), manifest.registrations.len());
        CompactReport {
            version: manifest.number,
            unit_segments: (units as u64, units as u64),
            registration_segments: (registrations as u64, registrations as u64),
            units: 0,
            registrations: 0,
        }
    }
}
