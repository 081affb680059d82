//! Immutable files of registrations, and of the contact text of their owners.

mod columns;
mod meta;
mod reader;
mod writer;

pub(crate) use columns::{StoredColumn, StoredValues};
pub(crate) use reader::{ContactFile, RegistrationSegment};
pub(crate) use writer::{RegistrationRows, StoredField, write_contacts, write_registrations};
