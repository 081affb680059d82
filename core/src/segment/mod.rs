//! Immutable files of units and of registrations: their serials, their columns, and what they say
//! of themselves.

mod identifiers;
mod meta;
mod registration;
mod texts;
mod unit;
mod writer;

pub(crate) use identifiers::Identifiers;
pub(crate) use meta::MetaMargin;
pub(crate) use registration::{
    ContactFile, RegistrationRows, RegistrationSegment, StoredColumn, StoredField, StoredValues,
    write_contacts, write_registrations,
};
pub(crate) use texts::TextBuffer;
pub(crate) use unit::UnitSegment;
pub(crate) use writer::{EncodedIdentifiers, UnitColumn, UnitRows, write_units};
