//! What the benches measure on: made-up units and registrations, the same in every run.

mod made;
mod random;

pub use made::{UNITS, records, registrations, serials, unit_batches};
