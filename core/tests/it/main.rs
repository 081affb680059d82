//! The library from outside: what an index answers is what the language says of each unit alone,
//! and both are what the cases say.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

#[cfg(feature = "arrow")]
mod batches;
mod by;
mod compact;
mod conformance;
mod copying;
mod families_change;
mod identifiers;
mod known;
mod large;
mod live;
mod model;
mod ownership;
mod select;
mod wide;
