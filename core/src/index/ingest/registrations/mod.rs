//! How registrations get in: mapped, checked, gathered, sorted by unit, written as segments, linked.

mod layout;
mod load;
mod options;
mod order;
mod permits;
mod report;
mod seal;
mod source;
#[cfg(test)]
mod tests;
mod write;

pub(in crate::index) use load::load;
pub use options::RegistrationOptions;
pub(super) use order::{Ordered, order};
pub use report::RegistrationReport;
pub use source::Registrations;
