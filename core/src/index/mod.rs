//! The folder that holds everything: which files are live, how they are read, how units get in.

mod files;
mod index_folder;
mod ingest;
mod links;
mod manifest;
mod snapshot;
#[cfg(test)]
mod tests;
mod verify;

pub use index_folder::Index;
pub use ingest::{
    DuplicatePolicy, Duplicates, FamilyChangeOptions, FamilyChangeReport, IdentifierReport,
    LoadOptions, LoadReport, Progress, RegistrationOptions, RegistrationReport, Registrations,
    RejectPolicy, Rejected, Units,
};
pub use snapshot::Snapshot;
pub use verify::{Damage, Verification};

pub(crate) use links::LiveRegistrations;
pub(crate) use snapshot::LiveSegment;
