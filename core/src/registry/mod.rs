//! What a registration says and what follows from it: roles, channels, purposes, consent, fields.
//!
//! Pure rules; nothing here knows how registrations are stored. Whether an owner may be reached is
//! decided in one place, [`Permissions::decide`]; [`Access`] holds what it decides for every purpose
//! and channel at once, so that several registrations of one unit can be joined.

mod access;
mod channel;
mod consent;
mod entry;
mod field;
mod permissions;
mod registration;
mod role;

pub(crate) use access::{Access, Standing};
pub use channel::Channel;
pub use consent::{Consent, Purpose, UnreachableReason};
pub(crate) use entry::Entry;
pub use field::RegistrationField;
pub use permissions::{Permissions, Permit};
pub use registration::{ContactText, Registration};
pub use role::Role;
