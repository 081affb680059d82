//! Few segments instead of many, under the next manifest.

mod options;
mod report;
mod run;

pub use options::CompactOptions;
pub use report::CompactReport;
pub(in crate::index) use run::compact;
