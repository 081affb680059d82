//! A unit set joined with the registry as of an instant: who is registered, who can be reached, who
//! is missing, and the rows behind the counts.

#[cfg(feature = "arrow")]
mod batches;
mod by;
mod contact_columns;
mod contacts;
mod gather;
mod join;
mod owned;
mod ranked;
mod reach;
mod registrations;

pub use contacts::{Contact, Contacts};
pub use owned::Ownership;
pub use reach::Reach;
pub use registrations::RegistrationIter;
