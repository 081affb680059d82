//! Which serialised units a recall affects, who owns them, and who cannot be reached.

mod bitmap;
mod bytes;
mod calendar;
mod column;
mod error;
mod format;
mod io;
mod keys;
mod limits;
mod schema;
mod scope;
mod serial;

pub use calendar::{Date, Instant, Zone};
pub use error::{Error, ErrorKind, Place, Result};
pub use schema::{Column, ColumnType, Record, Schema, Value, Version};
pub use serial::{
    Conflict, Families, FamilyId, Inference, InferredFamily, Inferrer, KeyRange, Normaliser,
    OpaqueShapes, SerialFamily, SerialKey, SerialRange,
};
