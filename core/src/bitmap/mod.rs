//! Sets of rows: one chunk as bits, a borrowed set in mapped bytes, an owned set.
//!
//! Rows are cut into chunks of 65,536. A [`Mask`] is one chunk as plain bits and is what evaluation
//! works in; a [`View`] reads the portable Roaring format where it lies, without copying; a
//! [`RowSet`] owns a set, each chunk in the smallest of the format's three [`Container`]s. The
//! loops over whole chunks are in [`kernels`], one file an instruction set.
//!
//! Nothing here trusts its bytes: whatever they hold, an answer may be `corrupt` or, before
//! [`View::verify`], wrong, and is never a panic.

mod chunk;
mod container;
pub(crate) mod kernels;
mod mask;
mod rows;
mod rowset;
mod setops;
#[cfg(test)]
mod tests;
mod view;

pub(crate) use container::Container;
pub(crate) use mask::Mask;
pub(crate) use rowset::RowSet;
pub(crate) use view::View;
