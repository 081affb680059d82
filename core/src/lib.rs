//! Which serialised units a recall affects, who owns them, and who cannot be reached.

#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the rooms above are being built")
)]
mod bitmap;
#[cfg_attr(not(test), expect(dead_code, reason = "the rooms above are being built"))]
mod bytes;
mod calendar;
#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the rooms above are being built")
)]
mod column;
mod error;
mod format;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
#[cfg_attr(not(test), expect(dead_code, reason = "the rooms above are being built"))]
mod index;
pub mod io;
mod keys;
pub mod limits;
mod pool;
mod query;
#[cfg_attr(not(test), expect(dead_code, reason = "the rooms above are being built"))]
mod registry;
mod schema;
#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the rooms above are being built")
)]
mod scope;
#[cfg_attr(not(test), expect(dead_code, reason = "the rooms above are being built"))]
mod segment;
mod serial;
#[cfg_attr(not(test), expect(dead_code, reason = "the rooms above are being built"))]
mod sidecar;

pub use calendar::{Date, Instant, Zone};
pub use error::{Error, ErrorKind, Place, Result};
pub use index::{
    Damage, DuplicatePolicy, Duplicates, Index, LoadOptions, LoadReport, Progress,
    RegistrationOptions, RegistrationReport, Registrations, RejectPolicy, Rejected, Snapshot,
    Units, Verification,
};
pub use query::{Lookup, Reason, Selection, Undetermined, Unit, UnitIter, UnitSet};
pub use registry::{
    Channel, Consent, ContactText, Permissions, Permit, Purpose, Registration, RegistrationField,
    Role, UnreachableReason,
};
pub use schema::{Column, ColumnType, Record, Schema, Value, Version};
pub use scope::{BoundScope, Literal, Scope, Term, Truth, Verdict};
pub use serial::{
    Conflict, Families, FamilyId, Inference, InferredFamily, Inferrer, KeyRange, Normaliser,
    OpaqueShapes, SerialFamily, SerialKey, SerialRange,
};
