//! Made-up data of a maker of home-fitness machines, and the recall that hits it.
//!
//! Every value comes from one fixed seed, so the same number of units gives the same bytes on every
//! run and machine. However many units are made, the figures of the recall stay the same; the rest
//! grows with the number. Names, addresses and telephone numbers belong to nobody.

mod files;
mod owners;
mod people;
mod production;
mod random;
mod registrations;
mod scenario;
#[cfg(test)]
mod tests;
mod units;

pub(crate) use files::{Generated, generate};
pub(crate) use scenario::{AFFECTED, AS_OF, GAP, REGISTERED, SCOPE, SERIAL_LAYOUT, UNDETERMINED};
