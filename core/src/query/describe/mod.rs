//! A set of units as serial ranges.

mod description;
mod lanes;
mod spans;
#[cfg(test)]
mod tests;

pub use description::{DescribedRange, Description};
