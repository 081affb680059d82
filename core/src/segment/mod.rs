//! Immutable files of units: their serials, their columns, and what they say of themselves.

mod meta;
mod unit;
mod writer;

pub(crate) use unit::UnitSegment;
pub(crate) use writer::{UnitColumn, UnitRows, write_units};
