//! A field of a layout made ready: its symbols, and the numbers its values stand for.

mod numbering;
mod prefix;
mod ready;
mod symbols;

pub(super) use ready::{Field, Misfit, Unfit};
