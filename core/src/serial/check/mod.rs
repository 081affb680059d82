//! Check characters: what a maker adds to a serial so that a slip of the pen shows.

mod iso7064;
mod permuted;
mod scheme;
#[cfg(test)]
mod tests;
mod weighted;

pub(crate) use scheme::gs1_check_digit;
pub(in crate::serial) use scheme::{CheckCharacters, CheckScheme};
