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
mod index;
pub mod io;
#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the rooms above are being built")
)]
mod keys;
pub mod limits;
mod pool;
mod query;
mod schema;
#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the rooms above are being built")
)]
mod scope;
mod segment;
mod serial;
mod sidecar;

pub use calendar::{Date, Instant, Zone};
pub use error::{Error, ErrorKind, Place, Result};
pub use index::{
    Damage, DuplicatePolicy, Duplicates, Index, LoadOptions, LoadReport, Progress, RejectPolicy,
    Rejected, Snapshot, Units, Verification,
};
pub use query::{Lookup, Reason, Selection, Undetermined, Unit, UnitIter, UnitSet};
pub use schema::{Column, ColumnType, Record, Schema, Value, Version};
pub use scope::{BoundScope, Literal, Scope, Term, Truth, Verdict};
pub use serial::{
    Conflict, Families, FamilyId, Inference, InferredFamily, Inferrer, KeyRange, Normaliser,
    OpaqueShapes, SerialFamily, SerialKey, SerialRange,
};
