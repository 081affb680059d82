//! How registrations get in one by one: checked, lasting in the log, acknowledged.

mod change;
mod name;
mod options;
#[expect(clippy::module_inception, reason = "the file of the type `Registrar`")]
mod registrar;
mod state;

pub use name::RegistrationName;
pub use options::RegistrarOptions;
pub use registrar::{Receipt, Registrar};
