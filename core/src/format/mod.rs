//! The one container of every file that never changes: sections, under checksums.
//!
//! [`FileBuilder`] writes a file from start to end; [`SealedFile`] opens one, in time that does not
//! depend on how much data it holds, and checks a block of data when it is first touched. What the
//! sections hold is the business of those who write them. `docs/format.md` has the bytes.

mod block;
mod builder;
mod layout;
mod name;
#[cfg(any(test, fuzzing))]
mod reseal;
mod sealed;
#[cfg(test)]
mod tests;

pub(crate) use builder::{FileBuilder, FileSummary};
pub(crate) use name::{FileId, FileKind, SectionId};
#[cfg(any(test, fuzzing))]
pub(crate) use reseal::reseal;
pub(crate) use sealed::{SealedFile, Section};
