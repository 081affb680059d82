//! What files and sections are called.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::bytes::{from_hex, write_hex};
use crate::error::{Error, Result};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FileKind {
    UnitSegment,
    RegistrationSegment,
    Contacts,
    Sidecar,
}

impl FileKind {
    pub(crate) const ALL: [FileKind; 4] = [
        FileKind::UnitSegment,
        FileKind::RegistrationSegment,
        FileKind::Contacts,
        FileKind::Sidecar,
    ];

    /// The number on disk; numbers are never given a second time.
    pub(super) fn number(self) -> u32 {
        match self {
            FileKind::UnitSegment => 1,
            FileKind::RegistrationSegment => 2,
            FileKind::Contacts => 3,
            FileKind::Sidecar => 4,
        }
    }

    pub(super) fn from_number(number: u32) -> Option<Self> {
        FileKind::ALL.into_iter().find(|kind| kind.number() == number)
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            FileKind::UnitSegment => "unit segment",
            FileKind::RegistrationSegment => "registration segment",
            FileKind::Contacts => "contacts file",
            FileKind::Sidecar => "sidecar",
        })
    }
}

/// What a file is named by; its text is 32 lower-case hexadecimal digits.
///
/// Made from what the file holds or from its place in a sequence, never drawn at random, so that a
/// load that is repeated makes the same files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(pub(crate) [u8; FileId::BYTES]);

impl FileId {
    pub(crate) const BYTES: usize = 16;
}

impl fmt::Display for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for FileId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        from_hex(text)
            .map(FileId)
            .ok_or_else(|| Error::invalid("a file id is 32 lower-case hexadecimal digits"))
    }
}

impl Serialize for FileId {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FileId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a section is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SectionId {
    /// What the section holds; the rooms that write sections number them.
    pub(crate) kind: u32,
    /// The column it belongs to, or [`SectionId::NO_COLUMN`].
    pub(crate) column: u32,
}

impl SectionId {
    /// In the place of a column: the section belongs to the file as a whole.
    pub(crate) const NO_COLUMN: u32 = u32::MAX;

    /// A section that belongs to the file as a whole.
    pub(crate) fn of_file(kind: u32) -> Self {
        SectionId { kind, column: SectionId::NO_COLUMN }
    }
}

impl fmt::Display for SectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.column == SectionId::NO_COLUMN {
            return write!(f, "section {}", self.kind);
        }
        write!(f, "section {} of column {}", self.kind, self.column)
    }
}
