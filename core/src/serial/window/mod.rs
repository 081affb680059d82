//! Where the characters of a serial lie in its code.
//!
//! A code is a number of mixed radix, so that what stands at some places of a serial is a
//! [`Window`] of the code: `code / low % span`. What a test asks of those places is then a set of
//! [`Numbers`], and a test of a text becomes arithmetic on codes, or intervals of codes.
//!
//! The serials of a family whose fields all have one width are a [`Shape`]: their characters have
//! fixed places. A [`Reading`] is what is read off a shape, such as the last four places, and tells
//! of which codes it lies between two texts.

mod atom;
mod cases;
mod check_sums;
mod code_window;
mod divisor;
mod made;
mod near;
mod numbers;
mod reading;
mod shape;
#[cfg(test)]
mod tests;

pub(crate) use check_sums::{CheckReader, CheckSums};
use code_window::Window;
pub(crate) use code_window::{Case, Condition, Stretch};
pub(crate) use made::MadeIn;
pub(crate) use near::NearCondition;
use numbers::Numbers;
pub(crate) use reading::{Letters, Reading};
pub(crate) use shape::{Shape, Slot};
