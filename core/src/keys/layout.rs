//! The table of groups that a section of serials begins with.
//!
//! | bytes | field |
//! |---|---|
//! | 4 | how many groups there are |
//! | 4 | zeros |
//! | 64 a group | the groups, ascending by namespace and family |
//! | the rest | what the groups hold, each from a multiple of 8 |
//!
//! A group:
//!
//! | offset | bytes | field | |
//! |---|---|---|---|
//! | 0 | 4 | namespace | |
//! | 4 | 1 | family | 255: texts that fit no family |
//! | 5 | 1 | form | 0 dense, 1 sparse with distances of 64 bits, 2 sparse with 128, 3 opaque |
//! | 6 | 2 | | zeros |
//! | 8 | 8 | rows | at least 1; the groups' rows follow each other |
//! | 16 | 8 | start | from the start of the section |
//! | 24 | 8 | length | |
//! | 32 | 16 | base | dense and sparse: what codes are counted from |
//! | 48 | 8 | parts | dense: chunks; sparse and opaque: blocks |
//! | 56 | 8 | | zeros |

use crate::bytes::{Cursor, PutBytes};
use crate::error::Result;
use crate::serial::FamilyId;

pub(super) const HEADER_BYTES: usize = 8;
pub(super) const ENTRY_BYTES: usize = 64;
/// What a group starts on a multiple of.
pub(super) const ALIGN: usize = 8;
/// Every so many entries of a table of parts, one is copied to the table that is searched first.
pub(super) const SAMPLE: usize = 64;

/// How the serials of a group are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Dense,
    /// Distances from the base fit 64 bits.
    SparseNarrow,
    SparseWide,
    Opaque,
}

impl Form {
    fn number(self) -> u8 {
        match self {
            Form::Dense => 0,
            Form::SparseNarrow => 1,
            Form::SparseWide => 2,
            Form::Opaque => 3,
        }
    }

    fn from_number(number: u8) -> Option<Self> {
        [Form::Dense, Form::SparseNarrow, Form::SparseWide, Form::Opaque]
            .into_iter()
            .find(|form| form.number() == number)
    }
}

/// An entry of the table of groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GroupEntry {
    pub(super) namespace: u32,
    pub(super) family: FamilyId,
    pub(super) form: Form,
    pub(super) rows: u64,
    pub(super) start: u64,
    pub(super) length: u64,
    pub(super) base: u128,
    pub(super) parts: u64,
}

impl GroupEntry {
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.put_u32(self.namespace);
        out.push(self.family.0);
        out.push(self.form.number());
        out.put_u16(0);
        out.put_u64(self.rows);
        out.put_u64(self.start);
        out.put_u64(self.length);
        out.put_u128(self.base);
        out.put_u64(self.parts);
        out.put_u64(0);
    }

    pub(super) fn decode(cursor: &mut Cursor<'_>) -> Result<Self> {
        let namespace = cursor.u32()?;
        let family = FamilyId(cursor.u8()?);
        let form = cursor.u8()?;
        let form = Form::from_number(form)
            .filter(|form| (*form == Form::Opaque) == (family == FamilyId::OPAQUE))
            .ok_or_else(|| cursor.corrupt(format!("form {form} of {family:?} is unknown")))?;
        let mut zeros = u64::from(cursor.u16()?);
        let entry = GroupEntry {
            namespace,
            family,
            form,
            rows: cursor.u64()?,
            start: cursor.u64()?,
            length: cursor.u64()?,
            base: cursor.u128()?,
            parts: cursor.u64()?,
        };
        zeros |= cursor.u64()?;
        if zeros != 0 {
            return Err(cursor.corrupt("reserved bytes are not zeros"));
        }
        Ok(entry)
    }
}
