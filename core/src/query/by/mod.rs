//! Counts of units by the values of columns.
//!
//! Rows are counted where their codes lie: a chunk gives a [`Tally`](tally::Tally) of ordinals, the
//! tallies of a segment are merged as ordinals, and only what is left of each segment becomes
//! values.

#[cfg(feature = "arrow")]
mod arrow;
mod axis;
mod calendar;
mod chunk;
mod fields;
mod group_key;
mod groups;
mod made;
mod merged;
mod source;
mod table;
mod tally;
mod term;
mod units;

pub use group_key::{GroupKey, Period};
pub use groups::{Group, Groups};
pub use term::By;
pub(crate) use units::count_sets;
