//! What a load of registrations did.

use crate::index::ingest::report::Rejected;

/// What a load of registrations did. It names no owner.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationReport {
    /// The version of the index that holds the registrations.
    pub version: u64,
    /// Rows read.
    pub read: u64,
    /// Registrations that the load put into the index.
    pub loaded: u64,
    /// Rows replaced by a later row of the same load.
    pub replaced_in_load: u64,
    /// Registrations of the index that the load replaced.
    pub replaced_in_index: u64,
    /// Loaded registrations of a serial that a family fits, or with no family declared, but that no
    /// unit has. They are kept, and link up when the unit is loaded.
    pub unknown_serials: u64,
    /// Loaded registrations of a serial that no unit has and no family fits. They are kept too.
    pub invalid_serials: u64,
    /// Loaded registrations without a namespace whose serial units of several namespaces have. They
    /// are kept, and register no unit.
    pub ambiguous: u64,
    /// Rows left out.
    pub rejected: Rejected,
}

impl RegistrationReport {
    /// Of so many rows, before it is known what became of them.
    pub(super) fn new(version: u64, read: u64) -> Self {
        RegistrationReport {
            version,
            read,
            loaded: 0,
            replaced_in_load: 0,
            replaced_in_index: 0,
            unknown_serials: 0,
            invalid_serials: 0,
            ambiguous: 0,
            rejected: Rejected::default(),
        }
    }
}
