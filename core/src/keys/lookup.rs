//! Serials found one after the other.

use super::group::GroupInfo;
use super::reader::{Keys, Store};
use super::{dense, opaque, sparse};
use crate::error::Result;
use crate::serial::SerialKey;

/// Finds the rows of serials, starting each time from where it was.
///
/// Serials that ascend by namespace, family and code are found several times as fast as by
/// [`Keys::row_of`]; in any other order the answers are the same.
#[derive(Clone)]
pub(crate) struct Lookup<'a> {
    keys: &'a Keys,
    /// The group asked last, whether or not the segment has it.
    group: Option<(u32, u8)>,
    near: Near<'a>,
}

#[derive(Clone)]
enum Near<'a> {
    Nowhere,
    Dense(&'a GroupInfo, &'a dense::Dense, Option<dense::Place<'a>>),
    Sparse(&'a GroupInfo, &'a sparse::Sparse, Option<sparse::Place<'a>>),
    Opaque(&'a GroupInfo, &'a opaque::Opaque, Option<opaque::Near<'a>>),
}

impl<'a> Lookup<'a> {
    pub(super) fn new(keys: &'a Keys) -> Self {
        Lookup { keys, group: None, near: Near::Nowhere }
    }

    /// The row of a serial, none where the segment does not have it.
    #[inline]
    pub(crate) fn row_of(&mut self, namespace: u32, key: &SerialKey) -> Result<Option<u32>> {
        let family = key.family();
        if self.group != Some((namespace, family.0)) {
            self.group = Some((namespace, family.0));
            let group = self.keys.group_of(namespace, family);
            self.near = match group.and_then(|group| self.keys.group(group)) {
                None => Near::Nowhere,
                Some((info, Store::Dense(store))) => Near::Dense(info, store, None),
                Some((info, Store::Sparse(store))) => Near::Sparse(info, store, None),
                Some((info, Store::Opaque(store))) => Near::Opaque(info, store, None),
            };
        }
        let (info, row) = match (&mut self.near, key) {
            (Near::Dense(info, store, near), SerialKey::Coded { code, .. }) => {
                (info, store.row_near(*code, near)?)
            }
            (Near::Sparse(info, store, near), SerialKey::Coded { code, .. }) => {
                (info, store.row_near(*code, near)?)
            }
            (Near::Opaque(info, store, near), SerialKey::Opaque(text)) => {
                (info, store.row_near(text, near)?)
            }
            _ => return Ok(None),
        };
        match row {
            Some(row) => self.keys.checked(info.rows.start.saturating_add(row)).map(Some),
            None => Ok(None),
        }
    }
}
