//! How units get in: read, checked, sorted, written as segments, committed.

mod amend;
mod block;
mod buffer;
mod compact;
mod duplicates;
mod families;
mod fold;
mod identifiers;
mod intake;
mod interner;
mod load;
mod merge;
mod options;
mod order;
mod read;
mod recode;
mod registrations;
mod rejects;
mod report;
mod retire;
mod seal;
mod shape;
#[cfg(test)]
mod tests;
mod units;
mod unknown;
mod write;

pub(super) use compact::compact;
pub use compact::{CompactOptions, CompactReport};
pub use fold::FoldReport;
pub(super) use fold::fold;
pub(super) use load::load;
pub use options::{DuplicatePolicy, LoadOptions, Progress, RejectPolicy};
pub(super) use recode::change_families;
pub use recode::{FamilyChangeOptions, FamilyChangeReport};
pub(super) use registrations::load as load_registrations;
pub use registrations::{RegistrationOptions, RegistrationReport, Registrations};
pub use report::{Duplicates, IdentifierReport, LoadReport, Rejected};
pub(super) use retire::retire;
pub use retire::{RetireOptions, RetireReport};
pub use units::Units;
