//! The rows of a table: alternatives that each ask for values of columns and for serials.
//!
//! A notice may have thousands of rows, each a model and a range of serials, or of days. Asked one by
//! one, every chunk would be tested as often as there are rows. Instead all of them become one
//! diagram, and a chunk is gone through once.
//!
//! - [`side`]: what an alternative asks of a column, or of the serials
//! - [`alternative`]: which steps of a plan are alternatives
//! - [`diagram`]: all alternatives as one decision, side by side
//! - [`leaf`]: the diagram over the rows of chunks

mod alternative;
mod diagram;
mod leaf;
mod side;
#[cfg(test)]
mod tests;

pub(super) use leaf::TableLeaf;
pub(super) use side::Side;
