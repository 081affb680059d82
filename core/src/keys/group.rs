//! The serials of one namespace and one family.

use std::ops::Range;

use crate::serial::FamilyId;

/// Serials to be written: those of one namespace and one family.
#[derive(Debug)]
pub(crate) struct KeyGroup {
    /// The namespace, as the segment numbers them.
    pub(crate) namespace: u32,
    /// The serials, strictly ascending.
    pub(crate) keys: GroupKeys,
}

/// Serials of one family, or of none.
#[derive(Debug)]
pub(crate) enum GroupKeys {
    /// Codes of a family.
    Coded {
        /// The family, not the opaque one.
        family: FamilyId,
        /// The codes.
        codes: Vec<u128>,
    },
    /// Texts, shortest first and then by byte.
    Opaque(Vec<Box<str>>),
}

impl KeyGroup {
    /// The family, the opaque one for texts.
    pub(crate) fn family(&self) -> FamilyId {
        match &self.keys {
            GroupKeys::Coded { family, .. } => *family,
            GroupKeys::Opaque(_) => FamilyId::OPAQUE,
        }
    }

    /// How many serials there are.
    pub(crate) fn len(&self) -> usize {
        match &self.keys {
            GroupKeys::Coded { codes, .. } => codes.len(),
            GroupKeys::Opaque(texts) => texts.len(),
        }
    }
}

/// Which rows of a segment hold the serials of one namespace and one family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GroupInfo {
    /// The namespace, as the segment numbers them.
    pub(crate) namespace: u32,
    /// The family, the opaque one for texts.
    pub(crate) family: FamilyId,
    /// The rows; never none.
    pub(crate) rows: Range<u64>,
}

/// Codes that follow one another, and so do their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CodeRun {
    /// The row of the first.
    pub(crate) row: u64,
    pub(crate) first: u128,
    /// How many there are; never none.
    pub(crate) length: u32,
}

impl CodeRun {
    /// The row of one of the codes.
    pub(crate) fn row_of(&self, code: u128) -> u64 {
        self.row + u64::try_from(code.wrapping_sub(self.first)).unwrap_or(u64::MAX)
    }

    /// The last code.
    pub(crate) fn last(&self) -> u128 {
        self.first.saturating_add(u128::from(self.length) - 1)
    }
}
