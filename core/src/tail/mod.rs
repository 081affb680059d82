//! Registrations that came one by one and are in no segment yet: how they stand in the log, and how
//! they are held in memory.
//!
//! A record of the log is a registration as it is from then on: a change is the whole registration
//! once more. Contact text stands in files of its own, which the log names with a commitment.

mod contacts;
mod identities;
mod record;
mod rows;

pub(crate) use contacts::{ContactFolder, ContactWriter};
pub(crate) use identities::Identities;
pub(crate) use record::TailRecord;
pub(crate) use rows::TailRows;
