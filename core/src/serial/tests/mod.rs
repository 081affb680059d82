//! Tests that stand for themselves: families, inference and ranges against models.

mod calendar;
mod checks;
mod family;
mod inference;
mod model;
mod overlap;
mod range;
