//! Another version of the serial families: what they change is written anew, under the next
//! manifest.

mod change;
mod columns;
mod keys;
mod options;
mod registrations;
mod report;
mod units;

pub(in crate::index) use change::change_families;
pub(super) use columns::block_column;
pub use options::FamilyChangeOptions;
pub use report::FamilyChangeReport;
