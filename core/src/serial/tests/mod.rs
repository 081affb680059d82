//! Tests that stand for themselves: families, inference and ranges against models.

mod family;
mod inference;
mod range;
