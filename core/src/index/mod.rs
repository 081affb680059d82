//! The folder that holds everything: which files are live, how they are read, how units get in.

mod files;
mod handle;
mod index_folder;
mod ingest;
mod links;
mod live;
mod manifest;
mod registrar;
mod snapshot;
#[cfg(test)]
mod tests;
mod verify;

pub use files::PruneReport;
pub use index_folder::Index;
pub use ingest::{
    CompactOptions, CompactReport, DuplicatePolicy, Duplicates, FamilyChangeOptions,
    FamilyChangeReport, FoldReport, IdentifierReport, LoadOptions, LoadReport, Progress,
    RegistrationOptions, RegistrationReport, Registrations, RejectPolicy, Rejected, RetireOptions,
    RetireReport, Units,
};
pub use registrar::{Receipt, Registrar, RegistrarOptions, RegistrationName};
pub use snapshot::Snapshot;
pub use verify::{Damage, Verification};

pub(crate) use links::{LiveRegistrations, count_uneven, linked_rows};
pub(crate) use live::RegistrationSource;
#[cfg(fuzzing)]
pub(crate) use manifest::reseal_manifest;
pub(crate) use snapshot::LiveSegment;
