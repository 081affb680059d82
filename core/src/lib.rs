//! Which serialised units a recall affects, who owns them, and who cannot be reached.
//!
//! An [`Index`] is a folder of units with what is known of how they were made. A [`Scope`] says
//! which units a recall covers: a SQL `WHERE` clause, the same as JSON, or built in Rust. Selecting
//! gives two sets of units, [affected](Selection::affected) and
//! [undetermined](Selection::undetermined): a unit whose data is missing where the scope needs it is
//! never left out in silence. A [`UnitSet`] is what every further question takes.
//!
//! The library has no server and no network code, reads no clock and no environment, and never
//! changes a file that it has published.
//!
//! # Examples
//!
//! ```
//! use seriatim::io::MemoryDirectory;
//! use seriatim::{Column, ColumnType, Index, LoadOptions, Record, Schema, Units, Value};
//!
//! let schema = Schema::new(vec![Column::new("facility", ColumnType::Text)?])?;
//! let index = Index::create_in(MemoryDirectory::new(), schema)?; // or Index::create("a/folder", schema)
//! let unit = |n: u32| Record::of_serial(format!("{n:08}"));
//! let made = |n: u32, facility: &str| unit(n).with("facility", Value::Text(facility.into()));
//! let units = [made(42_500, "Leipzig"), made(42_501, "Brno"), unit(42_502)];
//! index.load_units(Units::records(units), LoadOptions::default())?;
//!
//! let scope = "serial BETWEEN '00042500' AND '00047800' AND facility = 'Leipzig'".parse()?;
//! let found = index.snapshot().select(&scope)?;
//! assert_eq!((found.affected.len(), found.undetermined.len()), (1, 1));
//! # Ok::<(), seriatim::Error>(())
//! ```
#![cfg_attr(
    all(not(feature = "arrow"), not(test)),
    expect(dead_code, reason = "what makes record batches and reads files is not asked for")
)]
#![cfg_attr(
    all(not(feature = "files"), not(test)),
    expect(unused_imports, unused_variables, reason = "what reads files is not asked for")
)]

#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "parts of it are used by tests only so far")
)]
mod bitmap;
mod bytes;
mod calendar;
#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "parts of it are used by tests only so far")
)]
mod column;
mod error;
mod format;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod gs1;
mod index;
pub mod io;
mod keys;
pub mod limits;
pub mod log;
mod ownership;
mod pool;
mod query;
mod range_table;
mod registry;
mod schema;
mod scope;
mod segment;
mod serial;
mod sidecar;
mod tail;

pub use calendar::{Date, Instant, Zone};
pub use error::{Error, ErrorKind, Place, Result};
pub use gs1::{ElementString, Scanned};
pub use index::{
    CompactOptions, CompactReport, Damage, DuplicatePolicy, Duplicates, FamilyChangeOptions,
    FamilyChangeReport, FoldReport, IdentifierReport, Index, LoadOptions, LoadReport, Progress,
    PruneReport, Receipt, Registrar, RegistrarOptions, RegistrationName, RegistrationOptions,
    RegistrationReport, Registrations, RejectPolicy, Rejected, RetireOptions, RetireReport,
    Snapshot, Units, Verification,
};
pub use ownership::{Contact, Contacts, Ownership, Reach, RegistrationIter};
pub use pool::{set_threads, threads};
#[cfg(feature = "arrow")]
pub use query::UnitBatches;
pub use query::{
    By, Clause, DescribedRange, Description, Explanation, Group, GroupKey, Groups, Lookup,
    NearMiss, Period, Reason, RecordIter, ScopeDiff, SegmentRows, Selection, Undetermined, Unit,
    UnitIter, UnitSet,
};
pub use range_table::{
    Assumption, Finding, RangeTable, RangeTableOptions, RangeTableReport, ReasonRows, RowOutcome,
    RowReason, TableRow,
};
pub use registry::{
    Channel, Consent, ContactText, Permissions, Permit, Purpose, Registration, RegistrationField,
    Role, UnreachableReason,
};
pub use schema::{Column, ColumnType, Record, Schema, Value, Version};
pub use scope::{
    BoundScope, DatePart, DecidingClause, Decision, Literal, Notice, Parameters, Scope, SerialSet,
    Term, Truth, Verdict,
};
pub use serial::{
    CheckPolicy, Conflict, Families, FamilyId, FieldValue, Inference, InferredFamily, Inferrer,
    KeyRange, Normaliser, OpaqueShapes, SerialFamily, SerialField, SerialKey, SerialRange,
};

/// The examples of the README, so that they are run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct ReadmeExamples;
