//! Runs the cases of `conformance/`, which say in every language what the library answers.

mod families;
mod files;
mod gs1;
mod known;
mod parameters;
#[cfg(feature = "files")]
mod range_tables;
mod scopes;
mod selects;
mod text;
mod units;
