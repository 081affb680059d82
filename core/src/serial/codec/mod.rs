//! Serials as numbers: mixed radix over the fields in order of significance.

mod build;
mod checks;
mod dates;
mod ends;
mod misfit;
mod read;
mod write;

pub(super) use build::{Codec, Step};
pub(super) use write::divide;
